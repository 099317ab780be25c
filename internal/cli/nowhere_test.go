package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// nowhere adds an edition "dark" to a data directory: the demonstration city without one coordinate, as most offices have their
// registry.
func nowhere(t *testing.T, data string) {
	t.Helper()
	dir := t.TempDir()
	said := must(t, "export", "registry", "--edition", "demo", "--out", filepath.Join(dir, "out"), "--purpose", "a test", "--data", data)
	path := filepath.Join(dir, "out", "households.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	longitude, latitude := slices.Index(rows[0], "longitude"), slices.Index(rows[0], "latitude")
	if longitude < 0 || latitude != longitude+1 {
		t.Fatal(rows[0])
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		if err := w.Write(slices.Delete(row, longitude, latitude+1)); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "edition", "create", "dark", "--as-of", "2025-06-30", "--data", data)
	must(t, "edition", "create", "dark", "--release", "2025-10", "--as-of", "2025-10-31", "--data", data)
	for line := range strings.Lines(said) {
		if args := strings.Fields(strings.ReplaceAll(line, "DRAFT", "dark")); len(args) > 0 && args[0] == "kantong" {
			must(t, append(args[1:], "--data", data)...)
		}
	}
	must(t, "edition", "publish", "dark", "--release", "2025-10", "--data", data)
}

// TestNowhereLocated asks an edition without a coordinate through every door: what needs none is the same as with them, and
// what does need them says so instead of failing.
func TestNowhereLocated(t *testing.T) {
	data := cityData(t)
	nowhere(t, data)
	s := start(t, "serve", "--data", data)
	_ = s.stop()
	keys := map[string]string{"public": ""}
	for _, role := range []string{"partner", "planner"} {
		for line := range strings.Lines(must(t, "keys", "create", "--role", role, "--organisation", "Test", "--data", data)) {
			if strings.HasPrefix(line, "kantong_") {
				keys[role] = strings.TrimSpace(line)
			}
		}
	}
	s = start(t, "serve", "--data", data, "--rate-address", "100000", "--rate-key", "100000")
	t.Run("what needs no place is the same", func(t *testing.T) { sameWithoutPlaces(t, s, keys["planner"]) })
	t.Run("what needs one says so", func(t *testing.T) { saysWithoutPlaces(t, s, keys) })
	t.Run("maps and files", func(t *testing.T) { mapsWithoutPlaces(t, s, keys) })
	_ = s.stop()
	t.Run("commands", func(t *testing.T) { commandsWithoutPlaces(t, data) })
}

// sameWithoutPlaces compares exact answers of both editions.
func sameWithoutPlaces(t *testing.T, s *running, key string) {
	for _, query := range []string{
		`{ summary(edition: $e) { households { value } people { value } deciles { decile households { value } } deprivations { deprivation households { value } rate { value } }
			programs { program { code } households { value } } multidimensional { headcountRatio { value } intensity { value } } } }`,
		`{ summaries(edition: $e, groupBy: [{area: KELURAHAN}, {attribute: DECILE}]) { key { area { code } decile { value } } summary { households { value } } } }`,
		`{ summaries(edition: $e, groupBy: [{neighbourhood: RT}], filter: {areas: ["19.71.01"]}) { key { neighbourhood { area { code } rw rt } } summary { households { value } } } }`,
		`{ rates(edition: $e, measure: {deprivation: UNSAFE_WATER}) { area { code } raw { value } smoothed { value } lower { value } upper { value } } }`,
		`{ hotspots(edition: $e, measure: {deprivation: UNSAFE_WATER}) { global { moranI p } areas { area { code } classification z pAdjusted neighbours } } }`,
		`{ priorities(edition: $e, input: {pillar: HOUSING}) { ranked { area { code } rank rankLow rankHigh score } } }`,
		`{ quadrant(edition: $e, main: {measure: {deprivation: UNSAFE_WATER}}, supporting: {measure: {deprivation: UNIMPROVED_SANITATION}}) { area { code } quadrant } }`,
		`{ allocate(edition: $e, input: {program: "PKH", budgetRupiah: "100000000000"}) { areas { area { code } households { value } rupiah } } }`,
		`{ whatIf(edition: $e, program: "PKH", eligibility: {decile: {max: 2}}, unitCostRupiah: "3000000") { eligible { value } cost byArea { area { code } } } }`,
		`{ measures(edition: $e, codes: ["deprivation:UNSAFE_WATER"]) { breaks figures { area { code } value { value } } } }`,
		`{ program(edition: $e, code: "PKH") { coverage { area { code } eligible { value } notReached { value } exclusion { value } } overlap { program { code } households { value } } } }`,
		`{ unreached(edition: $e, program: "PKH", first: 5) { totalCount edges { node { decile area { code } rt rw } } } }`,
	} {
		var answers [2]any
		for i, edition := range []string{"demo", "dark"} {
			s.ask(t, key, strings.ReplaceAll(query, "$e", fmt.Sprintf("%q", edition)), &answers[i])
		}
		with, _ := json.Marshal(answers[0])
		without, _ := json.Marshal(answers[1])
		if len(with) < 30 || !bytes.Equal(with, without) {
			t.Errorf("%s\nwith places    %.600s\nwithout places %.600s", query, with, without)
		}
	}
}

// saysWithoutPlaces asks for what lies where.
func saysWithoutPlaces(t *testing.T, s *running, keys map[string]string) {
	type value struct {
		Value  *float64
		Status string
	}
	for role, key := range keys {
		var a struct {
			Edition struct{ Geocoded value }
			Area    struct {
				Summary struct{ Households, Geocoded value }
			}
			Pockets []struct {
				Unit       string
				Households value
				Hull       any
				Notes      []string
			}
			Hotspots struct{ Areas []any }
		}
		s.ask(t, key, `{ edition(id: "dark") { geocoded { value status } } area(code: "19.71.01.1006", edition: "dark") { summary { households { value status } geocoded { value status } } }
			pockets(edition: "dark", filter: {decile: {max: 4}}, radiusMeters: 400) { unit households { value status } notes } hotspots(edition: "dark", measure: {deprivation: UNSAFE_WATER}) { areas { value { value } } } }`, &a)
		if g := a.Edition.Geocoded.Value; g == nil || *g != 0 {
			t.Errorf("%s: geocoded %v", role, g)
		}
		if h := a.Area.Summary.Households; h.Value == nil || *h.Value < 100 || len(a.Hotspots.Areas) != 42 {
			t.Errorf("%s: %+v, %d areas", role, a.Area.Summary, len(a.Hotspots.Areas))
		}
		for _, p := range a.Pockets { // of neighbourhood units or kelurahan, not of points
			if p.Unit == "HOUSEHOLDS" || len(p.Notes) == 0 {
				t.Errorf("%s: a pocket %+v", role, p)
			}
		}
		if role != "public" && len(a.Pockets) == 0 {
			t.Errorf("%s: no pockets", role)
		}
	}
	var p struct {
		Near, Inside struct{ TotalCount int }
		Nearest      struct {
			Edges []struct {
				DistanceMeters *float64
				Node           struct{ Location any }
			}
		}
		Hex []struct {
			Key     struct{ Hex struct{ ID *string } }
			Summary struct{ Households value }
		}
	}
	s.ask(t, keys["planner"], `{ near: households(edition: "dark", filter: {where: {near: {point: {longitude: 106.11, latitude: -2.13}, radiusMeters: 5000}}}) { totalCount }
		inside: households(edition: "dark", filter: {where: {bbox: {west: 106, south: -3, east: 107, north: -2}}}) { totalCount }
		nearest: households(edition: "dark", near: {longitude: 106.11, latitude: -2.13}, first: 3) { edges { distanceMeters node { location } } }
		hex: summaries(edition: "dark", groupBy: [{hex: M500}]) { key { hex { id } } summary { households { value status } } } }`, &p)
	if p.Near.TotalCount != 0 || p.Inside.TotalCount != 0 || len(p.Nearest.Edges) != 3 || p.Nearest.Edges[0].DistanceMeters != nil || p.Nearest.Edges[0].Node.Location != nil {
		t.Errorf("%+v", p)
	}
	if len(p.Hex) != 1 || p.Hex[0].Key.Hex.ID != nil || *p.Hex[0].Summary.Households.Value != 24_000 {
		t.Errorf("hexagons: %+v", p.Hex)
	}
}

// mapsWithoutPlaces draws every layer and takes away every table.
func mapsWithoutPlaces(t *testing.T, s *running, keys map[string]string) {
	get := func(role, path string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, s.address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if keys[role] != "" {
			req.Header.Set("Authorization", "Bearer "+keys[role])
			req.Header.Set("Kantong-Purpose", "a test")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	measure := "&measure=" + url.QueryEscape(`{"deprivation": "UNSAFE_WATER"}`)
	for path, want := range map[string]int{
		"/areas.geojson?level=KELURAHAN&edition=dark" + measure:    200,
		"/areas/19.71.01.geojson?edition=dark" + measure:           200,
		"/tiles/kelurahan/11/1627/1036.mvt?edition=dark" + measure: 200,
		"/tiles/kecamatan/11/1627/1036.mvt?edition=dark" + measure: 200,
		"/tiles/hex/13/6510/4144.mvt?edition=dark":                 204,
		"/tiles/households/14/13020/8289.mvt?edition=dark":         204,
		"/export/areas.csv?edition=dark" + measure:                 200,
		"/export/hex.xlsx?edition=dark":                            200,
		"/export/pockets.geojson?edition=dark":                     200,
		"/export/priorities.csv?edition=dark":                      200,
		"/export/unreached.gpkg?edition=dark&program=PKH":          200,
		"/ogc/collections/kelurahan/items?edition=dark":            200,
		"/ogc/collections/hex/items?edition=dark":                  200,
		"/ogc/collections/pockets/items?edition=dark":              200,
	} {
		if status, text := get("planner", path); status != want {
			t.Errorf("%s: %d %.300s", path, status, text)
		}
	}
	for role := range keys {
		status, text := get(role, "/tiles/pockets/11/1627/1036.mvt?edition=dark&radiusMeters=400")
		if status != 200 && status != 204 {
			t.Errorf("%s: pockets %d %.300s", role, status, text)
		}
	}
}

// commandsWithoutPlaces writes what commands write.
func commandsWithoutPlaces(t *testing.T, data string) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"report", "pockets", "--out", filepath.Join(dir, "p.csv"), "--edition", "dark"},
		{"report", "priorities", "--edition", "dark", "--pillar", "housing"},
		{"export", "areas", "--out", filepath.Join(dir, "a.xlsx"), "--edition", "dark"},
		{"export", "unreached", "--program", "PKH", "--purpose", "a test", "--out", filepath.Join(dir, "u.geojson"), "--edition", "dark"},
		{"disclosure", "report", "--edition", "dark"},
	} {
		if code, out, err := run(t, append(args, "--data", data)...); code != exitDone {
			t.Errorf("kantong %s: exit %d\n%s%s", strings.Join(args, " "), code, out, err)
		}
	}
}
