package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/trace/noop"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/postgis"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// database makes an empty database with this program's schema and gives its URL.
func database(t testing.TB) string {
	t.Helper()
	url := emptyDatabase(t)
	if err := postgis.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return url
}

func emptyDatabase(t testing.TB) string {
	t.Helper()
	server := os.Getenv("KANTONG_TEST_DATABASE")
	if server == "" {
		if os.Getenv("KANTONG_CI") != "" {
			t.Fatal("KANTONG_TEST_DATABASE is not set; make test starts a database")
		}
		t.Skip("SKIPPED: no PostGIS; run scripts/with-postgres.sh go test ./internal/cli")
	}
	name := fmt.Sprintf("cli_%d", time.Now().UnixNano())
	run := func(sql string) {
		conn, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE DATABASE " + name)
	t.Cleanup(func() { run("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// program makes one with flags that a test gives.
func testProgram(t *testing.T, config Config) *program {
	t.Helper()
	return &program{t.Context(), &config, io.Discard, io.Discard, slog.New(slog.DiscardHandler)}
}

// TestBackendsAnswerAlike asks every golden query of package graph, as every role, of the embedded store, of PostGIS with
// the engine in memory, and of PostGIS with the engine in SQL. The answers are the same to the byte, data version included.
func TestBackendsAnswerAlike(t *testing.T) {
	url := database(t)
	p := testProgram(t, Config{})
	executors := map[string]graph.Executor{}
	for _, b := range []struct{ name, data, database, engine string }{
		{"embedded", t.TempDir(), "", engineColumnar}, {"PostGIS in memory", "", url, engineColumnar}, {"PostGIS pushdown", "", url, enginePostGIS},
	} {
		s, err := p.openStore(t.Context(), b.data, b.database)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		publishCity(t, s)
		publishFormer(t, s)
		publishUnsplit(t, s)
		executors[b.name] = executor(t, p, s, b.engine)
	}
	queries, err := filepath.Glob(filepath.Join("..", "..", "graph", "testdata", "golden", "*", "query.graphql"))
	if err != nil || len(queries) < 10 {
		t.Fatalf("%d golden queries, %v", len(queries), err)
	}
	for _, path := range queries {
		query, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var variables map[string]any
		if text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "variables.json")); err == nil {
			d := json.NewDecoder(bytes.NewReader(text))
			d.UseNumber()
			if err := d.Decode(&variables); err != nil {
				t.Fatal(err)
			}
		}
		for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner, registry.RolePlanner} {
			t.Run(filepath.Base(filepath.Dir(path))+"/"+role.String(), func(t *testing.T) {
				answers := map[string]string{}
				for name, e := range executors {
					text, err := json.MarshalIndent(e.Run(access.WithViewer(t.Context(), access.Viewer{Role: role, Purpose: "a test"}), string(query), variables, false), "", " ")
					if err != nil {
						t.Fatal(err)
					}
					answers[name] = string(text)
				}
				if strings.Contains(answers["embedded"], "INTERNAL") {
					t.Fatalf("the embedded store fails: %s", answers["embedded"])
				}
				for name, text := range answers {
					if text != answers["embedded"] {
						t.Errorf("%s answers otherwise:\n%s", name, firstDifference(answers["embedded"], text))
					}
				}
			})
		}
	}
}

func executor(t *testing.T, p *program, s *store, engine string) graph.Executor {
	t.Helper()
	src, err := p.source(s, engineFlags{Engine: engine, Memory: "1GiB"}, observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")})
	if err != nil {
		t.Fatal(err)
	}
	gate, err := disclosure.NewGate(t.Context(), src, disclosure.Rules{Policy: disclosure.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	v, err := gate.Now().View(t.Context(), registry.Viewer{Role: registry.RolePlanner, Purpose: "a test"}, "")
	if err != nil || v.EngineName != engine {
		t.Fatalf("engine %q, want %q, %v", v.EngineName, engine, err)
	}
	return graph.NewExecutor(&graph.Resolver{Gate: gate, Limits: graph.DefaultLimits()}, graph.Options{Log: p.log, RequestID: func(context.Context) string { return "" }})
}

// publishCity stores the suite's small city, unless it is there.
func publishCity(t *testing.T, s *store) {
	t.Helper()
	publishCityWith(t, s, registry.Secrets{Record: []byte("r")})
}

func publishCityWith(t *testing.T, s *store, secrets registry.Secrets) {
	t.Helper()
	ctx := t.Context()
	d, households, enrolments := storetest.City(7, 600)
	e, r := d.State.Edition, d.State.Release
	if there, err := s.Editions(ctx); err != nil || len(there) > 0 {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	var areas []registry.Area
	for i := range d.Areas.Len() {
		areas = append(areas, *d.Areas.Area(i))
	}
	im := func(kind registry.ImportKind) registry.Import {
		return registry.Import{Kind: kind, File: "test", At: time.Unix(0, 0), Release: map[bool]string{true: r.ID}[kind == registry.ImportEnrolments]}
	}
	unmatched := []registry.Unmatched{{Program: d.Programs[0].Code, Recipients: 12, Keys: registry.RecordKey{1, 2}},
		{Program: d.Programs[0].Code, Area: households[0].Area, Recipients: 40, Keys: registry.RecordKey{1 << 31, 1<<32 - 1}}}
	imH, imE := im(registry.ImportHouseholds), im(registry.ImportEnrolments)
	imE.Unmatched = unmatched
	for _, err := range []error{
		s.CreateEdition(ctx, e),
		s.PutAreas(ctx, e.ID, im(registry.ImportAreas), areas),
		s.PutPrograms(ctx, e.ID, im(registry.ImportPrograms), d.Programs),
		s.PutIndicators(ctx, e.ID, im(registry.ImportIndicators), d.Indicators),
		s.PutSuccessions(ctx, e.ID, im(registry.ImportSuccessions), storetest.UnsplitSuccessions()),
		s.PutHouseholds(ctx, e.ID, &imH, func(yield func(registry.Household, error) bool) {
			ids := secrets.Identities()
			for i, h := range households {
				h.MatchKeys = []registry.MatchKey{ids.Match(registry.MatchCard, fmt.Sprintf("%016d", i)), ids.Match(registry.MatchHead, fmt.Sprintf("%016d", i/2))}
				if !yield(h.Household, nil) {
					return
				}
			}
		}),
		s.CreateRelease(ctx, e.ID, registry.Release{ID: r.ID, EnrolmentsAsOf: r.EnrolmentsAsOf}),
		s.PutEnrolments(ctx, e.ID, r.ID, &imE, sequence(enrolments)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Publish(ctx, e.ID, r.ID, registry.PublishOptions{Secrets: secrets, Now: time.Unix(1_760_000_000, 0)}); err != nil {
		t.Fatal(err)
	}
}

// publishFormer publishes an edition before that of publishCity, unless it is there: since then families came in, others became
// poorer, and others enrolled.
func publishFormer(t *testing.T, s *store) {
	t.Helper()
	ctx := t.Context()
	if there, err := s.Editions(ctx); err != nil || len(there) > 1 {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	d, households, enrolments := storetest.City(7, 600)
	there := map[registry.HouseholdID]bool{}
	var then []registry.Household
	for i, h := range households {
		if i%4 == 0 {
			continue
		}
		if i%3 == 0 && h.Decile > 1 {
			h.Decile--
		}
		then, there[h.ID] = append(then, h.Household), true
	}
	enrolments = slices.DeleteFunc(enrolments, func(e registry.Enrolment) bool { return !there[e.Household] || e.Household[2]%4 == 0 })
	im := func(kind registry.ImportKind) *registry.Import {
		return &registry.Import{Kind: kind, File: "test", At: time.Unix(0, 0), Release: map[bool]string{true: "2025-07"}[kind == registry.ImportEnrolments]}
	}
	copied := registry.CopyOptions{From: d.State.Edition.ID, Enrolments: true, FromRelease: d.State.Release.ID, As: registry.Release{ID: "2025-07", EnrolmentsAsOf: "2025-07-31"}, Now: time.Unix(0, 0)}
	for _, err := range []error{
		s.CopyEdition(ctx, registry.Edition{ID: "former", AsOf: "2025-06-30"}, copied),
		s.PutHouseholds(ctx, "former", im(registry.ImportHouseholds), sequence(then)),
		s.PutEnrolments(ctx, "former", "2025-07", im(registry.ImportEnrolments), sequence(enrolments)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Publish(ctx, "former", "2025-07", registry.PublishOptions{Secrets: registry.Secrets{Record: []byte("r")}, Now: time.Unix(1_750_000_000, 0)}); err != nil {
		t.Fatal(err)
	}
}

// publishUnsplit publishes an edition before that of publishCity, unless it is there, that has other kelurahan: see storetest.Unsplit.
func publishUnsplit(t *testing.T, s *store) {
	t.Helper()
	ctx := t.Context()
	if there, err := s.Editions(ctx); err != nil || len(there) > 2 {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	d, households, _ := storetest.City(7, 600)
	areas, err := storetest.Unsplit(d)
	if err != nil {
		t.Fatal(err)
	}
	var then []registry.Household
	for i, h := range households {
		if i%5 > 0 {
			h.Area = storetest.UnsplitArea(&h.Household)
			then = append(then, h.Household)
		}
	}
	im := func(kind registry.ImportKind) registry.Import {
		return registry.Import{Kind: kind, File: "test", At: time.Unix(0, 0)}
	}
	imH := im(registry.ImportHouseholds)
	for _, err := range []error{
		s.CopyEdition(ctx, registry.Edition{ID: "unsplit", AsOf: "2025-06-30"}, registry.CopyOptions{From: d.State.Edition.ID, Now: time.Unix(0, 0)}),
		s.PutAreas(ctx, "unsplit", im(registry.ImportAreas), areas),
		s.PutHouseholds(ctx, "unsplit", &imH, sequence(then)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	publish := func() error {
		_, err := s.Publish(ctx, "unsplit", "", registry.PublishOptions{Secrets: registry.Secrets{Record: []byte("r")}, Now: time.Unix(1_740_000_000, 0)})
		return err
	}
	if err := publish(); registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), "successions anew") {
		t.Fatalf("what was copied is said of areas that are not there: %v", err)
	}
	if err := s.PutSuccessions(ctx, "unsplit", im(registry.ImportSuccessions), nil); err != nil {
		t.Fatal(err)
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
}

func sequence[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: %s, not %s", i+1, b[i], a[i])
		}
	}
	return "one is longer"
}

// publishRelease publishes every other enrolment of the city as a newer release.
func publishRelease(t *testing.T, s *store, id string) {
	t.Helper()
	d, _, enrolments := storetest.City(7, 600)
	e := d.State.Edition
	var fewer []registry.Enrolment
	for i := 0; i < len(enrolments); i += 2 {
		fewer = append(fewer, enrolments[i])
	}
	if err := s.CreateRelease(t.Context(), e.ID, registry.Release{ID: id, EnrolmentsAsOf: "2025-11-30"}); err != nil {
		t.Fatal(err)
	}
	im := registry.Import{Kind: registry.ImportEnrolments, File: "test", Release: id, At: time.Unix(0, 0)}
	if err := s.PutEnrolments(t.Context(), e.ID, id, &im, sequence(fewer)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), e.ID, id, registry.PublishOptions{Secrets: registry.Secrets{Record: []byte("r")}, Now: time.Unix(1_762_000_000, 0)}); err != nil {
		t.Fatal(err)
	}
}

// madeSecrets gives a directory with secret keys.
func madeSecrets(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "secrets")
	if _, err := access.LoadSecrets(dir, true); err != nil {
		t.Fatal(err)
	}
	return dir
}
