package model

import (
	"context"

	"kantong/internal/registry"
)

// maxUnitCostRupiah keeps the cost of a nation's households inside 64 bits.
const maxUnitCostRupiah = 10_000_000_000

// TryRule compares a rule with the present one of a programme.
func TryRule(ctx context.Context, v *registry.View, program string, rule registry.Filter, unitCostRupiah int64, level *registry.AreaLevel) (*WhatIf, error) {
	if _, ok := v.Program(program); !ok {
		return nil, registry.NotFound("program", "edition %s has no programme %q", v.State.ID(), program)
	}
	if len(rule.OtherStates()) > 0 {
		return nil, registry.RuleOfOtherStates("eligibility")
	}
	if unitCostRupiah < 0 || unitCostRupiah > maxUnitCostRupiah {
		return nil, registry.Invalid("unitCostRupiah", "%d is outside 0 to %d", unitCostRupiah, int64(maxUnitCostRupiah))
	}
	present := registry.Filter{EligibleFor: program}
	by := []registry.Dimension{areasOr(level)}
	var queries []registry.SummaryQuery
	for _, f := range []registry.Filter{rule, present, registry.Join(&rule, &present)} {
		queries = append(queries, registry.SummaryQuery{Filter: f}, registry.SummaryQuery{Filter: f, By: by})
	}
	answers, err := v.Summarise(ctx, queries)
	if err != nil {
		return nil, under("eligibility", err)
	}
	all := tried(answers[0][0].Total, answers[2][0].Total, answers[4][0].Total, unitCostRupiah)
	out := &WhatIf{Eligible: all.Eligible, Cost: all.Cost, NewlyIn: all.NewlyIn, DroppedOut: all.DroppedOut, ByArea: []*AreaWhatIf{},
		Method: method("rule beside rule", "kantong", "program", program, "eligibility", rule.String(), "unitCostRupiah", unitCostRupiah, "edition", v.State.ID())}
	codes := make([]registry.AreaCode, len(answers[1]))
	for i, c := range answers[1] {
		codes[i] = c.Key.Area
	}
	nodes := areasOf(v, codes)
	for i, c := range answers[1] {
		a := tried(c.Total, answers[3][i].Total, answers[5][i].Total, unitCostRupiah)
		a.Area = nodes.byCode(c.Key.Area)
		out.ByArea = append(out.ByArea, a)
	}
	return out, nil
}

// tried subtracts, so that a protected role is told nothing that it could not work out.
func tried(rule, present, both registry.Tally, unitCostRupiah int64) *AreaWhatIf {
	less := func(a registry.Tally) *Count {
		if status := max(a.Status, both.Status); !status.HasValue() {
			return new(count(0, status))
		}
		return new(count(max(0, a.Households-both.Households), max(a.Status, both.Status)))
	}
	out := &AreaWhatIf{Eligible: new(households(rule)), NewlyIn: less(rule), DroppedOut: less(present)}
	if rule.Status.HasValue() {
		cost := rule.Households * unitCostRupiah
		out.Cost = &cost
	}
	return out
}
