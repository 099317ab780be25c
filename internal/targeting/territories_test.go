package targeting

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func step(code, predecessor registry.AreaCode) registry.Step {
	return registry.Step{Succession: registry.Succession{Code: code, Predecessor: predecessor}}
}

type codes = []registry.AreaCode

func TestTerritories(t *testing.T) {
	for _, test := range []struct {
		name         string
		older, newer codes
		steps        []registry.Step
		level        registry.AreaLevel
		want         []Territory
	}{
		{"nothing said", codes{"19.71.01.1001"}, codes{"19.71.01.1002"}, nil, registry.LevelKelurahan, nil},
		{"a split, the parent keeping its code", codes{"19.71.01.1001", "19.71.01.1009"}, codes{"19.71.01.1001", "19.71.01.1002", "19.71.01.1009"},
			[]registry.Step{step("19.71.01.1002", "19.71.01.1001")}, registry.LevelKelurahan,
			[]Territory{{codes{"19.71.01.1001"}, codes{"19.71.01.1001", "19.71.01.1002"}, []registry.Step{step("19.71.01.1002", "19.71.01.1001")}}}},
		{"a new code", codes{"19.71.01.1001"}, codes{"19.71.01.1002"}, []registry.Step{step("19.71.01.1002", "19.71.01.1001")}, registry.LevelKelurahan,
			[]Territory{{codes{"19.71.01.1001"}, codes{"19.71.01.1002"}, []registry.Step{step("19.71.01.1002", "19.71.01.1001")}}}},
		{"ground that went from one to another", codes{"19.71.01.1001", "19.71.01.1002"}, codes{"19.71.01.1001", "19.71.01.1002"}, []registry.Step{step("19.71.01.1002", "19.71.01.1001")}, registry.LevelKelurahan,
			[]Territory{{codes{"19.71.01.1001", "19.71.01.1002"}, codes{"19.71.01.1001", "19.71.01.1002"}, []registry.Step{step("19.71.01.1002", "19.71.01.1001")}}}},
		{"it came from itself", codes{"19.71.01.1001"}, codes{"19.71.01.1001"}, []registry.Step{step("19.71.01.1001", "19.71.01.1001")}, registry.LevelKelurahan, nil},
		{"through an edition between", codes{"19.71.01.1001"}, codes{"19.71.01.1003", "19.71.01.1004"},
			[]registry.Step{step("19.71.01.1002", "19.71.01.1001"), step("19.71.01.1003", "19.71.01.1002"), step("19.71.01.1004", "19.71.01.1002")}, registry.LevelKelurahan,
			[]Territory{{codes{"19.71.01.1001"}, codes{"19.71.01.1003", "19.71.01.1004"},
				[]registry.Step{step("19.71.01.1002", "19.71.01.1001"), step("19.71.01.1003", "19.71.01.1002"), step("19.71.01.1004", "19.71.01.1002")}}}},
		{"from what neither has", codes{"19.71.01.1001"}, codes{"19.71.01.1001", "19.71.01.1003", "19.71.01.1004"},
			[]registry.Step{step("19.71.01.1003", "19.71.01.1002"), step("19.71.01.1004", "19.71.01.1002")}, registry.LevelKelurahan, nil},
		{"a kelurahan that changed its kecamatan joins both", codes{"19.71.01", "19.71.02", "19.71.03"}, codes{"19.71.01", "19.71.02", "19.71.03"},
			[]registry.Step{step("19.71.02.1001", "19.71.01.1001"), step("19.71.03.1001", "19.71.03.1002")}, registry.LevelKecamatan,
			[]Territory{{codes{"19.71.01", "19.71.02"}, codes{"19.71.01", "19.71.02"}, []registry.Step{step("19.71.02.1001", "19.71.01.1001")}}}},
		{"kecamatan say nothing of kelurahan", codes{"19.71.01.1001"}, codes{"19.71.02.1001"}, []registry.Step{step("19.71.02", "19.71.01")}, registry.LevelKelurahan, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, territories(test.older, test.newer, test.steps, test.level)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTerritoriesAgainstClosure compares with the plainest way: what a step joins is joined, over and over, until nothing is new.
// What must hold besides: each area is in one territory at most, and those of kelurahan lie whole in those of kecamatan.
func TestTerritoriesAgainstClosure(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func(n int, p float64) (list codes) {
		for k := range 3 {
			for i := range n {
				if r.Float64() < p {
					list = append(list, registry.AreaCode(fmt.Sprintf("19.71.%02d.%d", 1+k, 1001+i)))
				}
			}
		}
		return list
	}
	joinedOnes := 0
	for range 3000 {
		older, newer := some(4, 0.6), some(4, 0.6)
		var steps []registry.Step
		for range r.IntN(6) {
			one := func() registry.AreaCode {
				return registry.AreaCode(fmt.Sprintf("19.71.%02d.%d", 1+r.IntN(3), 1001+r.IntN(5)))
			}
			s := step(one(), one())
			if r.IntN(5) == 0 {
				s = step(s.Code.Parent(), s.Predecessor.Parent())
			}
			steps = append(steps, s)
		}
		found := map[registry.AreaLevel][]Territory{}
		for _, level := range []registry.AreaLevel{registry.LevelKecamatan, registry.LevelKelurahan} {
			at := func(list codes) (out codes) {
				for _, c := range list {
					out = append(out, c.At(level))
				}
				slices.Sort(out)
				return slices.Compact(out)
			}
			old, now := at(older), at(newer)
			got := territories(old, now, steps, level)
			found[level] = got
			joinedOnes += len(got)
			same := func(a, b registry.AreaCode) bool { return closure(a, steps, level)[b] }
			in := func(c registry.AreaCode) int {
				return slices.IndexFunc(got, func(t Territory) bool { return t.Has(c) })
			}
			for _, a := range old {
				group := closure(a, steps, level)
				var wantOld, wantNew codes
				for _, c := range old {
					if group[c] {
						wantOld = append(wantOld, c)
					}
				}
				for _, c := range now {
					if group[c] {
						wantNew = append(wantNew, c)
					}
				}
				alike := len(wantOld) == 1 && slices.Equal(wantOld, wantNew)
				switch i := in(a); {
				case (i >= 0) != (len(wantNew) > 0 && !alike):
					t.Fatalf("%v %v %v: %s is in %d of %+v", old, now, steps, a, i, got)
				case i >= 0 && (!slices.Equal(got[i].Older, wantOld) || !slices.Equal(got[i].Newer, wantNew)):
					t.Fatalf("%v %v %v: %+v, want %v and %v", old, now, steps, got[i], wantOld, wantNew)
				}
			}
			for i := range got {
				if len(got[i].Because) == 0 || slices.ContainsFunc(got[i].Because, func(s registry.Step) bool { return !same(got[i].Newer[0], s.Code.At(level)) }) {
					t.Fatalf("%+v is joined by nothing, or by what is said of others", got[i])
				}
			}
		}
		for _, small := range found[registry.LevelKelurahan] {
			all := append(slices.Clone(small.Older), small.Newer...)
			for _, large := range found[registry.LevelKecamatan] {
				inside := func(c registry.AreaCode) bool { return large.Has(c.Parent()) }
				if slices.ContainsFunc(all, inside) && slices.ContainsFunc(all, func(c registry.AreaCode) bool { return !inside(c) }) {
					t.Fatalf("%+v lies in a part of %+v", small, large)
				}
			}
		}
	}
	if joinedOnes < 1000 {
		t.Errorf("%d territories: too few to tell anything", joinedOnes)
	}
}

// closure is all codes of a level that steps lead to from one, in whatever direction.
func closure(from registry.AreaCode, steps []registry.Step, level registry.AreaLevel) map[registry.AreaCode]bool {
	reached := map[registry.AreaCode]bool{from: true}
	for more := true; more; {
		more = false
		for _, s := range steps {
			a, b := s.Code.At(level), s.Predecessor.At(level)
			if a != "" && reached[a] != reached[b] {
				reached[a], reached[b], more = true, true, true
			}
		}
	}
	return reached
}

// TestTerritoriesOfEditions: what was said before the older edition, or with delay, joins nothing; the order in which editions are
// named doesn't matter.
func TestTerritoriesOfEditions(t *testing.T) {
	view := func(edition string, l *registry.Lineage, list ...registry.AreaCode) *registry.View {
		var areas []registry.Area
		for _, c := range list {
			areas = append(areas, registry.Area{Code: c})
		}
		index, err := registry.NewAreas(areas)
		if err != nil {
			t.Fatal(err)
		}
		return &registry.View{Dataset: &registry.Dataset{State: registry.State{Edition: registry.Edition{ID: edition}}, Areas: index}, Lineage: l}
	}
	split := []registry.Succession{{Code: "19.71.01.1002", Predecessor: "19.71.01.1001"}, {Code: "19.71.01.1003", Predecessor: "19.71.01.1001"}}
	l, err := registry.NewLineage([]registry.EditionSuccessions{{Edition: "a"}, {Edition: "b"}, {Edition: "c", Successions: split}, {Edition: "d", Successions: split}},
		func(string) (map[registry.AreaCode]string, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	a := view("a", l, "19.71.01.1001")
	late := view("b", l, "19.71.01.1002", "19.71.01.1003") // had split already, and did not say so
	c, d := view("c", l, "19.71.01.1002", "19.71.01.1003"), view("d", l, "19.71.01.1002", "19.71.01.1003")
	want := []Territory{{Older: codes{"19.71.01.1001"}, Newer: codes{"19.71.01.1002", "19.71.01.1003"}}}
	for _, test := range []struct {
		name         string
		older, newer *registry.View
		want         []Territory
	}{{"a and c", a, c, want}, {"a and d", a, d, want}, {"the same", c, c, nil}, {"c and d", c, d, nil}, {"b and c: said with delay", late, c, nil},
		{"the other way round", c, a, []Territory{{Older: want[0].Newer, Newer: want[0].Older}}}} {
		got := TerritoriesOf(test.older, test.newer, registry.LevelKelurahan)
		for i := range got {
			if len(got[i].Because) != 2 {
				t.Errorf("%s: joined by %v", test.name, got[i].Because)
			}
			got[i].Because = nil
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
