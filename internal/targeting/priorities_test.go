package targeting

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kantong/internal/registry"
)

// missing is an observation without a value.
var missing = Observation{Status: registry.UnknownFigure}

func published(values ...float64) []Observation {
	out := make([]Observation, len(values))
	for i, v := range values {
		out[i].Value = v
	}
	return out
}

// shares makes observations of pairs of events and households.
func shares(pairs ...[2]int64) []Observation {
	out := make([]Observation, len(pairs))
	for i, p := range pairs {
		out[i] = Observation{Events: p[0], Of: p[1]}
	}
	return out
}

func criterion(name string, weight float64, o Orientation, values []Observation) Criterion {
	return Criterion{Name: name, Weight: weight, Orientation: o, Basis: PublishedFigure, Values: values}
}

// threeAreas: the poor share is worst in b, safe water in a.
func threeAreas() PriorityQuestion {
	poor := criterion("poor", 3, MoreIsWorse, shares([2]int64{10, 100}, [2]int64{60, 200}, [2]int64{10, 50}))
	poor.Basis = HouseholdShare
	return PriorityQuestion{Areas: []registry.AreaCode{"a", "b", "c"}, Normalisation: NormaliseMinMax, Top: 1,
		Criteria: []Criterion{poor, criterion("water", 1, LessIsWorse, published(50, 90, 70))}}
}

func prioritise(t testing.TB, q PriorityQuestion) Priorities {
	t.Helper()
	p, err := Prioritise(q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// order writes the areas with their ranks.
func order(p Priorities) string {
	var out []string
	for _, a := range p.Areas {
		out = append(out, fmt.Sprintf("%s%d", a.Area, a.Rank))
	}
	return strings.Join(out, " ")
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }

func TestPrioritiseByHand(t *testing.T) {
	deviations := math.Sqrt(1.5) // 10, 30, 20: mean 20, variance 200/3, so 10 is 10/√(200/3) = √1.5 below
	for _, c := range []struct {
		method Normalisation
		scores map[registry.AreaCode]float64
	}{
		{NormaliseMinMax, map[registry.AreaCode]float64{"a": 0.25, "b": 0.75, "c": 0.5}},
		{NormaliseRank, map[registry.AreaCode]float64{"a": 0.25, "b": 0.75, "c": 0.5}},
		{NormaliseZScore, map[registry.AreaCode]float64{"a": -0.5 * deviations, "b": 0.5 * deviations, "c": 0}},
	} {
		q := threeAreas()
		q.Normalisation = c.method
		p := prioritise(t, q)
		if got := order(p); got != "b1 c2 a3" {
			t.Errorf("%s: %s", c.method, got)
		}
		for _, a := range p.Areas {
			if !near(a.Score, c.scores[a.Area]) || a.Uncertainty != nil {
				t.Errorf("%s: %+v", c.method, a)
			}
		}
	}
	last := prioritise(t, threeAreas()).Areas[2]
	want := []Contribution{{"poor", registry.Rate{Value: 0.1}, 0, 0.75, 0}, {"water", registry.Rate{Value: 50}, 1, 0.25, 0.25}}
	if !reflect.DeepEqual(last.Contributions, want) {
		t.Errorf("%+v", last.Contributions)
	}
}

func TestPrioritiseCounts(t *testing.T) {
	q := threeAreas()
	q.Criteria[0].Basis = HouseholdCount // 10, 60, 10
	if p := prioritise(t, q); order(p) != "b1 a2 c3" || p.Areas[0].Contributions[0].Raw.Value != 60 {
		t.Errorf("%s: %+v", order(p), p.Areas[0])
	}
}

func TestRanksShareTheMean(t *testing.T) {
	q := PriorityQuestion{Areas: []registry.AreaCode{"d", "a", "b", "c"}, Normalisation: NormaliseRank, Top: 1,
		Criteria: []Criterion{criterion("x", 1, MoreIsWorse, published(5, 1, 1, 2))}}
	p := prioritise(t, q)
	if got := order(p); got != "d1 c2 a3 b3" {
		t.Error(got)
	}
	for i, want := range []float64{1, 2. / 3, 1. / 6, 1. / 6} {
		if !near(p.Areas[i].Score, want) {
			t.Errorf("%+v, want %g", p.Areas[i], want)
		}
	}
}

// TestSumsOfOtherOrderTie has equal scores whose sums differ in their last bit.
func TestSumsOfOtherOrderTie(t *testing.T) {
	q := PriorityQuestion{Areas: []registry.AreaCode{"a", "b", "c", "d"}, Normalisation: NormaliseMinMax, Top: 1, Criteria: []Criterion{
		criterion("x", 1, MoreIsWorse, published(0.1, 0.3, 0, 1)), criterion("y", 1, MoreIsWorse, published(0.2, 0.2, 0, 1)),
		criterion("z", 1, MoreIsWorse, published(0.3, 0.1, 0, 1)),
	}}
	if got := order(prioritise(t, q)); got != "d1 a2 b2 c4" {
		t.Error(got)
	}
}

func TestPrioritiseMissing(t *testing.T) {
	q := threeAreas()
	q.Areas = append(q.Areas, "e", "d", "f")
	q.Criteria[0].Values = append(q.Criteria[0].Values, Observation{Of: 0}, Observation{Events: 40, Of: 200}, missing)
	q.Criteria[1].Values = append(q.Criteria[1].Values, missing, Observation{Status: registry.Suppressed}, Observation{Value: 50})
	q.Draws, q.Concentration = 100, 50
	p := prioritise(t, q)
	if got := order(p); got != "f1 b2 c3 d3 a5 e0" {
		t.Fatal(got)
	}
	d, e, f := p.Areas[3], p.Areas[5], p.Areas[0]
	if !near(d.Score, 0.5) || d.Contributions[0].Weight != 1 || d.Contributions[1].Raw.Status != registry.Suppressed ||
		d.Contributions[1].Weight != 0 || d.Note != "no value of water: the other criteria weigh more here" {
		t.Errorf("%+v", d)
	}
	if e.Uncertainty != nil || e.Score != 0 || !strings.HasPrefix(e.Note, "not ranked") {
		t.Errorf("%+v", e)
	}
	if f.Uncertainty == nil || f.Score != 1 {
		t.Errorf("%+v", f)
	}
}

func TestPrioritiseDegenerate(t *testing.T) {
	t.Run("no area", func(t *testing.T) {
		q := PriorityQuestion{Normalisation: NormaliseMinMax, Top: 3, Draws: 100, Concentration: 50, Criteria: []Criterion{criterion("x", 1, MoreIsWorse, nil)}}
		if p := prioritise(t, q); len(p.Areas) != 0 || p.Criteria[0].Note != "no area has a value" {
			t.Errorf("%+v", p)
		}
	})
	for _, method := range []Normalisation{NormaliseMinMax, NormaliseZScore, NormaliseRank} {
		for _, n := range []int{1, 42} {
			t.Run(fmt.Sprintf("%d equal areas by %s", n, method), func(t *testing.T) {
				q := PriorityQuestion{Normalisation: method, Top: 3, Draws: 100, Concentration: 50, Criteria: []Criterion{{Name: "x", Weight: 2, Orientation: MoreIsWorse, Basis: HouseholdShare}}}
				for i := range n {
					q.Areas = append(q.Areas, registry.AreaCode(fmt.Sprintf("%02d", n-i)))
					q.Criteria[0].Values = append(q.Criteria[0].Values, Observation{Events: 3, Of: 10})
				}
				p := prioritise(t, q)
				for i, a := range p.Areas {
					if a.Rank != 1 || a.Score != 0 || a.Area != registry.AreaCode(fmt.Sprintf("%02d", i+1)) || a.Uncertainty.Low != 1 || a.Uncertainty.High != 1 || a.Uncertainty.InTop(1) != 1 {
						t.Fatalf("%+v", a)
					}
				}
				if c := p.Criteria[0]; c.Weight != 1 || !strings.HasPrefix(c.Note, "the same in every area") {
					t.Errorf("%+v", c)
				}
				if o := p.Sensitivity[0]; o.Leaders != nil || o.Spearman.Status != registry.UnknownFigure {
					t.Errorf("%+v", o)
				}
			})
		}
	}
	t.Run("a constant criterion has weight 0", func(t *testing.T) {
		q := threeAreas()
		q.Criteria = append(q.Criteria, criterion("same", 4, MoreIsWorse, published(math.Nextafter(0.3, 1), 0.3, 0.3)), criterion("none", 4, MoreIsWorse, []Observation{missing, missing, missing}))
		p := prioritise(t, q)
		if !near(p.Criteria[0].Weight, 0.75) || p.Criteria[2].Weight != 0 || p.Criteria[3].Weight != 0 || p.Criteria[3].Note != "no area has a value" {
			t.Errorf("%+v", p.Criteria)
		}
		if order(p) != "b1 c2 a3" || p.Areas[0].Note != "" || len(p.Sensitivity) != 2 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("all missing", func(t *testing.T) {
		q := threeAreas()
		q.Criteria = []Criterion{criterion("none", 4, MoreIsWorse, []Observation{missing, missing, missing})}
		q.Draws, q.Concentration = 50, 50
		if p := prioritise(t, q); order(p) != "a0 b0 c0" || p.Areas[0].Uncertainty != nil {
			t.Errorf("%+v", p)
		}
	})
	t.Run("perturbed events above all", func(t *testing.T) {
		q := threeAreas()
		q.Criteria[0].Values[0] = Observation{Events: 22, Of: 20, Status: registry.Perturbed}
		q.Draws, q.Concentration = 50, 50
		if p := prioritise(t, q); p.Areas[0].Contributions[0].Raw != (registry.Rate{Value: 1, Status: registry.Perturbed}) {
			t.Errorf("%+v", p.Areas[0])
		}
	})
	t.Run("weights of very different size", func(t *testing.T) {
		q := threeAreas()
		q.Criteria[0].Weight, q.Criteria[1].Weight = 1e-300, 1e100
		q.Criteria[1].Values[2] = missing
		q.Draws, q.Concentration = 100, 1
		for _, a := range prioritise(t, q).Areas {
			if a.Rank > 0 && a.Uncertainty.Low == 0 {
				t.Errorf("%+v", a)
			}
		}
	})
}

func TestPrioritiseRefuses(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*PriorityQuestion)
	}{
		{"areas", func(q *PriorityQuestion) { q.Areas[1] = "a" }},
		{"normalisation", func(q *PriorityQuestion) { q.Normalisation = "LOG" }},
		{"top", func(q *PriorityQuestion) { q.Top = 0 }},
		{"draws", func(q *PriorityQuestion) { q.Draws = -1 }},
		{"draws", func(q *PriorityQuestion) { q.Draws = MaxDraws + 1 }},
		{"draws", func(q *PriorityQuestion) { // 200 areas
			q.Draws = MaxDraws
			for i := range 200 {
				q.Areas = append(q.Areas, registry.AreaCode(fmt.Sprint("k", i)))
			}
		}},
		{"concentration", func(q *PriorityQuestion) { q.Draws, q.Concentration = 1, math.NaN() }},
		{"concentration", func(q *PriorityQuestion) { q.Draws, q.Concentration = 1, 0 }},
		{"criteria", func(q *PriorityQuestion) { q.Criteria = nil }},
		{"criteria", func(q *PriorityQuestion) { q.Criteria[0].Weight, q.Criteria[1].Weight = 0, 0 }},
		{"criteria[1].weight", func(q *PriorityQuestion) { q.Criteria[1].Weight = -1 }},
		{"criteria[1].weight", func(q *PriorityQuestion) { q.Criteria[1].Weight = math.NaN() }},
		{"criteria[1].weight", func(q *PriorityQuestion) { q.Criteria[1].Weight = math.Inf(1) }},
		{"criteria[0].orientation", func(q *PriorityQuestion) { q.Criteria[0].Orientation = "" }},
		{"criteria[0].basis", func(q *PriorityQuestion) { q.Criteria[0].Basis = "" }},
		{"criteria[1].values", func(q *PriorityQuestion) { q.Criteria[1].Values = published(1, 2) }},
		{"criteria[1].values[2].value", func(q *PriorityQuestion) { q.Criteria[1].Values[2].Value = math.NaN() }},
		{"criteria[1].values[2].value", func(q *PriorityQuestion) { q.Criteria[1].Values[2].Value = math.Inf(-1) }},
		{"criteria[0].values[0].events", func(q *PriorityQuestion) { q.Criteria[0].Values[0].Events = 101 }},
		{"criteria[0].values[0].events", func(q *PriorityQuestion) { q.Criteria[0].Values[0].Events = -1 }},
	} {
		q := threeAreas()
		c.change(&q)
		p, err := Prioritise(q)
		if e, ok := err.(*registry.Error); !ok || e.Code != registry.CodeBadUserInput || e.Field != c.field {
			t.Errorf("%s: %v, %+v", c.field, err, p)
		}
	}
}

func TestSensitivity(t *testing.T) {
	q := threeAreas()
	q.Top = 2
	o := prioritise(t, q).Sensitivity
	want := []Omission{ // with both: b, c, a; water alone: a, c, b; poor alone: b, c, a
		{Criterion: "poor", Leaders: []registry.AreaCode{"a"}, Entered: []registry.AreaCode{"a"}, Left: []registry.AreaCode{"b"}, Spearman: registry.Rate{Value: -1}, Largest: RankChange{"a", 3, 1}},
		{Criterion: "water", Leaders: []registry.AreaCode{"b"}, Spearman: registry.Rate{Value: 1}},
	}
	for i := range o {
		o[i].Spearman.Value = math.Round(o[i].Spearman.Value*1e12) / 1e12
	}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("%+v", o)
	}
}

// anyQuestion has missing values, ties, large and small numbers.
func anyQuestion(t *rapid.T) PriorityQuestion {
	q := PriorityQuestion{Normalisation: rapid.SampledFrom([]Normalisation{NormaliseMinMax, NormaliseZScore, NormaliseRank}).Draw(t, "method"),
		Top: rapid.IntRange(1, 9).Draw(t, "top"), Draws: rapid.IntRange(0, 30).Draw(t, "draws"), Concentration: rapid.Float64Range(1, 200).Draw(t, "κ"), Seed: rapid.Uint64().Draw(t, "seed")}
	for i := range rapid.IntRange(0, 9).Draw(t, "areas") {
		q.Areas = append(q.Areas, registry.AreaCode(fmt.Sprint("k", i)))
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "criteria") {
		c := Criterion{Name: fmt.Sprint("c", i), Weight: rapid.SampledFrom([]float64{0, 0.3, 1, 7, 1e9}).Draw(t, "weight"),
			Orientation: rapid.SampledFrom([]Orientation{MoreIsWorse, LessIsWorse}).Draw(t, "orientation"),
			Basis:       rapid.SampledFrom([]Basis{PublishedFigure, HouseholdShare, HouseholdCount}).Draw(t, "basis")}
		for range q.Areas {
			of := rapid.SampledFrom([]int64{0, 1, 3, 20, 700, 1 << 50}).Draw(t, "of")
			c.Values = append(c.Values, Observation{Value: rapid.SampledFrom([]float64{0, 1, 1, 2, -5, 1e15, 1e-9}).Draw(t, "value"), Of: of,
				Events: rapid.Int64Range(0, of).Draw(t, "events"), Status: rapid.SampledFrom([]registry.FigureStatus{0, 0, 0, 0, registry.Suppressed, registry.UnknownFigure}).Draw(t, "status")})
		}
		q.Criteria = append(q.Criteria, c)
	}
	q.Criteria[0].Weight = 1
	return q
}

func TestPrioritiesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		p, err := Prioritise(q)
		if err != nil {
			t.Fatal(err)
		}
		weights, better := 0.0, 0
		for _, c := range p.Criteria {
			weights += c.Weight
		}
		if !near(weights, 1) || len(p.Areas) != len(q.Areas) {
			t.Fatalf("weights %g, %d areas", weights, len(p.Areas))
		}
		for i, a := range p.Areas {
			sum, own := 0.0, 0.0
			for _, c := range a.Contributions {
				sum += c.Weighted
				own += c.Weight
			}
			switch {
			case sum != a.Score || a.Score != a.Score:
				t.Fatalf("contributions add up to %g, not %g", sum, a.Score)
			case q.Normalisation != NormaliseZScore && !(a.Score >= 0 && a.Score <= 1+1e-12):
				t.Fatalf("score %g", a.Score)
			case a.Rank > 0 && !near(own, 1) || a.Rank == 0 && own != 0:
				t.Fatalf("weights %g at rank %d", own, a.Rank)
			case a.Rank > 0 && i > 0 && p.Areas[i-1].Rank == 0:
				t.Fatal("an area without a rank stands above one that has a rank")
			case (a.Uncertainty != nil) != (a.Rank > 0 && q.Draws > 0):
				t.Fatalf("uncertainty %v at rank %d of %d draws", a.Uncertainty, a.Rank, q.Draws)
			case a.Rank > 0 && a.Rank != i+1 && (a.Rank != p.Areas[i-1].Rank || !near(a.Score, p.Areas[i-1].Score)):
				t.Fatalf("rank %d at place %d", a.Rank, i+1)
			}
			if a.Rank > 0 {
				better++
			}
		}
		for _, a := range p.Areas {
			if u := a.Uncertainty; u != nil && !(1 <= u.Low && u.Low <= u.High && u.High <= better && u.InTop(1) <= u.InTop(5) && u.InTop(len(p.Areas)) == 1) {
				t.Fatalf("%+v of %d", u, better)
			}
		}
	})
}

// TestOrderOfAreasDoesNotMatter asks the same with the areas the other way round, and with doubled weights.
func TestOrderOfAreasDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		first, err := Prioritise(q)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(q.Areas)
		for i := range q.Criteria {
			slices.Reverse(q.Criteria[i].Values)
			q.Criteria[i].Weight *= 2
		}
		second, err := Prioritise(q)
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("%v\n%+v\n%+v", err, first, second)
		}
	})
}
