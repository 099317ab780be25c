package graph_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// newFixtureWithSplit is a fixture with an edition "unsplit" before its own, that has other kelurahan, and of which so much is said;
// since then families came and left, too.
func newFixtureWithSplit(t testing.TB, said ...registry.Succession) *fixture {
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
	f.successions = said
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestCompareAcrossSplits compares every figure of a planner with counting the families one by one, in the groups that a person
// would make: a split is nobody's move.
func TestCompareAcrossSplits(t *testing.T) {
	f := newFixtureWithSplit(t, storetest.UnsplitSuccessions()...)
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

// TestTrendAcrossSplits compares a planner's figures with counting families one by one: of all that an area was made from, and of
// the parts of an area together; of a part by itself there is none.
func TestTrendAcrossSplits(t *testing.T) {
	f := newFixtureWithSplit(t, storetest.UnsplitSuccessions()...)
	unsafe := func(f *fixture, areas ...registry.AreaCode) float64 {
		deprived, known := 0, 0
		for i := range f.records {
			h := &f.records[i]
			if !slices.ContainsFunc(areas, h.Area.Within) || !h.Known.Has(registry.UnsafeWater) {
				continue
			}
			known++
			if h.Deprived.Has(registry.UnsafeWater) {
				deprived++
			}
		}
		return float64(deprived) / float64(known)
	}
	for _, test := range []struct {
		arguments  string
		then, now  []registry.AreaCode
		unknownFor string // what is said instead of a figure
	}{
		{`areas: ["19.71.03.1003"]`, []registry.AreaCode{"19.71.03.1021", "19.71.03.1023"}, []registry.AreaCode{"19.71.03.1003"}, ""},
		{`areas: ["19.71.03.1001"]`, []registry.AreaCode{"19.71.02.1011"}, []registry.AreaCode{"19.71.03.1001"}, ""},
		{`areas: ["19.71.01.1007"]`, []registry.AreaCode{"19.71.01.1007"}, []registry.AreaCode{"19.71.01.1007"}, ""},
		{`areas: ["19.71.01.1005", "19.71.01.1003"], together: true`, []registry.AreaCode{"19.71.01.1005"}, []registry.AreaCode{"19.71.01.1003", "19.71.01.1005"}, ""},
		{`areas: ["19.71.01.1003", "19.71.03.1003", "19.71.01.1005"], together: true`, []registry.AreaCode{"19.71.01.1005", "19.71.03.1021", "19.71.03.1023"}, []registry.AreaCode{"19.71.01.1003", "19.71.01.1005", "19.71.03.1003"}, ""},
		{`areas: ["19.71.02", "19.71.03"], together: true`, []registry.AreaCode{"19.71.02", "19.71.03"}, []registry.AreaCode{"19.71.02", "19.71.03"}, ""},
		{`areas: ["19.71"]`, []registry.AreaCode{"19.71"}, []registry.AreaCode{"19.71"}, ""},
		{`areas: ["19.71.01.1005"]`, nil, []registry.AreaCode{"19.71.01.1005"}, "19.71.01.1003 and 19.71.01.1005 together"},
		{`areas: ["19.71.02"]`, nil, []registry.AreaCode{"19.71.02"}, "19.71.02 and 19.71.03 together"},
	} {
		points := trendOf(t, f, test.arguments)
		if len(points) != 2 || !slices.Equal(points[0].Areas, test.then) || !slices.Equal(points[1].Areas, test.now) {
			t.Errorf("%s: %+v", test.arguments, points)
			continue
		}
		if got, want := points[1].Value.Value, unsafe(f, test.now...); got == nil || math.Abs(*got-want) > 1e-9 {
			t.Errorf("%s: %v now, want %v", test.arguments, got, want)
		}
		switch got := points[0].Value.Value; {
		case test.then == nil:
			if got != nil || points[0].Value.Status != "UNKNOWN" || !strings.Contains(points[0].Reason, test.unknownFor) {
				t.Errorf("%s: %+v", test.arguments, points[0])
			}
		case got == nil || math.Abs(*got-unsafe(f.former, test.then...)) > 1e-9 || points[0].Reason != "":
			t.Errorf("%s: %v before, want %v: %s", test.arguments, got, unsafe(f.former, test.then...), points[0].Reason)
		}
	}
	a, text, _ := f.ask(t, registry.RolePublic, `{ trend(areas: ["19.71"], measure: {indicator: {code: "p0_percent"}}, together: true) { reading } }`, nil)
	if a.code() != "BAD_USER_INPUT" || a.field() != "together" {
		t.Error(text)
	}
}

// TestNothingSaidIsNothingGuessed: without successions an area is that of the same code, or there is none.
func TestNothingSaidIsNothingGuessed(t *testing.T) {
	f := newFixtureWithSplit(t)
	if points := trendOf(t, f, `areas: ["19.71.03.1003"]`); len(points) != 1 {
		t.Errorf("%+v", points)
	}
	points := trendOf(t, f, `areas: ["19.71.03.1003", "19.71.03.1005"], together: true`)
	if len(points) != 2 || points[0].Value.Value != nil || !strings.Contains(points[0].Reason, "has no area 19.71.03.1003, and nothing says") {
		t.Errorf("%+v", points)
	}
	a, text, _ := f.ask(t, registry.RolePlanner, `{ compare(editions: ["unsplit", "city-7"], by: KELURAHAN) { areas { area { code } territory { newer { code } } before { status } after { status } } } }`, nil)
	var got struct {
		Compare struct {
			Areas []struct {
				Area          struct{ Code registry.AreaCode }
				Territory     *struct{}
				Before, After struct{ Status string }
			}
		}
	}
	unmarshal(t, a.Data, &got)
	alone := map[registry.AreaCode][2]string{"19.71.01.1003": {"UNKNOWN", "EXACT"}, "19.71.03.1001": {"UNKNOWN", "EXACT"}, "19.71.03.1003": {"UNKNOWN", "EXACT"},
		"19.71.02.1011": {"EXACT", "UNKNOWN"}, "19.71.03.1021": {"EXACT", "UNKNOWN"}, "19.71.03.1023": {"EXACT", "UNKNOWN"}}
	for _, c := range got.Compare.Areas {
		want, ok := alone[c.Area.Code]
		if !ok {
			want = [2]string{"EXACT", "EXACT"}
		}
		if delete(alone, c.Area.Code); c.Territory != nil || c.Before.Status != want[0] || c.After.Status != want[1] {
			t.Errorf("%+v", c)
		}
	}
	if len(alone) > 0 {
		t.Errorf("%v are not there: %s", alone, text)
	}
	a, text, _ = f.ask(t, registry.RolePublic, `{ compare(editions: ["unsplit", "city-7"], within: ["19.71.03.1021"]) { total { before { value } } } }`, nil)
	if a.code() != "NOT_FOUND" || a.field() != "within[0]" {
		t.Error(text)
	}
}

type trendPoint struct {
	Value struct {
		Value  *float64
		Status string
	}
	Areas  []registry.AreaCode
	Reason string
}

// trendOf gives the points of the one line that a planner asks for, of unsafe water.
func trendOf(t *testing.T, f *fixture, arguments string) []trendPoint {
	t.Helper()
	a, text, _ := f.ask(t, registry.RolePlanner, `{ trend(`+arguments+`, measure: {deprivation: UNSAFE_WATER}, editions: ["city-7", "unsplit"]) { points { value { value status } areas reason } } }`, nil)
	var got struct {
		Trend []struct{ Points []trendPoint }
	}
	unmarshal(t, a.Data, &got)
	if len(a.Errors) > 0 || len(got.Trend) != 1 {
		t.Fatalf("%s: %s", arguments, text)
	}
	return got.Trend[0].Points
}
