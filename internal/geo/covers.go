package geo

import "github.com/paulmach/orb"

// Covers tells whether g holds p, a point on an edge, outer or a hole's, included
// (PostGIS ST_Covers). It answers for Polygon, MultiPolygon, Ring, Bound and collections
// of them; anything else, and an empty geometry, covers nothing. Inside is decided by
// the even-odd rule over all rings, which for a valid geometry (see Validate) is the OGC
// interior.
func Covers(g orb.Geometry, p orb.Point) bool {
	if !finite(p) {
		return false
	}
	inside, onEdge := false, false
	eachRing(g, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			crosses, on := edgeAgainst(e, p)
			onEdge = onEdge || on
			inside = inside != crosses
		})
	})
	return onEdge || inside
}

// eachEdge calls visit for the edges of a ring that have a length and finite ends, the
// one from an unclosed ring's last position to its first included.
func eachEdge(ring orb.Ring, visit func(edge)) {
	for i, a := range ring {
		b := ring[0]
		if i+1 < len(ring) {
			b = ring[i+1]
		}
		if a != b && finite(a) && finite(b) {
			visit(upward(a, b))
		}
	}
}

// eachRing calls visit for every ring of g's areas, in order.
func eachRing(g orb.Geometry, visit func(orb.Ring)) {
	switch g := g.(type) {
	case orb.Ring:
		visit(g)
	case orb.Polygon:
		for _, ring := range g {
			visit(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				visit(ring)
			}
		}
	case orb.Bound:
		if !g.IsEmpty() {
			visit(g.ToRing())
		}
	case orb.Collection:
		for _, part := range g {
			eachRing(part, visit)
		}
	}
}

// edge is a straight edge with its lower end first (y0 <= y1).
type edge struct{ x0, y0, x1, y1 float64 }

func upward(a, b orb.Point) edge {
	if a[1] <= b[1] {
		return edge{a[0], a[1], b[0], b[1]}
	}
	return edge{b[0], b[1], a[0], a[1]}
}

// ends are the edge's lower and upper end.
func (e edge) ends() (lower, upper orb.Point) { return orb.Point{e.x0, e.y0}, orb.Point{e.x1, e.y1} }

func (e edge) side(p orb.Point) int {
	lower, upper := e.ends()
	return orient(lower, upper, p)
}

// edgeAgainst tells whether the ray from p towards greater longitudes crosses e, and
// whether p lies on e. An edge holds its lower end and not its upper one for the ray, so
// that a ray through a vertex counts it once.
func edgeAgainst(e edge, p orb.Point) (crosses, on bool) {
	x, y := p[0], p[1]
	if !(y >= e.y0 && y <= e.y1) || (x > e.x0 && x > e.x1) {
		return false, false
	}
	if x < e.x0 && x < e.x1 {
		return y < e.y1, false
	}
	switch side := e.side(p); {
	case side == 0:
		return false, true
	case side > 0:
		return y < e.y1, false
	}
	return false, false
}
