package model

import (
	"context"
	"fmt"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// maxCriteria bounds a ranking.
const maxCriteria = 40

// Prioritise ranks areas.
func Prioritise(ctx context.Context, v *registry.View, in PriorityInput) (*Priorities, error) {
	criteria, err := criteriaOf(in)
	if err != nil {
		return nil, err
	}
	inputs, fields := make([]*MeasureInput, len(criteria)), make([]string, len(criteria))
	for i, c := range criteria {
		inputs[i], fields[i] = c.Measure, fmt.Sprintf("input.criteria[%d].measure", i)
	}
	if err := checkScope(v, in.Level, in.Within); err != nil {
		return nil, registry.Under("input", err)
	}
	values, err := evaluate(ctx, v, inputs, fields, areasOr(in.Level), in.Within)
	if err != nil {
		return nil, err
	}
	q := targeting.PriorityQuestion{Areas: codesOf(values[0]), Normalisation: valueOr(in.Normalisation, targeting.NormaliseMinMax), Top: valueOr(in.Top, 5),
		Draws: valueOr(in.Draws, targeting.DefaultDraws), Concentration: targeting.DefaultConcentration, Seed: uint64(valueOr(in.Seed, 1))}
	for i, c := range criteria {
		q.Criteria = append(q.Criteria, criterion(c, values[i]))
	}
	found, err := targeting.Prioritise(q)
	if err != nil {
		return nil, registry.Under("input", err)
	}
	how := method("weighted mean of normalised criteria; ranks by Dirichlet weights and resampled shares", "kantong, methods 9",
		"normalisation", q.Normalisation, "draws", q.Draws, "seed", int64(q.Seed), "concentration", q.Concentration, "top", q.Top, "edition", v.State.ID())
	return priorities(v, &found, inputs, q.Top, how), nil
}

// criteriaOf are those that were given, or the deprivations of a pillar, or of all.
func criteriaOf(in PriorityInput) ([]*CriterionInput, error) {
	switch {
	case len(in.Criteria) > maxCriteria:
		return nil, registry.Invalid("input.criteria", "%d criteria; at most %d", len(in.Criteria), maxCriteria)
	case len(in.Criteria) > 0 && in.Pillar != nil:
		return nil, registry.Invalid("input.pillar", "give criteria of your own or a pillar, not both")
	case in.Criteria != nil && len(in.Criteria) == 0:
		return nil, registry.Invalid("input.criteria", "an empty list ranks by nothing: leave it out to rank by the pillars of the plan")
	case len(in.Criteria) > 0:
		return in.Criteria, distinct(in.Criteria)
	}
	var list []*CriterionInput
	for d := range registry.Deprivation(registry.DeprivationCount) {
		if in.Pillar == nil || d.Pillar() == *in.Pillar {
			list = append(list, &CriterionInput{Measure: &MeasureInput{Deprivation: &d}})
		}
	}
	if in.Pillar == nil { // each pillar counts as much as the others, however many deprivations it has
		for _, c := range list {
			share := 1 / float64(deprivationsOf(c.Measure.Deprivation.Pillar()))
			c.Weight = &share
		}
	}
	return list, nil
}

// distinct refuses a measure that is there twice, in whichever direction.
func distinct(list []*CriterionInput) error {
	first := map[string]int{}
	for i, c := range list {
		name := c.Measure.measure().String()
		if at, twice := first[name]; twice {
			return registry.Invalid(fmt.Sprintf("input.criteria[%d].measure", i), "%s is criterion %d already: name each once and give it its whole weight", name, at)
		}
		first[name] = i
	}
	return nil
}

func deprivationsOf(p registry.Pillar) (n int) {
	for d := range registry.Deprivation(registry.DeprivationCount) {
		if d.Pillar() == p {
			n++
		}
	}
	return n
}

func criterion(in *CriterionInput, values []measure.Value) targeting.Criterion {
	c := targeting.Criterion{Name: in.Measure.measure().String(), Weight: valueOr(in.Weight, 1), Orientation: valueOr(in.Direction, targeting.MoreIsWorse), Basis: targeting.HouseholdShare}
	if in.Measure.Indicator != nil {
		c.Basis = targeting.PublishedFigure
	}
	for _, x := range values {
		events, of := x.Sample()
		c.Values = append(c.Values, targeting.Observation{Value: x.Rate.Value, Events: events, Of: of, Status: x.Rate.Status})
	}
	return c
}

func priorities(v *registry.View, found *targeting.Priorities, criteria []*MeasureInput, top int, how *Method) *Priorities {
	out := &Priorities{Ranked: []*RankedArea{}, Criteria: []*CriterionWeight{}, Sensitivity: []*CriterionOmission{}, Method: how}
	codes := make([]registry.AreaCode, len(found.Areas))
	for i := range found.Areas {
		codes[i] = found.Areas[i].Area
	}
	nodes := areasOf(v, codes)
	for i := range found.Areas {
		out.Ranked = append(out.Ranked, rankedArea(nodes.byCode(found.Areas[i].Area), &found.Areas[i], top))
	}
	for i, c := range found.Criteria {
		out.Criteria = append(out.Criteria, &CriterionWeight{Criterion: c.Name, Measure: string(criteria[i].measure().JSON()), Weight: c.Weight, Note: optional(c.Note)})
	}
	list := func(codes []registry.AreaCode) []*Area {
		areas := make([]*Area, len(codes))
		for i, c := range codes {
			areas[i] = nodes.byCode(c)
		}
		return areas
	}
	for _, o := range found.Sensitivity {
		omission := &CriterionOmission{Criterion: o.Criterion, Leaders: list(o.Leaders), Entered: list(o.Entered), Left: list(o.Left)}
		if o.Spearman.Status.HasValue() {
			omission.RankCorrelation = &o.Spearman.Value
		}
		out.Sensitivity = append(out.Sensitivity, omission)
	}
	return out
}

// RankedArea is one area in a ranking.
type RankedArea struct {
	Area                    *Area
	Score                   *float64
	Rank, RankLow, RankHigh *int
	Contributions           []*Contribution
	Note                    *string

	uncertainty *targeting.RankUncertainty
	top         int
}

// ProbabilityTop is nil without draws.
func (r *RankedArea) ProbabilityTop(k *int) (*float64, error) {
	top := valueOr(k, r.top)
	if top < 1 {
		return nil, registry.Invalid("k", "%d: give how many areas are at the top, 1 or more", top)
	}
	if r.uncertainty == nil {
		return nil, nil
	}
	return new(r.uncertainty.InTop(top)), nil
}

func rankedArea(area *Area, p *targeting.Priority, top int) *RankedArea {
	r := &RankedArea{Area: area, Contributions: []*Contribution{}, Note: optional(p.Note), uncertainty: p.Uncertainty, top: top}
	if p.Rank > 0 {
		r.Score, r.Rank = &p.Score, &p.Rank
	}
	if u := p.Uncertainty; u != nil {
		r.RankLow, r.RankHigh = &u.Low, &u.High
	}
	for _, c := range p.Contributions {
		r.Contributions = append(r.Contributions, &Contribution{Criterion: c.Criterion, Raw: new(rate(c.Raw)), Normalised: c.Normalised, Weighted: c.Weighted})
	}
	return r
}
