package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const examples = "../../examples"

// TestExamples runs each example against the demonstration city, as its readers do, and compares what it shows with what the
// server answers to questions of the test's own.
func TestExamples(t *testing.T) {
	t.Run("maplibre", testExampleMap)
	t.Run("python", testExampleScript)
	t.Run("typescript", testExampleClient)
}

// testExampleMap: the page is served from elsewhere, and the server allows it. web/test/examples says what is looked at.
func testExampleMap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(examples, "maplibre", "index.html"))
	if lines := strings.Count(string(text), "\n"); err != nil || lines > 40 {
		t.Errorf("%d lines, %v: the page is to be read at a glance", lines, err)
	}
	chromium := browser(t)
	if _, err := os.Stat("../../web/node_modules/maplibre-gl"); err != nil {
		lacking(t, "what the page's browser is driven with is not installed; make web installs it")
	}
	page := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(examples, "maplibre"))))
	defer page.Close()
	s := start(t, "demo", "--data", cityData(t), "--rate-address", "100000", "--allow-origin", page.URL)
	cmd := exec.CommandContext(t.Context(), "../../scripts/with-node.sh", "node", "--test", "--test-reporter=spec", "../../web/test/examples/maplibre.test.mjs")
	cmd.Env = append(os.Environ(), "KANTONG_ADDRESS="+s.address, "KANTONG_PAGE="+page.URL, "KANTONG_CHROMIUM="+chromium, "KANTONG_SHOTS="+screenshots(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// between passes requests on to a server that can be exchanged, and notes how they were answered.
type between struct {
	*httptest.Server
	target   atomic.Pointer[url.URL]
	mu       sync.Mutex
	statuses []int
}

func newBetween(t *testing.T, s *running) *between {
	b := &between{}
	b.to(t, s)
	b.Server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(b.target.Load()) },
		ModifyResponse: func(r *http.Response) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.statuses = append(b.statuses, r.StatusCode)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(b.CloseClientConnections)
	return b
}

func (b *between) answered() []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.statuses)
}

func (b *between) to(t *testing.T, s *running) {
	address, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	b.target.Store(address)
}

// example runs a program with a key, or none, and gives what it prints.
func example(t *testing.T, key, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &complaints, append(os.Environ(), "KANTONG_KEY="+key)
	err = cmd.Run()
	return out.String(), complaints.String(), err
}
