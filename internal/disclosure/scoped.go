package disclosure

import (
	"context"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// scoped is the engine as a planner sees it whose key is limited to some areas: exact inside them, and outside what
// everybody sees. A figure of an area around them is everybody's, too: it is not the planner's own.
type scoped struct {
	registry.Engine                 // exact
	outside         registry.Engine // everybody's
	areas           []registry.AreaCode
}

// Summarise answers exactly where the filter keeps to the areas, and area by area where the answer is split by area.
func (s *scoped) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	var inside, around []registry.SummaryQuery
	place := make([]int, len(queries)) // in inside, or -1
	mixed := make([]int, len(queries)) // in around, or -1
	for i, q := range queries {
		place[i], mixed[i] = -1, -1
		byArea := slices.ContainsFunc(q.By, func(d registry.Dimension) bool { return d.Kind == registry.ByArea })
		known := s.knows(&q.Filter)
		own := known && s.within(&q.Filter)
		if !own {
			mixed[i] = len(around)
			around = append(around, q)
		}
		if own || byArea && known {
			place[i] = len(inside)
			if !own {
				q.Filter = registry.Join(&q.Filter, &registry.Filter{Areas: s.areas})
			}
			inside = append(inside, q)
		}
	}
	exact, err := s.Engine.Summarise(ctx, inside)
	if err != nil {
		return nil, err
	}
	open, err := s.outside.Summarise(ctx, around)
	if err != nil {
		return nil, err
	}
	answers := make([][]registry.Cell, len(queries))
	for i := range queries {
		switch {
		case mixed[i] < 0:
			answers[i] = exact[place[i]]
		case place[i] < 0:
			answers[i] = open[mixed[i]]
		default:
			answers[i] = s.merge(open[mixed[i]], exact[place[i]])
		}
	}
	return answers, nil
}

// merge puts exact cells in the place of everybody's where the area is one of the key's.
func (s *scoped) merge(open, exact []registry.Cell) []registry.Cell {
	own := map[registry.Key]registry.Cell{}
	for _, c := range exact {
		if s.has(c.Key.Area) {
			own[c.Key] = c
		}
	}
	merged := slices.Clone(open) // guards share their answers
	for i := range merged {
		if c, ok := own[merged[i].Key]; ok {
			merged[i] = c
		}
	}
	return merged
}

func (s *scoped) has(code registry.AreaCode) bool {
	return slices.ContainsFunc(s.areas, func(a registry.AreaCode) bool { return code.Within(a) })
}

// within tells whether a filter keeps nobody outside the areas, as far as its own lists of areas tell.
func (s *scoped) within(f *registry.Filter) bool {
	outside := func(code registry.AreaCode) bool { return !s.has(code) }
	if f.Areas != nil && !slices.ContainsFunc(f.Areas, outside) {
		return true
	}
	for i := range f.And {
		if s.within(&f.And[i]) {
			return true
		}
	}
	return false
}

// knows tells whether what a filter asks of other states keeps to the areas there, too: that a family of these areas lived
// elsewhere then, and how, is none of the key's business.
func (s *scoped) knows(f *registry.Filter) bool {
	known := true
	_ = f.Walk(func(_ string, g *registry.Filter) error {
		known = known && (g.InState == nil || s.within(&g.InState.Filter))
		return nil
	})
	return known
}

// Rows are those of the key's areas; others are FORBIDDEN.
func (s *scoped) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	own := q.Parents != nil && !slices.ContainsFunc(q.Parents, func(c registry.AreaCode) bool { return !s.has(c) })
	if !own && !s.within(&q.Filter) {
		return nil, s.forbidden("areas", "the filter")
	}
	if !s.knows(&q.Filter) {
		return nil, s.forbidden("inState.filter.areas", "the filter of each inState")
	}
	return s.Engine.Rows(ctx, q)
}

// Points are those of the key's areas, as Rows.
func (s *scoped) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if !s.within(&q.Filter) {
		return nil, s.forbidden("areas", "the filter")
	}
	if !s.knows(&q.Filter) {
		return nil, s.forbidden("inState.filter.areas", "the filter of each inState")
	}
	return s.Engine.Points(ctx, q)
}

// Details does not find households outside the key's areas: whether there is one is none of its business.
func (s *scoped) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	list, err := s.Engine.Details(ctx, ids, want)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	for i := range out {
		if out[i].Found && !s.has(out[i].Row.Area) {
			out[i] = registry.Details{}
		}
	}
	return out, nil
}

func (s *scoped) forbidden(field, where string) error {
	codes := make([]string, len(s.areas))
	for i, c := range s.areas {
		codes[i] = `"` + string(c) + `"`
	}
	return registry.Errorf(registry.CodeForbidden, field, "this key shows households of its own areas only: add areas: [%s] to %s", strings.Join(codes, ", "), where)
}
