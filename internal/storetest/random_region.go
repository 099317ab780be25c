package storetest

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// RandomRegion makes a valid region: a box, also a degenerate one or one across the antimeridian; a polygon, also with a
// hole or of several parts; or a disc. Its coordinates have 7 decimals, so that its JSON is exact.
func RandomRegion(r *rand.Rand, d *registry.Dataset, households []registry.Record) *registry.Spatial {
	p := places{r, d, households}
	switch r.IntN(8) {
	case 0, 1:
		return &registry.Spatial{BBox: p.box()}
	case 2, 3:
		return &registry.Spatial{Near: p.disc()}
	}
	for range 10 {
		if g := p.shape(); registry.CheckRegion(g) == nil {
			return &registry.Spatial{CoveredBy: g}
		}
	}
	return &registry.Spatial{BBox: p.box()}
}

type places struct {
	*rand.Rand
	d          *registry.Dataset
	households []registry.Record
}

// point is the place of a household, a corner of an area or any place in and around the city.
func (p places) point() orb.Point {
	switch kind := p.IntN(6); {
	case kind < 3 && len(p.households) > 0:
		if h := p.households[p.IntN(len(p.households))]; h.Located {
			return h.Point.Point()
		}
	case kind == 3:
		if a := p.d.Areas.Area(p.IntN(p.d.Areas.Len())); a.Boundary != nil {
			outer := a.Boundary[0][0]
			return outer[p.IntN(len(outer))]
		}
	}
	b := p.d.Areas.Bound()
	x := b.Min[0] + (p.Float64()*1.4-0.2)*(b.Max[0]-b.Min[0])
	y := b.Min[1] + (p.Float64()*1.4-0.2)*(b.Max[1]-b.Min[1])
	return geo.FromE7(geo.ToE7(orb.Point{x, y}))
}

func (p places) box() *registry.BBox {
	a, b := p.point(), p.point()
	box := registry.BBox{West: min(a[0], b[0]), East: max(a[0], b[0]), South: min(a[1], b[1]), North: max(a[1], b[1])}
	switch p.IntN(8) {
	case 0: // a single point
		box.West, box.East, box.South, box.North = a[0], a[0], a[1], a[1]
	case 1: // a line
		box.East = box.West
	case 2: // the long way round
		box.West, box.East = box.East, box.West
	case 3: // everything
		box = registry.BBox{West: -180, South: -90, East: 180, North: 90}
	}
	return &box
}

// rimMeters keeps households this far off the rim of a disc: engines compute the same distance with different libraries,
// whose last digits may differ.
const rimMeters = 1e-6

func (p places) disc() *registry.Near {
	center := p.point()
	radius := math.Exp(p.Float64()*7) * 20 // 20 m to 22 km
	if rim := geo.DistanceMeters(center, p.point()); p.IntN(2) == 0 && rim > 2*rimMeters {
		radius = min(rim+rimMeters*float64(2*p.IntN(2)-1), registry.MaxRadiusMeters)
	}
	return &registry.Near{Point: registry.Position{Longitude: center[0], Latitude: center[1]}, RadiusMeters: radius}
}

// shape may be invalid; the caller tries again.
func (p places) shape() orb.Geometry {
	switch p.IntN(6) {
	case 0:
		return orb.Polygon{p.star()}
	case 1:
		return orb.Polygon{p.rectangle()}
	case 2: // a rectangle with a hole
		outer := p.rectangle()
		b := outer.Bound()
		inner := p.rectangle()
		for i := range inner {
			inner[i][0] = min(max(inner[i][0], b.Min[0]+0.0001), b.Max[0]-0.0001)
			inner[i][1] = min(max(inner[i][1], b.Min[1]+0.0001), b.Max[1]-0.0001)
			inner[i] = geo.FromE7(geo.ToE7(inner[i]))
		}
		return orb.Polygon{outer, inner}
	case 3: // two rectangles that share at most a corner
		a, b := p.rectangle(), p.rectangle()
		return orb.MultiPolygon{{a}, {b}}
	case 4:
		return orb.MultiPolygon{{p.star()}, {p.rectangle()}}
	}
	if a := p.d.Areas.Area(p.IntN(p.d.Areas.Len())); a.Boundary != nil {
		return a.Boundary
	}
	return orb.Polygon{p.rectangle()}
}

func (p places) rectangle() orb.Ring {
	a, b := p.point(), p.point()
	west, east, south, north := min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
	out := orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
	if p.IntN(3) == 0 { // rings may turn either way
		out.Reverse()
	}
	return out
}

// star visits its corners by their direction from their middle.
func (p places) star() orb.Ring {
	corners := make(orb.Ring, 3+p.IntN(6))
	var middle orb.Point
	for i := range corners {
		corners[i] = p.point()
		middle[0] += corners[i][0] / float64(len(corners))
		middle[1] += corners[i][1] / float64(len(corners))
	}
	direction := func(c orb.Point) float64 { return math.Atan2(c[1]-middle[1], c[0]-middle[0]) }
	slices.SortFunc(corners, func(a, b orb.Point) int { return cmp.Compare(direction(a), direction(b)) })
	return append(corners, corners[0])
}
