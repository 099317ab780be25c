package geo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Overlap is ground that two polygons, by index with A < B, both cover.
type Overlap struct {
	A, B    int
	AreaKm2 float64
	At      orb.Point        // inside its largest piece
	Shape   orb.MultiPolygon // nil once those before have a million positions
}

// Gap is ground surrounded by polygons that none of them covers.
type Gap struct {
	Between []int // the polygons that border it, ascending
	AreaKm2 float64
	At      orb.Point // inside it
	Shape   orb.Polygon
}

// gapReachMeters is how near a polygon comes to a gap it borders: more than rounding in
// the overlay, less than anything on a map.
const gapReachMeters = 0.01

const (
	// maxOverlays limits the work on polygons that overlap throughout, in positions overlaid: some minutes.
	maxOverlays = 50_000_000
	// maxShapes limits the positions of overlaps that are kept.
	maxShapes = 1_000_000
)

// Overlaps finds the pairs of polygons that share at least minAreaKm2, by A, then B. A
// polygon that is not valid is an error naming its index; so is work without an end, beside what was found until then.
// before, which may be nil, is called before each polygon is compared with those after it; its error ends the search.
func Overlaps(polygons []orb.Geometry, minAreaKm2 float64, before func(i int) error) ([]Overlap, error) {
	boxes := make([]orb.Bound, len(polygons))
	for i, polygon := range polygons {
		if fault := Validate(polygon); fault != nil {
			return nil, fmt.Errorf("geometry %d: %w", i, fault)
		}
		boxes[i] = Prepare(polygon).Bound()
	}
	if len(polygons) == 0 {
		return nil, nil
	}
	tree := newBoxTree(boxes)
	var overlaps []Overlap
	var failed error
	overlaid, kept := 0, 0
	for i := range polygons {
		if before != nil {
			if err := before(i); err != nil {
				return overlaps, err
			}
		}
		tree.search(boxes[i], i+1, func(j int) bool {
			if apart(polygons[i], polygons[j]) {
				return true
			}
			if overlaid += Vertices(polygons[i]) + Vertices(polygons[j]); overlaid > maxOverlays {
				failed = errors.New("there are too many of them")
				return false
			}
			shared, err := overlayIntersection(polygons[i], polygons[j])
			if err != nil {
				failed = fmt.Errorf("geometries %d and %d: %w", i, j, err)
				return false
			}
			if area := AreaKm2(shared); area > 0 && area >= minAreaKm2 {
				at := LabelPoint(shared)
				if kept += Vertices(shared); kept > maxShapes {
					shared = nil
				}
				overlaps = append(overlaps, Overlap{i, j, area, at, shared})
			}
			return true
		})
		if failed != nil {
			return overlaps, failed
		}
	}
	return overlaps, nil
}

// apart tells quickly that two valid polygons share no ground, if together they are
// still valid once the edges they share are dissolved. It may be wrong only towards
// false.
func apart(a, b orb.Geometry) bool {
	rings, ok := stitch(uncancelledEdges([]orb.Geometry{a, b}))
	if !ok {
		return false
	}
	union, ok := assemble(rings)
	return ok && Validate(union) == nil
}

// Gaps finds the holes of the union of polygons that measure at least minAreaKm2, from
// west to east, also a hole of one polygon that no other fills.
func Gaps(polygons []orb.Geometry, minAreaKm2 float64) ([]Gap, error) {
	union, err := Union(polygons)
	if err != nil {
		return nil, err
	}
	var holes []orb.Geometry // each an orb.Polygon
	for _, polygon := range union {
		for _, ring := range polygon[1:] {
			hole := ring.Clone()
			hole.Reverse()
			holes = append(holes, orb.Polygon{hole})
		}
	}
	near := Neighbours(slices.Concat(polygons, holes), gapReachMeters)[len(polygons):]
	var gaps []Gap
	for i, hole := range holes {
		between := slices.DeleteFunc(near[i], func(k int) bool { return k >= len(polygons) })
		if area := AreaKm2(hole); area >= minAreaKm2 {
			gaps = append(gaps, Gap{between, area, LabelPoint(hole), hole.(orb.Polygon)})
		}
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(comparePoints(a.At, b.At), cmp.Compare(a.AreaKm2, b.AreaKm2))
	})
	return gaps, nil
}
