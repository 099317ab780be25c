package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// feature writes a GeoJSON feature.
func feature(properties string, g orb.Geometry) string {
	geometry := []byte("null")
	if g != nil {
		geometry = geo.MarshalGeometry(g)
	}
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":%s}`, properties, geometry)
}

func collection(features ...string) string {
	return "{\"type\":\"FeatureCollection\",\"features\":[\n" + strings.Join(features, ",\n") + "\n]}"
}

// hasNote tells whether one of the notes holds the text.
func hasNote(notes []string, text string) bool {
	return slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, text) })
}

func TestAreas(t *testing.T) {
	s := &memoryStore{}
	path := write(t, "areas.geojson", collection(
		feature(`{"kode":"19.71.04.1006","nama":"ASAM","parent_name":"Rangkui","source":"BIG"}`, square(106.10, -2.14)),
		feature(`{"ADM4_PCODE":"ID1971010010","ADM4_EN":"Kramat"}`, square(106.11, -2.14)),
		feature(`{"KDEPUM":"1010","KDCPUM":"19.71.04","WADMKD":"Gajah Lama","WADMKC":"Rangkui"}`, square(106.12, -2.14)[0])))
	report, err := Areas(context.Background(), target(s), path, AreaOptions{})
	if err != nil || report.Rejected != 0 || report.Rows != 6 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	type area struct {
		Code, Name, BPS, Source string
		Rings                   int
	}
	var got []area
	for _, a := range s.areas {
		rings := 0
		for _, p := range a.Boundary {
			rings += len(p)
		}
		got = append(got, area{string(a.Code), a.Name, a.BPSCode, a.Source, rings})
		if a.Boundary != nil && (!geo.Covers(a.Boundary, a.Label) || a.AreaKm2 != geo.AreaKm2(a.Boundary)) {
			t.Errorf("area %s: label %v, %g km²", a.Code, a.Label, a.AreaKm2)
		}
	}
	made := "union of the areas below it, areas.geojson"
	want := []area{
		{"19", "Kepulauan Bangka Belitung", "19", "", 0},
		{"19.71", "Kota Pangkalpinang", "1971", made, 1},
		{"19.71.04", "Rangkui", "1971010", made, 1},
		{"19.71.04.1006", "Asam", "1971010001", "BIG", 1},
		{"19.71.04.1009", "Keramat", "1971010010", "areas.geojson", 1},
		{"19.71.04.1010", "Gajah Lama", "1971010016", "areas.geojson", 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantNotes := []string{
		"read the BPS codes of 1 feature as the Kemendagri codes of the same areas",
		"named otherwise than in the gazetteer: 19.71.04.1010 Gajah Lama (known as Gajah Mada)",
		"made 3 areas above those of the file",
	}
	if diff := cmp.Diff(wantNotes, report.Notes); diff != "" {
		t.Error(diff)
	}
}

func TestBadFeature(t *testing.T) {
	bowtie := orb.Polygon{{{0, 0}, {2, 2}, {2, 0}, {0, 1}, {0, 0}}}
	asRead, err := geo.ParseGeometry(geo.MarshalGeometry(bowtie)) // rings may turn on the way
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, properties   string
		g                  orb.Geometry
		column, value, why string
	}{
		{"no code", `{"nama":"x"}`, square(0, 0), "code", "", "is missing"},
		{"code of nothing", `{"code":"x"}`, square(0, 0), "code", "x", "is not an area code such as 19.71.03.1004, nor a code of the gazetteer"},
		{"unknown BPS code", `{"ADM4_PCODE":"ID1971999999"}`, square(0, 0), "adm4_pcode", "ID1971999999", "is not a BPS code of the gazetteer"},
		{"code of both kinds", `{"kode_desa":1971041010}`, square(0, 0), "kode_desa", "1971041010", "is the BPS code of one area and the Kemendagri code of another; write the latter with dots"},
		{"no name", `{"code":"19.72.01.1001"}`, square(0, 0), "name", "", "is missing"},
		{"no geometry", `{"code":"19.71.04.1010"}`, nil, "geometry", "19.71.04.1010 Gajah Mada", "is missing"},
		{"a point", `{"code":"19.71.04.1010"}`, orb.Point{1, 2}, "geometry", "19.71.04.1010 Gajah Mada", "is a Point, not a polygon"},
		{"an empty polygon", `{"code":"19.71.04.1010"}`, orb.Polygon{}, "geometry", "19.71.04.1010 Gajah Mada", "covers no ground"},
		{"metres", `{"code":"19.71.04.1010"}`, square(500000, -2), "geometry", "19.71.04.1010 Gajah Mada",
			"the longitude is not between -180 and 180 at 500000, -2 (polygon 0 ring 0 position 0)"},
		{"crossing itself", `{"code":"19.71.04.1010"}`, bowtie, "geometry", "19.71.04.1010 Gajah Mada", geo.Validate(asRead).Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := target(&memoryStore{})
			target.Known = append(slices.Clone(gazette), KnownArea{Code: "19.71.05.1001", Name: "Taman Bunga", BPSCode: "1971041010"})
			path := write(t, "areas.json", collection(feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14)), feature(test.properties, test.g)))
			report, err := Areas(context.Background(), target, path, AreaOptions{})
			if err != nil || report.Rejected != 1 {
				t.Fatalf("report %+v, error %v", report, err)
			}
			want := [][]string{{"3", test.column, test.value, test.why}}
			if diff := cmp.Diff(want, rejectedRows(t, report.RejectedFile)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAreasRefused(t *testing.T) {
	good := feature(`{"code":"19.71.04.1006","name":"A"}`, square(106.10, -2.14))
	for _, test := range []struct {
		name, text, want string
		code             registry.Code
	}{
		{"code given twice", collection(good, feature(`{"code":"19.71.04.1006","name":"B"}`, square(106.11, -2.14))),
			`"A" (line 2) and "B" (line 3) both have the code 19.71.04.1006`, registry.CodeConflict},
		{"no feature", collection(), "holds no features", registry.CodeBadUserInput},
		{"all rejected", collection(feature(`{}`, nil)), "all 1 features of a.geojson were rejected", registry.CodeBadUserInput},
		{"not GeoJSON", `[1]`, "is neither GeoJSON nor", registry.CodeBadUserInput},
		{"GeoJSON of nothing", `{"type":1}`, "is not GeoJSON", registry.CodeInvalidGeometry},
		{"degrees that claim to be metres", strings.Replace(collection(good), `"features"`, `"crs":{"type":"name","properties":{"name":"EPSG:32748"}},"features"`, 1),
			"says that its positions are in WGS 84 / UTM zone 48S, but 106.1, -2.14 is no position there", registry.CodeInvalidGeometry},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &memoryStore{}
			_, err := Areas(context.Background(), target(s), write(t, "a.geojson", test.text), AreaOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != test.code {
				t.Errorf("error %v; want %s with %q", err, test.code, test.want)
			}
			if s.puts != 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestAreasAppended(t *testing.T) {
	s := &memoryStore{}
	run := func(add bool, features ...string) error {
		target := target(s)
		target.Append = add
		_, err := Areas(context.Background(), target, write(t, "a.geojson", collection(features...)), AreaOptions{})
		return err
	}
	one := feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14))
	if err := run(false, one); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ feature, want string }{
		{feature(`{"code":"19.71.04.1006","x":1}`, square(106.10, -2.14)), "the draft already has area 19.71.04.1006, Asam"},
		{feature(`{"code":"19.71.04.1009"}`, square(106.11, -2.14)), "the draft made 19.71.04 Rangkui of the areas of an earlier file"},
	} {
		if err := run(true, test.feature); registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v; want CONFLICT with %q", err, test.want)
		}
	}
	other := feature(`{"code":"19.72.01.1001","name":"New","parent_name":"Above"}`, square(106.2, -2.14))
	if err := run(true, other); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range s.areas {
		got = append(got, string(a.Code)+" "+a.Name)
	}
	want := []string{"19 Kepulauan Bangka Belitung", "19.71 Kota Pangkalpinang", "19.71.04 Rangkui", "19.71.04.1006 Asam",
		"19.72 19.72", "19.72.01 Above", "19.72.01.1001 New"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAreasAppendedBeside: what is added is checked beside what the draft has, of which nothing is told again, or missed.
func TestAreasAppendedBeside(t *testing.T) {
	s := &memoryStore{}
	run := func(add bool, features ...string) *Report {
		target := target(s)
		target.Append = add
		report, err := Areas(context.Background(), target, write(t, "a.geojson", collection(features...)), AreaOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	said := func(r *Report) (list []string) {
		for _, f := range r.Findings {
			if f.Kind == FindingOverlap || f.Kind == FindingMissing || f.Kind == FindingGap {
				list = append(list, string(f.Kind)+" "+strings.Join(f.Names, "+"))
			}
		}
		return list
	}
	city := square(106.10, -2.14)
	first := run(false, feature(`{"code":"19.71"}`, city), feature(`{"code":"19.71.04"}`, city), feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14)),
		feature(`{"code":"19.71.04.1007","name":"Other"}`, square(106.101, -2.14)))
	if diff := cmp.Diff([]string{"OVERLAP Asam+Other", "MISSING Keramat", "MISSING Gajah Mada"}, said(first)); diff != "" {
		t.Error(diff)
	}
	second := run(true, feature(`{"code":"19.71.04.1009"}`, square(106.095, -2.14)))
	if diff := cmp.Diff([]string{"OVERLAP Keramat+Asam", "OVERLAP Keramat+Other", "MISSING Gajah Mada"}, said(second)); diff != "" {
		t.Error(diff)
	}
}

const pangkalpinang = "../../../shared/data/pangkalpinang/"

// cityFile gives the path of a real file.
func cityFile(t testing.TB, name string) string {
	t.Helper()
	if _, err := os.Stat(pangkalpinang + name); err != nil {
		t.Skip("the real data of Pangkalpinang are not beside the checkout")
	}
	return pangkalpinang + name
}

// cityGazetteer reads the table of codes.
func cityGazetteer(t testing.TB) []KnownArea {
	t.Helper()
	file, err := os.Open(cityFile(t, "codes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := tabular.Open(t.Context(), file, tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var known []KnownArea
	for {
		rec, err := r.Next()
		if err != nil {
			return known
		}
		at := func(name string) string { return rec.Fields[slices.Index(r.Names, name)] }
		k := KnownArea{Code: registry.AreaCode(at("code")), Name: at("name"), BPSCode: at("bps_code"),
			Spellings: []string{at("name_cahyadsn_2025"), at("name_hdx_bps_2020"), at("name_city_map_2023"), at("name_geografis_2020")}}
		if lon, reason := parseNumber(at("point_lon_geografis"), true); reason == "" {
			lat, _ := parseNumber(at("point_lat_geografis"), true)
			k.Point = orb.Point{lon, lat}
		}
		known = append(known, k)
	}
}

// importCity imports a real file beside which nothing may be written.
func importCity(t *testing.T, path string) (*memoryStore, *Report) {
	t.Helper()
	s := &memoryStore{}
	target := target(s)
	target.Known = cityGazetteer(t)
	report, err := Areas(context.Background(), target, path, AreaOptions{})
	if err != nil || report.Rejected != 0 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	levels := map[registry.AreaLevel]int{}
	for _, a := range s.areas {
		levels[a.Level()]++
	}
	want := map[registry.AreaLevel]int{registry.LevelKelurahan: 42, registry.LevelKecamatan: 7, registry.LevelKabupatenKota: 1}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Error(diff)
	}
	t.Log(strings.Join(report.Notes, "\n"))
	return s, report
}

func TestCityBoundaries(t *testing.T) {
	s, report := importCity(t, cityFile(t, "kelurahan_hdx_bps_2020.geojson"))
	if kota := s.areas[0]; kota.Name != "Kota Pangkalpinang" || math.Abs(kota.AreaKm2-104.591) > 0.05 {
		t.Errorf("%s has %g km²; want 104.591 ± 0.05", kota.Name, kota.AreaKm2)
	}
	for _, a := range s.areas {
		if _, turned := geo.Rewind(a.Boundary); turned != 0 || geo.Validate(a.Boundary) != nil {
			t.Errorf("%s: %d rings run the wrong way, fault %v", a.Name, turned, geo.Validate(a.Boundary))
		}
	}
	if !hasNote(report.Notes, "rings that ran against the right-hand rule") {
		t.Error("turned rings are not told")
	}
	for _, never := range []string{"overlap", "gaps", "swapped", "lacks", "does not know"} {
		if hasNote(report.Notes, never) {
			t.Errorf("a note of %q", never)
		}
	}
	if !hasNote(report.Notes, "the known points of 3 areas lie outside their boundaries: ") {
		t.Error("the three points outside are not told")
	}
}

func TestCityBoundariesWithSlivers(t *testing.T) {
	_, report := importCity(t, cityFile(t, "kelurahan_cahyadsn_2026_simplified.geojson"))
	for _, want := range []string{"boundaries overlap by 0.053 km² in all; largest: ", "boundaries leave gaps of 0.048 km² in all; largest: between "} {
		if !hasNote(report.Notes, want) {
			t.Errorf("no note %q", want)
		}
	}
}

func TestCityBoundariesSwappedAndIncomplete(t *testing.T) {
	text, err := os.ReadFile(cityFile(t, "kelurahan_hdx_bps_2020.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	features, err := geo.ParseFeatures(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range features {
		p := map[string]any{"code": f.Properties["code"], "name": f.Properties["name"]}
		switch p["code"] {
		case "19.71.06.1001":
			p["code"], p["name"] = "19.71.06.1006", "Jerambah Gantung"
		case "19.71.06.1006":
			p["code"], p["name"] = "19.71.06.1001", "Selindung"
		case "19.71.04.1006":
			continue
		case "19.71.04.1009":
			p["code"], p["name"] = "19.71.04.1099", "Nowhere"
		}
		properties, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, feature(string(properties), f.Geometry))
	}
	target := target(&memoryStore{})
	target.Known = cityGazetteer(t)
	report, err := Areas(context.Background(), target, write(t, "swapped.geojson", collection(out...)), AreaOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"labels of Selindung and Jerambah Gantung look swapped",
		"the file lacks 19.71.04.1006 Asam, 19.71.04.1009 Keramat",
		"the gazetteer does not know 19.71.04.1099 Nowhere",
	} {
		if !hasNote(report.Notes, want) {
			t.Errorf("no note %q in %q", want, report.Notes)
		}
	}
}
