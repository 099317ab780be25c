package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"kantong/web"
)

// The examples are run as examples/README.md says, and what they print is compared with answers of the same server.

func TestExampleMapLibre(t *testing.T) {
	chromium := browser(t)
	if _, err := fs.Stat(web.Files(), "index.html"); err != nil {
		lacking(t, "MapLibre is not installed; make web installs it")
	}
	elsewhere := httptest.NewServer(http.FileServer(http.Dir("../../examples/maplibre")))
	defer elsewhere.Close()
	s := start(t, "demo", "--data", cityData(t), "--allow-origin", elsewhere.URL)
	s.node(t, []string{"KANTONG_EXAMPLE=" + elsewhere.URL, "KANTONG_CHROMIUM=" + chromium, "KANTONG_SHOTS=" + screenshots(t)}, "--test", "../../web/test/maplibre-example.mjs")
}

func TestExamplePython(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, which has Debian's requests
	if err := exec.CommandContext(t.Context(), python, "-c", "import requests").Run(); err != nil {
		lacking(t, "python3-requests is not installed; make test installs it")
	}
	s := start(t, "demo", "--data", cityData(t))
	for _, key := range []string{"", s.key} {
		cmd := exec.CommandContext(t.Context(), python, "../../examples/python/unreached.py", "PKH", "--server", s.address, "--first", "42")
		cmd.Env = append(os.Environ(), "KANTONG_KEY="+key)
		var told strings.Builder
		cmd.Stderr = &told
		out, err := cmd.Output()
		if err != nil || !strings.Contains(told.String(), "not changed") && key == "" {
			t.Fatalf("%v\n%s%s", err, out, told.String())
		}
		rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
		if err != nil || len(rows) != 43 {
			t.Fatalf("%d rows, %v:\n%s", len(rows), err, out)
		}
		var a struct {
			Program struct {
				Coverage []struct {
					Area       struct{ Code string }
					NotReached struct {
						Value  *int
						Status string
					}
				}
			}
		}
		s.ask(t, key, `{ program(code: "PKH") { coverage(order: NOT_REACHED) { area { code } notReached { value status } } } }`, &a)
		for i, c := range a.Program.Coverage {
			value := ""
			if c.NotReached.Value != nil {
				value = strconv.Itoa(*c.NotReached.Value)
			}
			if row := rows[i+1]; row[0] != c.Area.Code || row[5] != value || row[6] != c.NotReached.Status {
				t.Errorf("line %d is %v; the server says %+v", i+2, row, c)
			}
		}
	}
}

func TestExampleTypeScript(t *testing.T) {
	const example = "../../examples/typescript/"
	if _, err := os.Stat(example + "dist/main.js"); err != nil {
		lacking(t, "the example is not built; make test builds it")
	}
	s := start(t, "demo", "--data", cityData(t))
	var a struct {
		Priorities struct {
			Ranked []struct {
				Rank, RankLow, RankHigh int
				Area                    struct{ Name string }
			}
		}
	}
	s.ask(t, "", `{ priorities(input: {pillar: HEALTH}) { ranked { rank rankLow rankHigh area { name } } } }`, &a)
	var want []string
	for _, r := range a.Priorities.Ranked[:5] {
		want = append(want, fmt.Sprintf("%d. %s, ", r.Rank, r.Area.Name), fmt.Sprintf("%d to %d", r.RankLow, r.RankHigh))
	}
	shows := func(out string) {
		t.Helper()
		for _, text := range want {
			if !strings.Contains(out, text) {
				t.Errorf("no %q in:\n%s", text, out)
			}
		}
	}
	shows(s.node(t, nil, example+"dist/main.js", s.address))

	// With --watch it shows the table again after a publication, and what was published.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "../../scripts/with-node.sh", "node", example+"dist/main.js", "--watch", s.address)
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for lines, tables := bufio.NewScanner(pipe), 0; tables < 2 && lines.Scan(); {
		fmt.Fprintln(&out, lines.Text())
		if strings.HasPrefix(lines.Text(), "5. ") {
			if tables++; tables == 1 {
				s.ask(t, s.keys["admin"], `mutation { createProgram(edition: "demo", program: {code: "EXAMPLE", name: "Example", pillar: HEALTH, funder: "none", funderKind: PRIVATE, year: 2025, eligibility: {}, source: "a test"}, clientId: "example-1") { revision } }`, &struct{ CreateProgram struct{ Revision int } }{})
			}
		}
	}
	shows(out.String())
	if !strings.Contains(out.String(), "published: demo+2025-10\n1. ") {
		t.Errorf("not told of the publication:\n%s", out.String())
	}
	cancel()
	_ = cmd.Wait() // it follows until it is ended
}

// node runs a script with Node.js, which is told where the server is, and gives what it printed.
func (s *running) node(t *testing.T, environment []string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "../../scripts/with-node.sh", append([]string{"node"}, args...)...)
	cmd.Env = append(append(os.Environ(), "KANTONG_ADDRESS="+s.address), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
