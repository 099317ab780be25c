package spatial

import (
	"fmt"
	"math"
	"testing"

	"kantong/internal/registry"
)

func TestPoissonAsPublished(t *testing.T) {
	var file struct {
		First struct {
			Smoothed []float64 `json:"empirical_bayes_global"`
		} `json:"first_five"`
		Full      []float64 `json:"full_global_poisson_spdep"`
		Tolerance struct{ Rtol, Atol float64 }
	}
	readTruth(t, "smoothing/pysal_rates_expected.json", &file)
	events, base := counts(column(t, "spatial/sids2.csv", "SID74")), counts(column(t, "spatial/sids2.csv", "BIR74"))
	got, pool, err := SmoothPoisson(events, base, nil)
	if err != nil || len(got) != len(file.Full) || len(got) != 100 || pool.Areas != 100 {
		t.Fatalf("%d rates, %d published: %v", len(got), len(file.Full), err)
	}
	for i, want := range file.Full {
		near(t, fmt.Sprint(i), got[i].Rate, want, file.Tolerance.Rtol, 0)
		near(t, "raw", got[i].Raw, float64(events[i])/float64(base[i]), 1e-15, 0)
	}
	for i, want := range file.First.Smoothed {
		near(t, fmt.Sprint(i), got[i].Rate, want, file.Tolerance.Rtol, file.Tolerance.Atol)
	}
}

// TestBinomialByTheFormula computes the estimate as it is written, and as the mean of the posterior beta distribution
// that it is.
func TestBinomialByTheFormula(t *testing.T) {
	events, base := []int64{2, 30, 5, 180, 0, 44}, []int64{20, 100, 40, 900, 25, 130}
	got, pool, err := SmoothBinomial(events, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	var e, n float64
	for i := range base {
		e, n = e+float64(events[i]), n+float64(base[i])
	}
	m, mean, s2 := e/n, n/6, 0.0
	for i := range base {
		r := float64(events[i]) / float64(base[i])
		s2 += float64(base[i]) * (r - m) * (r - m) / n
	}
	v := m * (1 - m)
	strength := v/pool.BetweenVariance - 1
	for i, area := range got {
		n, r := float64(base[i]), float64(events[i])/float64(base[i])
		rho := (n*s2 - n/mean*v) / ((n-1)*s2 + (mean-n)/mean*v)
		near(t, "ρ", area.Own, rho, 1e-12, 0)
		near(t, "rate", area.Rate, rho*r+(1-rho)*m, 1e-12, 0)
		near(t, "posterior mean", area.Rate, (m*strength+float64(events[i]))/(strength+n), 1e-12, 0)
		if area.Status != Computed || area.Raw != r || !(area.Lower < area.Rate && area.Rate < area.Upper) {
			t.Errorf("%+v", area)
		}
	}
	if !(got[0].Own < got[1].Own && got[1].Own < got[3].Own) {
		t.Errorf("a larger area counts for more of its rate: %+v", got)
	}
	if pool.Events != 261 || pool.Base != 1215 || pool.Areas != 6 || pool.Rate != m {
		t.Errorf("%+v", pool)
	}
}

func TestBinomialAtItsEdges(t *testing.T) {
	smooth := func(events, base []int64, known []bool) ([]SmoothedShare, Pool) {
		got, pool, err := SmoothBinomial(events, base, known)
		if err != nil {
			t.Fatal(err)
		}
		return got, pool
	}
	t.Run("equal rates give the rate of all", func(t *testing.T) {
		got, pool := smooth([]int64{2, 20, 200}, []int64{10, 100, 1000}, nil)
		for i, area := range got {
			if area.Own != 0 || area.Rate != pool.Rate || !(area.Lower < 0.2 && area.Upper > 0.2) {
				t.Errorf("area %d: %+v", i, area)
			}
		}
		if !(got[0].Upper-got[0].Lower > got[2].Upper-got[2].Lower) {
			t.Errorf("the smallest area is known best: %+v", got)
		}
	})
	t.Run("less scatter than chance makes", func(t *testing.T) {
		// The bare quotient would be above 1 for the largest area.
		got, pool := smooth([]int64{4, 4, 5, 20001}, []int64{20, 20, 24, 100000}, nil)
		for i, area := range got {
			if area.Own != 0 || area.Rate != pool.Rate || pool.BetweenVariance != 0 {
				t.Errorf("area %d: %+v of %+v", i, area, pool)
			}
		}
	})
	t.Run("nobody there, or not known", func(t *testing.T) {
		events, base := []int64{2, 0, 30, 7, 5}, []int64{20, 0, 100, 90, 40}
		got, pool := smooth(events, base, []bool{true, true, true, false, true})
		for _, i := range []int{1, 3} {
			if got[i] != (SmoothedShare{Smoothed: Smoothed{Status: NoValue}}) {
				t.Errorf("area %d: %+v", i, got[i])
			}
		}
		without, same := smooth([]int64{2, 30, 5}, []int64{20, 100, 40}, nil)
		if pool != same || got[0] != without[0] || got[2] != without[1] || got[4] != without[2] {
			t.Errorf("they count: %+v, without %+v", got, without)
		}
	})
	t.Run("nobody anywhere", func(t *testing.T) {
		got, pool := smooth([]int64{0, 0}, []int64{0, 0}, nil)
		if pool != (Pool{}) || got[0].Status != NoValue || got[1].Status != NoValue {
			t.Errorf("%+v, %+v", got, pool)
		}
		if got, _ := smooth(nil, nil, nil); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("no event is not certainty", func(t *testing.T) {
		for _, full := range []bool{false, true} {
			base := []int64{20, 100, 40}
			events := []int64{0, 0, 0}
			if full {
				events = []int64{20, 100, 40}
			}
			got, _ := smooth(events, base, nil)
			for _, area := range got {
				if area.Rate != area.Raw || area.Upper-area.Lower < 0.001 || area.Upper-area.Lower > 0.1 || area.Lower > area.Rate || area.Upper < area.Rate {
					t.Errorf("%+v", area)
				}
			}
		}
	})
	t.Run("a small area where events are rare", func(t *testing.T) {
		got, _ := smooth([]int64{0, 4, 5, 6, 5}, []int64{20, 5000, 5000, 5000, 5000}, nil)
		if got[0].Lower > got[0].Rate*2/3 || got[0].Upper < got[0].Rate*3/2 || got[0].Upper > 0.004 {
			t.Errorf("%+v", got[0])
		}
	})
	t.Run("one area has its own rate", func(t *testing.T) {
		got, _ := smooth([]int64{5}, []int64{20}, nil)
		if got[0].Rate != 0.25 || got[0].Lower > 0.15 || got[0].Lower < 0.05 || got[0].Upper < 0.35 || got[0].Upper > 0.5 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("one household each", func(t *testing.T) {
		got, _ := smooth([]int64{1, 0, 0, 0}, []int64{1, 1, 1, 1}, nil)
		if got[0].Rate != 0.25 || got[0].Upper < 0.6 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("all or nothing", func(t *testing.T) {
		got, _ := smooth([]int64{20, 0, 30, 0}, []int64{20, 20, 30, 30}, nil)
		if got[0].Rate != 1 || got[0].Lower < 0.8 || got[0].Lower > 0.99 || got[1].Rate != 0 || got[1].Upper < 0.01 {
			t.Errorf("%+v", got)
		}
	})
}

func TestSmoothingRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		events, base []int64
		known        []bool
	}{
		"more events than base": {[]int64{3}, []int64{2}, nil},
		"events of nobody":      {[]int64{1}, []int64{0}, nil},
		"negative events":       {[]int64{-1}, []int64{2}, nil},
		"negative base":         {[]int64{0}, []int64{-2}, nil},
		"no such city":          {[]int64{0}, []int64{math.MaxInt64}, nil},
		"lengths":               {[]int64{0}, []int64{1, 1}, nil},
		"known":                 {[]int64{0}, []int64{1}, []bool{true, true}},
	} {
		if _, _, err := SmoothBinomial(c.events, c.base, c.known); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, _, err := SmoothPoisson([]int64{3, 0}, []int64{2, 0}, nil); err != nil || got[0].Rate != 1.5 || got[1].Status != NoValue {
		t.Errorf("rates above 1 of rare events: %+v, %v", got, err)
	}
	if _, _, err := SmoothPoisson([]int64{-3}, []int64{2}, nil); err == nil {
		t.Error("negative events are taken")
	}
	if _, _, err := SmoothBinomial([]int64{-9}, []int64{3}, []bool{false}); err != nil {
		t.Errorf("what isn't known is looked at: %v", err)
	}
}
