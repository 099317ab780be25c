package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Neighbours is queen contiguity: for each polygon the indices, ascending, of those
// whose edges come within toleranceMeters of its own, so also in a single point or where
// a vertex of one meets the middle of the other's edge. It is symmetric and never names
// a polygon itself. With a tolerance of 0 the edges must touch exactly.
func Neighbours(polygons []orb.Geometry, toleranceMeters float64) [][]int {
	type ownedEdge struct {
		a, b  orb.Point
		owner int
	}
	var edges []ownedEdge
	var boxes []orb.Bound
	widestLat := 0.0
	for owner, polygon := range polygons {
		eachRing(polygon, func(ring orb.Ring) {
			eachEdge(ring, func(e edge) {
				a, b := orb.Point{e.x0, e.y0}, orb.Point{e.x1, e.y1}
				edges = append(edges, ownedEdge{a, b, owner})
				boxes = append(boxes, segmentBound(a, b))
				widestLat = math.Max(widestLat, math.Max(math.Abs(e.y0), math.Abs(e.y1)))
			})
		})
	}
	out := make([][]int, len(polygons))
	if len(edges) == 0 {
		return out
	}
	padLat := math.Max(0, toleranceMeters) / metersPerDegree * (1 + 1e-9)
	padLon := padLat / math.Max(0.01, math.Cos(math.Min(90, widestLat)*radiansPerDegree))
	tree := newBoxTree(boxes)
	found := map[[2]int]bool{}
	for i, e := range edges {
		near := orb.Bound{
			Min: orb.Point{boxes[i].Min[0] - padLon, boxes[i].Min[1] - padLat},
			Max: orb.Point{boxes[i].Max[0] + padLon, boxes[i].Max[1] + padLat},
		}
		tree.search(near, i+1, func(j int) bool {
			f := &edges[j]
			// Edges come owner by owner, so e.owner <= f.owner.
			pair := [2]int{e.owner, f.owner}
			if e.owner == f.owner || found[pair] {
				return true
			}
			if segmentsTouch(e.a, e.b, f.a, f.b) ||
				(toleranceMeters > 0 && segmentDistanceMeters(e.a, e.b, f.a, f.b) <= toleranceMeters) {
				found[pair] = true
				out[e.owner] = append(out[e.owner], f.owner)
				out[f.owner] = append(out[f.owner], e.owner)
			}
			return true
		})
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// segmentsTouch tells, exactly, whether two segments share a point.
func segmentsTouch(a, b, c, d orb.Point) bool {
	first, second := segmentBound(a, b), segmentBound(c, d)
	return meet(&first, &second) &&
		orient(a, b, c)*orient(a, b, d) <= 0 && orient(c, d, a)*orient(c, d, b) <= 0
}

// segmentDistanceMeters is the distance of two short segments that don't cross, in
// metres flat around them: that of one of the four ends from the other segment.
func segmentDistanceMeters(a, b, c, d orb.Point) float64 {
	lonMeters := metersPerDegree * math.Cos(a[1]*radiansPerDegree)
	fromTo := func(p, from, to orb.Point) float64 {
		return squaredDistance(0, 0,
			(from[0]-p[0])*lonMeters, (from[1]-p[1])*metersPerDegree,
			(to[0]-p[0])*lonMeters, (to[1]-p[1])*metersPerDegree)
	}
	return math.Sqrt(min(fromTo(a, c, d), fromTo(b, c, d), fromTo(c, a, b), fromTo(d, a, b)))
}
