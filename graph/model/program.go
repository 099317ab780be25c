package model

import (
	"context"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Program is a programme of an edition, among the programmes of its level in the query.
type Program struct {
	position int
	level    *programs
}

type programs struct {
	memo
	view      *registry.View
	positions []int
}

// Programs makes a level of the programmes that keep accepts.
func Programs(v *registry.View, keep func(*registry.Program) bool) []*Program {
	level := &programs{view: v}
	out := []*Program{}
	for i := range v.Programs {
		if keep(&v.Programs[i]) {
			level.positions = append(level.positions, i)
			out = append(out, &Program{i, level})
		}
	}
	return out
}

// node gives the programme at a position of the dataset.
func (l *programs) node(position int) *Program { return &Program{position, l} }

func (p *Program) program() *registry.Program { return &p.level.view.Programs[p.position] }

func (p *Program) Code() string                    { return p.program().Code }
func (p *Program) Name() string                    { return p.program().Name }
func (p *Program) Pillar() registry.Pillar         { return p.program().Pillar }
func (p *Program) Funder() string                  { return p.program().Funder }
func (p *Program) FunderKind() registry.FunderKind { return p.program().FunderKind }
func (p *Program) BudgetRupiah() *int64            { return p.program().BudgetRupiah }
func (p *Program) UnitCostRupiah() *int64          { return p.program().UnitCostRupiah }
func (p *Program) Eligibility() string             { return p.program().Eligibility.String() }
func (p *Program) Year() int                       { return p.program().Year }

// Coverage is a programme's reach in an area.
type Coverage struct {
	c       targeting.Coverage
	program *Program
	area    *Area
}

func (c *Coverage) Program() *Program          { return c.program }
func (c *Coverage) Area() *Area                { return c.area }
func (c *Coverage) Eligible() Count            { return households(c.c.Eligible) }
func (c *Coverage) EnrolledEligible() Count    { return households(c.c.EnrolledEligible) }
func (c *Coverage) NotReached() Count          { return households(c.c.NotReached) }
func (c *Coverage) EnrolledNotEligible() Count { return households(c.c.EnrolledIneligible) }
func (c *Coverage) Coverage() Rate             { return rate(c.c.Reach) }
func (c *Coverage) Exclusion() Rate            { return rate(c.c.Exclusion) }
func (c *Coverage) Inclusion() Rate            { return rate(c.c.Inclusion) }
func (c *Coverage) Unmatched() Count           { return households(c.unmatched()) }
func (c *Coverage) InclusionWithUnmatched() Rate {
	return rate(c.c.InclusionWith(c.unmatched()))
}

func (c *Coverage) unmatched() registry.Tally {
	return c.program.level.view.Unmatched(c.program.Code(), c.c.Area)
}

// UnmatchedWithoutArea are recipients on lists that do not say where they live.
func (p *Program) UnmatchedWithoutArea() Count {
	return households(p.level.view.Unmatched(p.Code(), ""))
}

// Coverage asks for all programmes of the level at once.
func (p *Program) Coverage(ctx context.Context, by *registry.AreaLevel, within *registry.AreaCode, order *CoverageOrder, first *int) ([]*Coverage, error) {
	v := p.level.view
	byProgram, err := once(ctx, &p.level.memo, func() (map[int][]*Coverage, error) {
		level, filter, err := coverageScope(v, by, within)
		if err != nil {
			return nil, err
		}
		if first != nil {
			if err := registry.CheckFirst(*first); err != nil {
				return nil, err
			}
		}
		codes := make([]string, len(p.level.positions))
		for i, position := range p.level.positions {
			codes[i] = v.Programs[position].Code
		}
		want := coverageParts(ctx, order)
		answers, err := v.Summarise(ctx, targeting.Queries(codes, filter, registry.AreasOf(level), want))
		if err != nil {
			return nil, err
		}
		areas := newAreas(v, v.Areas.Level(level))
		out := make(map[int][]*Coverage, len(codes))
		for i, list := range targeting.Coverages(answers, want) {
			sortCoverage(list, order)
			if first != nil {
				list = list[:min(*first, len(list))]
			}
			for _, c := range list {
				position := p.level.positions[i]
				out[position] = append(out[position], &Coverage{c, p.level.node(position), areas.byCode(c.Area)})
			}
		}
		return out, nil
	})
	return byProgram[p.position], err
}

// coverageParts are what the chosen fields of Coverage and the order need.
func coverageParts(ctx context.Context, order *CoverageOrder) targeting.Parts {
	needs := map[string]targeting.Parts{"eligible": targeting.PartEligible, "enrolledEligible": targeting.PartEnrolledEligible,
		"notReached": targeting.PartNotReached, "enrolledNotEligible": targeting.PartEnrolledIneligible,
		"coverage": targeting.ForReach, "exclusion": targeting.ForExclusion, "inclusion": targeting.ForInclusion,
		"inclusionWithUnmatched": targeting.ForInclusion}
	var want targeting.Parts
	for _, f := range selected(ctx, "Coverage") {
		want |= needs[f.Name]
	}
	if order != nil && *order != CoverageOrderCode {
		want |= targeting.ForExclusion
	}
	if want == 0 { // no figure is chosen, but an answer says which areas there are
		want = targeting.PartEligible
	}
	return want
}

func coverageScope(v *registry.View, by *registry.AreaLevel, within *registry.AreaCode) (registry.AreaLevel, registry.Filter, error) {
	level, filter := registry.LevelKelurahan, registry.Filter{}
	if by != nil {
		level = *by
	}
	if within != nil {
		if _, ok := v.Areas.Find(*within); !ok {
			return 0, filter, registry.NotFound("within", "edition %s has no area %s", v.State.ID(), *within)
		}
		if level < within.Level() {
			return 0, filter, registry.Invalid("by", "%s is coarser than the area %s: its figures would be those of a part", level, *within)
		}
		filter.Areas = []registry.AreaCode{*within}
	}
	return level, filter, nil
}

func sortCoverage(list []targeting.Coverage, order *CoverageOrder) {
	switch {
	case order == nil || *order == CoverageOrderCode:
	case *order == CoverageOrderNotReached:
		targeting.SortByNotReached(list)
	case *order == CoverageOrderExclusion:
		targeting.SortByExclusion(list)
	}
}
