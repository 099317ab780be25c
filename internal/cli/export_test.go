package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestExportRegistryRoundTrip: what is exported and imported again, under the same secrets, is the same edition, as files or as one
// GeoPackage: its content hashes are equal.
func TestExportRegistryRoundTrip(t *testing.T) {
	data := cityData(t)
	for _, out := range []string{"out", "out.gpkg"} {
		t.Run(out, func(t *testing.T) { roundTrip(t, data, out) })
	}
	log := must(t, "audit", "list", "--json", "--data", data)
	if !strings.Contains(log, `"export registry"`) || !strings.Contains(log, "24000") {
		t.Errorf("the audit log has no line of it:\n%s", log)
	}
}

func roundTrip(t *testing.T, data, out string) {
	dir := t.TempDir()
	again := filepath.Join(dir, "again")
	second := filepath.Join(dir, "second"+filepath.Ext(out))
	out = filepath.Join(dir, out)
	said := must(t, "export", "registry", "--edition", "demo", "--out", out, "--purpose", "a test", "--data", data)
	hashes := regexp.MustCompile(`Content hashes: ([0-9a-f]{64}), ([0-9a-f]{64})`).FindString(said)
	if hashes == "" || strings.Count(said, "kantong import ") != 5 {
		t.Fatal(said)
	}
	must(t, "edition", "create", "copy", "--data", again, "--secrets", filepath.Join(data, "secrets"))
	must(t, "edition", "create", "copy", "--release", "2025-10", "--data", again, "--secrets", filepath.Join(data, "secrets"))
	for line := range strings.Lines(said) {
		args := strings.Fields(strings.ReplaceAll(line, "DRAFT", "copy"))
		if len(args) == 0 || args[0] != "kantong" {
			continue
		}
		report := must(t, append(args[1:], "--data", again, "--secrets", filepath.Join(data, "secrets"))...)
		if !strings.Contains(report, " 0 rejected") {
			t.Errorf("%s: %s", line, report)
		}
	}
	must(t, "edition", "publish", "copy", "--release", "2025-10", "--data", again, "--secrets", filepath.Join(data, "secrets"))
	saidOfCopy := must(t, "export", "registry", "--edition", "copy", "--out", second, "--purpose", "a test", "--data", again)
	if got := regexp.MustCompile(`Content hashes: ([0-9a-f]{64}), ([0-9a-f]{64})`).FindString(saidOfCopy); got != hashes {
		t.Errorf("the copy has other hashes:\n%s\n%s", hashes, got)
	}
	if code, _, err := run(t, "export", "registry", "--edition", "demo", "--out", out, "--purpose", "a test", "--data", data); code != exitFailed || !strings.Contains(err, "--out") {
		t.Errorf("onto itself: %d, %s", code, err)
	}
	if filepath.Ext(out) != "" { // no two GeoPackages have the same bytes
		return
	}
	for _, name := range []string{"areas.geojson", "households.csv", "programs.json", "enrolments.csv", "indicators.csv"} {
		a, err1 := os.ReadFile(filepath.Join(out, name))
		b, err2 := os.ReadFile(filepath.Join(second, name))
		if err1 != nil || err2 != nil || string(a) != string(b) {
			t.Errorf("%s of the copy is another: %v, %v", name, err1, err2)
		}
	}
}

// TestExportTables writes each table in each format, and leaves nothing beside what was asked for.
func TestExportTables(t *testing.T) {
	data, dir := cityData(t), t.TempDir()
	for _, format := range []string{"csv", "xlsx", "geojson", "gpkg"} {
		must(t, "export", "areas", "--level", "kecamatan", "--measure", `{"deprivation": "UNSAFE_WATER"}`, "--out", filepath.Join(dir, "areas."+format), "--data", data)
		must(t, "export", "unreached", "--program", "PKH", "--purpose", "a test", "--out", filepath.Join(dir, "unreached."+format), "--data", data)
		must(t, "export", "priorities", "--input", `{"pillar": "HOUSING"}`, "--role", "public", "--out", filepath.Join(dir, "priorities."+format), "--data", data)
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 3*4+3 {
		t.Errorf("%d files, %v: %v", len(list), err, list)
	}
	for name, rows := range map[string]int{"areas": 7, "unreached": 3550, "priorities": 42} {
		file, err := os.Open(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines, err := csv.NewReader(file).ReadAll()
		if err != nil || len(lines) != rows+1 {
			t.Fatalf("%s: %d lines, %v", name, len(lines), err)
		}
		var described struct {
			URL         string
			TableSchema struct{ Columns []struct{ Name string } }
			About       map[string]any `json:"kantong:about"`
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".csv-metadata.json"))
		if err != nil || json.Unmarshal(text, &described) != nil || described.URL != name+".csv" || described.About["state"] != "demo+2025-10" || len(described.TableSchema.Columns) != len(lines[0]) {
			t.Errorf("%s: %v, %+v", name, err, described)
		}
		for i, c := range described.TableSchema.Columns {
			if c.Name != lines[0][i] {
				t.Errorf("%s: column %d is %s, described as %s", name, i, lines[0][i], c.Name)
			}
		}
	}
	for _, args := range [][]string{
		{"export", "unreached", "--program", "PKH", "--out", filepath.Join(dir, "none.csv")},                                             // no purpose
		{"export", "unreached", "--program", "PKH", "--purpose", "a test", "--role", "partner", "--out", filepath.Join(dir, "none.csv")}, // no planner
		{"export", "unreached", "--program", "NONE", "--purpose", "a test", "--out", filepath.Join(dir, "none.xlsx")},
		{"export", "areas", "--filter", `{"decil": 1}`, "--out", filepath.Join(dir, "none.gpkg")},
		{"export", "areas", "--out", filepath.Join(dir, "none.pdf")},
		{"export", "priorities", "--input", `{"pilar": "HOUSING"}`, "--out", filepath.Join(dir, "none.geojson")},
	} {
		if code, _, err := run(t, append(args, "--data", data)...); code != exitFailed {
			t.Errorf("%v: exit %d, %s", args, code, err)
		}
	}
	if after, _ := os.ReadDir(dir); len(after) != len(list) {
		t.Errorf("a refused export left something: %v", after)
	}
}

// TestInterruptedExport: a command that ends early, or fails, leaves what was there before and nothing else.
func TestInterruptedExport(t *testing.T) {
	data, dir := cityData(t), t.TempDir()
	out := filepath.Join(dir, "unreached.csv")
	if err := os.WriteFile(out, []byte("of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var log bytes.Buffer
	p := &program{ctx: ctx, config: &Config{Data: data}, stdout: &log, stderr: &log}
	rows := 0
	err := p.whole([]string{out + "-metadata.json", out}, func(paths []string) error {
		for _, path := range paths {
			if err := os.WriteFile(path, []byte("half of to"), 0o600); err != nil {
				return err
			}
			rows++
		}
		cancel()
		return ctx.Err()
	})
	if code := p.report(err); code != exitFailed || rows != 2 || !strings.Contains(log.String(), "interrupted") {
		t.Errorf("exit %d: %s", code, log.String())
	}
	if code := Run(ctx, []string{"export", "unreached", "--program", "PKH", "--purpose", "a test", "--out", out, "--data", data}, &log, &log); code != exitFailed {
		t.Errorf("exit %d: %s", code, log.String())
	}
	text, err := os.ReadFile(out)
	if list, _ := os.ReadDir(dir); err != nil || string(text) != "of yesterday" || len(list) != 1 {
		t.Errorf("%q, %v, left: %v", text, err, list)
	}
}
