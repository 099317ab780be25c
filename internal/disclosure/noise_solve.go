package disclosure

import (
	"math"
	"slices"
)

// row is the search for the probabilities of one count: those of largest entropy −Σ p log p with Σp = 1, Σpv = 0 and
// Σpv² = variance. They are p ∝ exp(a v + b v²); a and b minimise the convex function log Σ exp(a v + b v²) − b variance,
// which Newton's method finds. Two more conditions keep that form:
//
//   - p(0) ≥ stay, where it is not so by itself: p(0) = stay, with a third factor, on the condition v = 0;
//   - p rises up to v = 0, as in published tables: neighbours that would fall are pooled, which is the same form with the
//     means of v and v² over each pool. Conditions of both kinds hold at once.
type row struct {
	deviations []int
	p          []float64
	zero       int // where the deviation 0 is in the lists; −1 when the count is blocked
	stay       float64
	target     float64 // the variance of this row

	conditions []vector // what has mean 0: v and v²−variance, in standard deviations, and (v = 0) − stay
	pooled     []vector // the same as means over pools
	pools      []pool
}

// row prepares the search for a count of at least 1.
func (n Noise) row(count int) *row {
	r := &row{deviations: n.deviations(count), zero: -1}
	size := len(r.deviations)
	r.p, r.conditions, r.pooled = make([]float64, size), make([]vector, size), make([]vector, size)
	for i, v := range r.deviations {
		if v == 0 {
			r.zero, r.stay = i, n.Stay
		}
	}
	r.target = r.variance(n.Variance)
	for i, v := range r.deviations {
		r.conditions[i] = vector{float64(v) / math.Sqrt(r.target), float64(v*v)/r.target - 1, -r.stay}
		if i == r.zero {
			r.conditions[i][2]++
		}
	}
	return r
}

// variance is what was chosen, or less where the count is too small for it: at most three quarters of the way from the
// smallest to the largest variance that deviations of mean 0 can have. The largest is that of the two outermost
// deviations alone, count × MaxDeviation for small counts; near it nothing else occurs, and a result would give the
// count away.
func (r *row) variance(chosen float64) float64 {
	least := 0.0
	if r.zero < 0 { // at least the way to the nearest results that are not blocked
		first, _ := slices.BinarySearch(r.deviations, 0)
		least = float64(-r.deviations[first-1] * r.deviations[first])
	}
	most := float64(-r.deviations[0]*r.deviations[len(r.deviations)-1]) * (1 - r.stay)
	return min(chosen, least+varianceShare*(most-least))
}

// solve finds the probabilities and tells whether it did. They rise up to no change, unless that makes them rise once
// more behind it: then entropy alone decides. That is how published tables are made.
func (r *row) solve() bool {
	return r.canPeak() && r.search(true) && r.fallsBehindZero() || r.search(false)
}

// canPeak tells whether probabilities that rise up to no change and fall behind it can have the variance at all. Those
// of mean 0 that have the largest are even on each side: a mean distance m and a mean square s on the one side, n and t
// on the other make (s/m + t/n) / (1/m + 1/n).
func (r *row) canPeak() bool {
	if r.zero < 0 {
		return false
	}
	sum, squares := 0.0, 0.0
	for _, v := range r.deviations[:r.zero] {
		sum, squares = sum-float64(v), squares+float64(v*v)
	}
	most := float64(r.deviations[len(r.deviations)-1])
	return r.target <= (squares/sum+(2*most+1)/3)/(float64(r.zero+1)/sum+2/(most+1))
}

func (r *row) search(rising bool) bool {
	if !r.minimise(rising, false) {
		return false
	}
	return r.zero < 0 || r.p[r.zero] >= r.stay || r.minimise(rising, true)
}

func (r *row) fallsBehindZero() bool {
	for i := r.zero + 1; i < len(r.p); i++ {
		if r.p[i] > r.p[i-1]+tolerance {
			return false
		}
	}
	return true
}
