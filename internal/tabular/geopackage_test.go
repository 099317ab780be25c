package tabular

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

func TestGeoPackage(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "file")
	db, err := geopackage.Open(ctx, path, geopackage.Options{SingleFile: true})
	if err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE rumah (fid INTEGER PRIMARY KEY, geom POINT, kk TEXT, members INTEGER, luas REAL, nik REAL, aktif BOOLEAN)")
	exec("INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('rumah', 'features', 'rumah', 4326)")
	exec("INSERT INTO gpkg_geometry_columns VALUES ('rumah', 'geom', 'POINT', 4326, 0, 0)")
	blob, err := geopackage.EncodeGeometry(orb.Point{106.105, -2.135})
	if err != nil {
		t.Fatal(err)
	}
	area, err := geopackage.EncodeGeometry(orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	exec("INSERT INTO rumah VALUES (3, ?, '1971040101200001', 4, 36.5, 1971040101200000, 1), (7, NULL, '1971040101200002', NULL, NULL, NULL, 0), (8, ?, 'x', 1, 1, 1, 1)", blob, area)
	exec("CREATE TABLE kosong (id INTEGER PRIMARY KEY)")
	exec("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('kosong', 'attributes', 'kosong')")
	exec("CREATE VIEW lama AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n")
	exec("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('lama', 'attributes', 'lama')")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	table, rows, err := read(t, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"kk", "members", "luas", "nik", "aktif", "longitude", "latitude"}, table.Names); diff != "" || table.Sheet != "rumah" {
		t.Errorf("%s: %s", table.Sheet, diff)
	}
	want := [][]any{
		{3, "1971040101200001", "4", "36.5", "1971040101200000", "true", "106.105", "-2.135", "3 " + roundedNumber},
		{7, "1971040101200002", "", "", "", "false", "", ""},
		{8, "x", "1", "1", "1", "true", "", ""},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if notes := table.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "1 rows have a geometry that is no point") {
		t.Error(notes)
	}
	if _, _, err := read(t, path, Options{Sheet: "lama"}); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("a view: %v", err)
	}
}
