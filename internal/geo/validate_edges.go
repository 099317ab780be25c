package geo

import (
	"cmp"

	"github.com/paulmach/orb"
)

// touch is a single point two rings of one polygon share without crossing there.
type touch struct {
	ringA, ringB int32
	at           orb.Point
	edge         int
}

// checkEdges examines every two edges that come near each other.
func (v *areaCheck) checkEdges() (fault *Fault) {
	boxes := make([]orb.Bound, len(v.edges))
	for i := range v.edges {
		boxes[i] = segmentBound(v.edges[i].a, v.edges[i].b)
	}
	tree := newBoxTree(boxes)
	for i := range v.edges {
		tree.search(boxes[i], i+1, func(j int) bool {
			fault = v.checkPair(i, j)
			return fault == nil
		})
		if fault != nil {
			return fault
		}
	}
	return nil
}

func (v *areaCheck) checkPair(i, j int) *Fault {
	e, f := &v.edges[i], &v.edges[j]
	if e.ring == f.ring {
		switch {
		case v.next(i) == j:
			return v.checkSpike(i, j)
		case v.next(j) == i:
			return v.checkSpike(j, i)
		}
	}
	fa, fb := orient(e.a, e.b, f.a), orient(e.a, e.b, f.b)
	if fa*fb > 0 {
		return nil
	}
	ea, eb := orient(f.a, f.b, e.a), orient(f.a, f.b, e.b)
	if ea*eb > 0 {
		return nil
	}
	var at orb.Point
	switch {
	case fa == 0 && fb == 0:
		shared, isPoint := collinearShare(e, f)
		if !isPoint {
			return v.fault(v.overlapReason(e, f), shared, i)
		}
		at = shared
	case fa == 0:
		at = f.a
	case fb == 0:
		at = f.b
	case ea == 0:
		at = e.a
	case eb == 0:
		at = e.b
	default:
		return v.fault(v.crossReason(e, f), crossing(e, f), i)
	}
	if e.ring == f.ring {
		return v.fault(v.ringName(e)+" touches itself", at, i)
	}
	// A vertex belongs to the edge that starts there, so each touch is met once.
	if at == e.b || at == f.b {
		return nil
	}
	eFrom, eTo := v.armsAt(i, at)
	fFrom, fTo := v.armsAt(j, at)
	if sameWay(at, eFrom, fFrom) || sameWay(at, eFrom, fTo) || sameWay(at, eTo, fFrom) || sameWay(at, eTo, fTo) {
		return v.fault(v.overlapReason(e, f), at, i)
	}
	if inSector(at, eFrom, eTo, fFrom) != inSector(at, eFrom, eTo, fTo) {
		return v.fault(v.crossReason(e, f), at, i)
	}
	if v.rings[e.ring].polygon == v.rings[f.ring].polygon {
		v.touches = append(v.touches, touch{e.ring, f.ring, at, i})
	}
	return nil
}

// checkSpike looks at edge i and the one after it, j: do they fold back on each other?
func (v *areaCheck) checkSpike(i, j int) *Fault {
	tip := v.edges[j].a
	from, to := v.edges[i].a, v.edges[j].b
	if sameWay(tip, from, to) {
		return v.fault(v.ringName(&v.edges[i])+" turns back along its own edge", tip, j)
	}
	return nil
}

// sameWay tells whether a and b lie in the same direction from centre.
func sameWay(centre, a, b orb.Point) bool {
	return orient(centre, a, b) == 0 &&
		cmp.Compare(a[0], centre[0]) == cmp.Compare(b[0], centre[0]) &&
		cmp.Compare(a[1], centre[1]) == cmp.Compare(b[1], centre[1])
}

// armsAt are the positions the ring of edge i comes from and goes to at a point of that
// edge other than its end.
func (v *areaCheck) armsAt(i int, at orb.Point) (from, to orb.Point) {
	if at == v.edges[i].a {
		return v.edges[v.before(i)].a, v.edges[i].b
	}
	return v.edges[i].a, v.edges[i].b
}

// inSector tells whether the direction centre→p lies strictly in the counter-clockwise
// sweep from centre→from to centre→to.
func inSector(centre, from, to, p orb.Point) bool {
	switch orient(centre, from, to) {
	case 1:
		return orient(centre, from, p) > 0 && orient(centre, p, to) > 0
	case -1:
		return orient(centre, to, p) < 0 || orient(centre, p, from) < 0
	}
	return orient(centre, from, p) > 0
}

// collinearShare is what two collinear edges whose boxes meet have in common: a point,
// or a stretch, of which it gives one end.
func collinearShare(e, f *checkedEdge) (at orb.Point, isPoint bool) {
	a, b := segmentBound(e.a, e.b), segmentBound(f.a, f.b)
	// Along a line the stretch shared has a length exactly if the boxes share one.
	if min(a.Max[0], b.Max[0]) == max(a.Min[0], b.Min[0]) && min(a.Max[1], b.Max[1]) == max(a.Min[1], b.Min[1]) {
		isPoint = true
	}
	for _, p := range [4]orb.Point{e.a, e.b, f.a, f.b} {
		if a.Contains(p) && b.Contains(p) {
			return p, isPoint
		}
	}
	return e.a, isPoint
}

// crossing is about where two edges that cross do so.
func crossing(e, f *checkedEdge) orb.Point {
	dx, dy := e.b[0]-e.a[0], e.b[1]-e.a[1]
	fx, fy := f.b[0]-f.a[0], f.b[1]-f.a[1]
	t := ((f.a[0]-e.a[0])*fy - (f.a[1]-e.a[1])*fx) / (dx*fy - dy*fx)
	at := orb.Point{e.a[0] + t*dx, e.a[1] + t*dy}
	if !(t >= 0 && t <= 1) || !finite(at) {
		return e.a
	}
	return at
}

func (v *areaCheck) ringName(e *checkedEdge) string {
	if v.rings[e.ring].index == 0 {
		return "the outer ring"
	}
	return "a hole"
}

func (v *areaCheck) crossReason(e, f *checkedEdge) string {
	switch {
	case e.ring == f.ring:
		return v.ringName(e) + " crosses itself"
	case v.rings[e.ring].polygon != v.rings[f.ring].polygon:
		return "two parts of the area overlap"
	case v.rings[e.ring].index == 0 || v.rings[f.ring].index == 0:
		return "a hole crosses the outer ring"
	}
	return "two holes cross"
}

func (v *areaCheck) overlapReason(e, f *checkedEdge) string {
	switch {
	case e.ring == f.ring:
		return v.ringName(e) + " runs along itself"
	case v.rings[e.ring].polygon != v.rings[f.ring].polygon:
		return "two parts of the area share a stretch of edge"
	case v.rings[e.ring].index == 0 || v.rings[f.ring].index == 0:
		return "a hole shares a stretch of edge with the outer ring"
	}
	return "two holes share a stretch of edge"
}
