package columnar

import (
	"context"
	"iter"
	"math/bits"

	"kantong/internal/geo"
)

// scan goes over the blocks that may hold rows of a filter. It serves one goroutine.
type scan struct {
	e          *Engine
	ctx        context.Context
	root       *node
	areas      bitset  // kelurahan to visit; nil for all
	pivot      *region // the region that leads to the blocks; nil when kelurahan do
	pivotHolds bool    // the pivot covers the whole of the block being narrowed
	scratch    geo.Scratch
	visited    int
	err        error // why the scan ended early
}

// checkEvery is after how many blocks a scan looks whether it is still wanted.
const checkEvery = 4096

// fewRows is how many rows of the wanted kelurahan are visited without asking the tree.
const fewRows = 65536

// newScan prepares to visit the blocks of a filter, of all areas or of some.
func (e *Engine) newScan(ctx context.Context, root *node, within bitset) *scan {
	s := &scan{e: e, ctx: ctx, root: root, areas: root.areas}
	if within != nil {
		s.areas = within
		if root.areas != nil {
			s.areas = append(bitset(nil), within...)
			s.areas.intersect(root.areas)
		}
	}
	if len(root.regions) > 0 && (s.areas == nil || s.rowsOfAreas() > fewRows) {
		s.pivot = root.regions[0]
	}
	return s
}

// blocks gives the blocks that have rows of the filter, with those rows.
func (s *scan) blocks() iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		for b := range s.candidates() {
			if m := s.narrow(s.root, b, s.e.blocks[b].all()); m != 0 && !yield(b, m) {
				return
			}
		}
	}
}

// candidates gives the blocks that may have rows of the filter.
func (s *scan) candidates() iter.Seq[int] {
	return func(yield func(int) bool) {
		switch {
		case s.pivot != nil:
			if top := len(s.e.tree.levels) - 1; top >= 0 {
				s.descend(top, 0, false, yield)
			}
			s.pivotHolds = false
		case s.areas == nil:
			for b := range s.e.blocks {
				if !s.wanted() || !yield(b) {
					return
				}
			}
		default:
			for k := range s.areas.all() {
				for b := int(s.e.firstBlock[k]); b < int(s.e.firstBlock[k+1]); b++ {
					if !s.wanted() || !yield(b) {
						return
					}
				}
			}
		}
	}
}

// descend gives the blocks below box i of a level of the tree that the pivot may touch; holds tells that it covers the box.
func (s *scan) descend(level, i int, holds bool, yield func(int) bool) bool {
	t := &s.e.tree
	if !holds {
		switch s.pivot.classify(&t.levels[level][i]) {
		case geo.Outside:
			return true
		case geo.Inside:
			holds = true
		}
	}
	from, to := t.children(level, i)
	for k := from; k < to; k++ {
		if level > 0 {
			if !s.descend(level-1, k, holds, yield) {
				return false
			}
			continue
		}
		b := t.leaves[k]
		blk := &s.e.blocks[b]
		if !holds && !s.pivot.near(&blk.box) || s.areas != nil && !s.areas.has(blk.kelurahan) {
			continue
		}
		s.pivotHolds = holds
		if !s.wanted() || !yield(int(b)) {
			return false
		}
	}
	return true
}

// wanted counts a block and tells whether to go on.
func (s *scan) wanted() bool {
	if s.visited%checkEvery == 0 {
		s.err = s.ctx.Err()
	}
	s.visited++
	return s.err == nil
}

// count is the number of rows of the filter.
func (s *scan) count() (n int64) {
	for _, m := range s.blocks() {
		n += int64(bits.OnesCount64(m))
	}
	return n
}

// reach is the number of rows of all candidates.
func (s *scan) reach() (rows int) {
	switch {
	case s.pivot != nil:
		for b := range s.candidates() {
			rows += int(s.e.blocks[b].rows)
		}
		return rows
	case s.areas == nil:
		return s.e.Households()
	}
	return s.rowsOfAreas()
}

func (s *scan) rowsOfAreas() (rows int) {
	for k := range s.areas.all() {
		rows += s.e.rowsIn(k)
	}
	return rows
}

// rowsIn is the number of rows of a kelurahan.
func (h *households) rowsIn(k int) int { return h.rowBefore(k+1) - h.rowBefore(k) }

// rowBefore is the first row of a kelurahan or of what follows it.
func (h *households) rowBefore(k int) int {
	if b := int(h.firstBlock[k]); b < len(h.blocks) {
		return int(h.blocks[b].start)
	}
	return len(h.rank)
}
