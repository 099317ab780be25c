package columnar

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Rows gives each page by whichever way promises less: a walk in the order of the list until the page is full, or a scan of
// the blocks that keeps the first rows.
func (e *Engine) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.First < 0 {
		return nil, registry.CheckFirst(q.First)
	}
	if err := q.CheckOrder(); err != nil {
		return nil, err
	}
	root, err := (&compiler{e: e}).compile(&q.Filter)
	if err != nil {
		return nil, err
	}
	if q.Parents == nil {
		page, err := e.page(e.newScan(ctx, root, nil), &q)
		return []registry.RowsPage{page}, err
	}
	pages := make([]registry.RowsPage, len(q.Parents))
	for i, parent := range q.Parents {
		if _, ok := e.d.Areas.Find(parent); !ok {
			return nil, registry.NotFound(fmt.Sprintf("parents[%d]", i), "edition %s has no area %s", e.d.State.ID(), parent)
		}
		within := e.kelurahanIn([]registry.AreaCode{parent})
		if pages[i], err = e.page(e.newScan(ctx, root, within), &q); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// A walk costs some tens of times as much a row as a scan, but may end early. So a walk by id gives up after this part of
// the rows that a scan would visit, and a nearest-first walk starts where a scan would visit more than some blocks.
const (
	walkShare = 32
	fewNear   = 1024
)

func (e *Engine) page(s *scan, q *registry.RowsQuery) (registry.RowsPage, error) {
	f := e.newFirst(q)
	reach := s.reach()
	if s.err != nil {
		return registry.RowsPage{}, s.err
	}
	switch {
	case q.ByNeed:
		s.scanByNeed(f)
	case q.Near != nil && reach > fewNear:
		s.walkNearest(*q.Near, f)
	case q.Near != nil:
		s.scanNearest(*q.Near, f)
	case q.Total || !s.walkByID(f, reach/walkShare):
		f.heap = slices.Grow(f.heap[:0], min(f.want, reach))
		s.scanByID(f)
	}
	page := registry.RowsPage{}
	if s.err == nil {
		page = f.page(e)
	}
	if q.Total && s.err == nil {
		page.Total = s.count()
	}
	return page, s.err
}

// walkByID tries households in the order of ids until the page is full or so many have been tried. It tells whether what it
// found is all there is to find.
func (s *scan) walkByID(f *first, tries int) bool {
	from, end := 0, len(s.e.slots)
	switch {
	case f.after.order > 0:
		return true
	case f.after.order == 0:
		from = int(f.after.rank) + 1
	}
	if tries < f.want {
		return false
	}
	for rank := from; rank < end && !f.full(); rank++ {
		if tries--; tries < 0 {
			return false
		}
		b, i := s.e.slots[rank].at()
		if s.areas != nil && !s.areas.has(s.e.blocks[b].kelurahan) {
			continue
		}
		if s.narrow(s.root, b, 1<<i) != 0 {
			f.add(position{0, int64(rank)})
		}
	}
	return true
}

func (s *scan) scanByID(f *first) {
	for b, m := range s.blocks() {
		rank := s.e.rank[s.e.blocks[b].start:]
		for ; m != 0; m &= m - 1 {
			f.add(position{0, int64(rank[lowest(m)])})
		}
	}
}

// millimeters is the distance that rows are ordered by.
func millimeters(a, b orb.Point) int64 { return int64(math.Round(geo.DistanceMeters(a, b) * 1000)) }
