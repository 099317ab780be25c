package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// DistanceToMeters is how far p is from the area g, 0 when g covers it, +Inf when g is empty. It is the great-circle
// distance to the nearest point of an edge, found in a flat plane around p; for areas within some hundred kilometres of
// p the error is far below a metre.
func DistanceToMeters(g orb.Geometry, p orb.Point) float64 {
	if Covers(g, p) {
		return 0
	}
	nearest := math.Inf(1)
	scale := math.Cos(p[1] * radiansPerDegree)
	eachRing(g, func(ring orb.Ring) {
		eachEdge(ring, func(e edge) {
			nearest = math.Min(nearest, DistanceMeters(p, nearestOnEdge(e, p, scale)))
		})
	})
	return nearest
}

// nearestOnEdge projects p onto e in a plane where longitudes are shrunk by scale.
func nearestOnEdge(e edge, p orb.Point, scale float64) orb.Point {
	dx, dy := (e.x1-e.x0)*scale, e.y1-e.y0
	t := ((p[0]-e.x0)*scale*dx + (p[1]-e.y0)*dy) / (dx*dx + dy*dy)
	t = math.Min(math.Max(t, 0), 1)
	return orb.Point{e.x0 + t*(e.x1-e.x0), e.y0 + t*(e.y1-e.y0)}
}
