package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// addressOf is how a client calls this server, e.g. https://map.example.org. A trusted proxy says what it was called by
// (X-Forwarded-Proto, X-Forwarded-Host); of what anybody else says in these headers nothing is believed.
func (c *Config) addressOf(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if c.fromProxy(r) {
		if said := lastOf(r.Header, "X-Forwarded-Proto"); said == "http" || said == "https" {
			scheme = said
		}
		if said := lastOf(r.Header, "X-Forwarded-Host"); said != "" && strings.Trim(said, hostCharacters) == "" {
			host = said
		}
	}
	return scheme + "://" + host
}

// hostCharacters are those of names, addresses and ports.
const hostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"

func (c *Config) fromProxy(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(c.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(from.Addr().Unmap().WithZone("")) })
}

// lastOf is what the nearest proxy wrote: it adds to what it was sent.
func lastOf(h http.Header, name string) string {
	list := strings.Split(strings.Join(h.Values(name), ","), ",")
	return strings.ToLower(strings.TrimSpace(list[len(list)-1]))
}
