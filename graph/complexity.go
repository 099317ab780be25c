package graph

import (
	"kantong/graph/generated"
	"kantong/graph/model"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// complexity multiplies what a list's elements cost by how many there can be. Without it a field costs one and what is
// below it.
func complexity() (c generated.ComplexityRoot) {
	const areasOfALevel, childrenOfAnArea, neighbourhoodsOfAnAnswer = 50, 10, 200 // of a city; elsewhere the time limit decides
	c.Query.Areas = func(child int, _ *model.AreaFilter, _ *registry.Position, first *int, _, _ *string) int {
		return listCost(child, first)
	}
	c.Query.Households = func(child int, _ *registry.Filter, _ *registry.Position, first *int, _, _ *string) int {
		return listCost(child, first)
	}
	c.Query.Unreached = func(child int, _ string, _ *registry.Position, _ *registry.Filter, first *int, _, _ *string) int {
		return listCost(child, first)
	}
	c.Query.Editions = func(child int, _ *bool, first *int, _ *string) int { return listCost(child, first) }
	c.Query.Summaries = func(child int, _ *registry.Filter, by []*model.GroupBy, _ *string) int {
		groups := 1
		for _, b := range by {
			switch {
			case b.Attribute != nil:
				groups *= 10
			case b.Neighbourhood != nil:
				groups *= neighbourhoodsOfAnAnswer
			default:
				groups *= areasOfALevel
			}
		}
		return 1 + groups*child
	}
	c.Area.Households = func(child int, _ *registry.Filter, first *int, _ *string) int { return listCost(child, first) }
	c.Area.Children = func(child int) int { return 1 + childrenOfAnArea*child }
	c.Area.Neighbours = c.Area.Children
	fewAreas := func(child int) int { return 1 + 3*child }
	c.Area.Ancestors, c.Area.Predecessors, c.Area.Successors, c.Territory.Older, c.Territory.Newer, c.Territory.Successions = fewAreas, fewAreas, fewAreas, fewAreas, fewAreas, fewAreas
	c.Area.Indicators = func(child int, _ []string) int { return 1 + childrenOfAnArea*child }
	c.Program.Coverage = func(child int, _ *registry.AreaLevel, _ *registry.AreaCode, _ *model.CoverageOrder, first *int) int {
		if first != nil && *first >= 0 {
			return 1 + min(*first, areasOfALevel)*child
		}
		return 1 + areasOfALevel*child
	}
	ofALevel := func(child int) int { return 1 + areasOfALevel*child }
	c.Query.Rates = func(child int, _ model.MeasureInput, _ *registry.AreaLevel, _ []registry.AreaCode, _ *string) int {
		return ofALevel(child)
	}
	c.Query.Quadrant = func(child int, _, _ model.OrientedMeasure, _ *registry.AreaLevel, _ *registry.AreaCode, _ *string) int {
		return ofALevel(child)
	}
	c.Hotspots.Areas, c.Priorities.Ranked, c.Allocation.Areas, c.WhatIf.ByArea, c.MeasureDescription.Figures = ofALevel, ofALevel, ofALevel, ofALevel, ofALevel
	c.Comparison.Areas = ofALevel
	c.DecileChanges.Moves = func(child int) int { return 1 + 50*child }
	c.Changes.Programs = func(child int) int { return 1 + 10*child }
	c.RankedArea.Contributions = func(child int) int { return 1 + childrenOfAnArea*child }
	c.Query.Pockets = func(child int, _ *registry.Filter, _ *float64, _, first *int, _ *string) int {
		return listCost(child, first)
	}
	c.Pocket.Areas = func(child int) int { return 1 + childrenOfAnArea*child }
	c.Query.Measures = func(child int, codes []string, _ *registry.AreaLevel, _ *int, _ *model.ClassRule, _ *string) int {
		if codes != nil {
			return 1 + len(codes)*child
		}
		return 1 + 100*child
	}
	c.Query.Trend = func(child int, areas []registry.AreaCode, _ model.MeasureInput, _ []string, _ *targeting.Orientation, _ *bool) int {
		return 1 + len(areas)*child
	}
	c.Query.Readings = func(child int, _ string, areas []registry.AreaCode, _ registry.AreaCode, _ *targeting.Orientation, _ *string) int {
		return 1 + len(areas)*child
	}
	ofTen := func(child int, _ *registry.AreaCode) int { return 1 + 10*child }
	c.Program.Overlap, c.Program.Incidence = ofTen, ofTen
	c.Query.AuditLog = func(child int, first *int, _ *string) int { return listCost(child, first) }
	c.Query.Jobs = c.Query.AuditLog
	return c
}

// listCost is that of a page; a size that is refused later costs nothing here.
func listCost(child int, first *int) int {
	n, err := model.PageSize(first)
	if err != nil {
		return 1
	}
	return 1 + n*child
}
