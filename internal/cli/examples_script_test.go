package cli

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func testExampleScript(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, which has Debian's packages
	if exec.Command(python, "-c", "import requests").Run() != nil {
		lacking(t, "python3-requests is not installed; make test installs it")
	}
	s := start(t, "demo", "--data", cityData(t))
	proxy, script := newBetween(t, s), filepath.Join(examples, "python", "unreached.py")
	kept := filepath.Join(t.TempDir(), "kept.json")
	for _, c := range []struct{ program, key string }{{"PKH", ""}, {"PKH", ""}, {"PKH", s.key}, {"AIR-BERSIH", ""}} {
		stdout, stderr, err := example(t, c.key, python, script, c.program, "--server", proxy.URL, "--keep", kept)
		if err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		checkUnreachedTable(t, s, c.key, c.program, stdout)
	}
	if got, want := proxy.answered(), []int{200, 304, 200, 200}; !slices.Equal(got, want) {
		t.Errorf("answered with %v, want %v: the second run asks whether anything has changed, another key or programme has another answer", got, want)
	}
	out := filepath.Join(t.TempDir(), "table.csv")
	if stdout, stderr, err := example(t, "", python, script, "PKH", "--server", s.address, "--out", out); err != nil || stdout != "" {
		t.Errorf("into a file: %v, %s%s", err, stdout, stderr)
	}
	if table, err := os.ReadFile(out); err != nil {
		t.Error(err)
	} else {
		checkUnreachedTable(t, s, "", "PKH", string(table))
	}
	if _, stderr, err := example(t, "", python, script, "NONE", "--server", s.address); err == nil || !strings.Contains(stderr, "NONE") || strings.Contains(stderr, "Traceback") {
		t.Errorf("a programme that there is not: %v, %s", err, stderr)
	}
	if _, stderr, err := example(t, "kantong_wrong", python, script, "PKH", "--server", s.address); err == nil || !strings.Contains(stderr, "UNAUTHENTICATED") {
		t.Errorf("a wrong key: %v, %s", err, stderr)
	}
}

type figure struct {
	Value  *float64
	Status string
}

// checkUnreachedTable compares the script's table with the coverage of each area.
func checkUnreachedTable(t *testing.T, s *running, key, program, table string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 43 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var truth struct {
		Areas struct {
			Edges []struct {
				Node struct {
					Code, Name string
					Parent     struct{ Name string }
					Coverage   struct{ Eligible, NotReached, Exclusion figure }
				}
			}
		}
	}
	s.ask(t, key, fmt.Sprintf(`{ areas(filter: {level: KELURAHAN}) { edges { node { code name parent { name } coverage(program: %q) {
		eligible { value status } notReached { value status } exclusion { value status } } } } } }`, program), &truth)
	want := map[string][]string{}
	withheld := 0
	for _, e := range truth.Areas.Edges {
		line := []string{e.Node.Name, e.Node.Parent.Name}
		for _, f := range []figure{e.Node.Coverage.Eligible, e.Node.Coverage.NotReached, e.Node.Coverage.Exclusion} {
			value := ""
			if f.Value != nil {
				value = strconv.FormatFloat(*f.Value, 'f', -1, 64)
			}
			line = append(line, value, f.Status)
		}
		if e.Node.Coverage.NotReached.Value == nil {
			withheld++
		}
		want[e.Node.Code] = line
	}
	if len(want) != 42 || (withheld > 0) != (program == "AIR-BERSIH") {
		t.Fatalf("of %d kelurahan %d are withheld: the test needs a programme with such and one without", len(want), withheld)
	}
	before := math.Inf(1)
	for _, row := range rows[1:] {
		if got := row[1:9]; !slices.Equal(got, want[row[0]]) {
			t.Errorf("%s: the script has %v, the server %v", row[0], got, want[row[0]])
		}
		delete(want, row[0])
		count, low, high := number(row[5], -1), number(row[10], 0), number(row[11], 0)
		if count > before || row[5] == "" != (row[10] == "") || row[5] != "" && !(low < number(row[9], -1) && number(row[9], 2) < high) {
			t.Errorf("out of order after %v, or no interval: %v", before, row)
		}
		before = count
	}
}

func number(text string, otherwise float64) float64 {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x
	}
	return otherwise
}
