package graph_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/columnar"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// fixture is a small city behind a gate, with an engine that counts how often it is asked.
type fixture struct {
	dataset    *registry.Dataset
	records    []registry.Record
	enrolments []registry.Enrolment
	calls      atomic.Int64
	fault      atomic.Pointer[func(call string) error] // what becomes of an engine's calls; nil: nothing
	kept       atomic.Pointer[sync.Map]                // the first answer of each of an engine's calls, given again; nil: none
	blocks     []registry.BlockTree
	resolver   *graph.Resolver
	cite       bool               // ask for citations
	published  []registry.Release // after the first
	revision   int                // of programmes
	mu         sync.Mutex         // of these two
	former     *fixture           // of an edition before this one; nil where there is none

	successions []registry.Succession
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	d, records, enrolments := storetest.City(7, 600)
	return newFixtureOf(t, d, records, enrolments)
}

// newFixtureOf is a fixture with a city of its own.
func newFixtureOf(t testing.TB, d *registry.Dataset, records []registry.Record, enrolments []registry.Enrolment) *fixture {
	t.Helper()
	f := &fixture{dataset: d, records: records, enrolments: enrolments}
	gate, err := disclosure.NewGate(t.Context(), f, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	f.resolver = &graph.Resolver{Gate: gate, Limits: graph.DefaultLimits()}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} { // blocks are made before calls are counted
		if _, err := gate.Now().View(t.Context(), registry.Viewer{Role: role}, ""); err != nil {
			t.Fatal(err)
		}
	}
	f.calls.Store(0)
	return f
}

// Blocks is part of disclosure.Source.
func (f *fixture) Blocks(context.Context) ([]registry.BlockTree, error) { return f.blocks, nil }

// Unmatched is part of disclosure.Source: of each programme some in the first kelurahan, a few elsewhere.
func (f *fixture) Unmatched(context.Context, registry.State) (list []registry.Unmatched, err error) {
	for i, p := range f.dataset.Programs {
		for k, u := range []registry.Unmatched{{Area: "", Recipients: 30}, {Area: "19.71.01.1001", Recipients: 40}, {Area: "19.71.01.1003", Recipients: 2}, {Area: "19.71.02.1001", Recipients: 3}} {
			u.Program, u.Keys = p.Code, registry.RecordKey{uint32(i+1) * 2654435761, uint32(k+1) * 40503 * uint32(i+1)}
			list = append(list, u)
		}
	}
	return list, nil
}

// Lineage is part of disclosure.Source.
func (f *fixture) Lineage(_ context.Context, editions []registry.Edition) (*registry.Lineage, error) {
	all, names := []registry.EditionSuccessions{}, map[string]map[registry.AreaCode]string{}
	for _, e := range registry.ByAge(editions) {
		said := registry.EditionSuccessions{Edition: e.ID}
		for of := f; of != nil; of = of.former {
			if of.dataset.State.Edition.ID != e.ID {
				continue
			}
			said.Successions, names[e.ID] = of.successions, map[registry.AreaCode]string{}
			for i := range of.dataset.Areas.Len() {
				a := of.dataset.Areas.Area(i)
				names[e.ID][a.Code] = a.Name
			}
		}
		all = append(all, said)
	}
	return registry.NewLineage(all, func(edition string) (map[registry.AreaCode]string, error) { return names[edition], nil })
}

// AddBlocks is part of disclosure.Source.
func (f *fixture) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	f.blocks = append(f.blocks, trees...)
	return nil
}

// Editions is part of disclosure.Source.
func (f *fixture) Editions(context.Context) ([]registry.Edition, error) {
	e := f.dataset.State.Edition
	f.mu.Lock()
	e.Releases = append([]registry.Release{f.dataset.State.Release}, f.published...)
	f.mu.Unlock()
	var all, located registry.Tally
	for _, r := range f.records {
		all.Add(int64(max(r.Members, 0)), r.Key)
		if r.Located {
			located.Add(0, r.Key)
		}
	}
	e.Households, e.People, e.Keys = all.Households, all.People, all.Keys
	e.Located, e.LocatedKeys = located.Households, located.Keys
	list := []registry.Edition{e}
	if f.former != nil {
		older, err := f.former.Editions(context.Background())
		return append(list, older...), err
	}
	return list, nil
}

// Version is part of disclosure.Source.
func (f *fixture) Version(ctx context.Context, s registry.State) (string, error) {
	if f.former != nil && s.Edition.ID == f.former.dataset.State.Edition.ID {
		return f.former.Version(ctx, s)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.revision > 0:
		return fmt.Sprint(s.ID(), " ", f.revision), nil
	case s.Release.ID != f.dataset.State.Release.ID:
		return s.ID(), nil
	}
	return f.dataset.Version, nil
}

// publish publishes a release, and has the gate take it over.
func (f *fixture) publish(t testing.TB, id string) {
	t.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.mu.Lock()
	f.published = append(f.published, registry.Release{ID: id, EnrolmentsAsOf: "2099-01-01", PublishedAt: &at})
	f.mu.Unlock()
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// revise redefines programmes.
func (f *fixture) revise(t testing.TB) {
	t.Helper()
	f.mu.Lock()
	f.revision++
	f.mu.Unlock()
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Open is part of disclosure.Source.
func (f *fixture) Open(ctx context.Context, s registry.State) (*registry.Dataset, registry.Engine, error) {
	if f.former != nil && s.Edition.ID == f.former.dataset.State.Edition.ID {
		return f.former.Open(ctx, s)
	}
	d, records, enrolments := *f.dataset, slices.Clone(f.records), slices.Clone(f.enrolments)
	d.State = s
	d.Version, _ = f.Version(ctx, s)
	slices.SortFunc(records, func(a, b registry.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortStableFunc(enrolments, func(a, b registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
	byID := map[registry.HouseholdID]*registry.Household{}
	for i := range records {
		byID[records[i].ID] = &records[i].Household
	}
	e, err := columnar.Build(&d, all(records), all(enrolments), func(_ context.Context, ids []registry.HouseholdID) ([]*registry.Household, error) {
		out := make([]*registry.Household, len(ids))
		for i, id := range ids {
			out[i] = byID[id]
		}
		return out, nil
	})
	return &d, &counting{e, f}, err
}

func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// counting counts the calls of an engine, and lets them fail.
type counting struct {
	registry.Engine
	f *fixture
}

func (c *counting) called(name string) error {
	c.f.calls.Add(1)
	if fault := c.f.fault.Load(); fault != nil {
		return (*fault)(name)
	}
	return nil
}

func (c *counting) Summarise(ctx context.Context, q []registry.SummaryQuery) ([][]registry.Cell, error) {
	if err := c.called("Summarise"); err != nil {
		return nil, err
	}
	return again(c.f, "Summarise", func() ([][]registry.Cell, error) { return c.Engine.Summarise(ctx, q) })
}

func (c *counting) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := c.called("Rows"); err != nil {
		return nil, err
	}
	return again(c.f, "Rows", func() ([]registry.RowsPage, error) { return c.Engine.Rows(ctx, q) })
}

func (c *counting) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := c.called("Details"); err != nil {
		return nil, err
	}
	return again(c.f, "Details", func() ([]registry.Details, error) { return c.Engine.Details(ctx, ids, want) })
}

func (c *counting) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := c.called("Points"); err != nil {
		return nil, err
	}
	return again(c.f, "Points", func() ([]registry.WeightedPoint, error) { return c.Engine.Points(ctx, q) })
}

func again[T any](f *fixture, call string, ask func() (T, error)) (T, error) {
	kept := f.kept.Load()
	if kept == nil {
		return ask()
	}
	if v, ok := kept.Load(call); ok {
		return v.(T), nil
	}
	v, err := ask()
	kept.Store(call, v)
	return v, err
}

// answer is a response as a client reads it.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Message    string         `json:"message"`
		Path       []any          `json:"path"`
		Extensions map[string]any `json:"extensions"`
	} `json:"errors"`
	Extensions map[string]any `json:"extensions"`
}

// code is that of the first error; "" without one.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	c, _ := a.Errors[0].Extensions["code"].(string)
	return c
}

func (a answer) field() string {
	if len(a.Errors) == 0 {
		return ""
	}
	c, _ := a.Errors[0].Extensions["field"].(string)
	return c
}

func quiet() graph.Options {
	return graph.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), RequestID: func(context.Context) string { return "test" }}
}

// handler serves the fixture to one viewer.
func (f *fixture) handler(viewer registry.Viewer) http.Handler {
	h := graph.NewHandler(f.resolver, quiet())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(access.WithViewer(r.Context(), viewer)))
	})
}

// ask posts an operation and gives the answer, its text and its status.
func (f *fixture) ask(t testing.TB, role registry.Role, query string, variables any) (answer, string, int) {
	t.Helper()
	return f.askAs(t, registry.Viewer{Role: role, Purpose: "a test"}, query, variables)
}

func (f *fixture) askAs(t testing.TB, viewer registry.Viewer, query string, variables any) (answer, string, int) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables, "extensions": map[string]any{"kantong": map[string]any{"cite": f.cite}}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	f.handler(viewer).ServeHTTP(w, r)
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, w.Body)
	}
	return a, w.Body.String(), w.Code
}

func unmarshal(t testing.TB, data []byte, out any) {
	t.Helper()
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
}
