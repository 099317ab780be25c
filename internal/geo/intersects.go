package geo

import "github.com/paulmach/orb"

// Intersects tells whether a and b have a point in common; touching is enough. Each is a Point or an area (Polygon,
// MultiPolygon, Ring, Bound). Two areas meet when an edge of one meets an edge of the other, or one covers the other.
func Intersects(a, b orb.Geometry) bool {
	if p, ok := a.(orb.Point); ok {
		if q, ok := b.(orb.Point); ok {
			return p == q
		}
		return Covers(b, p)
	}
	if p, ok := b.(orb.Point); ok {
		return Covers(a, p)
	}
	if !a.Bound().Intersects(b.Bound()) {
		return false
	}
	edges, tree := edgeTree(a)
	met := false
	eachRing(b, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			if met {
				return
			}
			from, to := e.ends()
			met = !tree.search(segmentBound(from, to), 0, func(i int) bool {
				a, b := edges[i].ends()
				return !segmentsTouch(a, b, from, to)
			})
		})
	})
	if met {
		return true
	}
	return coversAnyPart(a, b) || coversAnyPart(b, a)
}

func edgeTree(g orb.Geometry) ([]edge, *boxTree) {
	var edges []edge
	var bounds []orb.Bound
	eachRing(g, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			edges = append(edges, e)
			from, to := e.ends()
			bounds = append(bounds, segmentBound(from, to))
		})
	})
	return edges, newBoxTree(bounds)
}

// coversAnyPart tells whether outer covers a corner of any ring of inner. Where no edges meet, a ring lies wholly in or
// out, so one corner decides.
func coversAnyPart(outer, inner orb.Geometry) (covered bool) {
	eachRing(inner, func(ring orb.Ring) {
		covered = covered || len(ring) > 0 && Covers(outer, ring[0])
	})
	return covered
}
