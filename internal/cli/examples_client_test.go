package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func testExampleClient(t *testing.T) {
	program := filepath.Join(examples, "typescript", "dist", "main.js")
	if _, err := os.Stat(program); err != nil {
		lacking(t, "the TypeScript example is not built; make examples builds it")
	}
	data := cityData(t)
	s := start(t, "demo", "--data", data)
	for _, key := range []string{"", s.key} {
		for _, pillar := range []string{"", "HOUSING"} {
			args := []string{"node", program, "--server", s.address, "--first", "42"}
			if pillar != "" {
				args = append(args, "--pillar", pillar)
			}
			stdout, stderr, err := example(t, key, "../../scripts/with-node.sh", args...)
			if err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			checkPrioritiesTable(t, s, key, pillar, stdout)
		}
	}
	for _, c := range []struct{ key, address, option, said string }{
		{"", s.address, "--pillar=SPORT", "SPORT"}, {"", s.address, "--first=many", "--first"}, {"", "http://127.0.0.1:1", "--first=1", "is the server running"},
		{"kantong_wrong", s.address, "--first=1", "UNAUTHENTICATED"}, {"kantong_wrong", s.address, "--watch", "401"},
	} {
		_, stderr, err := example(t, c.key, "../../scripts/with-node.sh", "node", program, "--server", c.address, c.option)
		if err == nil || !strings.Contains(stderr, c.said) || strings.Contains(stderr, "    at ") {
			t.Errorf("%s of %s with the key %q: %v, %s", c.option, c.address, c.key, err, stderr)
		}
	}
	checkWatching(t, s, data, program)
}

type contribution struct {
	Criterion string
	Weighted  float64
}

// checkPrioritiesTable compares the client's table with the ranking.
func checkPrioritiesTable(t *testing.T, s *running, key, pillar, table string) {
	t.Helper()
	var truth struct {
		Priorities struct {
			Ranked []struct {
				Area                    struct{ Name string }
				Rank, RankLow, RankHigh int
				Score                   float64
				Contributions           []contribution
			}
		}
		Measures []struct{ Code, Label string }
	}
	variables := map[string]any{"i": map[string]any{}}
	if pillar != "" {
		variables["i"] = map[string]any{"pillar": pillar}
	}
	body, _ := json.Marshal(map[string]any{"variables": variables, "query": `query($i: PriorityInput!) { priorities(input: $i) { ranked { area { name } rank rankLow rankHigh score
		contributions { criterion weighted } } } measures { code label(language: EN) } }`})
	s.post(t, key, string(body), &truth)
	labels := map[string]string{}
	for _, m := range truth.Measures {
		labels["households deprived in "+strings.TrimPrefix(m.Code, "deprivation:")] = m.Label
	}
	lines := strings.Split(table, "\n")
	if len(truth.Priorities.Ranked) != 42 || len(lines) < 45 {
		t.Fatalf("%d kelurahan are ranked, shown is\n%s", len(truth.Priorities.Ranked), table)
	}
	columns := regexp.MustCompile(` {2,}`)
	for i, r := range truth.Priorities.Ranked {
		most := slices.MaxFunc(r.Contributions, func(a, b contribution) int { return cmp.Compare(a.Weighted, b.Weighted) })
		got := columns.Split(lines[3+i], -1)
		want := []string{strconv.Itoa(r.Rank), fmt.Sprintf("%d–%d", r.RankLow, r.RankHigh), r.Area.Name}
		reason := fmt.Sprintf("(+%.3f)", most.Weighted)
		if len(got) != 6 || !slices.Equal(got[:3], want) || math.Abs(number(got[4], -1)-r.Score) > 0.0005001 ||
			!strings.HasPrefix(got[5], labels[most.Criterion]+" ") || !strings.Contains(strings.Split(got[5], ";")[0], reason) || labels[most.Criterion] == "" {
			t.Errorf("the client has %q, the server %v %.4f %s %s", got, want, r.Score, most.Criterion, reason)
		}
	}
	if marked := strings.Contains(table, "%*"); marked != (key == "") {
		t.Errorf("figures are marked as deviating: %v, with the key %q", marked, key)
	}
}

// checkWatching publishes before a watching client's eyes, then puts another server in the place of the first.
func checkWatching(t *testing.T, s *running, data, program string) {
	proxy := newBetween(t, s)
	cmd := exec.CommandContext(t.Context(), "../../scripts/with-node.sh", "node", program, "--server", proxy.URL, "--first", "1", "--watch")
	var mu sync.Mutex
	var out bytes.Buffer
	write := writer(func(p []byte) { mu.Lock(); out.Write(p); mu.Unlock() })
	cmd.Stdout, cmd.Stderr, cmd.Env = write, write, append(os.Environ(), "KANTONG_KEY=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Node.js may be a child of what was started
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() }()
	tables := func(want int) (shown string) {
		for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			mu.Lock()
			shown = out.String()
			mu.Unlock()
			if strings.Count(shown, "may be the first") >= want {
				return shown
			}
		}
		t.Fatalf("no table number %d:\n%s", want, shown)
		return ""
	}
	if shown := tables(1); strings.Contains(shown, "Published") {
		t.Errorf("nothing was published yet:\n%s", shown)
	}
	var made struct{ CreateProgram struct{ Revision int } }
	s.ask(t, s.keys["admin"], `mutation { createProgram(edition: "demo", clientId: "example-1", program: {code: "LAMPU", name: "Lampu Surya", pillar: HOUSING,
		funder: "CSR", funderKind: PRIVATE, year: 2026, eligibility: {decile: {max: 2}}, source: "a test"}) { revision } }`, &made)
	if shown, version := tables(2), dataVersion(t, s); !strings.Contains(shown, "Published: demo+2025-10 ("+version+")") {
		t.Errorf("version %s was published:\n%s", version, shown)
	}
	s.stop()
	proxy.to(t, start(t, "demo", "--data", data))
	tables(3)
}
