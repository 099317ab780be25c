package poverty

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"kantong/internal/registry"
)

func TestNewIndex(t *testing.T) {
	const third = registry.ScoreUnit / 3
	of := func(n int) []registry.Deprivation { return indicators[:n] }
	for name, c := range map[string]struct {
		weights []float64
		n       int
		cutoff  float64
		want    []int64
		atLeast int64
	}{
		"alike when not given":         {nil, 3, 0.5, []int64{third + 1, third, third}, registry.ScoreUnit/2 - 1000},
		"scaled":                       {[]float64{3, 1}, 2, 1, []int64{750_000_000_000, 250_000_000_000}, registry.ScoreUnit - 1000},
		"what is left to the largest":  {[]float64{1, 2, 4}, 3, 1, []int64{142_857_142_857, 285_714_285_714, 571_428_571_429}, registry.ScoreUnit - 1000},
		"hardly any":                   {[]float64{1}, 1, 1e-300, []int64{registry.ScoreUnit}, 1},
		"weights as large as they get": {[]float64{math.MaxFloat64, math.MaxFloat64}, 2, 1e-6, []int64{registry.ScoreUnit / 2, registry.ScoreUnit / 2}, 999_000},
		"weights as small as they get": {[]float64{math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64}, 2, 1e-6, []int64{registry.ScoreUnit / 2, registry.ScoreUnit / 2}, 999_000},
	} {
		got, err := NewIndex(of(c.n), c.weights, c.cutoff)
		if want := (registry.Score{Of: of(c.n), Weights: c.want, AtLeast: c.atLeast}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
	}
	t.Run("parts that were rounded reach the cutoff", func(t *testing.T) {
		sixth, eighteenth := 1.0/6, 1.0/18
		s, err := NewIndex(indicators, []float64{sixth, sixth, sixth, sixth, eighteenth, eighteenth, eighteenth, eighteenth, eighteenth, eighteenth}, 1.0/3)
		if err != nil {
			t.Fatal(err)
		}
		sum := func(list []int64) (sum int64) {
			for _, w := range list {
				sum += w
			}
			return sum
		}
		if two, six := sum(s.Weights[2:4]), sum(s.Weights[4:]); two < s.AtLeast || six < s.AtLeast || sum(s.Weights) != registry.ScoreUnit {
			t.Errorf("%d and %d of %d, cutoff %d", two, six, sum(s.Weights), s.AtLeast)
		}
	})
	t.Run("any weights add up", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 20_000 {
			weights := make([]float64, 1+r.IntN(len(indicators)))
			for i := range weights {
				weights[i] = math.Exp(r.NormFloat64() * []float64{0.001, 1, 100}[r.IntN(3)])
			}
			s, err := NewIndex(of(len(weights)), weights, 1-r.Float64())
			if err != nil {
				t.Fatal(err)
			}
			all, sum := 0.0, int64(0)
			for _, w := range weights {
				all += w
			}
			for i, w := range s.Weights {
				if sum += w; math.Abs(float64(w)-weights[i]/all*registry.ScoreUnit) > 1.01 {
					t.Fatalf("%g of %g is %d", weights[i], all, w)
				}
			}
			if sum != registry.ScoreUnit {
				t.Fatalf("%v of %v add up to %d", s.Weights, weights, sum)
			}
		}
	})
}

func TestRefusedIndexes(t *testing.T) {
	two := indicators[:2]
	for name, c := range map[string]struct {
		of      []registry.Deprivation
		weights []float64
		cutoff  float64
		field   string
	}{
		"no indicators":        {nil, nil, 0.5, "indicators"},
		"no such indicator":    {[]registry.Deprivation{registry.DeprivationCount}, nil, 0.5, "indicators"},
		"one twice":            {[]registry.Deprivation{3, 3}, nil, 0.5, "indicators"},
		"too few weights":      {two, []float64{1}, 0.5, "weights"},
		"too many weights":     {two, []float64{1, 1, 1}, 0.5, "weights"},
		"an empty list":        {two, []float64{}, 0.5, "weights"},
		"a weight of zero":     {two, []float64{1, 0}, 0.5, "weights"},
		"below zero":           {two, []float64{-1, 1}, 0.5, "weights"},
		"not a number":         {two, []float64{1, math.NaN()}, 0.5, "weights"},
		"infinite":             {two, []float64{1, math.Inf(1)}, 0.5, "weights"},
		"a cutoff of zero":     {two, nil, 0, "cutoff"},
		"a cutoff below zero":  {two, nil, -0.1, "cutoff"},
		"a cutoff above one":   {two, nil, 1.000001, "cutoff"},
		"a cutoff of nothing":  {two, nil, math.NaN(), "cutoff"},
		"a cutoff without end": {two, nil, math.Inf(1), "cutoff"},
	} {
		_, err := NewIndex(c.of, c.weights, c.cutoff)
		if e, ok := err.(*registry.Error); !ok || e.Code != registry.CodeBadUserInput || e.Field != c.field {
			t.Errorf("%s: %v, want an error of %s", name, err, c.field)
		}
	}
}
