package poverty

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"kantong/internal/registry"
)

// published is where published inputs with their published results lie beside a checkout.
const published = "../../../shared/truth/poverty/"

func readTruth(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(published + name)
	if err != nil {
		t.Skipf("SKIPPED: the published figures are not beside this checkout: %v", err)
	}
	return text
}

func parseTruth(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(readTruth(t, name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// compare tests the measures that a published case names.
func compare(t *testing.T, name string, m Measures, p0, p1, p2 *float64, tolerance float64) (compared int) {
	t.Helper()
	for what, pair := range map[string]struct {
		got       registry.Rate
		published *float64
	}{"P0": {m.Headcount, p0}, "P1": {m.Gap, p1}, "P2": {m.Severity, p2}} {
		if pair.published == nil {
			continue
		}
		compared++
		if !pair.got.Status.HasValue() || !(math.Abs(pair.got.Value-*pair.published) <= tolerance) {
			t.Errorf("%s: %s is %+v, published %g", name, what, pair.got, *pair.published)
		}
	}
	return compared
}

// TestHandbook is the four-number example of the World Bank's handbook.
func TestHandbook(t *testing.T) {
	var file struct {
		Cases []struct {
			Name        string
			Expenditure []int64
			Line        int64
			P0, P1, P2  *float64
			Tolerance   float64
			GapOverLine []float64 `json:"gap_over_line"`
			Squared     []float64
		}
	}
	parseTruth(t, "handbook_fgt.json", &file)
	for _, c := range file.Cases {
		var households []registry.Household
		for i, e := range c.Expenditure {
			households = append(households, of(1, e))
			alone := measuresOf(c.Line, households[i:]) // of the one person
			compare(t, c.Name, alone, nil, &c.GapOverLine[i], &c.Squared[i], c.Tolerance)
		}
		if compare(t, c.Name, measuresOf(c.Line, households), c.P0, c.P1, c.P2, c.Tolerance) != 3 {
			t.Errorf("%s: a measure is missing", c.Name)
		}
	}
	if len(file.Cases) != 1 {
		t.Errorf("%d cases, want 1", len(file.Cases))
	}
}

// survey is a set of published households. Fractions of a unit of welfare are kept as whole numbers of a smaller unit.
type survey struct {
	households []registry.Household
	areas      []string
	mean       float64 // of the welfare of households, in the file's unit
}

// unitsOfWelfare is how many of ours are one of the file's: below it, the published poverty line is cut.
const unitsOfWelfare = 100_000

func readSurvey(t *testing.T, name string) (s survey) {
	t.Helper()
	readTruth(t, name)
	file, err := os.Open(published + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) < 2 || lines[0][0] != "weight" || lines[0][1] != "welfare" || lines[0][2] != "area" {
		t.Fatalf("%s: %d lines, %v", name, len(lines), err)
	}
	for _, line := range lines[1:] {
		weight, err := strconv.Atoi(line[0])
		if err != nil {
			t.Fatalf("%s: a weight of %q people", name, line[0])
		}
		welfare, err := strconv.ParseFloat(line[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		s.mean += welfare / float64(len(lines)-1)
		s.households = append(s.households, of(weight, int64(math.Round(welfare*unitsOfWelfare))))
		s.areas = append(s.areas, line[2])
	}
	return s
}

// TestPublishedSurveys are the tests of the World Bank's wbpip package. Its files hold Gini coefficients, the Watts index,
// mean log deviations, means, medians, Lorenz curves and shares of deciles too, also of four more surveys; this program
// computes none of them.
func TestPublishedSurveys(t *testing.T) {
	var file struct {
		FGT struct {
			File       string
			Line       float64 `json:"poverty_line"`
			P0, P1, P2 *float64
			Tolerance  float64 `json:"tolerance_P"`
		} `json:"fgt_test"`
		EdgeCases []struct {
			Welfare, Weight string
			Line            int64
			P0, P1, P2      *float64
		} `json:"edge_cases"`
	}
	parseTruth(t, "wbpip_expected.json", &file)

	s := readSurvey(t, file.FGT.File)
	if math.Abs(s.mean/file.FGT.Line-1) > 1e-12 {
		t.Errorf("the line is the mean of %s, %.8f, not %.8f: was the file read right?", file.FGT.File, s.mean, file.FGT.Line)
	}
	m := measuresOf(int64(math.Round(file.FGT.Line*unitsOfWelfare)), s.households)
	if compare(t, file.FGT.File, m, file.FGT.P0, file.FGT.P1, file.FGT.P2, file.FGT.Tolerance) != 3 {
		t.Error("a measure is missing")
	}

	compared := 0
	for _, c := range file.EdgeCases {
		if c.Line == 0 { // of a Gini coefficient
			continue
		}
		welfare := series(t, c.Welfare)
		weights := series(t, c.Weight)
		var households []registry.Household
		for i, y := range welfare {
			weight := 1
			if len(weights) > 0 {
				weight = int(weights[i])
			}
			households = append(households, of(weight, y))
		}
		compared += compare(t, c.Welfare, measuresOf(c.Line, households), c.P0, c.P1, c.P2, 0)
	}
	if compared != 4 {
		t.Errorf("%d figures of edge cases, want 4", compared)
	}
}

// series reads "10:100", the whole numbers from 10 to 100, and "ten zeros".
func series(t *testing.T, text string) (values []int64) {
	t.Helper()
	switch text {
	case "":
		return nil
	case "ten zeros":
		return make([]int64, 10)
	}
	var from, to int64
	if _, err := fmt.Sscanf(text, "%d:%d", &from, &to); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	for y := from; y <= to; y++ {
		values = append(values, y)
	}
	return values
}
