package attack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"kantong/geodata"
	"kantong/graph"
	"kantong/internal/columnar"
	"kantong/internal/demo"
	"kantong/internal/disclosure"
	"kantong/internal/geo"
	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/server"
)

// city is what the referee knows: every household and every enrolment. Attackers never see it.
type city struct {
	areas      *registry.Areas
	programs   []registry.Program
	households []registry.Household // by id
	enrolments []registry.Enrolment // by household
}

// demoCity makes a demonstration city, once; whoever changes it clones it.
var demoCity = func() func(households int, seed uint64) city {
	areas := sync.OnceValues(func() (*registry.Areas, error) {
		list, err := geodata.SchematicAreas()
		if err != nil {
			return nil, err
		}
		return registry.NewAreas(list)
	})
	var mu sync.Mutex
	made := map[[2]uint64]city{}
	return func(households int, seed uint64) (c city) {
		mu.Lock()
		defer mu.Unlock()
		if c, ok := made[[2]uint64{uint64(households), seed}]; ok {
			return c
		}
		index, err := areas()
		if err != nil {
			panic(err) // the areas are part of the program
		}
		plan, err := demo.New(demo.Options{Households: households, Seed: seed, Areas: index, Secrets: registry.Secrets{ID: [][]byte{[]byte("attack")}}})
		if err != nil {
			panic(err)
		}
		c.areas, c.programs = index, plan.Programs()
		for h := range plan.Households() {
			c.households = append(c.households, h)
		}
		for e := range plan.Enrolments() {
			c.enrolments = append(c.enrolments, e)
		}
		c.sort()
		made[[2]uint64{uint64(households), seed}] = c
		return c
	}
}()

func (c *city) sort() {
	slices.SortFunc(c.households, func(a, b registry.Household) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortStableFunc(c.enrolments, func(a, b registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program))
	})
}

// clone lets a world change its own households.
func (c city) clone() city {
	c.households, c.enrolments = slices.Clone(c.households), slices.Clone(c.enrolments)
	return c
}

// with adds a household.
func (c city) with(more ...registry.Household) city {
	c = c.clone()
	c.households = append(c.households, more...)
	c.sort()
	return c
}

// without leaves households out, with their enrolments.
func (c city) without(gone func(*registry.Household) bool) city {
	c = c.clone()
	ids := map[registry.HouseholdID]bool{}
	c.households = slices.DeleteFunc(c.households, func(h registry.Household) bool {
		ids[h.ID] = gone(&h)
		return ids[h.ID]
	})
	c.enrolments = slices.DeleteFunc(c.enrolments, func(e registry.Enrolment) bool { return ids[e.Household] })
	return c
}

// enrolled gives the programmes that each household is actively in.
func (c *city) enrolled() map[registry.HouseholdID]map[string]bool {
	out := map[registry.HouseholdID]map[string]bool{}
	for _, e := range c.enrolments {
		if e.Status != registry.EnrolmentActive {
			continue
		}
		if out[e.Household] == nil {
			out[e.Household] = map[string]bool{}
		}
		out[e.Household][e.Program] = true
	}
	return out
}

var published = time.Date(2025, 10, 31, 9, 0, 0, 0, time.UTC)

// setup is how the registry is published.
type setup struct {
	editions []city // oldest first
	secret   string
	budget   int // distinct figures of a month; 0 is no limit
	trees    []registry.BlockTree
	policy   *disclosure.Policy
}

// world is a running server.
type world struct {
	handler http.Handler
	source  *source
}

func (s setup) start(t testing.TB) world {
	t.Helper()
	src := &source{trees: s.trees}
	secrets := registry.Secrets{Record: []byte(cmp.Or(s.secret, "referee"))}
	for i, c := range s.editions {
		src.publish(t, fmt.Sprintf("2025-q%d", i+1), registry.Date(fmt.Sprintf("2025-0%d-28", 3*i+2-i*2)), c, secrets)
	}
	l := &ledger{spent: map[registry.Account][]uint64{}}
	policy := disclosure.DefaultPolicy()
	if s.policy != nil {
		policy = *s.policy
	}
	budgets := disclosure.NewBudgets(l, s.budget, func() time.Time { return published })
	gate, err := disclosure.NewGate(t.Context(), src, disclosure.Rules{Policy: policy, Budgets: budgets})
	if err != nil {
		t.Fatal(err)
	}
	return world{source: src, handler: server.Handler(server.Config{
		Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate, Budgets: budgets}, Ledger: l, Log: slog.New(slog.DiscardHandler),
		Files:    fstest.MapFS{"index.html": {Data: []byte("<html>")}},
		Observer: observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")}})}
}

// source holds published editions in memory.
type source struct {
	editions []registry.Edition
	data     map[string]*registry.Dataset
	engines  map[string]registry.Engine
	mu       sync.Mutex
	trees    []registry.BlockTree
}

func (s *source) publish(t testing.TB, id string, asOf registry.Date, c city, secrets registry.Secrets) {
	t.Helper()
	e := registry.Edition{ID: id, AsOf: asOf, Synthetic: true, PublishedAt: &published}
	records := make([]registry.Record, len(c.households))
	var total, located registry.Tally
	for i, h := range c.households {
		records[i] = registry.Record{Household: h, Key: secrets.RecordKey(h.ID)}
		total.Add(int64(max(h.Members, 0)), records[i].Key)
		if h.Located {
			located.Add(0, records[i].Key)
		}
	}
	e.Households, e.People, e.Located, e.Keys, e.LocatedKeys = total.Households, total.People, located.Households, total.Keys, located.Keys
	r := registry.Release{EnrolmentsAsOf: asOf, PublishedAt: &published}
	state := registry.State{Edition: e, Release: r, Hash: id}
	d := &registry.Dataset{State: state, Areas: c.areas, Programs: c.programs, Version: "v-" + id}
	engine, err := columnar.Build(d, each(records), each(c.enrolments), func(_ context.Context, ids []registry.HouseholdID) ([]*registry.Household, error) {
		return make([]*registry.Household, len(ids)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Releases = []registry.Release{r}
	s.editions = append(s.editions, e)
	if s.data == nil {
		s.data, s.engines = map[string]*registry.Dataset{}, map[string]registry.Engine{}
	}
	s.data[id], s.engines[id] = d, engine
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range list {
			if !yield(list[i], nil) {
				return
			}
		}
	}
}

func (*source) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (s *source) Editions(context.Context) ([]registry.Edition, error) {
	return slices.Clone(s.editions), nil
}
func (s *source) Version(_ context.Context, state registry.State) (string, error) {
	return "v-" + state.Edition.ID, nil
}
func (s *source) Open(_ context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	return s.data[state.Edition.ID], s.engines[state.Edition.ID], nil
}
func (s *source) Blocks(context.Context) ([]registry.BlockTree, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.trees), nil
}
func (s *source) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return nil, nil
}
func (s *source) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trees = append(s.trees, trees...)
	return nil
}

// The keys that attackers have, one a role.
const (
	public  = ""
	partner = "kantong_partner"
	planner = "kantong_planner"
)

// ledger knows a partner's and a planner's key, and keeps budgets.
type ledger struct {
	registry.Ledger
	mu    sync.Mutex
	spent map[registry.Account][]uint64
}

func (l *ledger) KeyByHash(_ context.Context, hash [32]byte) (registry.APIKey, error) {
	for key, role := range map[string]registry.Role{partner: registry.RolePartner, planner: registry.RolePlanner} {
		if hash == sha256.Sum256([]byte(key)) {
			return registry.APIKey{ID: key, Role: role, Organisation: "org of " + key}, nil
		}
	}
	return registry.APIKey{}, registry.NotFound("key", "no such key")
}

func (l *ledger) Spend(_ context.Context, a registry.Account, cells []uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent[a] = append(l.spent[a], cells...)
	return nil
}

func (l *ledger) Spent(_ context.Context, a registry.Account, after int64) ([]uint64, int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.spent[a]
	return slices.Clone(all[after:]), int64(len(all)), nil
}

// house is a household that the referee puts somewhere.
func house(name string, area registry.AreaCode, longitude, latitude float64) registry.Household {
	h := registry.NewHousehold(registry.Secrets{ID: [][]byte{[]byte("attack")}}.HouseholdID("put", name), area)
	lon, lat := geo.ToE7([2]float64{longitude, latitude})
	h.Located, h.Point, h.Members, h.Decile, h.HeadSex = true, geo.PointE7{Lon: lon, Lat: lat}, 3, 2, registry.SexMale
	h.Water = "surface"
	h.Derive()
	return h
}
