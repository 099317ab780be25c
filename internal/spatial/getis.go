package spatial

import "math"

// Class says what lies around an area. An area without a result has none ("").
type Class string

// The classes.
const (
	Hot            Class = "HOT"
	Cold           Class = "COLD"
	NotSignificant Class = "NOT_SIGNIFICANT"
)

// HotSpot is Getis and Ord's statistic of an area, as a z value.
type HotSpot struct {
	Status     Status
	Neighbours int // that have a value, without the area itself
	Z          float64
	Tails              // of the sum of the neighbours' values, the area's own being what it is
	Adjusted   float64 // P after Benjamini and Hochberg, over the areas that are computed
	Class      Class
	Confidence int // percent: 90, 95 or 99 for HOT and COLD, else 0
}

// HotSpots is Gi*, in which the area counts among its neighbours (Ord and Getis 1995):
//
//	(Σ w_ij·x_j − x̄·W_i) / (s·√((n·Σ w_ij² − W_i²)/(n−1))),  s² = Σ(x−x̄)²/n
//
// over j and i itself. It doesn't depend on the style of the weights. HOT is an area with Z above 0 whose neighbours are
// significantly high, COLD one with Z below 0 whose neighbours are significantly low, by the adjusted p. An area that is
// itself so high that Z is above 0 among significantly low neighbours is neither; LocalMoran calls it HL.
func (f *Field) HotSpots(chances []Chance) []HotSpot {
	return f.getis(chances, func(i int) (float64, bool) {
		sum, _ := f.lag(i)
		return zOfSum(sum+f.deviations[i], len(f.weights.neighbours[i])+1, f.count, f.variance)
	})
}

// Getis is Gi, in which the area itself counts nowhere (Ord and Getis 1995): as Gi* with x̄, s² and n those of
// the other areas. It has NO_SPREAD where all others are equal.
func (f *Field) Getis(chances []Chance) []HotSpot {
	return f.getis(chances, func(i int) (float64, bool) {
		mean, variance := f.others(i)
		count := len(f.weights.neighbours[i])
		sum, _ := f.lag(i)
		return zOfSum(sum-float64(count)*mean, count, f.count-1, variance)
	})
}

// zOfSum is the z value of the sum of count deviations, drawn from size of them that have the variance. It fails without
// spread.
func zOfSum(sum float64, count, size int, variance float64) (z float64, ok bool) {
	k, n := float64(count), float64(size)
	return sum / math.Sqrt(variance*k*(n-k)/(n-1)), variance > 0
}

func (f *Field) getis(chances []Chance, z func(i int) (float64, bool)) []HotSpot {
	spots := make([]HotSpot, len(chances))
	for i, chance := range chances {
		spots[i] = HotSpot{Status: chance.Status, Neighbours: chance.Neighbours}
		if chance.Status != Computed {
			continue
		}
		if chance.Neighbours == f.count-1 {
			spots[i].Status = NoContrast
			continue
		}
		value, ok := z(i)
		if !ok {
			spots[i].Status = NoSpread
			continue
		}
		spots[i].Z, spots[i].Tails = value, chance.Tails
	}
	adjust(spots, func(s *HotSpot) (Status, float64, *float64) { return s.Status, s.P, &s.Adjusted })
	for i := range spots {
		spots[i].classify()
	}
	return spots
}

func (s *HotSpot) classify() {
	if s.Status != Computed {
		return
	}
	s.Class, s.Confidence = NotSignificant, confidence(s.Adjusted)
	switch {
	case s.Confidence > 0 && s.Side > 0 && s.Z > 0:
		s.Class = Hot
	case s.Confidence > 0 && s.Side < 0 && s.Z < 0:
		s.Class = Cold
	default:
		s.Confidence = 0
	}
}

// others are mean and variance, over their count, of all deviations but one; the variance is 0 where they are equal.
func (f *Field) others(i int) (mean, variance float64) {
	n := float64(f.count - 1)
	mean = -f.deviations[i] / n
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for j, known := range f.known {
		if known && j != i {
			variance += float64((f.deviations[j] - mean) * (f.deviations[j] - mean))
			least, most = min(least, f.whole[j]), max(most, f.whole[j])
		}
	}
	if most-least <= 1 { // half a unit of rounding each
		return mean, 0
	}
	return mean, variance / n
}
