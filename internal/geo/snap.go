package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// SnapRound rounds valid areas to whole numbers, so that no edge comes to cross another one (Hobby, "Practical segment
// intersection with finite precision output", 1999): an edge that passes through the unit square around a rounded position
// goes through that position. What areas share they still share. Rings that meet themselves are parted, and what has no
// ground left is gone: nil. Outer rings have a positive area when both axes are taken as they are.
func SnapRound(areas []orb.MultiPolygon) []orb.MultiPolygon {
	var squares []orb.Bound
	seen := map[orb.Point]bool{}
	for _, area := range areas {
		eachRing(area, func(ring orb.Ring) {
			for _, p := range ring {
				if q := rounded(p); !seen[q] {
					seen[q] = true
					squares = append(squares, orb.Bound{Min: orb.Point{q[0] - 0.5, q[1] - 0.5}, Max: orb.Point{q[0] + 0.5, q[1] + 0.5}})
				}
			}
		})
	}
	out := make([]orb.MultiPolygon, len(areas))
	if len(squares) == 0 {
		return out
	}
	tree := newBoxTree(squares)
	for i, area := range areas {
		var snapped orb.MultiPolygon
		for _, polygon := range area {
			var rings orb.Polygon
			for _, ring := range polygon {
				rings = append(rings, through(ring, tree, rounded))
			}
			snapped = append(snapped, rings)
		}
		out[i], _ = part(snapped)
	}
	return out
}

func rounded(p orb.Point) orb.Point { return orb.Point{math.Round(p[0]), math.Round(p[1])} }

// through takes a ring through the middle of every square that it passes, and its own corners to where they go.
func through(ring orb.Ring, squares *boxTree, to func(orb.Point) orb.Point) orb.Ring {
	out := make(orb.Ring, 0, len(ring))
	var passed []orb.Point
	for i := range len(ring) - 1 {
		a, b := ring[i], ring[i+1]
		passed = passed[:0]
		squares.search(segmentBound(a, b), 0, func(k int) bool {
			if s := &squares.levels[0][k]; passes(a, b, s) {
				passed = append(passed, s.Center())
			}
			return true
		})
		along := func(p orb.Point) float64 { return (p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1]) }
		slices.SortFunc(passed, func(p, q orb.Point) int { return cmp.Compare(along(p), along(q)) })
		out = append(append(out, to(a)), passed...)
		out = append(out, to(b))
	}
	return slices.Compact(out)
}

// passes tells whether a segment whose box meets a square meets the square.
func passes(a, b orb.Point, square *orb.Bound) bool {
	if square.Contains(a) || square.Contains(b) {
		return true
	}
	first := orient(a, b, square.Min)
	for _, corner := range []orb.Point{square.Max, {square.Min[0], square.Max[1]}, {square.Max[0], square.Min[1]}} {
		if orient(a, b, corner) != first {
			return true
		}
	}
	return first == 0
}
