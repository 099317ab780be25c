package postgis

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/ewkb"

	"kantong/internal/registry"
)

// BenchmarkEngine measures each question beside the fastest SQL known for it, written by hand against the same rows and
// sent by pgx, over the same 32 probes. KANTONG_LARGE asks for half a million households too.
func BenchmarkEngine(b *testing.B) {
	sizes := []struct{ households, kelurahan int }{{24_000, 42}}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, struct{ households, kelurahan int }{500_000, 390})
	}
	pool := engineDatabase(b)
	for _, size := range sizes {
		b.Run(fmt.Sprintf("households=%d", size.households), func(b *testing.B) {
			city := newBigCity(b, pool, size.households, size.kelurahan)
			if _, err := pool.Exec(b.Context(), "VACUUM kantong.household_state"); err != nil {
				b.Fatal(err)
			}
			probes := city.probes()
			pkh := city.programMask([]string{"PKH"})
			for _, w := range works {
				b.Run(w.name+"/raw", func(b *testing.B) {
					sql := fmt.Sprintf(w.raw, city.Engine.households)
					for i := 0; b.Loop(); i++ {
						readAll(b, pool, sql, w.args(&probes[i%len(probes)], pkh)...)
					}
				})
				b.Run(w.name+"/engine", func(b *testing.B) {
					for i := 0; b.Loop(); i++ {
						if err := w.engine(b.Context(), city.Engine, &probes[i%len(probes)]); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// readAll reads every value of every row.
func readAll(b *testing.B, pool *pgxpool.Pool, sql string, args ...any) {
	rows, err := pool.Query(b.Context(), sql, args...)
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

type work struct {
	name   string
	raw    string
	args   func(p *probe, pkh int64) []any
	engine func(ctx context.Context, e *Engine, p *probe) error
}

var works = func() []work {
	two := 2
	kelurahan := []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKelurahan}}
	summary := func(q func(p *probe) registry.SummaryQuery) func(context.Context, *Engine, *probe) error {
		return func(ctx context.Context, e *Engine, p *probe) error {
			_, err := e.Summarise(ctx, []registry.SummaryQuery{q(p)})
			return err
		}
	}
	rows := func(q func(p *probe) registry.RowsQuery) func(context.Context, *Engine, *probe) error {
		return func(ctx context.Context, e *Engine, p *probe) error {
			_, err := e.Rows(ctx, q(p))
			return err
		}
	}
	none := func(*probe, int64) []any { return nil }
	const sums = `count(*), sum(members), avg((decile <= 2)::int)::float8, avg(expenditure),
		count(*) filter (where enrolled & 8 > 0), count(*) filter (where enrolled & 256 > 0), count(*) filter (where enrolled & 8192 > 0),
		count(*) filter (where enrolled & 262144 > 0), count(*) filter (where enrolled & 8388608 > 0), count(*) filter (where enrolled & 268435456 > 0) from %s`
	const measures = registry.MeasureDeciles | registry.MeasurePrograms
	return []work{
		{"W1", `select id, st_x(geom), st_y(geom), decile, enrolled from %s where geom && st_makeenvelope($1, $2, $3, $4, 4326) order by id limit 100`,
			func(p *probe, _ int64) []any {
				b := p.box.Where.BBox
				return []any{b.West, b.South, b.East, b.North}
			},
			rows(func(p *probe) registry.RowsQuery { return registry.RowsQuery{Filter: p.box, First: 100} })},
		{"W2", `select area_code, ` + sums + ` group by 1 order by 1`, none,
			summary(func(*probe) registry.SummaryQuery { return registry.SummaryQuery{By: kelurahan, Measures: measures} })},
		{"W2-programmes", `select area_code, ` + sums + ` group by 1 order by 1`, none,
			summary(func(*probe) registry.SummaryQuery {
				return registry.SummaryQuery{By: kelurahan, Measures: registry.MeasurePrograms}
			})},
		{"W3", `select ` + sums + ` where st_contains($1::geometry, geom)`,
			func(p *probe, _ int64) []any { return []any{ewkb.MustMarshal(p.polygon.Where.CoveredBy, 4326)} },
			summary(func(p *probe) registry.SummaryQuery {
				return registry.SummaryQuery{Filter: p.polygon, Measures: measures}
			})},
		{"W5", `select id, st_x(geom), st_y(geom), decile, st_distancesphere(geom, st_point($1, $2, 4326)) from %s order by geom <-> st_point($1, $2, 4326) limit 20`,
			func(p *probe, _ int64) []any { return []any{p.at[0], p.at[1]} },
			rows(func(p *probe) registry.RowsQuery { return registry.RowsQuery{Near: &p.at, First: 20} })},
		{"W8", `select area_code, count(*) from %s where decile <= 2 and enrolled & $1 = 0 group by 1 order by 1`,
			func(_ *probe, pkh int64) []any { return []any{pkh} },
			summary(func(*probe) registry.SummaryQuery {
				return registry.SummaryQuery{By: kelurahan, Filter: registry.Filter{Decile: &registry.IntRange{Max: &two}, NotEnrolledIn: []string{"PKH"}}}
			})},
		{"score", `select area_code, count(*) from %s where known & 255 = 255 and bit_count((deprived & 255)::bit(32)) >= 3 group by 1 order by 1`, none,
			summary(func(*probe) registry.SummaryQuery {
				return registry.SummaryQuery{By: kelurahan, Filter: registry.Filter{Score: &registry.Score{
					Of: []registry.Deprivation{0, 1, 2, 3, 4, 5, 6, 7}, Weights: []int64{1, 1, 1, 1, 1, 1, 1, 1}, AtLeast: 3}}}
			})},
	}
}()
