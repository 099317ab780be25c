package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// boxTree finds the boxes that meet a box. It is an R-tree over items in the order they
// are given, which for the edges of rings is already a good order: consecutive edges lie
// together. So it needs no sorting and no insertion, only boxes of boxes.
type boxTree struct {
	// levels[0] are the items' boxes; a box of levels[k+1] bounds boxTreeFan of levels[k].
	levels [][]orb.Bound
}

const boxTreeFan = 8

func newBoxTree(items []orb.Bound) *boxTree {
	t := &boxTree{levels: [][]orb.Bound{items}}
	for level := items; len(level) > boxTreeFan; {
		upper := make([]orb.Bound, 0, (len(level)+boxTreeFan-1)/boxTreeFan)
		for i := 0; i < len(level); i += boxTreeFan {
			box := level[i]
			for _, b := range level[i+1 : min(i+boxTreeFan, len(level))] {
				box = join(box, b)
			}
			upper = append(upper, box)
		}
		t.levels = append(t.levels, upper)
		level = upper
	}
	return t
}

// search visits, in order, the items from index first on whose boxes meet b, edges
// included, until visit returns false.
func (t *boxTree) search(b orb.Bound, first int, visit func(i int) bool) bool {
	top := len(t.levels) - 1
	return t.searchNodes(b, first, top, 0, len(t.levels[top]), 1<<(3*top), visit)
}

// searchNodes goes through the nodes from..to of a level, each bounding span items.
func (t *boxTree) searchNodes(b orb.Bound, first, level, from, to, span int, visit func(int) bool) bool {
	for i := max(from, first/span); i < to; i++ {
		if !meet(&t.levels[level][i], &b) {
			continue
		}
		if level == 0 {
			if !visit(i) {
				return false
			}
			continue
		}
		end := min((i+1)*boxTreeFan, len(t.levels[level-1]))
		if !t.searchNodes(b, first, level-1, i*boxTreeFan, end, span/boxTreeFan, visit) {
			return false
		}
	}
	return true
}

func meet(a, b *orb.Bound) bool {
	return a.Min[0] <= b.Max[0] && b.Min[0] <= a.Max[0] && a.Min[1] <= b.Max[1] && b.Min[1] <= a.Max[1]
}

// within tells whether a lies in b, touching its sides or not.
func within(a, b *orb.Bound) bool {
	return a.Min[0] >= b.Min[0] && a.Max[0] <= b.Max[0] && a.Min[1] >= b.Min[1] && a.Max[1] <= b.Max[1]
}

func join(a, b orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{math.Min(a.Min[0], b.Min[0]), math.Min(a.Min[1], b.Min[1])},
		Max: orb.Point{math.Max(a.Max[0], b.Max[0]), math.Max(a.Max[1], b.Max[1])},
	}
}

// segmentBound is the box of the segment a–b.
func segmentBound(a, b orb.Point) orb.Bound {
	return join(orb.Bound{Min: a, Max: a}, orb.Bound{Min: b, Max: b})
}
