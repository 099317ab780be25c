package graph

import (
	"context"

	"kantong/graph/model"
	"kantong/internal/registry"
)

func (q query) Rates(ctx context.Context, measure model.MeasureInput, level *registry.AreaLevel, within []registry.AreaCode, edition *string) ([]*model.AreaRate, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Rates(ctx, v, &measure, level, within)
}

func (q query) Hotspots(ctx context.Context, measure model.MeasureInput, level *registry.AreaLevel, neighbours *model.NeighbourRule, k *int, permutations *int, seed *int, edition *string) (*model.Hotspots, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.FindHotspots(ctx, v, model.HotspotQuestion{Measure: &measure, Level: level, Neighbours: neighbours, K: k, Permutations: permutations, Seed: seed})
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
	return model.Households(ctx, v, &missed, near, first, after)
}
