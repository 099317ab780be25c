package spatial

import (
	"math"
	"math/rand/v2"
)

// Moran is global Moran's I: whether like lies near like over all areas.
type Moran struct {
	Status      Status // COMPUTED, NO_SPREAD or NO_NEIGHBOURS (of any area); NO_VALUE when no area has one
	Areas       int    // with a value, islands among them
	Islands     int    // areas with a value and no neighbour with one; they count in mean and n only
	I           float64
	Expectation float64 // −1/(n−1)
	Tails               // by permutation of all values
	// Randomisation takes the values as given and their places as chance, Normality takes the values as drawn from a
	// normal distribution. Both are nil where their variance is 0 or, with few areas, not defined.
	Randomisation, Normality *MoranZ
}

// MoranZ is the distance of I from its expectation under a hypothesis.
type MoranZ struct {
	Variance float64
	Z        float64
	P        float64 // two-sided, from the normal distribution; the one-sided p in the direction of Z is half of it
}

// Moran is global Moran's I (Moran 1950; moments: Cliff and Ord 1981):
//
//	I = n/S0·Σ Σ w_ij·z_i·z_j / Σz²
//	V(normality) = (n²·S1 − n·S2 + 3·S0²)/((n²−1)·S0²) − E²
//	V(randomisation) = (n·((n²−3n+3)·S1 − n·S2 + 3·S0²) − b2·((n²−n)·S1 − 2n·S2 + 6·S0²)) / ((n−1)(n−2)(n−3)·S0²) − E²
//
// with S0 = Σ Σ w_ij, S1 = ½·Σ Σ (w_ij+w_ji)², S2 = Σ_i (Σ_j w_ij + Σ_j w_ji)², b2 = n·Σz⁴/(Σz²)².
func (f *Field) Moran(p Permutation) Moran {
	m := Moran{Status: Computed, Areas: f.count, Islands: len(f.Islands())}
	switch {
	case f.count == 0:
		m.Status = NoValue
	case f.variance == 0:
		m.Status = NoSpread
	case m.Islands == f.count:
		m.Status = NoNeighbours
	}
	if m.Status != Computed {
		return m
	}
	n, s := float64(f.count), f.weightSums()
	m.I = f.product(f.deviations) / (s.s0 * f.variance)
	m.Expectation = -1 / (n - 1)
	m.Randomisation = moranZ(m.I-m.Expectation, f.randomisation(s)-m.Expectation*m.Expectation)
	m.Normality = moranZ(m.I-m.Expectation, (n*n*s.s1-n*s.s2+3*s.s0*s.s0)/((n*n-1)*s.s0*s.s0)-m.Expectation*m.Expectation)
	m.Tails = f.permuteAll(p, s.s0)
	return m
}

// moranZ is nil for a variance that is 0 but for rounding, and for one that isn't defined.
func moranZ(distance, variance float64) *MoranZ {
	if !(variance > 1e-12) {
		return nil
	}
	z := distance / math.Sqrt(variance)
	return &MoranZ{Variance: variance, Z: z, P: math.Erfc(math.Abs(z) / math.Sqrt2)}
}

// randomisation is the expectation of I² when the places of the values are chance; NaN below four areas.
func (f *Field) randomisation(s weightSums) float64 {
	if f.count < 4 {
		return math.NaN()
	}
	n, fourth := float64(f.count), 0.0
	for _, z := range f.deviations {
		fourth += z * z * z * z
	}
	b2 := fourth / (n * f.variance * f.variance)
	return (n*((n*n-3*n+3)*s.s1-n*s.s2+3*s.s0*s.s0) - b2*((n*n-n)*s.s1-2*n*s.s2+6*s.s0*s.s0)) /
		((n - 1) * (n - 2) * (n - 3) * s.s0 * s.s0)
}

type weightSums struct{ s0, s1, s2 float64 }

func (f *Field) weightSums() (s weightSums) {
	w := f.weights
	both := make([]float64, w.Len()) // row and column of each area
	for i, list := range w.neighbours {
		for _, j := range list {
			there, back := w.Weight(i), w.between(j, i)
			s.s0 += there
			both[i] += there
			both[j] += there
			// A pair is met from both ends, unless only one names the other.
			if back > 0 {
				s.s1 += (there + back) * (there + back) / 2
			} else {
				s.s1 += there * there
			}
		}
	}
	for _, sum := range both {
		s.s2 += sum * sum
	}
	return s
}

// product is Σ Σ w_ij·z_i·z_j. Each product is rounded by itself: where a processor would fuse it with the sum, the last
// digit would differ between platforms.
func (f *Field) product(z []float64) (sum float64) {
	for i, list := range f.weights.neighbours {
		lag := 0.0
		for _, j := range list {
			lag += z[j]
		}
		sum += float64(z[i] * f.weights.Weight(i) * lag)
	}
	return sum
}

// permuteAll shuffles the values over all areas that have one. Products that differ by rounding only are ties.
func (f *Field) permuteAll(p Permutation, s0 float64) Tails {
	var places []int
	for i, known := range f.known {
		if known {
			places = append(places, i)
		}
	}
	z := append([]float64(nil), f.deviations...)
	observed, expected := f.product(z), -f.variance*s0/float64(f.count-1)
	tie := 1e-9 * f.variance * s0
	var above, below, far int
	random := rand.New(p.stream(-1))
	for range p.draws() {
		random.Shuffle(len(places), func(a, b int) { z[places[a]], z[places[b]] = z[places[b]], z[places[a]] })
		drawn := f.product(z)
		if drawn >= observed-tie {
			above++
		}
		if drawn <= observed+tie {
			below++
		}
		if math.Abs(drawn-expected) >= math.Abs(observed-expected)-tie {
			far++
		}
	}
	t := Tails{Upper: pseudo(above, p.draws()), Lower: pseudo(below, p.draws()), P: pseudo(far, p.draws())}
	if distance := observed - expected; math.Abs(distance) > tie {
		t.Side = int(math.Copysign(1, distance))
	}
	return t
}
