package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"
)

// Simplify drops positions that lie within toleranceMeters of the line between kept ones
// (Douglas–Peucker in flat local metres). Small rings and parts vanish, but the largest
// ring keeps at least four positions, so an area never becomes nothing. The result is
// for display: neighbours no longer fit exactly, and rings may come to cross. It shares
// no memory with g; a tolerance of 0 gives g itself.
func Simplify(g orb.Geometry, toleranceMeters float64) orb.Geometry {
	if !(toleranceMeters > 0) || g == nil {
		return g
	}
	bound := g.Bound()
	s := simplifier{
		toleranceMeters: toleranceMeters,
		lonMeters:       metersPerDegree * math.Max(0.01, math.Cos((bound.Min[1]+bound.Max[1])/2*radiansPerDegree)),
	}
	switch g := g.(type) {
	case orb.LineString:
		return orb.LineString(s.run(g))
	case orb.MultiLineString:
		out := make(orb.MultiLineString, len(g))
		for i, line := range g {
			out[i] = s.run(line)
		}
		return out
	case orb.Ring:
		return s.polygons(orb.MultiPolygon{{g}})[0][0]
	case orb.Polygon:
		if len(g) == 0 {
			return g
		}
		return s.polygons(orb.MultiPolygon{g})[0]
	case orb.MultiPolygon:
		return s.polygons(g)
	case orb.Collection:
		out := make(orb.Collection, len(g))
		for i, part := range g {
			out[i] = Simplify(part, toleranceMeters)
		}
		return out
	}
	return g
}

type simplifier struct{ toleranceMeters, lonMeters float64 }

// run simplifies one line or ring, keeping its ends. The kept positions are those given,
// bit for bit.
func (s simplifier) run(points []orb.Point) []orb.Point {
	if len(points) <= 2 {
		return append([]orb.Point(nil), points...)
	}
	flat := make(orb.LineString, len(points)) // orb simplifies in place
	for i, p := range points {
		flat[i] = s.flat(p)
	}
	kept := simplify.DouglasPeucker(s.toleranceMeters).LineString(flat)
	out := make([]orb.Point, 0, len(kept))
	for _, p := range points {
		if len(out) < len(kept) && kept[len(out)] == s.flat(p) {
			out = append(out, p)
		}
	}
	return out
}

func (s simplifier) flat(p orb.Point) orb.Point {
	return orb.Point{p[0] * s.lonMeters, p[1] * metersPerDegree}
}

func (s simplifier) polygons(polygons orb.MultiPolygon) orb.MultiPolygon {
	largest, largestArea := 0, -1.0
	for i, polygon := range polygons {
		if len(polygon) > 0 {
			if area := ringAreaKm2(polygon[0]); area > largestArea {
				largest, largestArea = i, area
			}
		}
	}
	out := orb.MultiPolygon{}
	for i, polygon := range polygons {
		var kept orb.Polygon
		for j, ring := range polygon {
			simple := orb.Ring(s.run(ring))
			if len(simple) < 4 || ringTurn(simple) == 0 {
				if j > 0 {
					continue // the hole vanishes
				}
				if i != largest {
					break // the part vanishes
				}
				simple = s.triangle(ring)
			}
			kept = append(kept, simple)
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	if len(out) == 0 {
		return append(out, orb.Clone(polygons).(orb.MultiPolygon)...)
	}
	return out
}

// triangle is the coarsest picture of a ring: its first position, the one farthest from
// that, and the one farthest from the line between.
func (s simplifier) triangle(ring orb.Ring) orb.Ring {
	if len(ring) <= 4 {
		return ring.Clone()
	}
	a, b, c := 0, 0, 0
	farthest := -1.0
	origin := s.flat(ring[a])
	for i, p := range ring {
		q := s.flat(p)
		if d := math.Hypot(q[0]-origin[0], q[1]-origin[1]); d > farthest {
			b, farthest = i, d
		}
	}
	end := s.flat(ring[b])
	farthest = -1.0
	for i, p := range ring {
		q := s.flat(p)
		if d := math.Abs((end[0]-origin[0])*(q[1]-origin[1]) - (end[1]-origin[1])*(q[0]-origin[0])); d > farthest {
			c, farthest = i, d
		}
	}
	if c < b {
		b, c = c, b
	}
	return orb.Ring{ring[a], ring[b], ring[c], ring[a]}
}
