package postgis

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// nearest fills nearest-first pages. The database gives candidates in an order that it is quick at, by the index in degrees
// as on a flat map, and what decides is computed here: the distance in whole millimetres, as every engine computes it. A
// page is done when the last candidate proves that nobody beyond it belongs on the page; else it gets four times as many.
// Rows without a location come from a statement of their own once those with one have run out. b, which is sent with the
// first statement, holds what else is asked.
func (e *Engine) nearest(ctx context.Context, b *batch, q *registry.RowsQuery, pages []registry.RowsPage) error {
	order := e.orderFrom(*q.Near)
	want := q.First + 1
	open := make([]int, len(pages))
	for i := range open {
		open[i] = i
	}
	located := q.After == nil || q.After.Order < registry.NoDistance
	for candidates := order.candidates(want); located && len(open) > 0; candidates *= 4 {
		found := make([][]registry.Row, len(pages))
		e.addNearest(b, q, order, open, candidates, func(page int, row registry.Row) { found[page] = append(found[page], row) })
		if err := e.run(ctx, b); err != nil {
			return err
		}
		b = &batch{}
		open = slices.DeleteFunc(open, func(page int) bool {
			rows, beyond := found[page], int64(registry.NoDistance)
			if len(rows) == candidates {
				beyond = order.leastMillimetersBeyond(rows[len(rows)-1].Point.Point())
			}
			return takeNearest(&pages[page], rows, q.After, want, beyond)
		})
	}
	var short []int
	for i := range pages {
		if len(pages[i].Rows) < want {
			short = append(short, i)
		}
	}
	if len(short) > 0 && e.extent.unlocated {
		e.addUnlocated(b, q, short, pages)
	}
	if err := e.run(ctx, b); err != nil {
		return err
	}
	for i := range pages {
		cut(&pages[i], q.First)
	}
	return nil
}

// takeNearest makes a page of the candidates if they suffice: when there are as many as wanted that lie nearer than
// anything beyond them, or nothing is beyond them.
func takeNearest(page *registry.RowsPage, rows []registry.Row, after *registry.RowKey, want int, beyond int64) bool {
	rows = slices.DeleteFunc(rows, func(r registry.Row) bool { return after != nil && compareKeys(r.Key(), *after) <= 0 })
	slices.SortFunc(rows, func(a, b registry.Row) int { return compareKeys(a.Key(), b.Key()) })
	if beyond != registry.NoDistance && (len(rows) < want || rows[want-1].Order >= beyond) {
		return false
	}
	page.Rows = append(page.Rows, rows[:min(len(rows), want)]...)
	return true
}

// addNearest asks for candidates of the pages at the places open.
func (e *Engine) addNearest(b *batch, q *registry.RowsQuery, order order, open []int, candidates int, found func(page int, row registry.Row)) {
	s := &statement{}
	e.eachParent(s, pick(q.Parents, open), rowColumns, func() {
		s.add(" AND h.geom IS NOT NULL")
		if q.After != nil && q.After.Order > 0 {
			after := float64(q.After.Order) / 1000
			s.add(" AND ", meters(s, *q.Near), " >= ", s.bind(after-doubtMeters(after), "float8"))
		}
		s.add(" ORDER BY ")
		order.write(s, !areKelurahan(q.Parents))
		s.add(" LIMIT ", s.bind(int64(candidates), "int8"))
	}, &q.Filter)
	b.add(s, func(r *reader) {
		page := open[r.int()]
		row := e.row(r)
		row.Order = millimeters(*q.Near, row.Point.Point())
		found(page, row)
	})
}

// addUnlocated fills the pages at the places open with rows that have no location, by id.
func (e *Engine) addUnlocated(b *batch, q *registry.RowsQuery, open []int, pages []registry.RowsPage) {
	s := &statement{}
	e.eachParent(s, pick(q.Parents, open), rowColumns, func() {
		s.add(" AND h.geom IS NULL")
		if q.After != nil && q.After.Order == registry.NoDistance {
			s.add(" AND h.id > ", s.bind([16]byte(q.After.ID), "uuid"))
		}
		s.add(" ORDER BY h.id LIMIT ", s.bind(int64(q.First)+1, "int8"))
	}, &q.Filter)
	if q.Parents != nil {
		s.add(" ORDER BY p.place, h.id")
	}
	b.add(s, func(r *reader) {
		page := &pages[open[r.int()]]
		row := e.row(r)
		row.Order = registry.NoDistance
		page.Rows = append(page.Rows, row)
	})
}

// pick gives the parents at some places; nil, which is all households, stays nil.
func pick(parents []registry.AreaCode, places []int) []registry.AreaCode {
	if parents == nil {
		return nil
	}
	out := make([]registry.AreaCode, len(places))
	for i, at := range places {
		out[i] = parents[at]
	}
	return out
}

// millimeters is the distance that rows are ordered by.
func millimeters(a, b orb.Point) int64 { return int64(math.Round(geo.DistanceMeters(a, b) * 1000)) }
