package postgis

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/ewkb"
	"go.opentelemetry.io/otel/trace/noop"

	"kantong/geodata"
	"kantong/graph"
	"kantong/internal/columnar"
	"kantong/internal/demo"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/internal/tiles"
)

// BenchmarkMaps measures tiles that a planner asks the whole server for, over loopback HTTP, beside the fastest SQL known for
// them: ST_AsMVT over tables made for it, prepared statements, warm, over loopback too. Our server keeps none of the answers
// but where the client says that it has one. Both give the same attributes, uncompressed.
func BenchmarkMaps(b *testing.B) {
	sizes := []struct{ households, zoom int }{{24_000, 13}}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, struct{ households, zoom int }{500_000, 16}) // of a tile at zoom 13 there are too many to draw
	}
	for _, size := range sizes {
		b.Run(fmt.Sprintf("households=%d", size.households), func(b *testing.B) {
			m := newMapCity(b, size.households)
			city, busy := tiles.At(m.areas.Bound().Center(), 12), m.busiest(size.zoom)
			m.list = nil // a server does not hold them
			area := fmt.Sprintf("/tiles/kelurahan/%d/%d/%d.mvt?measure=%%7B%%22deprivation%%22%%3A%%22UNSAFE_WATER%%22%%7D", city.Z, city.X, city.Y)
			rows := fmt.Sprintf("/tiles/households/%d/%d/%d.mvt", busy.Z, busy.X, busy.Y)
			b.Run("kelurahan z12/sql", func(b *testing.B) { m.ask(b, kelurahanSQL, city) })
			b.Run("kelurahan z12/kantong", func(b *testing.B) { m.get(b, area, "") })
			b.Run("kelurahan z12/again", func(b *testing.B) { m.get(b, area, m.tag(b, area)) })
			b.Run(fmt.Sprintf("households z%d/sql", size.zoom), func(b *testing.B) { m.ask(b, householdsSQL, busy) })
			b.Run(fmt.Sprintf("households z%d/kantong", size.zoom), func(b *testing.B) { m.get(b, rows, "") })
		})
	}
}

const (
	kelurahanSQL = `SELECT ST_AsMVT(t, 'kelurahan', 4096, 'geom', 'number') FROM (
		SELECT a.number, a.code, a.name, a.parent, s.households, 'EXACT' AS households_status, s.value, 'EXACT' AS value_status, ST_AsMVTGeom(a.geom, ST_TileEnvelope($1, $2, $3), 4096, 64) AS geom
		FROM kantong.map_area AS a LEFT JOIN (SELECT area_code, count(*) AS households, (count(*) FILTER (WHERE deprived & $4 > 0))::float8 / nullif(count(*) FILTER (WHERE known & $4 > 0), 0) AS value
			FROM kantong.map_state GROUP BY area_code) AS s ON s.area_code = a.code
		WHERE a.geom && ST_TileEnvelope($1, $2, $3, margin => 64.0/4096) AND $4::int > 0) AS t`
	householdsSQL = `SELECT ST_AsMVT(t, 'households', 4096, 'geom', 'number') FROM (
		SELECT number, id, decile, members, deprivations, area, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, false) AS geom
		FROM kantong.map_household WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0/4096) AND $4::int > 0) AS t`
)

// mapCity is a demonstration city in memory behind a server, and in tables for maps.
type mapCity struct {
	pool  *pgxpool.Pool
	url   string
	areas *registry.Areas
	list  []registry.Record
}

func newMapCity(b *testing.B, households int) *mapCity {
	b.Helper()
	list, err := geodata.SchematicAreas()
	if err != nil {
		b.Fatal(err)
	}
	m := &mapCity{pool: engineDatabase(b)}
	if m.areas, err = registry.NewAreas(list); err != nil {
		b.Fatal(err)
	}
	city, err := demo.New(demo.Options{Households: households, Seed: 1, Areas: m.areas, Secrets: registry.Secrets{ID: [][]byte{[]byte("bench")}}})
	if err != nil {
		b.Fatal(err)
	}
	published := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
	d := &registry.Dataset{Areas: m.areas, Programs: city.Programs(), Version: "bench", State: registry.State{
		Edition: registry.Edition{ID: "2025-q3", PublishedAt: &published}, Release: registry.Release{ID: "2025-10", PublishedAt: &published}}}
	for h := range city.Households() {
		m.list = append(m.list, registry.Record{Household: h})
	}
	slices.SortFunc(m.list, func(x, y registry.Record) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	var enrolments []registry.Enrolment
	for e := range city.Enrolments() {
		enrolments = append(enrolments, e)
	}
	slices.SortStableFunc(enrolments, func(x, y registry.Enrolment) int { return bytes.Compare(x.Household[:], y.Household[:]) })
	engine, err := columnar.Build(d, eachOf(m.list), eachOf(enrolments), nil)
	if err != nil {
		b.Fatal(err)
	}
	gate, err := disclosure.NewGate(b.Context(), &mapShelf{dataset: d, engine: engine}, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	s := httptest.NewServer(server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: plannersLedger{}, Log: slog.New(slog.DiscardHandler),
		Observer: observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")}}))
	b.Cleanup(s.Close)
	m.url = s.URL
	m.tables(b, d.State.ID())
	return m
}

// tables are what the SQL needs and no more: projected to the map already, outlines as simple as ours at zoom 12, texts ready made,
// an index on each place, in the order of places.
func (m *mapCity) tables(b *testing.B, state string) {
	b.Helper()
	exec := func(sql string) {
		if _, err := m.pool.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	exec(`CREATE TABLE kantong.map_area (number bigint, code text COLLATE "C", name text, parent text, geom geometry)`)
	exec(`CREATE TABLE kantong.map_state (area_code text COLLATE "C", deprived int, known int)`)
	exec(`CREATE TABLE kantong.map_household (number bigint, id text, decile int, members int, deprivations int, area text, geom geometry)`)
	outlines := m.areas.Outlines(12)
	copyRows(b.Context(), b, m.pool, "map_area", []string{"number", "code", "name", "parent", "geom"}, m.areas.Level(registry.LevelKelurahan), func(i int) []any {
		a := m.areas.Area(i)
		return []any{int64(a.Code.FeatureID()), string(a.Code), a.Name, string(a.Code.Parent()), ewkb.Value(outlines[i], 4326)}
	})
	var located []registry.Record
	for _, h := range m.list {
		if h.Located {
			located = append(located, h)
		}
	}
	copyRows(b.Context(), b, m.pool, "map_state", []string{"area_code", "deprived", "known"}, m.list, func(h registry.Record) []any {
		return []any{string(h.Area), int32(h.Deprived), int32(h.Known)}
	})
	copyRows(b.Context(), b, m.pool, "map_household", []string{"number", "id", "decile", "members", "deprivations", "area", "geom"}, located, func(h registry.Record) []any {
		return []any{int64(h.ID[0])<<40 | int64(h.ID[1])<<32 | int64(h.ID[2])<<24, string(h.ID.AppendGlobal(nil, state)), orNull(h.Decile, registry.UnknownInt), orNull(h.Members, registry.UnknownInt),
			bits.OnesCount64(uint64(h.Deprived)), string(h.Area), ewkb.Value(h.Point.Point(), 4326)}
	})
	for _, table := range []string{"map_area", "map_household"} {
		exec(`UPDATE kantong.` + table + ` SET geom = ST_Transform(geom, 3857)`)
		exec(`CREATE INDEX ` + table + `_geom ON kantong.` + table + ` USING gist (geom)`)
		exec(`CLUSTER kantong.` + table + ` USING ` + table + `_geom`)
	}
	for _, table := range []string{"map_area", "map_household", "map_state"} {
		exec(`VACUUM (FULL, ANALYZE) kantong.` + table)
	}
}

// busiest is the tile of a zoom with most households.
func (m *mapCity) busiest(zoom int) (most tiles.Tile) {
	count := map[tiles.Tile]int{}
	for _, h := range m.list {
		if h.Located {
			t := tiles.At(h.Point.Point(), zoom)
			if count[t]++; count[t] > count[most] {
				most = t
			}
		}
	}
	return most
}

// ask sends the statement as pgx does by itself: prepared once, binary.
func (m *mapCity) ask(b *testing.B, sql string, t tiles.Tile) {
	var tile []byte
	ask := func() {
		if err := m.pool.QueryRow(b.Context(), sql, t.Z, int32(t.X), int32(t.Y), int32(1)<<registry.UnsafeWater).Scan(&tile); err != nil || len(tile) == 0 {
			b.Fatalf("%d bytes: %v", len(tile), err)
		}
	}
	for range 20 {
		ask()
	}
	for b.Loop() {
		ask()
	}
	b.ReportMetric(float64(len(tile)), "bytes/tile")
}

func (m *mapCity) request(b *testing.B, path, tag string) (*http.Response, int64) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, m.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range map[string]string{"Authorization": "Bearer kantong_bench", "Kantong-Purpose": "a benchmark", "Accept-Encoding": "identity", "If-None-Match": tag} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp, n
}

func (m *mapCity) tag(b *testing.B, path string) string {
	resp, _ := m.request(b, path, "")
	return resp.Header.Get("ETag")
}

// get asks until a tile comes, or 304 where the client has it.
func (m *mapCity) get(b *testing.B, path, tag string) {
	want, size := http.StatusOK, int64(0)
	if tag != "" {
		want = http.StatusNotModified
	}
	ask := func() {
		resp, n := m.request(b, path, tag)
		if resp.StatusCode != want {
			b.Fatalf("%s: %d", path, resp.StatusCode)
		}
		size = n
	}
	for range 20 {
		ask()
	}
	for b.Loop() {
		ask()
	}
	b.ReportMetric(float64(size), "bytes/tile")
}

// mapShelf is a disclosure.Source of one state in memory.
type mapShelf struct {
	dataset *registry.Dataset
	engine  registry.Engine
	trees   []registry.BlockTree
}

func (*mapShelf) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (s *mapShelf) Editions(context.Context) ([]registry.Edition, error) {
	e := s.dataset.State.Edition
	e.Releases = []registry.Release{s.dataset.State.Release}
	return []registry.Edition{e}, nil
}
func (s *mapShelf) Version(context.Context, registry.State) (string, error) { return "bench", nil }
func (s *mapShelf) Open(context.Context, registry.State) (*registry.Dataset, registry.Engine, error) {
	return s.dataset, s.engine, nil
}
func (s *mapShelf) Blocks(context.Context) ([]registry.BlockTree, error) { return s.trees, nil }
func (s *mapShelf) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return nil, nil
}
func (s *mapShelf) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	s.trees = append(s.trees, trees...)
	return nil
}

// plannersLedger knows every key as a planner's.
type plannersLedger struct{ registry.Ledger }

func (plannersLedger) KeyByHash(context.Context, [32]byte) (registry.APIKey, error) {
	return registry.APIKey{Role: registry.RolePlanner, Organisation: "benchmark"}, nil
}

func eachOf[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range list {
			if !yield(list[i], nil) {
				return
			}
		}
	}
}
