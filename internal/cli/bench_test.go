package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"go.opentelemetry.io/otel/trace/noop"

	"kantong/graph"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/server"
)

// probe is what one question is asked of: a box of some 200 households, a 64-gon of some 5 %, a place.
type probe struct {
	west, south, east, north float64
	polygon                  orb.Polygon
	at                       orb.Point
}

func probes(households int) []probe {
	r := rand.New(rand.NewPCG(1, uint64(households)))
	side := 0.10 * math.Sqrt(200/float64(households))
	list := make([]probe, 32)
	for i := range list {
		p := &list[i]
		p.at = orb.Point{106.09 + 0.06*r.Float64(), -2.14 + 0.05*r.Float64()}
		p.west, p.south, p.east, p.north = p.at[0]-side/2, p.at[1]-side/2, p.at[0]+side/2, p.at[1]+side/2
		ring := make(orb.Ring, 65)
		for k := range ring {
			a := 2 * math.Pi * float64(k%64) / 64
			ring[k] = orb.Point{p.at[0] + 0.0122*math.Cos(a), p.at[1] + 0.0122*math.Sin(a)}
		}
		p.polygon = orb.Polygon{ring}
	}
	return list
}

// works are the questions: as GraphQL with variables, as SQL that reads programmes from their own table, and as the fastest SQL known
// for the same rows, where that is another: it reads them from a bit mask. {table} is the partition of the state, and {state} its name.
var works = []struct {
	name, query string
	variables   func(*probe) map[string]any
	joins, sql  string
	args        func(*probe) []any
}{
	{"W1-rows-in-a-box-with-programmes", `query($f: HouseholdFilter) { households(filter: $f, first: 100) { edges { node { id location decile enrolments { program { code } } } } } }`,
		func(p *probe) map[string]any {
			return where(map[string]any{"bbox": map[string]any{"west": p.west, "south": p.south, "east": p.east, "north": p.north}})
		},
		`SELECT h.id, st_x(h.geom), st_y(h.geom), h.decile, (SELECT coalesce(json_agg(e.program ORDER BY e.seq), '[]') FROM kantong.enrolment e WHERE e.state = {state} AND e.household = h.id)
			FROM {table} h WHERE h.geom && st_makeenvelope($1, $2, $3, $4, 4326) ORDER BY h.id LIMIT 100`,
		`SELECT id, st_x(geom), st_y(geom), decile, enrolled FROM {table} WHERE geom && st_makeenvelope($1, $2, $3, $4, 4326) ORDER BY id LIMIT 100`,
		func(p *probe) []any { return []any{p.west, p.south, p.east, p.north} }},
	{"W2a-every-figure-per-kelurahan", `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code name summary { households { value } people { value } geocoded { value }
			deciles { decile households { value } people { value } } deprivations { deprivation households { value } known { value } rate { value } }
			programs { program { code } households { value } } composition { kind people { value } households { value } } } } } } }`,
		func(*probe) map[string]any { return nil },
		summariesByJoins,
		`SELECT area_code, count(*), sum(members), count(*) FILTER (WHERE enrolled & 1 > 0), count(*) FILTER (WHERE enrolled & 2 > 0), count(*) FILTER (WHERE enrolled & 4 > 0),
			count(*) FILTER (WHERE enrolled & 8 > 0), count(*) FILTER (WHERE enrolled & 16 > 0), count(*) FILTER (WHERE enrolled & 32 > 0) FROM {table} GROUP BY 1 ORDER BY 1`,
		func(*probe) []any { return nil }},
	{"W2-summary-per-kelurahan", `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code name summary { households { value } people { value } programs { households { value } } } } } } }`,
		func(*probe) map[string]any { return nil },
		summariesByJoins,
		`SELECT area_code, count(*), sum(members), count(*) FILTER (WHERE enrolled & 1 > 0), count(*) FILTER (WHERE enrolled & 2 > 0), count(*) FILTER (WHERE enrolled & 4 > 0),
			count(*) FILTER (WHERE enrolled & 8 > 0), count(*) FILTER (WHERE enrolled & 16 > 0), count(*) FILTER (WHERE enrolled & 32 > 0) FROM {table} GROUP BY 1 ORDER BY 1`,
		func(*probe) []any { return nil }},
	{"W3-summary-in-a-64-gon", `query($f: HouseholdFilter) { summary(filter: $f) { households { value } people { value } programs { households { value } } } }`,
		func(p *probe) map[string]any {
			return where(map[string]any{"coveredBy": map[string]any{"type": "Polygon", "coordinates": p.polygon}})
		},
		`WITH q AS MATERIALIZED (SELECT id, members FROM {table} WHERE st_contains(st_geomfromewkb($1), geom))
			SELECT count(*), sum(members), (SELECT json_object_agg(program, c) FROM (SELECT e.program, count(*) AS c FROM q JOIN kantong.enrolment e ON e.state = {state} AND e.household = q.id GROUP BY 1) z) FROM q`,
		`SELECT count(*), sum(members), count(*) FILTER (WHERE enrolled & 1 > 0), count(*) FILTER (WHERE enrolled & 2 > 0), count(*) FILTER (WHERE enrolled & 4 > 0),
			count(*) FILTER (WHERE enrolled & 8 > 0), count(*) FILTER (WHERE enrolled & 16 > 0), count(*) FILTER (WHERE enrolled & 32 > 0) FROM {table} WHERE st_contains(st_geomfromewkb($1), geom)`,
		func(p *probe) []any { return []any{ewkb.MustMarshal(p.polygon, 4326)} }},
	{"W4-kelurahan-at-a-place", `query($p: PointInput!) { areaAt(point: $p) { code name parent { code name } } }`,
		func(p *probe) map[string]any { return map[string]any{"p": place(p)} },
		"",
		`SELECT k.code, k.name, c.code, c.name FROM kantong.area k JOIN kantong.area c ON c.edition = k.edition AND c.code = substr(k.code, 1, 8)
			WHERE length(k.code) = 13 AND st_contains(k.boundary, st_setsrid(st_makepoint($1, $2), 4326)) LIMIT 1`,
		func(p *probe) []any { return []any{p.at[0], p.at[1]} }},
	{"W5-20-nearest", `query($p: PointInput) { households(near: $p, first: 20) { edges { distanceMeters node { id location decile } } } }`,
		func(p *probe) map[string]any { return map[string]any{"p": place(p)} },
		"",
		`SELECT id, st_x(geom), st_y(geom), decile, st_distancesphere(geom, st_point($1, $2, 4326)) FROM {table} ORDER BY geom <-> st_point($1, $2, 4326) LIMIT 20`,
		func(p *probe) []any { return []any{p.at[0], p.at[1]} }},
	{"W8-poor-not-enrolled-per-kelurahan", `{ areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary(filter: {decile: {max: 2}, notEnrolledIn: ["PKH"]}) { households { value } } } } } }`,
		func(*probe) map[string]any { return nil },
		`SELECT h.area_code, count(*) FROM {table} h WHERE h.decile <= 2
			AND NOT EXISTS (SELECT 1 FROM kantong.enrolment e WHERE e.state = {state} AND e.household = h.id AND e.program = 'PKH') GROUP BY 1 ORDER BY 1`,
		`SELECT area_code, count(*) FROM {table} WHERE decile <= 2 AND enrolled & 8 = 0 GROUP BY 1 ORDER BY 1`,
		func(*probe) []any { return nil }},
}

const summariesByJoins = `SELECT k.code, k.name, s.n, s.members, coalesce(e.by_program, '{}') FROM kantong.area k
	LEFT JOIN (SELECT area_code, count(*) AS n, sum(members) AS members FROM {table} GROUP BY 1) s ON s.area_code = k.code
	LEFT JOIN (SELECT area_code, json_object_agg(program, c) AS by_program FROM (SELECT h.area_code, e.program, count(*) AS c FROM {table} h
		JOIN kantong.enrolment e ON e.state = {state} AND e.household = h.id GROUP BY 1, 2) q GROUP BY 1) e ON e.area_code = k.code
	WHERE length(k.code) = 13 ORDER BY k.code`

func where(region map[string]any) map[string]any {
	return map[string]any{"f": map[string]any{"where": region}}
}

func place(p *probe) map[string]any {
	return map[string]any{"longitude": p.at[0], "latitude": p.at[1]}
}

// BenchmarkBackends asks the same of prepared SQL by pgx ("joins" and "sql"), and through HTTP of the engine in memory ("columnar") and
// of the pushdown engine ("pushdown"), all on one PostGIS, with varied probes and without a cache. Its figures are in
// BENCHMARKS.md.
func BenchmarkBackends(b *testing.B) {
	if os.Getenv("KANTONG_TEST_DATABASE") == "" {
		b.Skip("SKIPPED: no PostGIS; run scripts/with-postgres.sh")
	}
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("households=%d", n), func(b *testing.B) {
			url := database(b)
			p := &program{b.Context(), &Config{Database: url, Secrets: b.TempDir()}, io.Discard, io.Discard, slog.New(slog.DiscardHandler)}
			s, err := p.openStore(b.Context(), "", url)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := p.ensureDemo(s, &demoCommand{Households: n}); err != nil {
				b.Fatal(err)
			}
			conn, err := pgx.Connect(b.Context(), url)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close(context.Background())
			var table, state string
			if err := conn.QueryRow(b.Context(), `SELECT 'kantong.household_state_' || state_table FROM kantong.release WHERE state_table IS NOT NULL`).Scan(&table); err != nil {
				b.Fatal(err)
			}
			if err := conn.QueryRow(b.Context(), `SELECT quote_literal(state) FROM `+table+` LIMIT 1`).Scan(&state); err != nil {
				b.Fatal(err)
			}
			if _, err := conn.Exec(b.Context(), "VACUUM ANALYZE "+table+", kantong.enrolment"); err != nil {
				b.Fatal(err)
			}
			columnar, pushdown := benchServer(b, p, s, engineColumnar), benchServer(b, p, s, enginePostGIS)
			list := probes(n)
			for _, w := range works {
				here := strings.NewReplacer("{table}", table, "{state}", state)
				var bodies [][]byte
				for i := range list {
					body, err := json.Marshal(map[string]any{"query": w.query, "variables": w.variables(&list[i])})
					if err != nil {
						b.Fatal(err)
					}
					bodies = append(bodies, body)
				}
				for _, q := range []struct{ name, sql string }{{"joins", here.Replace(w.joins)}, {"sql", here.Replace(w.sql)}} {
					if q.sql == "" {
						continue
					}
					b.Run(w.name+"/"+q.name, func(b *testing.B) {
						for i := 0; b.Loop(); i++ {
							readAll(b, conn, q.sql, w.args(&list[i%len(list)]))
						}
					})
				}
				b.Run(w.name+"/columnar-8", func(b *testing.B) { askTogether(b, columnar, bodies, 8) })
				for _, target := range []struct{ name, url string }{{"columnar", columnar}, {"pushdown", pushdown}} {
					b.Run(w.name+"/"+target.name, func(b *testing.B) {
						for i := 0; b.Loop(); i++ {
							askBench(b, target.url, bodies[i%len(bodies)])
						}
					})
				}
			}
		})
	}
}

func benchServer(b *testing.B, p *program, s *store, engine string) string {
	o := observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")}
	src, err := p.source(s, engineFlags{Engine: engine, Memory: "8GiB"}, o)
	if err != nil {
		b.Fatal(err)
	}
	gate, err := disclosure.NewGate(b.Context(), src, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	h := httptest.NewServer(server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: anyKey{}, Log: p.log, Observer: o}))
	b.Cleanup(h.Close)
	return h.URL + "/graphql"
}

// anyKey takes every key for a planner's.
type anyKey struct{ registry.Ledger }

func (anyKey) KeyByHash(context.Context, [32]byte) (registry.APIKey, error) {
	return registry.APIKey{Role: registry.RolePlanner, Organisation: "benchmark"}, nil
}

func readAll(b *testing.B, conn *pgx.Conn, sql string, args []any) {
	rows, err := conn.Query(b.Context(), sql, args...)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Values(); err != nil {
			b.Fatal(err)
		}
	}
	if rows.Err() != nil {
		b.Fatal(rows.Err())
	}
}

// askTogether asks over several connections at the same time, and tells the median and the 99th percentile, in ms.
func askTogether(b *testing.B, url string, bodies [][]byte, connections int) {
	client, times := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}, make([][]time.Duration, connections)
	defer client.CloseIdleConnections()
	var asked atomic.Int64
	var done sync.WaitGroup
	b.ResetTimer()
	for c := range connections {
		done.Go(func() {
			for i := asked.Add(1); i <= int64(b.N); i = asked.Add(1) {
				start := time.Now()
				askBy(b, client, url, bodies[i%int64(len(bodies))])
				times[c] = append(times[c], time.Since(start))
			}
		})
	}
	done.Wait()
	b.StopTimer()
	all := slices.Concat(times...)
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(all[len(all)*99/100].Seconds()*1000, "p99-ms")
}

var texts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func askBench(b *testing.B, url string, body []byte) { askBy(b, http.DefaultClient, url, body) }

func askBy(b *testing.B, client *http.Client, url string, body []byte) {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("Authorization", "Bearer kantong_benchmark")
	req.Header.Set("Kantong-Purpose", "a benchmark")
	resp, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	read := texts.Get().(*bytes.Buffer) // a client that does not make room anew for each answer
	defer texts.Put(read)
	read.Reset()
	_, err = read.ReadFrom(resp.Body)
	resp.Body.Close()
	if err != nil || bytes.HasPrefix(read.Bytes(), []byte(`{"errors"`)) {
		b.Errorf("%v %.300s", err, read)
	}
}
