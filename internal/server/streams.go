package server

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

// Streams are how many subscriptions may be open at once. Each costs a connection and some memory, and an answer when
// something is published. 0 is a default.
type Streams struct {
	Client int // of one key, or of one address without a key; 50, since an office has one address
	All    int // 2 000
}

const (
	defaultStreamsOfClient = 50
	defaultStreams         = 2000
	streamRetry            = 30 * time.Second // nobody knows when another one ends
)

// openStreams counts the streams that are open.
type openStreams struct {
	Streams
	mu   sync.Mutex
	all  int
	each map[any]int // by key id or network
}

func newOpenStreams(s Streams) *openStreams {
	if s.Client == 0 {
		s.Client = defaultStreamsOfClient
	}
	if s.All == 0 {
		s.All = defaultStreams
	}
	return &openStreams{Streams: s, each: map[any]int{}}
}

// admit counts a stream until release is called, or refuses it: 429 when the client has enough, 503 when the server has.
func (o *openStreams) admit(r *http.Request) (release func(), status int, err error) {
	var client any = network(middleware.GetClientIPAddr(r.Context()))
	whose := "an address without a key"
	if v := access.ViewerOf(r.Context()); v.Role != registry.RolePublic {
		client, whose = v.KeyID, "a key"
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.each[client] >= o.Client:
		return nil, http.StatusTooManyRequests, registry.Errorf(registry.CodeRateLimited, "", "%s may have %s open: close one first", whose, counted(o.Client, "stream"))
	case o.all >= o.All:
		return nil, http.StatusServiceUnavailable, registry.Errorf(registry.CodeUnavailable, "", "the server has %s open, as many as it may: try again later, or ask now and then", counted(o.All, "stream"))
	}
	o.all++
	o.each[client]++
	return sync.OnceFunc(func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.all--
		if o.each[client]--; o.each[client] == 0 {
			delete(o.each, client)
		}
	}), 0, nil
}

// streams is what GraphQL needs for subscriptions.
func (c Config) streams() graph.Streams {
	open := newOpenStreams(c.Streams)
	return graph.Streams{Admit: open.admit, Stopping: c.stopping, Beat: c.beat, RetryAfter: strconv.Itoa(int(streamRetry.Seconds())),
		Authenticate: func(r *http.Request) (registry.Viewer, error) { return authenticate(c.Ledger, r) }}
}
