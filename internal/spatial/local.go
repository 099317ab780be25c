package spatial

import "math"

// Quadrant is a corner of Moran's scatter plot: the area, then its neighbours, above (H) or below (L) the mean. It is ""
// where either is at the mean.
type Quadrant string

// The quadrants.
const (
	HighHigh Quadrant = "HH"
	LowLow   Quadrant = "LL"
	HighLow  Quadrant = "HL"
	LowHigh  Quadrant = "LH"
)

// LocalMoran is local Moran's I of an area.
type LocalMoran struct {
	Status                Status
	Neighbours            int // that have a value
	I                     float64
	Expectation, Variance float64 // of I under conditional permutation, exact
	Quadrant              Quadrant
	Tails                         // of I
	Adjusted              float64 // P after Benjamini and Hochberg, over the areas that are computed
	Confidence            int     // percent: 90, 95 or 99; 0 where the quadrant isn't significant
}

// LocalMoran is local Moran's I (Anselin 1995; moments: Sokal, Oden and Thomson 1998):
//
//	I_i = z_i·Σ w_ij·z_j / m2,  z = x − x̄,  m2 = Σz²/n
//	E = −z_i²·W_i / ((n−1)·m2)
//	V = (z_i/m2)²·(Σ w_ij² − W_i²/(n−1))·(n·m2 − z_i² − z_i²/(n−1))/(n−2)
func (f *Field) LocalMoran(chances []Chance) []LocalMoran {
	results := make([]LocalMoran, len(chances))
	for i, chance := range chances {
		results[i] = LocalMoran{Status: chance.Status, Neighbours: chance.Neighbours}
		if chance.Status == Computed {
			f.localMoran(i, chance.Tails, &results[i])
		}
	}
	adjust(results, func(r *LocalMoran) (Status, float64, *float64) { return r.Status, r.P, &r.Adjusted })
	for i := range results {
		if results[i].Status == Computed && results[i].Quadrant != "" {
			results[i].Confidence = confidence(results[i].Adjusted)
		}
	}
	return results
}

func (f *Field) localMoran(i int, sum Tails, result *LocalMoran) {
	lag, wholeLag := f.lag(i)
	z, weight, k, n := f.deviations[i], f.weights.Weight(i), float64(result.Neighbours), float64(f.count)
	own, around := side(f.whole[i], 1), side(wholeLag, int64(result.Neighbours))
	result.I = z * weight * lag / f.variance
	result.Expectation = -z * z * weight * k / ((n - 1) * f.variance)
	if free := n - 1 - k; free > 0 { // else every permutation is the observed one
		spread := (n*f.variance - z*z - z*z/(n-1)) / (n - 2)
		result.Variance = math.Max(0, z*z/f.variance/f.variance*weight*weight*k*free/(n-1)*spread)
	}
	result.Quadrant = quadrant(own, around)
	switch {
	case own > 0:
		result.Tails = sum
	case own < 0:
		result.Tails = sum.opposite()
	default: // I is 0 in every permutation
		result.Tails = Tails{Upper: 1, Lower: 1, P: 1}
	}
}

func quadrant(own, around int) Quadrant {
	switch {
	case own > 0 && around > 0:
		return HighHigh
	case own < 0 && around < 0:
		return LowLow
	case own > 0 && around < 0:
		return HighLow
	case own < 0 && around > 0:
		return LowHigh
	}
	return ""
}
