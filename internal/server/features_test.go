package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-chi/chi/v5"
)

type itemsAnswer struct {
	Features []struct {
		ID         uint64
		BBox       []float64
		Geometry   json.RawMessage
		Properties map[string]any
	}
	Links []struct{ Href, Rel string }

	NumberMatched, NumberReturned int
	About                         map[string]any
}

func (m *mapServer) items(t *testing.T, key, path string) (a itemsAnswer) {
	t.Helper()
	resp, text := m.get(t, key, path)
	if err := json.Unmarshal([]byte(text), &a); err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%s: %v, %d %s %.300s", path, err, resp.StatusCode, resp.Header.Get("Content-Type"), text)
	}
	if len(a.Features) != a.NumberReturned {
		t.Errorf("%s: %d features, numberReturned %d", path, len(a.Features), a.NumberReturned)
	}
	return a
}

// TestFeaturesAgreeWithMaps: a collection shows the figures of the map, as every role.
func TestFeaturesAgreeWithMaps(t *testing.T) {
	m := newMapServer(t)
	for _, key := range []string{"", "partner", "planner", "auditor", "scoped"} {
		for _, level := range []string{"kecamatan", "kelurahan"} {
			parameters := query("measure", `{"deprivation": "UNSAFE_WATER"}`, "filter", `{"decile": {"max": 5}}`)
			list := m.items(t, key, "/ogc/collections/"+level+"/items"+parameters)
			_, text := m.get(t, key, "/areas.geojson"+parameters+"&level="+level)
			var drawn struct {
				Features []struct {
					ID         uint64
					BBox       []float64
					Geometry   json.RawMessage
					Properties mapFigure
				}
			}
			if err := json.Unmarshal([]byte(text), &drawn); err != nil || len(drawn.Features) == 0 || len(drawn.Features) != list.NumberMatched {
				t.Fatalf("%v: %d features, %d on the map", err, list.NumberMatched, len(drawn.Features))
			}
			number := func(x any) *float64 {
				if n, ok := x.(float64); ok {
					return &n
				}
				return nil
			}
			for i, f := range drawn.Features {
				got, want := list.Features[i], f.Properties
				households := (*float64)(nil)
				if want.Households != nil {
					households = new(float64(*want.Households))
				}
				p := got.Properties
				if got.ID != f.ID || !slices.Equal(got.BBox, f.BBox) || string(got.Geometry) != string(f.Geometry) || p["code"] != want.Code || !same(number(p["households"]), households) || p["households_status"] != want.HStatus ||
					!same(number(p["unsafe_water"]), want.Value) || p["unsafe_water_status"] != want.VStatus {
					t.Errorf("%q: %v, the map says %+v", key, p, want)
				}
			}
		}
	}
}

// TestFeaturePages: the pages of next links together are all features, each once; boxes and times narrow them.
func TestFeaturePages(t *testing.T) {
	m := newMapServer(t)
	all := m.items(t, "", "/ogc/collections/kelurahan/items")
	if all.NumberMatched < 5 || all.NumberReturned != all.NumberMatched || all.About["role"] != "PUBLIC" || all.Features[0].Properties["unsafe_water_status"] == nil {
		t.Fatalf("%d of %d, %v", all.NumberReturned, all.NumberMatched, all.About)
	}
	var ids []uint64
	for next := "/ogc/collections/kelurahan/items?limit=2"; next != ""; {
		page := m.items(t, "", next)
		next = ""
		for _, f := range page.Features {
			ids = append(ids, f.ID)
		}
		for _, l := range page.Links {
			if l.Rel == "next" {
				next = strings.TrimPrefix(l.Href, m.URL)
			}
		}
		if len(ids) > all.NumberMatched {
			break
		}
	}
	if len(ids) != all.NumberMatched {
		t.Errorf("%d features on all pages, %d in all", len(ids), all.NumberMatched)
	}
	for i, f := range all.Features {
		if ids[i] != f.ID {
			t.Errorf("feature %d is %d on pages and %d in all", i, ids[i], f.ID)
		}
	}
	first := all.Features[0]
	b, drawn := first.BBox, 0
	for _, f := range all.Features {
		if string(f.Geometry) != "null" {
			drawn++
		}
	}
	inside := m.items(t, "", fmt.Sprintf("/ogc/collections/kelurahan/items?bbox=%g,%g,%g,%g", first.Properties["longitude"], first.Properties["latitude"], first.Properties["longitude"].(float64)+1e-6, first.Properties["latitude"].(float64)+1e-6))
	if inside.NumberMatched != 1 || inside.Features[0].ID != first.ID {
		t.Errorf("a box around %v shows %d features", first.Properties["name"], inside.NumberMatched)
	}
	for parameters, want := range map[string]int{
		"bbox=0,0,1,1": 0, fmt.Sprintf("bbox=%g,%g,-5,%g,%g,5", b[0]-9, b[1]-9, b[2]+9, b[3]+9): drawn, fmt.Sprintf("bbox=%g,-90,-170,90", b[0]-1): drawn, "bbox=170,-90,-170,90": 0,
		"datetime=1999-01-01": 0, "datetime=1999-01-01T00:00:00Z/..": all.NumberMatched, "datetime=../1999-01-01": 0, "datetime=../..": all.NumberMatched, "limit=100000": all.NumberMatched, "offset=1000": all.NumberMatched,
	} {
		if got := m.items(t, "", "/ogc/collections/kelurahan/items?"+parameters); got.NumberMatched != want {
			t.Errorf("%s: %d features, want %d", parameters, got.NumberMatched, want)
		}
	}
	for path, want := range map[string]string{"kelurahan/items?limit=0": "400 limit", "kelurahan/items?limit=x": "400 limit", "kelurahan/items?offset=-1": "400 offset", "kelurahan/items?bbox=1,2,3": "400 bbox", "kelurahan/items?bbox=0,2,1,1": "400 bbox",
		"kelurahan/items?datetime=yesterday": "400 datetime", "kelurahan/items?colour=red": "400 colour", "villages": "404 collection", "villages/items": "404 collection", "kelurahan/items/1": "404 feature", "hex/items": "403 layer", "kelurahan?x=1": "400 x"} {
		resp, text := m.get(t, "", "/ogc/collections/"+path)
		if _, field := refusal(t, text); fmt.Sprint(resp.StatusCode, " ", field) != want {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		}
	}
	resp, text := m.get(t, "", fmt.Sprintf("/ogc/collections/kelurahan/items/%d", first.ID))
	if resp.StatusCode != 200 || !strings.Contains(text, fmt.Sprintf(`"code":%q`, first.Properties["code"])) || !strings.Contains(text, `"rel":"collection"`) || !json.Valid([]byte(text)) {
		t.Errorf("one feature: %d %s", resp.StatusCode, text)
	}
}

// TestCollections: who finds what, and links that lead somewhere.
func TestCollections(t *testing.T) {
	m := newMapServer(t)
	for key, want := range map[string]string{"": "kecamatan kelurahan pockets", "auditor": "kecamatan kelurahan pockets", "partner": "kecamatan kelurahan hex pockets", "planner": "kecamatan kelurahan hex pockets"} {
		_, text := m.get(t, key, "/ogc/collections")
		var a struct{ Collections []struct{ ID string } }
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, c := range a.Collections {
			ids = append(ids, c.ID)
			m.items(t, key, "/ogc/collections/"+c.ID+"/items")
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q finds %s, want %s", key, got, want)
		}
	}
	resp, text := m.get(t, "", "/ogc")
	var landing struct{ Links []struct{ Href, Rel string } }
	if err := json.Unmarshal([]byte(text), &landing); err != nil || resp.StatusCode != 200 || len(landing.Links) != 4 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, l := range landing.Links {
		if resp, _ := m.get(t, "", strings.TrimPrefix(l.Href, m.URL)); resp.StatusCode != 200 {
			t.Errorf("%s: %d", l.Href, resp.StatusCode)
		}
	}
}

// TestOpenAPI: the document is valid, and describes every door that there is, with parameters that are there, and no other.
func TestOpenAPI(t *testing.T) {
	m := newMapServer(t)
	_, text := m.get(t, "", "/ogc/api")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, schema := range map[string]string{"/ogc": "landing", "/ogc/conformance": "conformance", "/ogc/collections": "collections", "/ogc/collections/hex": "collection", "/ogc/collections/kelurahan/items": "features", "/ogc/collections/hex/items": "features", "/ogc/collections/pockets/items?radiusMeters=2500&minHouseholds=10": "features"} {
		var answer any
		if _, text := m.get(t, "planner", path); json.Unmarshal([]byte(text), &answer) != nil {
			t.Fatalf("%s: %.200s", path, text)
		}
		if err := doc.Components.Schemas[schema].Value.VisitJSON(answer); err != nil {
			t.Errorf("%s is no %s: %v", path, schema, err)
		}
	}
	expand := map[string][]string{"/export/{file}": nil, "/ogc/collections/{collection}/items": nil, "/ogc/collections/{collection}/items/{feature}": nil, "/areas/{code}.geojson": nil}
	for path := range doc.Paths.Map() {
		pattern := path
		switch {
		case strings.HasPrefix(path, "/export/"):
			pattern = "/export/{file}"
		case strings.HasSuffix(path, "/items"):
			pattern = "/ogc/collections/{collection}/items"
		case strings.HasSuffix(path, "/items/{feature}"):
			pattern = "/ogc/collections/{collection}/items/{feature}"
		}
		expand[pattern] = append(expand[pattern], path)
	}
	described := map[string]bool{}
	err = chi.Walk(m.Config.Handler.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if route == `/areas/{file:[^/]+\.geojson}` {
			route = "/areas/{code}.geojson"
		}
		switch strings.TrimSuffix(route, "/") {
		case "", "/*", "/plain", "/plain/*", "/graphiql", "/graphiql/*", "/map.json", "/assets/*": // pages, for people
			return nil
		}
		if route != "/ogc/" && len(expand[route]) == 0 {
			t.Errorf("%s %s is not described", method, route)
		}
		described[route] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for route := range expand {
		if !described[route] {
			t.Errorf("%s is described, and not there", route)
		}
	}
	// What a description calls a parameter is one: none of them is refused as unknown.
	for _, path := range doc.Paths.InMatchingOrder() {
		op := doc.Paths.Find(path).Get
		if op == nil || !(strings.HasPrefix(path, "/export/") || strings.HasSuffix(path, "/items") || strings.HasSuffix(path, "/areas.geojson")) {
			continue
		}
		values := url.Values{}
		for _, p := range op.Parameters {
			if p.Value.In == "query" {
				values.Set(p.Value.Name, "")
			}
		}
		names := []string{}
		for name := range values {
			names = append(names, name)
		}
		sort.Strings(names)
		if resp, text := m.get(t, "planner", strings.Replace(path, "{format}", "csv", 1)+"?"+values.Encode(), "Kantong-Purpose", "a test"); strings.Contains(text, "there is no such parameter") {
			t.Errorf("%s, %v: %d %s", path, names, resp.StatusCode, text)
		}
	}
}
