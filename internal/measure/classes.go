package measure

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Class breaks divide the values of a map's areas into classes: a value belongs to the class above a break when it is at
// least the break. They are ascending and lie between the smallest value and the largest; fewer are given where fewer
// classes can be told apart.

// QuantileBreaks puts about equally many values into each of some classes.
func QuantileBreaks(values []float64, classes int) []float64 {
	sorted := known(values)
	var breaks []float64
	for k := 1; k < classes && len(sorted) > 0; k++ {
		breaks = append(breaks, stat.Quantile(float64(k)/float64(classes), stat.LinInterp, sorted, nil))
	}
	return between(breaks, sorted)
}

// JenksBreaks makes classes whose values are as near as can be to the mean of their class (natural breaks: Jenks 1967, exactly
// by Fisher 1958): the sum of squared distances is the least. A break is the smallest value of the class above it. It takes
// time in the square of the number of different values.
func JenksBreaks(values []float64, classes int) []float64 {
	sorted := known(values)
	n := len(sorted)
	distinct := slices.Compact(slices.Clone(sorted))
	if classes = min(classes, len(distinct)); classes < 2 {
		return []float64{}
	}
	sums, squares := make([]float64, n+1), make([]float64, n+1) // of values less the mean, so that no digit is lost
	mean := stat.Mean(sorted, nil)
	for i, v := range sorted {
		sums[i+1], squares[i+1] = sums[i]+(v-mean), squares[i]+(v-mean)*(v-mean)
	}
	spread := func(from, to int) float64 { // of the values from, …, to−1
		s := sums[to] - sums[from]
		return max(0, squares[to]-squares[from]-s*s/float64(to-from))
	}
	best := make([]float64, n+1) // least spread of the first values in so many classes
	for to := 1; to <= n; to++ {
		best[to] = spread(0, to)
	}
	first := make([][]int, classes) // where the last class begins
	for class := 1; class < classes; class++ {
		next := make([]float64, n+1)
		first[class] = make([]int, n+1)
		for to := range next {
			next[to] = math.Inf(1)
			for from := class; from < to; from++ {
				if sorted[from] == sorted[from-1] { // equal values are of one class
					continue
				}
				if s := best[from] + spread(from, to); s < next[to] {
					next[to], first[class][to] = s, from
				}
			}
		}
		best = next
	}
	breaks := make([]float64, classes-1)
	for class, to := classes-1, n; class > 0; class-- {
		to = first[class][to]
		breaks[class-1] = sorted[to]
	}
	return breaks
}

// known gives the values that are numbers, ascending.
func known(values []float64) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	slices.Sort(sorted)
	return sorted
}

// between leaves out breaks that divide nothing.
func between(breaks, sorted []float64) []float64 {
	out := []float64{}
	for _, b := range breaks {
		if b > sorted[0] && b <= sorted[len(sorted)-1] && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}
