package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/internal/storetest"
)

// keyring knows the keys that were added.
type keyring struct {
	registry.Ledger
	keys map[[32]byte]registry.APIKey
}

func (l keyring) AddKey(_ context.Context, k registry.APIKey) error {
	l.keys[k.SHA256] = k
	return nil
}

func (l keyring) KeyByHash(_ context.Context, hash [32]byte) (registry.APIKey, error) {
	if k, ok := l.keys[hash]; ok {
		return k, nil
	}
	return registry.APIKey{}, registry.NotFound("key", "no such key")
}

// rated is a server with rate limits, without a network: time in its tests passes by the test's will alone.
type rated struct {
	http.Handler
	keys [2]string // of two planners
}

func newRated(t *testing.T, rates server.Rates, proxies ...string) rated {
	t.Helper()
	d, households, enrolments := storetest.City(1, 50)
	gate, err := disclosure.NewGate(t.Context(), &benchSource{dataset: d, engine: storetest.NewReference(d, households, enrolments)}, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var s rated
	ledger := keyring{keys: map[[32]byte]registry.APIKey{}}
	for i := range s.keys {
		if s.keys[i], _, err = access.CreateKey(t.Context(), ledger, access.KeyRequest{Role: registry.RolePlanner, Organisation: "Bappeda", Now: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	var trusted []netip.Prefix
	for _, p := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(p))
	}
	s.Handler = server.Handler(server.Config{Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: ledger, Rates: rates, TrustedProxies: trusted,
		Files: fstest.MapFS{"index.html": {Data: []byte("<html>")}}, Log: slog.New(slog.DiscardHandler), Observer: observer()})
	return s
}

// answer is what came back, and what the viewer was told of its allowance.
type answer struct {
	status     int
	retryAfter string
	Data       struct {
		Viewer struct {
			Requests *struct {
				PerMinute, Left int
				RenewsAt        time.Time
			}
		}
	}
	Errors []struct {
		Message    string
		Extensions struct{ Code, Field string }
	}
}

// ask sends a request from an address, host:port. Headers are names and values.
func (s rated) ask(t *testing.T, from string, header ...string) (a answer) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/graphql?query={viewer{requests{perMinute%20left%20renewsAt}}}", nil)
	r.RemoteAddr = from
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	a.status, a.retryAfter = w.Code, w.Header().Get("Retry-After")
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Errorf("%v: %s", err, w.Body)
	}
	return a
}

func (s rated) expect(t *testing.T, status int, from string, header ...string) answer {
	t.Helper()
	a := s.ask(t, from, header...)
	if a.status != status {
		t.Errorf("from %s with %v: status %d, want %d: %v", from, header, a.status, status, a.Errors)
	}
	return a
}

const home, elsewhere = "192.0.2.1:1000", "192.0.2.2:1000"

// TestRate is exact at its edge: three a minute are three, and one more after each third of a minute.
func TestRate(t *testing.T) {
	for name, c := range map[string]struct {
		rates server.Rates
		keyed bool
		says  string
	}{
		"address": {server.Rates{Address: 3}, false, "without a key an address may send 3 requests a minute, which are used up; try again in 20 seconds"},
		"key":     {server.Rates{Key: 3}, true, "this key may send 3 requests a minute, which are used up; try again in 20 seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newRated(t, c.rates)
				var header []string
				if c.keyed {
					header = []string{"Authorization", "Bearer " + s.keys[0]}
				}
				for left := 2; left >= 0; left-- {
					a := s.expect(t, 200, home, header...)
					told, renews := a.Data.Viewer.Requests, time.Now().Add(time.Duration(3-left)*20*time.Second)
					if told == nil || told.PerMinute != 3 || told.Left != left || told.RenewsAt.Sub(renews).Abs() > time.Second {
						t.Errorf("%d left, renewed %s: the viewer is told %+v", left, renews, told)
					}
				}
				a := s.expect(t, 429, home, header...)
				if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "RATE_LIMITED" || a.Errors[0].Message != c.says || a.retryAfter != "20" {
					t.Errorf("the refusal: %+v", a)
				}
				time.Sleep(19 * time.Second)
				if a := s.expect(t, 429, home, header...); a.retryAfter != "1" || !strings.HasSuffix(a.Errors[0].Message, "try again in 1 second") {
					t.Errorf("a second before the end: %+v", a)
				}
				time.Sleep(time.Second)
				s.expect(t, 200, home, header...)
				s.expect(t, 429, home, header...)
				time.Sleep(time.Hour) // no more than a minute's requests are saved up
				for range 3 {
					s.expect(t, 200, home, header...)
				}
				s.expect(t, 429, home, header...)
			})
		})
	}
}

// TestKeysDoNotShare a rate, wherever they are used; nor do they use up that of their address.
func TestKeysDoNotShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newRated(t, server.Rates{Key: 2, Address: 1})
		first, second := []string{"Authorization", "Bearer " + s.keys[0]}, []string{"Authorization", "Bearer " + s.keys[1]}
		s.expect(t, 200, home, first...)
		s.expect(t, 200, elsewhere, first...)
		s.expect(t, 429, home, first...)
		s.expect(t, 429, elsewhere, first...)
		s.expect(t, 200, home, second...)
		s.expect(t, 200, home)
		s.expect(t, 429, home)
		s.expect(t, 200, home, second...) // visitors don't lock out keys
	})
}

// TestAddresses tells which requests are of one client.
func TestAddresses(t *testing.T) {
	const forwarded = "X-Forwarded-For"
	type request struct {
		from   string
		header []string
	}
	proxied := func(chain ...string) request {
		r := request{from: "10.0.0.2:1000"}
		for _, c := range chain {
			r.header = append(r.header, forwarded, c)
		}
		return r
	}
	for name, c := range map[string]struct {
		a, b request
		same bool
	}{
		"two ports":                     {request{from: home}, request{from: "192.0.2.1:2000"}, true},
		"two addresses":                 {request{from: home}, request{from: elsewhere}, false},
		"IPv4 written as IPv6":          {request{from: home}, request{from: "[::ffff:192.0.2.1]:1000"}, true},
		"one /64":                       {request{from: "[2001:db8:0:1::1]:1000"}, request{from: "[2001:db8:0:1:ffff:ffff:ffff:ffff]:1000"}, true},
		"two /64":                       {request{from: "[2001:db8:0:1::1]:1000"}, request{from: "[2001:db8:0:2::1]:1000"}, false},
		"forged by a stranger":          {request{from: home}, request{home, []string{forwarded, "192.0.2.9", "X-Real-Ip", "192.0.2.9", "True-Client-Ip", "192.0.2.9", "Forwarded", "for=192.0.2.9"}}, true},
		"told by a proxy":               {proxied("192.0.2.1"), proxied("192.0.2.2"), false},
		"told and come by itself":       {proxied("192.0.2.1"), request{from: home}, true},
		"forged before the proxy":       {proxied("192.0.2.8, 192.0.2.1"), proxied("192.0.2.9, 192.0.2.1"), true},
		"forged as another header":      {proxied("192.0.2.8", "192.0.2.1"), proxied("192.0.2.9", "192.0.2.1"), true},
		"told by two proxies":           {proxied("192.0.2.1, 10.0.0.3"), proxied("192.0.2.2, 10.0.0.3"), false},
		"a proxy that is not trusted":   {proxied("192.0.2.1, 198.51.100.7"), proxied("192.0.2.2, 198.51.100.7"), true},
		"a proxy over IPv6":             {request{"[fd00::2]:1000", []string{forwarded, "2001:db8:0:1::1"}}, request{"[fd00::2]:1000", []string{forwarded, "2001:db8:0:2::1"}}, false},
		"a proxy that tells one /64":    {proxied("2001:db8:0:1::1"), proxied("2001:db8:0:1::2"), true},
		"a proxy that says nothing":     {proxied(), proxied(), true},
		"a proxy that says no address":  {proxied("192.0.2.8, unknown"), proxied("192.0.2.9, unknown"), true},
		"a local address with its zone": {request{from: "[fe80::1%eth0]:1000"}, request{from: "[fe80::1%eth1]:1000"}, true},
		"a stranger near the proxies":   {request{"10.0.1.2:1000", []string{forwarded, "192.0.2.1"}}, request{"10.0.1.2:1000", []string{forwarded, "192.0.2.2"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newRated(t, server.Rates{Address: 1}, "10.0.0.0/24", "fd00::/64")
				s.expect(t, 200, c.a.from, c.a.header...)
				status := 200
				if c.same {
					status = 429
				}
				s.expect(t, status, c.b.from, c.b.header...)
			})
		})
	}
}

// TestGuessedKeys are limited by address, before anybody looks whether they are valid.
func TestGuessedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newRated(t, server.Rates{Key: 100, Address: 3})
		valid, guess := []string{"Authorization", "Bearer " + s.keys[0]}, []string{"Authorization", "Bearer kantong_guess"}
		for range 5 {
			s.expect(t, 200, home, valid...)
		}
		s.expect(t, 401, home, guess...)
		s.expect(t, 401, home, "Authorization", "Basic a2FudG9uZw==")
		s.expect(t, 200, home, valid...)
		s.expect(t, 401, home, guess...)
		if a := s.expect(t, 429, home, guess...); a.retryAfter != "20" || a.Errors[0].Extensions.Code != "RATE_LIMITED" {
			t.Errorf("%+v", a)
		}
		s.expect(t, 429, home, valid...) // else who guesses would see it
		s.expect(t, 200, home)
		s.expect(t, 200, elsewhere, valid...)
		time.Sleep(20 * time.Second)
		s.expect(t, 200, home, valid...)
		s.expect(t, 401, home, guess...)
		s.expect(t, 429, home, guess...)
	})
}

// TestUnlimited is what has no rate: other doors, and everything where 0 says so.
func TestUnlimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newRated(t, server.Rates{Key: 1, Address: 1})
		s.expect(t, 200, home)
		s.expect(t, 429, home)
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/"} {
			r, w := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
			r.RemoteAddr = home
			if s.ServeHTTP(w, r); w.Code != http.StatusOK {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		s = newRated(t, server.Rates{})
		for range 20 {
			s.expect(t, 401, home, "Authorization", "Bearer kantong_guess")
			for _, header := range [][]string{nil, {"Authorization", "Bearer " + s.keys[0]}} {
				if a := s.expect(t, 200, home, header...); a.Data.Viewer.Requests != nil {
					t.Errorf("told of a limit: %+v", a.Data.Viewer.Requests)
				}
			}
		}
	})
}
