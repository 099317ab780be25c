package targeting

import (
	"cmp"
	"math/bits"
	"slices"
)

// claim is what one of several may get of a whole.
type claim struct {
	weight    uint64 // 0 gets low
	low, high uint64 // low ≤ high
}

// apportion shares total in proportion to weights, within each claim's bounds, in integers: max(low, min(high, λ·weight))
// with the λ at which the parts add up to total, then largest remainders, ties to the first. The sum is below total only
// when all claims with a weight have their high. The sums of lows and of highs' weights must not exceed total and 2⁶³.
//
// It settles claims in rounds, as browsers lay out flexible boxes: shares of those still open are computed; if raising the
// ones below low takes more than cutting those above high sets free, the former get their low for good, otherwise the
// latter their high. Each round settles one claim at least.
func apportion(total uint64, claims []claim) []uint64 {
	parts := make([]uint64, len(claims))
	var open []int
	for i, c := range claims {
		if c.weight > 0 {
			open = append(open, i)
			continue
		}
		parts[i] = c.low
		total -= c.low
	}
	for {
		below, above := outOfBounds(total, claims, open)
		if len(below)+len(above) == 0 {
			break
		}
		settle := append(below, above...)
		switch compareBounds(total, claims, open, below, above) {
		case 1:
			settle = below
		case -1:
			settle = above
		}
		for _, i := range settle {
			if parts[i] = claims[i].low; slices.Contains(above, i) {
				parts[i] = claims[i].high
			}
			total -= parts[i]
		}
		open = slices.DeleteFunc(open, func(i int) bool { return slices.Contains(settle, i) })
	}
	largestRemainders(total, claims, open, parts)
	return parts
}

// share is total·weight/sum with its remainder, exactly. sum ≥ weight.
func share(total, weight, sum uint64) (whole, rest uint64) {
	high, low := bits.Mul64(total, weight)
	return bits.Div64(high, low, sum)
}

func sumOfWeights(claims []claim, of []int) (sum uint64) {
	for _, i := range of {
		sum += claims[i].weight
	}
	return sum
}

// outOfBounds lists the open claims whose share is below their low and above their high.
func outOfBounds(total uint64, claims []claim, open []int) (below, above []int) {
	sum := sumOfWeights(claims, open)
	for _, i := range open {
		whole, rest := share(total, claims[i].weight, sum)
		switch c := claims[i]; {
		case whole < c.low:
			below = append(below, i)
		case whole > c.high || whole == c.high && rest > 0:
			above = append(above, i)
		}
	}
	return below, above
}

// compareBounds is the sign of what keeping to the bounds would add: Σ (bound − share) over those out of bounds.
func compareBounds(total uint64, claims []claim, open, below, above []int) int {
	bounds := uint64(0)
	for _, i := range below {
		bounds += claims[i].low
	}
	for _, i := range above {
		bounds += claims[i].high
	}
	boundsHigh, boundsLow := bits.Mul64(bounds, sumOfWeights(claims, open))
	sharesHigh, sharesLow := bits.Mul64(total, sumOfWeights(claims, below)+sumOfWeights(claims, above))
	return cmp.Or(cmp.Compare(boundsHigh, sharesHigh), cmp.Compare(boundsLow, sharesLow))
}

// largestRemainders gives each of the open claims the whole part of its share, and the units left over to those with the
// largest remainders, ties to the first.
func largestRemainders(total uint64, claims []claim, open []int, parts []uint64) {
	sum, left := sumOfWeights(claims, open), total
	rests := make([]uint64, len(claims))
	for _, i := range open {
		parts[i], rests[i] = share(total, claims[i].weight, sum)
		left -= parts[i]
	}
	order := slices.Clone(open)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for _, i := range order[:min(left, uint64(len(order)))] {
		parts[i]++
	}
}
