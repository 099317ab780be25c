package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/geodata"
	"kantong/internal/featurefile/filetest"
	"kantong/internal/geo"
)

// schematicShapefile makes the schematic city as an office's Shapefile: kelurahan with names cut to ten letters.
func schematicShapefile(t *testing.T, spoil func([]filetest.Shape) []filetest.Shape) string {
	t.Helper()
	areas, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	var shapes []filetest.Shape
	for _, a := range areas {
		if len(a.Code) != len("19.71.01.1001") {
			continue
		}
		s := filetest.Shape{Row: []string{string(a.Code), a.Name}}
		for _, polygon := range a.Boundary {
			for _, ring := range polygon {
				turned := ring.Clone()
				turned.Reverse()
				s.Rings = append(s.Rings, turned)
			}
		}
		shapes = append(shapes, s)
	}
	if spoil != nil {
		shapes = spoil(shapes)
	}
	path := filepath.Join(t.TempDir(), "kelurahan.zip")
	if err := os.WriteFile(path, filetest.Zip(filetest.Shapefile("kelurahan", filetest.WGS84, "UTF-8", []string{"KODE_KELUR", "NAMA_KELUR"}, shapes)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImportAreasShapefile: look first, then import, and again.
func TestImportAreasShapefile(t *testing.T) {
	path, dir := schematicShapefile(t, nil), t.TempDir()
	must(t, "edition", "create", "x", "--data", dir)
	out := must(t, "import", "areas", path, "--edition", "x", "--data", dir, "--dry-run")
	if !strings.Contains(out, "rows of areas would be stored, 0 rejected; nothing was stored") || strings.Contains(must(t, "edition", "show", "x", "--data", dir), "kelurahan.zip") {
		t.Error(out)
	}
	out = must(t, "import", "areas", path, "--edition", "x", "--data", dir)
	if !strings.Contains(out, "stored, 0 rejected.") || strings.Contains(out, "turned") || strings.Contains(out, "overlap") {
		t.Error(out)
	}
	found := filepath.Join(t.TempDir(), "map.geojson")
	out = must(t, "import", "areas", path, "--edition", "x", "--data", dir, "--map", found)
	if _, err := os.Stat(found); err != nil || !strings.Contains(out, "unchanged") || !strings.Contains(out, "findings are on the map") {
		t.Errorf("%v: %s", err, out)
	}
	out = must(t, "import", "areas", path, "--edition", "x", "--data", dir, "--within", "19.71.01", "--dry-run")
	if !strings.Contains(out, "passed over") {
		t.Error(out)
	}
	if code, _, stderr := run(t, "import", "areas", path, "--edition", "x", "--data", dir, "--within", "Bacang"); code == exitDone || !strings.Contains(stderr, "--within") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// TestMapOfARefusal: boundaries that are all at fault are refused, and the map shows where.
func TestMapOfARefusal(t *testing.T) {
	path := schematicShapefile(t, func(shapes []filetest.Shape) []filetest.Shape {
		shapes[0].Rings = []orb.Ring{{{106.1, -2.1}, {106.12, -2.12}, {106.12, -2.1}, {106.1, -2.12}, {106.1, -2.1}}}
		return shapes[:1]
	})
	dir, found := t.TempDir(), filepath.Join(t.TempDir(), "map.geojson")
	must(t, "edition", "create", "x", "--data", dir)
	code, out, stderr := run(t, "import", "areas", path, "--edition", "x", "--data", dir, "--map", found)
	if code != exitFailed || !strings.Contains(stderr, "all 1 features of kelurahan.zip were rejected") || !strings.Contains(out, "FIRST RECORD") || !strings.Contains(out, "crosses itself at 106.11, -2.11") {
		t.Errorf("exit %d\n%s%s", code, out, stderr)
	}
	data, err := os.ReadFile(found)
	if err != nil {
		t.Fatal(err)
	}
	features, err := geo.ParseFeatures(data)
	if err != nil || len(features) != 1 || features[0].Properties["kind"] != "INVALID" || features[0].Geometry == nil || features[0].Geometry.GeoJSONType() != "Point" || !json.Valid(data) {
		t.Errorf("%+v, error %v", features, err)
	}
}

func TestDemoOnAShapefile(t *testing.T) {
	s := start(t, "demo", "--data", t.TempDir(), "--households", "500", "--areas", schematicShapefile(t, nil))
	var a struct {
		Edition struct{ Boundaries string }
		Areas   struct{ TotalCount int }
	}
	s.ask(t, s.key, `{ edition { boundaries } areas(filter: {level: KELURAHAN}) { totalCount } }`, &a)
	if a.Areas.TotalCount != 42 || a.Edition.Boundaries != "imported from kelurahan.zip" {
		t.Errorf("%+v", a)
	}
}
