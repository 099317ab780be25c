package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"kantong/graph"
	"kantong/internal/registry"
)

// family is what the two states say of a household, as the test counts it.
type family struct {
	area     registry.AreaCode
	decile   int
	enrolled map[string]bool
}

func familiesOf(f *fixture) map[registry.HouseholdID]family {
	out := map[registry.HouseholdID]family{}
	for _, h := range f.records {
		out[h.ID] = family{h.Area, max(h.Decile, 0), map[string]bool{}}
	}
	for _, e := range f.enrolments {
		if e.Status == registry.EnrolmentActive {
			out[e.Household].enrolled[e.Program] = true
		}
	}
	return out
}

type counted struct{ Value int64 }

type changes struct {
	Area                                *struct{ Code registry.AreaCode }
	Before, After, Stayed, CameIn, Left counted
	Deciles                             struct {
		Moves []struct {
			From, To   *int
			Households counted
		}
		Poorer, LessPoor counted
	}
	Programs []struct {
		Program                         struct{ Code string }
		NewlyEnrolled, NoLongerEnrolled counted
	}
}

// TestCompareCountsFamilies compares every figure of a planner with counting the families one by one, and the engine's calls with
// one a state and level, and one for each set of families of the other state.
func TestCompareCountsFamilies(t *testing.T) {
	f := newFixtureWithFormer(t)
	older, newer := familiesOf(f.former), familiesOf(f)
	const query = `{ compare(editions: ["former", "city-7"], filter: {decile: {max: 7}}, by: KELURAHAN, within: ["19.71.01", "19.71.02"]) { total { ...c } areas { area { code } ...c } } }
		fragment c on Changes { before { value } after { value } stayed { value } cameIn { value } left { value }
			deciles { moves { from to households { value } } poorer { value } lessPoor { value } } programs { program { code } newlyEnrolled { value } noLongerEnrolled { value } } }`
	f.ask(t, registry.RolePlanner, query, nil)
	before := f.calls.Load() + f.former.calls.Load()
	a, text, _ := f.ask(t, registry.RolePlanner, query, nil)
	if len(a.Errors) > 0 {
		t.Fatal(text)
	}
	if calls := f.calls.Load() + f.former.calls.Load() - before; calls != 2+2*1+2*2 { // all; deciles of total and areas; programmes of both
		t.Errorf("%d calls to engines", calls)
	}
	var got struct {
		Compare struct {
			Total changes
			Areas []changes
		}
	}
	unmarshal(t, a.Data, &got)
	poor := func(x family) bool { return x.decile >= 1 && x.decile <= 7 }
	if len(got.Compare.Areas) < 5 {
		t.Fatalf("%d areas", len(got.Compare.Areas))
	}
	for _, c := range append(got.Compare.Areas, got.Compare.Total) {
		in := func(x family) bool {
			if c.Area != nil {
				return poor(x) && x.area == c.Area.Code
			}
			return poor(x) && (x.area.Within("19.71.01") || x.area.Within("19.71.02"))
		}
		var want changes
		moves, newly, no := map[[2]int]int64{}, map[string]int64{}, map[string]int64{}
		for id, x := range newer {
			if !in(x) {
				continue
			}
			want.After.Value++
			y, there := older[id]
			if there {
				want.Stayed.Value++
				moves[[2]int{y.decile, x.decile}]++
			} else {
				want.CameIn.Value++
			}
			for p := range x.enrolled {
				if !y.enrolled[p] {
					newly[p]++
				}
			}
		}
		for id, x := range older {
			if !in(x) {
				continue
			}
			want.Before.Value++
			y, there := newer[id]
			if !there {
				want.Left.Value++
			}
			for p := range x.enrolled {
				if !y.enrolled[p] {
					no[p]++
				}
			}
		}
		where := fmt.Sprint(c.Area)
		if c.Before != want.Before || c.After != want.After || c.Stayed != want.Stayed || c.CameIn != want.CameIn || c.Left != want.Left {
			t.Errorf("%s: %+v, want %+v", where, c, want)
		}
		var poorer, lessPoor, all int64
		for _, m := range c.Deciles.Moves {
			key := [2]int{}
			if m.From != nil {
				key[0] = *m.From
			}
			if m.To != nil {
				key[1] = *m.To
			}
			if moves[key] != m.Households.Value || m.Households.Value == 0 {
				t.Errorf("%s: from %d to %d %d, want %d", where, key[0], key[1], m.Households.Value, moves[key])
			}
			all += m.Households.Value
			if key[0] > 0 && key[1] > 0 && key[1] < key[0] {
				poorer += m.Households.Value
			}
			if key[0] > 0 && key[1] > key[0] {
				lessPoor += m.Households.Value
			}
		}
		if all != want.Stayed.Value || c.Deciles.Poorer.Value != poorer || c.Deciles.LessPoor.Value != lessPoor {
			t.Errorf("%s: moves of %d, %d poorer and %d less poor; want %d, %d and %d", where, all, c.Deciles.Poorer.Value, c.Deciles.LessPoor.Value, want.Stayed.Value, poorer, lessPoor)
		}
		if len(c.Programs) != len(f.dataset.Programs) {
			t.Errorf("%s: %d programmes", where, len(c.Programs))
		}
		for _, p := range c.Programs {
			if p.NewlyEnrolled.Value != newly[p.Program.Code] || p.NoLongerEnrolled.Value != no[p.Program.Code] {
				t.Errorf("%s: %+v, want %d and %d", where, p, newly[p.Program.Code], no[p.Program.Code])
			}
		}
	}
}

// TestCitationsPinOtherStates: what a filter says of another state is asked of the same state again, though the edition has a
// newer one by then.
func TestCitationsPinOtherStates(t *testing.T) {
	f := newFixtureWithFormer(t)
	f.cite = true
	a, text, _ := f.ask(t, registry.RolePublic, `{ summary(filter: {not: {inState: {state: "former"}}}, edition: "city-7") { households { value } } }`, nil)
	note, _ := a.Extensions["kantong"].(map[string]any)
	citation, _ := note["citation"].(string)
	states, _ := note["states"].([]any)
	if len(states) != 2 {
		t.Errorf("the answer names its states as %v: %s", states, text)
	}
	c, err := graph.ParseCitation(citation)
	if err != nil {
		t.Fatal(err)
	}
	if c.States["former"] != "former+2025-10" {
		t.Errorf("the citation pins %v", c.States)
	}
	exec := graph.NewExecutor(f.resolver, quiet())
	f.former.mu.Lock()
	at := *f.dataset.State.Edition.PublishedAt
	f.former.published = append(f.former.published, registry.Release{ID: "2025-11", EnrolmentsAsOf: "2025-08-31", PublishedAt: &at})
	f.former.mu.Unlock()
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := exec.Verify(t.Context(), c); err != nil || !found.Same {
		t.Errorf("%+v, %v", found, err)
	}
	f.cite = false
	if _, text, _ := f.ask(t, registry.RolePublic, `{ summary(filter: {not: {inState: {state: "former"}}}, edition: "city-7") { households { value } } }`, nil); !strings.Contains(text, "former+2025-11") {
		t.Errorf("the newest state is not asked: %s", text)
	}
}
