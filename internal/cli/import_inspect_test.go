package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInspectThenImport takes the way of the README: look at a file, edit nothing, import with the mapping it wrote.
func TestInspectThenImport(t *testing.T) {
	dir := t.TempDir()
	data := []string{"--data", filepath.Join(dir, "data")}
	with := func(args ...string) []string { return append(args, data...) }
	file, mapping := filepath.Join(dir, "keluarga.csv"), filepath.Join(dir, "mapping.yaml")
	text := "DAFTAR KELUARGA;;;;;\nno_kk;nama;alamat;kecamatan;kelurahan;jenis_lantai\n" +
		"1971040101200001;Rahasia;Jl. Rahasia RT 003 RW 01;Rangkui;Keramat;Tanah\n1971040101200002;Rahasia;;Rangkui;Keramatt;7\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(t, "import", "inspect", file, "--out", mapping)
	for _, want := range []string{"nama", "not read: personal data", "Tanah", "earth", "a code: nothing here says what it means", "2 families would be stored, 0 rows rejected",
		`took "Keramatt" for Keramat`, "Unknown of every family", "--mapping " + mapping} {
		if !strings.Contains(out, want) {
			t.Errorf("the inspection does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Rahasia") || strings.Contains(out, "1971040101200001") {
		t.Errorf("the inspection tells of a person:\n%s", out)
	}
	if code, _, stderr := run(t, "import", "inspect", file, "--out", mapping); code != exitFailed || !strings.Contains(stderr, "out") {
		t.Errorf("over an edited mapping: exit %d, %s", code, stderr)
	}
	must(t, with("edition", "create", "2025-q3", "--label", "x", "--source", "test", "--as-of", "2025-09-30", "--boundaries", "schematic", "--schematic")...)
	must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", "2025-q3")...)
	if out := must(t, with("import", "inspect", file, "--edition", "2025-q3", "--mapping", "umum")...); !strings.Contains(out, "1 families would be stored, 1 rows rejected") {
		t.Errorf("by a ready mapping, a code without a meaning must be rejected:\n%s", out)
	}
	if out := must(t, with("import", "households", file, "--edition", "2025-q3", "--mapping", mapping)...); !strings.Contains(out, "2 rows of HOUSEHOLDS stored") && !strings.Contains(out, "2 rows of households stored") {
		t.Error(out)
	}
	if code, _, stderr := run(t, with("import", "households", file, "--edition", "2025-q3", "--mapping", "nothing")...); code != exitFailed || !strings.Contains(stderr, "dtsen, dtsen-individu") {
		t.Errorf("no such mapping: exit %d, %s", code, stderr)
	}
}
