package demo

import (
	"math"
	"slices"
)

// apportion splits total by weight so that the parts add up to it exactly (largest remainders; ties to the first). No
// part exceeds its limit where limits are given; their sum must not be below total.
func apportion(total int, weights []float64, limits []int) []int {
	parts := make([]int, len(weights))
	for left := total; left > 0; {
		sum := 0.0
		open := func(i int) bool { return limits == nil || parts[i] < limits[i] }
		for i, w := range weights {
			if open(i) {
				sum += w
			}
		}
		type rest struct {
			at   int
			part float64
		}
		var rests []rest
		given := 0
		for i, w := range weights {
			if !open(i) {
				continue
			}
			exact := float64(left) * w / sum
			whole := int(exact)
			if limits != nil {
				whole = min(whole, limits[i]-parts[i])
			}
			parts[i] += whole
			given += whole
			if open(i) {
				rests = append(rests, rest{i, exact - math.Floor(exact)})
			}
		}
		left -= given
		slices.SortStableFunc(rests, func(a, b rest) int {
			switch {
			case a.part > b.part:
				return -1
			case a.part < b.part:
				return 1
			}
			return 0
		})
		for _, r := range rests[:min(left, len(rests))] {
			parts[r.at]++
			left--
		}
	}
	return parts
}

// sizeShares are the shares of families of 1, 2, 3 … members where the mean is about 2.1.
var sizeShares = []float64{0.375, 0.31, 0.18, 0.085, 0.033, 0.013, 0.004}

// familySizes tells how many of the households have 1, 2, 3 … members, so that there are exactly people of them, from
// one to len(sizeShares) a household. It tilts the shares towards large or small families until their mean fits, then
// moves the few households that rounding left over up or down a size.
func familySizes(households, people int) []int {
	low, high := -50.0, 50.0
	for range 60 {
		middle := (low + high) / 2
		if meanSize(tiltedShares(middle))*float64(households) < float64(people) {
			low = middle
		} else {
			high = middle
		}
	}
	counts := apportion(households, tiltedShares(high), nil)
	total := 0
	for i, n := range counts {
		total += n * (i + 1)
	}
	for i := 0; total != people; i = (i + 1) % (len(counts) - 1) {
		switch {
		case total < people && counts[i] > 0:
			counts[i]--
			counts[i+1]++
			total++
		case total > people && counts[i+1] > 0:
			counts[i+1]--
			counts[i]++
			total--
		}
	}
	return counts
}

func tiltedShares(tilt float64) []float64 {
	out := make([]float64, len(sizeShares))
	for i, share := range sizeShares {
		out[i] = share * math.Exp(tilt*float64(i))
	}
	return out
}

func meanSize(shares []float64) float64 {
	sum, people := 0.0, 0.0
	for i, share := range shares {
		sum += share
		people += share * float64(i+1)
	}
	return people / sum
}
