package targeting

import (
	"cmp"
	"math"
	"slices"
)

// sameDigits is how close, relative to their size, two figures are to count as equal: answers show 12 digits.
const sameDigits = 1e-12

// equal compares two figures as a reader of the answer would.
func equal(a, b float64) bool { return math.Abs(a-b) <= sameDigits*max(math.Abs(a), math.Abs(b)) }

// normalise writes values, of which larger ones are worse, on the scale of a method. NaN is a missing value and stays
// one. It tells whether the values differ; where they don't, all become 0.
func normalise(values, out []float64, method Normalisation, order []int) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v == v {
			low, high = min(low, v), max(high, v)
		}
	}
	if !(low < high) || equal(low, high) {
		for i, v := range values {
			out[i] = v - v // 0, or still NaN
		}
		return false
	}
	switch method {
	case NormaliseMinMax:
		for i, v := range values {
			out[i] = (v - low) / (high - low)
		}
	case NormaliseZScore:
		standardise(values, out)
	case NormaliseRank:
		last := float64(meanRanks(values, out, order) - 1)
		for i := range out {
			out[i] = (out[i] - 1) / last
		}
	}
	return true
}

// standardise subtracts the mean and divides by the standard deviation of the values there are.
func standardise(values, out []float64) {
	var sum, squares, n float64
	for _, v := range values {
		if v == v {
			sum += v
			n++
		}
	}
	mean := sum / n
	for _, v := range values {
		if v == v {
			squares += float64((v - mean) * (v - mean)) // the conversion forbids fusing, which only some processors do
		}
	}
	deviation := math.Sqrt(squares / n)
	for i, v := range values {
		out[i] = (v - mean) / deviation
	}
}

// meanRanks writes the rank of each value, 1 for the smallest; equal ones share the mean of their ranks. NaN stays. It
// returns how many have a value. order is room for the sorting.
func meanRanks(values, out []float64, order []int) int {
	order = order[:0]
	for i, v := range values {
		out[i] = v
		if v == v {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && equal(values[order[from]], values[order[to]]) {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+1+to) / 2
		}
		from = to
	}
	return len(order)
}

// combine writes each area's score: the mean of its normalised values, weighted. Weights of missing values go to the
// others in proportion. NaN: no value that counts.
func combine(normalised [][]float64, weights, scores []float64) {
	for area := range scores {
		mass := massOf(normalised, weights, area)
		score := 0.0
		for c, w := range weights {
			if x := normalised[c][area]; w > 0 && x == x {
				score += float64(w / mass * x)
			}
		}
		if mass == 0 {
			score = math.NaN()
		}
		scores[area] = score
	}
}

// massOf adds up the weights of the criteria that have a value in an area.
func massOf(normalised [][]float64, weights []float64, area int) (mass float64) {
	for c, w := range weights {
		if x := normalised[c][area]; x == x {
			mass += w
		}
	}
	return mass
}

// rank writes the place of each score, 1 for the largest; scores that are equal to 12 decimals share the lowest place.
// NaN has place 0. order and rounded are room for the sorting.
func rank(scores []float64, ranks []int32, order []int, rounded []float64) {
	order = order[:0]
	for i, s := range scores {
		ranks[i] = 0
		rounded[i] = math.Round(s * 1e12)
		if s == s {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rounded[b], rounded[a]) })
	for at, i := range order {
		ranks[i] = int32(at + 1)
		if at > 0 && rounded[i] == rounded[order[at-1]] {
			ranks[i] = ranks[order[at-1]]
		}
	}
}
