package spatial

import (
	"math"
	"math/bits"
	"slices"

	"kantong/internal/registry"
)

// Status says whether an area has a result, and if not, why.
type Status string

// The statuses. All numbers of a result that isn't COMPUTED are zero and mean nothing.
const (
	Computed     Status = "COMPUTED"
	NoValue      Status = "NO_VALUE"      // left out of the computation
	NoSpread     Status = "NO_SPREAD"     // the values that count are all equal
	NoNeighbours Status = "NO_NEIGHBOURS" // an island, or no neighbour has a value
	NoContrast   Status = "NO_CONTRAST"   // every other area is a neighbour: there is nothing to compare with
)

// leastSpread is the range of values, as a share of the largest, up to which they count as equal: figures are given to
// 12 significant digits, and what differs beyond is rounding.
const leastSpread = 1e-12

// Field is one value for each area, ready for all statistics. It is immutable and safe for concurrent use.
type Field struct {
	weights    Weights // among areas with a value
	known      []bool
	count      int       // of areas with a value
	deviations []float64 // from the mean, in a unit of our own; 0 without a value
	variance   float64   // of the deviations, over count: Anselin's m2, the s² of Gi*; 0 when values are equal
	whole      []int64   // the deviations as whole numbers, half a unit exact
	wholeSum   int64
}

// NewField pairs values with neighbours. known says which values count; nil means all. It refuses lists of different
// lengths, and a known value that is NaN or infinite.
func NewField(values []float64, known []bool, weights Weights) (*Field, error) {
	if len(values) != weights.Len() {
		return nil, registry.Invalid("values", "%d values for %d areas", len(values), weights.Len())
	}
	known, err := checkKnown(known, len(values))
	if err != nil {
		return nil, err
	}
	f := &Field{weights: weights.among(known), known: known, deviations: make([]float64, len(values)), whole: make([]int64, len(values))}
	largest := 0.0
	for i, x := range values {
		if !known[i] {
			continue
		}
		if !finite(x) {
			return nil, registry.Invalid("values", "the value of area %d is %g; say that it isn't known instead", i, x)
		}
		f.count++
		largest = max(largest, math.Abs(x))
	}
	// No statistic here has a unit: in a power of two near the largest value, no square is too large or too small.
	_, exponent := math.Frexp(largest)
	f.deviate(func(i int) float64 { return math.Ldexp(values[i], -exponent) })
	f.deviate(func(i int) float64 { return f.deviations[i] }) // what rounding left of the mean
	widest, least, most := 0.0, math.Inf(1), math.Inf(-1)
	for i, d := range f.deviations {
		if known[i] {
			widest, least, most = max(widest, math.Abs(d)), min(least, d), max(most, d)
		}
	}
	if f.count < 2 || most-least <= leastSpread*math.Ldexp(largest, -exponent) {
		clear(f.deviations)
		return f, nil
	}
	for _, d := range f.deviations {
		f.variance += float64(d * d)
	}
	f.variance /= float64(f.count)
	f.round(widest)
	return f, nil
}

// deviate makes the deviations those of the values from their mean.
func (f *Field) deviate(value func(i int) float64) {
	mean := 0.0
	for i, known := range f.known {
		if known {
			mean += value(i)
		}
	}
	mean /= float64(max(1, f.count))
	for i, known := range f.known {
		if known {
			f.deviations[i] = value(i) - mean
		}
	}
}

// round makes whole numbers of the deviations, as fine as leaves room for the products that are compared: below
// 2·count² times the largest.
func (f *Field) round(widest float64) {
	exact := min(40, 60-2*bits.Len(uint(f.count)))
	unit := math.Ldexp(1, exact) / widest
	for i, d := range f.deviations {
		f.whole[i] = int64(math.RoundToEven(d * unit))
		f.wholeSum += f.whole[i]
	}
}

// status is what any statistic says of an area before it looks closer.
func (f *Field) status(i int) Status {
	switch {
	case !f.known[i]:
		return NoValue
	case f.variance == 0:
		return NoSpread
	case len(f.weights.neighbours[i]) == 0:
		return NoNeighbours
	}
	return Computed
}

// Count is the number of areas with a value.
func (f *Field) Count() int { return f.count }

// WithoutValue gives the areas that are left out, ascending.
func (f *Field) WithoutValue() (missing []int) {
	for i, known := range f.known {
		if !known {
			missing = append(missing, i)
		}
	}
	return missing
}

// Islands gives the areas that have a value and no neighbour with one, ascending.
func (f *Field) Islands() (islands []int) {
	for i, list := range f.weights.neighbours {
		if f.known[i] && len(list) == 0 {
			islands = append(islands, i)
		}
	}
	return islands
}

// lag is the sum of an area's neighbours' deviations, and the same in whole numbers.
func (f *Field) lag(i int) (sum float64, whole int64) {
	for _, j := range f.weights.neighbours[i] {
		sum += f.deviations[j]
		whole += f.whole[j]
	}
	return sum, whole
}

// checkKnown makes a list of the right length of one that may be nil.
func checkKnown(known []bool, count int) ([]bool, error) {
	if known == nil {
		known = make([]bool, count)
		for i := range known {
			known[i] = true
		}
	}
	if len(known) != count {
		return nil, registry.Invalid("known", "%d marks of what is known for %d areas", len(known), count)
	}
	return slices.Clone(known), nil
}
