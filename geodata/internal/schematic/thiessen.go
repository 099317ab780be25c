package schematic

import (
	"math"
	"sort"
)

// arcStep is the angle between vertices where the outline rounds a corner of the hull.
const arcStep = math.Pi / 60

// roundedHull is the convex hull of the sites, widened on all sides by the one distance that gives it the area in square
// metres; counter-clockwise.
func roundedHull(sites []vec, area float64) []vec {
	hull := convexHull(sites)
	low, high := 0.0, math.Sqrt(area)
	for range 60 {
		middle := (low + high) / 2
		if ringArea(widen(hull, middle)) < area {
			low = middle
		} else {
			high = middle
		}
	}
	return widen(hull, high)
}

// convexHull is Andrew's monotone chain, counter-clockwise without the closing vertex.
func convexHull(points []vec) []vec {
	p := append([]vec(nil), points...)
	sort.Slice(p, func(i, j int) bool { return p[i].x < p[j].x || p[i].x == p[j].x && p[i].y < p[j].y })
	chain := func(hull []vec, next vec, from int) []vec {
		for len(hull) >= from+2 && hull[len(hull)-1].minus(hull[len(hull)-2]).cross(next.minus(hull[len(hull)-1])) <= 0 {
			hull = hull[:len(hull)-1]
		}
		return append(hull, next)
	}
	var hull []vec
	for _, v := range p {
		hull = chain(hull, v, 0)
	}
	lower := len(hull) - 1
	for i := len(p) - 2; i >= 0; i-- {
		hull = chain(hull, p[i], lower)
	}
	return hull[:len(hull)-1]
}

// widen moves a convex ring outwards, with arcs about its corners.
func widen(hull []vec, by float64) []vec {
	var out []vec
	n := len(hull)
	for i, corner := range hull {
		in, next := corner.minus(hull[(i+n-1)%n]), hull[(i+1)%n].minus(corner)
		from := math.Atan2(-in.x, in.y) // of the edge's right-hand normal
		turn := math.Atan2(in.cross(next), in.dot(next))
		steps := int(math.Ceil(turn / arcStep))
		for k := 0; k <= steps; k++ {
			angle := from + turn*float64(k)/float64(steps)
			out = append(out, vec{corner.x + by*math.Cos(angle), corner.y + by*math.Sin(angle)})
		}
	}
	return out
}

func ringArea(ring []vec) float64 {
	sum := 0.0
	for i, a := range ring {
		sum += a.cross(ring[(i+1)%len(ring)])
	}
	return sum / 2
}

// thiessen is the part of the convex outline nearer to sites[i] than to any other site.
func thiessen(outline, sites []vec, i int) []vec {
	cell := outline
	for j, other := range sites {
		if j != i {
			cell = clip(cell, sites[i], other)
		}
	}
	return cell
}

// clip keeps what of a convex ring is no farther from a than from b.
func clip(ring []vec, a, b vec) []vec {
	middle, toB := vec{(a.x + b.x) / 2, (a.y + b.y) / 2}, b.minus(a)
	side := func(p vec) float64 { return p.minus(middle).dot(toB) } // above 0 beyond the bisector
	var out []vec
	for k, p := range ring {
		q := ring[(k+1)%len(ring)]
		sp, sq := side(p), side(q)
		if sp <= 0 {
			out = append(out, p)
		}
		if sp < 0 && sq > 0 || sp > 0 && sq < 0 {
			out = append(out, p.along(q.minus(p), sp/(sp-sq)))
		}
	}
	return out
}
