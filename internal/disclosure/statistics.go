package disclosure

import (
	"cmp"
	"math"
	"slices"
)

// figure is one number of a table as it is and as it is shown.
type figure struct {
	truth, shown float64
	hidden       bool // nothing is shown
}

// leastFigures is from how many figures on a mean or a rank order says something; from fewer one could read a figure back.
const leastFigures = 3

// utility compares a table given by category, then place.
func utility(categories [][]figure) (u Utility) {
	var all []figure
	var orders []float64
	for _, category := range categories {
		if !slices.ContainsFunc(category, func(f figure) bool { return f.truth > 0 }) {
			continue
		}
		all = append(all, category...)
		if order := rankCorrelation(category); order != nil {
			orders = append(orders, *order)
		}
	}
	u.Figures = len(all)
	if u.Figures == 0 {
		return u
	}
	hidden := 0
	for _, f := range all {
		if f.hidden {
			hidden++
		}
	}
	u.Suppressed = float64(hidden) / float64(len(all))
	absolute, relative := errorsOf(all)
	u.MeanAbsoluteError, u.MeanRelativeError = meanOf(absolute, leastFigures), meanOf(relative, leastFigures)
	u.MedianRelativeError, u.NinetiethRelativeError = quantile(relative, 0.5), quantile(relative, 0.9)
	u.SpearmanRankCorrelation, u.CategoriesWithRankOrders = meanOf(orders, 1), len(orders)
	return u
}

// errorsOf gives the absolute errors of the figures that show, and the relative ones of those that are not nobody.
func errorsOf(figures []figure) (absolute, relative []float64) {
	for _, f := range figures {
		if f.hidden {
			continue
		}
		off := math.Abs(f.shown - f.truth)
		absolute = append(absolute, off)
		if f.truth > 0 {
			relative = append(relative, off/f.truth)
		}
	}
	return absolute, relative
}

// meanOf is nil for fewer than least values.
func meanOf(values []float64, least int) *float64 {
	if len(values) < least {
		return nil
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	sum /= float64(len(values))
	return &sum
}

// quantile is the value that a share of the values does not exceed, between two of them in proportion; nil for too few
// values. Method: Hyndman and Fan, The American Statistician 50 (1996), number 7.
func quantile(values []float64, share float64) *float64 {
	if len(values) < leastFigures {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	below, part := math.Modf(share * float64(len(sorted)-1))
	i := int(below)
	q := sorted[i]
	if part > 0 {
		q += part * (sorted[i+1] - q)
	}
	return &q
}

// rankCorrelation is Spearman's between what is shown and what is, over the figures that show: 1 where their order is
// the same. It is nil where too few show or all are the same, so that there is no order.
func rankCorrelation(figures []figure) *float64 {
	var shown, truth []float64
	for _, f := range figures {
		if !f.hidden {
			shown, truth = append(shown, f.shown), append(truth, f.truth)
		}
	}
	if len(shown) < leastFigures {
		return nil
	}
	a, b := ranks(shown), ranks(truth)
	middle := float64(len(a)+1) / 2
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-middle, b[i]-middle
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return nil
	}
	r := ab / math.Sqrt(aa*bb)
	return &r
}

// ranks numbers values from 1 by size; equal ones share the mean of their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	out := make([]float64, len(values))
	for first := 0; first < len(order); {
		end := first + 1
		for end < len(order) && values[order[end]] == values[order[first]] {
			end++
		}
		for _, i := range order[first:end] {
			out[i] = float64(first+1+end) / 2
		}
		first = end
	}
	return out
}
