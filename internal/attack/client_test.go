package attack

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// client is an attacker: it has a key, and sends requests.
type client struct {
	testing.TB
	handler http.Handler
	key     string
	edition string
}

func (w world) client(t testing.TB, key string) client { return client{t, w.handler, key, ""} }

// m is a JSON object: a filter, or variables.
type m = map[string]any

// answer is what came back.
type answer struct {
	Data   map[string]json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	raw    string
	status int
	header http.Header
}

// send posts a query.
func (c client) send(query string, variables m) (a answer) {
	c.Helper()
	body, err := json.Marshal(m{"query": query, "variables": variables})
	if err != nil {
		c.Fatal(err)
	}
	return c.do(http.MethodPost, "/graphql", body)
}

func (c client) do(method, path string, body []byte, header ...string) (a answer) {
	c.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if c.key != public {
		r.Header.Set("Authorization", "Bearer "+c.key)
		r.Header.Set("Kantong-Purpose", "a test of the guard")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	a.raw, a.status, a.header = w.Body.String(), w.Code, w.Header()
	_ = json.Unmarshal(w.Body.Bytes(), &a) // what is no JSON has no data
	return a
}

// must fails the test when the answer has an error.
func (c client) must(query string, variables m, into any) {
	c.Helper()
	a := c.send(query, variables)
	if len(a.Errors) > 0 {
		c.Fatalf("%.200s: %+v", query, a.Errors[0])
	}
	data, _ := json.Marshal(a.Data)
	if err := json.Unmarshal(data, into); err != nil {
		c.Fatal(err)
	}
}

// figure is a protected count as it is shown, or why it was refused.
type figure struct {
	Value   *int
	Status  string
	refused string
}

func (f figure) known() bool { return f.Value != nil }
func (f figure) String() string {
	switch {
	case f.refused != "":
		return f.refused
	case f.Value == nil:
		return f.Status
	}
	return fmt.Sprintf("%d %s", *f.Value, f.Status)
}

// aliases is how many questions go into a request.
const aliases = 60

// counts asks how many households each filter keeps, many in a request.
func (c client) counts(filters ...m) []figure {
	c.Helper()
	out := make([]figure, 0, len(filters))
	for len(filters) > 0 {
		n := min(aliases, len(filters))
		for _, s := range c.summaries("households { value status }", filters[:n]...) {
			f := figure{refused: s.refused}
			if s.refused == "" {
				f.Value, f.Status = s.Households.Value, s.Households.Status
			}
			out = append(out, f)
		}
		filters = filters[n:]
	}
	return out
}

// summary is what an attacker reads of a Summary.
type summary struct {
	Households, People figure
	Deciles            []struct{ Households, People figure }
	Deprivations       []struct {
		Deprivation       string
		Households, Known figure
	}
	Programs []struct {
		Program    struct{ Code string }
		Households figure
	}
	AnsweredFor *struct {
		Blocks   int
		Coverage float64
		Geometry json.RawMessage
	}
	Poverty *struct {
		People                   figure
		Headcount, Gap, Severity struct {
			Value  *json.Number
			Status string
		}
	}
	refused string
}

// summaries asks for a selection of each filter's Summary, in one request.
func (c client) summaries(selection string, filters ...m) []summary {
	c.Helper()
	var head, body strings.Builder
	variables := m{}
	if c.edition != "" {
		head.WriteString("$e: ID ")
		variables["e"] = c.edition
	}
	for i, f := range filters {
		fmt.Fprintf(&head, "$f%d: HouseholdFilter ", i)
		edition := ""
		if c.edition != "" {
			edition = ", edition: $e"
		}
		fmt.Fprintf(&body, "a%d: summary(filter: $f%d%s) { %s }\n", i, i, edition, "...s")
		variables[fmt.Sprintf("f%d", i)] = f
	}
	a := c.send(fmt.Sprintf("query(%s) {\n%s}\nfragment s on Summary { %s }", head.String(), body.String(), selection), variables)
	out := make([]summary, len(filters))
	for i := range out {
		raw := a.Data[fmt.Sprintf("a%d", i)]
		if raw == nil || string(raw) == "null" {
			out[i].refused = "refused"
			continue
		}
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			c.Fatalf("%v in %.300s", err, raw)
		}
	}
	for _, e := range a.Errors {
		if len(e.Path) == 0 {
			c.Fatalf("%s", e.Message)
		}
		var i int
		if _, err := fmt.Sscanf(fmt.Sprint(e.Path[0]), "a%d", &i); err == nil {
			out[i].refused = fmt.Sprint(e.Extensions["code"])
		}
	}
	return out
}

// Filters that attackers write.
func at(area string) m   { return m{"areas": []string{area}} }
func in(geometry m) m    { return m{"where": m{"coveredBy": geometry}} }
func isX(x string) m     { return m{"deprivedIn": []string{x}} }
func notX(x string) m    { return m{"notDeprivedIn": []string{x}} }
func inP(p string) m     { return m{"enrolledIn": []string{p}} }
func notInP(p string) m  { return m{"notEnrolledIn": []string{p}} }
func deciles(a, b int) m { return m{"decile": m{"min": a, "max": b}} }
func box(w, s, e, n float64) m {
	return m{"where": m{"bbox": m{"west": w, "south": s, "east": e, "north": n}}}
}

// both joins filters whose members differ.
func both(filters ...m) m {
	out := m{}
	for _, f := range filters {
		for k, v := range f {
			out[k] = v
		}
	}
	return out
}

// square is a ring with sides of 2·r degrees.
func square(x, y, r float64) [][2]float64 {
	return [][2]float64{{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}, {x - r, y - r}}
}

func polygon(rings ...[][2]float64) m {
	out := [][][2]float64{rings[0]}
	for _, hole := range rings[1:] {
		back := make([][2]float64, len(hole))
		for i := range hole {
			back[len(hole)-1-i] = hole[i]
		}
		out = append(out, back)
	}
	return m{"type": "Polygon", "coordinates": out}
}

// sum is the hash that a client persists a query under.
func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
