package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

const follow = `subscription { editionPublished { state dataVersion households { value status } } }`

// wire is a client's end of a stream: it takes what is written when it likes.
type wire struct {
	header http.Header
	mu     sync.Mutex
	status int
	text   bytes.Buffer
	hold   chan struct{} // nil, or what a write waits for
	wrote  chan string   // each write
}

func newWire() *wire { return &wire{header: http.Header{}, wrote: make(chan string, 100)} }

func (w *wire) Header() http.Header    { return w.header }
func (w *wire) WriteHeader(status int) { w.status = status }
func (w *wire) Flush()                 {}
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	hold := w.hold
	w.text.Write(p)
	w.mu.Unlock()
	w.wrote <- string(p)
	if hold != nil {
		<-hold
	}
	return len(p), nil
}

func subscribe(query, accept string) *http.Request {
	body, _ := json.Marshal(map[string]any{"query": query})
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	return r
}

// opened opens a stream, publishes something, and gives all that came when the stream ends after that.
func (f *fixture) opened(t testing.TB, viewer registry.Viewer, query string) string {
	t.Helper()
	o, stop := quiet(), make(chan struct{})
	o.Streams.Stopping = stop
	h, w := graph.NewHandler(f.resolver, o), newWire()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := subscribe(query, "text/event-stream")
		h.ServeHTTP(w, r.WithContext(access.WithViewer(r.Context(), viewer)))
	}()
	next := func() bool {
		select {
		case <-w.wrote:
			return true
		case <-done:
			return false
		}
	}
	if next() { // it is open
		f.revise(t)
		next()
	}
	close(stop)
	<-done
	return w.text.String()
}

// TestStreamedEvents: an event is an answer of the new state, with its own source, after a publication and after programmes were
// redefined, as each role sees it; and when the server stops the stream is complete.
func TestStreamedEvents(t *testing.T) {
	f := newFixture(t)
	texts := map[registry.Role]string{}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePlanner} {
		texts[role] = f.opened(t, registry.Viewer{Role: role}, follow)
		start, data, _ := strings.Cut(texts[role], "event: next\ndata: ")
		data, end, _ := strings.Cut(data, "\n\n")
		var a answer
		if err := json.Unmarshal([]byte(data), &a); err != nil || start != ":\n\n" || end != "event: complete\ndata:\n\n" {
			t.Fatalf("%v: %q", err, texts[role])
		}
		v, err := f.resolver.Gate.Now().View(t.Context(), registry.Viewer{}, "")
		if err != nil || !strings.Contains(string(a.Data), `"dataVersion":"`+v.Version+`"`) || !strings.Contains(data, `"extensions":{"kantong":{"states":[{"state":"`+v.State.ID()) {
			t.Errorf("of state %s: %v %s", v.State.ID(), err, data)
		}
	}
	if !strings.Contains(texts[registry.RolePublic], `"PERTURBED"`) || !strings.Contains(texts[registry.RolePlanner], `"EXACT"`) {
		t.Errorf("%v", texts)
	}
}

// TestSlowClient takes one event while three things are published, and is then told of the last.
func TestSlowClient(t *testing.T) {
	f := newFixture(t)
	w := newWire()
	ctx, leave := context.WithCancel(t.Context())
	h, done := graph.NewHandler(f.resolver, quiet()), make(chan struct{})
	go func() {
		defer close(done)
		h.ServeHTTP(w, subscribe(follow, "text/event-stream").WithContext(ctx))
	}()
	<-w.wrote
	hold := make(chan struct{})
	w.mu.Lock()
	w.hold = hold
	w.mu.Unlock()
	f.publish(t, "2099-01")
	if first := <-w.wrote; !strings.Contains(first, `+2099-01"`) {
		t.Errorf("%s", first)
	}
	f.publish(t, "2099-02")
	f.publish(t, "2099-03")
	f.publish(t, "2099-04")
	w.mu.Lock()
	w.hold = nil
	w.mu.Unlock()
	close(hold)
	if last := <-w.wrote; !strings.Contains(last, `+2099-04"`) {
		t.Errorf("the next event is %s", last)
	}
	leave()
	<-done
	if n := strings.Count(w.text.String(), "event: next"); n != 2 {
		t.Errorf("%d events:\n%s", n, w.text.String())
	}
}

// TestOnlyStreams: a subscription that is no stream is told how to be one, and what is no subscription needs none.
func TestOnlyStreams(t *testing.T) {
	f := newFixture(t)
	h := graph.NewHandler(f.resolver, quiet())
	send := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
		return w
	}
	both := "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
	for name, c := range map[string]struct {
		r             *http.Request
		status        int
		media, starts string
		holds         string
	}{
		"by GET":                             {httptest.NewRequest("GET", "/graphql?query=subscription{editionPublished{id}}", nil), 405, "application/json", "{", "Accept: text/event-stream"},
		"by POST alone":                      {subscribe(follow, "*/*"), 406, "application/json", `{"errors"`, "Accept: text/event-stream"},
		"by POST as JSON":                    {subscribe(follow, "application/json"), 406, "application/json", `{"errors"`, `"field":"accept"`},
		"a query that is no stream":          {subscribe(`{ edition { id } }`, both), 200, "application/graphql-response+json", `{"data"`, `"edition"`},
		"a query that takes both":            {subscribe(`{ edition { id } }`, "application/json, text/event-stream"), 200, "application/json", `{"data"`, `"edition"`},
		"a query as a stream":                {subscribe(`{ edition { id } }`, "text/event-stream"), 200, "text/event-stream", ":\n\nevent: next\ndata: {\"data\"", "event: complete\ndata:\n\n"},
		"a wrong document":                   {subscribe(`subscription { nope }`, "text/event-stream"), 200, "text/event-stream", ":\n\nevent: next\ndata: {\"errors\"", "event: complete\ndata:\n\n"},
		"a wrong document of who takes both": {subscribe(`subscription { nope }`, both), 400, "application/graphql-response+json", `{"errors"`, "BAD_USER_INPUT"},
		"two fields":                         {subscribe(`subscription { a: editionPublished { id } b: editionPublished { id } }`, "text/event-stream"), 200, "text/event-stream", ":", "selects one field"},
		"no field":                           {subscribe(`subscription { editionPublished @skip(if: true) { id } }`, "text/event-stream"), 200, "text/event-stream", ":", "selects one field"},
		"the schema":                         {subscribe(`subscription { __typename }`, "text/event-stream"), 200, "text/event-stream", ":", "BAD_USER_INPUT"},
		"many aliases":                       {subscribe(`subscription { editionPublished { `+strings.ReplaceAll(aliases(61), "viewer { role }", "id")+` } }`, "text/event-stream"), 200, "text/event-stream", ":", "COMPLEXITY_LIMIT_EXCEEDED"},
		"nothing":                            {subscribe(``, "text/event-stream"), 200, "text/event-stream", ":", "errors"},
	} {
		w := send(c.r)
		if text := w.Body.String(); w.Code != c.status || w.Header().Get("Content-Type") != c.media || !strings.HasPrefix(text, c.starts) || !strings.Contains(text, c.holds) {
			t.Errorf("%s: %d %s %s", name, w.Code, w.Header().Get("Content-Type"), text)
		}
	}
	if response := graph.NewExecutor(f.resolver, quiet()).Run(t.Context(), follow, nil, false); len(response.Errors) != 1 || !strings.Contains(response.Errors[0].Message, "stream") {
		t.Errorf("without a server: %+v", response)
	}
}
