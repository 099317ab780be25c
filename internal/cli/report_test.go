package cli

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestReportPriorities writes the ranking as both kinds of table and adds up what the CSV says.
func TestReportPriorities(t *testing.T) {
	data, out := cityData(t), filepath.Join(t.TempDir(), "first.csv")
	for _, role := range []string{"public", "planner"} {
		must(t, "report", "priorities", "--data", data, "--pillar", "housing", "--role", role, "--out", out)
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
			for i := 9; i < len(line)-1; i += 2 {
				part, err := strconv.ParseFloat(line[i], 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += part
			}
			if score, err := strconv.ParseFloat(line[4], 64); err != nil || math.Abs(sum-score) > 1e-4 {
				t.Errorf("line %d: contributions add up to %g, the score is %s", n+2, sum, line[4])
			}
			if !strings.Contains(line[len(line)-1], "demo+2025-10") {
				t.Errorf("line %d does not say what it rests on: %s", n+2, line[len(line)-1])
			}
		}
	}
	table := must(t, "report", "priorities", "--data", data, "--level", "kecamatan")
	if rows := strings.Count(table, "\n| "); rows != 7+1 || !strings.Contains(table, "| 1 | 1–") {
		t.Errorf("%d rows:\n%s", rows, table)
	}
	if code, _, err := run(t, "report", "priorities", "--data", data, "--out", "first.pdf"); code != exitFailed || !strings.Contains(err, "--out") {
		t.Errorf("a PDF: exit %d, %s", code, err)
	}
}
