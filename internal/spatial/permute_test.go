package spatial

import (
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
)

// city is a grid of 42 areas with values that cluster somewhat.
func city(t testing.TB) *Field {
	random := rand.New(rand.NewPCG(4, 2))
	values := make([]float64, 42)
	for i := range values {
		values[i] = 0.2 + 0.01*float64(i%7) + 0.05*random.Float64()
	}
	return field(t, values, nil, weights(t, lattice(7, 6, true), RowStandardised))
}

// TestTheSameSeedGivesTheSameAnswer pins what seeds give, so that an upgrade or a platform that changes it is noticed.
func TestTheSameSeedGivesTheSameAnswer(t *testing.T) {
	f := field(t, []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}, nil, weights(t, lattice(4, 3, true), RowStandardised))
	var got [][3]float64
	for _, c := range f.Permute(Permutation{Draws: 999, Seed: 20250}) {
		got = append(got, [3]float64{math.Round(c.Upper * 1000), math.Round(c.Lower * 1000), math.Round(c.P * 1000)})
	}
	global := f.Moran(Permutation{Draws: 999, Seed: 20250})
	got = append(got, [3]float64{math.Round(global.Upper * 1000), math.Round(global.Lower * 1000), math.Round(global.P * 1000)})
	want := [][3]float64{
		{394, 715, 727}, {549, 537, 1000}, {755, 318, 593}, {729, 402, 718},
		{568, 518, 1000}, {885, 182, 334}, {472, 615, 888}, {643, 446, 905},
		{173, 887, 311}, {243, 817, 437}, {89, 941, 149}, {437, 654, 901},
		{411, 590, 905},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if reflect.DeepEqual(f.Permute(Permutation{Draws: 999, Seed: 1}), f.Permute(Permutation{Draws: 999, Seed: 2})) {
		t.Error("another seed gives the same")
	}
}

// TestAnAreaDependsOnNoOther: alone, together or at the same time, its draws are the same.
func TestAnAreaDependsOnNoOther(t *testing.T) {
	f := city(t)
	p := Permutation{Draws: 499, Seed: 5}
	together := f.Permute(p)
	alone := make([][]int, 42)
	alone[17] = f.weights.Neighbours(17)
	only := *f
	only.weights = weights(t, alone, RowStandardised)
	if got := only.Permute(p)[17]; got != together[17] {
		t.Errorf("alone %+v, together %+v", got, together[17])
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got := f.Permute(p); !reflect.DeepEqual(got, together) {
				t.Error("another answer at the same time")
			}
		})
	}
	wait.Wait()
}

func TestDrawsDefault(t *testing.T) {
	f := city(t)
	for _, draws := range []int{0, -5} {
		if !reflect.DeepEqual(f.Permute(Permutation{Draws: draws, Seed: 3}), f.Permute(Permutation{Draws: DefaultDraws, Seed: 3})) {
			t.Errorf("%d draws are not the default", draws)
		}
	}
	if got := f.Permute(Permutation{Draws: 1, Seed: 3})[0]; math.Mod(got.P, 0.5) != 0 {
		t.Errorf("one draw gives p = %g", got.P)
	}
}

// TestAWordServesFewSteps: never more than 2^40 ways to go, and not a word for each step.
func TestAWordServesFewSteps(t *testing.T) {
	for _, size := range []int{1, 2, 41, 1000, 1 << 21} {
		steps := min(size/2+1, 50)
		words, ways := 0, 1.0
		for k, fresh := range freshWords(size, steps) {
			if fresh {
				words, ways = words+1, 1
			}
			ways *= float64(size - k)
			if ways > 1<<40 || size > 1 && k == 0 && !fresh {
				t.Errorf("%g ways at step %d of %d", ways, k, size)
			}
		}
		if size < 100 && words > 1+steps/7 {
			t.Errorf("%d words for %d steps", words, steps)
		}
	}
}

// TestWhereThereIsNothing: of many areas whose values are chance, a share of about α has P ≤ α, and hardly any a class.
func TestWhereThereIsNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	w := weights(t, lattice(7, 6, true), RowStandardised)
	const cities = 150
	small, classified, folded := 0, 0, 0
	for seed := range uint64(cities) {
		values := make([]float64, 42)
		for i := range values {
			values[i] = random.ExpFloat64() // skewed, as rates of poverty are
		}
		f := field(t, values, nil, w)
		any := false
		for _, s := range f.HotSpots(f.Permute(Permutation{Draws: 999, Seed: seed})) {
			if s.P <= 0.05 {
				small++
			}
			if min(s.Upper, s.Lower) <= 0.05 {
				folded++
			}
			any = any || s.Class != NotSignificant
		}
		if any {
			classified++
		}
	}
	if rate := float64(small) / (42 * cities); rate < 0.04 || rate > 0.06 {
		t.Errorf("P ≤ 0.05 in a share of %.3f", rate)
	}
	if rate := float64(folded) / (42 * cities); rate < 0.08 {
		t.Errorf("the smaller one-sided p is ≤ 0.05 in a share of %.3f only", rate)
	}
	if rate := float64(classified) / cities; rate > 0.16 { // at 90 percent: one city in ten, and 3 standard errors
		t.Errorf("a share of %.3f of the cities has a hot or cold spot by chance", rate)
	}
}

// TestScaleAndPlaceOfValuesDoNotMatter: no statistic has a unit.
func TestScaleAndPlaceOfValuesDoNotMatter(t *testing.T) {
	base := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}
	w := weights(t, lattice(4, 3, true), RowStandardised)
	p := Permutation{Draws: 499, Seed: 11}
	want := field(t, base, nil, w)
	for _, scale := range []float64{1e-300, 1e-3, 7, 1e307} {
		for _, shift := range []float64{0, -5, 1e3} {
			values := make([]float64, len(base))
			for i, x := range base {
				values[i] = (x/16 + shift/16) * scale
			}
			if !finite(1e3 / 16 * scale) {
				continue
			}
			f := field(t, values, nil, w)
			got, expected := f.Permute(p), want.Permute(p)
			if !reflect.DeepEqual(got, expected) {
				t.Errorf("× %g + %g: other p", scale, shift)
			}
			for i, s := range f.HotSpots(got) {
				near(t, "Gi*", s.Z, want.HotSpots(expected)[i].Z, 1e-9, 1e-9)
				near(t, "I", f.LocalMoran(got)[i].I, want.LocalMoran(expected)[i].I, 1e-9, 1e-9)
			}
			near(t, "global", f.Moran(p).I, want.Moran(p).I, 1e-9, 1e-9)
			if f.Moran(p).Tails != want.Moran(p).Tails {
				t.Errorf("× %g + %g: another global p", scale, shift)
			}
		}
	}
}

func BenchmarkLocal42Areas9999Draws(b *testing.B) {
	f := city(b)
	for b.Loop() {
		chances := f.Permute(Permutation{Seed: 1})
		f.HotSpots(chances)
		f.LocalMoran(chances)
	}
}

func BenchmarkMoran42Areas9999Draws(b *testing.B) {
	f := city(b)
	for b.Loop() {
		f.Moran(Permutation{Seed: 1})
	}
}
