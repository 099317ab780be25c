package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the direction of imports: which packages of this module a package may import. A package that is not
// here has no place yet; give it one.
var mayImport = map[string][]string{
	"kantong":                                  {"kantong/internal/cli"},
	"kantong/geodata":                          {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/geodata/internal/schematic":       {"kantong/geodata", "kantong/internal/geo"},
	"kantong/geodata/internal/schematic/write": {"kantong/geodata/internal/schematic"},
	"kantong/web":                              {},
	"kantong/internal/geo":                     {},
	"kantong/internal/geopackage":              {},
	"kantong/internal/crs":                     {},
	"kantong/internal/featurefile":             {"kantong/internal/crs", "kantong/internal/geo", "kantong/internal/geopackage", "kantong/internal/registry"},
	"kantong/internal/registry":                {"kantong/internal/geo"},
	"kantong/internal/keep":                    {},
	"kantong/internal/poverty":                 {"kantong/internal/registry"},
	"kantong/internal/targeting":               {"kantong/internal/registry"},
	"kantong/internal/spatial":                 {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/internal/pockets":                 {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/internal/measure":                 {"kantong/internal/geo", "kantong/internal/registry", "kantong/internal/targeting"},
	"kantong/internal/disclosure":              {"kantong/internal/geo", "kantong/internal/keep", "kantong/internal/registry"},
	"kantong/internal/access":                  {"kantong/internal/registry"},
	"kantong/internal/audit":                   {"kantong/internal/registry"},
	"kantong/internal/changes":                 {"kantong/internal/access", "kantong/internal/registry"},
	"kantong/internal/columnar":                {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/internal/filestore":               {"kantong/internal/geo", "kantong/internal/geopackage", "kantong/internal/registry"},
	"kantong/migrations":                       {},
	"kantong/internal/observe":                 {"kantong/internal/registry"},
	"kantong/internal/postgis":                 {"kantong/internal/geo", "kantong/internal/registry", "kantong/migrations"},
	"kantong/internal/storetest":               {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/internal/featurefile/filetest":    {},
	"kantong/internal/tabular":                 {"kantong/internal/geopackage", "kantong/internal/registry"},
	"kantong/internal/ingest":                  {"kantong/internal/featurefile", "kantong/internal/geo", "kantong/internal/registry", "kantong/internal/tabular"},
	"kantong/internal/jobs":                    {"kantong/internal/audit", "kantong/internal/ingest", "kantong/internal/registry"},
	"kantong/internal/demo":                    {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/internal/demo/sample":             {"kantong/geodata", "kantong/internal/demo", "kantong/internal/registry"},
	"kantong/graph/scalar":                     {"kantong/internal/geo", "kantong/internal/registry"},
	"kantong/graph/model": {"kantong/graph/scalar", "kantong/internal/access", "kantong/internal/audit", "kantong/internal/disclosure", "kantong/internal/geo", "kantong/internal/measure", "kantong/internal/pockets",
		"kantong/internal/poverty", "kantong/internal/registry", "kantong/internal/spatial", "kantong/internal/targeting"},
	"kantong/internal/querygen":           {},
	"kantong/graph/fast/corner":           {}, // for tests, as what is generated of it
	"kantong/graph/fast/corner/generated": {"kantong/graph/fast", "kantong/graph/fast/corner", "kantong/graph/scalar"},
	"kantong/graph/fast":                  {},
	"kantong/graph/fast/generate":         {}, // a command of go generate, no part of the program
	"kantong/graph/generated":             {"kantong/graph/fast", "kantong/graph/model", "kantong/graph/scalar", "kantong/internal/registry", "kantong/internal/spatial", "kantong/internal/targeting"},
	"kantong/graph":                       {"kantong/graph/fast", "kantong/graph/generated", "kantong/graph/model", "kantong/internal/access", "kantong/internal/audit", "kantong/internal/changes", "kantong/internal/disclosure", "kantong/internal/registry", "kantong/internal/targeting"},
	"kantong/internal/attack":             {},
	"kantong/internal/tiles":              {"kantong/internal/geo", "kantong/internal/measure", "kantong/internal/pockets", "kantong/internal/registry"},
	"kantong/internal/export":             {"kantong/internal/audit", "kantong/internal/geo", "kantong/internal/geopackage", "kantong/internal/measure", "kantong/internal/registry", "kantong/internal/tiles"},
	"kantong/internal/server":             {"kantong/graph", "kantong/internal/access", "kantong/internal/audit", "kantong/internal/disclosure", "kantong/internal/export", "kantong/internal/geo", "kantong/internal/jobs", "kantong/internal/keep", "kantong/internal/measure", "kantong/internal/observe", "kantong/internal/pockets", "kantong/internal/registry", "kantong/internal/tiles"},
	"kantong/internal/cli": {"kantong/geodata", "kantong/graph", "kantong/web", "kantong/internal/geo", "kantong/internal/access", "kantong/internal/audit", "kantong/internal/changes", "kantong/internal/columnar", "kantong/internal/demo",
		"kantong/internal/disclosure", "kantong/internal/export", "kantong/internal/filestore", "kantong/internal/ingest", "kantong/internal/jobs", "kantong/internal/measure", "kantong/internal/observe", "kantong/internal/pockets", "kantong/internal/postgis", "kantong/internal/registry", "kantong/internal/server", "kantong/internal/tiles"},
}

// onlyImporter names libraries that few packages may import, so that each can be replaced in one place.
var onlyImporter = map[string][]string{
	"github.com/go-chi/chi/":       {"kantong/internal/server"},
	"github.com/jackc/pgx/":        {"kantong/internal/postgis"},
	"modernc.org/sqlite/":          {"kantong/internal/geopackage", "kantong/internal/filestore"},
	"github.com/99designs/gqlgen/": {"kantong/graph", "kantong/graph/fast", "kantong/graph/fast/corner", "kantong/graph/fast/corner/generated", "kantong/graph/fast/generate", "kantong/graph/generated", "kantong/graph/model", "kantong/graph/scalar"},
	"github.com/alecthomas/kong/":  {"kantong/internal/cli"},
	"github.com/xuri/excelize/":    {"kantong/internal/export"},
}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		pkg := path.Join("kantong", filepath.ToSlash(filepath.Dir(f)))
		seen[pkg] = true
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: package %s has no place in the direction of imports", f, pkg)
			continue
		}
		for _, imported := range importsOf(t, f) {
			if strings.HasPrefix(imported, "kantong/") && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s: that arrow runs against the direction of imports", f, imported)
			}
			for library, owners := range onlyImporter {
				if strings.HasPrefix(imported+"/", library) && !slices.Contains(owners, pkg) {
					t.Errorf("%s imports %s, which is for %s alone", f, imported, owners)
				}
			}
		}
	}
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("the direction of imports names %s, which is gone", pkg)
		}
	}
}

// TestNothingReachesAnEngineButThroughTheGate follows imports as far as they go: whatever answers people may not even
// indirectly know an engine or a store.
func TestNothingReachesAnEngineButThroughTheGate(t *testing.T) {
	engines := []string{"kantong/internal/columnar", "kantong/internal/filestore", "kantong/internal/postgis"}
	var follow func(pkg string, trail []string)
	follow = func(pkg string, trail []string) {
		trail = append(trail, pkg)
		if slices.Contains(engines, pkg) {
			t.Errorf("an engine or a store is reached past the gate: %s", strings.Join(trail, " → "))
		}
		for _, next := range mayImport[pkg] {
			follow(next, trail)
		}
	}
	for _, door := range []string{"kantong/graph", "kantong/internal/server", "kantong/internal/disclosure", "kantong/internal/targeting", "kantong/internal/poverty"} {
		follow(door, nil)
	}
}

// goFiles lists the module's files that end up in the program.
func goFiles(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			files = append(files, p)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files found: %v", err)
	}
	return files
}

func importsOf(t *testing.T, file string) (imports []string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		imports = append(imports, p)
	}
	return imports
}
