package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"kantong/graph"
	"kantong/internal/registry"
)

// queryDoor serves GraphQL. Queries by GET, and those that clients persist, have names, as maps do: what is kept under one is sent
// without being made, in the encoding that it is kept in, and what a client has is not sent at all.
type queryDoor struct{ kept answers }

type plainWriterKey struct{}

// serve lets answers be compressed as they are written, but for those that are kept compressed: they go past the compressor.
func (q *queryDoor) serve(next http.Handler) http.Handler {
	packed := compressed(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), plainWriterKey{}, w)))
	})
}

// keep is graph.Options.Keep.
func (q *queryDoor) keep(w http.ResponseWriter, r *http.Request, n graph.Named) error {
	if plain, ok := r.Context().Value(plainWriterKey{}).(http.ResponseWriter); ok {
		w = plain
	}
	h := w.Header()
	byGET := r.Method == http.MethodGet
	if tag := heldOf(r.Header.Values("If-None-Match"), n.Name); tag != "" && byGET {
		n.Held()
		nameAnswer(h, n)
		h.Set("ETag", tag)
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	own := false
	d, err := q.kept.getOf(r.Context(), keyOf(n.Viewer, n.Name), func(ctx context.Context) ([]byte, []string, error) {
		own = true
		return n.Make(ctx)
	})
	if err != nil {
		return err
	}
	if !own {
		if err := n.Shown(r.Context(), d.states); err != nil {
			return err
		}
	}
	if byGET { // others are for nobody's cache but ours
		nameAnswer(h, n)
	}
	d.write(w, r, h.Get("Content-Type"))
	return nil
}

// nameAnswer says what an answer is called and who may keep it: everybody may keep what everybody is shown, and has to ask
// whether it is still so.
func nameAnswer(h http.Header, n graph.Named) {
	h.Set("ETag", `"`+n.Name+`"`)
	if n.Viewer.Role == registry.RolePublic {
		h.Set("Cache-Control", "public, no-cache")
	} else {
		h.Set("Cache-Control", "private, no-cache")
	}
}

// heldOf is held without the tag for anything: whether there is an answer at all, and not an error, is known only once it is
// made.
func heldOf(lists []string, name string) string {
	if slices.ContainsFunc(lists, func(list string) bool { return strings.TrimSpace(list) == "*" }) {
		return ""
	}
	return held(strings.Join(lists, ","), name)
}
