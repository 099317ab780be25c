package geopackage

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// writeLayers makes a file like a registry: one layer of each geometry type, n points, and an attribute table.
func writeLayers(t *testing.T, path string, n int) {
	t.Helper()
	db := mustOpen(t, path, Options{})
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for kind, g := range geometries {
		table := strings.ToLower(kind)
		mustExec(t, tx, fmt.Sprintf(`CREATE TABLE %s (fid INTEGER PRIMARY KEY, name TEXT NOT NULL, geom %s)`, table, kind))
		layer := Layer{Table: table, Identifier: "All " + table, Description: "test", GeometryColumn: "geom", GeometryType: kind, SRSID: WGS84}
		for range 2 { // twice: registering is idempotent
			if err := RegisterLayer(t.Context(), tx, layer); err != nil {
				t.Fatal(err)
			}
		}
		blob, err := EncodeGeometry(g)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, tx, "INSERT INTO "+table+" (name, geom) VALUES ('one', ?), ('nowhere', NULL)", blob)
		if err := UpdateExtent(t.Context(), tx, table, g.Bound()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		blob, err := AppendPoint(nil, orb.Point{106 + float64(i)/1e4, -2})
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, tx, "INSERT INTO point (name, geom) VALUES (?, ?)", fmt.Sprint("point ", i), blob)
	}
	mustExec(t, tx, "CREATE TABLE program (id INTEGER PRIMARY KEY, name TEXT, budget INTEGER); INSERT INTO program VALUES (5, 'PKH', 12000000)")
	if err := RegisterAttributes(t.Context(), tx, "program", "Programmes", "what helps"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	mustBeIntact(t, db)
}

func TestLayersAndFeaturesRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.gpkg")
	writeLayers(t, path, 0)
	db := mustOpen(t, path, Options{ReadOnly: true})
	layers, err := Layers(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if len(layers) != len(geometries)+1 {
		t.Fatalf("got %d layers, want %d", len(layers), len(geometries)+1)
	}
	for i, l := range layers {
		if i > 0 && layers[i-1].Table >= l.Table {
			t.Errorf("%s comes before %s", layers[i-1].Table, l.Table)
		}
		if l.Table == "program" {
			want := LayerInfo{Layer: Layer{Table: "program", Identifier: "Programmes", Description: "what helps"}}
			if l != want || l.Spatial() {
				t.Errorf("got %+v, want %+v", l, want)
			}
			got := features(t, db, "program")
			wantRow := Feature{FID: 5, Properties: map[string]any{"name": "PKH", "budget": int64(12000000)}}
			if len(got) != 1 || !reflect.DeepEqual(got[0], wantRow) {
				t.Errorf("got %+v, want %+v", got, wantRow)
			}
			continue
		}
		kind := strings.ToUpper(l.Table)
		want := LayerInfo{
			Layer:        Layer{l.Table, "All " + l.Table, "test", "geom", kind, WGS84},
			Organization: "EPSG", OrganizationSRSID: 4326, Definition: l.Definition,
		}
		if !strings.HasPrefix(l.Definition, `GEOGCS["WGS 84",`) {
			t.Errorf("%s is defined by %q", l.Table, l.Definition)
		}
		if l != want || !l.Spatial() {
			t.Errorf("got %+v, want %+v", l, want)
		}
		wantRows := []Feature{
			{FID: 1, Properties: map[string]any{"name": "one"}, Geometry: geometries[kind], SRSID: WGS84},
			{FID: 2, Properties: map[string]any{"name": "nowhere"}, SRSID: WGS84},
		}
		if got := features(t, db, l.Table); !reflect.DeepEqual(got, wantRows) {
			t.Errorf("got %+v, want %+v", got, wantRows)
		}
	}
}

func features(t *testing.T, s Session, table string) []Feature {
	t.Helper()
	var list []Feature
	for f, err := range ReadFeatures(t.Context(), s, table) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	return list
}

func TestRegisterRefuses(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, "CREATE TABLE good (id INTEGER PRIMARY KEY, geom POINT); CREATE TABLE keyless (code TEXT PRIMARY KEY, geom POINT)")
	for _, test := range []struct {
		layer Layer
		want  string
	}{
		{Layer{Table: "absent", GeometryColumn: "geom", GeometryType: "POINT", SRSID: WGS84}, `no table "absent"`},
		{Layer{Table: "good", GeometryColumn: "shape", GeometryType: "POINT", SRSID: WGS84}, `no column "shape"`},
		{Layer{Table: "good", GeometryColumn: "geom", GeometryType: "Point", SRSID: WGS84}, `geometry type "Point"`},
		{Layer{Table: "good", GeometryColumn: "geom", GeometryType: "POINT"}, "reference system 0"},
		{Layer{Table: "keyless", GeometryColumn: "geom", GeometryType: "POINT", SRSID: WGS84}, "no INTEGER PRIMARY KEY"},
	} {
		err := RegisterLayer(t.Context(), db, test.layer)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.layer.Table) {
			t.Errorf("%+v: error %v, want one with %q", test.layer, err, test.want)
		}
	}
	if err := RegisterAttributes(t.Context(), db, "absent", "", ""); err == nil {
		t.Error("an absent table was registered")
	}
	if err := UpdateExtent(t.Context(), db, "good", orb.Bound{}); err == nil {
		t.Error("the extent of an unregistered table was updated")
	}
	if layers, err := Layers(t.Context(), db); err != nil || len(layers) > 0 {
		t.Errorf("after refusals the catalogue has %v, %v", layers, err)
	}
}

func TestRegisterLayerAgainUpdatesTheEntry(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, "CREATE TABLE area (id INTEGER PRIMARY KEY, geom POLYGON, shape GEOMETRY)")
	first := Layer{Table: "area", GeometryColumn: "geom", GeometryType: "POLYGON", SRSID: WGS84}
	second := Layer{Table: "area", Identifier: "Areas", Description: "d", GeometryColumn: "shape", GeometryType: "GEOMETRY", SRSID: WGS84}
	for _, layer := range []Layer{first, second} {
		if err := RegisterLayer(t.Context(), db, layer); err != nil {
			t.Fatal(err)
		}
	}
	layers, err := Layers(t.Context(), db)
	if err != nil || len(layers) != 1 || layers[0].Layer != second {
		t.Errorf("got %+v, %v, want %+v", layers, err, second)
	}
}

func TestUpdateExtent(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, "CREATE TABLE area (id INTEGER PRIMARY KEY, geom POLYGON)")
	if err := RegisterLayer(t.Context(), db, Layer{Table: "area", GeometryColumn: "geom", GeometryType: "POLYGON", SRSID: WGS84}); err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "UPDATE gpkg_contents SET last_change = '2000-01-01T00:00:00.000Z'")
	extent := "SELECT concat_ws(' ', min_x, min_y, max_x, max_y, last_change > '2020', last_change LIKE '____-__-__T__:__:__.___Z') FROM gpkg_contents"
	for _, test := range []struct {
		bound orb.Bound
		want  string
	}{
		{orb.Bound{Min: orb.Point{1.5, -2}, Max: orb.Point{3, 4}}, "1.5 -2.0 3.0 4.0 1 1"},
		{orb.MultiPoint{}.Bound(), "1 1"},
	} {
		if err := UpdateExtent(t.Context(), db, "area", test.bound); err != nil {
			t.Fatal(err)
		}
		if got := text(t, db, extent); got != test.want {
			t.Errorf("extent %q, want %q", got, test.want)
		}
	}
}

func TestReadFeaturesOfAwkwardTables(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, `
		CREATE TABLE "odd ""table""" (geom POINT, "a ""b""; DROP TABLE x" TEXT, "select" BOOLEAN, day DATE, moment DATETIME,
			share REAL, code TEXT PRIMARY KEY, raw BLOB, free);
		INSERT INTO "odd ""table""" VALUES (NULL, 'x', 1, '2025-10-01', '2025-10-01T00:00:00Z', 0.5, '02', x'0102', NULL),
			(NULL, NULL, NULL, 'soon', 5, 1, '01', NULL, 'free');
		INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('odd "table"', 'features', NULL, 0);
		INSERT INTO gpkg_geometry_columns VALUES ('odd "table"', 'GEOM', 'Point', 0, 1, 0)`)
	want := []Feature{
		{FID: 1, Properties: map[string]any{`a "b"; DROP TABLE x`: "x", "select": true, "day": "2025-10-01",
			"moment": "2025-10-01T00:00:00Z", "share": 0.5, "code": "02", "raw": []byte{1, 2}, "free": nil}},
		{FID: 2, Properties: map[string]any{`a "b"; DROP TABLE x`: nil, "select": nil, "day": "soon",
			"moment": int64(5), "share": 1.0, "code": "01", "raw": nil, "free": "free"}},
	}
	if got := features(t, db, `odd "table"`); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadFeaturesOfAView(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.gpkg")
	writeLayers(t, path, 2)
	db := mustOpen(t, path, Options{})
	mustExec(t, db, "CREATE VIEW placed AS SELECT fid, name, geom FROM point WHERE geom IS NOT NULL")
	if err := RegisterLayer(t.Context(), db, Layer{Table: "placed", GeometryColumn: "geom", GeometryType: "POINT", SRSID: WGS84}); err != nil {
		t.Fatal(err)
	}
	got := features(t, db, "placed")
	if len(got) != 3 || got[2].FID != 3 || got[2].Geometry != (orb.Point{106.0001, -2}) || got[2].Properties["fid"] != int64(4) {
		t.Errorf("got %+v", got)
	}
}

func TestReadFeaturesReportsBadRowsAndGoesOn(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, geom)")
	if err := RegisterLayer(t.Context(), db, Layer{Table: "p", GeometryColumn: "geom", GeometryType: "POINT", SRSID: WGS84}); err != nil {
		t.Fatal(err)
	}
	good, err := EncodeGeometry(orb.Point{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "INSERT INTO p VALUES (10, 'cut', ?), (20, 'text', 'POINT(1 2)'), (30, 'good', ?)", good[:20], good)
	var bad []int64
	var names []string
	for f, err := range ReadFeatures(t.Context(), db, "p") {
		var row *RowError
		switch {
		case errors.As(err, &row):
			bad = append(bad, row.FID)
		case err != nil:
			t.Fatal(err)
		}
		names = append(names, f.Properties["name"].(string))
	}
	if !reflect.DeepEqual(bad, []int64{10, 20}) || !reflect.DeepEqual(names, []string{"cut", "text", "good"}) {
		t.Errorf("bad rows %v, names %v", bad, names)
	}
	for range ReadFeatures(t.Context(), db, "p") {
		break // leaves the only connection free for the next line
	}
	mustExec(t, db, "DELETE FROM p")
}

func TestReadFeaturesRefusesTablesOutsideTheCatalogue(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	for _, table := range []string{"absent", "gpkg_contents", "sqlite_schema"} {
		n := 0
		for _, err := range ReadFeatures(t.Context(), db, table) {
			if err == nil || !strings.Contains(err.Error(), table) {
				t.Errorf("%s: error %v", table, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%s: %d turns, want one with the error", table, n)
		}
	}
}

func TestLayersOfAFileWithoutGeometryColumns(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	mustExec(t, db, "DROP TABLE gpkg_geometry_columns; CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)")
	if err := RegisterAttributes(t.Context(), db, "t", "", ""); err != nil {
		t.Fatal(err)
	}
	if got := features(t, db, "t"); len(got) != 1 || got[0].FID != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestSpatialFunctions(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "r.gpkg"), Options{})
	line, err := EncodeGeometry(orb.LineString{{1, 5}, {3, -4}})
	if err != nil {
		t.Fatal(err)
	}
	empty := append([]byte(nil), line...)
	empty[3] |= flagEmpty
	query := "SELECT concat_ws(' ', ST_MinX(?1), ST_MaxX(?1), ST_MinY(?1), ST_MaxY(?1), ST_IsEmpty(?1))"
	for _, test := range []struct {
		value any
		want  string
	}{
		{line, "1.0 3.0 -4.0 5.0 0"}, {empty, "1"}, {nil, ""}, {"text", ""}, {line[:20], ""}, {math.Pi, ""},
	} {
		var got string
		if err := db.QueryRowContext(t.Context(), query, test.value).Scan(&got); err != nil || got != test.want {
			t.Errorf("%v: got %q, %v, want %q", test.value, got, err, test.want)
		}
	}
}
