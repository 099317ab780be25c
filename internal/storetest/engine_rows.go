package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

func randomRowsQuery(r *rand.Rand, w *world) registry.RowsQuery {
	q := registry.RowsQuery{Filter: RandomFilter(r, w.dataset, w.households), First: r.IntN(30), Total: r.IntN(2) == 0}
	setRandomOrder(r, w, &q)
	if r.IntN(2) == 0 {
		q.Parents = randomList(r, func() registry.AreaCode { return w.dataset.Areas.Area(r.IntN(w.dataset.Areas.Len())).Code })
	}
	if len(w.households) > 0 && r.IntN(2) == 0 {
		q.After = randomKey(r, w, q)
	}
	return q
}

// setRandomOrder picks one of the orders of a list, each as often.
func setRandomOrder(r *rand.Rand, w *world, q *registry.RowsQuery) {
	switch r.IntN(3) {
	case 0:
		near := places{r, w.dataset, w.households}.point()
		q.Near = &near
	case 1:
		q.ByNeed = true
	}
}

// randomKey is the key of some household, which the filter need not keep, or one beside it; now and then it is of a list
// in another order.
func randomKey(r *rand.Rand, w *world, q registry.RowsQuery) *registry.RowKey {
	if r.IntN(6) == 0 {
		q = registry.RowsQuery{}
		setRandomOrder(r, w, &q)
	}
	one := NewReference(w.dataset, w.households[r.IntN(len(w.households)):][:1], w.enrolments)
	row := one.row(&one.households[0], &q)
	key := row.Key()
	key.ID[15] += byte(r.IntN(3) - 1)
	return &key
}

func checkRandomRows(ctx context.Context, s subject) error {
	r := random(s.seed + 2)
	for i := range 300 {
		if err := s.checkPage(ctx, i, randomRowsQuery(r, &s.world)); err != nil {
			return err
		}
	}
	return nil
}

func (s *subject) checkPage(ctx context.Context, i int, q registry.RowsQuery) error {
	want, err := s.reference.Rows(ctx, q)
	if err != nil {
		return s.question(i, q.Filter, "the reference refuses it: %v", err)
	}
	got, err := s.engine.Rows(ctx, q)
	if err != nil {
		return s.question(i, q.Filter, "%v", err)
	}
	if diff := diffPages(got, want); diff != "" {
		return s.question(i, q.Filter, "rows %s: %s", describeRows(q), diff)
	}
	return nil
}

func describeRows(q registry.RowsQuery) string {
	text := fmt.Sprintf("of parents %q (nil %v), by need %v, first %d, total %v", q.Parents, q.Parents == nil, q.ByNeed, q.First, q.Total)
	if q.Near != nil {
		text += fmt.Sprintf(", near %v", *q.Near)
	}
	if q.After != nil {
		text += fmt.Sprintf(", after %d %s", q.After.Order, q.After.ID)
	}
	return text
}

// pagingFilters keep a few dozen households at most, so that every page size can be tried.
func (s *subject) pagingFilters() []registry.Filter {
	located := true
	return []registry.Filter{
		{RW: new(string), Decile: atLeast(1)},
		{Decile: intRange(2, 2), Geocoded: &located},
		{Decile: intRange(1, 1)},
		{Decile: intRange(1, 10), And: []registry.Filter{{Members: intRange(4, 4)}}},
	}
}

// orders are those to page in: by id, by need, and from places, one of them a household's own, which its neighbours may
// share.
func (s *subject) orders() []registry.RowsQuery {
	center := s.dataset.Areas.Bound().Center()
	list := []registry.RowsQuery{{}, {ByNeed: true}, {Near: &center}}
	for _, h := range s.households {
		if h.Located {
			p := h.Point.Point()
			return append(list, registry.RowsQuery{Near: &p})
		}
	}
	return list
}

// checkPaging walks the whole list at every page size from 1 to one more than there are rows.
func checkPaging(ctx context.Context, s subject) error {
	for i, f := range s.pagingFilters() {
		for _, q := range s.orders() {
			q.Filter = f
			if err := s.walk(ctx, i, q); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPagingByParent does so within areas of each level.
func checkPagingByParent(ctx context.Context, s subject) error {
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		for _, area := range s.dataset.Areas.Level(level) {
			parent := []registry.AreaCode{s.dataset.Areas.Area(area).Code}
			for _, q := range s.orders() {
				q.Filter, q.Parents = s.pagingFilters()[2], parent
				if err := s.walk(ctx, int(level), q); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// walk follows one list from page to page and compares what it gathered with the whole list at once.
func (s *subject) walk(ctx context.Context, i int, q registry.RowsQuery) error {
	q.First, q.Total = len(s.households), true
	all, err := s.reference.Rows(ctx, q)
	if err != nil {
		return s.question(i, q.Filter, "the reference refuses it: %v", err)
	}
	want := all[0].Rows
	for q.First = 1; q.First <= len(want)+1; q.First++ {
		rows := []registry.Row{}
		q.After = nil
		for {
			q.Total = len(rows) == 0
			got, err := s.engine.Rows(ctx, q)
			if err != nil {
				return s.question(i, q.Filter, "rows %s: %v", describeRows(q), err)
			}
			rest := want[len(rows):]
			page := registry.RowsPage{Rows: rest[:min(q.First, len(rest))], More: len(rest) > q.First, Total: -1}
			if q.Total {
				page.Total = int64(len(want))
			}
			if diff := diffPages(got, []registry.RowsPage{page}); diff != "" {
				return s.question(i, q.Filter, "rows %s: %s", describeRows(q), diff)
			}
			if rows = append(rows, got[0].Rows...); !got[0].More {
				break
			}
			last := rows[len(rows)-1].Key()
			q.After = &last
		}
	}
	return nil
}

// checkEmptyPages asks for no rows, which still gives Total and More, for no parents, and for what comes after the end.
func checkEmptyPages(ctx context.Context, s subject) error {
	beyond := registry.RowKey{Order: registry.NoDistance}
	for i := range beyond.ID {
		beyond.ID[i] = 0xff
	}
	origin := orb.Point{}
	for i, q := range []registry.RowsQuery{
		{Total: true},
		{},
		{Total: true, Near: &origin},
		{Total: true, ByNeed: true},
		{First: 5, Parents: []registry.AreaCode{}},
		{First: 5, Near: &origin, After: &beyond, Total: true},
		{First: 5, ByNeed: true, After: &beyond, Total: true},
		{First: 5, ByNeed: true, After: &registry.RowKey{Order: registry.Need(registry.UnknownInt, 0), ID: beyond.ID}},
		{First: 5, ByNeed: true, After: &registry.RowKey{ID: beyond.ID}}, // of a list by id: before everybody
		{First: 5, ByNeed: true, Parents: []registry.AreaCode{}},
		{First: 5, After: &registry.RowKey{ID: beyond.ID}},
		{First: 5, Filter: registry.Filter{Or: []registry.Filter{}}, Total: true},
	} {
		if err := s.checkPage(ctx, i, q); err != nil {
			return err
		}
	}
	return nil
}
