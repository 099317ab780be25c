package postgis

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestEngine(t *testing.T) {
	pool := engineDatabase(t)
	storetest.RunEngine(t, func(t *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
		return openEngine(t, pool, d, households, enrolments)
	})
}

// TestEngineForCitus tries the statements that a cluster gets, on one server.
func TestEngineForCitus(t *testing.T) {
	pool := engineDatabase(t)
	storetest.RunEngine(t, func(t *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
		e := openEngine(t, pool, d, households, enrolments)
		e.distributed = true
		return e
	})
}

func openEngine(t testing.TB, pool *pgxpool.Pool, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) *Engine {
	t.Helper()
	publishState(t, pool, d, households, enrolments)
	e, err := NewEngine(t.Context(), pool, d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// inListOrder sorts enrolments by programme and since, and numbers those of each household.
func inListOrder(enrolments []registry.Enrolment) []numbered {
	list := slices.Clone(enrolments)
	slices.SortStableFunc(list, func(a, b registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
	out := make([]numbered, len(list))
	for i, e := range list {
		out[i].Enrolment = e
		if i > 0 && list[i-1].Household == e.Household {
			out[i].seq = out[i-1].seq + 1
		}
	}
	return out
}

func TestEngineOfNoPublishedState(t *testing.T) {
	pool := engineDatabase(t)
	d, _, _ := storetest.City(1, 1)
	if _, err := NewEngine(t.Context(), pool, d); registry.CodeOf(err) != registry.CodeNotFound {
		t.Errorf("an engine of a state that is not there: %v", err)
	}
}

// TestStoredEngine asks an edition that the store has published, with its bits, its keys and its tables.
func TestStoredEngine(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	d, records, enrolments := storetest.City(7, 300)
	c := cityContents(7, 300)
	if err := c.put(t.Context(), s, "2025-q3"); err != nil {
		t.Fatal(err)
	}
	state, err := s.Publish(t.Context(), "2025-q3", "", registry.PublishOptions{Secrets: testSecrets, Now: testTime})
	if err != nil {
		t.Fatal(err)
	}
	d.State = state
	for i := range records {
		records[i].Key = testSecrets.RecordKey(records[i].ID)
	}
	e, err := s.Engine(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	queries := []registry.SummaryQuery{{By: []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKelurahan}}, Measures: registry.MeasureAll, Lines: []int64{550_000}}}
	want, err := storetest.NewReference(d, records, enrolments).Summarise(t.Context(), queries)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Summarise(t.Context(), queries)
	if err != nil || cmpDiff(got, want) != "" {
		t.Errorf("%v (-got +want):\n%s", err, cmpDiff(got, want))
	}
}

// TestPolygonsHoldTheirEdges tries places that lie on a slanting edge as decimal numbers, though seldom as binary ones: the
// database must judge them as exactly as package geo.
func TestPolygonsHoldTheirEdges(t *testing.T) {
	pool := engineDatabase(t)
	r := rand.New(rand.NewPCG(1, 2))
	d, _, _ := storetest.City(1, 0)
	var households []registry.Record
	var polygons []orb.Polygon
	for k := range 40 {
		x, y := int32(1060000000+r.IntN(1000000)), int32(-21000000+r.IntN(1000000))
		steps := 2 + r.Int32N(2000)
		dx, dy := r.Int32N(200)-100, 1+r.Int32N(100)
		corner := func(x, y int32) orb.Point { return geo.FromE7(x, y) }
		polygons = append(polygons, orb.Polygon{{corner(x, y), corner(x+steps*dx, y+steps*dy), corner(x+100000+r.Int32N(100000), y-1-r.Int32N(100000)), corner(x, y)}})
		for i := range 50 {
			step := r.Int32N(steps + 1)
			h := registry.NewHousehold(registry.HouseholdID{byte(k), byte(i)}, "19.71.01.1001")
			h.Located, h.Point = true, geo.PointE7{Lon: x + step*dx, Lat: y + step*dy}
			households = append(households, registry.Record{Household: h})
		}
	}
	e := openEngine(t, pool, d, households, nil)
	reference := storetest.NewReference(d, households, nil)
	found := 0
	for _, g := range polygons {
		f := registry.Filter{Where: &registry.Spatial{CoveredBy: g}}
		want, err := reference.Points(t.Context(), registry.PointsQuery{Filter: f})
		if err != nil {
			continue // two edges of a sliver may meet after rounding
		}
		got, err := e.Points(t.Context(), registry.PointsQuery{Filter: f})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: %d points in %v, want %d", err, len(got), g, len(want))
		}
		found += len(want)
	}
	if found == 0 || found == len(households) {
		t.Errorf("%d of %d places are on the inner side of their edge: nothing was tried", found, len(households))
	}
}

// TestEngineGivesUp wants a question to end with its context, and the connection to serve again.
func TestEngineGivesUp(t *testing.T) {
	pool := engineDatabase(t)
	d, households, enrolments := storetest.City(1, 50)
	e := openEngine(t, pool, d, households, enrolments)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	slow := &statement{}
	slow.add("SELECT 1 FROM pg_sleep(60)")
	if err := e.query(ctx, slow, func(*reader) {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a question that takes too long gives %v", err)
	}
	if _, err := e.Summarise(t.Context(), []registry.SummaryQuery{{}}); err != nil {
		t.Error(err)
	}
	var running int
	err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()").Scan(&running)
	if err != nil || running != 0 {
		t.Errorf("%d statements still run, %v", running, err)
	}
}

func TestEngineWithoutItsDatabase(t *testing.T) {
	url := freshDatabase(t)
	s := openStore(t, url)
	d, households, enrolments := storetest.City(1, 20)
	e := openEngine(t, s.pool, d, households, enrolments)
	config, err := parsePool("postgres://kantong@127.0.0.1:1/none?connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	if e.pool, err = pgxpool.NewWithConfig(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	defer e.pool.Close()
	if _, err := e.Points(t.Context(), registry.PointsQuery{}); registry.CodeOf(err) != registry.CodeUnavailable {
		t.Errorf("a database out of reach gives %v", err)
	}
}
