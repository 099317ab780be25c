package graph_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// TestBadInput gives each mistake a code, and a field where there is one.
func TestBadInput(t *testing.T) {
	f := newFixture(t)
	summary := `query($f: HouseholdFilter) { summary(filter: $f) { households { value } } }`
	polygon := func(ring ...[2]float64) map[string]any {
		return map[string]any{"f": map[string]any{"where": map[string]any{"coveredBy": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}}}}}
	}
	circle := make([][2]float64, 10_001)
	for i := range circle {
		angle := 2 * math.Pi * float64(i) / 10_000
		circle[i] = [2]float64{106.1 + 0.05*math.Cos(angle), -2.2 + 0.05*math.Sin(angle)}
	}
	circle[10_000] = circle[0]
	cases := []struct {
		name, query string
		variables   any
		code        registry.Code
		field, says string
	}{
		{"polygon unclosed", summary, polygon([2]float64{106, -2}, [2]float64{106.1, -2}, [2]float64{106.1, -2.1}, [2]float64{106, -2.1}), registry.CodeInvalidGeometry, "filter.where.coveredBy", "clos"},
		{"polygon crossing itself", summary, polygon([2]float64{106, -2}, [2]float64{106.1, -2.1}, [2]float64{106.1, -2}, [2]float64{106, -2.1}, [2]float64{106, -2}), registry.CodeInvalidGeometry, "filter.where.coveredBy", "cross"},
		{"latitude first", summary, polygon([2]float64{-2.2, 106}, [2]float64{-2.1, 106}, [2]float64{-2.1, 106.05}, [2]float64{-2.2, 106}), registry.CodeInvalidGeometry, "filter.where.coveredBy", "longitude"},
		{"a place with latitude first", `{ areaAt(point: {longitude: -2.2, latitude: 106}) { name } }`, nil, registry.CodeInvalidGeometry, "point.latitude", "swapped"},
		{"latitude first within the globe's latitudes", summary, map[string]any{"f": map[string]any{"where": map[string]any{"near": map[string]any{"point": map[string]any{"longitude": -2.2, "latitude": 89}, "radiusMeters": 10}}}}, "", "", ""},
		{"10 001 vertices", summary, polygon(circle...), registry.CodeComplexity, "filter.where.coveredBy", "10001"},
		{"radius of nothing", summary, map[string]any{"f": map[string]any{"where": map[string]any{"near": map[string]any{"point": map[string]any{"longitude": 106, "latitude": -2}, "radiusMeters": 0}}}}, registry.CodeBadUserInput, "filter.where.near.radiusMeters", "0"},
		{"unknown area", summary, map[string]any{"f": map[string]any{"or": []any{map[string]any{"areas": []string{"19.71.99"}}}}}, registry.CodeNotFound, "filter.or[0].areas[0]", "19.71.99"},
		{"no area code", summary, map[string]any{"f": map[string]any{"areas": []string{"Rangkui"}}}, registry.CodeBadUserInput, "filter.areas[0]", "Rangkui"},
		{"unknown programme", summary, map[string]any{"f": map[string]any{"enrolledIn": []string{"NOPE"}}}, registry.CodeNotFound, "filter.enrolledIn", "NOPE"},
		{"range upside down", summary, map[string]any{"f": map[string]any{"decile": map[string]any{"min": 5, "max": 2}}}, registry.CodeBadUserInput, "filter.decile", "5"},
		{"two members of a oneOf by variable", summary, map[string]any{"f": map[string]any{"where": map[string]any{"bbox": map[string]any{"west": 1, "south": 1, "east": 2, "north": 2}, "near": map[string]any{"point": map[string]any{"longitude": 106, "latitude": -2}, "radiusMeters": 1}}}}, registry.CodeBadUserInput, "", "exactly one"},
		{"a null beside a member of a oneOf", summary, map[string]any{"f": map[string]any{"where": map[string]any{"bbox": map[string]any{"west": 1, "south": 1, "east": 2, "north": 2}, "near": nil}}}, registry.CodeBadUserInput, "", "exactly one"},
		{"neighbourhoods by area", `{ summaries(groupBy: [{neighbourhood: RT}, {area: KECAMATAN}]) { key { area { code } } } }`, nil, registry.CodeBadUserInput, "groupBy[1]", "kelurahan"},
		{"an empty oneOf", `query($g: [GroupBy!]!) { summaries(groupBy: $g) { key { area { code } } } }`, map[string]any{"g": []any{map[string]any{}}}, registry.CodeBadUserInput, "", "exactly one"},
		{"a page of a million", `{ households(first: 1000000) { edges { cursor } } }`, nil, registry.CodeBadUserInput, "first", "1000000"},
		{"a page below zero", `{ areas(first: -1) { edges { cursor } } }`, nil, registry.CodeBadUserInput, "first", "-1"},
		{"a literal that no number holds", `{ summary { poverty(lineRupiah: 99999999999999999999) { people { value } } } }`, nil, registry.CodeBadUserInput, "", "too large"},
		{"a number that is none", `query($p: PointInput!) { areaAt(point: $p) { name } }`, map[string]any{"p": map[string]any{"longitude": "NaN", "latitude": 0}}, registry.CodeBadUserInput, "point.longitude", "finite"},
		{"eligible for nothing", summary, map[string]any{"f": map[string]any{"eligibleFor": ""}}, registry.CodeBadUserInput, "filter.eligibleFor", "id"},
		{"eligible for null sets no condition", summary, map[string]any{"f": map[string]any{"eligibleFor": nil}}, "", "", ""},
		{"coverage of a part under the name of the whole", `{ program(code: "AB") { coverage(by: KABUPATEN_KOTA, within: "19.71.01") { area { code } } } }`, nil, registry.CodeBadUserInput, "by", "coarser"},
		{"fewer than none", `{ program(code: "AB") { coverage(first: -3) { area { code } } } }`, nil, registry.CodeBadUserInput, "first", "-3"},
		{"a document of many words", "{ " + strings.Repeat("viewer { role } ", 1000) + "}", nil, registry.CodeBadUserInput, "", "token"},
		{"no way of splitting", `{ summaries(groupBy: []) { key { area { code } } } }`, nil, registry.CodeBadUserInput, "groupBy", "one to"},
		{"splitting twice by the same", `{ summaries(groupBy: [{area: KECAMATAN}, {area: KELURAHAN}]) { key { area { code } } } }`, nil, registry.CodeBadUserInput, "groupBy[1]", "same"},
		{"a poverty line of nothing", `{ summary { poverty(lineRupiah: 0) { people { value } } } }`, nil, registry.CodeBadUserInput, "lineRupiah", "0"},
		{"unknown field", `{ summary { housholds { value } } }`, nil, registry.CodeBadUserInput, "", "households"},
		{"not GraphQL", `{ summary { `, nil, registry.CodeBadUserInput, "", ""},
		{"depth bomb", "{ area(code: \"19.71\") " + strings.Repeat("{ parent ", 30) + "{ code }" + strings.Repeat(" }", 31), nil, registry.CodeComplexity, "", "deep"},
		{"alias bomb", "{ " + aliases(200) + " }", nil, registry.CodeComplexity, "", "renames"},
		{"fragments that unfold without end", fragmentBomb(40), nil, registry.CodeComplexity, "", ""},
		{"lists in lists", `{ areas(first: 200) { edges { node { households(first: 200) { edges { node { id rw rt } } } } } } }`, nil, registry.CodeComplexity, "", "complexity"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, text, _ := f.ask(t, registry.RolePlanner, c.query, c.variables)
			if a.code() != string(c.code) {
				t.Fatalf("code %q, want %q: %s", a.code(), c.code, text)
			}
			if c.code == "" {
				return
			}
			if c.field != "" && a.field() != c.field {
				t.Errorf("field %q, want %q: %s", a.field(), c.field, text)
			}
			if !strings.Contains(a.Errors[0].Message, c.says) {
				t.Errorf("the message does not say %q: %s", c.says, a.Errors[0].Message)
			}
		})
	}
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: viewer { role } ", i)
	}
	return b.String()
}

// fragmentBomb is a small document of 2ⁿ fields.
func fragmentBomb(n int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Query { ...F%d x: __typename ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Query { __typename }", n)
	return b.String()
}

// TestCursorOfAnotherQuestion is CURSOR_STALE, for every list.
func TestCursorOfAnotherQuestion(t *testing.T) {
	f := newFixture(t)
	a, text, _ := f.ask(t, registry.RolePlanner, `{ a: households(first: 1) { pageInfo { endCursor } } b: households(first: 1, filter: {decile: {min: 1}}) { pageInfo { endCursor } }
		c: households(first: 1, near: {longitude: 106.1, latitude: -2.2}) { pageInfo { endCursor } } d: areas(first: 1) { pageInfo { endCursor } } }`, nil)
	if len(a.Errors) > 0 {
		t.Fatal(text)
	}
	cursors := map[string]string{}
	for _, part := range strings.Split(text, `"endCursor":"`)[1:] {
		cursors[string(rune('a'+len(cursors)))], _, _ = strings.Cut(part, `"`)
	}
	questions := map[string]string{
		"a": `{ households(first: 1, after: %q) { edges { cursor } } }`,
		"b": `{ households(first: 1, filter: {decile: {min: 1}}, after: %q) { edges { cursor } } }`,
		"c": `{ households(first: 1, near: {longitude: 106.1, latitude: -2.2}, after: %q) { edges { cursor } } }`,
		"d": `{ areas(first: 1, after: %q) { edges { cursor } } }`,
	}
	for of, cursor := range cursors {
		for question, query := range questions {
			a, text, _ := f.ask(t, registry.RolePlanner, fmt.Sprintf(query, cursor), nil)
			want := ""
			if of != question {
				want = string(registry.CodeCursorStale)
			}
			if a.code() != want || want != "" && a.field() != "after" {
				t.Errorf("cursor of %s under question %s: %s", of, question, text)
			}
		}
	}
}

func TestHTTP(t *testing.T) {
	f := newFixture(t)
	send := func(method, target, body string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		f.handler(registry.Viewer{}).ServeHTTP(w, r)
		return w
	}
	const json, modern = "application/json", "application/graphql-response+json"
	cases := []struct {
		name   string
		answer *httptest.ResponseRecorder
		status int
		media  string
		holds  string
	}{
		{"GET", send("GET", "/graphql?query={viewer{role}}", ""), 200, json, `"PUBLIC"`},
		{"GET as the specification wants it", send("GET", "/graphql?query={viewer{role}}", "", "Accept", modern), 200, modern, `"PUBLIC"`},
		{"POST as the specification wants it", send("POST", "/graphql", `{"query":"{viewer{role}}"}`, "Content-Type", json, "Accept", modern), 200, modern, `"PUBLIC"`},
		{"a document that is wrong", send("POST", "/graphql", `{"query":"{nope}"}`, "Content-Type", json, "Accept", modern), 400, modern, `"BAD_USER_INPUT"`},
		{"2 MiB", send("POST", "/graphql", `{"query":"`+strings.Repeat(" ", 2<<20)+`"}`, "Content-Type", json), 413, json, `"COMPLEXITY_LIMIT_EXCEEDED"`},
		{"DELETE", send("DELETE", "/graphql", ""), 405, json, `"field":"method"`},
		{"a form", send("POST", "/graphql", "query=1", "Content-Type", "application/x-www-form-urlencoded"), 415, json, `Content-Type: application/json`},
		{"a batch", send("POST", "/graphql", `[{"query":"{viewer{role}}"}]`, "Content-Type", json), 400, json, `no batches`},
		{"not JSON", send("POST", "/graphql", `query=1`, "Content-Type", json), 400, json, `"field":"body"`},
		{"a persisted query that is not there", send("GET", `/graphql?extensions={"persistedQuery":{"version":1,"sha256Hash":"`+viewerHash+`"}}`, ""), 200, json, "PersistedQueryNotFound"},
		{"a persisted query that is not there, as the specification wants it", send("GET", `/graphql?extensions={"persistedQuery":{"version":1,"sha256Hash":"`+viewerHash+`"}}`, "", "Accept", modern), 200, modern, "PersistedQueryNotFound"},
		{"a document that is wrong, for older clients", send("POST", "/graphql", `{"query":"{nope}"}`, "Content-Type", json), 200, json, `"BAD_USER_INPUT"`},
		{"a document that is too large, as the specification wants it", send("POST", "/graphql", `{"query":"{`+aliases(61)+`}"}`, "Content-Type", json, "Accept", modern), 400, modern, `"COMPLEXITY_LIMIT_EXCEEDED"`},
		{"a document that is too large, for older clients", send("POST", "/graphql", `{"query":"{`+aliases(61)+`}"}`, "Content-Type", json), 200, json, `"COMPLEXITY_LIMIT_EXCEEDED"`},
		{"a field that is refused is an answer", send("GET", `/graphql?query={area(code:"x"){name}}`, "", "Accept", modern), 200, modern, `"data":{"area":null}`},
		{"nothing by GET", send("GET", "/graphql", ""), 400, json, `"field":"query"`},
		{"nothing by POST", send("POST", "/graphql", `{"variables":{}}`, "Content-Type", json, "Accept", modern), 400, json, `"field":"query"`},
		{"a change by GET", send("GET", "/graphql?query=mutation{__typename}", "", "Accept", modern), 405, json, `"field":"method"`},
		{"variables in the URL that are none", send("GET", "/graphql?query={viewer{role}}&variables={", ""), 400, json, `"field":"variables"`},
		{"a URL that is none", send("GET", "/graphql?query=%zz", ""), 400, json, `"BAD_USER_INPUT"`},
		{"something after the JSON", send("POST", "/graphql", `{"query":"{viewer{role}}"} {}`, "Content-Type", json), 400, json, `"field":"body"`},
		{"a wish for HTTP/2", send("GET", "/graphql?query={viewer{role}}", "", "Upgrade", "h2c", "Connection", "Upgrade"), 200, json, `"PUBLIC"`},
		{"a query persisted", send("POST", "/graphql", `{"query":"{viewer{role}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+viewerHash+`"}}}`, "Content-Type", json), 200, json, `"PUBLIC"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.answer.Code != c.status || c.answer.Header().Get("Content-Type") != c.media || !strings.Contains(c.answer.Body.String(), c.holds) {
				t.Errorf("status %d, %s: %.300s", c.answer.Code, c.answer.Header().Get("Content-Type"), c.answer.Body)
			}
			refused := strings.Contains(c.answer.Body.String(), `"errors"`) && !strings.Contains(c.answer.Body.String(), `"path"`)
			if refused == strings.Contains(c.answer.Body.String(), `"data"`) {
				t.Errorf("data beside a refusal, or neither: %.300s", c.answer.Body)
			}
		})
	}
	if _, text, status := f.ask(t, registry.RolePublic, "", nil); status == http.StatusInternalServerError {
		t.Errorf("an empty query: %s", text)
	}
}

// viewerHash is the SHA-256 of {viewer{role}}.
const viewerHash = "e53bc19832ec68f3375ce89fc19eecf7d642cc0faab4bc5fcaf987cb9d13b739"

// TestAnswerStaysSmall: a query that is wrong in very many ways is not answered with each of them.
func TestAnswerStaysSmall(t *testing.T) {
	f := newFixture(t)
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "areas(filter: {nameContains: \"%d\"}) { totalCount } ", i)
	}
	a, text, _ := f.ask(t, registry.RolePublic, "{ "+b.String()+"}", nil)
	if len(a.Errors) == 0 || len(text) > 200_000 {
		t.Errorf("%d errors in %d bytes", len(a.Errors), len(text))
	}
}

// TestManyEditions: each edition may have to be loaded, so an operation may ask of a few only.
func TestManyEditions(t *testing.T) {
	f := newFixture(t)
	_, text, _ := f.ask(t, registry.RolePublic, `{ a: edition(id: "a") { id } b: edition(id: "b") { id } c: edition(id: "c") { id } d: edition(id: "d") { id } e: edition(id: "e") { id } f: edition(id: "f") { id } g: edition(id: "g") { id } }`, nil)
	if !strings.Contains(text, string(registry.CodeComplexity)) || strings.Count(text, string(registry.CodeNotFound)) != 6 {
		t.Errorf("%s", text)
	}
}

// TestPocketsAreBounded looks at the edge of the limit, and past it with a filter that brings the question back inside.
func TestPocketsAreBounded(t *testing.T) {
	f := newFixture(t)
	f.resolver.Limits.Clustered = int64(len(f.records))
	query := `query($f: HouseholdFilter) { pockets(filter: $f, radiusMeters: 400) { id } }`
	if a, text, _ := f.ask(t, registry.RolePlanner, query, nil); len(a.Errors) > 0 {
		t.Errorf("at the limit: %s", text)
	}
	f.resolver.Limits.Clustered--
	a, text, _ := f.ask(t, registry.RolePlanner, query, nil)
	if a.code() != string(registry.CodeComplexity) || a.field() != "filter" || !strings.Contains(text, "kantong report pockets") {
		t.Errorf("beyond the limit: %s", text)
	}
	if a, text, _ := f.ask(t, registry.RolePlanner, query, map[string]any{"f": map[string]any{"areas": []string{"19.71.01"}}}); len(a.Errors) > 0 {
		t.Errorf("narrowed: %s", text)
	}
}
