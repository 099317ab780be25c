package spatial

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
)

// published is where published inputs with their published results lie beside a checkout.
const published = "../../../shared/truth/"

func readTruth(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(published + name)
	if err != nil {
		t.Skipf("SKIPPED: the published figures are not beside this checkout: %v", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// column reads the numbers of a column of a published table.
func column(t *testing.T, name, column string) (values []float64) {
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
	for at, head := range lines[0] {
		if head != column {
			continue
		}
		for _, line := range lines[1:] {
			x, err := strconv.ParseFloat(line[at], 64)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, x)
		}
		return values
	}
	t.Fatalf("%s has no column %s", name, column)
	return nil
}

func counts(values []float64) (whole []int64) {
	for _, x := range values {
		whole = append(whole, int64(x))
	}
	return whole
}

// numbered makes weights of neighbour lists whose areas are named by number from first.
func numbered(t *testing.T, lists map[string][]any, first int, style Style) Weights {
	t.Helper()
	neighbours := make([][]int, len(lists))
	for name, list := range lists {
		i, err := strconv.Atoi(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range list {
			j, err := strconv.Atoi(fmt.Sprint(other))
			if err != nil {
				t.Fatal(err)
			}
			neighbours[i-first] = append(neighbours[i-first], j-first)
		}
	}
	return weights(t, neighbours, style)
}

func weights(t testing.TB, neighbours [][]int, style Style) Weights {
	t.Helper()
	w, err := NewWeights(neighbours, style)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func field(t testing.TB, values []float64, known []bool, w Weights) *Field {
	t.Helper()
	f, err := NewField(values, known, w)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func near(t *testing.T, what string, got, want, relative, absolute float64) {
	t.Helper()
	if !(math.Abs(got-want) <= absolute+relative*math.Abs(want)) {
		t.Errorf("%s: %.9g, want %.9g", what, got, want)
	}
}

// lattice gives the neighbours of the cells of a grid, row by row: by edges, with corners by edges and corners.
func lattice(columns, rows int, corners bool) [][]int {
	neighbours := make([][]int, columns*rows)
	for i := range neighbours {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				x, y := i%columns+dx, i/columns+dy
				if (dx != 0 || dy != 0) && (corners || dx == 0 || dy == 0) && x >= 0 && x < columns && y >= 0 && y < rows {
					neighbours[i] = append(neighbours[i], y*columns+x)
				}
			}
		}
	}
	return neighbours
}
