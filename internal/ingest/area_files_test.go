package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/featurefile/filetest"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// ogr2ogr converts a file of boundaries.
func ogr2ogr(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr of GDAL (Debian package gdal-bin) is not in PATH: files made by other programs are not read")
	}
	if out, err := exec.CommandContext(t.Context(), "ogr2ogr", args...).CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr %q: %v\n%s", args, err, out)
	}
}

// shapefile converts to a Shapefile in a zip archive.
func shapefile(t *testing.T, source string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	ogr2ogr(t, append(args, "-f", "ESRI Shapefile", filepath.Join(dir, "kelurahan.shp"), source)...)
	files := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "kelurahan.zip")
	if err := os.WriteFile(path, filetest.Zip(files), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// offices writes the same two areas, one with a lake and an island, with the properties of an office.
func offices(properties ...string) string {
	west := orb.MultiPolygon{{{{106.1000001, -2.14}, {106.11, -2.1400001}, {106.11, -2.13}, {106.1, -2.13}, {106.1000001, -2.14}},
		{{106.102, -2.138}, {106.102, -2.136}, {106.105, -2.1375}, {106.102, -2.138}}}, {{{106.0912345, -2.14}, {106.095, -2.14}, {106.095, -2.1312345}, {106.0912345, -2.14}}}}
	return collection(feature(properties[0], west), feature(properties[1], orb.Polygon{{{106.11, -2.1400001}, {106.12, -2.14}, {106.12, -2.13}, {106.11, -2.13}, {106.11, -2.1400001}}}))
}

var kemendagri = []string{`{"kode_kemendagri":"19.71.04.1006","nama_kelurahan":"Asam","nama_kabupaten_kota":"Kota Pangkalpinang"}`,
	`{"kode_kemendagri":"19.71.04.1099","nama_kelurahan":"Kampung Piñeda Baru","nama_kabupaten_kota":"Kota Pangkalpinang"}`}

// TestSameAreasOfEveryFile: whatever format and reference system, the areas are the same within a hundred millionth of a
// degree, a millimetre.
func TestSameAreasOfEveryFile(t *testing.T) {
	const toleranceDegrees = 1e-8
	source := write(t, "kelurahan.geojson", offices(kemendagri...))
	read := func(path string) ([]registry.Area, *Report) {
		t.Helper()
		s := &memoryStore{}
		report, err := Areas(context.Background(), target(s), path, AreaOptions{})
		if err != nil || report.Rejected != 0 {
			t.Fatalf("%s: report %+v, error %v", path, report, err)
		}
		return s.areas, report
	}
	want, _ := read(source)
	if len(want) != 5 || want[4].Name != "Kampung Piñeda Baru" || len(want[3].Boundary) != 2 || len(want[3].Boundary[0]) != 2 {
		t.Fatalf("%+v", want)
	}
	for _, system := range []string{"EPSG:4326", "EPSG:32748", "EPSG:3857", "EPSG:32747", "EPSG:23833"} {
		for _, format := range []string{"GeoJSON", "GPKG", "Shapefile", "Shapefile in Latin-1", "Shapefile with heights"} {
			t.Run(system+" "+format, func(t *testing.T) {
				out := filepath.Join(t.TempDir(), "kelurahan")
				switch {
				case format == "GeoJSON":
					ogr2ogr(t, "-t_srs", system, "-f", format, "-lco", "COORDINATE_PRECISION=12", out, source)
				case format == "GPKG":
					out += ".gpkg"
					ogr2ogr(t, "-t_srs", system, "-f", format, out, source)
				case strings.Contains(format, "Latin-1"):
					out = shapefile(t, source, "-t_srs", system, "-lco", "ENCODING=ISO-8859-1")
				case strings.Contains(format, "heights"):
					out = shapefile(t, source, "-t_srs", system, "-lco", "ENCODING=UTF-8", "-dim", "XYZ")
				default:
					out = shapefile(t, source, "-t_srs", system, "-lco", "ENCODING=UTF-8")
				}
				got, report := read(out)
				if len(got) != len(want) {
					t.Fatalf("%d areas", len(got))
				}
				for i := range got {
					if got[i].Code != want[i].Code || got[i].Name != want[i].Name || got[i].BPSCode != want[i].BPSCode {
						t.Errorf("%+v, want %+v", got[i], want[i])
					}
					if off := apart(got[i].Boundary, want[i].Boundary); !(off <= toleranceDegrees) {
						t.Errorf("%s is %g degrees off: %v, want %v", got[i].Name, off, got[i].Boundary, want[i].Boundary)
					}
				}
				if reprojected := hasNote(report.Notes, "reprojected from "); reprojected == (system == "EPSG:4326") {
					t.Errorf("%q", report.Notes)
				}
				lake := "boundaries leave gaps of 0.037 km² in all; largest: between Asam 0.037 km²" // and no crack beside it
				if hasNote(report.Notes, "heights of 2 features") != strings.Contains(format, "heights") || !slices.Contains(report.Notes, lake) || hasNote(report.Notes, "overlap") {
					t.Errorf("%q", report.Notes)
				}
				if hasNote(report.Notes, "took DGN95 for WGS 84") != (system == "EPSG:23833") {
					t.Errorf("%q", report.Notes)
				}
			})
		}
	}
}

// apart is how far the positions of two areas are from one another at most; infinite if they don't correspond.
func apart(a, b orb.MultiPolygon) float64 {
	order := func(m orb.MultiPolygon) (rings []orb.Ring) {
		for _, polygon := range m {
			for _, ring := range polygon {
				open := ring[:len(ring)-1]
				first := 0
				for i, p := range open { // writers begin rings anywhere
					if p[0] < open[first][0]-1e-7 {
						first = i
					}
				}
				rings = append(rings, slices.Concat(open[first:], open[:first]))
			}
		}
		slices.SortFunc(rings, func(x, y orb.Ring) int { return cmp.Compare(x[0][0], y[0][0]) })
		return rings
	}
	x, y := order(a), order(b)
	if len(x) != len(y) {
		return math.Inf(1)
	}
	most := 0.0
	for i := range x {
		if len(x[i]) != len(y[i]) {
			return math.Inf(1)
		}
		for j := range x[i] {
			most = max(most, math.Abs(x[i][j][0]-y[i][j][0]), math.Abs(x[i][j][1]-y[i][j][1]))
		}
	}
	return most
}

func TestPropertiesOfOffices(t *testing.T) {
	for name, properties := range map[string][]string{
		"HDX":        {`{"ADM4_PCODE":"ID1971010001","ADM4_EN":"Asam","ADM3_EN":"Rangkui"}`, `{"ADM4_PCODE":"ID1971010010","ADM4_EN":"Keramat","ADM3_EN":"Rangkui"}`},
		"HDX new":    {`{"adm4_pcode":"ID1971010001","adm4_name":"Asam"}`, `{"adm4_pcode":"ID1971010010","adm4_name":"Keramat"}`},
		"BIG":        {`{"KDEPUM":"19.71.04.1006","KDCPUM":"19.71.04","WADMKD":"Asam","WADMKC":"Rangkui","WADMKK":"Kota Pangkalpinang","NAMOBJ":"Asam"}`, `{"KDEPUM":"1009","KDCPUM":"19.71.04","WADMKD":"Keramat"}`},
		"Kemendagri": {`{"kode_desa":"1971041006","nama":"Asam"}`, `{"kode":"19.71.04.1009","nama":"KERAMAT"}`},
		"cut":        {`{"kode_kemen":"19.71.04.1006","nama_kelur":"Asam","nama_kecam":"Rangkui"}`, `{"KODE_KELUR":"19.71.04.1009","NAMA_KELUR":"Keramat"}`},
		"BPS":        {`{"iddesa":"1971010001","nmdesa":"ASAM"}`, `{"iddesa":1971010010,"nmdesa":"KERAMAT"}`},
	} {
		s := &memoryStore{}
		report, err := Areas(context.Background(), target(s), write(t, "a.geojson", offices(properties...)), AreaOptions{})
		if err != nil || report.Rejected != 0 || len(s.areas) != 5 {
			t.Errorf("%s: report %+v, error %v", name, report, err)
			continue
		}
		for i, want := range []string{"19.71.04 Rangkui", "19.71.04.1006 Asam", "19.71.04.1009 Keramat"} {
			if got := string(s.areas[i+2].Code) + " " + s.areas[i+2].Name; got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
}

func TestRepairsAreReported(t *testing.T) {
	s := &memoryStore{}
	text := collection(
		`{"type":"Feature","properties":{"code":"19.71.04.1006"},"geometry":{"type":"Polygon","coordinates":[[[106.1,-2.14,5],[106.11,-2.14,5],[106.11,-2.14,5],[106.11,-2.13,5],[106.1,-2.13,5]]]}}`,
		`{"type":"Feature","properties":{"code":"19.71.04.1009"},"geometry":{"type":"Polygon","coordinates":[[[106.11,-2.14],[106.11,-2.13],[106.12,-2.13],[106.12,-2.14],[106.11,-2.14]]]}}`,
		`{"type":"Feature","properties":{"code":"19.71.04.1010"},"geometry":{"type":"Polygon","coordinates":[[[106.1,-2.12],[106.12,-2.1],[106.12,-2.12],[106.1,-2.1],[106.1,-2.12]]]}}`)
	report, err := Areas(context.Background(), target(s), write(t, "a.geojson", text), AreaOptions{})
	if err != nil || report.Rejected != 1 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	for _, want := range []string{"turned 1 ring that", "closed 1 ring whose", "dropped 1 position that", "dropped the heights of 1 feature",
		"boundaries that can't be used: 19.71.04.1010 Gajah Mada: the outer ring crosses itself at 106.11, -2.11"} {
		if !hasNote(report.Notes, want) {
			t.Errorf("no note %q in %q", want, report.Notes)
		}
	}
	for _, a := range s.areas {
		if geo.Validate(a.Boundary) != nil {
			t.Errorf("stored %+v", a)
		}
	}
}

// TestFindings: what is odd is found with its place, and the map of it is GeoJSON that other programs read.
func TestFindings(t *testing.T) {
	s := &memoryStore{}
	tgt := target(s)
	tgt.DryRun = true
	text := collection(
		feature(`{"code":"19.71.04.1006"}`, orb.Polygon{{{106.10, -2.14}, {106.1105, -2.14}, {106.1105, -2.13}, {106.10, -2.13}, {106.10, -2.14}}}),
		feature(`{"code":"19.71.04.1009"}`, orb.Polygon{{{106.11, -2.14}, {106.12, -2.14}, {106.12, -2.13}, {106.11, -2.13}, {106.11, -2.14}}, {{106.113, -2.137}, {106.113, -2.136}, {106.114, -2.136}, {106.114, -2.137}, {106.113, -2.137}}}),
		feature(`{"code":"19.71.04.1099","name":"Nowhere"}`, square(106.2, -2.2)),
		feature(`{"code":"19.71.04.1010"}`, orb.Polygon{{{106.3, -2.12}, {106.31, -2.13}, {106.31, -2.12}, {106.3, -2.13}, {106.3, -2.12}}}))
	report, err := Areas(context.Background(), tgt, write(t, "a.geojson", text), AreaOptions{})
	if err != nil || s.puts != 0 || !report.DryRun || report.Rows == 0 {
		t.Fatalf("%d writes, report %+v, error %v", s.puts, report, err)
	}
	kinds := map[FindingKind]Finding{}
	for _, f := range report.Findings {
		kinds[f.Kind] = f
	}
	check := func(kind FindingKind, shape string, km2 float64, names ...string) {
		t.Helper()
		f, found := kinds[kind]
		if !found || !slices.Equal(f.Names, names) || f.Shape == nil || f.Shape.GeoJSONType() != shape || math.Abs(f.AreaKm2-km2) > 0.02*km2 || f.Message == "" {
			t.Errorf("%s: %+v", kind, f)
		}
	}
	check(FindingOverlap, "MultiPolygon", 0.0615, "Asam", "Keramat")
	check(FindingGap, "Polygon", 0.0123, "Keramat")
	check(FindingInvalid, "Point", 0, "Gajah Mada")
	if f := kinds[FindingExtra]; !slices.Equal(f.Names, []string{"Nowhere"}) || !geo.Covers(square(106.2, -2.2), f.Shape.(orb.Point)) {
		t.Errorf("%+v", f)
	}
	if _, found := kinds[FindingMissing]; !found {
		t.Errorf("what is missing is not found: %+v", kinds)
	}

	path := filepath.Join(t.TempDir(), "map.geojson")
	out, err := os.Create(path)
	if err == nil {
		err = WriteFindings(out, report.Findings)
	}
	if err != nil || out.Close() != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	features, err := geo.ParseFeatures(data)
	if err != nil || len(features) != len(report.Findings) {
		t.Fatalf("%d features, error %v", len(features), err)
	}
	for i, f := range features {
		area, hasArea := f.Properties["area_m2"].(json.Number)
		if f.Properties["message"] != report.Findings[i].Message || hasArea != (report.Findings[i].AreaKm2 > 0) || (f.Geometry == nil) != (report.Findings[i].Shape == nil) {
			t.Errorf("%+v (%s), want %+v", f, area, report.Findings[i])
		}
	}
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("ogrinfo of GDAL (Debian package gdal-bin) is not in PATH: the map is not read by another program")
	}
	told, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-al", path).CombinedOutput()
	for _, want := range []string{fmt.Sprintf("Feature Count: %d", len(features)), "kind (String) = OVERLAP", "message (String) = Asam and Keramat overlap by", "area_m2: Real", "MULTIPOLYGON ((("} {
		if err != nil || !strings.Contains(string(told), want) {
			t.Errorf("error %v, no %q in\n%s", err, want, told)
		}
	}
}

// TestFindingsOfARefusal: two features with one code refuse the file, and the report tells of every pair.
func TestFindingsOfARefusal(t *testing.T) {
	s := &memoryStore{}
	path := write(t, "a.geojson", collection(feature(`{"code":"19.71.04.1006","name":"A"}`, square(106.10, -2.14)), feature(`{"code":"19.71.04.1006","name":"B"}`, square(106.12, -2.14)),
		feature(`{"code":"19.71.04.1009","name":"C"}`, square(106.14, -2.14)), feature(`{"code":"19.71.04.1009","name":"D"}`, square(106.16, -2.14))))
	report, err := Areas(context.Background(), target(s), path, AreaOptions{})
	if registry.CodeOf(err) != registry.CodeConflict || s.puts != 0 || report == nil || len(report.Findings) != 2 || report.Findings[1].Kind != FindingCodeTwice || len(report.Findings[1].Shape.(orb.MultiPoint)) != 2 {
		t.Errorf("%d writes, report %+v, error %v", s.puts, report, err)
	}
}

func TestLayersAndWithin(t *testing.T) {
	source := write(t, "kelurahan.geojson", offices(kemendagri...))
	other := write(t, "a.geojson", collection(feature(`{"code":"19.72.01.1001","name":"Elsewhere"}`, square(107, -2)), feature(`{"ADM4_PCODE":"ID9999999999"}`, square(108, -2)), feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14))))
	path := filepath.Join(t.TempDir(), "both.gpkg")
	ogr2ogr(t, "-f", "GPKG", "-nln", "kelurahan", path, source)
	ogr2ogr(t, "-f", "GPKG", "-update", "-nln", "other", path, other)
	s := &memoryStore{}
	if _, err := Areas(context.Background(), target(s), path, AreaOptions{}); err == nil || !strings.Contains(err.Error(), "layer: both.gpkg holds several layers; choose one: kelurahan, other") {
		t.Errorf("error %v", err)
	}
	if _, err := Areas(context.Background(), target(s), path, AreaOptions{Layer: "none"}); err == nil || !strings.Contains(err.Error(), `has no layer "none", but kelurahan, other`) {
		t.Errorf("error %v", err)
	}
	report, err := Areas(context.Background(), target(s), path, AreaOptions{Layer: "other", Within: "19.71"})
	if err != nil || report.Rejected != 0 || len(s.areas) != 4 || !hasNote(report.Notes, "passed over 2 features that are not known to lie in 19.71") {
		t.Fatalf("report %+v, error %v", report, err)
	}
	if report, err := Areas(context.Background(), target(s), path, AreaOptions{Layer: "other", Within: "19.71"}); err != nil || !report.Unchanged {
		t.Errorf("the same again: %+v, %v", report, err)
	}
	if report, err := Areas(context.Background(), target(s), path, AreaOptions{Layer: "kelurahan"}); err != nil || report.Unchanged || report.Places != "row" {
		t.Errorf("another layer: %+v, %v", report, err)
	}
}
