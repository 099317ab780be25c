package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"kantong/internal/keep"
	"kantong/internal/registry"
)

// across is an engine that knows other states: before it is asked, the households of those that a filter mentions are found
// there. What finds them is the engine of that state, so the view of it that the viewer has does not matter: guards and the
// bounds of a planner's areas look at the filter before it comes here.
type across struct {
	registry.Engine
	moment Moment
}

func (a *across) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	queries = slices.Clone(queries)
	for i := range queries {
		if err := a.fill(ctx, &queries[i].Filter); err != nil {
			return nil, err
		}
	}
	return a.Engine.Summarise(ctx, queries)
}

func (a *across) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := a.fill(ctx, &q.Filter); err != nil {
		return nil, err
	}
	return a.Engine.Rows(ctx, q)
}

func (a *across) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := a.fill(ctx, &q.Filter); err != nil {
		return nil, err
	}
	return a.Engine.Points(ctx, q)
}

func (a *across) fill(ctx context.Context, f *registry.Filter) (err error) {
	if len(f.OtherStates()) == 0 {
		return nil
	}
	if err := f.Check(); err != nil {
		return err
	}
	*f, err = f.WithSets(func(in *registry.InState) (*registry.HouseholdSet, error) { return a.moment.households(ctx, in) })
	return err
}

// Bounds of the sets of households that a gate keeps: their number, all together in bytes, and one.
const (
	keptSets       = 256
	keptSetBytes   = 128 << 20
	largestKeptSet = 64 << 20
)

type householdSets = keep.Keeper[*registry.HouseholdSet]

func newHouseholdSets() *householdSets {
	return keep.New(keptSets, keptSetBytes, largestKeptSet, func(s *registry.HouseholdSet) int64 { return int64(len(s.IDs())) * int64(len(registry.HouseholdID{})) })
}

// households finds those of another state. Its key says all that they follow from: states never change, but for the programmes
// whose rules may be asked for, and they are in the data version.
func (m Moment) households(ctx context.Context, in *registry.InState) (*registry.HouseholdSet, error) {
	o, err := m.other(ctx, in.State)
	if err != nil {
		return nil, registry.At("state", err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %s", o.dataset.State.ID(), o.dataset.Version, in.Filter.JSON())
	set, err := m.gate.sets.Get(ctx, hex.EncodeToString(h.Sum(nil)), func(ctx context.Context) (*registry.HouseholdSet, error) {
		return householdsOf(ctx, o, in.Filter)
	})
	return set, registry.Under("filter", err)
}

// pageOfIDs is how many rows are read at once for their ids.
const pageOfIDs = 1 << 16

func householdsOf(ctx context.Context, o *opened, f registry.Filter) (*registry.HouseholdSet, error) {
	var ids []registry.HouseholdID
	q := registry.RowsQuery{Filter: f, First: pageOfIDs}
	for {
		pages, err := o.engine.Rows(ctx, q)
		if err != nil {
			return nil, err
		}
		rows := pages[0].Rows
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		if !pages[0].More {
			return registry.NewHouseholdSet(slices.Clip(ids)), nil
		}
		last := rows[len(rows)-1].Key()
		q.After = &last
	}
}

// Naming is the moment with names of editions in filters read by whoever holds it: name gives the state that an edition
// stands for, and takes note of it. Without it a name stands for what it does in View.
func (m Moment) Naming(name func(ctx context.Context, edition string) (state string, err error)) Moment {
	m.naming = name
	return m
}

// other opens a state that a filter mentions.
func (m Moment) other(ctx context.Context, name string) (*opened, error) {
	if m.naming != nil {
		var err error
		if name, err = m.naming(ctx, name); err != nil {
			return nil, err
		}
	}
	return m.open(ctx, name)
}
