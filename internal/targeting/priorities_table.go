package targeting

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// scoreTable holds a question's values by criterion and area. Areas stand in the order of their codes, so that draws
// don't depend on the order in which they were asked for.
type scoreTable struct {
	method     Normalisation
	areas      []registry.AreaCode
	criteria   []Criterion
	observed   [][]Observation
	normalised [][]float64 // NaN: missing
	varies     []bool
	weights    []float64 // add up to 1; 0 for a criterion that does not count
	order      []int     // room for sorting
}

func newScoreTable(q PriorityQuestion) *scoreTable {
	places := make([]int, len(q.Areas))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(q.Areas[a], q.Areas[b]) })
	t := &scoreTable{method: q.Normalisation, criteria: q.Criteria, order: places}
	for _, p := range places {
		t.areas = append(t.areas, q.Areas[p])
	}
	for _, c := range q.Criteria {
		observed := make([]Observation, len(places))
		values := make([]float64, len(places))
		for i, p := range places {
			observed[i] = c.Values[p]
			values[i] = math.NaN()
			if raw := observed[i].raw(c.Basis); raw.Status.HasValue() {
				values[i] = raw.Value * c.Orientation.sign()
			}
		}
		t.observed = append(t.observed, observed)
		t.normalised = append(t.normalised, values)
	}
	for _, column := range t.normalised {
		t.varies = append(t.varies, normalise(column, column, t.method, make([]int, len(places))))
	}
	t.weigh()
	return t
}

// raw is an observation as people read it.
func (o Observation) raw(basis Basis) registry.Rate {
	switch {
	case !o.Status.HasValue():
		return registry.Rate{Status: o.Status}
	case basis == PublishedFigure:
		return registry.Rate{Value: o.Value, Status: o.Status}
	case o.Of == 0:
		return registry.Rate{Status: registry.UnknownFigure}
	case basis == HouseholdCount:
		return registry.Rate{Value: float64(o.Events), Status: o.Status}
	}
	return registry.Rate{Value: float64(min(o.Events, o.Of)) / float64(o.Of), Status: o.Status}
}

// weigh scales the weights of the criteria that count to the sum 1. Where none tells areas apart all keep their weights,
// and every area has the score 0.
func (t *scoreTable) weigh() {
	t.weights = make([]float64, len(t.criteria))
	for _, all := range []bool{false, true} {
		largest, total := 0.0, 0.0
		for _, c := range t.criteria {
			largest = max(largest, c.Weight)
		}
		for i, c := range t.criteria {
			if t.weights[i] = 0; all || t.varies[i] {
				t.weights[i] = c.Weight / largest // so that no sum overflows
				total += t.weights[i]
			}
		}
		if total > 0 {
			for i := range t.weights {
				t.weights[i] /= total
			}
			return
		}
	}
}

func (t *scoreTable) weightsUsed() []CriterionWeight {
	out := make([]CriterionWeight, len(t.criteria))
	for i, c := range t.criteria {
		out[i] = CriterionWeight{Name: c.Name, Weight: t.weights[i]}
		switch {
		case t.varies[i]:
		case !slices.ContainsFunc(t.normalised[i], func(x float64) bool { return x == x }):
			out[i].Note = "no area has a value"
		default:
			out[i].Note = "the same in every area that has a value, so it can't rank them"
		}
	}
	return out
}

// priorities lists the areas by code.
func (t *scoreTable) priorities() []Priority {
	scores, ranks := t.ranked(t.weights)
	out := make([]Priority, len(t.areas))
	for area, code := range t.areas {
		p := Priority{Area: code, Rank: int(ranks[area]), Contributions: t.contributions(area)}
		if p.Rank > 0 {
			p.Score = scores[area]
		}
		p.Note = t.note(area, p.Rank > 0)
		out[area] = p
	}
	return out
}

// ranked scores and ranks the areas with weights of which at least one is above 0.
func (t *scoreTable) ranked(weights []float64) ([]float64, []int32) {
	n := len(t.areas)
	scores, ranks := make([]float64, n), make([]int32, n)
	combine(t.normalised, weights, scores)
	rank(scores, ranks, t.order, make([]float64, n))
	return scores, ranks
}

func (t *scoreTable) contributions(area int) []Contribution {
	mass := massOf(t.normalised, t.weights, area)
	out := make([]Contribution, len(t.criteria))
	for i, c := range t.criteria {
		out[i] = Contribution{Criterion: c.Name, Raw: t.observed[i][area].raw(c.Basis)}
		if x := t.normalised[i][area]; x == x && t.weights[i] > 0 {
			out[i].Normalised, out[i].Weight = x, t.weights[i]/mass
			out[i].Weighted = out[i].Weight * x
		}
	}
	return out
}

// note names the values that an area lacks, of the criteria that count.
func (t *scoreTable) note(area int, isRanked bool) string {
	if !isRanked {
		return "not ranked: it has no value of a criterion that counts"
	}
	var missing []string
	for i, c := range t.criteria {
		if x := t.normalised[i][area]; x != x && t.weights[i] > 0 {
			missing = append(missing, c.Name)
		}
	}
	if missing == nil {
		return ""
	}
	return "no value of " + strings.Join(missing, ", ") + ": the other criteria weigh more here"
}

// sortPriorities puts the most urgent area first and those without a rank last; ties by code.
func sortPriorities(list []Priority) {
	slices.SortFunc(list, func(a, b Priority) int {
		if (a.Rank == 0) != (b.Rank == 0) {
			return cmp.Compare(b.Rank, a.Rank)
		}
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Area, b.Area))
	})
}
