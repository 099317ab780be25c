package graph

import (
	"context"
	"fmt"

	"kantong/graph/model"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

func (q query) Rates(ctx context.Context, measure model.MeasureInput, level *registry.AreaLevel, within []registry.AreaCode, edition *string) ([]*model.AreaRate, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Rates(ctx, v, &measure, level, within)
}

func (q query) Hotspots(ctx context.Context, measure model.MeasureInput, level *registry.AreaLevel, hex *model.HexSize, neighbours *model.NeighbourRule, k *int, permutations *int, seed *int, edition *string) (*model.Hotspots, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.FindHotspots(ctx, v, model.HotspotQuestion{Measure: &measure, Level: level, Hex: hex, Neighbours: neighbours, K: k, Permutations: permutations, Seed: seed})
}

func (q query) Priorities(ctx context.Context, input model.PriorityInput, edition *string) (*model.Priorities, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Prioritise(ctx, v, input)
}

func (q query) Quadrant(ctx context.Context, main model.OrientedMeasure, supporting model.OrientedMeasure, level *registry.AreaLevel, reference *registry.AreaCode, edition *string) ([]*model.AreaQuadrant, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Quadrants(ctx, v, main, supporting, level, reference)
}

func (q query) Allocate(ctx context.Context, input model.AllocationInput, edition *string) (*model.Allocation, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Allocate(ctx, v, input)
}

func (q query) WhatIf(ctx context.Context, program string, eligibility registry.Filter, unitCostRupiah int64, level *registry.AreaLevel, edition *string) (*model.WhatIf, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.TryRule(ctx, v, program, eligibility, unitCostRupiah, level)
}

func (q query) Unreached(ctx context.Context, program string, near *registry.Position, filter *registry.Filter, first *int, after *string, edition *string) (*model.HouseholdConnection, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	if _, ok := v.Program(program); !ok {
		return nil, registry.NotFound("program", "edition %s has no programme %q", v.State.ID(), program)
	}
	missed := registry.Join(filter, &registry.Filter{EligibleFor: program, NotEnrolledIn: []string{program}})
	return model.Unreached(ctx, v, &missed, near, first, after)
}

func (q query) Pockets(ctx context.Context, filter *registry.Filter, radiusMeters *float64, minHouseholds *int, first *int, edition *string) ([]*model.Pocket, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	o := q.operationOf(ctx)
	found, notes, err := model.Pockets(ctx, v, model.PocketQuestion{Open: o.view, Most: q.Limits.Clustered, Filter: filter, RadiusMeters: radiusMeters, MinHouseholds: minHouseholds, First: first})
	o.note(ctx, notes)
	return found, err
}

func (q query) Trend(ctx context.Context, areas []registry.AreaCode, measure model.MeasureInput, editions []string, direction *targeting.Orientation, together *bool) ([]*model.AreaTrend, error) {
	o := q.operationOf(ctx)
	if editions == nil {
		published := o.moment.Editions(o.viewer, false)
		for _, p := range published[:min(len(published), model.MaxTrendEditions)] { // latest day first
			editions = append(editions, p.State.ID())
		}
	}
	if n := len(editions); n == 0 || n > model.MaxTrendEditions {
		return nil, registry.Invalid("editions", "%d editions: give one to %d", n, model.MaxTrendEditions)
	}
	views, err := o.viewsOf(ctx, editions)
	if err != nil {
		return nil, err
	}
	return model.Trends(ctx, views, model.TrendQuestion{Areas: areas, Measure: &measure, Direction: direction, Together: together})
}

// viewsOf gives the views of different states.
func (o *operation) viewsOf(ctx context.Context, editions []string) ([]*registry.View, error) {
	views := make([]*registry.View, len(editions))
	for i, id := range editions {
		var err error
		if views[i], err = o.view(ctx, id); err != nil {
			return nil, registry.At(fmt.Sprintf("editions[%d]", i), err)
		}
		for k := range i {
			if views[k].State.ID() == views[i].State.ID() {
				return nil, registry.Invalid(fmt.Sprintf("editions[%d]", i), "%s is state %s, which is there already", id, views[i].State.ID())
			}
		}
	}
	return views, nil
}

func (q query) Compare(ctx context.Context, editions []string, filter *registry.Filter, by *registry.AreaLevel, within []registry.AreaCode) (*model.Comparison, error) {
	if len(editions) != 2 {
		return nil, registry.Invalid("editions", "%d editions: give two, the older first", len(editions))
	}
	views, err := q.operationOf(ctx).viewsOf(ctx, editions)
	if err != nil {
		return nil, err
	}
	return model.Compare(ctx, model.CompareQuestion{Editions: editions, Views: views, Filter: filter, By: by, Within: within})
}

func (q query) Readings(ctx context.Context, indicator string, areas []registry.AreaCode, reference registry.AreaCode, direction *targeting.Orientation, edition *string) ([]*model.IndicatorReading, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Readings(v, indicator, areas, reference, direction)
}

func (q query) Measures(ctx context.Context, codes []string, level *registry.AreaLevel, classes *int, by *model.ClassRule, edition *string) ([]*model.MeasureDescription, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Measures(ctx, v, codes, level, classes, by)
}
