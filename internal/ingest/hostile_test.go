package ingest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/featurefile/filetest"
	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// maxHostileBytes is the most memory a hostile file may take.
const maxHostileBytes = 512 << 20

// hostile is a file that has to be refused. It is written to f.
type hostile struct {
	name  string
	write func(t *testing.T, f io.Writer)
}

func text(parts ...string) func(*testing.T, io.Writer) {
	return func(t *testing.T, f io.Writer) {
		for _, part := range parts {
			if _, err := io.WriteString(f, part); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// archive writes a zip archive of which one file is size times the same byte after a beginning.
func archive(name, begin string, fill byte, size int64, others map[string][]byte) func(*testing.T, io.Writer) {
	return func(t *testing.T, f io.Writer) {
		w := zip.NewWriter(f)
		for other, data := range others {
			if out, err := w.Create(other); err == nil {
				_, _ = out.Write(data)
			}
		}
		var head, block bytes.Buffer // of the deflated stream, whose blocks can be repeated once no block refers to another
		z, _ := flate.NewWriter(&head, 1)
		_, _ = io.WriteString(z, begin)
		z.Flush()
		const blockBytes = 1 << 20
		z.Reset(&block)
		_, _ = z.Write(bytes.Repeat([]byte{fill}, blockBytes))
		z.Flush()
		times := size / blockBytes
		out, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: uint64(int64(len(begin)) + times*blockBytes), CompressedSize64: uint64(int64(head.Len()) + times*int64(block.Len()))})
		if err == nil {
			_, err = out.Write(head.Bytes())
		}
		for range times {
			if err == nil {
				_, err = out.Write(block.Bytes())
			}
		}
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
	}
}

var goodShapes = []filetest.Shape{{Rings: []orb.Ring{{{106.1, -2.14}, {106.1, -2.13}, {106.11, -2.13}, {106.1, -2.14}}}, Row: []string{"19.71.04.1006", "Asam"}}}

// shapes is a Shapefile in a zip archive, spoilt.
func shapes(spoil func(files map[string][]byte)) func(*testing.T, io.Writer) {
	return func(t *testing.T, f io.Writer) {
		files := filetest.Shapefile("a", filetest.WGS84, "UTF-8", []string{"KODE", "NAMA"}, goodShapes)
		spoil(files)
		text(string(filetest.Zip(files)))(t, f)
	}
}

// goodPackage is a GeoPackage of one area.
func goodPackage(t testing.TB, sql ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := geopackage.Open(context.Background(), path, geopackage.Options{SingleFile: true})
	if err != nil {
		t.Fatal(err)
	}
	blob, err := geopackage.EncodeGeometry(square(106.10, -2.14))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TABLE kelurahan (fid INTEGER PRIMARY KEY, kode TEXT, geom MULTIPOLYGON); INSERT INTO kelurahan VALUES (1, '19.71.04.1006', ?)`, blob)
	if err == nil {
		err = geopackage.RegisterLayer(context.Background(), db, geopackage.Layer{Table: "kelurahan", GeometryColumn: "geom", GeometryType: "MULTIPOLYGON", SRSID: geopackage.WGS84})
	}
	for _, statement := range sql {
		if err == nil {
			_, err = db.Exec(statement)
		}
	}
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func spoiltPackage(sql ...string) func(*testing.T, io.Writer) {
	return func(t *testing.T, f io.Writer) { text(string(goodPackage(t, sql...)))(t, f) }
}

const (
	opening = `{"type":"FeatureCollection","features":[`
	polygon = `{"type":"Feature","properties":{"code":"19.71.04.1006"},"geometry":{"type":"Polygon","coordinates":`
)

func hostileFiles() []hostile {
	many := func(n int, unit string) string { return strings.Repeat(unit, n) }
	put := func(name string, at int, value uint32, order binary.ByteOrder) func(map[string][]byte) {
		return func(files map[string][]byte) { order.PutUint32(files[name][at:], value) }
	}
	little, big := binary.LittleEndian, binary.BigEndian
	return []hostile{
		{"empty", text("")},
		{"nul bytes", text(many(1<<20, "\x00"))},
		{"spaces", text(many(1<<20, " "))},
		{"another kind", text("\x7fELF and so on")},
		{"KML", text(`<?xml version="1.0"?><kml/>`)},
		{"UTF-16", text("\xff\xfe{\x00}\x00")},
		{"a bare .shp", func(t *testing.T, f io.Writer) { text(string(filetest.SHP(goodShapes)))(t, f) }},

		{"GeoJSON in Latin-1", text(opening, `{"type":"Feature","properties":{"code":"19.71.04.1006","name":"Pi`+"\xf1"+`eda"},"geometry":null}]}`)},
		{"GeoJSON with NUL", text(opening, "\x00]}")},
		{"a name with NUL", text(opening, `{"type":"Feature","properties":{"code":"19.71.04.9006","name":"A\u0000b"},"geometry":{"type":"Polygon","coordinates":[[[106,-2],[107,-2],[107,-1],[106,-2]]]}}]}`)},
		{"a name too long", text(opening, `{"type":"Feature","properties":{"code":"19.71.04.9006","name":"`+many(1000, "x")+`"},"geometry":{"type":"Polygon","coordinates":[[[106,-2],[107,-2],[107,-1],[106,-2]]]}}]}`)},
		{"nested coordinates", text(opening, polygon, many(30<<20, "["))},
		{"nested and closed", text(opening, polygon, many(8<<20, "["), many(8<<20, "]"), "}}]}")},
		{"nested properties", text(opening, `{"type":"Feature","properties":`, many(5<<20, `{"a":`))},
		{"nested outside", text(`{"x":`, many(30<<20, `[`))},
		{"nested collections", text(`{"type":"GeometryCollection","geometries":[`, many(1<<20, `{"type":"GeometryCollection","geometries":[`))},
		{"many properties", func(t *testing.T, f io.Writer) {
			text(opening, `{"type":"Feature","geometry":null,"properties":{"code":"19"`)(t, f)
			for i := range 300_000 {
				fmt.Fprintf(f, `,"%x":1`, i)
			}
			text("}}]}")(t, f)
		}},
		{"many members", func(t *testing.T, f io.Writer) {
			text(`{"type":"FeatureCollection"`)(t, f)
			for i := range 500_000 {
				fmt.Fprintf(f, `,"%x":1`, i)
			}
			text("}")(t, f)
		}},
		{"a long bbox", text(opening, `{"type":"Feature","properties":{},"geometry":null,"bbox":[0`, many(7<<20, ",0"), "]}]}")},
		{"a large feature", text(opening, polygon, "[[[0,0]", many(20<<20, ",[0,0]"), "]]}}]}")},
		{"the largest feature", text(opening, polygon, "[[[0,0]", many(2_700_000, ",[1,0]"), "]]}}]}")},
		{"many rings", text(opening, polygon, "[[[0,0]]", many(500_000, ",[[1]]"), "]}}]}")},
		{"many features", text(opening, `{"type":"Feature","properties":null,"geometry":null}`, many(50_000, `,{"type":"Feature","properties":null,"geometry":null}`), "]}")},
		{"many positions", func(t *testing.T, f io.Writer) {
			text(opening)(t, f)
			for i := range 16 {
				fmt.Fprintf(f, `%s{"type":"Feature","properties":{"code":"19.71.04.%d","name":"x"},"geometry":{"type":"Polygon","coordinates":[[`, []string{"", ","}[min(i, 1)], 2000+i)
				for k := range 100_000 {
					fmt.Fprintf(f, "[%.10f,%.10f],", 106+math.Cos(float64(k)/100_000*2*math.Pi)/100, float64(i)/3+math.Sin(float64(k)/100_000*2*math.Pi)/100)
				}
				fmt.Fprintf(f, "[%.10f,%.10f]]]}}", 106.01, float64(i)/3)
			}
			text("]}")(t, f)
		}},

		{"not a zip", text("PK\x03\x04", many(1000, "x"))},
		{"path traversal", text(string(filetest.Zip(map[string][]byte{"../../evil.shp": nil, "../../evil.dbf": nil})))},
		{"path traversal in the manner of Windows", text(string(filetest.Zip(map[string][]byte{`..\..\evil.geojson`: []byte("{}")})))},
		{"an absolute path", text(string(filetest.Zip(map[string][]byte{"/tmp/evil.shp": nil})))},
		{"a drive", text(string(filetest.Zip(map[string][]byte{"C:/evil.shp": nil})))},
		{"a name with NUL in a zip", text(string(filetest.Zip(map[string][]byte{"a\x00.shp": nil})))},
		{"a bomb of spaces", archive("a.geojson", opening, ' ', 3<<30, nil)},
		{"a bomb of brackets", archive("a.geojson", opening, '[', 3<<30, nil)},
		{"a bomb of a text", archive("a.geojson", opening+`{"type":"`, 'x', 3<<30, nil)},
		{"a bomb of shapes", archive("a.shp", "\x00\x00\x27\x0a", 0, 3<<30, map[string][]byte{"a.dbf": filetest.DBF([]string{"KODE"}, goodShapes)})},
		{"a bomb of rows", archive("a.dbf", "\x03", 0, 3<<30, map[string][]byte{"a.shp": filetest.SHP(goodShapes)})},
		{"a bomb of a .prj", archive("a.prj", "PROJCS[", '[', 3<<30, map[string][]byte{"a.shp": filetest.SHP(goodShapes), "a.dbf": filetest.DBF([]string{"KODE"}, goodShapes)})},
		{"a bomb by its own word", func(t *testing.T, f io.Writer) {
			w := zip.NewWriter(f)
			out, err := w.CreateRaw(&zip.FileHeader{Name: "a.geojson", Method: zip.Deflate, UncompressedSize64: 1 << 50, CompressedSize64: 3})
			if err == nil {
				_, err = out.Write([]byte("abc"))
			}
			if err != nil || w.Close() != nil {
				t.Fatal(err)
			}
		}},
		{"more than it states", func(t *testing.T, f io.Writer) {
			w := zip.NewWriter(f)
			var packed bytes.Buffer
			z, _ := flate.NewWriter(&packed, 1)
			_, _ = z.Write(bytes.Repeat([]byte(" "), 100<<20))
			z.Close()
			out, err := w.CreateRaw(&zip.FileHeader{Name: "a.geojson", Method: zip.Deflate, UncompressedSize64: 10, CompressedSize64: uint64(packed.Len())})
			if err == nil {
				_, err = out.Write(packed.Bytes())
			}
			if err != nil || w.Close() != nil {
				t.Fatal(err)
			}
		}},
		{"a great many files", func(t *testing.T, f io.Writer) {
			w := zip.NewWriter(f)
			for i := range 200_000 {
				if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%x.shp", i)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}},
		{"an encrypted archive", func(t *testing.T, f io.Writer) {
			w := zip.NewWriter(f)
			if _, err := w.CreateRaw(&zip.FileHeader{Name: "a.geojson", Flags: 1}); err != nil || w.Close() != nil {
				t.Fatal(err)
			}
		}},
		{"a file twice", func(t *testing.T, f io.Writer) {
			w := zip.NewWriter(f)
			for range 2 {
				if _, err := w.Create("a.shp"); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}},

		{"texts that are not what .cpg says", shapes(func(f map[string][]byte) { copy(f["a.dbf"][32+64+1+1+40:], "Pi\xf1eda") })},
		{"an unknown encoding", shapes(func(f map[string][]byte) { f["a.cpg"] = []byte("EBCDIC") })},
		{"no projection, metres", shapes(func(f map[string][]byte) {
			delete(f, "a.prj")
			f["a.shp"] = filetest.SHP([]filetest.Shape{{Rings: []orb.Ring{{{622000, 9765000}, {622000, 9765100}, {622100, 9765000}, {622000, 9765000}}}}})
		})},
		{"degrees as UTM", shapes(func(f map[string][]byte) { f["a.prj"] = []byte(filetest.UTM48S) })},
		{"points", shapes(put("a.shp", 32, 1, little))},
		{"a record of points", shapes(put("a.shp", 108, 1, little))},
		{"more rings than there are", shapes(put("a.shp", 108+36, 1<<31, little))},
		{"more positions than there are", shapes(put("a.shp", 108+40, math.MaxUint32, little))},
		{"a ring that begins late", shapes(put("a.shp", 108+44, 3, little))},
		{"a record longer than the file", shapes(put("a.shp", 104, math.MaxUint32, big))},
		{"a record of nothing", shapes(put("a.shp", 104, 0, big))},
		{"a file shorter than it states", shapes(put("a.shp", 24, 10_000, big))},
		{"more rows than shapes", shapes(put("a.dbf", 4, 1000, little))},
		{"fewer rows than shapes", shapes(put("a.dbf", 4, 0, little))},
		{"rows without columns", shapes(func(f map[string][]byte) { f["a.dbf"][32] = 0x0d })},
		{"rows too short for their columns", shapes(func(f map[string][]byte) { little.PutUint16(f["a.dbf"][10:], 5) })},
		{"positions that are no numbers", shapes(func(f map[string][]byte) {
			for i := range 8 {
				f["a.shp"][108+48+i] = 0xff
			}
		})},
		{"a million rings", shapes(func(f map[string][]byte) {
			f["a.shp"] = filetest.SHP([]filetest.Shape{{Rings: make([]orb.Ring, 1_000_000)}})
		})},
		{"rings in rings", shapes(func(f map[string][]byte) {
			var rings []orb.Ring
			for i := range 3_000 {
				d := float64(i) / 1e6
				rings = append(rings, orb.Ring{{106 + d, -2 + d}, {106 + d, -1 - d}, {107 - d, -1 - d}, {107 - d, -2 + d}, {106 + d, -2 + d}})
			}
			rings = append(rings[:2_999], orb.Ring{{106, -2}, {107, -1}, {107, -2}, {106, -1}, {106, -2}})
			f["a.shp"] = filetest.SHP([]filetest.Shape{{Rings: rings}})
		})},

		{"an SQLite file of nothing", text("SQLite format 3\x00", many(5000, "\x00"))},
		{"a GeoPackage with an endless view", spoiltPackage(`CREATE VIEW endless AS WITH RECURSIVE c(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM c) SELECT fid, NULL AS geom FROM c WHERE fid < 0`,
			`INSERT INTO gpkg_contents (table_name, data_type) VALUES ('endless', 'features')`)},
		{"a GeoPackage with a large blob", spoiltPackage(`UPDATE kelurahan SET geom = zeroblob(200000000)`)},
		{"a GeoPackage with a damaged geometry", spoiltPackage(`UPDATE kelurahan SET geom = substr(geom, 1, 60)`)},
		{"a GeoPackage with a text for a geometry", spoiltPackage(`UPDATE kelurahan SET geom = 'POLYGON((0 0,1 0,1 1,0 0))'`)},
		{"a GeoPackage with texts that are none", spoiltPackage(`UPDATE kelurahan SET kode = CAST(x'ff31392e3731' AS TEXT)`)},
		{"a GeoPackage of an unknown system", spoiltPackage(`PRAGMA foreign_keys = off`, `UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 4238, definition = 'GEOGCS["ID74"]' WHERE srs_id = 4326`)},
		{"a GeoPackage without its catalogue", spoiltPackage(`PRAGMA foreign_keys = off`, `DROP TABLE gpkg_spatial_ref_sys`)},
		{"a GeoPackage without layers", spoiltPackage(`PRAGMA foreign_keys = off`, `DELETE FROM gpkg_geometry_columns`)},
		{"another SQLite file", spoiltPackage(`PRAGMA application_id = 7`)},
	}
}

// refused imports a file and makes sure of what every refusal is: an error with a code, nothing stored, and no file but
// the list of rejected rows.
func refused(t *testing.T, path string) {
	t.Helper()
	s := &memoryStore{}
	_, err := Areas(context.Background(), target(s), path, AreaOptions{})
	if code := registry.CodeOf(err); code != registry.CodeBadUserInput && code != registry.CodeInvalidGeometry || s.puts != 0 {
		t.Errorf("%d writes, code %q, error %v", s.puts, code, err)
	}
	if err != nil && len(err.Error()) > 1000 {
		t.Errorf("the error has %d bytes: %.200s…", len(err.Error()), err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if name := e.Name(); name != filepath.Base(path) && name != filepath.Base(path)+".rejected.csv" {
			t.Errorf("the import left the file %s", name)
		}
	}
	t.Logf("%v", err)
}

const (
	hostileEnvironment = "KANTONG_TEST_HOSTILE_FILE"
	peakMark           = "most memory in kB: "
)

// TestHostileFiles imports each file in a process of its own and looks at the most memory that the process had.
func TestHostileFiles(t *testing.T) {
	if path := os.Getenv(hostileEnvironment); path != "" {
		refused(t, path)
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, peak, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Printf("%s%s\n", peakMark, strings.TrimSpace(strings.SplitN(peak, "kB", 2)[0]))
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the most memory a process had is read from /proc, which this system lacks:", err)
	}
	for _, h := range hostileFiles() {
		t.Run(h.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "areas.file")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			h.write(t, f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestHostileFiles$", "-test.v")
			child.Env = append(os.Environ(), hostileEnvironment+"="+path)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%.2000s", err, out)
			}
			_, peak, _ := strings.Cut(string(out), peakMark)
			var most int64
			if _, err := fmt.Sscan(peak, &most); err != nil {
				t.Fatal(err)
			}
			most <<= 10
			if allowed := int64(maxHostileBytes * memoryFactor); most > allowed {
				t.Errorf("%d MB, allowed are %d", most>>20, allowed>>20)
			}
			t.Logf("%d MB, %.2f s: %.300s", most>>20, child.ProcessState.UserTime().Seconds(), bytes.TrimSpace(bytes.TrimPrefix(out, []byte("=== RUN   TestHostileFiles\n"))))
		})
	}
}

// TestTruncatedFiles cuts good files wherever it hurts.
func TestTruncatedFiles(t *testing.T) {
	whole := map[string][]byte{
		"GeoJSON":    []byte(collection(feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14)))),
		"GeoPackage": goodPackage(t),
		"Shapefile":  filetest.Zip(filetest.Shapefile("a", filetest.WGS84, "UTF-8", []string{"KODE"}, goodShapes)),
	}
	dbf := filetest.DBF([]string{"KODE"}, goodShapes)
	shp := filetest.SHP(goodShapes)
	try := func(name string, data []byte) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "areas.file")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, path)
		})
	}
	for name, data := range whole {
		s := &memoryStore{}
		if report, err := Areas(context.Background(), target(s), write(t, "whole.file", string(data)), AreaOptions{}); err != nil || report.Rejected != 0 {
			t.Errorf("%s: report %+v, error %v", name, report, err)
		}
		for i := range 25 {
			if cut := len(data) * i / 25; name != "GeoPackage" || cut < len(data)*9/10 { // of a page at the end, SQLite needs nothing
				try(fmt.Sprintf("%s at %d", name, cut), data[:cut])
			}
		}
	}
	for cut := 0; cut < len(shp); cut += 9 {
		try(fmt.Sprintf(".shp at %d", cut), filetest.Zip(map[string][]byte{"a.shp": shp[:cut], "a.dbf": dbf}))
	}
	for cut := 0; cut < len(dbf)-1; cut += 9 { // the last byte marks the end
		try(fmt.Sprintf(".dbf at %d", cut), filetest.Zip(map[string][]byte{"a.shp": shp, "a.dbf": dbf[:cut]}))
	}
}
