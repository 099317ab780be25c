package poverty

import (
	"cmp"
	"math"
	"slices"

	"kantong/internal/registry"
)

// cutoffSlack is how far below the cutoff a household still counts as poor, in units of registry.ScoreUnit: 1e-9 of all
// weights. Weights such as 1/6 and 1/6 must reach 1/3 however they were rounded.
const cutoffSlack = registry.ScoreUnit / 1_000_000_000

// NewIndex is a multidimensional index of one's own: which deprivations count, in any order, the weight of each in the same
// order, and the share of the weights from which a household is poor. Weights are above zero and scaled to add up to
// registry.ScoreUnit exactly; nil weighs all alike. Errors name indicators, weights or cutoff.
func NewIndex(of []registry.Deprivation, weights []float64, cutoff float64) (registry.Score, error) {
	if len(of) == 0 {
		return registry.Score{}, registry.Invalid("indicators", "an index needs at least one deprivation")
	}
	var seen registry.DeprivationSet
	for _, d := range of {
		if d >= registry.DeprivationCount {
			return registry.Score{}, registry.Invalid("indicators", "%d is not a deprivation", uint8(d))
		}
		if seen.Has(d) {
			return registry.Score{}, registry.Invalid("indicators", "%s is there twice: name each deprivation once and give it its whole weight", d)
		}
		seen = seen.With(d)
	}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(of))
	}
	if len(weights) != len(of) {
		return registry.Score{}, registry.Invalid("weights", "%d weights of %d indicators: give each indicator its own, in the same order, or leave weights out", len(weights), len(of))
	}
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			return registry.Score{}, registry.Invalid("weights", "%g: the weight of %s is a number above 0; leave out an indicator that is not to count", w, of[i])
		}
	}
	if !(cutoff > 0 && cutoff <= 1) {
		return registry.Score{}, registry.Invalid("cutoff", "%g: the cutoff is a share of the weights, above 0 and at most 1, such as 0.3333", cutoff)
	}
	return registry.Score{
		Of:      slices.Clone(of),
		Weights: apportion(registry.ScoreUnit, weights),
		AtLeast: max(1, int64(math.Ceil(cutoff*registry.ScoreUnit-cutoffSlack))),
	}, nil
}

// apportion splits a total by weight into parts that add up to it: the whole part of each share, and what is left over to
// those with the largest remainders, ties to the first. No weight is below zero, and one at least is above.
func apportion(total int64, weights []float64) []int64 {
	largest := slices.Max(weights) // beside it no sum is too large for a float
	sum := 0.0
	for _, w := range weights {
		sum += w / largest
	}
	parts, remainders, order := make([]int64, len(weights)), make([]float64, len(weights)), make([]int, len(weights))
	left := total
	for i, w := range weights {
		whole, remainder := math.Modf(w / largest / sum * float64(total))
		parts[i], remainders[i], order[i] = int64(whole), remainder, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}
