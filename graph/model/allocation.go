package model

import (
	"context"
	"fmt"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Allocate shares a budget among areas by what a programme's rule means and does not reach.
func Allocate(ctx context.Context, v *registry.View, in AllocationInput) (*Allocation, error) {
	at, ok := v.Program(in.Program)
	if !ok {
		return nil, registry.NotFound("input.program", "edition %s has no programme %q", v.State.ID(), in.Program)
	}
	if err := checkScope(v, in.Level, in.Within); err != nil {
		return nil, registry.Under("input", err)
	}
	unit := valueOr(in.UnitCostRupiah, valueOr(v.Programs[at].UnitCostRupiah, 0))
	if unit == 0 && in.UnitCostRupiah == nil {
		return nil, registry.Invalid("input.unitCostRupiah", "programme %s has no cost of its own: say what reaching one household costs", in.Program)
	}
	answers, err := v.Summarise(ctx, targeting.Queries([]string{in.Program}, registry.Filter{Areas: in.Within}, areasOr(in.Level), targeting.ForExclusion))
	if err != nil {
		return nil, err
	}
	across := valueOr(in.Across, AcrossNeed)
	q := targeting.AllocationQuestion{BudgetRupiah: in.BudgetRupiah, UnitCostRupiah: unit, MinimumPerArea: valueOr(in.MinimumPerArea, 0),
		Across: map[Across]targeting.Across{AcrossNeed: targeting.AcrossGap, AcrossGap: targeting.AcrossNeed, AcrossEqual: targeting.AcrossEqual}[across]}
	withheld, status := 0, registry.Exact
	for _, c := range targeting.Coverages(answers, targeting.ForExclusion)[0] {
		if !c.NotReached.Status.HasValue() || !c.Eligible.Status.HasValue() {
			withheld++
			continue
		}
		status = max(status, c.NotReached.Status)
		// Need is in proportion to all eligible, gap to those not reached; nobody is paid for who is reached already.
		q.Areas = append(q.Areas, targeting.AreaNeed{Area: c.Area, Households: c.NotReached.Households, GapRupiah: c.Eligible.Households * unit})
	}
	found, err := targeting.Allocate(q)
	if err != nil {
		return nil, registry.Under("input", err)
	}
	out := &Allocation{Areas: []*AreaAllocation{}, Reached: new(count(found.Reached, status)), Left: new(count(found.Left, status)), Rounding: found.RoundingRupiah,
		Method: method("largest remainder over whole households", "Hare and Niemeyer", "across", across, "budgetRupiah", in.BudgetRupiah, "unitCostRupiah", unit,
			"minimumPerArea", q.MinimumPerArea, "program", in.Program, "edition", v.State.ID())}
	if across == AcrossEqual {
		out.Method.Name = "equal parts in rupiah, to one rupiah"
	}
	out.Notes = allocationNotes(&found, across, withheld, unit)
	codes := make([]registry.AreaCode, len(found.Areas))
	for i, a := range found.Areas {
		codes[i] = a.Area
	}
	nodes := areasOf(v, codes)
	for _, a := range found.Areas {
		out.Areas = append(out.Areas, &AreaAllocation{Area: nodes.byCode(a.Area), Rupiah: a.Rupiah, Households: new(count(a.Reached, status))})
	}
	return out, nil
}

// allocationNotes says where the money does not go where it is needed.
func allocationNotes(found *targeting.Allocation, across Across, withheld int, unit int64) []string {
	notes := []string{}
	if withheld > 0 {
		notes = append(notes, fmt.Sprintf("%d areas get nothing because their figures are withheld from this key", withheld))
	}
	beyond, rupiah := 0, int64(0)
	for _, a := range found.Areas {
		if more := a.Rupiah - (a.Reached+a.Left)*unit; more > 0 {
			beyond, rupiah = beyond+1, rupiah+more
		}
	}
	if across == AcrossEqual && beyond > 0 {
		notes = append(notes, fmt.Sprintf("%d areas get %d rupiah more than their need takes: equal parts do not ask for need", beyond, rupiah))
	}
	if found.Reached+found.Left == 0 {
		notes = append(notes, "the programme means nobody here whom it does not reach already")
	} else if across != AcrossEqual && found.Left == 0 && found.RoundingRupiah >= unit {
		notes = append(notes, fmt.Sprintf("every household in need is reached, and %d rupiah are left over", found.RoundingRupiah))
	}
	return notes
}
