package postgis

import (
	"bytes"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"kantong/internal/registry"
)

// Rows gives each page with one statement for all parents, beside one that counts where totals are asked for.
func (e *Engine) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := e.checkRows(&q); err != nil {
		return nil, err
	}
	pages := make([]registry.RowsPage, max(1, len(q.Parents)))
	if q.Parents != nil {
		pages = pages[:len(q.Parents)]
	}
	for i := range pages {
		pages[i] = registry.RowsPage{Rows: []registry.Row{}, Total: -1}
	}
	if len(pages) == 0 {
		return pages, nil
	}
	b := &batch{}
	if q.Total {
		e.addTotals(b, &q, pages)
	}
	if q.Near != nil {
		return pages, e.nearest(ctx, b, &q, pages)
	}
	switch {
	case q.ByNeed:
		e.addByNeed(b, &q, pages)
	case q.After == nil || q.After.Order <= 0: // every row's order is 0
		e.addByID(b, &q, pages)
	}
	if err := e.run(ctx, b); err != nil {
		return nil, err
	}
	for i := range pages {
		cut(&pages[i], q.First)
	}
	return pages, nil
}

func (e *Engine) checkRows(q *registry.RowsQuery) error {
	if q.First < 0 {
		return registry.CheckFirst(q.First)
	}
	if err := q.CheckOrder(); err != nil {
		return err
	}
	if err := e.check(&q.Filter); err != nil {
		return err
	}
	for i, parent := range q.Parents {
		if _, ok := e.d.Areas.Find(parent); !ok {
			return registry.NotFound(fmt.Sprintf("parents[%d]", i), "edition %s has no area %s", e.state, parent)
		}
	}
	return nil
}

// cut ends a page that may have got rows more than were asked for.
func cut(page *registry.RowsPage, first int) {
	if len(page.Rows) > first {
		page.Rows, page.More = page.Rows[:first:first], true
	}
}

// addByID asks for the first rows after the key and one more, which says whether there are more.
func (e *Engine) addByID(b *batch, q *registry.RowsQuery, pages []registry.RowsPage) {
	s := &statement{}
	e.eachParent(s, q.Parents, rowColumns, func() {
		e.ofState(s)
		if q.After != nil && q.After.Order == 0 {
			s.add(" AND h.id > ", s.bind([16]byte(q.After.ID), "uuid"))
		}
		s.add(" ORDER BY h.id LIMIT ", s.bind(int64(q.First)+1, "int8"))
	}, &q.Filter)
	if q.Parents != nil {
		s.add(" ORDER BY p.place, h.id")
	}
	b.add(s, func(r *reader) {
		page := &pages[r.int()]
		page.Rows = append(page.Rows, e.row(r))
	})
}

// addTotals counts the rows that the filter keeps.
func (e *Engine) addTotals(b *batch, q *registry.RowsQuery, pages []registry.RowsPage) {
	s := &statement{}
	e.eachParent(s, q.Parents, "count(*) AS households", func() {}, &q.Filter)
	b.add(s, func(r *reader) { pages[r.int()].Total = r.int() })
}

// eachParent selects columns of the rows of every parent, or of all rows, preceded by the parent's place in the list. end
// writes what follows the conditions.
func (e *Engine) eachParent(s *statement, parents []registry.AreaCode, columns fragment, end func(), f *registry.Filter) {
	if parents == nil {
		s.add("SELECT 0, ", columns)
		e.from(s, f)
		end()
		return
	}
	var from, to []string
	for _, p := range parents {
		from, to = append(from, string(p)), append(to, string(p)+afterDot)
	}
	kelurahan := areKelurahan(parents)
	s.add("SELECT p.place::int4 - 1, h.* FROM unnest(", s.bind(from, "text[]"))
	if !kelurahan {
		s.add(", ", s.bind(to, "text[]"))
	}
	s.add(") WITH ORDINALITY AS p(")
	if kelurahan {
		s.add("code, place)")
	} else {
		s.add("code, beyond, place)")
	}
	s.add(" CROSS JOIN LATERAL (SELECT ", columns)
	e.from(s, f)
	if kelurahan {
		s.add(" AND h.area_code = p.code")
	} else {
		s.add(" AND h.area_code >= p.code AND h.area_code < p.beyond")
	}
	end()
	s.add(") AS h")
}

// areKelurahan tells whether there are parents and all of them are kelurahan.
func areKelurahan(parents []registry.AreaCode) bool {
	return len(parents) > 0 && !slices.ContainsFunc(parents, func(p registry.AreaCode) bool { return p.Level() != registry.LevelKelurahan })
}

// rowColumns are what row reads, in its order.
const rowColumns = "h.id, h.area_code, h.rw, h.rt, h.lon_e7, h.lat_e7, h.members, h.head_sex, h.head_age, h.decile, h.expenditure, h.deprived, h.known, h.enrolled"

func (e *Engine) row(r *reader) registry.Row {
	row := registry.Row{ID: r.id(), Area: registry.AreaCode(r.text()), RW: r.text(), RT: r.text()}
	row.Located = r.values[r.next] != nil
	row.Point.Lon, row.Point.Lat = int32(r.int()), int32(r.int())
	row.Members = r.known()
	row.HeadSex = registry.Sex(r.int())
	row.HeadAge = r.known()
	row.Decile = r.known()
	row.Expenditure = r.intOr(registry.UnknownInt)
	row.Deprived, row.Known = registry.DeprivationSet(r.int()), registry.DeprivationSet(r.int())
	row.Enrolled = e.enrolled(uint64(r.int()))
	return row
}

// enrolled turns bits of the database into positions in Dataset.Programs. A programme that the dataset does not have is
// left out.
func (e *Engine) enrolled(stored uint64) (set uint64) {
	for ; stored != 0; stored &= stored - 1 {
		if p, ok := e.positions[1<<bits.TrailingZeros64(stored)]; ok {
			set |= 1 << p
		}
	}
	return set
}

// compareKeys orders rows: nearest or neediest first, then by id.
func compareKeys(a, b registry.RowKey) int {
	switch {
	case a.Order < b.Order:
		return -1
	case a.Order > b.Order:
		return 1
	}
	return bytes.Compare(a.ID[:], b.ID[:])
}
