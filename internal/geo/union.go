package geo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Union dissolves polygons (Polygon, MultiPolygon or nil) into one MultiPolygon. Rings
// follow the right-hand rule, begin at their westernmost position and are sorted by it.
//
// Where neighbours share their edges position by position, as in one consistent layer,
// no coordinate changes and nothing is computed. Anything else (overlaps, edges cut
// differently) is overlaid, which may move positions by rounding. An input that is not
// valid is an error naming its index.
func Union(polygons []orb.Geometry) (orb.MultiPolygon, error) {
	for i, polygon := range polygons {
		switch polygon.(type) {
		case nil, orb.Polygon, orb.MultiPolygon:
		default:
			return nil, fmt.Errorf("geometry %d is a %s, not a polygon", i, polygon.GeoJSONType())
		}
		if fault := Validate(polygon); fault != nil {
			return nil, fmt.Errorf("geometry %d: %w", i, fault)
		}
	}
	rings, ok := stitch(uncancelledEdges(polygons))
	if ok {
		if union, ok := assemble(rings); ok && Validate(union) == nil {
			return canonical(union), nil
		}
	}
	union, err := overlayUnion(polygons)
	if err != nil {
		return nil, err
	}
	return canonical(union), nil
}

type directedEdge struct{ from, to orb.Point }

// uncancelledEdges are the edges of the polygons by the right-hand rule, less those that
// another polygon runs through the other way: the boundary of the whole.
func uncancelledEdges(polygons []orb.Geometry) []directedEdge {
	var edges []directedEdge
	count := map[directedEdge]int{}
	for _, polygon := range polygons {
		wound, _ := Rewind(polygon)
		eachRing(wound, func(ring orb.Ring) {
			for i := range len(ring) - 1 {
				e := directedEdge{ring[i], ring[i+1]}
				if e.from == e.to {
					continue
				}
				edges = append(edges, e)
				if opposite := (directedEdge{e.to, e.from}); count[opposite] > 0 {
					count[opposite]--
				} else {
					count[e]++
				}
			}
		})
	}
	left := edges[:0]
	for _, e := range edges {
		if count[e] > 0 {
			count[e]--
			left = append(left, e)
		}
	}
	return left
}

// stitch joins edges into rings that visit no position twice; ok is false when they
// don't join up.
func stitch(edges []directedEdge) (rings []orb.Ring, ok bool) {
	leaving := make(map[orb.Point][]int, len(edges))
	for i, e := range edges {
		leaving[e.from] = append(leaving[e.from], i)
	}
	take := func(at orb.Point, choice int) int {
		edge := leaving[at][choice]
		leaving[at] = slices.Delete(leaving[at], choice, choice+1)
		return edge
	}
	for _, start := range edges {
		if len(leaving[start.from]) == 0 {
			continue
		}
		var path []orb.Point // positions left behind, each once
		place := map[orb.Point]int{}
		at := start.from
		before := at
		for {
			if i, met := place[at]; met {
				// A loop closes: cut it off as a ring and go on from here.
				ring := append(orb.Ring(nil), path[i:]...)
				rings = append(rings, append(ring, at))
				for _, p := range path[i:] {
					delete(place, p)
				}
				path = path[:i]
				if len(path) == 0 {
					break
				}
				before = path[len(path)-1]
			}
			ways := leaving[at]
			if len(ways) == 0 {
				return nil, false
			}
			choice := 0
			if len(path) > 0 {
				for c := 1; c < len(ways); c++ {
					if inSector(at, edges[ways[choice]].to, before, edges[ways[c]].to) {
						choice = c // turns left more sharply: bounds the same corner
					}
				}
			}
			next := edges[take(at, choice)].to
			place[at] = len(path)
			path = append(path, at)
			before, at = at, next
		}
	}
	return rings, true
}

// assemble gives each hole to the smallest outer ring around it.
func assemble(rings []orb.Ring) (union orb.MultiPolygon, ok bool) {
	check := areaCheck{path: func(int, int) string { return "" }}
	for i, ring := range rings {
		if check.addRing(i, 0, ring) != nil || check.rings[i].turn == 0 {
			return nil, false
		}
	}
	outerOf := map[int]int{} // ring to its polygon
	for i := range rings {
		if check.rings[i].turn > 0 {
			outerOf[i] = len(union)
			union = append(union, orb.Polygon{rings[i]})
		}
	}
	for i := range rings {
		if check.rings[i].turn > 0 {
			continue
		}
		best := -1
		for j := range rings {
			if check.rings[j].turn > 0 && check.ringInside(i, j) && (best < 0 || check.ringInside(j, best)) {
				best = j
			}
		}
		if best < 0 {
			return nil, false
		}
		union[outerOf[best]] = append(union[outerOf[best]], rings[i])
	}
	return union, true
}

// canonical turns and orders rings so that equal areas are equal values.
func canonical(polygons orb.MultiPolygon) orb.MultiPolygon {
	rewindInPlace(polygons)
	byStart := func(a, b orb.Ring) int {
		return slices.CompareFunc(a, b, comparePoints)
	}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			rotate(ring)
		}
		slices.SortFunc(polygon[1:], byStart)
	}
	slices.SortFunc(polygons, func(a, b orb.Polygon) int { return byStart(a[0], b[0]) })
	return polygons
}

func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// rotate makes a closed ring begin at its westernmost, then southernmost position.
func rotate(ring orb.Ring) {
	open := ring[:len(ring)-1]
	first := 0
	for i := range open {
		if comparePoints(open[i], open[first]) < 0 {
			first = i
		}
	}
	copy(open, slices.Concat(open[first:], open[:first]))
	ring[len(ring)-1] = open[0]
}

// Untangle gives an area whose rings touch themselves, or run back along themselves, as one whose rings don't: such edges
// vanish, and rings part where they meet. It serves positions that were rounded. ok is false where edges cross.
func Untangle(area orb.MultiPolygon) (out orb.MultiPolygon, ok bool) {
	var corners []orb.Bound
	eachRing(area, func(ring orb.Ring) {
		for _, p := range ring {
			corners = append(corners, p.Bound())
		}
	})
	if len(corners) == 0 {
		return nil, true
	}
	tree := newBoxTree(corners)
	noded := make(orb.MultiPolygon, len(area))
	for i, polygon := range area {
		for _, ring := range polygon {
			noded[i] = append(noded[i], through(ring, tree, func(p orb.Point) orb.Point { return p }))
		}
	}
	return part(noded)
}

// part is Untangle where rings meet themselves at their corners only.
func part(areas orb.MultiPolygon) (out orb.MultiPolygon, ok bool) {
	rings, ok := stitch(uncancelledEdges([]orb.Geometry{areas}))
	if !ok {
		return nil, false
	}
	if out, ok = assemble(rings); !ok || Validate(out) != nil {
		return nil, false
	}
	if len(out) == 0 {
		return nil, true
	}
	return canonical(out), true
}
