package spatial

import (
	"cmp"
	"slices"
)

// BenjaminiHochberg adjusts p values for being many, so that of those at most α a share of at most α is expected to be
// false (Benjamini and Hochberg 1995):
//
//	adjusted(k) = min over j ≥ k of p(j)·m/j, at most 1
//
// with p(1) ≤ … ≤ p(m). The order of p stays. Local statistics of neighbours depend on each other; the rule serves them
// well all the same (Caldas de Castro and Singer 2006).
func BenjaminiHochberg(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	least := 1.0
	for j := len(order) - 1; j >= 0; j-- {
		least = min(least, p[order[j]]*(float64(len(p))/float64(j+1)))
		adjusted[order[j]] = least
	}
	return adjusted
}

// adjust sets the adjusted p of the results that are computed; the others are no tests and don't count.
func adjust[R any](results []R, test func(*R) (status Status, p float64, adjusted *float64)) {
	var p []float64
	var at []*float64
	for i := range results {
		if status, one, adjusted := test(&results[i]); status == Computed {
			p, at = append(p, one), append(at, adjusted)
		}
	}
	for k, adjusted := range BenjaminiHochberg(p) {
		*at[k] = adjusted
	}
}

// confidence is the highest of 99, 95 and 90 percent that an adjusted p reaches, else 0.
func confidence(adjusted float64) int {
	switch {
	case adjusted <= 0.01:
		return 99
	case adjusted <= 0.05:
		return 95
	case adjusted <= 0.10:
		return 90
	}
	return 0
}
