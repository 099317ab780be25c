package disclosure

import (
	"context"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// witness is the engine of whoever may see households: it shows them for a stated purpose only, and counts them for the
// audit log.
type witness struct {
	registry.Engine
	viewer registry.Viewer
}

// Bounds of a stated purpose, in bytes.
const (
	minPurpose = 4
	maxPurpose = 200
)

func (w *witness) purpose() error {
	switch p := strings.TrimSpace(w.viewer.Purpose); {
	case p == "":
		return registry.Invalid("Kantong-Purpose", "say what the households are for, in the header Kantong-Purpose (or --purpose): e.g. Kantong-Purpose: field check RTLH 2025; it is kept in the audit log")
	case len(p) < minPurpose, len(p) > maxPurpose:
		return registry.Invalid("Kantong-Purpose", "a purpose has %d to %d characters", minPurpose, maxPurpose)
	}
	return nil
}

func (w *witness) show(id registry.HouseholdID) {
	if w.viewer.Shown != nil {
		w.viewer.Shown.Add(id)
	}
}

// fewHouseholds is the size of a group in a region below which its exact figures are as good as its rows.
const fewHouseholds = 5

// Summarise takes exact figures of very few households in a region or neighbourhood for rows: a disc around a house is a
// household.
func (w *witness) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	answers, err := w.Engine.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	for i := range queries {
		byPlace := slices.ContainsFunc(queries[i].By, func(d registry.Dimension) bool { return d.Kind == registry.ByPlace })
		if !byPlace && !hasRegion(&queries[i].Filter) {
			continue
		}
		for c := range answers[i] {
			if n := answers[i][c].Total.Households; n > 0 && n < fewHouseholds {
				if err := w.purpose(); err != nil {
					return nil, err
				}
				if w.viewer.Shown != nil {
					w.viewer.Shown.AddFew(n)
				}
			}
		}
	}
	return answers, nil
}

func hasRegion(f *registry.Filter) (found bool) {
	_ = f.Walk(func(_ string, g *registry.Filter) error {
		found = found || g.Where != nil
		return nil
	})
	return found
}

func (w *witness) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := w.purpose(); err != nil {
		return nil, err
	}
	pages, err := w.Engine.Rows(ctx, q)
	for _, p := range pages {
		if w.viewer.Shown != nil {
			w.viewer.Shown.AddRows(p.Rows)
		}
	}
	return pages, err
}

// Details are more of rows that were shown already, or a household looked up by its id.
func (w *witness) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := w.purpose(); err != nil {
		return nil, err
	}
	list, err := w.Engine.Details(ctx, ids, want)
	for i := range list {
		if list[i].Found {
			w.show(ids[i])
		}
	}
	return list, err
}

// Points are rows unless enough of them are shown as one.
func (w *witness) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if q.Together >= fewHouseholds {
		return w.Engine.Points(ctx, q)
	}
	if err := w.purpose(); err != nil {
		return nil, err
	}
	points, err := w.Engine.Points(ctx, q)
	for i := range points {
		w.show(points[i].ID)
	}
	return points, err
}
