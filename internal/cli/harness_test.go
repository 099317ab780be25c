package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// run carries out a command line to its end.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

// must is run for commands that succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, err := run(t, args...)
	if code != exitDone {
		t.Fatalf("kantong %s: exit %d\n%s%s", strings.Join(args, " "), code, out, err)
	}
	return out
}

// running is the real program, serving.
type running struct {
	address, key string            // a planner's
	keys         map[string]string // of the demonstration, by role
	output       func() string
	stop         func() int
}

// start runs a command that serves, on a free port, until the test or stop ends it.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	var out bytes.Buffer
	write := writer(func(p []byte) { mu.Lock(); out.Write(p); mu.Unlock() })
	s := &running{output: func() string { mu.Lock(); defer mu.Unlock(); return out.String() }}
	ended := make(chan int, 1)
	go func() { ended <- Run(ctx, append(args, "--listen", "127.0.0.1:0"), write, write) }()
	s.stop = sync.OnceValue(func() int { cancel(); return <-ended })
	t.Cleanup(func() { s.stop() })
	ready := regexp.MustCompile(`ready at (http://[0-9.:]+)`)
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if m := ready.FindStringSubmatch(s.output()); m != nil {
			s.address = m[1]
			if lines := strings.Split(strings.TrimSpace(s.output()), "\n"); strings.HasPrefix(lines[len(lines)-1], "kantong_") {
				s.key, s.keys = lines[len(lines)-1], map[string]string{}
				for i, line := range lines[1:] {
					if strings.HasPrefix(line, "kantong_") {
						s.keys[lines[i]] = line
					}
				}
				return s
			} else if args[0] == "serve" {
				return s
			}
		}
		select {
		case code := <-ended:
			ended <- code
			t.Fatalf("ended with exit %d:\n%s", code, s.output())
		default:
		}
	}
	t.Fatalf("not ready:\n%s", s.output())
	return nil
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// post sends a request body to /graphql and decodes data into out. An answer with errors fails the test.
func (s *running) post(t *testing.T, key, body string, out any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.address+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Kantong-Purpose", "a test")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	decode(t, text, out)
}

func (s *running) ask(t *testing.T, key, query string, out any) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	s.post(t, key, string(body), out)
}

func decode(t *testing.T, text []byte, out any) {
	t.Helper()
	var answer struct {
		Data   json.RawMessage
		Errors []any
	}
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v: %s", err, text)
	}
	if err := json.Unmarshal(answer.Data, out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// asProgram is set in the environment of a test binary that is to be the program itself, in a process that can be killed.
const asProgram = "KANTONG_TEST_AS_PROGRAM"

// cityOnce makes a demonstration city for all tests that only look at one.
var madeCity string // to be removed in the end

var cityOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kantong-city-*")
	if err != nil {
		return "", err
	}
	madeCity = dir
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	out := writer(func(text []byte) {
		if bytes.Contains(text, []byte("ready at")) {
			stop()
		}
	})
	if code := Run(ctx, []string{"demo", "--data", dir, "--listen", "127.0.0.1:0"}, out, io.Discard); code != exitDone {
		return "", fmt.Errorf("making a city: exit %d", code)
	}
	return dir, nil
})

// cityData gives a data directory with the demonstration city, a copy of the test's own.
func cityData(t *testing.T) string {
	t.Helper()
	made, err := cityOnce()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "city")
	if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"household-id.key", "record.key"} { // a copy takes no modes along
		if err := os.Chmod(filepath.Join(dir, "secrets", secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	code := m.Run()
	if madeCity != "" {
		os.RemoveAll(madeCity)
	}
	os.Exit(code)
}
