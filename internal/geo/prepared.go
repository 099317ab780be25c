package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Prepared is a geometry made ready to be asked many times. It answers exactly what
// Covers answers. Its edges lie in one flat array; each horizontal slab of the bound
// lists those that reach into it. It is immutable and safe for concurrent use.
type Prepared struct {
	bound orb.Bound
	edges []edge
	// slabFirst[s] to slabFirst[s+1] is slab s's part of slabEdges, indices of edges.
	slabFirst    []int32
	slabEdges    []int32
	slabsPerUnit float64
}

// slabEntriesPerEdge limits how often an edge is listed on average: geometries whose
// edges are all tall get fewer slabs rather than quadratic memory.
const slabEntriesPerEdge = 8

// Prepare reads the rings of g; see Covers for the geometries it answers for.
func Prepare(g orb.Geometry) *Prepared {
	p := &Prepared{bound: orb.Bound{
		Min: orb.Point{math.Inf(1), math.Inf(1)},
		Max: orb.Point{math.Inf(-1), math.Inf(-1)},
	}}
	eachRing(g, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			p.edges = append(p.edges, e)
			p.bound = p.bound.Extend(orb.Point{e.x0, e.y0}).Extend(orb.Point{e.x1, e.y1})
		})
	})
	p.buildSlabs()
	return p
}

func (p *Prepared) buildSlabs() {
	if len(p.edges) == 0 {
		return
	}
	height := p.bound.Max[1] - p.bound.Min[1]
	slabs := len(p.edges)
	for ; slabs > 1; slabs /= 2 {
		p.slabsPerUnit = float64(slabs) / height
		p.slabFirst = make([]int32, slabs+1)
		if math.IsInf(p.slabsPerUnit, 0) || math.IsInf(height, 0) {
			continue
		}
		entries := 0
		for _, e := range p.edges {
			entries += p.slab(e.y1) - p.slab(e.y0) + 1
		}
		if entries <= slabEntriesPerEdge*len(p.edges) {
			break
		}
	}
	if slabs == 1 {
		p.slabsPerUnit = 0
		p.slabFirst = make([]int32, 2)
	}

	for _, e := range p.edges {
		for s := p.slab(e.y0); s <= p.slab(e.y1); s++ {
			p.slabFirst[s+1]++
		}
	}
	for s := range slabs {
		p.slabFirst[s+1] += p.slabFirst[s]
	}
	next := append([]int32(nil), p.slabFirst...)
	p.slabEdges = make([]int32, p.slabFirst[slabs])
	for i, e := range p.edges {
		for s := p.slab(e.y0); s <= p.slab(e.y1); s++ {
			p.slabEdges[next[s]] = int32(i)
			next[s]++
		}
	}
}

// slab is the slab a latitude falls in, the first or last for one outside. It never
// decreases with latitude, rounding included: a point between the ends of an edge is in
// a slab between theirs.
func (p *Prepared) slab(lat float64) int {
	s := (lat - p.bound.Min[1]) * p.slabsPerUnit
	last := len(p.slabFirst) - 2
	if !(s > 0) {
		return 0
	}
	if s >= float64(last) {
		return last
	}
	return int(s)
}

// Bound is the bounding box; empty (Min > Max) for a geometry without rings.
func (p *Prepared) Bound() orb.Bound { return p.bound }

// Covers tells whether the geometry holds pt, edges included.
func (p *Prepared) Covers(pt orb.Point) bool {
	x, y := pt[0], pt[1]
	if !(x >= p.bound.Min[0] && x <= p.bound.Max[0] && y >= p.bound.Min[1] && y <= p.bound.Max[1]) {
		return false
	}
	s := p.slab(y)
	inside := false
	for _, i := range p.slabEdges[p.slabFirst[s]:p.slabFirst[s+1]] {
		e := &p.edges[i]
		// The same questions as edgeAgainst, without the call.
		if y < e.y0 || y > e.y1 || (x > e.x0 && x > e.x1) {
			continue
		}
		if x < e.x0 && x < e.x1 {
			inside = inside != (y < e.y1)
			continue
		}
		switch side := e.side(pt); {
		case side == 0:
			return true
		case side > 0:
			inside = inside != (y < e.y1)
		}
	}
	return inside
}
