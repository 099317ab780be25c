package cli

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestReportPriorities writes the ranking as a file of CSV and adds up what that says, then as Markdown.
func TestReportPriorities(t *testing.T) {
	data, out := cityData(t), filepath.Join(t.TempDir(), "first.csv")
	for _, role := range []string{"public", "planner"} {
		must(t, "export", "priorities", "--data", data, "--input", `{"pillar": "HOUSING"}`, "--role", role, "--out", out)
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil || len(lines) != 43 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for n, line := range lines[1:] {
			sum := 0.0
			for i, name := range lines[0] {
				if !strings.HasSuffix(name, "_weighted") {
					continue
				}
				part, err := strconv.ParseFloat(line[i], 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += part
			}
			if score, err := strconv.ParseFloat(line[slices.Index(lines[0], "score")], 64); err != nil || math.Abs(sum-score) > 1e-9 {
				t.Errorf("line %d: contributions add up to %g, the score is %g", n+2, sum, score)
			}
		}
	}
	table := must(t, "report", "priorities", "--data", data, "--level", "kecamatan")
	if rows := strings.Count(table, "\n| "); rows != 7+1 || !strings.Contains(table, "| 1 | 1–") {
		t.Errorf("%d rows:\n%s", rows, table)
	}
	if code, _, err := run(t, "report", "priorities", "--data", data, "--out", "first.csv"); code != exitFailed || !strings.Contains(err, "--out") {
		t.Errorf("a CSV: exit %d, %s", code, err)
	}
}
