package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
	"kantong/internal/server"
)

const following = `{"query": "subscription { editionPublished { state dataVersion households { status } } }"}`

// subscription is an open stream.
type subscription struct {
	*http.Response
	lines *bufio.Reader
	leave context.CancelFunc
}

// open opens a stream, as a page does by fetch.
func open(t *testing.T, address, authorization, body string) *subscription {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Accept-Encoding", "gzip")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leave(); resp.Body.Close() })
	s := &subscription{resp, bufio.NewReader(resp.Body), leave}
	if resp.StatusCode == http.StatusOK {
		if h := resp.Header; h.Get("Content-Type") != "text/event-stream" || h.Get("Content-Encoding") != "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", h)
		}
		if first := s.next(t); first != ":" {
			t.Errorf("it begins with %q", first)
		}
	}
	return s
}

// next is the next event or comment, "" at the end.
func (s *subscription) next(t *testing.T) (event string) {
	t.Helper()
	for {
		line, err := s.lines.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF):
			return event
		case err != nil:
			t.Fatal(err)
		case line == "\n":
			return strings.TrimSuffix(event, "\n")
		}
		event += line
	}
}

// revise redefines programmes.
func (m *mapServer) revise(t *testing.T) {
	t.Helper()
	m.source.version.Add(1)
	if err := m.gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestStreams: whoever follows hears of each change, as his role sees it, and of keys once in the log.
func TestStreams(t *testing.T) {
	m := newMapServer(t)
	written := len(m.books.entries)
	public, partner, other := open(t, m.URL, "", following), open(t, m.URL, m.keys["partner"], following), open(t, m.URL, m.keys["planner"], following)
	for version, want := range []string{"v1", "v2"} {
		m.revise(t)
		for _, s := range []*subscription{public, partner, other} {
			if event := s.next(t); !strings.HasPrefix(event, "event: next\ndata: {\"data\":{\"editionPublished\"") || !strings.Contains(event, `"dataVersion":"`+want+`"`) || !strings.Contains(event, `"extensions":{"kantong":{"states"`) {
				t.Errorf("event %d: %s", version, event)
			}
		}
	}
	entries := m.books.entries[written:]
	if len(entries) != 2 {
		t.Fatalf("%d entries of two keys: %+v", len(entries), entries)
	}
	if e := entries[0]; e.Action != "subscription" || len(e.Fields) != 1 || e.Fields[0] != "editionPublished" || e.Organisation != "partner" || e.SHA256 == "" || e.Outcome != "" {
		t.Errorf("logged as %+v", e)
	}
	_, text := m.send(t, "GET", "/metrics")
	if !strings.Contains(text, `kantong_request_seconds_count{code="OK",operation="editionPublished"} 6`) {
		t.Errorf("metrics: %s", text)
	}
}

// TestStreamsOfKeys end when the key does, at the next event or sign of life, and are not opened when they can't be logged.
func TestStreamsOfKeys(t *testing.T) {
	m := newMapServer(t)
	s := open(t, m.URL, m.keys["partner"], following)
	m.books.broken = true
	if refused := open(t, m.URL, m.keys["partner"], following); refused.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("not logged: %d", refused.StatusCode)
	}
	m.books.broken = false
	written := len(m.books.entries)
	m.books.mu.Lock()
	clear(m.books.keys)
	m.books.mu.Unlock()
	m.revise(t)
	if event := s.next(t); !strings.Contains(event, "UNAUTHENTICATED") || strings.Contains(event, "dataVersion") {
		t.Errorf("%s", event)
	}
	if event := s.next(t); event != "event: complete\ndata:" {
		t.Errorf("%s", event)
	}
	if event := s.next(t); event != "" || len(m.books.entries) != written {
		t.Errorf("after the end: %s, %d entries", event, len(m.books.entries)-written)
	}
}

// TestErrorsOfEvents lie where the event is, and the stream goes on.
func TestErrorsOfEvents(t *testing.T) {
	m := newMapServer(t)
	broken := &failing{Engine: m.engine.Engine}
	m.engine.Engine = broken
	s := open(t, m.URL, m.keys["planner"], `{"query": "subscription { e: editionPublished { dataVersion availability { pillar } } }"}`)
	var away error = registry.Errorf(registry.CodeUnavailable, "", "the database is away")
	broken.with.Store(&away)
	m.revise(t)
	if event := s.next(t); !strings.Contains(event, `"path":["e","availability"]`) || !strings.Contains(event, "UNAVAILABLE") {
		t.Errorf("%s", event)
	}
	broken.with.Store(nil)
	m.revise(t)
	if event := s.next(t); strings.Contains(event, "errors") || !strings.Contains(event, `"availability":[{`) {
		t.Errorf("%s", event)
	}
}

// serverOf is the map server's city behind a server with limits of its own.
func (m *mapServer) serverOf(t *testing.T, change func(*server.Config), times time.Duration) *httptest.Server {
	t.Helper()
	c := server.Config{Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: m.gate}, Ledger: m.books, Files: fstest.MapFS{}, Log: slog.New(slog.DiscardHandler), Observer: observer()}
	change(&c)
	s := httptest.NewUnstartedServer(server.Handler(c))
	s.Config.ReadTimeout, s.Config.WriteTimeout = times, times
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// TestStreamsAreBounded by client and in all, and count as a request when they are opened.
func TestStreamsAreBounded(t *testing.T) {
	m := newMapServer(t)
	s := m.serverOf(t, func(c *server.Config) { c.Streams = server.Streams{Client: 2, All: 3} }, 0)
	first, _ := open(t, s.URL, "", following), open(t, s.URL, "", following)
	if third := open(t, s.URL, "", following); third.StatusCode != http.StatusTooManyRequests || third.Header.Get("Retry-After") == "" {
		t.Errorf("a third of one address: %d", third.StatusCode)
	}
	open(t, s.URL, m.keys["partner"], following)
	if fourth := open(t, s.URL, m.keys["planner"], following); fourth.StatusCode != http.StatusServiceUnavailable || fourth.Header.Get("Retry-After") == "" {
		t.Errorf("a fourth in all: %d", fourth.StatusCode)
	}
	if resp, err := http.Get(s.URL + "/graphql?query={viewer{role}}"); err != nil || resp.StatusCode != 200 {
		t.Errorf("a question beside streams: %v", err)
	}
	first.leave()
	for opened := false; !opened; { // the server notices that a client has left when it does
		opened = open(t, s.URL, "", following).StatusCode == http.StatusOK
	}

	s = m.serverOf(t, func(c *server.Config) { c.Rates = server.Rates{Address: 2} }, 0)
	for i, want := range []int{200, 200, 429} {
		if got := open(t, s.URL, "", following).StatusCode; got != want {
			t.Errorf("request %d: %d", i, got)
		}
	}
}

// TestStreamsOutlive the time that a request has, and answers have time of their own.
func TestStreamsOutlive(t *testing.T) {
	m := newMapServer(t)
	short := 50 * time.Millisecond
	s := m.serverOf(t, func(c *server.Config) {
		c.Resolver.Limits.Time = 5 * time.Second
	}, short)
	open := open(t, s.URL, "", following)
	time.Sleep(6 * short) // past every deadline of the server's
	m.revise(t)
	if event := open.next(t); !strings.Contains(event, `"dataVersion"`) {
		t.Errorf("%q", event)
	}
}

// TestStreamsStop with the server, at once, and say that they are complete.
func TestStreamsStop(t *testing.T) {
	m := newMapServer(t)
	ctx, stop := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Config{Listen: "127.0.0.1:0", Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: m.gate}, Ledger: m.books, Files: fstest.MapFS{},
			Log: slog.New(slog.DiscardHandler), Observer: observer()}, func(a string) { address <- a })
	}()
	s := open(t, <-address, "", following)
	stop()
	if event := s.next(t); event != "event: complete\ndata:" {
		t.Errorf("%q", event)
	}
	if event := s.next(t); event != "" {
		t.Errorf("after the end %q", event)
	}
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err) // also when streams had kept it waiting
	}
}

// TestStreamsAreAlive: signs of life come, and a key that ended in between ends its stream.
func TestStreamsAreAlive(t *testing.T) {
	m := newMapServer(t)
	s := m.serverOf(t, func(c *server.Config) { server.SetBeat(c, 5*time.Millisecond) }, 0)
	key, k, err := access.CreateKey(t.Context(), m.books, access.KeyRequest{Role: registry.RolePartner, Organisation: "Yayasan", Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	kept, ending := open(t, s.URL, m.keys["partner"], following), open(t, s.URL, "Bearer "+key, following)
	for range 3 {
		if event := kept.next(t); event != ":" {
			t.Errorf("%q", event)
		}
	}
	m.books.mu.Lock()
	delete(m.books.keys, k.SHA256)
	m.books.mu.Unlock()
	event := ending.next(t)
	for event == ":" {
		event = ending.next(t)
	}
	if !strings.Contains(event, "UNAUTHENTICATED") || ending.next(t) != "event: complete\ndata:" || ending.next(t) != "" {
		t.Errorf("%q", event)
	}
	if event := kept.next(t); event != ":" {
		t.Errorf("another key's stream: %q", event)
	}
}
