package disclosure

import (
	"math"
	"slices"
	"testing"
)

// figures pairs true and shown numbers; a shown NaN is hidden.
func figures(truth, shown []float64) (list []figure) {
	for i := range truth {
		list = append(list, figure{truth[i], shown[i], math.IsNaN(shown[i])})
	}
	return list
}

var hidden = math.NaN()

// is compares a statistic with one worked out by hand; NaN stands for none.
func is(got *float64, want float64) bool {
	if got == nil || math.IsNaN(want) {
		return got == nil && math.IsNaN(want)
	}
	return math.Abs(*got-want) < 1e-12
}

func text(v *float64) any {
	if v == nil {
		return "none"
	}
	return *v
}

func TestRanks(t *testing.T) {
	for _, c := range []struct{ values, want []float64 }{
		{[]float64{10, 20, 20, 30, 5}, []float64{2, 3.5, 3.5, 5, 1}},
		{[]float64{7, 7, 7}, []float64{2, 2, 2}},
		{[]float64{3, 1, 3, 1, 3, 1}, []float64{5, 2, 5, 2, 5, 2}},
		{nil, []float64{}},
	} {
		if got := ranks(c.values); !slices.Equal(got, c.want) {
			t.Errorf("ranks of %v are %v, want %v", c.values, got, c.want)
		}
	}
}

func TestRankCorrelation(t *testing.T) {
	for name, c := range map[string]struct {
		truth, shown []float64
		want         float64
	}{
		"two pairs swapped: 1 - 6*4/(5*24)":   {[]float64{1, 2, 3, 4, 5}, []float64{20, 10, 40, 30, 50}, 0.8},
		"a tie in the truth: 4.5/sqrt(4.5*5)": {[]float64{1, 2, 2, 3}, []float64{1, 3, 2, 4}, 4.5 / math.Sqrt(22.5)},
		"a tie in both, in other places: 3/4.5": {[]float64{1, 2, 2, 3}, []float64{1, 1, 2, 3},
			(-1.5*-1 + 0*-1 + 0*0.5 + 1.5*1.5) / 4.5},
		"the other way round":    {[]float64{1, 2, 3}, []float64{9, 8, 7}, -1},
		"not straight, in order": {[]float64{1, 2, 3}, []float64{1, 100, 101}, 1},
		"what hides is left out": {[]float64{1, 9, 2, 3}, []float64{5, hidden, 6, 7}, 1},
		"two show":               {[]float64{1, 2, 3}, []float64{1, 2, hidden}, math.NaN()},
		"no order in the truth":  {[]float64{4, 4, 4}, []float64{1, 2, 3}, math.NaN()},
		"no order in the shown":  {[]float64{1, 2, 3}, []float64{4, 4, 4}, math.NaN()},
	} {
		if got := rankCorrelation(figures(c.truth, c.shown)); !is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, text(got), c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values      []float64
		share, want float64
	}{
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{4, 1, 3, 2}, 0.9, 3.7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{3, 1, 2}, 1, 3},
		{[]float64{5, 5, 9, 5, 5, 5, 5, 5, 5, 5, 5}, 0.9, 5},
		{[]float64{1, 2}, 0.5, math.NaN()},
	} {
		if got := quantile(c.values, c.share); !is(got, c.want) {
			t.Errorf("quantile %g of %v is %v, want %v", c.share, c.values, text(got), c.want)
		}
	}
}

// TestUtility: of nine figures three hide, of which one is truly zero, and a category of nobody is no part of it. The
// errors of those that show are 1, 2, 0, 5, 3 and 3; relative to the truth 0.1, 0.1, 0, 0.25, 0.3, and none where that is zero.
func TestUtility(t *testing.T) {
	u := utility([][]figure{
		figures([]float64{10, 20, 30}, []float64{11, 18, 30}),
		figures([]float64{0, 0, 0}, []float64{hidden, hidden, hidden}),
		figures([]float64{20, 10, 0}, []float64{25, 7, 3}),
		figures([]float64{4, 0, 6}, []float64{hidden, hidden, hidden}),
	})
	if u.Figures != 9 || math.Abs(u.Suppressed-1.0/3) > 1e-12 || u.CategoriesWithRankOrders != 2 {
		t.Errorf("%+v", u)
	}
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"mean absolute error":              {u.MeanAbsoluteError, 14.0 / 6},
		"mean relative error":              {u.MeanRelativeError, 0.15},
		"median relative error":            {u.MedianRelativeError, 0.1},
		"ninetieth of the relative errors": {u.NinetiethRelativeError, 0.25 + 0.6*0.05},
		"rank correlation":                 {u.SpearmanRankCorrelation, 1},
	} {
		if !is(c.got, c.want) {
			t.Errorf("%s: %v, want %g", name, text(c.got), c.want)
		}
	}
	one := utility([][]figure{figures([]float64{500}, []float64{503})})
	if one.Figures != 1 || one.MeanAbsoluteError != nil || one.MedianRelativeError != nil || one.SpearmanRankCorrelation != nil {
		t.Errorf("one figure can be read back: %+v", one)
	}
	if nothing := utility(nil); nothing.Figures != 0 || nothing.MeanAbsoluteError != nil {
		t.Errorf("nothing: %+v", nothing)
	}
}
