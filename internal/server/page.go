package server

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

// Basemap is a ground that the map client may draw under the areas. Without one, browsers connect to nobody but this server.
type Basemap struct {
	Tiles       string // address of raster tiles with {z}, {x} and {y} in it; "" is no ground
	Attribution string
}

// origin is where the tiles come from, for the page's security policy.
func (b Basemap) origin() string {
	if u, err := url.Parse(b.Tiles); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return ""
}

// Content security policies. Nothing is loaded from elsewhere, and nobody may frame the page. GraphiQL writes styles into
// its page, so there, and only there, they may be inline.
const (
	strictPolicy   = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	graphiqlPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// pages serves the map client where it was built, and otherwise leads to the plain page.
func pages(c Config, r chi.Router) {
	if origin := c.Basemap.origin(); origin != "" {
		policy := strings.Replace(strictPolicy, "default-src 'self'", "default-src 'self'; connect-src 'self' "+origin, 1)
		policy = strings.Replace(policy, "img-src 'self'", "img-src 'self' "+origin, 1)
		r = r.With(withPolicy(policy))
	}
	r.Get("/map.json", func(w http.ResponseWriter, _ *http.Request) {
		if c.Basemap.Tiles == "" {
			writeJSON(w, map[string]any{"basemap": nil})
			return
		}
		writeJSON(w, map[string]any{"basemap": map[string]any{"tiles": []string{c.Basemap.Tiles}, "attribution": c.Basemap.Attribution}})
	})
	files := http.FileServerFS(c.Files)
	if _, err := fs.Stat(c.Files, "index.html"); err != nil {
		r.Get("/", http.RedirectHandler("plain/", http.StatusFound).ServeHTTP)
	}
	r.With(withPolicy(graphiqlPolicy)).Get("/graphiql/*", files.ServeHTTP)
	r.Get("/assets/*", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // their names hold their hashes
		files.ServeHTTP(w, r)
	})
	r.Get("/*", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}

func withPolicy(policy string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			next.ServeHTTP(w, r)
		})
	}
}
