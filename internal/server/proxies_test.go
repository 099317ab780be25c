package server

import (
	"crypto/tls"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// TestAddressBehindProxies: only a proxy that is trusted says what the server is called.
func TestAddressBehindProxies(t *testing.T) {
	c := Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, x := range []struct{ from, proto, host, want string }{
		{"10.1.2.3:4", "https", "map.example.org", "https://map.example.org"},
		{"[::ffff:10.1.2.3]:4", "https", "", "https://here:8080"},
		{"[fd00::1]:4", "https", "map.example.org:8443", "https://map.example.org:8443"},
		{"10.1.2.3:4", "gopher, HTTPS", "elsewhere.example.org, map.example.org", "https://map.example.org"},
		{"10.1.2.3:4", "javascript", "map.example.org/path", "http://here:8080"},
		{"10.1.2.3:4", "https", `map.example.org"><`, "https://here:8080"},
		{"10.1.2.3:4", "https", "who@map.example.org", "https://here:8080"},
		{"10.1.2.3:4", "", "", "http://here:8080"},
		{"192.0.2.1:4", "https", "map.example.org", "http://here:8080"},
		{"pipe", "https", "map.example.org", "http://here:8080"},
	} {
		r := httptest.NewRequest("GET", "/tiles/kelurahan.json", nil)
		r.Host, r.RemoteAddr = "here:8080", x.from
		r.Header.Set("X-Forwarded-Proto", x.proto)
		r.Header.Set("X-Forwarded-Host", x.host)
		if got := c.addressOf(r); got != x.want {
			t.Errorf("from %s, %q, %q: %s, want %s", x.from, x.proto, x.host, got, x.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host, r.TLS = "here", &tls.ConnectionState{}
	if got := c.addressOf(r); got != "https://here" {
		t.Errorf("by TLS: %s", got)
	}
}
