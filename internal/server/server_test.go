package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"kantong/graph"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/internal/storetest"
)

var testTime = time.Date(2025, 10, 31, 9, 0, 0, 0, time.UTC)

func observer() observe.Observer {
	return observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")}
}

// oneKey knows a single key.
type oneKey struct {
	registry.Ledger
	down bool
}

func (l oneKey) KeyByHash(_ context.Context, hash [32]byte) (registry.APIKey, error) {
	if l.down {
		return registry.APIKey{}, registry.Errorf(registry.CodeUnavailable, "", "the ledger is away")
	}
	return registry.APIKey{}, registry.NotFound("key", "no such key")
}

type cityServer struct {
	*httptest.Server
	log *bytes.Buffer
}

func newServer(t *testing.T, ledger registry.Ledger, origins ...string) cityServer {
	t.Helper()
	return configured(t, server.Config{Ledger: ledger, AllowOrigin: origins, Files: fstest.MapFS{"index.html": {Data: []byte("<html>")}}})
}

// configured serves a small city, and what else the configuration says.
func configured(t *testing.T, c server.Config) cityServer {
	t.Helper()
	t.Helper()
	d, households, enrolments := storetest.City(1, 200)
	gate, err := disclosure.NewGate(t.Context(), &benchSource{dataset: d, engine: storetest.NewReference(d, households, enrolments)}, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	c.Resolver, c.SchemaText = &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, "type Query"
	c.Log, c.Observer = slog.New(slog.NewTextHandler(&log, nil)), observer()
	s := httptest.NewServer(server.Handler(c))
	t.Cleanup(s.Close)
	return cityServer{s, &log}
}

func (s cityServer) send(t *testing.T, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
	return resp, string(text)
}

// read sends a request and gives the body of the answer.
func read(t *testing.T, req *http.Request) string {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDoors(t *testing.T) {
	s := newServer(t, oneKey{})
	for _, c := range []struct {
		method, path string
		status       int
		holds        string
	}{
		{"GET", "/", 200, "<html>"}, {"HEAD", "/", 200, ""}, {"GET", "/nothing", 404, ""}, {"GET", "/healthz", 200, "true"},
		{"GET", "/readyz", 200, "city-1"}, {"GET", "/schema.graphql", 200, "type Query"}, {"DELETE", "/", 405, ""},
		{"GET", "/graphql?query={viewer{role}}", 200, "PUBLIC"}, {"GET", "/metrics", 200, `kantong_request_seconds_count{code="OK",operation="viewer"} 1`},
	} {
		resp, text := s.send(t, c.method, c.path)
		if resp.StatusCode != c.status || !strings.Contains(text, c.holds) {
			t.Errorf("%s %s: %d %.300s", c.method, c.path, resp.StatusCode, text)
		}
		h := resp.Header
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s %s: headers %v", c.method, c.path, h)
		}
	}
}

func TestKeysAtTheDoor(t *testing.T) {
	s := newServer(t, oneKey{})
	resp, text := s.send(t, "GET", "/graphql?query={viewer{role}}", "Authorization", "Bearer kantong_secret")
	if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "UNAUTHENTICATED") || resp.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("an unknown key: %d %s", resp.StatusCode, text)
	}
	resp, text = newServer(t, oneKey{down: true}).send(t, "GET", "/graphql?query={viewer{role}}", "Authorization", "Bearer kantong_secret")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "UNAVAILABLE") {
		t.Errorf("no ledger: %d %s", resp.StatusCode, text)
	}
	if resp, _ := s.send(t, "GET", "/graphql?query={viewer{role}}"); resp.Header.Get("Cache-Control") != "no-cache" || resp.Header.Get("Vary") == "" {
		t.Errorf("headers of a public answer: %v", resp.Header)
	}
	if log := s.log.String(); strings.Contains(log, "secret") || strings.Contains(log, "viewer") || !strings.Contains(log, "route=/graphql") {
		t.Errorf("the log holds a key or a query, or no request at all:\n%s", log)
	}
}

func TestOrigins(t *testing.T) {
	s := newServer(t, oneKey{}, "https://map.example.org")
	resp, _ := s.send(t, "OPTIONS", "/graphql", "Origin", "https://map.example.org")
	if resp.StatusCode != http.StatusNoContent || !strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("a friend's preflight: %d %v", resp.StatusCode, resp.Header)
	}
	resp, _ = s.send(t, "GET", "/graphql?query={viewer{role}}", "Origin", "https://elsewhere.example.org")
	if resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a stranger is let in: %v", resp.Header)
	}
}

// TestStop lets a request under way finish.
func TestStop(t *testing.T) {
	d, households, enrolments := storetest.City(1, 50)
	gate, err := disclosure.NewGate(t.Context(), &benchSource{dataset: d, engine: storetest.NewReference(d, households, enrolments)}, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Config{Listen: "127.0.0.1:0", Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: oneKey{}, Files: fstest.MapFS{},
			Log: slog.New(slog.DiscardHandler), Observer: observer()}, func(a string) { address <- a })
	}()
	resp, err := http.Get(<-address + "/healthz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v", err)
	}
	resp.Body.Close()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	busy := httptest.NewServer(http.NotFoundHandler())
	defer busy.Close()
	err = server.Run(t.Context(), server.Config{Listen: busy.Listener.Addr().String(), Log: slog.New(slog.DiscardHandler), Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Observer: observer(), Files: fstest.MapFS{}}, func(string) { t.Error("ready on a taken address") })
	if registry.CodeOf(err) != registry.CodeUnavailable {
		t.Errorf("a taken address: %v", err)
	}
}
