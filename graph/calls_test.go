package graph_test

import (
	"testing"

	"kantong/internal/registry"
)

// TestOneEngineCallALevel counts engine calls: as many as the query has levels and fields that need households, however
// many rows each level has.
func TestOneEngineCallALevel(t *testing.T) {
	shapes := []struct {
		name, query string
		calls       int64
	}{
		{"summaries of all areas, and of their children", `{ areas(first: 100) { edges { node { summary { households { value } deciles { decile } } children { summary { people { value } } } } } } }`, 2},
		{"households of every area, with area, enrolments and programme", `{ areas(filter: {level: KELURAHAN}, first: 100) { edges { node { households(first: 5) { totalCount edges { node { id area { name parent { name } } enrolments { status program { name } } dwelling { floor } } } } } } } }`, 2},
		{"coverage of every area and programme, and summaries below", `{ programs { code coverage(by: KECAMATAN) { notReached { value } area { summary { households { value } } neighbours { coverage(program: "PKH") { eligible { value } } } } } } }`, 3},
		{"groups with their areas", `{ summaries(groupBy: [{area: KECAMATAN}]) { key { area { code children { summary { households { value } } } } } summary { households { value } programs { program { coverage(by: KABUPATEN_KOTA) { eligible { value } } } } } } }`, 3},
		{"a household's way up and down again", `{ households(first: 20, near: {longitude: 106.1, latitude: -2.2}) { edges { distanceMeters node { area { parent { children { households(first: 1) { edges { node { composition { people } enrolments { program { code } } } } } } } } } } } }`, 3},
		{"no figure, no call", `{ areas(first: 100) { edges { node { name boundary parent { name } neighbours { name } indicators { value } } } } edition { households { value } } viewer { role } }`, 0},
	}
	f := newFixture(t)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			before := f.calls.Load()
			a, text, _ := f.ask(t, registry.RolePlanner, s.query, nil)
			if len(a.Errors) > 0 {
				t.Fatalf("%s", text)
			}
			if got := f.calls.Load() - before; got != s.calls {
				t.Errorf("%d engine calls, want %d", got, s.calls)
			}
		})
	}
}
