package disclosure

import (
	"context"
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

func (w *witness) show(rows int) {
	if w.viewer.Shown != nil {
		w.viewer.Shown.Add(int64(rows))
	}
}

func (w *witness) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := w.purpose(); err != nil {
		return nil, err
	}
	pages, err := w.Engine.Rows(ctx, q)
	for _, p := range pages {
		w.show(len(p.Rows))
	}
	return pages, err
}

// Details are more of rows that were shown already, or a household looked up by its id.
func (w *witness) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := w.purpose(); err != nil {
		return nil, err
	}
	w.show(len(ids))
	return w.Engine.Details(ctx, ids, want)
}

func (w *witness) Points(ctx context.Context, f registry.Filter) ([]registry.WeightedPoint, error) {
	if err := w.purpose(); err != nil {
		return nil, err
	}
	points, err := w.Engine.Points(ctx, f)
	w.show(len(points))
	return points, err
}
