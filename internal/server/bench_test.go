package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/paulmach/orb"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/geodata"
	"kantong/graph"
	"kantong/graph/generated"
	"kantong/internal/access"
	"kantong/internal/columnar"
	"kantong/internal/demo"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/server"
)

// work is what the benchmarks ask: the question and the variables of one probe.
var work = []struct {
	name, query string
	probe       func(*rand.Rand) map[string]any
}{
	{"RowsInBoxWithPrograms", `query($f: HouseholdFilter) { households(filter: $f, first: 100) { edges { node { id location decile enrolments { program { code } } } } } }`, func(r *rand.Rand) map[string]any {
		x, y := 106.08+0.08*r.Float64(), -2.15+0.06*r.Float64()
		return map[string]any{"f": map[string]any{"where": map[string]any{"bbox": map[string]any{"west": x, "south": y, "east": x + 0.012, "north": y + 0.012}}}}
	}},
	{"SummaryPerKelurahan", `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary { households { value } people { value } deciles { decile households { value } } } } } } }`, none},
	{"EveryFigurePerKelurahan", `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary { households { value status } people { value status } geocoded { value status } deciles { decile households { value status } people { value status } }
		deprivations { deprivation pillar households { value status } known { value status } rate { value status } } programs { program { code } households { value status } } composition { kind people { value status } households { value status } } } } } } }`, none},
	{"SummaryPerKelurahanFiltered", `query($f: HouseholdFilter) { areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary(filter: $f) { households { value } people { value } } } } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"f": map[string]any{"members": map[string]any{"min": 1 + r.IntN(3)}}}
	}},
	{"SummaryIn64Gon", `query($f: HouseholdFilter) { summary(filter: $f) { households { value } people { value } deciles { decile households { value } } } }`, func(r *rand.Rand) map[string]any {
		x, y := 106.10+0.05*r.Float64(), -2.14+0.05*r.Float64()
		ring := make([][2]float64, 65)
		for i := range ring {
			a := 2 * math.Pi * float64(i%64) / 64
			ring[i] = [2]float64{x + 0.012*math.Cos(a), y + 0.012*math.Sin(a)}
		}
		return map[string]any{"f": map[string]any{"where": map[string]any{"coveredBy": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}}}}}
	}},
	{"AreaAtPoint", `query($p: PointInput!) { areaAt(point: $p) { code name parent { code name } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"p": place(r)}
	}},
	{"Nearest20", `query($p: PointInput) { households(near: $p, first: 20) { edges { distanceMeters node { id location decile } } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"p": place(r)}
	}},
	{"UnreachedPerKelurahan", `query($p: ID!) { program(code: $p) { coverage { area { code } notReached { value } } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"p": []string{"PKH", "PIP", "RTLH", "SEMBAKO", "PBI-JKN", "AIR-BERSIH"}[r.IntN(6)]}
	}},
}

func none(*rand.Rand) map[string]any { return nil }

func place(r *rand.Rand) map[string]any {
	return map[string]any{"longitude": 106.07 + 0.1*r.Float64(), "latitude": -2.15 + 0.08*r.Float64()}
}

// BenchmarkHTTP asks over loopback HTTP, with 32 varied probes and no response cache. "kantong" is the whole server;
// "bare" is a gqlgen server with nothing around it whose engine hands out answers made beforehand: what is left is the
// cost of GraphQL itself.
func BenchmarkHTTP(b *testing.B) {
	sizes := []int{24_000, 80_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000, 5_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("households=%d", n), func(b *testing.B) {
			gate := bench(b, n)
			whole := httptest.NewServer(server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: openLedger{}, Log: slog.New(slog.DiscardHandler), Observer: observer()}))
			defer whole.Close()
			canned := &cannedSource{inner: gate}
			bareGate, err := disclosure.NewGate(b.Context(), canned, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
			if err != nil {
				b.Fatal(err)
			}
			bare := httptest.NewServer(bareHandler(bareGate))
			defer bare.Close()
			for _, w := range work {
				r := rand.New(rand.NewPCG(1, uint64(n)))
				bodies := make([][]byte, 32)
				for i := range bodies {
					bodies[i], _ = json.Marshal(map[string]any{"query": w.query, "variables": w.probe(r)})
				}
				b.Run(w.name+"/kantong", func(b *testing.B) { post(b, whole.URL+"/graphql", bodies) })
				b.Run(w.name+"/bare", func(b *testing.B) { post(b, bare.URL, bodies) })
			}
		})
	}
}

func post(b *testing.B, url string, bodies [][]byte) {
	client, read := &http.Client{}, new(bytes.Buffer) // a client that does not make room anew for each answer
	ask := func(i int) {
		req, _ := http.NewRequest(http.MethodPost, url, bytes.NewReader(bodies[i%len(bodies)]))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer kantong_bench")
		req.Header.Set("Kantong-Purpose", "a benchmark")
		req.Header.Set("Accept-Encoding", "identity")
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		read.Reset()
		_, err = read.ReadFrom(resp.Body)
		resp.Body.Close()
		text := read.Bytes()
		if err != nil || resp.StatusCode != http.StatusOK || bytes.Contains(text[:min(40, len(text))], []byte(`"errors"`)) {
			b.Fatalf("%v %d %.300s", err, resp.StatusCode, text)
		}
	}
	for i := range bodies {
		ask(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		ask(i)
	}
}

// BenchmarkQueriesByGET asks what a map asks first, as the public, through the handler and without a network: made anew each
// time, kept, and held by the client.
func BenchmarkQueriesByGET(b *testing.B) {
	h := server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: bench(b, 24_000)}, Ledger: openLedger{}, Log: slog.New(slog.DiscardHandler), Observer: observer()})
	const question = `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary { households { value } people { value } deciles { decile households { value } } } } } } }`
	ask := func(b *testing.B, want int, extensions, encoding, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(question)+"&extensions="+url.QueryEscape(extensions), nil)
		r.Header.Set("Accept-Encoding", encoding)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want || w.Header().Get("ETag") == "" {
			b.Fatalf("%d %v %.200s", w.Code, w.Header(), w.Body)
		}
		return w
	}
	tag := ask(b, http.StatusOK, "", "identity", "").Header().Get("ETag")
	number := 0
	b.Run("made", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			number++
			ask(b, http.StatusOK, fmt.Sprintf(`{"kantong": {"number": %d}}`, number), "identity", "") // a name that nobody has
		}
	})
	for _, encoding := range []string{"identity", "gzip", "zstd"} {
		b.Run("kept/"+encoding, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				ask(b, http.StatusOK, "", encoding, "")
			}
		})
	}
	b.Run("held", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			ask(b, http.StatusNotModified, "", "identity", tag)
		}
	})
}

// openLedger knows every key as a planner's.
type openLedger struct{ registry.Ledger }

func (openLedger) KeyByHash(context.Context, [32]byte) (registry.APIKey, error) {
	return registry.APIKey{Role: registry.RolePlanner, Organisation: "benchmark"}, nil
}

func bareHandler(gate *disclosure.Gate) http.Handler {
	h := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{Gate: gate},
		Directives: generated.DirectiveRoot{OneOf: graph.OneOf, Requires: graph.Requires}}))
	h.AddTransport(transport.POST{})
	h.SetQueryCache(lru.New[*ast.QueryDocument](100))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(access.WithViewer(r.Context(), access.Viewer{Role: registry.RolePlanner, Purpose: "a benchmark"})))
	})
}

// benchSource holds one demonstration city in memory.
type benchSource struct {
	frozen
	dataset *registry.Dataset
	engine  registry.Engine
}

func (s *benchSource) Editions(context.Context) ([]registry.Edition, error) {
	e := s.dataset.State.Edition
	e.Releases = []registry.Release{s.dataset.State.Release}
	return []registry.Edition{e}, nil
}
func (s *benchSource) Version(context.Context, registry.State) (string, error) { return "bench", nil }
func (s *benchSource) Open(context.Context, registry.State) (*registry.Dataset, registry.Engine, error) {
	return s.dataset, s.engine, nil
}

func bench(b *testing.B, households int) *disclosure.Gate {
	b.Helper()
	list, err := geodata.SchematicAreas()
	if err != nil {
		b.Fatal(err)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		b.Fatal(err)
	}
	city, err := demo.New(demo.Options{Households: households, Seed: 1, Areas: areas, Secrets: registry.Secrets{ID: [][]byte{[]byte("bench")}}})
	if err != nil {
		b.Fatal(err)
	}
	var published = testTime
	d := &registry.Dataset{Areas: areas, Programs: city.Programs(), Version: "bench", State: registry.State{
		Edition: registry.Edition{ID: "bench", PublishedAt: &published}, Release: registry.Release{PublishedAt: &published}}}
	var records []registry.Record
	for h := range city.Households() {
		records = append(records, registry.Record{Household: h})
	}
	slices.SortFunc(records, func(x, y registry.Record) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	var enrolments []registry.Enrolment
	for e := range city.Enrolments() {
		enrolments = append(enrolments, e)
	}
	slices.SortStableFunc(enrolments, func(x, y registry.Enrolment) int { return bytes.Compare(x.Household[:], y.Household[:]) })
	engine, err := columnar.Build(d, each(records), each(enrolments), nil)
	if err != nil {
		b.Fatal(err)
	}
	gate, err := disclosure.NewGate(b.Context(), &benchSource{dataset: d, engine: engine}, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	return gate
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

// frozen keeps block trees in memory: the rest of a disclosure.Source.
type frozen struct{ trees []registry.BlockTree }

func (*frozen) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (f *frozen) Blocks(context.Context) ([]registry.BlockTree, error) { return f.trees, nil }
func (f *frozen) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return nil, nil
}
func (f *frozen) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	f.trees = append(f.trees, trees...)
	return nil
}

// cannedSource opens the same dataset with an engine that answers every question once and then from memory.
type cannedSource struct {
	frozen
	inner *disclosure.Gate
}

func (s *cannedSource) view() (*registry.View, error) {
	return s.inner.Now().View(context.Background(), registry.Viewer{Role: registry.RolePlanner, Purpose: "a benchmark"}, "")
}

func (s *cannedSource) Editions(context.Context) ([]registry.Edition, error) {
	v, err := s.view()
	if err != nil {
		return nil, err
	}
	return (&benchSource{dataset: v.Dataset}).Editions(context.Background())
}
func (s *cannedSource) Version(context.Context, registry.State) (string, error) { return "bench", nil }
func (s *cannedSource) Open(context.Context, registry.State) (*registry.Dataset, registry.Engine, error) {
	v, err := s.view()
	if err != nil {
		return nil, nil, err
	}
	return v.Dataset, &cannedEngine{Engine: v.Engine}, nil
}

type cannedEngine struct {
	registry.Engine
	answers sync.Map
}

func canned[T any](e *cannedEngine, question any, ask func() (T, error)) (T, error) {
	key := fmt.Sprintf("%T%v", question, question)
	if kept, ok := e.answers.Load(key); ok {
		return kept.(T), nil
	}
	answer, err := ask()
	e.answers.Store(key, answer)
	return answer, err
}

func (e *cannedEngine) Summarise(ctx context.Context, q []registry.SummaryQuery) ([][]registry.Cell, error) {
	var key []byte
	for i := range q {
		key = append(append(key, q[i].Filter.JSON()...), fmt.Sprint(q[i].By, q[i].Measures)...)
	}
	return canned(e, string(key), func() ([][]registry.Cell, error) { return e.Engine.Summarise(ctx, q) })
}

func (e *cannedEngine) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	near := orb.Point{}
	if q.Near != nil {
		near = *q.Near
	}
	return canned(e, string(q.Filter.JSON())+fmt.Sprint(near, q.First), func() ([]registry.RowsPage, error) { return e.Engine.Rows(ctx, q) })
}

func (e *cannedEngine) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	return canned(e, string(fmt.Append(nil, ids[0], len(ids))), func() ([]registry.Details, error) { return e.Engine.Details(ctx, ids, want) })
}
