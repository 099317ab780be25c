package server

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

// Rates are how many requests a minute are answered; 0 is no limit. Each client may send a minute's requests at once and
// gets them back evenly over a minute.
type Rates struct {
	Key     int // of one API key, wherever its requests come from
	Address int // of one address without a key; and as many again with keys that are not valid
}

// keptClients bounds the memory of each kind of limit: whoever has many addresses must not fill it. The client that was
// away the longest is forgotten first. That gives it all its requests back, which it mostly has by then anyway.
const keptClients = 1 << 16

// allowances are the requests that clients of one kind have left.
//
// The library is a token bucket rather than httprate's window: it says to the second when the next request is answered,
// where a sliding window may still refuse after the time that it names.
type allowances[Client comparable] struct {
	whose     string // for the client: "this key"
	perMinute int
	clients   *lru.Cache[Client, *rate.Limiter]
}

func newAllowances[Client comparable](whose string, perMinute int) allowances[Client] {
	clients, err := lru.New[Client, *rate.Limiter](keptClients)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return allowances[Client]{whose, perMinute, clients}
}

func (a allowances[Client]) limited() bool { return a.perMinute > 0 }

func (a allowances[Client]) of(c Client) *rate.Limiter {
	if l, kept := a.clients.Get(c); kept {
		return l
	}
	fresh := rate.NewLimiter(rate.Limit(float64(a.perMinute)/60), a.perMinute)
	if l, kept, _ := a.clients.PeekOrAdd(c, fresh); kept { // two requests of a new client came together
		return l
	}
	return fresh
}

// take lets one request of a client pass, or not. What is left goes into the context for the viewer field.
func (a allowances[Client]) take(c Client, w http.ResponseWriter, r *http.Request, next http.Handler) {
	now, limiter := time.Now(), a.of(c)
	if !limiter.AllowN(now, 1) {
		a.refuse(c, w)
		return
	}
	left := max(0, limiter.TokensAt(now))
	next.ServeHTTP(w, r.WithContext(access.WithAllowance(r.Context(), access.Allowance{
		PerMinute: a.perMinute, Left: int(left), RenewsAt: now.Add(a.wait(float64(a.perMinute) - left))})))
}

// wait is how long it takes until so many requests more may be sent.
func (a allowances[Client]) wait(requests float64) time.Duration {
	return time.Duration(requests / float64(a.perMinute) * float64(time.Minute))
}

func (a allowances[Client]) refuse(c Client, w http.ResponseWriter) {
	missing := 1 - a.of(c).Tokens()
	seconds := max(1, int(math.Ceil(a.wait(missing).Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	graph.Refuse(w, http.StatusTooManyRequests, registry.Errorf(registry.CodeRateLimited, "",
		"%s may send %s a minute, which are used up; try again in %s", a.whose, counted(a.perMinute, "request"), counted(seconds, "second")))
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// limits are the rate limits of a server, the same for all doors that figures leave by.
type limits struct {
	keys      allowances[string] // by the id of a valid key
	addresses allowances[netip.Prefix]
	guesses   allowances[netip.Prefix] // requests with keys that are not valid
	locate    func(http.Handler) http.Handler
}

func newLimits(r Rates, trustedProxies []netip.Prefix) limits {
	l := limits{
		keys:      newAllowances[string]("this key", r.Key),
		addresses: newAllowances[netip.Prefix]("without a key an address", r.Address),
		guesses:   newAllowances[netip.Prefix]("with keys that are not valid an address", r.Address),
		locate:    middleware.ClientIPFromRemoteAddr,
	}
	if len(trustedProxies) > 0 {
		prefixes := make([]string, len(trustedProxies))
		for i, p := range trustedProxies {
			prefixes[i] = p.String()
		}
		l.locate = middleware.ClientIPFromXFF(prefixes...)
	}
	return l
}

// byAddress stands before authentication and behind locate. It limits who sends no key, and who sends keys that turn out not to be valid.
// The two are counted apart, so that visitors of an office who use up its address don't lock out its keys.
func (l limits) byAddress(next http.Handler) http.Handler {
	if !l.addresses.limited() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := network(middleware.GetClientIPAddr(r.Context()))
		if r.Header.Get("Authorization") == "" {
			l.addresses.take(from, w, r, next)
			return
		}
		// A valid key costs its address nothing, so a request is taken off afterwards. Guesses that come together may
		// be a few more than the limit for that.
		if l.guesses.of(from).Tokens() < 1 {
			l.guesses.refuse(from, w)
			return
		}
		answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(answer, r)
		if answer.Status() == http.StatusUnauthorized {
			l.guesses.of(from).Allow()
		}
	})
}

// byKey stands after authentication.
func (l limits) byKey(next http.Handler) http.Handler {
	if !l.keys.limited() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v := access.ViewerOf(r.Context()); v.Role != registry.RolePublic {
			l.keys.take(v.KeyID, w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// network is what belongs to one client: an IPv4 address, or the /64 that an IPv6 client has to itself. All requests whose
// address a trusted proxy doesn't tell are one client.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits) // no prefix for no address
	return p
}
