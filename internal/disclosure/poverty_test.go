package disclosure

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// TestSumsOfPovertyAreProtected: every sum beside the counts is as if there were more or fewer people, by another number
// each, and goes with them when they are withheld.
func TestSumsOfPovertyAreProtected(t *testing.T) {
	w := newTown(t, registry.RolePartner, 3000)
	q := registry.SummaryQuery{By: []registry.Dimension{byKelurahan}, Lines: []int64{100_000, 550_000, 1_500_000}}
	answers, err := w.exact.Summarise(t.Context(), []registry.SummaryQuery{q})
	if err != nil {
		t.Fatal(err)
	}
	shown, withheld, same, alike := 0, 0, 0, 0
	for i, cell := range w.ask(t, q) {
		for k, p := range cell.Poverty {
			if !p.Base.Status.HasValue() || !p.Poor.Status.HasValue() {
				withheld++
				if p.Gap != 0 || p.MembersSquared != 0 || p.GapSquared != (registry.Uint128{}) || p.GapFourth != (registry.Uint128{}) {
					t.Errorf("sums of what is withheld: %+v", p)
				}
				continue
			}
			truth := answers[0][i].Poverty[k]
			people := [4]int64{truth.Base.People, truth.Poor.People, truth.Poor.People, truth.Poor.People}
			var factors [4]float64
			for s, pair := range [4][2]float64{{float64(p.MembersSquared), float64(truth.MembersSquared)}, {float64(p.Gap), float64(truth.Gap)},
				{p.GapSquared.Float64(), truth.GapSquared.Float64()}, {p.GapFourth.Float64(), truth.GapFourth.Float64()}} {
				factors[s] = (pair[0]/pair[1] - 1) * float64(people[s])
				if off := math.Abs(factors[s] - math.Round(factors[s])); off > 0.2 || math.Abs(factors[s]) > float64(DefaultPolicy().People.MaxDeviation)+0.5 {
					t.Errorf("sum %d is %g, of truth %g: %g people more or fewer, want a whole number within the noise", s, pair[0], pair[1], factors[s])
				}
				if pair[0] == pair[1] {
					same++
				}
				shown++
			}
			for _, f := range factors[:3] {
				if math.Abs(f-factors[3]) < 0.5 {
					alike++
				}
			}
		}
	}
	t.Logf("%d sums shown, %d of them as they are, %d pairs with equal noise, %d lines withheld", shown, same, alike, withheld)
	if shown < 40 || withheld < 5 || same > shown/10 || alike > shown/10 {
		t.Error("too much is exact, or the city tests too little")
	}
}

// TestPartsAddUp: cells of two sets that share nobody add up to the cell of both.
func TestPartsAddUp(t *testing.T) {
	w := newTown(t, registry.RolePartner, 300)
	one, three, four := 1, 3, 4
	ask := func(r registry.IntRange) registry.SummaryQuery {
		return registry.SummaryQuery{Filter: registry.Filter{Members: &r}, Measures: counted, Lines: []int64{550_000, 1_500_000}}
	}
	queries := []registry.SummaryQuery{ask(registry.IntRange{Min: &one, Max: &three}), ask(registry.IntRange{Min: &four}), ask(registry.IntRange{Min: &one})}
	answers, err := w.exact.Summarise(t.Context(), queries)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(addCells(&queries[0], answers[0], answers[1]), answers[2]); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}
