package server

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"kantong/internal/registry"
)

// Basemap is a ground that the map client may draw under the areas. Without one, browsers connect to nobody but this server.
type Basemap struct {
	Tiles       string // address of raster tiles with {z}, {x} and {y} in it; "" is no ground
	Attribution string

	origin string // of the tiles, for the page's security policy
}

// NewBasemap refuses what browsers could not draw; an error names the flag that it was given by.
func NewBasemap(tiles, attribution string) (Basemap, error) {
	b := Basemap{Tiles: tiles, Attribution: attribution}
	if tiles == "" {
		return b, nil
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(tiles, part) {
			return b, registry.Invalid("--basemap", "%q has no %s in it; an address of tiles is like https://tile.example.org/{z}/{x}/{y}.png", tiles, part)
		}
	}
	u, err := url.Parse(tiles)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return b, registry.Invalid("--basemap", "%q is no address of tiles on the web, like https://tile.example.org/{z}/{x}/{y}.png", tiles)
	}
	if strings.ContainsAny(u.Host, " ;,'\"{}") { // it becomes a part of the page's security policy
		return b, registry.Invalid("--basemap", "%q is no name of a server", u.Host)
	}
	b.origin = u.Scheme + "://" + u.Host
	return b, nil
}

// Content security policies. Nothing is loaded from elsewhere, and nobody may frame the page. GraphiQL writes styles into
// its page, so there, and only there, they may be inline.
const (
	strictPolicy   = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	graphiqlPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// pages serves the map client where it was built, and otherwise leads to the plain page.
func pages(c Config, r chi.Router) {
	if origin := c.Basemap.origin; origin != "" {
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
