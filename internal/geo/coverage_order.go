package geo

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// ordering leaves out one position after the other, the smallest corner first.
type ordering struct {
	arcs      []arc
	before    [][]int32 // of each arc and position: the one before it that is still there; -1 for none
	after     [][]int32
	lonMeters float64
	corners   corners
	present   rtree.RTreeG[orb.Point] // positions that are still there
	edges     map[[2]orb.Point]int    // that are still there, by their ends in order
}

// corner is a position that may be left out next.
type corner struct {
	metres2  float64
	arc, at  int32
	from, to int32 // its neighbours when it was measured: others, and it is out of date
}

type corners []corner

func (c corners) Len() int { return len(c) }
func (c corners) Less(i, k int) bool {
	a, b := &c[i], &c[k]
	if a.metres2 != b.metres2 {
		return a.metres2 < b.metres2
	}
	if a.arc != b.arc {
		return a.arc < b.arc
	}
	return a.at < b.at
}
func (c corners) Swap(i, k int) { c[i], c[k] = c[k], c[i] }
func (c *corners) Push(x any)   { *c = append(*c, x.(corner)) }
func (c *corners) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// order finds for every position at which size of corners it goes.
func (c *Coverage) order() {
	o := ordering{arcs: c.arcs, before: make([][]int32, len(c.arcs)), after: make([][]int32, len(c.arcs)), edges: map[[2]orb.Point]int{}}
	bound, any := orb.Bound{}, false
	present := map[orb.Point]bool{}
	for i := range c.arcs {
		a := &c.arcs[i]
		a.metres2 = make([]float64, len(a.points))
		o.before[i], o.after[i] = make([]int32, len(a.points)), make([]int32, len(a.points))
		for k, p := range a.points {
			a.metres2[k] = never
			o.before[i][k], o.after[i][k] = int32(k-1), int32(k+1)
			if !present[p] {
				present[p] = true
				o.present.Insert(p, p, p)
			}
			if k > 0 {
				o.edges[edgeOf(a.points[k-1], p)]++
			}
			if !any {
				bound, any = p.Bound(), true
			}
			bound = bound.Extend(p)
		}
	}
	o.lonMeters = metersPerDegree * math.Cos((bound.Min[1]+bound.Max[1])/2*radiansPerDegree)
	for i := range c.arcs {
		for k := 1; k < len(c.arcs[i].points)-1; k++ {
			o.corners = append(o.corners, o.measure(int32(i), int32(k)))
		}
	}
	heap.Init(&o.corners)
	o.run()
}

func edgeOf(a, b orb.Point) [2]orb.Point {
	if comparePoints(a, b) > 0 {
		a, b = b, a
	}
	return [2]orb.Point{a, b}
}

func (o *ordering) measure(arc, at int32) corner {
	from, to := o.before[arc][at], o.after[arc][at]
	points := o.arcs[arc].points
	a, b, c := points[from], points[at], points[to]
	cross := (b[0]-a[0])*(c[1]-a[1]) - (c[0]-a[0])*(b[1]-a[1])
	return corner{math.Abs(cross) / 2 * o.lonMeters * metersPerDegree, arc, at, from, to}
}

func (o *ordering) run() {
	reached := 0.0 // sizes never fall, so that what goes at a size is a beginning of what goes
	for len(o.corners) > 0 {
		c := heap.Pop(&o.corners).(corner)
		if o.before[c.arc][c.at] != c.from || o.after[c.arc][c.at] != c.to || !o.free(&c) {
			continue // it is measured anew when a neighbour goes
		}
		reached = max(reached, c.metres2)
		o.arcs[c.arc].metres2[c.at] = reached
		o.leaveOut(&c)
	}
}

// free tells whether the line from the position before to the one after meets nothing: what would be between the old
// line and the new one is a corner that is still there.
func (o *ordering) free(c *corner) (free bool) {
	points := o.arcs[c.arc].points
	a, b, d := points[c.from], points[c.at], points[c.to]
	if o.edges[edgeOf(a, d)] > 0 || a == d {
		return false
	}
	turn := orient(a, b, d)
	box := segmentBound(a, d)
	box = join(box, b.Bound())
	free = true
	o.present.Search(box.Min, box.Max, func(_, _ [2]float64, p orb.Point) bool {
		if p == a || p == b || p == d {
			return true
		}
		if turn == 0 { // on the line, or nowhere
			free = orient(a, d, p) != 0
		} else {
			free = orient(a, b, p) == -turn || orient(b, d, p) == -turn || orient(d, a, p) == -turn
		}
		return free
	})
	return free
}

func (o *ordering) leaveOut(c *corner) {
	points := o.arcs[c.arc].points
	a, b, d := points[c.from], points[c.at], points[c.to]
	for _, e := range [][2]orb.Point{edgeOf(a, b), edgeOf(b, d)} {
		if o.edges[e]--; o.edges[e] == 0 {
			delete(o.edges, e)
		}
	}
	o.edges[edgeOf(a, d)]++
	o.present.Delete(b, b, b)
	before, after := o.before[c.arc], o.after[c.arc]
	after[c.from], before[c.to] = c.to, c.from
	before[c.at], after[c.at] = -1, -1
	for _, at := range []int32{c.from, c.to} {
		if at > 0 && int(at) < len(points)-1 {
			heap.Push(&o.corners, o.measure(c.arc, at))
		}
	}
}
