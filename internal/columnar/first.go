package columnar

import (
	"slices"

	"kantong/internal/registry"
)

// first keeps the first rows of a list of which the rows come in any order.
type first struct {
	want  int
	after position // rows up to and including it are passed over
	heap  []position
}

// position is a household's place in a list: what registry.Row has as its Order, then rank.
type position struct {
	order int64
	rank  int64
}

// before puts the last position on top of the heap.
func (p position) before(q position) bool {
	if p.order != q.order {
		return p.order > q.order
	}
	return p.rank > q.rank
}

func (p position) compare(q position) int {
	switch {
	case p.before(q):
		return 1
	case p == q:
		return 0
	}
	return -1
}

// beforeAll comes before every row.
var beforeAll = position{-1, -1}

func (e *Engine) newFirst(q *registry.RowsQuery) *first {
	f := &first{want: q.First + 1, after: beforeAll} // one more tells whether there are more
	if q.After != nil {
		f.after = position{q.After.Order, int64(e.rankAfter(q.After.ID)) - 1}
	}
	return f
}

func (f *first) full() bool { return len(f.heap) == f.want }

// last is the position that a row must come before to matter, when full.
func (f *first) last() position { return f.heap[0] }

func (f *first) add(p position) {
	switch {
	case !p.before(f.after): // not after it
	case !f.full():
		if f.heap = append(f.heap, p); f.full() { // until then nobody asks which is the last
			heapify(f.heap)
		}
	case f.last().before(p):
		replace(f.heap, p)
	}
}

// largePage is from how many rows on preparing the deprivations of all households pays, where the page is a good part of them.
const largePage = 1024

// page gives the rows in order.
func (f *first) page(e *Engine) registry.RowsPage {
	f.sort(e)
	page := registry.RowsPage{More: f.full(), Total: -1}
	if page.More {
		f.heap = f.heap[:f.want-1]
	}
	deprivationsOf := e.deprivations
	if len(f.heap) >= largePage && len(f.heap) >= len(e.slots)/8 {
		deprivationsOf = e.allDeprivations()
	}
	page.Rows = make([]registry.Row, len(f.heap))
	for i, p := range f.heap {
		e.readTo(&page.Rows[i], e.slots[p.rank], deprivationsOf)
		page.Rows[i].Order = p.order
	}
	return page
}

// sort puts the rows in order; by id alone there is a faster way.
func (f *first) sort(e *Engine) {
	if slices.ContainsFunc(f.heap, func(p position) bool { return p.order != 0 }) {
		slices.SortFunc(f.heap, position.compare)
		return
	}
	ranks := make([]uint32, len(f.heap))
	for i, p := range f.heap {
		ranks[i] = uint32(p.rank)
	}
	e.sortRanks(ranks)
	for i, rank := range ranks {
		f.heap[i].rank = int64(rank)
	}
}
