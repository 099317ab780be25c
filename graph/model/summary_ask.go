package model

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/paulmach/orb"

	"kantong/graph/scalar"
	"kantong/internal/registry"
)

// AnsweredFor is what was counted in place of a geometry.
type AnsweredFor struct{ counted *registry.Counted }

func (a *AnsweredFor) Blocks() int { return a.counted.Blocks }
func (a *AnsweredFor) Coverage(ctx context.Context) (float64, error) {
	return a.counted.Coverage(ctx)
}

// Geometry is nil where no block was counted.
func (a *AnsweredFor) Geometry(ctx context.Context) (orb.Geometry, error) {
	shape, err := a.counted.Geometry(ctx)
	if len(shape) == 0 {
		return nil, err
	}
	return shape, err
}

// Summarise gives the figures of all households that a filter keeps.
func Summarise(ctx context.Context, v *registry.View, filter *registry.Filter) (*Summary, error) {
	q := registry.SummaryQuery{Filter: registry.Join(filter, nil)}
	choose(ctx, &q, selected(ctx, "Summary"))
	answers, err := v.Summarise(ctx, []registry.SummaryQuery{q})
	if err != nil {
		return nil, underFilter(err)
	}
	return &Summary{answers[0][0], &summaries{view: v, queries: []registry.SummaryQuery{q}}}, nil
}

// Summary asks once for all areas of the level.
func (a *Area) Summary(ctx context.Context, filter *registry.Filter) (*Summary, error) {
	all, err := once(ctx, &a.level.memo, func() (map[registry.AreaCode]*Summary, error) {
		return a.level.summarise(ctx, filter)
	})
	return all[a.area().Code], err
}

func (l *areas) summarise(ctx context.Context, filter *registry.Filter) (map[registry.AreaCode]*Summary, error) {
	asked, queries := l.queries(filter)
	for i := range queries {
		choose(ctx, &queries[i], selected(ctx, "Summary"))
	}
	answers, err := l.view.Summarise(ctx, queries)
	if err != nil {
		return nil, underFilter(err)
	}
	level := &summaries{view: l.view, queries: queries}
	out := make(map[registry.AreaCode]*Summary, len(l.positions))
	for i, cells := range answers {
		for _, c := range cells {
			out[c.Key.Area] = &Summary{c, level}
		}
		for _, code := range asked[i] { // outside the filter's own areas: nobody, and no secret
			if out[code] == nil {
				out[code] = &Summary{registry.EmptyCell(&queries[i], len(l.view.Programs)), level}
			}
		}
	}
	return out, nil
}

// queries makes one query for each administrative level among the areas, and says for which areas it is asked.
func (l *areas) queries(filter *registry.Filter) (asked [][]registry.AreaCode, queries []registry.SummaryQuery) {
	byLevel := map[registry.AreaLevel][]registry.AreaCode{}
	for _, p := range l.positions {
		area := l.view.Areas.Area(p)
		byLevel[area.Level()] = append(byLevel[area.Level()], area.Code)
	}
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		codes := byLevel[level]
		if codes == nil {
			continue
		}
		only := &registry.Filter{Areas: codes}
		if len(codes) == len(l.view.Areas.Level(level)) { // all of them: an engine may know the answer beforehand
			only = nil
		}
		asked = append(asked, codes)
		queries = append(queries, registry.SummaryQuery{Filter: registry.Join(filter, only), By: []registry.Dimension{{Kind: registry.ByArea, Level: level}}})
	}
	return asked, queries
}

// choose sets what the query must measure for the chosen fields of Summary.
func choose(ctx context.Context, q *registry.SummaryQuery, fields []graphql.CollectedField) {
	measures := map[string]registry.Measures{"geocoded": registry.MeasureLocated, "deciles": registry.MeasureDeciles,
		"deprivations": registry.MeasureDeprivations, "programs": registry.MeasurePrograms, "composition": registry.MeasurePersons}
	for _, f := range fields {
		q.Measures |= measures[f.Name]
		if f.Name == "poverty" {
			arg := f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["lineRupiah"]
			if line, err := scalar.UnmarshalRupiah(arg); err == nil && line > 0 && line <= registry.MaxExpenditureRupiah {
				q.Lines = append(q.Lines, line) // a bad line is refused where the field is resolved
			}
		}
	}
}
