package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/audit"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/internal/storetest"
)

// asked counts how often an engine is asked.
type asked struct {
	registry.Engine
	calls, points, rows atomic.Int64
}

func (e *asked) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	e.points.Add(1)
	return e.Engine.Points(ctx, q)
}

func (e *asked) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	e.rows.Add(1)
	return e.Engine.Rows(ctx, q)
}

func (e *asked) Summarise(ctx context.Context, q []registry.SummaryQuery) ([][]registry.Cell, error) {
	e.calls.Add(1)
	return e.Engine.Summarise(ctx, q)
}

// books are a ledger of keys, an audit log and what partners are shown, in memory.
type books struct {
	keyring
	mu      sync.Mutex
	entries []registry.AuditEntry
	spent   map[registry.Account]int
	broken  bool
}

func (b *books) KeyByHash(ctx context.Context, hash [32]byte) (registry.APIKey, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keyring.KeyByHash(ctx, hash)
}

func (b *books) AppendAudit(_ context.Context, entries []registry.AuditEntry) ([]registry.AuditEntry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return nil, errors.New("the disk is full")
	}
	b.entries = append(b.entries, entries...)
	return entries, nil
}

func (b *books) Spend(_ context.Context, a registry.Account, cells []uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent[a] += len(cells)
	return nil
}

func (b *books) Spent(context.Context, registry.Account, int64) ([]uint64, int64, error) {
	return nil, 0, nil
}

// versioned is a source whose edition gets another version.
type versioned struct {
	benchSource
	version       atomic.Int64
	former        string // an edition beside it; "" for none
	formerVersion atomic.Int64
}

func (s *versioned) Version(_ context.Context, state registry.State) (string, error) {
	return s.versionOf(state), nil
}

func (s *versioned) Open(_ context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	d := *s.dataset
	d.State, d.Version = state, s.versionOf(state)
	return &d, s.engine, nil
}

// ownArea is that of the key that is limited to one.
const ownArea = "19.71.01"

// mapServer is a city behind every door of maps.
type mapServer struct {
	cityServer
	engine *asked
	source *versioned
	gate   *disclosure.Gate
	books  *books
	keys   map[string]string // Authorization by name
}

func newMapServer(t *testing.T) *mapServer {
	t.Helper()
	d, households, enrolments := storetest.City(7, 900)
	m := &mapServer{engine: &asked{Engine: storetest.NewReference(d, households, enrolments)}, keys: map[string]string{"": ""},
		books: &books{keyring: keyring{keys: map[[32]byte]registry.APIKey{}}, spent: map[registry.Account]int{}}}
	m.source = &versioned{benchSource: benchSource{dataset: d, engine: m.engine}}
	var err error
	if m.gate, err = disclosure.NewGate(t.Context(), m.source, disclosure.Rules{Policy: disclosure.DefaultPolicy(), Budgets: disclosure.NewBudgets(m.books, 1_000_000, nil)}); err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]registry.Role{"planner": registry.RolePlanner, "partner": registry.RolePartner, "other partner": registry.RolePartner, "auditor": registry.RoleAuditor, "admin": registry.RoleAdmin, "scoped": registry.RolePlanner, "other planner": registry.RolePlanner} {
		request := access.KeyRequest{Role: role, Organisation: name, Purpose: "maps", Now: time.Now()}
		if name == "scoped" {
			request.Areas = []registry.AreaCode{ownArea}
		}
		key, _, err := access.CreateKey(t.Context(), m.books, request)
		if err != nil {
			t.Fatal(err)
		}
		m.keys[name] = "Bearer " + key
	}
	log := audit.NewLog(m.books)
	s := httptest.NewServer(server.Handler(server.Config{Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: m.gate, Audit: log}, Ledger: m.books,
		Files: fstest.MapFS{"index.html": {Data: []byte("<html>")}}, Log: slog.New(slog.DiscardHandler), Observer: observer()}))
	t.Cleanup(s.Close)
	m.cityServer = cityServer{Server: s}
	for name := range m.keys { // blocks are made before calls are counted
		m.get(t, name, "/areas.geojson?level=kabupaten_kota")
	}
	m.engine.calls.Store(0)
	return m
}

func (m *mapServer) get(t *testing.T, key, path string, header ...string) (*http.Response, string) {
	t.Helper()
	if m.keys[key] != "" {
		header = append(header, "Authorization", m.keys[key])
	}
	if !slices.Contains(header, "Accept-Encoding") {
		header = append(header, "Accept-Encoding", "identity")
	}
	return m.send(t, "GET", path, header...)
}

func query(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return "?" + values.Encode()
}

// crowded always has more rows than are asked for.
type crowded struct{ registry.Engine }

func (c crowded) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	pages, err := c.Engine.Rows(ctx, q)
	for i := range pages {
		pages[i].More = true
	}
	return pages, err
}
