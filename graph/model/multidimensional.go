package model

import (
	"context"
	"slices"

	"kantong/internal/poverty"
	"kantong/internal/registry"
)

// Multidimensional asks once for all summaries of the level.
func (s *Summary) Multidimensional(ctx context.Context, input *MultidimensionalInput) (*Multidimensional, error) {
	index, err := input.index()
	if err != nil {
		return nil, registry.Under("input", err)
	}
	judged, err := once(ctx, &s.level.memo, func() (map[registry.Key]judgement, error) { return s.level.judge(ctx, index) })
	switch {
	case input != nil && registry.CodeOf(err) == registry.CodeDisclosureLimit:
		return nil, registry.Errorf(registry.CodeDisclosureLimit, "input", "an index of one's own is answered to a planner's key, in its areas: without input the published index is answered")
	case err != nil:
		return nil, under("filter", err)
	}
	j := judged[s.cell.Key]
	f := poverty.Multidimensional(index, s.cell, j.base, j.poor)
	out := &Multidimensional{HeadcountRatio: new(rate(f.HeadcountRatio)), Intensity: new(rate(f.Intensity)), AdjustedHeadcount: new(rate(f.AdjustedHeadcount)),
		LeftOut: new(households(f.LeftOut)), Judged: new(households(f.Judged)), Poor: new(households(f.Poor)),
		LowestHeadcountRatio: new(rate(f.LowestHeadcountRatio)), HighestHeadcountRatio: new(rate(f.HighestHeadcountRatio)),
		Method: method("Alkire–Foster, weighted by people", "Alkire and Foster 2011", "index", index.String(), "edition", s.level.view.State.ID())}
	for i, d := range index.Of {
		out.Contributions = append(out.Contributions, &IndicatorContribution{Deprivation: d, Weight: float64(index.Weights[i]) / registry.ScoreUnit, Share: new(rate(f.Contributions[i]))})
		out.Censored = append(out.Censored, &CensoredHeadcount{Deprivation: d, Rate: new(rate(f.Censored[i]))})
	}
	return out, nil
}

// index is the one asked for, or the published one.
func (in *MultidimensionalInput) index() (registry.Score, error) {
	if in == nil {
		return registry.PlanIndex(), nil
	}
	return poverty.NewIndex(in.Indicators, in.Weights, valueOr(in.Cutoff, 1.0/3))
}

// headsOnly tells whether nothing is chosen that depends on what the poor lack: of blocks a guard counts the poor alone.
func headsOnly(ctx context.Context) bool {
	fields := selected(ctx, "Multidimensional")
	return !slices.ContainsFunc([]string{"intensity", "adjustedHeadcount", "contributions", "censored"}, func(name string) bool { return chosen(fields, name) })
}

// judgement is who of a summary's households can be judged, and who of those is poor.
type judgement struct{ base, poor registry.Cell }

func (l *summaries) judge(ctx context.Context, index registry.Score) (map[registry.Key]judgement, error) {
	heads := headsOnly(ctx)
	var queries []registry.SummaryQuery
	for i := range l.queries {
		pair := poverty.Queries(index, l.queries[i].Filter, l.queries[i].By)
		if heads {
			pair[1].Measures = 0
		}
		queries = append(queries, pair...)
	}
	answers, err := l.view.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := map[registry.Key]judgement{}
	for i := range l.queries {
		for _, c := range answers[2*i] {
			out[c.Key] = judgement{base: c}
		}
		for _, c := range answers[2*i+1] {
			j := out[c.Key]
			j.poor = c
			out[c.Key] = j
		}
	}
	return out, nil
}
