package filestore

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestGDALReadsAnOpenStore(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo is not installed (Debian: gdal-bin)")
	}
	dir := t.TempDir()
	s := openStore(t, dir)
	c := cityContents(21, 300)
	if _, err := c.publish(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(ogrinfo, "-ro", "-so", "-al", filepath.Join(dir, RegistryFile)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text := string(out)
	if strings.Contains(strings.ToLower(text), "warning") || strings.Contains(text, "ERROR") {
		t.Errorf("ogrinfo complains:\n%s", text)
	}
	for table, want := range map[string][]string{
		"areas":      {"Geometry: Multi Polygon", fmt.Sprintf("Feature Count: %d", len(c.areas)), "Extent: (105.992188, -2.265625) - (106.320312, -2.046875)", `ID["EPSG",4326]`},
		"households": {"Geometry: Point", fmt.Sprintf("Feature Count: %d", len(c.households)), "Extent: (10", "savings: Integer(Boolean)"},
		"programs":   {"Geometry: None", fmt.Sprintf("Feature Count: %d", len(c.programs)), "eligibility: String"},
		"enrolments": {"Geometry: None", fmt.Sprintf("Feature Count: %d", len(c.enrolments)), "since: Date"},
		"editions":   {"Geometry: None", "Feature Count: 1", "published_at: DateTime"},
	} {
		_, part, ok := strings.Cut(text, "Layer name: "+table+"\n")
		part, _, _ = strings.Cut(part, "Layer name: ")
		if !ok {
			t.Errorf("no layer %s", table)
		}
		for _, w := range want {
			if !strings.Contains(part, w) {
				t.Errorf("layer %s lacks %q:\n%s", table, w, part)
			}
		}
	}
	where := "edition = 'e' AND decile BETWEEN 1 AND 4 AND deprived_in LIKE '%EARTH_FLOOR%'"
	out, err = exec.Command(ogrinfo, "-ro", "-q", "-sql", "SELECT count(*) AS poor FROM households WHERE "+where, filepath.Join(dir, RegistryFile)).CombinedOutput()
	want := 0
	for _, h := range c.households {
		if h.Decile >= 1 && h.Decile <= 4 && h.Deprived.Has(registry.EarthFloor) {
			want++
		}
	}
	if err != nil || !strings.Contains(string(out), fmt.Sprintf("poor (Integer) = %d\n", want)) {
		t.Errorf("%v: %s, want %d", err, out, want)
	}
}

func TestKeysDoNotTravelWithTheRegistry(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	if _, err := cityContents(22, 20).publish(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	key := registry.APIKey{ID: "k-3f9a2c", Role: registry.RolePartner, Organisation: "Yayasan", CreatedAt: testTime}
	copy(key.SHA256[:], "0123456789abcdef0123456789ABCDEF")
	if err := s.Ledger().AddKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.gpkg")
	if _, err := s.writer.Exec("VACUUM INTO ?", copied); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // before any file of it is opened: see package geopackage
		t.Fatal(err)
	}
	holds := func(path string) bool {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(data, key.SHA256[:]) || bytes.Contains(data, []byte(key.ID)) ||
			bytes.Contains(bytes.ToLower(data), []byte(hex.EncodeToString(key.SHA256[:])))
	}
	for path, want := range map[string]bool{copied: false, filepath.Join(dir, RegistryFile): false, filepath.Join(dir, LedgerFile): true} {
		if holds(path) != want {
			t.Errorf("%s holds the key: %v", path, !want)
		}
	}
}
