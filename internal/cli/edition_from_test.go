package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEditionFrom begins a quarter with the one before, changes it, publishes it, and compares the two.
func TestEditionFrom(t *testing.T) {
	data := cityData(t)
	for args, want := range map[string]string{
		"--from 1999":                     "--from",
		"--from demo+2025-06":             "--release",
		"--from demo+1999 --release x":    "--from",
		"--from demo+2025-06 --release X": "release",
	} {
		if code, _, err := run(t, words("edition create next "+args+" --data "+data)...); code != exitFailed || !strings.Contains(err, want) {
			t.Errorf("%s: exit %d, %s", args, code, err)
		}
	}
	out := must(t, words("edition create next --from demo --release 2026-01 --as-of 2026-01-31 --data "+data)...)
	if !strings.Contains(out, "families of demo") || !strings.Contains(out, "enrolments of demo+2025-10 as next+2026-01") {
		t.Errorf("%s", out)
	}
	shown := must(t, words("edition show next --data "+data)...)
	if !strings.Contains(shown, "edition demo: ") || !strings.Contains(shown, "no row stands for a family") || !strings.Contains(shown, "release") {
		t.Errorf("%s", shown)
	}
	sample, err := filepath.Abs(filepath.Join("..", "..", "geodata", "sample", "households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	must(t, words("import households "+sample+" --edition next --append --data "+data)...)
	must(t, words("edition publish next --release 2026-01 --data "+data)...)
	query := filepath.Join(t.TempDir(), "compare.graphql")
	if err := os.WriteFile(query, []byte(`{ compare(editions: ["demo", "next"]) { older { state } newer { state } total { before { value } after { value } stayed { value } cameIn { value } left { value } deciles { poorer { value } lessPoor { value } } } } }`), 0o600); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Data struct {
			Compare struct {
				Older, Newer struct{ State string }
				Total        struct {
					Before, After, Stayed, CameIn, Left struct{ Value int }
					Deciles                             struct{ Poorer, LessPoor struct{ Value int } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(must(t, words("query "+query+" --data "+data)...)), &answer); err != nil {
		t.Fatal(err)
	}
	c := answer.Data.Compare
	if c.Older.State != "demo+2025-10" || c.Newer.State != "next+2026-01" || c.Total.Before.Value == 0 || c.Total.Stayed != c.Total.Before || c.Total.Left.Value != 0 ||
		c.Total.CameIn.Value == 0 || c.Total.After.Value != c.Total.Before.Value+c.Total.CameIn.Value || c.Total.Deciles.Poorer.Value+c.Total.Deciles.LessPoor.Value != 0 {
		t.Errorf("%+v", c)
	}
}
