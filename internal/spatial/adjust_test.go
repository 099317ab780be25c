package spatial

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBenjaminiHochberg uses the example of Benjamini and Hochberg 1995, 15 p values of which the first four are rejected at
// 0.05.
func TestBenjaminiHochberg(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(p))
	shuffled := make([]float64, len(p))
	for i, at := range order {
		shuffled[i] = p[at]
	}
	given := slices.Clone(shuffled)
	adjusted := BenjaminiHochberg(shuffled)
	if !slices.Equal(shuffled, given) {
		t.Error("the caller's list was changed")
	}
	for i, at := range order {
		if (adjusted[i] <= 0.05) != (at < 4) {
			t.Errorf("p(%d) = %g is adjusted to %g", at+1, p[at], adjusted[i])
		}
		want := 1.0 // the definition, written out
		for j := at; j < len(p); j++ {
			want = math.Min(want, p[j]*15/float64(j+1))
		}
		near(t, "adjusted", adjusted[i], want, 1e-12, 0)
	}
	if got := BenjaminiHochberg(nil); len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
	if got := BenjaminiHochberg([]float64{0.3}); got[0] != 0.3 {
		t.Errorf("of one: %v", got)
	}
}

// TestOnlyWhatIsComputedIsATest: areas without a result don't make the others' p larger.
func TestOnlyWhatIsComputedIsATest(t *testing.T) {
	results := []HotSpot{{Status: Computed, Tails: Tails{P: 0.01}}, {Status: NoValue}, {Status: Computed, Tails: Tails{P: 0.5}}}
	adjust(results, func(s *HotSpot) (Status, float64, *float64) { return s.Status, s.P, &s.Adjusted })
	if results[0].Adjusted != 0.02 || results[1].Adjusted != 0 || results[2].Adjusted != 0.5 {
		t.Errorf("%+v", results)
	}
}

func TestConfidence(t *testing.T) {
	for adjusted, want := range map[float64]int{0.01: 99, 0.0101: 95, 0.05: 95, 0.051: 90, 0.1: 90, 0.1001: 0, 1: 0} {
		if got := confidence(adjusted); got != want {
			t.Errorf("%g: %d, want %d", adjusted, got, want)
		}
	}
}
