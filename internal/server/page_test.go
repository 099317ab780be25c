package server_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"kantong/internal/registry"
	"kantong/internal/server"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// Without Node.js nothing was built, and a visitor is led to the page that needs no build.
func TestWithoutABuildThePlainPageIsServed(t *testing.T) {
	s := configured(t, server.Config{Ledger: oneKey{}, Files: fstest.MapFS{"plain/index.html": file("the plain page")}})
	resp, text := s.send(t, http.MethodGet, "/")
	if resp.Request.URL.Path != "/plain/" || text != "the plain page" {
		t.Errorf("/ leads to %s: %q", resp.Request.URL.Path, text)
	}
	for _, path := range []string{"/graphiql/", "/assets/client.js"} {
		if resp, _ := s.send(t, http.MethodGet, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, though nothing was built", path, resp.StatusCode)
		}
	}
}

func TestBuiltPages(t *testing.T) {
	s := configured(t, server.Config{Ledger: oneKey{}, Files: fstest.MapFS{
		"index.html": file("the map"), "plain/index.html": file("the plain page"), "graphiql/index.html": file("the editor"), "assets/client-1a2b.js": file("1")}})
	for _, p := range []struct{ path, text, cached string }{
		{"/", "the map", "no-cache"},
		{"/plain/", "the plain page", "no-cache"},
		{"/graphiql/", "the editor", ""},
		{"/assets/client-1a2b.js", "1", "public, max-age=31536000, immutable"},
		{"/map.json", `{"basemap":null}`, ""},
	} {
		resp, text := s.send(t, http.MethodGet, p.path)
		if strings.TrimSpace(text) != p.text || resp.Header.Get("Cache-Control") != p.cached {
			t.Errorf("%s: %d %q, kept as %q", p.path, resp.StatusCode, text, resp.Header.Get("Cache-Control"))
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'self';") || strings.Contains(policy, "http") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", p.path, policy)
		}
		if inline := strings.Contains(policy, "unsafe-inline"); inline != (p.path == "/graphiql/") || strings.Contains(policy, "script-src") {
			t.Errorf("%s: what may be inline: %q", p.path, policy)
		}
	}
	if resp, _ := s.send(t, http.MethodGet, "/assets/older-9f.js"); resp.StatusCode != http.StatusNotFound || resp.Header.Get("Cache-Control") != "" {
		t.Errorf("an asset of another build: %d, kept as %q", resp.StatusCode, resp.Header.Get("Cache-Control"))
	}
}

// A ground is drawn from one other server, and from no further one.
func TestBasemap(t *testing.T) {
	basemap, err := server.NewBasemap("https://tile.example.org:8443/{z}/{x}/{y}.png?a=b", "© Example")
	if err != nil {
		t.Fatal(err)
	}
	s := configured(t, server.Config{Ledger: oneKey{}, Basemap: basemap, Files: fstest.MapFS{"index.html": file("the map"), "graphiql/index.html": file("the editor")}})
	if _, text := s.send(t, http.MethodGet, "/map.json"); strings.TrimSpace(text) != `{"basemap":{"attribution":"© Example","tiles":["https://tile.example.org:8443/{z}/{x}/{y}.png?a=b"]}}` {
		t.Errorf("map.json: %s", text)
	}
	resp, _ := s.send(t, http.MethodGet, "/")
	if policy := resp.Header.Get("Content-Security-Policy"); strings.Count(policy, "https://tile.example.org:8443") != 2 || strings.Count(policy, "http") != 2 {
		t.Errorf("policy %q", policy)
	}
	for _, tiles := range []string{"https://tile.example.org/{z}/{x}.png", "tile.example.org/{z}/{x}/{y}.png", "/tiles/{z}/{x}/{y}.png", "ftp://example.org/{z}/{x}/{y}",
		"https://a;script-src {z}{x}{y}", "https://{s}.example.org/{z}/{x}/{y}.png", "https://e.org,x/{z}/{x}/{y}.png", "https:///{z}/{x}/{y}.png", "https://[/{z}/{x}/{y}"} {
		if _, err := server.NewBasemap(tiles, ""); registry.CodeOf(err) != registry.CodeBadUserInput || !strings.Contains(err.Error(), "--basemap") {
			t.Errorf("%s: %v", tiles, err)
		}
	}
}
