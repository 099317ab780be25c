package spatial

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"kantong/internal/registry"
)

func TestStatuses(t *testing.T) {
	no, yes := false, true
	tenth, fifth := 0.1, 0.2 // their sum isn't 0.3
	for _, c := range []struct {
		name       string
		values     []float64
		known      []bool
		neighbours [][]int
		want       []Status // of local Moran
		star       []Status // of Gi*, where it differs
		global     Status
	}{
		{name: "no area", global: NoValue},
		{name: "one area", values: []float64{4}, neighbours: [][]int{{}}, want: []Status{NoSpread}, global: NoSpread},
		{name: "two areas", values: []float64{4, 5}, neighbours: [][]int{{1}, {0}},
			want: []Status{Computed, Computed}, star: []Status{NoContrast, NoContrast}, global: Computed},
		{name: "islands", values: []float64{4, 5, 6}, neighbours: [][]int{{}, {}, {}},
			want: []Status{NoNeighbours, NoNeighbours, NoNeighbours}, global: NoNeighbours},
		{name: "constant", values: []float64{0.1, 0.1, 0.1}, neighbours: [][]int{{1}, {2}, {0}},
			want: []Status{NoSpread, NoSpread, NoSpread}, global: NoSpread},
		{name: "constant but for rounding", values: []float64{0.3, tenth + fifth, 0.3}, neighbours: [][]int{{1}, {2}, {0}},
			want: []Status{NoSpread, NoSpread, NoSpread}, global: NoSpread},
		{name: "zeros", values: []float64{0, 0}, neighbours: [][]int{{1}, {0}}, want: []Status{NoSpread, NoSpread}, global: NoSpread},
		{name: "nothing known", values: []float64{4, math.NaN()}, known: []bool{no, no}, neighbours: [][]int{{1}, {0}},
			want: []Status{NoValue, NoValue}, global: NoValue},
		{name: "all neighbours unknown", values: []float64{1, 2, 3, 99}, known: []bool{yes, yes, yes, no}, neighbours: [][]int{{3}, {2}, {1}, {0, 1, 2}},
			want: []Status{NoNeighbours, Computed, Computed, NoValue}, global: Computed},
		{name: "huge", values: []float64{math.MaxFloat64, -math.MaxFloat64, 0, 1}, neighbours: [][]int{{1}, {2}, {3}, {0}},
			want: []Status{Computed, Computed, Computed, Computed}, global: Computed},
		{name: "tiny", values: []float64{5e-324, 0, 0, 0}, neighbours: [][]int{{1}, {2}, {3}, {0}},
			want: []Status{Computed, Computed, Computed, Computed}, global: Computed},
	} {
		f, err := NewField(c.values, c.known, weights(t, c.neighbours, RowStandardised))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		p := Permutation{Draws: 99, Seed: 1}
		chances := f.Permute(p)
		star := c.star
		if star == nil {
			star = c.want
		}
		spots, local := f.HotSpots(chances), f.LocalMoran(chances)
		if len(spots) != len(c.want) || len(local) != len(c.want) {
			t.Fatalf("%s: %d and %d results", c.name, len(spots), len(local))
		}
		for i := range c.want {
			if local[i].Status != c.want[i] || spots[i].Status != star[i] {
				t.Errorf("%s, area %d: %s and %s, want %s and %s", c.name, i, local[i].Status, spots[i].Status, c.want[i], star[i])
			}
		}
		if m := f.Moran(p); m.Status != c.global {
			t.Errorf("%s: global Moran is %s, want %s", c.name, m.Status, c.global)
		}
	}
}

// TestGiWhereTheOthersAreEqual: Gi* has a spread, Gi hasn't.
func TestGiWhereTheOthersAreEqual(t *testing.T) {
	f := field(t, []float64{0.7, 0.1, 0.1, 0.1, 0.1}, nil, weights(t, [][]int{{1, 2}, {0, 2}, {3}, {4}, {0}}, Binary))
	chances := f.Permute(Permutation{Draws: 99, Seed: 1})
	if gi, star := f.Getis(chances), f.HotSpots(chances); gi[0].Status != NoSpread || gi[0].Class != "" || star[0].Status != Computed || gi[1].Status != Computed {
		t.Errorf("%+v, %+v", gi, star)
	}
	if local := f.LocalMoran(chances)[0]; local.P != 1 || math.Abs(local.Variance) > 1e-12 {
		t.Errorf("every draw is the observed one: %+v", local)
	}
}

func TestRefused(t *testing.T) {
	w := weights(t, [][]int{{1}, {0}}, Binary)
	for name, c := range map[string]struct {
		values []float64
		known  []bool
	}{
		"NaN":          {[]float64{1, math.NaN()}, nil},
		"infinite":     {[]float64{1, math.Inf(-1)}, []bool{true, true}},
		"too few":      {[]float64{1}, nil},
		"known differ": {[]float64{1, 2}, []bool{true}},
	} {
		if _, err := NewField(c.values, c.known, w); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatIsMissingIsReported and doesn't count.
func TestWhatIsMissingIsReported(t *testing.T) {
	values, known := []float64{5, math.NaN(), 7, 1, 2}, []bool{true, false, true, true, true}
	f := field(t, values, known, weights(t, [][]int{{1}, {0, 2}, {1, 3}, {2, 4}, {3}}, RowStandardised))
	known[0] = false // the caller's own to change
	if got := f.WithoutValue(); len(got) != 1 || got[0] != 1 {
		t.Errorf("without value: %v", got)
	}
	if got := f.Islands(); len(got) != 1 || got[0] != 0 {
		t.Errorf("islands: %v", got)
	}
	chances := f.Permute(Permutation{Draws: 99, Seed: 1})
	if f.Count() != 4 || chances[2].Neighbours != 1 || chances[1].Neighbours != 0 {
		t.Errorf("%d areas count, %+v", f.Count(), chances)
	}
	if spot := f.HotSpots(chances)[2]; math.Abs(spot.Z-written([]float64{5, 7, 1, 2}, []int{1, 2}, -1)) > 1e-12 {
		t.Errorf("%+v", spot)
	}
}

// TestNothingEverIsNoNumber draws fields of all shapes.
func TestNothingEverIsNoNumber(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, 9).Draw(r, "areas")
		neighbours := make([][]int, n)
		values, known := make([]float64, n), make([]bool, n)
		for i := range n {
			for j := range n {
				if i != j && rapid.Bool().Draw(r, "near") {
					neighbours[i] = append(neighbours[i], j)
				}
			}
			values[i] = rapid.OneOf(rapid.Float64Range(-1, 1), rapid.Float64(), rapid.Map(rapid.IntRange(0, 2), func(k int) float64 { return float64(k) })).Draw(r, "value")
			known[i] = rapid.IntRange(0, 3).Draw(r, "known") > 0
		}
		w, err := NewWeights(neighbours, Style(rapid.IntRange(0, 1).Draw(r, "style")))
		if err != nil {
			r.Fatal(err)
		}
		f, err := NewField(values, known, w)
		if err != nil {
			r.Fatal(err)
		}
		p := Permutation{Draws: 19, Seed: rapid.Uint64().Draw(r, "seed")}
		chances, global := f.Permute(p), f.Moran(p)
		numbers := []float64{global.I, global.Expectation, global.P, global.Upper, global.Lower}
		for _, z := range []*MoranZ{global.Normality, global.Randomisation} {
			if z != nil {
				numbers = append(numbers, z.Variance, z.Z, z.P)
			}
		}
		for _, spots := range [][]HotSpot{f.HotSpots(chances), f.Getis(chances)} {
			for _, s := range spots {
				numbers = append(numbers, s.Z, s.P, s.Adjusted)
				if (s.Status == Computed) != (s.Class != "") || s.Status == Computed && (s.P < 0.05 || s.P > 1 || s.Adjusted < s.P || s.Upper+s.Lower < 1) {
					r.Fatalf("%+v", s)
				}
			}
		}
		for _, l := range f.LocalMoran(chances) {
			numbers = append(numbers, l.I, l.Expectation, l.Variance, l.P, l.Adjusted)
			if l.Variance < 0 {
				r.Fatalf("%+v", l)
			}
		}
		for _, x := range numbers {
			if !finite(x) {
				r.Fatalf("%v: %+v", numbers, global)
			}
		}
	})
}
