package server_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"kantong/internal/registry"
)

// TestMapDoors: what is answered, and how what can't be is refused.
func TestMapDoors(t *testing.T) {
	m := newMapServer(t)
	const mvt, geojson, problem = "application/vnd.mapbox-vector-tile", "application/geo+json", "application/json"
	for _, c := range []struct {
		key, path string
		status    int
		kind      string
		code      string
		field     string
	}{
		{"", "/areas.geojson", 200, geojson, "", ""},
		{"", "/areas.geojson" + query("level", "kecamatan", "within", "19.71", "simplify", "25", "measure", `{"deprivation": "UNSAFE_WATER"}`, "filter", `{"decile": {"max": 4}}`), 200, geojson, "", ""},
		{"", "/areas/19.71.01.geojson", 200, geojson, "", ""},
		{"", "/areas/19.99.geojson", 404, problem, "NOT_FOUND", "within"},
		{"", "/areas/bacang.geojson", 400, problem, "BAD_USER_INPUT", "code"},
		{"", "/areas.geojson?level=street", 400, problem, "BAD_USER_INPUT", "level"},
		{"", "/areas.geojson?simplify=-1", 400, problem, "BAD_USER_INPUT", "simplify"},
		{"", "/areas.geojson?fliter={}", 400, problem, "BAD_USER_INPUT", "fliter"},
		{"", "/areas.geojson?level=kecamatan&level=kelurahan", 400, problem, "BAD_USER_INPUT", "level"},
		{"", "/areas.geojson" + query("filter", `{"decil": 3}`), 400, problem, "BAD_USER_INPUT", "filter"},
		{"", "/areas.geojson" + query("filter", `{"areas": ["99"]}`), 404, problem, "NOT_FOUND", "filter.areas[0]"},
		{"", "/areas.geojson" + query("measure", `{"exclusion": "NONE"}`), 404, problem, "NOT_FOUND", "measure.exclusion"},
		{"", "/areas.geojson?edition=none", 404, problem, "NOT_FOUND", "edition"},
		{"", "/areas.geojson" + query("filter", `{"or": [{"headSex": "MALE"}, {"geocoded": true}]}`), 403, problem, "DISCLOSURE_LIMIT", "filter.or"},
		{"", "/tiles/kelurahan/11/1627/1036.mvt", 200, mvt, "", ""},
		{"", "/tiles/kecamatan/11/1627/1036.mvt", 200, mvt, "", ""},
		{"", "/tiles/kelurahan/11/0/0.mvt", 204, "", "", ""},
		{"", "/tiles/kelurahan/11/2048/0.mvt", 404, problem, "NOT_FOUND", "z"},
		{"", "/tiles/kelurahan/17/0/0.mvt", 404, problem, "NOT_FOUND", "z"},
		{"", "/tiles/kelurahan/11/x/0.mvt", 404, problem, "NOT_FOUND", "x"},
		{"", "/tiles/streets/11/0/0.mvt", 404, problem, "NOT_FOUND", "layer"},
		{"", "/tiles/hex/11/1627/1036.mvt", 403, problem, "DISCLOSURE_LIMIT", "layer"},
		{"partner", "/tiles/hex/11/1627/1036.mvt?hex=M1000", 200, mvt, "", ""},
		{"partner", "/tiles/hex/11/1627/1036.mvt?hex=M7", 400, problem, "BAD_USER_INPUT", "hex"},
		{"planner", "/tiles/hex/11/1627/1036.mvt" + query("measure", `{"indicator": {"code": "p0_percent"}}`), 400, problem, "BAD_USER_INPUT", "measure.indicator"},
		{"", "/tiles/kelurahan.json", 200, problem, "", ""},
		{"", "/tiles/streets.json", 404, problem, "NOT_FOUND", "layer"},
	} {
		resp, text := m.get(t, c.key, c.path)
		if resp.StatusCode != c.status || resp.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d %s %.300s", c.path, resp.StatusCode, resp.Header.Get("Content-Type"), text)
			continue
		}
		if c.code == "" {
			continue
		}
		var a struct {
			Errors []struct {
				Message    string
				Extensions struct{ Code, Field string }
			}
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != c.code || a.Errors[0].Extensions.Field != c.field {
			t.Errorf("%s: %s, want %s with field %s", c.path, text, c.code, c.field)
		}
		if resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: an error is to be kept: %v", c.path, resp.Header)
		}
	}
	if resp, text := m.send(t, "GET", "/tiles/kelurahan/11/1627/1036.mvt", "Authorization", "Bearer kantong_wrong"); resp.StatusCode != 401 || !strings.Contains(text, "UNAUTHENTICATED") {
		t.Errorf("a wrong key: %d %s", resp.StatusCode, text)
	}
	var tileJSON struct {
		TileJSON string
		Tiles    []string
		Bounds   [4]float64
		Layers   []struct{ ID string } `json:"vector_layers"`
	}
	_, text := m.get(t, "", "/tiles/kelurahan.json"+query("measure", `{"deprivation":"CROWDED"}`))
	if err := json.Unmarshal([]byte(text), &tileJSON); err != nil || tileJSON.TileJSON != "3.0.0" || len(tileJSON.Tiles) != 1 || tileJSON.Layers[0].ID != "kelurahan" || tileJSON.Bounds[0] >= tileJSON.Bounds[2] {
		t.Fatalf("%v: %s", err, text)
	}
	address := strings.NewReplacer(m.URL, "", "{z}", "11", "{x}", "1627", "{y}", "1036").Replace(tileJSON.Tiles[0])
	if resp, _ := m.get(t, "", address); resp.StatusCode != 200 {
		t.Errorf("%s of TileJSON: %d", address, resp.StatusCode)
	}
}

// TestMapsAreNamed: a name follows from what is asked, by whom and of what, and whoever has it is not answered again.
func TestMapsAreNamed(t *testing.T) {
	m := newMapServer(t)
	const path = "/tiles/kelurahan/11/1627/1036.mvt"
	name := func(key, path string) string {
		resp, _ := m.get(t, key, path)
		return resp.Header.Get("ETag")
	}
	first := name("", path+"?filter=%7B%7D&edition=city-7")
	if again := name("", path+"?edition=city-7&filter=%7B%7D"); again != first || len(first) != 34 {
		t.Errorf("named %s and %s", first, again)
	}
	names := map[string]bool{first: true}
	for _, other := range []string{name("", path), name("", path+query("filter", `{"decile": {"max": 4}}`)), name("", "/tiles/kelurahan/11/1627/1037.mvt"), name("partner", path+"?filter=%7B%7D&edition=city-7")} {
		if names[other] || other == "" {
			t.Errorf("%s names two answers", other)
		}
		names[other] = true
	}
	calls := m.engine.calls.Load()
	for _, list := range []string{first, "W/" + first, `"other", ` + first, "*"} {
		resp, text := m.get(t, "", path+"?filter=%7B%7D&edition=city-7", "If-None-Match", list)
		if resp.StatusCode != http.StatusNotModified || text != "" || resp.Header.Get("ETag") != first {
			t.Errorf("%s: %d %q", list, resp.StatusCode, text)
		}
	}
	if resp, _ := m.get(t, "", path+"?filter=%7B%7D&edition=city-7", "If-None-Match", `"other"`); resp.StatusCode != 200 {
		t.Errorf("another name: %d", resp.StatusCode)
	}
	if n := m.engine.calls.Load(); n != calls {
		t.Errorf("the engine was asked %d times for what is kept", n-calls)
	}
	for key, want := range map[string]string{"": "public, no-cache", "partner": "private, no-cache", "planner": "private, no-cache"} {
		if resp, _ := m.get(t, key, path); resp.Header.Get("Cache-Control") != want || !strings.Contains(strings.Join(resp.Header.Values("Vary"), " "), "Authorization") {
			t.Errorf("%q: %v", key, resp.Header)
		}
	}
	m.source.version.Add(1)
	if err := m.gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if resp, _ := m.get(t, "", path+"?filter=%7B%7D&edition=city-7", "If-None-Match", first); resp.StatusCode != 200 || resp.Header.Get("ETag") == first {
		t.Errorf("after a publication: %d", resp.StatusCode)
	}
}

// TestWhatIsKept: answers of the public and of each partner by itself, none of planners, no error, each made once.
func TestWhatIsKept(t *testing.T) {
	m := newMapServer(t)
	path := "/areas.geojson" + query("filter", `{"decile": {"max": 3}}`)
	ask := func(key string) int64 {
		before := m.engine.calls.Load()
		if resp, text := m.get(t, key, path); resp.StatusCode != 200 {
			t.Fatalf("%q: %d %s", key, resp.StatusCode, text)
		}
		return m.engine.calls.Load() - before
	}
	for _, key := range []string{"", "partner", "other partner"} {
		if first, second := ask(key), ask(key); first == 0 || second != 0 {
			t.Errorf("%q: the engine was asked %d times, then %d times", key, first, second)
		}
	}
	if ask("planner"); ask("planner") == 0 {
		t.Error("a planner's answer was kept")
	}
	spent := map[string]int{}
	for a, n := range m.books.spent {
		spent[a.Organisation] += n
	}
	if spent["partner"] == 0 || spent["partner"] != spent["other partner"] {
		t.Errorf("partners paid %v", spent)
	}
	var group sync.WaitGroup
	before := m.engine.calls.Load()
	for range 20 {
		group.Go(func() { m.get(t, "", "/areas.geojson"+query("filter", `{"headSex": "FEMALE"}`)) })
	}
	group.Wait()
	if n := m.engine.calls.Load() - before; n != 1 {
		t.Errorf("20 at once asked the engine %d times", n)
	}
	count := func() (n int) {
		for _, e := range m.books.entries {
			if e.Action == "map" && e.Organisation == "planner" && e.Operation == "/areas.geojson" && len(e.States) == 1 {
				n++
			}
		}
		return n
	}
	written := count()
	if ask("planner"); count() != written+1 {
		t.Errorf("%d entries after %d", count(), written)
	}
	if resp, _ := m.get(t, "partner", "/areas.geojson?level=street"); resp.StatusCode != 400 {
		t.Errorf("a level that is none: %d", resp.StatusCode)
	}
	if last := m.books.entries[len(m.books.entries)-1]; last.Organisation != "partner" || last.Outcome != registry.CodeBadUserInput {
		t.Errorf("a refusal is written down as %+v", last)
	}
	m.books.broken = true
	if resp, text := m.get(t, "planner", path); resp.StatusCode != 503 || strings.Contains(text, "features") || !strings.Contains(text, "audit log") {
		t.Errorf("without an audit log: %d %.200s", resp.StatusCode, text)
	}
	if resp, _ := m.get(t, "", path); resp.StatusCode != 200 {
		t.Errorf("without an audit log the public is answered %d", resp.StatusCode)
	}
}

func TestMapsAreCompressed(t *testing.T) {
	m := newMapServer(t)
	_, plain := m.get(t, "", "/areas.geojson")
	tags := map[string]string{}
	for accepted, want := range map[string]string{"gzip": "gzip", "gzip, zstd": "zstd", "zstd;q=0, gzip": "gzip", "zstd;q=0.5": "zstd", "br": "", "gzip;q=0": "", "GZIP": "gzip"} {
		resp, text := m.get(t, "", "/areas.geojson", "Accept-Encoding", accepted)
		if got := resp.Header.Get("Content-Encoding"); got != want || resp.ContentLength != int64(len(text)) {
			t.Errorf("%s is answered by %q, %d bytes", accepted, got, resp.ContentLength)
			continue
		}
		tag := resp.Header.Get("ETag")
		if former, known := tags[want]; known && former != tag {
			t.Errorf("%q is named %s and %s", want, former, tag)
		}
		tags[want] = tag
		if again, _ := m.get(t, "", "/areas.geojson", "Accept-Encoding", accepted, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != tag {
			t.Errorf("%s again: %d", tag, again.StatusCode)
		}
		switch want {
		case "gzip":
			r, err := gzip.NewReader(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(r)
			if text = string(all); err != nil {
				t.Error(err)
			}
		case "zstd":
			r, err := zstd.NewReader(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(r)
			if text = string(all); err != nil {
				t.Error(err)
			}
		}
		if text != plain {
			t.Errorf("%s: %.100s, want %.100s", accepted, text, plain)
		}
	}
	if tags["gzip"] == tags["zstd"] || tags["gzip"] == tags[""] || tags["zstd"] == tags[""] {
		t.Errorf("other bytes have the same tag: %v", tags)
	}
}
