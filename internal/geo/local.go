package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Relation is how a box lies to a geometry.
type Relation uint8

const (
	// Outside: the geometry covers no point of the box.
	Outside Relation = iota
	// Inside: the geometry covers every point of the box.
	Inside
	// Crossing: an edge touches the box, so its points must be asked one by one.
	Crossing
)

// Classify tells how the box b lies to the geometry, without allocating. An empty box
// is Outside.
func (p *Prepared) Classify(b orb.Bound) Relation {
	if !p.bound.Intersects(b) || b.Min[0] > b.Max[0] || b.Min[1] > b.Max[1] || len(p.edges) == 0 {
		return Outside
	}
	for s := p.slab(b.Min[1]); s <= p.slab(b.Max[1]); s++ {
		for _, i := range p.slabEdges[p.slabFirst[s]:p.slabFirst[s+1]] {
			if p.edges[i].touches(&b) {
				return Crossing
			}
		}
	}
	if p.Covers(b.Min) {
		return Inside
	}
	return Outside
}

// touches tells whether e and the closed box share a point.
func (e *edge) touches(b *orb.Bound) bool {
	if e.y1 < b.Min[1] || e.y0 > b.Max[1] ||
		(e.x0 < b.Min[0] && e.x1 < b.Min[0]) || (e.x0 > b.Max[0] && e.x1 > b.Max[0]) {
		return false
	}
	if e.x0 >= b.Min[0] && e.x0 <= b.Max[0] && e.y0 >= b.Min[1] && e.y0 <= b.Max[1] {
		return true
	}
	// The boxes overlap; they share nothing only if all corners lie on one side.
	first := e.side(b.Min)
	return first == 0 || first != e.side(b.Max) ||
		first != e.side(orb.Point{b.Min[0], b.Max[1]}) ||
		first != e.side(orb.Point{b.Max[0], b.Min[1]})
}

// Scratch is memory a Local borrows; one serves any number of boxes in turn.
type Scratch struct{ edges []localEdge }

type localEdge struct {
	edge
	// crossesEast: e crosses the meridian of the box's east side, and cornerSide tells
	// on which side of e the south-east corner lies.
	crossesEast bool
	cornerSide  int8
	// The vector of e, and how large the cross product with it must be, anywhere in the box, for its sign to be sure.
	dx, dy, sure float64
}

// sideIn is side for a point in the box: a float product settles nearly all.
func (e *localEdge) sideIn(p orb.Point) int {
	cross := e.dx*(p[1]-e.y0) - e.dy*(p[0]-e.x0)
	if cross > e.sure {
		return 1
	}
	if cross < -e.sure {
		return -1
	}
	return e.side(p)
}

// Local answers Covers for the points of one box from the few edges that touch it.
type Local struct {
	edges        []localEdge
	east         float64
	cornerInside bool
}

// Local prepares to answer for many points of the box b. The result borrows scratch and
// is good until scratch is used again.
//
// How it works: the parity of the box's south-east corner is known once; the way from
// there north along the east side and then west to the point stays in the box, so only
// edges touching the box can change the parity. To keep vertices off the way, every
// point of it is thought moved east by a tiny amount and north by a far tinier one
// ("simulation of simplicity"); shiftedSide decides ties accordingly.
func (p *Prepared) Local(b orb.Bound, scratch *Scratch) Local {
	scratch.edges = scratch.edges[:0]
	local := Local{east: b.Max[0]}
	if len(p.edges) == 0 || !p.bound.Intersects(b) {
		return local
	}
	corner := orb.Point{b.Max[0], b.Min[1]}
	first := p.slab(b.Min[1])
	for s := first; s <= p.slab(b.Max[1]); s++ {
		for _, i := range p.slabEdges[p.slabFirst[s]:p.slabFirst[s+1]] {
			e := &p.edges[i]
			if s == first && corner[1] >= e.y0 && corner[1] < e.y1 && e.shiftedSide(corner) > 0 {
				local.cornerInside = !local.cornerInside
			}
			// An edge of several slabs counts in the first of them.
			if s > first && p.slab(e.y0) < s || !e.touches(&b) {
				continue
			}
			near := localEdge{edge: *e, crossesEast: (e.x0 > local.east) != (e.x1 > local.east), dx: e.x1 - e.x0, dy: e.y1 - e.y0}
			// Each of the two products is off by at most 4 roundings of its size; the box bounds the sizes.
			wide := math.Max(math.Abs(b.Min[0]-e.x0), math.Abs(b.Max[0]-e.x0))
			high := math.Max(math.Abs(b.Min[1]-e.y0), math.Abs(b.Max[1]-e.y0))
			near.sure = 8*epsilon*(math.Abs(near.dx)*high+math.Abs(near.dy)*wide) + tiniestBound
			if near.crossesEast {
				near.cornerSide = int8(e.shiftedSide(corner))
			}
			scratch.edges = append(scratch.edges, near)
		}
	}
	local.edges = scratch.edges
	return local
}

// Covers tells whether the geometry holds pt, which must lie in the box.
func (l *Local) Covers(pt orb.Point) bool {
	inside := l.cornerInside
	for i := range l.edges {
		e := &l.edges[i]
		east := -1 // on which side of e the way turns west; e lies west unless it crosses
		if e.crossesEast {
			if east = e.shifted(e.sideIn(orb.Point{l.east, pt[1]})); east != int(e.cornerSide) {
				inside = !inside // on the way north
			}
		}
		if pt[1] < e.y0 || pt[1] > e.y1 || (pt[0] > e.x0 && pt[0] > e.x1) {
			continue
		}
		here := 1
		if pt[0] >= e.x0 || pt[0] >= e.x1 {
			if here = e.sideIn(pt); here == 0 {
				return true
			}
		}
		if here > 0 && east < 0 && pt[1] < e.y1 {
			inside = !inside // on the way west
		}
	}
	return inside
}

// shiftedSide is side for p moved east by a tiny amount and north by a far tinier one;
// it is never 0 for an edge that has a length.
func (e *edge) shiftedSide(p orb.Point) int { return e.shifted(e.side(p)) }

// shifted is the side after that move of a point that is on a side now.
func (e *edge) shifted(side int) int {
	if side != 0 {
		return side
	}
	if e.y1 > e.y0 {
		return -1 // east of an upward edge is its right
	}
	if e.x1 > e.x0 {
		return 1
	}
	return -1
}
