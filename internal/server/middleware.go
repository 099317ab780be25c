package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

type requestIDKey struct{}

// RequestID gives the id of the request that a context belongs to; "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// withRequestID gives every request an id of our own making: one sent by the client could forge a line in the log.
func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b [8]byte
		_, _ = rand.Read(b[:])
		id := hex.EncodeToString(b[:])
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// logged writes a line a request: neither its query string nor its headers, which may hold what nobody should keep.
func logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !log.Enabled(r.Context(), slog.LevelInfo) {
				next.ServeHTTP(w, r)
				return
			}
			start, answer := time.Now(), middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			next.ServeHTTP(answer, r)
			log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", RequestID(r.Context())), slog.String("method", r.Method),
				slog.String("route", routeOf(r)), slog.Int("status", max(answer.Status(), http.StatusOK)), slog.Int("bytes", answer.BytesWritten()),
				slog.Float64("ms", float64(time.Since(start).Microseconds())/1000))
		})
	}
}

// routeOf is the pattern that a request met: a path of its own could hold a key or a card number, typed there by mistake.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

// securityHeaders lets the page load nothing from elsewhere, and nobody frame it.
func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", strictPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// crossOrigin lets pages of the given origins call the API. Keys travel in a header that scripts set, never in cookies,
// so no origin can borrow another's key.
func crossOrigin(origins []string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			origin := r.Header.Get("Origin")
			if origin != "" && (slices.Contains(origins, origin) || slices.Contains(origins, "*")) {
				h := w.Header()
				h.Set("Access-Control-Allow-Origin", origin)
				h.Set("Access-Control-Expose-Headers", "Content-Disposition, ETag, Kantong-State, Link, Location, Retry-After, X-Request-Id")
				h.Add("Vary", "Origin")
				if r.Method == http.MethodOptions {
					h.Set("Access-Control-Allow-Methods", "GET, POST")
					h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Kantong-Purpose")
					h.Set("Access-Control-Max-Age", "600")
					w.WriteHeader(http.StatusNoContent)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// authenticated finds out who asks. A key that is not valid is refused rather than treated as none, so that nobody takes
// protected figures for exact ones. Answers to a key are kept by no cache, unless a door says more.
func authenticated(ledger registry.Ledger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			viewer, err := authenticate(ledger, r)
			if err != nil {
				status := http.StatusUnauthorized
				if registry.CodeOf(err) != registry.CodeUnauthenticated {
					status = http.StatusServiceUnavailable
				}
				w.Header().Set("WWW-Authenticate", "Bearer")
				graph.Refuse(w, status, err)
				return
			}
			w.Header().Add("Vary", "Authorization")
			if viewer.Role == registry.RolePublic {
				w.Header().Set("Cache-Control", "no-cache")
			} else {
				w.Header().Set("Cache-Control", "private, no-store")
			}
			next.ServeHTTP(w, r.WithContext(access.WithViewer(r.Context(), viewer)))
		})
	}
}

// authenticate finds out who sent a request, as of now.
func authenticate(ledger registry.Ledger, r *http.Request) (registry.Viewer, error) {
	viewer, err := access.Authenticate(r.Context(), ledger, r.Header.Get("Authorization"), time.Now())
	viewer.Purpose = r.Header.Get("Kantong-Purpose")
	return viewer, err
}
