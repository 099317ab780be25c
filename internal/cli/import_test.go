package cli

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/geodata"
	"kantong/internal/demo"
	"kantong/internal/filestore"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// surveyed gives the path of real boundaries, which lie beside the checkout and not in it.
func surveyed(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "pangkalpinang", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: the real boundaries are not beside this checkout: %v", err)
	}
	return path
}

// TestPlannerImportsTheCity takes the way of the README: a draft, boundaries, families, programmes, enrolments, figures,
// publication, a server and the first question.
func TestPlannerImportsTheCity(t *testing.T) {
	dir := t.TempDir()
	data := []string{"--data", filepath.Join(dir, "data"), "--secrets", filepath.Join(dir, "secrets")}
	with := func(args ...string) []string { return append(args, data...) }
	must(t, with("edition", "create", "2025-q3", "--label", "DTSEN 2025-Q3", "--source", "test", "--as-of", "2025-09-30", "--boundaries", "HDX")...)
	out := must(t, with("import", "areas", surveyed(t, "kelurahan_hdx_bps_2020.geojson"), "--edition", "2025-q3")...)
	for _, word := range []string{"42", "turned"} {
		if !strings.Contains(out, word) {
			t.Errorf("the report does not say %q:\n%s", word, out)
		}
	}
	households, programs, enrolments := officeFiles(t, dir, 3000)
	must(t, with("import", "households", households, "--edition", "2025-q3")...)
	if out := must(t, with("import", "households", households, "--edition", "2025-q3")...); !strings.Contains(out, "unchanged") {
		t.Errorf("the same file again: %s", out)
	}
	must(t, with("import", "programs", programs, "--edition", "2025-q3")...)
	must(t, with("edition", "create", "2025-q3", "--release", "2025-10", "--as-of", "2025-10-31")...)
	must(t, with("import", "enrolments", enrolments, "--edition", "2025-q3", "--release", "2025-10")...)
	must(t, with("import", "indicators", filepath.Join("..", "..", "geodata", "statistics.csv"), "--edition", "2025-q3")...)

	code, _, stderr := run(t, with("query", filepath.Join("..", "..", "web", "queries", "1-unreached.graphql"))...)
	if code != exitFailed || !strings.Contains(stderr, "no edition is published") {
		t.Errorf("a question before publication: exit %d, %s", code, stderr)
	}
	out = must(t, with("edition", "publish", "2025-q3", "--release", "2025-10")...)
	if !strings.Contains(out, "2025-q3+2025-10") || !strings.Contains(out, "3,000 families") {
		t.Error(out)
	}
	if out := must(t, with("edition", "show", "2025-q3")...); !strings.Contains(out, "kelurahan_hdx_bps_2020.geojson") {
		t.Error(out)
	}
	key := strings.Split(strings.TrimSpace(must(t, with("keys", "create", "--role", "planner", "--organisation", "Bapperida")...)), "\n")
	s := start(t, with("serve")...)
	s.key = key[len(key)-1]
	checkUnreached(t, s)
	var figures struct {
		Areas struct {
			Edges []struct{ Node struct{ AreaKm2 float64 } }
		}
		Area struct{ Neighbours []struct{ Name string } }
	}
	s.ask(t, "", `{ areas(filter: {level: KELURAHAN}, first: 100) { edges { node { areaKm2 } } } area(code: "19.71.04.1001") { neighbours { name } } }`, &figures)
	km2 := 0.0
	for _, e := range figures.Areas.Edges {
		km2 += e.Node.AreaKm2
	}
	if len(figures.Areas.Edges) != 42 || math.Abs(km2-104.59) > 0.05 || len(figures.Area.Neighbours) < 3 {
		t.Errorf("%d areas, %.3f km², neighbours %v", len(figures.Areas.Edges), km2, figures.Area.Neighbours)
	}
}

// officeFiles writes a synthetic registry as an office would export it.
func officeFiles(t *testing.T, dir string, n int) (households, programs, enrolments string) {
	t.Helper()
	list, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	// Families on the real map: the schematic one would put many outside their kelurahan, or outside the city.
	features, err := os.ReadFile(surveyed(t, "kelurahan_hdx_bps_2020.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := geo.ParseFeatures(features)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		for _, f := range parsed {
			if f.Properties["code"] == string(list[i].Code) {
				if err := registryArea(&list[i], f); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	city, err := demo.New(demo.Options{Households: n, Seed: 5, Areas: areas})
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, fill func(*bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := fill(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("households.csv", func(b *bytes.Buffer) error { return city.WriteHouseholds(b) }),
		write("programs.json", func(b *bytes.Buffer) error { return city.WritePrograms(b) }),
		write("enrolments.csv", func(b *bytes.Buffer) error { return city.WriteEnrolments(b) })
}

// TestAreaAtOnRealBoundaries compares with a plain loop on ten thousand places.
func TestAreaAtOnRealBoundaries(t *testing.T) {
	dir := t.TempDir()
	must(t, "edition", "create", "x", "--data", dir)
	must(t, "import", "areas", surveyed(t, "kelurahan_hdx_bps_2020.geojson"), "--edition", "x", "--data", dir)
	store, err := filestore.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	list, err := store.Areas(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	b, inside := areas.Bound(), 0
	for range 10_000 {
		p := geo.FromE7(geo.ToE7([2]float64{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}))
		want := -1
		for _, i := range areas.Level(registry.LevelKelurahan) {
			if geo.Covers(areas.Area(i).Boundary, p) {
				want = i
				break // by code: the lowest
			}
		}
		got, ok := areas.At(p, registry.LevelKelurahan)
		if ok != (want >= 0) || ok && got != want {
			t.Fatalf("%v is in %d, found %d %v", p, want, got, ok)
		}
		if ok {
			inside++
			if kecamatan, ok := areas.At(p, registry.LevelKecamatan); !ok || kecamatan != areas.Parent(got) {
				t.Fatalf("%v: kecamatan %d, want %d", p, kecamatan, areas.Parent(got))
			}
		}
	}
	if inside < 3000 {
		t.Errorf("only %d places inside the city", inside)
	}
}

// TestSlivers imports boundaries that overlap and leave gaps: they are kept, and named.
func TestSlivers(t *testing.T) {
	dir := t.TempDir()
	must(t, "edition", "create", "x", "--data", dir)
	out := must(t, "import", "areas", surveyed(t, "kelurahan_cahyadsn_2026_simplified.geojson"), "--edition", "x", "--data", dir)
	for _, word := range []string{"overlap", "gap", "0.05", "Tua Tunu"} {
		if !strings.Contains(out, word) {
			t.Errorf("the report does not say %q:\n%s", word, out)
		}
	}
}

// TestDemoOnRealBoundaries makes the same city on a file of the user's.
func TestDemoOnRealBoundaries(t *testing.T) {
	s := start(t, "demo", "--data", t.TempDir(), "--areas", surveyed(t, "kelurahan_hdx_bps_2020.geojson"), "--households", "2000")
	var answer struct {
		Edition struct{ Schematic, Synthetic bool }
		Summary struct{ Households, People count }
	}
	s.ask(t, s.key, `{ edition { schematic synthetic } summary { households { value } people { value } } }`, &answer)
	if answer.Edition.Schematic || !answer.Edition.Synthetic || *answer.Summary.Households.Value != 2000 || *answer.Summary.People.Value != 4250 {
		t.Errorf("%+v", answer)
	}
}

// TestRejectedRows stops a publication until somebody has decided.
func TestRejectedRows(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	sample := func(name string) string { return filepath.Join("..", "..", "geodata", name) }
	text, err := os.ReadFile(sample("sample/households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	lines[2] = strings.Replace(lines[2], "19.71.01.1004", "19.71.99.1004", 1)
	lines[4] = lines[3]
	file := filepath.Join(dir, "families.csv")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "edition", "create", "x", "--data", data)
	must(t, "import", "areas", sample("schematic.geojson"), "--edition", "x", "--data", data)
	out := must(t, "import", "households", file, "--edition", "x", "--data", data)
	for _, word := range []string{"418", "2 rejected", "area_code", "families.csv.rejected.csv"} {
		if !strings.Contains(out, word) {
			t.Errorf("the report does not say %q:\n%s", word, out)
		}
	}
	code, _, stderr := run(t, "edition", "publish", "x", "--data", data)
	if code != exitFailed || !strings.Contains(stderr, "--accept-rejected") {
		t.Errorf("published with rejected rows: exit %d, %s", code, stderr)
	}
	must(t, "edition", "publish", "x", "--accept-rejected", "--data", data)

	// From here on families have ids: keys that are not where --secrets says must not be made anew.
	must(t, "edition", "create", "y", "--data", data)
	must(t, "import", "areas", sample("schematic.geojson"), "--edition", "y", "--data", data)
	code, _, stderr = run(t, "import", "households", file, "--edition", "y", "--data", data, "--secrets", filepath.Join(dir, "elsewhere"))
	if code != exitFailed || !strings.Contains(stderr, "--secrets") {
		t.Errorf("imported with new keys: exit %d, %s", code, stderr)
	}
}

func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{{"bogus"}, {"import", "areas"}, {"keys", "create", "--role", "king", "--organisation", "x"}, {"edition"}, {"serve", "--listen"}} {
		if code, _, stderr := run(t, args...); code != exitUsage || !strings.Contains(stderr, "--help") {
			t.Errorf("%v: exit %d, %s", args, code, stderr)
		}
	}
	if code, out, _ := run(t, "--help"); code != exitDone || !strings.Contains(out, "demo") {
		t.Errorf("--help: exit %d, %s", code, out)
	}
}
