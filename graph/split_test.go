package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// newFixtureWithSplit is a fixture with an edition "unsplit" before its own, that has other kelurahan; since then families came and
// left, too.
func newFixtureWithSplit(t testing.TB) *fixture {
	t.Helper()
	d, records, enrolments := storetest.City(7, 1200)
	then := *d
	then.State.Edition.ID, then.State.Edition.AsOf, then.State.Release.EnrolmentsAsOf, then.State.Hash, then.Version = "unsplit", "2025-06-30", "2025-07-31", "unsplit", "unsplit"
	areas, err := storetest.Unsplit(d)
	if err != nil {
		t.Fatal(err)
	}
	if then.Areas, err = registry.NewAreas(areas); err != nil {
		t.Fatal(err)
	}
	former := &fixture{dataset: &then}
	var now []registry.Record
	for i, h := range records {
		if i%7 != 0 { // the others left
			now = append(now, h)
		}
		if i%5 == 0 { // came in
			continue
		}
		if i%3 == 0 && h.Decile > 1 {
			h.Decile--
		}
		h.Area = storetest.UnsplitArea(&h.Household)
		former.records = append(former.records, h)
	}
	of := func(records []registry.Record, odd bool) []registry.Enrolment {
		there := map[registry.HouseholdID]bool{}
		for _, h := range records {
			there[h.ID] = true
		}
		return slices.DeleteFunc(slices.Clone(enrolments), func(e registry.Enrolment) bool {
			return !there[e.Household] || e.Household[2]%4 == 0 && odd
		})
	}
	former.enrolments = of(former.records, true)
	f := newFixtureOf(t, d, now, of(now, false))
	f.former = former
	f.successions = storetest.UnsplitSuccessions()
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestCompareAcrossSplits compares every figure of a planner with counting the families one by one, in the groups that a person
// would make: a split is nobody's move.
func TestCompareAcrossSplits(t *testing.T) {
	f := newFixtureWithSplit(t)
	older, newer := familiesOf(f.former), familiesOf(f)
	groups := map[string]func(registry.AreaCode) string{
		"KELURAHAN": func(code registry.AreaCode) string {
			switch code {
			case "19.71.01.1003", "19.71.01.1005":
				return "split"
			case "19.71.02.1011", "19.71.03.1001":
				return "recoded"
			case "19.71.03.1003", "19.71.03.1021", "19.71.03.1023":
				return "merged"
			}
			return string(code)
		},
		"KECAMATAN": func(code registry.AreaCode) string {
			if code = code.At(registry.LevelKecamatan); code != "19.71.01" {
				return "the other two"
			}
			return string(code)
		},
	}
	for level, groupOf := range groups {
		for _, within := range []string{"", `, within: ["19.71.01.1003", "19.71.02.1011"]`, `, within: ["19.71.01", "19.71.02"]`} {
			if within == `, within: ["19.71.01.1003", "19.71.02.1011"]` && level == "KECAMATAN" {
				continue
			}
			a, text, _ := f.ask(t, registry.RolePlanner, fmt.Sprintf(`{ compare(editions: ["unsplit", "city-7"], by: %s%s) { total { ...c } areas { ...c } } }
				fragment c on Changes { area { code } territory { older { code } newer { code } successions { code } } before { value } after { value } stayed { value } cameIn { value } left { value }
				deciles { moves { from to households { value } } } programs { program { code } newlyEnrolled { value } noLongerEnrolled { value } } }`, level, within), nil)
			if len(a.Errors) > 0 {
				t.Fatal(text)
			}
			type codes []struct{ Code registry.AreaCode }
			type joined struct {
				changes
				Territory *struct{ Older, Newer, Successions codes }
			}
			var got struct {
				Compare struct {
					Total joined
					Areas []joined
				}
			}
			unmarshal(t, a.Data, &got)
			var sum changes
			seen := map[string]bool{}
			for _, c := range got.Compare.Areas {
				var of codes
				switch {
				case c.Territory != nil:
					of = append(c.Territory.Older, c.Territory.Newer...)
					if len(c.Territory.Successions) == 0 || (c.Area == nil) != (len(c.Territory.Newer) > 1) {
						t.Errorf("%s: %+v", level, c)
					}
				default:
					of = codes{{c.Area.Code}}
				}
				group := groupOf(of[0].Code)
				for _, x := range of {
					if groupOf(x.Code) != group {
						t.Errorf("%s: %s and %s are counted together", level, of[0].Code, x.Code)
					}
				}
				if seen[group] {
					t.Errorf("%s: %s is there twice", level, group)
				}
				seen[group] = true
				var want changes
				moves := map[[2]int]int64{}
				newly, no := map[string]int64{}, map[string]int64{}
				for id, x := range newer {
					if groupOf(x.area) != group {
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
					if groupOf(x.area) != group {
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
				if c.Before != want.Before || c.After != want.After || c.Stayed != want.Stayed || c.CameIn != want.CameIn || c.Left != want.Left {
					t.Errorf("%s %s: %+v, want %+v", level, group, c.changes, want)
				}
				if want.Before.Value-want.Left.Value != want.After.Value-want.CameIn.Value {
					t.Errorf("%s %s: nobody moved, but %+v", level, group, want)
				}
				for _, m := range c.Deciles.Moves {
					key := [2]int{}
					for i, d := range []*int{m.From, m.To} {
						if d != nil {
							key[i] = *d
						}
					}
					if moves[key] != m.Households.Value {
						t.Errorf("%s %s: from %d to %d: %d, want %d", level, group, key[0], key[1], m.Households.Value, moves[key])
					}
					delete(moves, key)
				}
				if len(moves) > 0 {
					t.Errorf("%s %s: moves %v are not told", level, group, moves)
				}
				for _, p := range c.Programs {
					if p.NewlyEnrolled.Value != newly[p.Program.Code] || p.NoLongerEnrolled.Value != no[p.Program.Code] {
						t.Errorf("%s %s: %+v, want %d and %d", level, group, p, newly[p.Program.Code], no[p.Program.Code])
					}
				}
				sum.Before.Value += c.Before.Value
				sum.After.Value += c.After.Value
			}
			total := got.Compare.Total
			if total.Before != sum.Before || total.After != sum.After || (total.Territory == nil) != (within == "") {
				t.Errorf("%s%s: total %+v, of the areas %+v", level, within, total, sum)
			}
		}
	}
}
