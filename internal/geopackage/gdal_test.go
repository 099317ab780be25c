package geopackage

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// gdal runs a program of GDAL, which must succeed without a warning, and returns what it prints.
func gdal(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s of GDAL (Debian package gdal-bin) is not in PATH: whether other programs read these files is unchecked", name)
	}
	command := exec.CommandContext(t.Context(), name, args...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil || problems.Len() > 0 {
		t.Fatalf("%s %q: %v\n%s", name, args, err, &problems)
	}
	return out.String()
}

func mustContain(t *testing.T, out string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(out, want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
}

func TestGDALReadsEveryGeometryType(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.gpkg")
	writeLayers(t, path, 0)
	out := gdal(t, "ogrinfo", "-al", "-so", path)
	mustContain(t, out, "Layer name: multipolygon", "Geometry: Multi Polygon", "Feature Count: 2", `ID["EPSG",4326]`,
		"Geometry Column = geom", "FID Column = fid", "name: String", "Layer name: program", "budget: Integer64",
		"IDENTIFIER=Programmes", "Extent: (1.000000, -6.000000) - (107.000000, 2.000000)")
	out = gdal(t, "ogrinfo", "-al", path)
	mustContain(t, out, "POINT (106.1166543 -2.1316327)", "LINESTRING (1 2,3 -4)", "MULTIPOINT (",
		"MULTILINESTRING ((1 2,3 4),(5 6,7 8))",
		"POLYGON ((106 -6,107 -6,107 -5,106 -5,106 -6),(106.2 -5.8,106.2 -5.6,106.4 -5.6,106.2 -5.8))",
		"GEOMETRYCOLLECTION (POINT (1 2),GEOMETRYCOLLECTION (LINESTRING (3 4,5 6)),MULTIPOLYGON (((106 -6,")
}

func TestGDALReadsWhileATransactionIsOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.gpkg")
	writeLayers(t, path, 10)
	db := mustOpen(t, path, Options{})
	mustExec(t, db, "INSERT INTO point (name) VALUES ('committed, still in the log')")
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	mustExec(t, tx, "INSERT INTO point (name) VALUES ('not committed')")
	mustContain(t, gdal(t, "ogrinfo", "-so", path, "point"), "Feature Count: 13")
	mustExec(t, tx, "INSERT INTO point (name) VALUES ('not committed either')")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	mustContain(t, gdal(t, "ogrinfo", "-so", path, "point"), "Feature Count: 15")
	if got := text(t, db, "PRAGMA journal_mode"); got != "wal" {
		t.Errorf("journal mode is %s after another program has read the file", got)
	}
	mustBeIntact(t, db)
}

// A spatial index that somebody makes in QGIS adds triggers, which every later write of ours runs.
func TestWritingToALayerThatGDALIndexed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.gpkg")
	writeLayers(t, path, 10)
	gdal(t, "ogrinfo", path, "-sql", "SELECT CreateSpatialIndex('point', 'geom')")
	db := mustOpen(t, path, Options{})
	blob, err := EncodeGeometry(orb.Point{50, 60})
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "INSERT INTO point (fid, name, geom) VALUES (100, 'indexed', ?), (101, 'nowhere', NULL)", blob)
	mustExec(t, db, "UPDATE point SET geom = ? WHERE fid = 1; DELETE FROM point WHERE fid = 2", blob)
	if got := text(t, db, "SELECT group_concat(id ORDER BY id) FROM rtree_point_geom WHERE minx = 50 AND maxy = 60"); got != "1,100" {
		t.Errorf("the index has rows %s at the point, want 1,100", got)
	}
	mustBeIntact(t, db)
}

func TestReadingAFileThatGDALWrote(t *testing.T) {
	folder := t.TempDir()
	source, path := filepath.Join(folder, "areas.geojson"), filepath.Join(folder, "areas.gpkg")
	if err := os.WriteFile(source, []byte(`{"type": "FeatureCollection", "features": [
		{"type": "Feature", "properties": {"kode": "19.71.03", "jumlah": 12, "luas": 1.5, "kota": true, "tanggal": "2025-10-01"},
		 "geometry": {"type": "MultiPolygon", "coordinates": [[[[106,-2,7],[107,-2,7],[107,-1,7],[106,-2,7]]]]}},
		{"type": "Feature", "properties": {"kode": "19.71.04", "jumlah": null, "luas": 2, "kota": false, "tanggal": null},
		 "geometry": null}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	gdal(t, "ogr2ogr", "-f", "GPKG", "-nln", "batas desa", "-lco", "FID=objectid", "-lco", "GEOMETRY_NAME=shape", "-a_srs", "EPSG:4326", path, source)
	db := mustOpen(t, path, Options{ReadOnly: true})
	layers, err := Layers(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	wantLayers := []LayerInfo{{
		Layer:        Layer{Table: "batas desa", Identifier: "batas desa", GeometryColumn: "shape", GeometryType: "MULTIPOLYGON", SRSID: 4326},
		Organization: "EPSG", OrganizationSRSID: 4326,
	}}
	if len(layers) == 1 && strings.HasPrefix(layers[0].Definition, `GEOGCS["WGS 84",`) {
		wantLayers[0].Definition = layers[0].Definition
	}
	if !reflect.DeepEqual(layers, wantLayers) {
		t.Errorf("got %+v, want %+v", layers, wantLayers)
	}
	want := []Feature{
		{FID: 1, SRSID: 4326, HasHeights: true, Geometry: orb.MultiPolygon{{{{106, -2}, {107, -2}, {107, -1}, {106, -2}}}}, Properties: map[string]any{
			"kode": "19.71.03", "jumlah": int64(12), "luas": 1.5, "kota": true, "tanggal": "2025-10-01"}},
		{FID: 2, SRSID: 4326, Properties: map[string]any{
			"kode": "19.71.04", "jumlah": nil, "luas": 2.0, "kota": false, "tanggal": nil}},
	}
	if got := features(t, db, "batas desa"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadingAForeignReferenceSystem(t *testing.T) {
	folder := t.TempDir()
	source, path := filepath.Join(folder, "p.geojson"), filepath.Join(folder, "p.gpkg")
	if err := os.WriteFile(source, []byte(`{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [106, -2]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	gdal(t, "ogr2ogr", "-f", "GPKG", "-t_srs", "EPSG:32748", path, source)
	db := mustOpen(t, path, Options{ReadOnly: true})
	layers, err := Layers(t.Context(), db)
	if err != nil || len(layers) != 1 || layers[0].Organization != "EPSG" || layers[0].OrganizationSRSID != 32748 {
		t.Fatalf("got %+v, %v", layers, err)
	}
	if got := features(t, db, "p"); len(got) != 1 || got[0].SRSID != 32748 {
		t.Errorf("got %+v", got)
	}
}
