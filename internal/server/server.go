// Package server puts the program on HTTP: GraphQL, health and the first page.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"kantong/graph"
	"kantong/internal/disclosure"
	"kantong/internal/jobs"
	"kantong/internal/observe"
	"kantong/internal/registry"
)

// Config is what a server needs.
type Config struct {
	Listen      string   // host:port; port 0 takes a free one
	AllowOrigin []string // origins that browsers may call from, "*" for any; none by default
	Rates       Rates
	Streams     Streams
	// TrustedProxies are believed about the address of a client (X-Forwarded-For) and what it calls this server
	// (X-Forwarded-Proto, X-Forwarded-Host); nobody else is.
	TrustedProxies []netip.Prefix
	Resolver       *graph.Resolver
	Ledger         registry.Ledger
	Imports        *jobs.Queue // takes uploaded files; nil: none are taken
	SchemaText     string
	Files          fs.FS // the page
	Basemap        Basemap
	Log            *slog.Logger
	Observer       observe.Observer

	stopping <-chan struct{} // closed when streams are to end; nil: never
	beat     time.Duration   // between signs of life of a stream; 0 is the default
}

// shutdownTime is how long requests under way may take to end.
const shutdownTime = 10 * time.Second

// Run serves until ctx ends, then lets requests under way finish. ready gets the address once requests are accepted.
func Run(ctx context.Context, c Config, ready func(address string)) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return registry.Errorf(registry.CodeUnavailable, "listen", "can't listen on %s: %w", c.Listen, err)
	}
	c.stopping = ctx.Done() // streams would never end by themselves
	s := &http.Server{
		Handler:           Handler(c),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      c.Resolver.Limits.Time + 30*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(listener) }()
	ready("http://" + listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	c.Log.Info("stopping: requests under way may finish", "seconds", shutdownTime.Seconds())
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := s.Shutdown(stop); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("stopping: %w", err), s.Close())
	}
	return nil
}

// Handler routes requests.
func Handler(c Config) http.Handler {
	r := chi.NewRouter()
	r.Use(withRequestID, c.Observer.Traced, logged(c.Log), middleware.Recoverer, middleware.GetHead, securityHeaders, crossOrigin(c.AllowOrigin))
	limit := newLimits(c.Rates, c.TrustedProxies)
	asked := r.With(limit.locate, limit.byAddress, authenticated(c.Ledger), limit.byKey)
	kept := newAnswers()
	queries := &queryDoor{kept}
	asked.Handle("/graphql", queries.serve(graph.NewHandler(c.Resolver, graph.Options{Log: c.Log, RequestID: RequestID, Observe: c.Observer.Request, Keep: queries.keep, Streams: c.streams()})))
	newMapDoor(c, kept).routes(asked) // compressed by itself: other bytes need another name
	(&importDoor{c}).routes(asked)
	packed := r.With(compressed)
	packed.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, map[string]any{"alive": true}) })
	packed.Get("/readyz", ready(c.Resolver.Gate))
	packed.Get("/metrics", c.Observer.Handler().ServeHTTP)
	packed.Get("/schema.graphql", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(c.SchemaText))
	})
	pages(c, packed)
	return r
}

// ready answers which state is served. Requests are accepted only after it was opened.
func ready(gate *disclosure.Gate) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := gate.Now().View(r.Context(), registry.Viewer{}, "")
		switch registry.CodeOf(err) {
		case "":
			writeJSON(w, map[string]any{"ready": true, "state": v.State.ID(), "dataVersion": v.Version, "engine": v.EngineName})
		case registry.CodeNotFound: // up, with nothing published yet
			writeJSON(w, map[string]any{"ready": true, "state": nil})
		default:
			graph.Refuse(w, http.StatusServiceUnavailable, err)
		}
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
