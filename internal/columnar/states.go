package columnar

import (
	"slices"
	"sync"

	"kantong/internal/registry"
)

// marks are the households of a set that the edition has: a word of bits a block.
type marks []uint64

// keptMarks are those of the sets that were asked for last: a comparison of two states asks for the same few many times.
type keptMarks struct {
	mu   sync.Mutex
	list []markedSet // least recently used first
}

type markedSet struct {
	set *registry.HouseholdSet
	marks
}

// manyMarks is how many sets are kept, at a bit for each household.
const manyMarks = 32

// inSet is the condition on another state, whose households were found there.
func (e *Engine) inSet(set *registry.HouseholdSet) condition {
	m := e.marked(set)
	return func(_ *scan, b int, rows uint64) uint64 { return rows & m[b] }
}

// marked gives the marks of a set, which are the same for all releases of the edition.
func (h *households) marked(set *registry.HouseholdSet) marks {
	h.marks.mu.Lock()
	defer h.marks.mu.Unlock()
	list := h.marks.list
	i := slices.IndexFunc(list, func(m markedSet) bool { return m.set == set })
	var found markedSet
	switch {
	case i >= 0:
		found = list[i]
		list = slices.Delete(list, i, i+1)
	default:
		found = markedSet{set, h.mark(set.IDs())}
		if len(list) == manyMarks {
			list = slices.Delete(list, 0, 1)
		}
	}
	h.marks.list = append(list, found)
	return found.marks
}

// mark walks ids and households in their common order.
func (h *households) mark(ids []registry.HouseholdID) marks {
	m := make(marks, len(h.blocks))
	for _, s := range h.slots {
		id := &h.ids[h.row(s)]
		for len(ids) > 0 && compareIDs(&ids[0], id) < 0 {
			ids = ids[1:]
		}
		if len(ids) == 0 {
			break
		}
		if ids[0] == *id {
			b, i := s.at()
			m[b] |= 1 << i
		}
	}
	return m
}
