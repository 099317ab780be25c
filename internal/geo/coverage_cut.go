package geo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// nodeReachMeters is how near to a border the corner of another area lies on it: more than rounding in a union. One that is
// farther away is a sliver of the file, and stays one: its corners are nodes.
const nodeReachMeters = 0.001

// withNodes gives every ring the corners of others that lie on its edges: where one area has a corner and its neighbour a
// straight line, both must part at the same position. A polygon that would not be valid with them stays as it is.
func withNodes(areas []orb.MultiPolygon) []orb.MultiPolygon {
	var corners []orb.Bound
	seen := map[orb.Point]bool{}
	for _, area := range areas {
		eachRing(area, func(ring orb.Ring) {
			for _, p := range ring {
				if !seen[p] {
					seen[p] = true
					corners = append(corners, p.Bound())
				}
			}
		})
	}
	if len(corners) == 0 {
		return areas
	}
	tree := newBoxTree(corners)
	out := make([]orb.MultiPolygon, len(areas))
	for i, area := range areas {
		for _, polygon := range area {
			if noded := insertNodes(polygon, tree); len(noded) > 0 {
				out[i] = append(out[i], noded)
			}
		}
	}
	return out
}

func insertNodes(polygon orb.Polygon, corners *boxTree) orb.Polygon {
	before, after, more := orb.Polygon{}, orb.Polygon{}, false
	for _, ring := range polygon {
		if len(ring) < 4 { // it encloses nothing
			continue
		}
		plain := withoutRepeats(ring)
		noded := nodesOf(plain, corners)
		before, after, more = append(before, plain), append(after, noded), more || len(noded) > len(plain)
	}
	if more && Validate(after) == nil {
		return after
	}
	return before
}

func withoutRepeats(ring orb.Ring) orb.Ring {
	return slices.Compact(slices.Clone(ring))
}

func nodesOf(ring orb.Ring, corners *boxTree) orb.Ring {
	out := make(orb.Ring, 0, len(ring))
	own := map[orb.Point]bool{}
	for _, p := range ring {
		own[p] = true
	}
	for i, a := range ring[:len(ring)-1] {
		b := ring[i+1]
		out = append(out, a)
		from := len(out)
		reach := segmentBound(a, b)
		for axis := range 2 {
			reach.Min[axis] -= nodeReachMeters / metersPerDegree
			reach.Max[axis] += nodeReachMeters / metersPerDegree
		}
		corners.search(reach, 0, func(k int) bool {
			p := corners.levels[0][k].Min
			if !own[p] && segmentDistanceMeters(p, p, a, b) <= nodeReachMeters {
				own[p] = true
				out = append(out, p)
			}
			return true
		})
		slices.SortFunc(out[from:], func(p, q orb.Point) int { return cmp.Compare(squared(a, p), squared(a, q)) })
	}
	return append(out, out[0])
}

func squared(a, b orb.Point) float64 { return (a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) }

// meeting is the two positions that a position is joined to; more, and it is a node.
type meeting struct {
	a, b orb.Point
	n    int
}

func (m meeting) with(p orb.Point) meeting {
	switch {
	case m.n > 0 && m.a == p, m.n > 1 && m.b == p, m.n > 2:
	case m.n == 0:
		m.a, m.n = p, 1
	case m.n == 1:
		m.b, m.n = p, 2
	default:
		m.n = 3
	}
	return m
}

// cut parts the rings at nodes.
func (c *Coverage) cut(areas []orb.MultiPolygon) {
	at := map[orb.Point]meeting{}
	for _, area := range areas {
		eachRing(area, func(ring orb.Ring) {
			for i, a := range ring[:len(ring)-1] {
				b := ring[i+1]
				at[a], at[b] = at[a].with(b), at[b].with(a)
			}
		})
	}
	known := map[[2]orb.Point]int{} // by the first two positions of an arc in its own direction
	c.polygons = make([][][][]arcRef, len(areas))
	for i, area := range areas {
		for _, polygon := range area {
			var rings [][]arcRef
			for _, ring := range polygon {
				rings = append(rings, c.arcsOf(ring, at, known))
			}
			c.polygons[i] = append(c.polygons[i], rings)
		}
	}
}

func (c *Coverage) arcsOf(ring orb.Ring, at map[orb.Point]meeting, known map[[2]orb.Point]int) (refs []arcRef) {
	open := ring[:len(ring)-1]
	start := slices.IndexFunc(open, func(p orb.Point) bool { return at[p].n > 2 })
	if start < 0 { // begins where every ring on these positions would
		start = 0
		for i, p := range open {
			if comparePoints(p, open[start]) < 0 {
				start = i
			}
		}
	}
	run := []orb.Point{open[start]}
	for i := range open {
		p := open[(start+i+1)%len(open)]
		run = append(run, p)
		if i == len(open)-1 || at[p].n > 2 {
			refs = append(refs, c.arc(run, known))
			run = []orb.Point{p}
		}
	}
	return refs
}

// arc finds or adds a run of positions. Every edge is in one arc only, so its first edge names it.
func (c *Coverage) arc(run []orb.Point, known map[[2]orb.Point]int) arcRef {
	n := len(run)
	backwards := comparePoints(run[0], run[n-1]) > 0 || run[0] == run[n-1] && comparePoints(run[1], run[n-2]) > 0
	if backwards {
		slices.Reverse(run)
	}
	name := [2]orb.Point{run[0], run[1]}
	i, ok := known[name]
	if !ok {
		i = len(c.arcs)
		known[name] = i
		c.arcs = append(c.arcs, arc{points: run})
	}
	if backwards {
		return ^arcRef(i)
	}
	return arcRef(i)
}
