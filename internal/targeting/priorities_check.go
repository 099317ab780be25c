package targeting

import (
	"fmt"
	"math"
	"slices"

	"kantong/internal/registry"
)

// check refuses what can't be answered, and says what to change.
func (q PriorityQuestion) check() error {
	if err := checkAreas(q.Areas); err != nil {
		return err
	}
	switch q.Normalisation {
	case NormaliseMinMax, NormaliseZScore, NormaliseRank:
	default:
		return registry.Invalid("normalisation", "%q is not one of MIN_MAX, Z_SCORE, RANK", q.Normalisation)
	}
	if q.Top < 1 {
		return registry.Invalid("top", "must be 1 or more, not %d", q.Top)
	}
	if err := q.checkDraws(); err != nil {
		return err
	}
	total := 0.0
	for i, c := range q.Criteria {
		if err := c.check(len(q.Areas)); err != nil {
			return registry.Under(fmt.Sprintf("criteria[%d]", i), err)
		}
		total += c.Weight
	}
	if total == 0 {
		return registry.Invalid("criteria", "give at least one criterion a weight above 0")
	}
	return nil
}

func (q PriorityQuestion) checkDraws() error {
	switch {
	case q.Draws < 0 || q.Draws > MaxDraws:
		return registry.Invalid("draws", "must be 0 to %d, not %d", MaxDraws, q.Draws)
	case q.Draws > 0 && q.Draws*len(q.Areas) > maxAreaDraws:
		return registry.Invalid("draws", "at most %d for %d areas: ask for fewer, or for larger areas", maxAreaDraws/len(q.Areas), len(q.Areas))
	case q.Draws > 0 && !(q.Concentration >= 1 && q.Concentration <= maxConcentration):
		return registry.Invalid("concentration", "must be 1 to %g, not %g", float64(maxConcentration), q.Concentration)
	}
	return nil
}

func (c Criterion) check(areas int) error {
	switch {
	case !(c.Weight >= 0 && c.Weight <= maxValue):
		return registry.Invalid("weight", "must be 0 or a number above it, not %g", c.Weight)
	case c.Orientation.sign() == 0:
		return registry.Invalid("orientation", "%q is not one of MORE_IS_WORSE, LESS_IS_WORSE", c.Orientation)
	case c.Basis != PublishedFigure && c.Basis != HouseholdShare && c.Basis != HouseholdCount:
		return registry.Invalid("basis", "%q is not one of PUBLISHED, SHARE, COUNT", c.Basis)
	case len(c.Values) != areas:
		return registry.Invalid("values", "%d values for %d areas: give one an area, UNKNOWN where there is none", len(c.Values), areas)
	}
	for i, o := range c.Values {
		if err := o.check(c.Basis); err != nil {
			return registry.Under(fmt.Sprintf("values[%d]", i), err)
		}
	}
	return nil
}

func (o Observation) check(basis Basis) error {
	switch {
	case !o.Status.HasValue():
	case basis == PublishedFigure:
		if !(math.Abs(o.Value) <= maxValue) {
			return registry.Invalid("value", "%g is not a number to rank by: leave it UNKNOWN", o.Value)
		}
	case o.Events < 0 || o.Of < 0:
		return registry.Invalid("events", "%d of %d households: neither may be below 0", o.Events, o.Of)
	case o.Events > o.Of && o.Status == registry.Exact: // perturbed numbers have noise of their own
		return registry.Invalid("events", "%d of %d households is more than all", o.Events, o.Of)
	}
	return nil
}

// checkAreas refuses a code that stands twice.
func checkAreas(areas []registry.AreaCode) error {
	sorted := slices.Sorted(slices.Values(areas))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return registry.Invalid("areas", "%s stands twice", sorted[i])
		}
	}
	return nil
}
