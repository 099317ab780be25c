package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// spreadOf is the sum of squared distances from the means of the classes that breaks make.
func spreadOf(values, breaks []float64) (sum float64) {
	for class := range len(breaks) + 1 {
		var of []float64
		for _, v := range values {
			if (class == 0 || v >= breaks[class-1]) && (class == len(breaks) || v < breaks[class]) {
				of = append(of, v)
			}
		}
		mean := 0.0
		for _, v := range of {
			mean += v / float64(len(of))
		}
		for _, v := range of {
			sum += (v - mean) * (v - mean)
		}
	}
	return sum
}

// TestJenksIsTheBest compares with every choice of breaks.
func TestJenksIsTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 95))
	for range 300 {
		values := make([]float64, 1+r.IntN(9))
		for i := range values {
			values[i] = math.Round(r.Float64()*12) / 3
		}
		distinct := slices.Clone(values)
		slices.Sort(distinct)
		distinct = slices.Compact(distinct)
		for classes := 2; classes <= 4; classes++ {
			got := JenksBreaks(values, classes)
			if len(got) != min(classes, len(distinct))-1 || !slices.IsSorted(got) {
				t.Fatalf("%v in %d classes: breaks %v", values, classes, got)
			}
			least := math.Inf(1)
			var choose func(breaks []float64, from int)
			choose = func(breaks []float64, from int) {
				if len(breaks) == len(got) {
					least = min(least, spreadOf(values, breaks))
					return
				}
				for i := from; i < len(distinct); i++ {
					choose(append(slices.Clone(breaks), distinct[i]), i+1)
				}
			}
			choose(nil, 1)
			if s := spreadOf(values, got); s > least+1e-9 {
				t.Fatalf("%v in %d classes: breaks %v with spread %g, the least is %g", values, classes, got, s, least)
			}
		}
	}
}

func TestQuantileBreaks(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   []float64
	}{
		{nil, []float64{}},
		{[]float64{math.NaN(), 3}, []float64{}},
		{[]float64{3, 3, 3, 3}, []float64{}},
		{[]float64{8, 7, 6, 5, 4, 3, 2, 1}, []float64{2, 4, 6}},
		{[]float64{0, 0, 0, 0, 0, 0, 0, 9}, []float64{}},
	} {
		if got := QuantileBreaks(c.values, 4); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.values, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(2, 95))
	values := make([]float64, 1000)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	breaks := QuantileBreaks(values, 5)
	counts := make([]int, 5)
	for _, v := range values {
		class := 0
		for class < len(breaks) && v >= breaks[class] {
			class++
		}
		counts[class]++
	}
	for _, n := range counts {
		if n < 195 || n > 205 {
			t.Errorf("classes of %v values", counts)
		}
	}
}
