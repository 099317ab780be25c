package columnar

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// fanOut is how many boxes one box of the level above stands for.
const fanOut = 16

// tree is a packed hierarchy of boxes over the located blocks. It has an order of its own, a Hilbert curve through the
// whole edition: neighbours by kelurahan code need not be neighbours on the ground.
type tree struct {
	leaves []uint32 // blocks
	levels [][]box  // levels[0] around fanOut leaves each; the last level is one box, unless there are no leaves
}

func newTree(blocks []block) tree {
	all := noBox
	var t tree
	for b := range blocks {
		if blocks[b].located {
			all = all.union(blocks[b].box)
			t.leaves = append(t.leaves, uint32(b))
		}
	}
	t.leaves = slices.Clip(t.leaves)
	t.sort(blocks, all.bound())
	boxOf := func(i int) box { return blocks[t.leaves[i]].box }
	for n := len(t.leaves); n > 0; {
		level := make([]box, (n+fanOut-1)/fanOut)
		for i := range level {
			level[i] = noBox
		}
		for i := range n {
			level[i/fanOut] = level[i/fanOut].union(boxOf(i))
		}
		t.levels = append(t.levels, level)
		if n = len(level); n == 1 {
			break
		}
		boxOf = func(i int) box { return level[i] }
	}
	return t
}

func (t *tree) sort(blocks []block, bound orb.Bound) {
	index := make(map[uint32]uint64, len(t.leaves))
	for _, b := range t.leaves {
		index[b] = geo.HilbertIndex(blocks[b].box.center(), bound)
	}
	slices.SortFunc(t.leaves, func(a, b uint32) int { return cmp.Or(cmp.Compare(index[a], index[b]), cmp.Compare(a, b)) })
}

// children gives the positions below box i of a level: in the level below, or in leaves for level 0.
func (t *tree) children(level, i int) (from, to int) {
	n := len(t.leaves)
	if level > 0 {
		n = len(t.levels[level-1])
	}
	return i * fanOut, min((i+1)*fanOut, n)
}

// box gives box i of a level, or that of leaf i where level is -1.
func (t *tree) box(blocks []block, level, i int) *box {
	if level < 0 {
		return &blocks[t.leaves[i]].box
	}
	return &t.levels[level][i]
}
