package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"kantong/internal/postgis"
)

// ownCluster starts a PostgreSQL of the test's own and gives its URL and what crashes and restarts it.
func ownCluster(t *testing.T) (url string, restart func()) {
	t.Helper()
	database(t) // says in one place why there may be no PostgreSQL here
	if os.Getenv("KANTONG_TEST_RESTART") == "" {
		t.Skip("SKIPPED: KANTONG_TEST_DATABASE was given, so no cluster may be crashed; unset it")
	}
	cmd := exec.Command("../../scripts/with-postgres.sh", "sh", "-c", `echo "$KANTONG_TEST_DATABASE"; while read -r _; do sh -c "$KANTONG_TEST_RESTART" >/dev/null 2>&1; echo restarted; done`)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KANTONG_TEST_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the cluster did not start")
	}
	url = lines.Text()
	if err := postgis.Migrate(t.Context(), url); err != nil {
		t.Fatalf("%s: %s", url, explain(err))
	}
	return url, func() {
		if _, err := io.WriteString(in, "\n"); err != nil || !lines.Scan() || lines.Text() != "restarted" {
			t.Errorf("the cluster did not restart: %v", err)
		}
	}
}

// TestDatabaseRestarts crashes PostgreSQL under the load of eight connections. Figures from memory don't notice; figures
// from the database are UNAVAILABLE for a while and then right again, without a restart of the server.
func TestDatabaseRestarts(t *testing.T) {
	url, restart := ownCluster(t)
	p := testProgram(t, Config{})
	s, err := p.openStore(t.Context(), "", url)
	if err != nil {
		t.Fatal(err)
	}
	publishCity(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const query = `{"query":"{ areas(filter: {level: KELURAHAN}, first: 50) { edges { node { code summary(filter: {decile: {max: 4}}) { households { value } } } } } }"}`
	for _, engine := range []string{engineColumnar, enginePostGIS} {
		t.Run(engine, func(t *testing.T) {
			server := start(t, "serve", "--database", url, "--engine", engine, "--rate-key", "0", "--rate-address", "0")
			want := dataOf(t, server, query)
			var mu sync.Mutex
			codes := map[string]int{}
			stop := make(chan struct{})
			var wait sync.WaitGroup
			for range 8 {
				wait.Add(1)
				go func() {
					defer wait.Done()
					for {
						select {
						case <-stop:
							return
						default:
						}
						code, data := tryQuery(server, query)
						if code == "" && data != want {
							code = "another answer: " + data
						}
						mu.Lock()
						codes[code]++
						mu.Unlock()
					}
				}()
			}
			time.Sleep(300 * time.Millisecond)
			restart()
			time.Sleep(300 * time.Millisecond)
			close(stop)
			wait.Wait()
			deadline := time.Now().Add(20 * time.Second)
			for code, data := tryQuery(server, query); code != "" || data != want; code, data = tryQuery(server, query) {
				if time.Now().After(deadline) {
					t.Fatalf("20 s after the database is back: %s", code)
				}
				time.Sleep(50 * time.Millisecond)
			}
			answered := codes[""]
			delete(codes, "")
			failed := codes["UNAVAILABLE"]
			delete(codes, "UNAVAILABLE")
			t.Logf("%d answered, %d unavailable", answered, failed)
			if len(codes) > 0 {
				t.Errorf("other failures: %v", codes)
			}
			if engine == engineColumnar && failed > 0 {
				t.Errorf("%d figures from memory failed", failed)
			}
			if answered == 0 || engine == enginePostGIS && failed == 0 {
				t.Errorf("%d answered, %d failed: the restart was not felt", answered, failed)
			}
		})
	}
}

func dataOf(t *testing.T, s *running, body string) string {
	t.Helper()
	code, data := tryQuery(s, body)
	if code != "" {
		t.Fatalf("%s: %s", code, data)
	}
	return data
}

// tryQuery gives the first error's code, "" without one, and the data.
func tryQuery(s *running, body string) (code, data string) {
	resp, err := http.Post(s.address+"/graphql", "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		return err.Error(), ""
	}
	defer resp.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err.Error(), ""
	}
	if len(answer.Errors) > 0 {
		return answer.Errors[0].Extensions.Code, string(answer.Data)
	}
	return "", string(answer.Data)
}

// TestTwoServers publishes on one database by hand while two servers are asked without pause: each takes the new state
// over within five seconds, and no answer mixes two states.
func TestTwoServers(t *testing.T) {
	url := database(t)
	p := testProgram(t, Config{})
	s, err := p.openStore(t.Context(), "", url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	publishCity(t, s)
	const query = `{"query":"{ a: edition { state dataVersion } b: summary { edition { state } programs { households { value } } } }"}`
	servers := []*running{start(t, "serve", "--database", url, "--engine", engineColumnar, "--rate-key", "0", "--rate-address", "0"), start(t, "serve", "--database", url, "--engine", enginePostGIS, "--rate-key", "0", "--rate-address", "0")}
	before := dataOf(t, servers[0], query)
	if other := dataOf(t, servers[1], query); other != before {
		t.Fatalf("two servers of one database: %s and %s", before, other)
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for _, server := range servers {
		for range 4 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for {
					select {
					case <-stop:
						return
					default:
					}
					code, data := tryQuery(server, query)
					var answer struct {
						A struct{ State string }
						B struct{ Edition struct{ State string } }
					}
					if err := json.Unmarshal([]byte(data), &answer); code != "" || err != nil || answer.A.State != answer.B.Edition.State {
						t.Errorf("%s %v: %s", code, err, data)
						return
					}
				}
			}()
		}
	}
	publishRelease(t, s, "2025-11")
	deadline := time.Now().Add(5 * time.Second)
	for _, server := range servers {
		for !strings.Contains(dataOf(t, server, query), "2025-11") {
			if time.Now().After(deadline) {
				t.Fatalf("five seconds after the publication: %s", dataOf(t, server, query))
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	close(stop)
	wait.Wait()
	if a, b := dataOf(t, servers[0], query), dataOf(t, servers[1], query); a != b || a == before {
		t.Errorf("after the publication: %s and %s", a, b)
	}
}
