package targeting

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"kantong/internal/registry"
)

// TestWeightsAreDirichlet compares with Beta(κ·0.6, κ·0.4), the distribution of one of two weights: at κ = 10 it exceeds
// one half with probability P(Binomial(9, ½) ≤ 5) = 382/512.
func TestWeightsAreDirichlet(t *testing.T) {
	q := PriorityQuestion{Areas: []registry.AreaCode{"a", "b"}, Normalisation: NormaliseMinMax, Top: 1, Draws: MaxDraws, Concentration: 10, Seed: 7,
		Criteria: []Criterion{criterion("x", 6, MoreIsWorse, published(1, 0)), criterion("y", 4, MoreIsWorse, published(0, 1))}}
	p := prioritise(t, q)
	if got, want := p.Areas[0].Uncertainty.InTop(1), 382./512; math.Abs(got-want) > 0.02 {
		t.Errorf("%g, expected %g", got, want)
	}
	if u := p.Areas[0].Uncertainty; u.Low != 1 || u.High != 2 {
		t.Errorf("%+v", u)
	}
}

// TestBootstrap compares with the exact probability that 12 of 20 households stay at least level with 10 of 20.
func TestBootstrap(t *testing.T) {
	for _, basis := range []Basis{HouseholdShare, HouseholdCount} {
		q := PriorityQuestion{Areas: []registry.AreaCode{"a", "b"}, Normalisation: NormaliseRank, Top: 1, Draws: MaxDraws, Concentration: 50, Seed: 7,
			Criteria: []Criterion{{Name: "x", Weight: 1, Orientation: MoreIsWorse, Basis: basis, Values: shares([2]int64{12, 20}, [2]int64{10, 20})}}}
		p := prioritise(t, q)
		want := 0.0
		for k := range 21 {
			want += distuv.Binomial{N: 20, P: 0.6}.Prob(float64(k)) * distuv.Binomial{N: 20, P: 0.5}.CDF(float64(k))
		}
		if got := p.Areas[0].Uncertainty.InTop(1); math.Abs(got-want) > 0.02 {
			t.Errorf("%s: %g, expected %g", basis, got, want)
		}
	}
}

// TestSmallAreasAreLessCertain is what the intervals are for: few households alone don't put an area on top for sure.
func TestSmallAreasAreLessCertain(t *testing.T) {
	q := PriorityQuestion{Normalisation: NormaliseMinMax, Top: 1, Draws: 1000, Concentration: 50, Seed: 1,
		Criteria: []Criterion{{Name: "x", Weight: 1, Orientation: MoreIsWorse, Basis: HouseholdShare}}}
	for i := range 10 {
		q.Areas = append(q.Areas, registry.AreaCode(fmt.Sprint(i)))
		q.Criteria[0].Values = append(q.Criteria[0].Values, Observation{Events: int64(100 + 10*i), Of: 1000})
	}
	q.Areas = append(q.Areas, "small")
	q.Criteria[0].Values = append(q.Criteria[0].Values, Observation{Events: 4, Of: 20})
	areas := prioritise(t, q).Areas
	small, second := areas[0].Uncertainty, areas[1].Uncertainty
	if areas[0].Area != "small" || small.High-small.Low < 8 || second.High-second.Low > 5 {
		t.Errorf("%+v %+v", small, second)
	}
}

// TestDrawsStay pins an answer: a seed gives the same on every machine and in every version, since plans cite it.
func TestDrawsStay(t *testing.T) {
	q := city(12, 4)
	q.Draws, q.Seed, q.Top = 200, 2025, 2
	type firmness struct {
		low, high int
		inTop     float64
	}
	firm := func() (list []firmness) {
		for _, a := range prioritise(t, q).Areas[:4] {
			list = append(list, firmness{a.Uncertainty.Low, a.Uncertainty.High, a.Uncertainty.InTop(2)})
		}
		return list
	}
	want := []firmness{{1, 2, 0.95}, {1, 6, 0.445}, {2, 6, 0.27}, {2, 6, 0.19}}
	if got := firm(); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	q.Seed++
	if other := firm(); slices.Equal(other[:2], want[:2]) {
		t.Error("another seed draws the same")
	}
}

// jeffreys is the middle of what is likely with e of n.
func jeffreys(c [2]int64) float64 { return (float64(c[0]) + 0.5) / (float64(c[1]) + 1) }

// TestFewHouseholdsAreNoCertainty: one of one, and none of one, beside shares of many.
func TestFewHouseholdsAreNoCertainty(t *testing.T) {
	q := PriorityQuestion{Areas: []registry.AreaCode{"1 of 1", "60 %", "0 of 1", "20 %"}, Normalisation: NormaliseMinMax, Top: 1, Draws: MaxDraws, Concentration: 50, Seed: 1,
		Criteria: []Criterion{{Name: "x", Weight: 1, Orientation: MoreIsWorse, Basis: HouseholdShare, Values: shares([2]int64{1, 1}, [2]int64{600, 1000}, [2]int64{0, 1}, [2]int64{200, 1000})}}}
	for _, a := range prioritise(t, q).Areas {
		switch top := a.Uncertainty.InTop(1); a.Area {
		case "1 of 1":
			if math.Abs(top-0.75) > 0.02 {
				t.Errorf("1 of 1 is first in %g of the draws, expected Jeffreys' three quarters", top)
			}
		case "0 of 1":
			if a.Uncertainty.Low != 1 || a.Uncertainty.High != 4 {
				t.Errorf("0 of 1 has ranks %d to %d", a.Uncertainty.Low, a.Uncertainty.High)
			}
		}
	}
}

func TestBinomialFunction(t *testing.T) {
	for _, c := range [][2]int64{{1, 2}, {1, 20}, {19, 20}, {180, 600}, {1, 1_000_000}, {999_999, 1_000_000}, {600, 1_000_000}, {1800, 4000}} {
		b := newBinomial(c[0], c[1])
		exact := distuv.Binomial{N: float64(c[1]), P: jeffreys(c)}
		if b.cumulative == nil {
			t.Fatalf("%v has no table", c)
		}
		for i, p := range b.cumulative {
			if want := exact.CDF(float64(b.low + int64(i))); math.Abs(p-want) > 1e-9 { // the reference is no better for large n
				t.Errorf("%v: P(X ≤ %d) = %g, expected %g", c, b.low+int64(i), p, want)
				break
			}
		}
		for j := range b.guide {
			u := float64(j) / float64(len(b.guide))
			if at := b.guide[j]; b.cumulative[at] <= u || at > 0 && b.cumulative[at-1] > u {
				t.Errorf("%v: guide %d leads to %d", c, j, at)
			}
		}
	}
}

func TestBinomialDraws(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range [][2]int64{{0, 5}, {5, 5}, {3, 8}, {200, 700}, {40_000, 100_000}, {1 << 60, 1 << 61}} {
		b := newBinomial(c[0], c[1])
		counts := make([]float64, 20_000)
		for i := range counts {
			if counts[i] = b.draw(random); counts[i] < 0 || counts[i] > float64(c[1]) || counts[i] != math.Trunc(counts[i]) {
				t.Fatalf("%v: %g", c, counts[i])
			}
		}
		mean, variance := stat.MeanVariance(counts, nil)
		n, p := float64(c[1]), jeffreys(c)
		e, want := n*p, n*p*(1-p)
		if math.Abs(mean-e) > 4*math.Sqrt(want/20_000) || math.Abs(variance-want) > 0.05*want {
			t.Errorf("%v: mean %g, variance %g, expected %g and %g", c, mean, variance, e, want)
		}
	}
}

// city makes areas and criteria of all bases.
func city(areas, criteria int) PriorityQuestion {
	random := rand.New(rand.NewPCG(3, 4))
	q := PriorityQuestion{Normalisation: NormaliseMinMax, Top: 10, Draws: 1000, Concentration: DefaultConcentration, Seed: 1}
	for i := range areas {
		q.Areas = append(q.Areas, registry.AreaCode(fmt.Sprintf("19.71.%02d.10%02d", i/6+1, i%6+1)))
	}
	for i := range criteria {
		c := Criterion{Name: fmt.Sprint(i), Weight: float64(i + 1), Orientation: MoreIsWorse, Basis: HouseholdShare}
		for range areas {
			of := random.Int64N(1200) + 20
			c.Values = append(c.Values, Observation{Of: of, Events: random.Int64N(of)})
		}
		q.Criteria = append(q.Criteria, c)
	}
	return q
}

// BenchmarkPrioritise is a city's whole answer, every criterion resampled.
func BenchmarkPrioritise(b *testing.B) {
	for _, method := range []Normalisation{NormaliseMinMax, NormaliseZScore, NormaliseRank} {
		b.Run(string(method), func(b *testing.B) {
			q := city(42, 5)
			q.Normalisation = method
			b.ReportAllocs()
			for b.Loop() {
				prioritise(b, q)
			}
		})
	}
}
