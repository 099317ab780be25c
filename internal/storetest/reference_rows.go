package storetest

import (
	"context"
	"fmt"
	"slices"

	"kantong/internal/registry"
)

// Rows sorts every row of every page and cuts the page out.
func (r *Reference) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	kept, err := r.kept(ctx, &q.Filter)
	if err != nil {
		return nil, err
	}
	if err := q.CheckOrder(); err != nil {
		return nil, err
	}
	if q.Parents == nil {
		return []registry.RowsPage{r.page(kept, q)}, nil
	}
	pages := []registry.RowsPage{}
	for i, parent := range q.Parents {
		if _, ok := r.dataset.Areas.Find(parent); !ok {
			return nil, registry.NotFound(fmt.Sprintf("parents[%d]", i), "no area %s", parent)
		}
		var inside []*family
		for _, h := range kept {
			if h.Area.Within(parent) {
				inside = append(inside, h)
			}
		}
		pages = append(pages, r.page(inside, q))
	}
	return pages, nil
}

func (r *Reference) page(list []*family, q registry.RowsQuery) registry.RowsPage {
	page := registry.RowsPage{Rows: []registry.Row{}, Total: -1}
	if q.Total {
		page.Total = int64(len(list))
	}
	for _, h := range list {
		row := r.row(h, &q)
		if q.After == nil || compareKeys(row.Key(), *q.After) > 0 {
			page.Rows = append(page.Rows, row)
		}
	}
	slices.SortFunc(page.Rows, func(a, b registry.Row) int { return compareKeys(a.Key(), b.Key()) })
	if len(page.Rows) > q.First {
		page.Rows, page.More = page.Rows[:q.First], true
	}
	return page
}

// Points gives one point a household.
func (r *Reference) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	kept, err := r.kept(ctx, &q.Filter)
	var out []registry.WeightedPoint
	for _, h := range kept {
		p := registry.WeightedPoint{ID: h.ID, Located: h.Located, Households: 1, People: h.people(), Area: h.Area,
			Place: registry.Place{RW: h.RW, RT: h.RT}, Deprived: h.deprived, Known: h.known}
		if h.Located {
			p.Point = h.Point.Point()
		}
		if h.Located || q.Unlocated {
			out = append(out, p)
		}
	}
	return out, err
}

// Details looks every id up in turn.
func (r *Reference) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]registry.Details, len(ids))
	for i, id := range ids {
		for k := range r.households {
			h := &r.households[k]
			if h.ID != id {
				continue
			}
			out[i] = registry.Details{Found: true, Row: r.row(h, &registry.RowsQuery{})}
			if want&registry.DetailEnrolments != 0 {
				out[i].Enrolments = slices.Clone(h.enrolments)
			}
			if want&registry.DetailAttributes != 0 {
				attributes := h.Household
				out[i].Attributes = &attributes
			}
		}
	}
	return out, nil
}
