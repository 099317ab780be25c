package graph_test

import (
	"encoding/json"
	"testing"

	"kantong/internal/registry"
)

// TestEveryPathHasItsOwnAnswer asks the same field over two ways of one query, with different arguments or selections,
// and compares each with the answer of a query of its own.
func TestEveryPathHasItsOwnAnswer(t *testing.T) {
	f := newFixture(t)
	ask := func(query string) map[string]any {
		t.Helper()
		a, text, _ := f.ask(t, registry.RolePlanner, query, nil)
		if len(a.Errors) > 0 {
			t.Fatalf("%s\n%s", query, text)
		}
		var data map[string]any
		if err := json.Unmarshal(a.Data, &data); err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, c := range []struct {
		name, together string
		way            []any // from the data to the part in question
		alone          string
		wayAlone       []any
	}{
		{"another programme below a coverage", `{ area(code: "19.71.01") { coverage(program: "AB") { area { coverage(program: "A1") { program { code } eligible { value } } } } } }`, []any{"area", "coverage", "area", "coverage"},
			`{ area(code: "19.71.01") { coverage(program: "A1") { program { code } eligible { value } } } }`, []any{"area", "coverage"}},
		{"another filter under an alias", `{ areas(filter: {level: KECAMATAN}) { a: edges { node { summary(filter: {decile: {max: 1}}) { households { value } } } } b: edges { node { summary { households { value } } } } } }`, []any{"areas", "b"},
			`{ areas(filter: {level: KECAMATAN}) { b: edges { node { summary { households { value } } } } } }`, []any{"areas", "b"}},
		{"other measures below a coverage", `{ area(code: "19.71.01") { summary { households { value } } coverage(program: "AB") { area { summary { deciles { decile households { value } } poverty(lineRupiah: 900000) { people { value } } } } } } }`, []any{"area", "coverage", "area"},
			`{ area(code: "19.71.01") { summary { deciles { decile households { value } } poverty(lineRupiah: 900000) { people { value } } } } }`, []any{"area"}},
		{"another level below a coverage", `{ program(code: "AB") { coverage(by: KABUPATEN_KOTA) { program { coverage(by: KECAMATAN) { area { code } notReached { value } } } } } }`, []any{"program", "coverage", 0, "program"},
			`{ program(code: "AB") { coverage(by: KECAMATAN) { area { code } notReached { value } } } }`, []any{"program"}},
		{"other details under an alias", `{ households(first: 3, filter: {enrolledIn: ["AB"]}) { a: edges { node { dwelling { floor } } } b: edges { node { enrolments { program { code } } } } } }`, []any{"households", "b"},
			`{ households(first: 3, filter: {enrolledIn: ["AB"]}) { b: edges { node { enrolments { program { code } } } } } }`, []any{"households", "b"}},
		{"details the other way round", `{ households(first: 3) { b: edges { node { enrolments { status } } } a: edges { node { dwelling { floor } composition { people } } } } }`, []any{"households", "a"},
			`{ households(first: 3) { a: edges { node { dwelling { floor } composition { people } } } } }`, []any{"households", "a"}},
		{"one alias for two fields", `{ area(code: "19.71.01") { x: summary { households { value } } coverage(program: "AB") { area { x: parent { code } } } } }`, []any{"area", "coverage", "area", "x"},
			`{ area(code: "19.71.01") { x: parent { code } } }`, []any{"area", "x"}},
		{"groups under an alias", `{ summaries(groupBy: [{area: KECAMATAN}]) { a: key { area { summary(filter: {decile: {max: 1}}) { households { value } } } } b: key { area { summary { households { value } } } } } }`, []any{"summaries", 1, "b"},
			`{ summaries(groupBy: [{area: KECAMATAN}]) { b: key { area { summary { households { value } } } } } }`, []any{"summaries", 1, "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := part(t, ask(c.together), c.way), part(t, ask(c.alone), c.wayAlone)
			if got != want {
				t.Errorf("together %s\nalone    %s", got, want)
			}
		})
	}
}

// part gives the JSON of what stands at the end of a way.
func part(t *testing.T, data any, way []any) string {
	t.Helper()
	for _, step := range way {
		switch step := step.(type) {
		case string:
			data = data.(map[string]any)[step]
		case int:
			data = data.([]any)[step]
		}
	}
	text, err := json.Marshal(data)
	if err != nil || string(text) == "null" {
		t.Fatalf("nothing at the end of %v: %v", way, err)
	}
	return string(text)
}
