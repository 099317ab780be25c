package model

import (
	"context"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// ProgramOverlap is the households that two programmes share.
type ProgramOverlap struct {
	Program        *Program
	Households, Of Count
	Share          Rate
}

// Overlap asks for all programmes of the level at once.
func (p *Program) Overlap(ctx context.Context, within *registry.AreaCode) ([]ProgramOverlap, error) {
	v := p.level.view
	cells, err := once(ctx, &p.level.memo, func() ([]registry.Cell, error) {
		return p.level.enrolled(ctx, within, registry.MeasurePrograms)
	})
	if err != nil {
		return nil, err
	}
	cell, all := cells[p.at()], Programs(v, func(*registry.Program) bool { return true })
	out := []ProgramOverlap{}
	for i, both := range cell.Enrolled {
		if i != p.position {
			out = append(out, ProgramOverlap{all[i], households(both), households(cell.Total), rate(registry.Ratio(both, cell.Total))})
		}
	}
	return out, nil
}

// at is the programme's place among those of its level.
func (p *Program) at() int {
	for i, position := range p.level.positions {
		if position == p.position {
			return i
		}
	}
	return -1
}

// enrolled measures the households in each programme of the level, then everybody.
func (l *programs) enrolled(ctx context.Context, within *registry.AreaCode, measures registry.Measures) ([]registry.Cell, error) {
	everybody, err := l.within(within)
	if err != nil {
		return nil, err
	}
	var queries []registry.SummaryQuery
	for _, position := range l.positions {
		queries = append(queries, registry.SummaryQuery{Filter: registry.Join(&registry.Filter{EnrolledIn: []string{l.view.Programs[position].Code}}, &everybody), Measures: measures})
	}
	queries = append(queries, registry.SummaryQuery{Filter: everybody, Measures: measures})
	answers, err := l.view.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	cells := make([]registry.Cell, len(answers))
	for i, list := range answers {
		cells[i] = list[0]
	}
	return cells, nil
}

func (l *programs) within(area *registry.AreaCode) (registry.Filter, error) {
	if area == nil {
		return registry.Filter{}, nil
	}
	if _, ok := l.view.Areas.Find(*area); !ok {
		return registry.Filter{}, registry.NotFound("within", "edition %s has no area %s", l.view.State.ID(), *area)
	}
	return registry.Filter{Areas: []registry.AreaCode{*area}}, nil
}

// DecileIncidence is what part of a programme goes to a decile.
type DecileIncidence struct {
	Decile               int
	Enrolled, Households Count
	Share, Population    Rate
}

// Incidence asks for all programmes of the level at once.
func (p *Program) Incidence(ctx context.Context, within *registry.AreaCode) ([]DecileIncidence, error) {
	cells, err := once(ctx, &p.level.memo, func() ([]registry.Cell, error) {
		return p.level.enrolled(ctx, within, registry.MeasureDeciles)
	})
	if err != nil {
		return nil, err
	}
	own, everybody := cells[p.at()].Deciles, cells[len(cells)-1].Deciles
	var deciles [10]targeting.DecileSum
	for d := range deciles {
		in, all := own[d+1], everybody[d+1]
		deciles[d] = targeting.DecileSum{Population: all.Households, Benefits: in.Households, Status: max(in.Status, all.Status)}
	}
	out := make([]DecileIncidence, 10)
	for i, d := range targeting.Incidence(deciles) {
		out[i] = DecileIncidence{d.Decile, households(own[d.Decile]), households(everybody[d.Decile]), rate(d.Benefits), rate(d.Population)}
	}
	return out, nil
}

// Cgh is nil where no enrolment of the programme carries rupiah.
func (p *Program) Cgh(ctx context.Context, bottom *int, within *registry.AreaCode) (*Rate, error) {
	v := p.level.view
	cells, err := once(ctx, &p.level.memo, func() ([]registry.Cell, error) {
		everybody, err := p.level.within(within)
		if err != nil {
			return nil, err
		}
		answers, err := v.Summarise(ctx, []registry.SummaryQuery{{Filter: everybody, By: []registry.Dimension{{Kind: registry.ByDecile}}, Measures: registry.MeasureBenefits}})
		if err != nil {
			return nil, err
		}
		return answers[0], nil
	})
	if err != nil {
		return nil, err
	}
	var deciles [10]targeting.DecileSum
	recorded := int64(0)
	for d := range deciles {
		cell := &cells[d+1]
		deciles[d] = targeting.DecileSum{Population: cell.Total.Households, Benefits: cell.Benefits[p.position].Rupiah, Status: cell.Total.Status}
		recorded += cell.Benefits[p.position].Recorded.Households
	}
	found, err := targeting.CGH(deciles, valueOr(bottom, 4))
	if err != nil || recorded == 0 {
		return nil, err
	}
	return new(rate(found)), nil
}
