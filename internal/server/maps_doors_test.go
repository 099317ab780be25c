package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"kantong/internal/registry"
)

// refusal is the error of an answer.
func refusal(t *testing.T, text string) (code, field string) {
	t.Helper()
	var a struct {
		Errors []struct{ Extensions struct{ Code, Field string } }
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil || len(a.Errors) != 1 {
		t.Fatalf("no single error: %v, %s", err, text)
	}
	return a.Errors[0].Extensions.Code, a.Errors[0].Extensions.Field
}

// TestParametersOfMaps: what can't be read is refused rather than left out, which would show everybody, and of several errors
// it is always the same that is named.
func TestParametersOfMaps(t *testing.T) {
	m := newMapServer(t)
	for _, door := range []string{"/areas.geojson", "/areas/19.71.01.geojson", "/areas/19.71.01.1001.geojson", "/tiles/kelurahan/11/1627/1036.mvt", "/tiles/kelurahan.json"} {
		if resp, text := m.get(t, "", door+query("filter", `{}`)); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", door, resp.StatusCode, text)
		}
		for parameters, want := range map[string]string{
			"filter=%zz":                      "",
			`filter={"decile":{"max":2}};x=1`: "",
			"zzz=1&aaa=2&mmm=3":               "aaa",
			"filter=%7B%7D&filter=%7B%7D":     "filter",
			"filter=%7B":                      "filter",
			"filter=%5B%5D":                   "filter",
			"measure=%7B%7D":                  "measure",
			"measure=%7B%22x%22%3A1%7D":       "measure",
			"measure=7":                       "measure",
		} {
			for range 3 {
				resp, text := m.get(t, "", door+"?"+parameters)
				if resp.StatusCode != 400 {
					t.Errorf("%s?%s: %d %s", door, parameters, resp.StatusCode, text)
				} else if code, field := refusal(t, text); code != "BAD_USER_INPUT" || field != want {
					t.Errorf("%s?%s: %s", door, parameters, text)
				}
			}
		}
	}
	for path, want := range map[string]string{"/tiles/hex.json?hex=M7": "hex", "/areas.geojson?simplify=NaN": "simplify", "/areas.geojson?simplify=wide": "simplify", "/tiles/kelurahan/1/1/1.mvt?level=KECAMATAN": "level", "/areas/19.geojson?within=19": "within"} {
		resp, text := m.get(t, "", path)
		if resp.StatusCode != 400 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		} else if _, field := refusal(t, text); field != want {
			t.Errorf("%s: %s", path, text)
		}
	}
	for _, path := range []string{"/areas.geojson?simplify=Inf", "/areas.geojson?simplify=0", "/areas.geojson?level=kabupaten_kota", "/tiles/kelurahan/11/1627/1036.mvt?filter="} {
		if resp, text := m.get(t, "", path); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		}
	}
}

// TestTileJSONNamesItsServer: clients choose the name that they call a server by, so one's answer is not another's.
func TestTileJSONNamesItsServer(t *testing.T) {
	m := newMapServer(t)
	names := map[string]string{}
	for _, host := range []string{"one.example.org", "two.example.org", "one.example.org"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+"/tiles/kelurahan.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Tiles []string }
		err = json.NewDecoder(resp.Body).Decode(&got) // of what the program's own compressor would have compressed, too
		resp.Body.Close()
		if err != nil || len(got.Tiles) != 1 || got.Tiles[0] != "http://"+host+"/tiles/kelurahan/{z}/{x}/{y}.mvt" {
			t.Errorf("%s: %v, %v", host, got, err)
		}
		name := resp.Header.Get("ETag")
		if known, ok := names[host]; ok && known != name {
			t.Errorf("%s: named %s and %s", host, known, name)
		}
		names[host] = name
	}
	if names["one.example.org"] == names["two.example.org"] {
		t.Error("two servers' answers have one name")
	}
}

// failing is an engine that fails as long as it should.
type failing struct {
	registry.Engine
	with atomic.Pointer[error]
}

func (f *failing) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := f.with.Load(); err != nil {
		return nil, *err
	}
	return f.Engine.Points(ctx, q)
}

func (f *failing) Summarise(ctx context.Context, q []registry.SummaryQuery) ([][]registry.Cell, error) {
	if err := f.with.Load(); err != nil {
		if errors.Is(*err, errPanic) {
			panic("the engine is broken")
		}
		return nil, *err
	}
	return f.Engine.Summarise(ctx, q)
}

var errPanic = errors.New("panic")

// TestFailuresOfMaps are answered in JSON, tell nothing of the inside, and are gone once the failure is.
func TestFailuresOfMaps(t *testing.T) {
	m := newMapServer(t)
	engine := &failing{Engine: m.engine.Engine}
	m.engine.Engine = engine
	for i, c := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New("a secret of the inside"), 500, "INTERNAL"},
		{errPanic, 500, "INTERNAL"},
		{registry.Errorf(registry.CodeUnavailable, "", "the database is away"), 503, "UNAVAILABLE"},
		{fmt.Errorf("asking: %w", context.DeadlineExceeded), 503, "UNAVAILABLE"},
	} {
		path := "/areas.geojson" + query("filter", fmt.Sprintf(`{"decile": {"max": %d}}`, i+1))
		engine.with.Store(&c.err)
		resp, text := m.get(t, "", path)
		if resp.StatusCode != c.status || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("ETag") != "" || strings.Contains(text, "inside") || strings.Contains(text, "engine") {
			t.Fatalf("%v: %d %v %s", c.err, resp.StatusCode, resp.Header, text)
		}
		if code, _ := refusal(t, text); code != c.code {
			t.Errorf("%v: %s", c.err, text)
		}
		engine.with.Store(nil)
		if resp, text := m.get(t, "", path); resp.StatusCode != 200 {
			t.Errorf("after %v: %d %s", c.err, resp.StatusCode, text)
		}
	}
}

// TestPlannersStateAPurpose for figures of very few households in a region, each time, and the log tells how many they were.
func TestPlannersStateAPurpose(t *testing.T) {
	m := newMapServer(t)
	d := m.source.dataset
	r := rand.New(rand.NewPCG(8, 9))
	var path string
	for { // a disc with few households of some kelurahan in it
		filter := fmt.Sprintf(`{"where": {"near": {"point": {"longitude": %g, "latitude": %g}, "radiusMeters": 400}}}`, d.Areas.Bound().Min[0]+0.2*r.Float64(), d.Areas.Bound().Min[1]+0.15*r.Float64())
		path = "/areas.geojson" + query("filter", filter)
		if resp, text := m.get(t, "planner", path); resp.StatusCode != 200 {
			if code, field := refusal(t, text); resp.StatusCode != 400 || code != "BAD_USER_INPUT" || field != "Kantong-Purpose" {
				t.Fatalf("%d %s", resp.StatusCode, text)
			}
			break
		}
	}
	for range 2 {
		written := len(m.books.entries)
		if resp, text := m.get(t, "planner", path, "Kantong-Purpose", "field check"); resp.StatusCode != 200 {
			t.Fatalf("with a purpose: %d %s", resp.StatusCode, text)
		}
		if e := m.books.entries[len(m.books.entries)-1]; len(m.books.entries) != written+1 || e.Rows < 1 || e.Purpose != "field check" || e.Role != registry.RolePlanner {
			t.Errorf("logged as %+v", e)
		}
		if resp, _ := m.get(t, "planner", path); resp.StatusCode != 400 {
			t.Errorf("without a purpose after one with it: %d", resp.StatusCode)
		}
	}
	measured := "/areas.geojson" + query("measure", `{"share": {"meeting": `+mustFilter(t, path)+`}}`)
	if resp, text := m.get(t, "planner", measured); resp.StatusCode == 400 {
		if _, field := refusal(t, text); field != "Kantong-Purpose" {
			t.Errorf("a measure of few: %s", text)
		}
	} else {
		t.Errorf("a measure of few: %d", resp.StatusCode)
	}
}

// mustFilter is the filter of an address.
func mustFilter(t *testing.T, path string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req.URL.Query().Get("filter")
}

// TestMapsAgreeOnPublishedFigures, which GraphQL compares by hot spots.
func TestMapsAgreeOnPublishedFigures(t *testing.T) {
	m := newMapServer(t)
	d := m.source.dataset
	for i, at := range d.Areas.Level(registry.LevelKelurahan) {
		if i%3 != 0 { // some have none
			d.Indicators = append(d.Indicators, registry.AreaIndicator{Area: d.Areas.Area(at).Code, Code: "schooling", Year: 2024, Value: 7 + float64(i)/3, Unit: "years"})
		}
	}
	m.source.version.Add(1)
	if err := m.gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	const one = `{"indicator": {"code": "schooling"}}`
	var asked struct {
		Data struct {
			Hotspots struct {
				Areas []struct {
					Area  struct{ Code string }
					Value struct {
						Value  *float64
						Status string
					}
				}
			}
		}
	}
	text := m.post(t, "", `{"query": "query($m: MeasureInput!) { hotspots(measure: $m) { areas { area { code } value { value status } } } }", "variables": {"m": `+one+`}}`)
	if err := json.Unmarshal([]byte(text), &asked); err != nil || len(asked.Data.Hotspots.Areas) == 0 {
		t.Fatalf("%v: %s", err, text)
	}
	var drawn struct {
		Features []struct{ Properties mapFigure }
	}
	_, text = m.get(t, "", "/areas.geojson"+query("measure", one))
	if err := json.Unmarshal([]byte(text), &drawn); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	figures, known := map[string]mapFigure{}, 0
	for _, f := range drawn.Features {
		figures[f.Properties.Code] = f.Properties
	}
	for _, a := range asked.Data.Hotspots.Areas {
		if p := figures[a.Area.Code]; p.VStatus != a.Value.Status || !same(p.Value, a.Value.Value) {
			t.Errorf("%s: %v %s, GraphQL says %v %s", a.Area.Code, p.Value, p.VStatus, a.Value.Value, a.Value.Status)
		} else if p.Value != nil {
			known++
		}
	}
	if known < 5 {
		t.Errorf("%d figures are known", known)
	}
}
