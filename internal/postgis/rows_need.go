package postgis

import "kantong/internal/registry"

// need is registry.Need in SQL, of the row's own deprivations. The state has UNSERVED among them.
const need = "(coalesce(h.decile, 11) * 18 + 17 - bit_count(h.deprived::bit(32)))"

var _ [0]struct{} = [registry.DeprivationCount - 17]struct{}{}

// addByNeed asks for the neediest rows after the key and one more, which says whether there are more. The database goes over
// all rows of the filter and keeps as many as it is asked for.
func (e *Engine) addByNeed(b *batch, q *registry.RowsQuery, pages []registry.RowsPage) {
	s := &statement{}
	e.eachParent(s, q.Parents, rowColumns, func() {
		if q.After != nil {
			s.add(" AND (", need, ", h.id) > (", s.bind(q.After.Order, "int8"), ", ", s.bind([16]byte(q.After.ID), "uuid"), ")")
		}
		s.add(" ORDER BY ", need, ", h.id LIMIT ", s.bind(int64(q.First)+1, "int8"))
	}, &q.Filter)
	if q.Parents != nil {
		s.add(" ORDER BY p.place, ", need, ", h.id")
	}
	b.add(s, func(r *reader) {
		page := &pages[r.int()]
		row := e.row(r)
		row.Order = registry.Need(row.Decile, row.Deprived)
		page.Rows = append(page.Rows, row)
	})
}
