package disclosure

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const published = "../../../shared/truth/sdc/"

// records reads a published file as one map a line.
func records(t *testing.T, name string) (list []map[string]string) {
	t.Helper()
	file, err := os.Open(published + name)
	if err != nil {
		t.Skipf("SKIPPED: the published figures are not beside this checkout: %v", err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s: %d lines, %v", name, len(lines), err)
	}
	for _, line := range lines[1:] {
		record := map[string]string{}
		for i, column := range lines[0] {
			record[column] = line[i]
		}
		list = append(list, record)
	}
	return list
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

type expected struct {
	Asserted struct {
		Five struct {
			Puwc      float64 `json:"puwc_row3"`
			MeanPwc   float64 `json:"mean_pwc"`
			MeanPuwc  float64 `json:"mean_puwc"`
			MeanKey   float64 `json:"mean_ckey"`
			MeanMoved float64 `json:"mean_pert"`
		} `json:"rkey_5_digits"`
		Seven map[string]json.RawMessage `json:"rkey_7_digits"`
	} `json:"asserted_upstream"`
	Tables []struct {
		File     string
		D        int
		V        float64
		Blocked  int     `json:"js"`
		Stay     float64 `json:"pstay_min_for_i_ge_3"`
		Rows     int
		MaxCount int      `json:"max_i"`
		MeanP    *float64 `json:"mean_p"`
		MeanLow  float64  `json:"mean_lb"`
		MeanHigh float64  `json:"mean_ub"`
		MeanV    float64  `json:"mean_v"`
	} `json:"ptables"`
	Handbook struct {
		Table     [][]float64 `json:"ptable"`
		Keys      []float64   `json:"record_keys"`
		Count     int64
		Perturbed int64
	} `json:"handbook_example"`
}

func readExpected(t *testing.T) (e expected) {
	t.Helper()
	text, err := os.ReadFile(published + "sdc_expected.json")
	if err != nil {
		t.Skipf("SKIPPED: the published figures are not beside this checkout: %v", err)
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestPublishedTables compares every row of the published perturbation tables.
func TestPublishedTables(t *testing.T) {
	tables := readExpected(t).Tables
	if len(tables) != 3 {
		t.Fatalf("%d tables", len(tables))
	}
	for _, e := range tables {
		n := Noise{e.D, e.V, e.Blocked, e.Stay}
		made, err := newTable(n)
		if err != nil {
			t.Fatal(err)
		}
		lines := records(t, e.File)
		var sums [4]float64
		at := 0
		for count, row := range made.rows {
			p := []float64{1}
			if count > 0 {
				r := n.row(count)
				if r.variance(n.Variance) != n.Variance {
					t.Errorf("%s: count %d is cut to variance %g", e.File, count, r.variance(n.Variance))
				}
				if !r.solve() {
					t.Fatalf("%s: no row for %d", e.File, count)
				}
				p = r.p
			}
			low := 0.0
			for i, v := range row.deviations {
				if at == len(lines) {
					t.Fatalf("%s: more than the %d published lines", e.File, at)
				}
				line, high := lines[at], 1.0
				at++
				if i < len(row.upper) {
					high = float64(row.upper[i]) / keyRange
				}
				if line["i"] != strconv.Itoa(count) || line["v"] != strconv.Itoa(int(v)) || line["j"] != strconv.Itoa(count+int(v)) {
					t.Fatalf("%s: %d%+d stands where %v is published", e.File, count, v, line)
				}
				for k, x := range []float64{p[i], low, high, float64(v)} {
					column := []string{"p", "lb", "ub", "v"}[k]
					if want := number(t, line[column]); math.Abs(x-want) > 1e-6 {
						t.Errorf("%s: %s of %d%+d is %.8f, published %.8f", e.File, column, count, v, x, want)
					}
					sums[k] += x
				}
				low = high
			}
		}
		if at != len(lines) || e.Rows != 0 && (at != e.Rows || len(made.rows)-1 != e.MaxCount) {
			t.Errorf("%s: %d lines up to count %d, published %d", e.File, at, len(made.rows)-1, len(lines))
		}
		if e.MeanP != nil {
			for k, want := range []float64{*e.MeanP, e.MeanLow, e.MeanHigh, e.MeanV} {
				if mean := sums[k] / float64(at); math.Abs(mean-want) > 0.0005001 {
					t.Errorf("%s: mean %d is %g, published %g", e.File, k, mean, want)
				}
			}
		}
	}
}

// surveyCell is a cell of the published household survey before noise. Keys are whole numbers, so that their sum is exact.
type surveyCell struct{ count, weight, keys int64 }

// cells sums the records by sex and age, with totals; a record counts with the variable's value 1.
func cells(t *testing.T, variable, key string, digits int) map[[2]string]surveyCell {
	t.Helper()
	sums := map[[2]string]surveyCell{}
	scale := math.Pow10(digits)
	for _, r := range records(t, "cellkey_records.csv") {
		if variable != "total" && r[variable] != "1" {
			continue
		}
		for _, sex := range []string{"Total", r["sex"]} {
			for _, age := range []string{"Total", r["age"]} {
				c := sums[[2]string{sex, age}]
				c.count++
				c.weight += int64(number(t, r["sampling_weight"]))
				c.keys += int64(math.Round(number(t, r[key]) * scale))
				sums[[2]string{sex, age}] = c
			}
		}
	}
	return sums
}

// TestPublishedCells repeats the published survey: every cell, counts and weighted counts, with a table made here.
func TestPublishedCells(t *testing.T) {
	noise, err := newTable(Noise{MaxDeviation: 5, Variance: 3, Blocked: 2, Stay: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	e := readExpected(t)
	for _, file := range []struct {
		name, key string
		digits    int
	}{{"cellkey_expected_cells.csv", "rkey", 5}, {"cellkey_expected_cells_rkey7.csv", "rkey7", 7}} {
		sums := map[string]map[[2]string]surveyCell{}
		counts, weighted := map[string][]float64{}, map[string][]float64{}
		var moved, keys []float64
		third := map[string]float64{}
		for _, line := range records(t, file.name) {
			variable := line["vname"]
			if variable == "" {
				variable = "total"
			}
			if sums[variable] == nil {
				sums[variable] = cells(t, variable, file.key, file.digits)
			}
			c := sums[variable][[2]string{line["sex"], line["age"]}]
			scale := int64(math.Pow10(file.digits))
			fraction := c.keys % scale
			v := noise.deviation(c.count, uint32(fraction<<32/scale))
			perturbed, weight := c.count+v, float64(c.weight)
			if c.count > 0 {
				weight += float64(v) * weight / float64(c.count)
			}
			got := []string{fmt.Sprint(c.count), fmt.Sprint(c.weight), fmt.Sprintf("%.*f", file.digits, float64(fraction)/float64(scale)),
				fmt.Sprint(v), fmt.Sprint(perturbed), strconv.FormatFloat(math.Round(weight*1e4)/1e4, 'f', -1, 64)}
			for i, column := range []string{"uwc", "wc", "ckey", "pert", "puwc", "pwc"} {
				if got[i] != line[column] {
					t.Errorf("%s %s: %s is %s in %v", file.name, variable, column, got[i], line)
				}
			}
			counts[variable], weighted[variable] = append(counts[variable], float64(perturbed)), append(weighted[variable], weight)
			moved, keys = append(moved, float64(v)), append(keys, float64(fraction)/float64(scale))
			if len(counts[variable]) == 3 {
				third[variable] = float64(perturbed)
			}
		}
		if file.digits == 5 {
			five := e.Asserted.Five
			near(t, "mean pwc", mean(weighted["total"]), five.MeanPwc, 0.00501)
			near(t, "mean puwc", mean(counts["total"]), five.MeanPuwc, 0.000501)
			near(t, "mean ckey", mean(keys), five.MeanKey, 0.000501)
			near(t, "mean pert", mean(moved), five.MeanMoved, 0.000501)
			near(t, "third cell", third["total"], five.Puwc, 0)
			continue
		}
		var all, allWeighted []float64
		for variable, text := range e.Asserted.Seven {
			if strings.HasPrefix(variable, "all_three") {
				continue
			}
			var want struct {
				Puwc     float64   `json:"puwc_row3"`
				MeanPwc  float64   `json:"mean_pwc"`
				MeanPuwc float64   `json:"mean_puwc"`
				Range    []float64 `json:"range_puwc"`
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			near(t, variable+" third cell", third[variable], want.Puwc, 0)
			if want.Range != nil {
				near(t, variable+" mean pwc", mean(weighted[variable]), want.MeanPwc, 0.00501)
				near(t, variable+" mean puwc", mean(counts[variable]), want.MeanPuwc, 0.000501)
				near(t, variable+" least", slices.Min(counts[variable]), want.Range[0], 0)
				near(t, variable+" most", slices.Max(counts[variable]), want.Range[1], 0)
			}
		}
		for _, variable := range slices.Sorted(maps.Keys(counts)) {
			all, allWeighted = append(all, counts[variable]...), append(allWeighted, weighted[variable]...)
		}
		if len(all) != 63 {
			t.Errorf("%d cells", len(all))
		}
		var wantCount, wantWeighted float64
		if err := json.Unmarshal(e.Asserted.Seven["all_three_mean_puwc"], &wantCount); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(e.Asserted.Seven["all_three_mean_pwc"], &wantWeighted); err != nil {
			t.Fatal(err)
		}
		near(t, "mean puwc of all", mean(all), wantCount, 0.000501)
		near(t, "mean pwc of all", mean(allWeighted), wantWeighted, 0.00501)
	}
}

func mean(list []float64) (m float64) {
	for _, x := range list {
		m += x / float64(len(list))
	}
	return m
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.6f, published %g", what, got, want)
	}
}

// TestHandbookExample looks up a cell of three records in the table of the handbook.
func TestHandbookExample(t *testing.T) {
	e := readExpected(t).Handbook
	var made table
	var deviations []int
	var p []float64
	for i, line := range e.Table {
		deviations, p = append(deviations, int(line[2])), append(p, line[3])
		if i == len(e.Table)-1 || e.Table[i+1][0] != line[0] {
			made.add(deviations, p)
			deviations, p = nil, nil
		}
	}
	var key uint32
	for _, k := range e.Keys {
		key += uint32(math.Round(k * keyRange)) // the sum wraps around as the fraction does
	}
	if result := e.Count + made.deviation(e.Count, key); result != e.Perturbed || e.Perturbed == 0 {
		t.Errorf("%d becomes %d, published %d", e.Count, result, e.Perturbed)
	}
	// A key on a bound belongs to the interval above it: lb ≤ key < ub.
	if at, below := made.deviation(1, keyRange/2), made.deviation(1, keyRange/2-1); at != 1 || below != -1 {
		t.Errorf("on the bound %+d, below it %+d", at, below)
	}
}
