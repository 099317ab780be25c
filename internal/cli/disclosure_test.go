package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

func reportOf(t *testing.T, text string) (r reportJSON) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return r
}

// TestDefaultsKeepTheDemonstrationUseful: with noise and floors as they come, a partner can plan with the city's figures.
func TestDefaultsKeepTheDemonstrationUseful(t *testing.T) {
	data := cityData(t)
	r := reportOf(t, must(t, "disclosure", "report", "--json", "--data", data))
	if r.State != "demo+2025-10" || r.NoiseDeviation != 15 || r.NoiseVariance != 25 || r.FloorPublic != 10 || r.FloorPartner != 5 {
		t.Errorf("%+v", r)
	}
	table := func(r reportJSON, role registry.Role, level, name string) disclosure.Utility {
		t.Helper()
		u := r.Find(role, level, name)
		if u == nil {
			t.Fatalf("no %s per %s for %s", name, level, role)
		}
		return *u
	}
	families := table(r, registry.RolePartner, "KELURAHAN", disclosure.TableFamilies)
	deprivation := table(r, registry.RolePartner, "KELURAHAN", "deprivation")
	if families.Places != 42 || families.Figures != 42 || families.Suppressed > 0.05 || *families.MedianRelativeError > 0.03 || *families.SpearmanRankCorrelation < 0.97 {
		t.Errorf("families per kelurahan: %d of %d places, %.3f withheld, median error %.4f, rank order %.4f", families.Figures, families.Places,
			families.Suppressed, *families.MedianRelativeError, *families.SpearmanRankCorrelation)
	}
	if deprivation.Figures != 42*registry.DeprivationCount || deprivation.Suppressed > 0.20 {
		t.Errorf("deprivations per kelurahan: %d figures, %.3f withheld", deprivation.Figures, deprivation.Suppressed)
	}
	if r.MedianKelurahan < 300 || r.MedianKelurahan > 800 || r.MedianKelurahan%10 != 0 {
		t.Errorf("a kelurahan of the median size has %d families", r.MedianKelurahan)
	}
	other := reportOf(t, must(t, "disclosure", "report", "--json", "--data", data, "--edition", "demo", "--noise-deviation", "10", "--noise-variance", "9", "--floor-partner", "20"))
	if u := table(other, registry.RolePartner, "KELURAHAN", "deprivation"); *u.MeanAbsoluteError >= *deprivation.MeanAbsoluteError || u.Suppressed <= deprivation.Suppressed {
		t.Errorf("less noise and a higher floor: mean error %.2f after %.2f, %.3f withheld after %.3f", *u.MeanAbsoluteError, *deprivation.MeanAbsoluteError, u.Suppressed, deprivation.Suppressed)
	}
}

// TestDisclosureReport reads what a planner reads.
func TestDisclosureReport(t *testing.T) {
	data := cityData(t)
	out := must(t, "disclosure", "report", "--data", data)
	for _, want := range []string{"PUBLIC\n", "PARTNER\n", "KELURAHAN (42)", "BLOCK (", "decile × deprivation", "SUPPRESSED", "10 for the public and 5 for partners", "A kelurahan of the median size has about", "inside the agency"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if out := must(t, "disclosure", "report", "--data", data, "--json", "--out", file); !strings.Contains(out, file) || strings.Contains(out, "{") {
		t.Errorf("printed beside the file: %s", out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || reportOf(t, string(text)).State == "" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	entries := auditOf(t, []string{"--data", data})
	if last := entries[len(entries)-1]; last.Action != "disclosure report" || last.States[0] != "demo+2025-10" {
		t.Errorf("the last entry of the audit log is %+v", last)
	}
	for _, c := range []struct{ args, want string }{
		{"--edition 2031-q1", "2031-q1"},
		{"--noise-variance 400", "--noise"},
		{"--out " + filepath.Join(data, "none", "report"), "--out"},
	} {
		if code, _, stderr := run(t, append([]string{"disclosure", "report", "--data", data}, strings.Fields(c.args)...)...); code != exitFailed || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, %s", c.args, code, stderr)
		}
	}
}
