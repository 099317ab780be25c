package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/featurefile/filetest"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// FuzzHouseholdsCSV: whatever the file, nothing is stored on an error, every household stored can be published, and the
// list of rejected rows shows no card number.
func FuzzHouseholdsCSV(f *testing.F) {
	seed, err := os.ReadFile("testdata/households.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add("kk,area_code\n1971040101200001,19.71.04.1006\n1971040101200001,19.71.04.1006\n")
	f.Add("id\tkelurahan\tkecamatan\trw\n00000000000000000000000000000001\tasam\trangkui\t\"0\n1\"\n")
	f.Add("household_id,area_code,longitude,latitude\nx,1971010001,106.105,-2.135\ny,19.71.04.1010,0,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "h.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := draft()
		report, err := Households(context.Background(), target(s), path, nil)
		if err != nil && (s.puts != 0 || registry.CodeOf(err) == registry.CodeInternal) {
			t.Fatalf("%d writes, error %v", s.puts, err)
		}
		ids := map[registry.HouseholdID]bool{}
		for _, h := range s.households {
			if h.Check() != nil || ids[h.ID] {
				t.Fatalf("stored: %+v", h)
			}
			ids[h.ID] = true
		}
		if report == nil {
			return
		}
		if err == nil && (report.Rows != int64(len(s.households)) || report.Rejected != s.log[0].Rejected) {
			t.Fatalf("report %+v of %d households", report, len(s.households))
		}
		if report.RejectedFile != "" {
			for _, row := range rejectedRows(t, report.RejectedFile) {
				if len(row) != 4 || looksLikeIdentityNumber(row[2]) || strings.HasPrefix(row[2], "=") {
					t.Fatalf("rejected row %q", row)
				}
			}
		}
	})
}

// FuzzAreas: whatever the file, nothing is stored on an error, an error has a code, and what is stored are valid areas with
// the code of each given once.
func FuzzAreas(f *testing.F) {
	f.Add([]byte(collection(feature(`{"code":"19.71.04.1006"}`, square(106.10, -2.14)), feature(`{"ADM4_PCODE":"ID1971010010"}`, square(106.105, -2.14)))))
	f.Add([]byte(collection(feature(`{"kode":"19.71.04","nama":"Rangkui"}`, square(106.10, -2.14)[0]), feature(`{"KDEPUM":"1010","KDCPUM":"19.71.04"}`, nil))))
	f.Add([]byte(`{"type":"Feature","properties":{"code":"19"},"geometry":{"type":"Polygon","coordinates":[[[0,0,5],[1,1],[1,0],[0,0]]]}}`))
	f.Add([]byte(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32748"}},"features":[{"type":"Feature","properties":{"code":"19.71"},"geometry":{"type":"Polygon","coordinates":[[[622000,9765000],[623000,9765000],[623000,9766000]]]}}]}`))
	f.Add(goodPackage(f))
	f.Add(stored(filetest.Shapefile("a", filetest.WGS84, "UTF-8", []string{"KODE", "NAMA"}, goodShapes)))
	f.Add(stored(filetest.Shapefile("a", "", "", []string{"KODE"}, append(goodShapes, filetest.Shape{Deleted: true}))))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "a.file")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &memoryStore{}
		report, err := Areas(context.Background(), target(s), path, AreaOptions{})
		if err != nil && (s.puts != 0 || registry.CodeOf(err) == registry.CodeInternal) {
			t.Fatalf("%d writes, error %v", s.puts, err)
		}
		if _, err := registry.NewAreas(s.areas); err != nil {
			t.Fatal(err)
		}
		for _, a := range s.areas {
			if _, err := registry.ParseAreaCode(string(a.Code)); err != nil || a.Name == "" || geo.Validate(a.Boundary) != nil || geo.ValidateLonLat(a.Boundary) != nil {
				t.Fatalf("stored: %+v", a)
			}
		}
		if report != nil && WriteFindings(io.Discard, report.Findings) != nil {
			t.Fatalf("%+v", report.Findings)
		}
	})
}

// stored is an archive whose files are not compressed, so that a fuzzer reaches into them.
func stored(files map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		if out, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: uint64(len(data)), CompressedSize64: uint64(len(data))}); err == nil {
			_, _ = out.Write(data)
		}
	}
	_ = w.Close()
	return b.Bytes()
}
