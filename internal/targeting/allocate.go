package targeting

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"kantong/internal/registry"
)

// Across says in which proportion a budget is shared.
type Across string

// The proportions.
const (
	AcrossNeed  Across = "NEED"  // to the households in need
	AcrossGap   Across = "GAP"   // to the rupiah that they lack; an area without a gap gets its minimum only
	AcrossEqual Across = "EQUAL" // the same rupiah to every area, whatever its need
)

// AreaNeed is what an area could use.
type AreaNeed struct {
	Area       registry.AreaCode
	Households int64 // in need; no more than these are paid
	GapRupiah  int64 // for AcrossGap
}

// AllocationQuestion asks how far a budget goes.
type AllocationQuestion struct {
	BudgetRupiah   int64
	UnitCostRupiah int64 // of reaching one household, 1 or more
	MinimumPerArea int64 // rupiah, 0 for none
	Across         Across
	Areas          []AreaNeed
}

// Allocation is a budget shared. Rupiah + Rounding is the budget, Reached + Left the need, each to the last unit.
type Allocation struct {
	Areas          []AreaAllocation // by code
	Rupiah         int64            // given to areas
	RoundingRupiah int64            // given to no area
	Reached        int64            // households
	Left           int64            // households in need that are not reached
}

// AreaAllocation is the part of one area.
type AreaAllocation struct {
	Area    registry.AreaCode
	Rupiah  int64
	Reached int64 // households
	Left    int64 // households in need that are not reached
}

// Allocate shares a budget among areas.
//
// By NEED and GAP it shares out whole households, as many as the budget can pay: each area gets its part by largest
// remainders (ties to the lower code), at most its need, at least the households that its minimum pays (rounded up, at
// most its need); what one area can't use is shared among the others in the same proportion. An area's rupiah is its
// households times the unit cost. So the rounding is below one unit cost unless every area that shares has its need. As
// with all methods of largest remainders, a larger budget reaches more in all, but may reach one household less in some area.
//
// EQUAL shares out rupiah: each area gets the same to one rupiah, the lower codes the odd ones. Nothing is given back, so
// an area can get more than its need, or a part that pays no whole household; what that part reaches is counted as
// elsewhere.
//
// Errors name budgetRupiah, unitCostRupiah, minimumPerArea, across or areas.
func Allocate(q AllocationQuestion) (Allocation, error) {
	q.Areas = slices.Clone(q.Areas)
	slices.SortFunc(q.Areas, func(a, b AreaNeed) int { return cmp.Compare(a.Area, b.Area) })
	if err := q.check(); err != nil {
		return Allocation{}, err
	}
	parts, unit := make([]uint64, len(q.Areas)), q.UnitCostRupiah
	if q.Across == AcrossEqual {
		unit = 1
	}
	if total := uint64(q.BudgetRupiah / unit); len(parts) > 0 {
		claims, err := q.claims(total)
		if err != nil {
			return Allocation{}, err
		}
		parts = apportion(total, claims)
	}
	out := Allocation{Areas: make([]AreaAllocation, len(parts)), RoundingRupiah: q.BudgetRupiah}
	for i, need := range q.Areas {
		a := AreaAllocation{Area: need.Area, Rupiah: int64(parts[i]) * unit}
		a.Reached = min(a.Rupiah/q.UnitCostRupiah, need.Households)
		a.Left = need.Households - a.Reached
		out.Areas[i] = a
		out.Rupiah += a.Rupiah
		out.RoundingRupiah -= a.Rupiah
		out.Reached += a.Reached
		out.Left += a.Left
	}
	return out, nil
}

// claims tells what each area may get, in the unit that is shared, and refuses minimums that are more than all.
func (q AllocationQuestion) claims(total uint64) ([]claim, error) {
	claims := make([]claim, len(q.Areas))
	lowest := uint64(0)
	for i, need := range q.Areas {
		c := claim{weight: 1, low: uint64(q.MinimumPerArea), high: total}
		if q.Across != AcrossEqual {
			c.weight, c.high = uint64(need.Households), uint64(need.Households)
			if q.Across == AcrossGap {
				c.weight = uint64(need.GapRupiah)
			}
			c.low = min(c.high, (uint64(q.MinimumPerArea)+uint64(q.UnitCostRupiah)-1)/uint64(q.UnitCostRupiah))
		}
		if c.low > total-lowest {
			return nil, registry.Invalid("minimumPerArea", "%d rupiah for each of %d areas%s is more than the budget of %d rupiah pays: lower the minimum, raise the budget or take fewer areas",
				q.MinimumPerArea, len(q.Areas), q.roundedUp(), q.BudgetRupiah)
		}
		lowest += c.low
		claims[i] = c
	}
	return claims, nil
}

// roundedUp says what a minimum comes to when only whole households are paid.
func (q AllocationQuestion) roundedUp() string {
	households := (q.MinimumPerArea + q.UnitCostRupiah - 1) / q.UnitCostRupiah
	if q.Across == AcrossEqual || households*q.UnitCostRupiah == q.MinimumPerArea {
		return ""
	}
	return fmt.Sprintf(" (rounded up: %d whole households of %d rupiah)", households, q.UnitCostRupiah)
}

// check takes areas in the order of their codes.
func (q AllocationQuestion) check() error {
	switch {
	case q.Across != AcrossNeed && q.Across != AcrossGap && q.Across != AcrossEqual:
		return registry.Invalid("across", "%q is not one of NEED, GAP, EQUAL", q.Across)
	case q.BudgetRupiah < 0:
		return registry.Invalid("budgetRupiah", "must be 0 or more, not %d", q.BudgetRupiah)
	case q.UnitCostRupiah < 1:
		return registry.Invalid("unitCostRupiah", "must be 1 or more, not %d", q.UnitCostRupiah)
	case q.MinimumPerArea < 0:
		return registry.Invalid("minimumPerArea", "must be 0 or more, not %d", q.MinimumPerArea)
	}
	households, gap := int64(0), int64(0)
	for i, a := range q.Areas {
		switch {
		case i > 0 && a.Area == q.Areas[i-1].Area:
			return registry.Invalid("areas", "%s stands twice", a.Area)
		case a.Households < 0 || a.GapRupiah < 0:
			return registry.Invalid("areas", "%s needs %d households and %d rupiah: neither may be below 0", a.Area, a.Households, a.GapRupiah)
		case a.Households > math.MaxInt64-households || a.GapRupiah > math.MaxInt64-gap:
			return registry.Invalid("areas", "their needs add up to more than can be counted")
		}
		households += a.Households
		gap += a.GapRupiah
	}
	return nil
}
