package spatial

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// TestIntervalHoldsTheTruth simulates cities: true rates from a beta distribution with the mean and the standard
// deviation between areas given, then counts of them.
func TestIntervalHoldsTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(90, 90))
	for _, c := range []struct {
		areas            int
		mean, deviation  float64
		least, leastHere float64 // share of intervals with the truth: of all areas, of those below 60 households
	}{
		{42, 0.20, 0, 0.90, 0.90},
		{42, 0.20, 0.013, 0.88, 0.86},
		{42, 0.20, 0.03, 0.85, 0.84},
		{42, 0.20, 0.06, 0.865, 0.85},
		{42, 0.20, 0.13, 0.88, 0.87},
		{42, 0.50, 0.10, 0.87, 0.85},
		{42, 0.02, 0.01, 0.85, 0.83},
		{8, 0.20, 0.03, 0.80, 0.73},
		{20, 0.20, 0.06, 0.84, 0.82},
		{42, 0.02, 0.06, 0.88, 0.88},
		{8, 0.20, 0.13, 0.83, 0.78},
	} {
		base := make([]int64, c.areas)
		for i := range base {
			base[i] = int64(20 * math.Pow(100, float64(i)/float64(c.areas-1))) // 20 to 2000
		}
		var all, held, small, smallHeld, width, rawWidth float64
		for range 400 {
			truth, events := make([]float64, c.areas), make([]int64, c.areas)
			for i := range truth {
				truth[i] = c.mean
				if c.deviation > 0 {
					strength := c.mean*(1-c.mean)/c.deviation/c.deviation - 1
					truth[i] = distuv.Beta{Alpha: c.mean * strength, Beta: (1 - c.mean) * strength, Src: random}.Rand()
				}
				events[i] = int64(distuv.Binomial{N: float64(base[i]), P: truth[i], Src: random}.Rand())
			}
			got, _, err := SmoothBinomial(events, base, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, area := range got {
				hit := 0.0
				if area.Lower <= truth[i] && truth[i] <= area.Upper {
					hit = 1
				}
				all, held = all+1, held+hit
				width += area.Upper - area.Lower
				rawWidth += 2 * 1.645 * math.Sqrt(c.mean*(1-c.mean)/float64(base[i]))
				if base[i] < 60 {
					small, smallHeld = small+1, smallHeld+hit
				}
			}
		}
		t.Logf("%+v: %.3f, small areas %.3f, width %.3f (of raw rates %.3f)", c, held/all, smallHeld/small, width/all, rawWidth/all)
		if held/all < c.least || smallHeld/small < c.leastHere {
			t.Errorf("%+v: an interval holds the truth in %.3f, of small areas in %.3f", c, held/all, smallHeld/small)
		}
		if width > rawWidth {
			t.Errorf("%+v: intervals are wider than those of raw rates, by a factor of %.2f", c, width/rawWidth)
		}
	}
}

// TestIntervalIsAlwaysOne: numbers from 0 to 1 around the rate, whatever the counts.
func TestIntervalIsAlwaysOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3000), rapid.Int64Range(0, mostBase))
		base := rapid.SliceOfN(size, 0, 8).Draw(r, "base")
		events := make([]int64, len(base))
		for i, n := range base {
			events[i] = rapid.OneOf(rapid.Int64Range(0, n), rapid.Just(n), rapid.Just(int64(0))).Draw(r, fmt.Sprint("events of ", i))
		}
		got, _, err := SmoothBinomial(events, base, nil)
		if err != nil {
			r.Fatal(err)
		}
		for i, s := range got {
			if s.Status == Computed && !(0 <= s.Lower && s.Lower <= s.Rate && s.Rate <= s.Upper && s.Upper <= 1 && s.Lower < s.Upper && 0 <= s.Own && s.Own <= 1) {
				r.Fatalf("%d of %d: %+v", events[i], base[i], s)
			}
		}
	})
}

func TestCutMean(t *testing.T) {
	near(t, "a standard half normal", cutMean(0, 1), math.Sqrt(2/math.Pi), 1e-12, 0)
	near(t, "hardly cut", cutMean(9, 1), 9, 1e-12, 0)
	near(t, "far out on both sides of the rule", cutMean(-30.001, 1), cutMean(-29.999, 1), 1e-4, 0)
}

func BenchmarkSmoothBinomial42Areas(b *testing.B) {
	base, events := make([]int64, 42), make([]int64, 42)
	for i := range base {
		base[i], events[i] = int64(20+40*i), int64(4+(i*7)%11*i)
	}
	for b.Loop() {
		if _, _, err := SmoothBinomial(events, base, nil); err != nil {
			b.Fatal(err)
		}
	}
}
