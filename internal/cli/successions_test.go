package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"kantong/geodata"
)

const (
	wholeKelurahan = "19.71.01.1011"
	splitOff       = "19.71.01.1099" // its eastern half, after the split
)

// splitFiles write the sample's boundaries and families as they are after a split: families are where they were, but for one of
// the split kelurahan that left.
func splitFiles(t *testing.T, dir string) (areas, households string, there, moved int) {
	t.Helper()
	list, err := geodata.SchematicAreas()
	if err != nil {
		t.Fatal(err)
	}
	features := []any{}
	add := func(code, name string, g orb.Geometry) {
		features = append(features, map[string]any{"type": "Feature", "properties": map[string]any{"code": code, "name": name}, "geometry": map[string]any{"type": g.GeoJSONType(), "coordinates": g}})
	}
	middle := 0.0
	for _, a := range list {
		switch {
		case len(a.Code) < len(wholeKelurahan):
		case a.Code == wholeKelurahan:
			west, east := a.Boundary.Bound(), a.Boundary.Bound()
			middle = west.Center()[0]
			west.Max[0], east.Min[0] = middle, middle
			add(string(a.Code), a.Name, clip.MultiPolygon(west, a.Boundary.Clone()))
			add(splitOff, a.Name+" Timur", clip.MultiPolygon(east, a.Boundary.Clone()))
		default:
			add(string(a.Code), a.Name, a.Boundary)
		}
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	areas = filepath.Join(dir, "after.geojson")
	if err := os.WriteFile(areas, text, 0o600); err != nil {
		t.Fatal(err)
	}
	sample, err := os.Open(filepath.Join("..", "..", "geodata", "sample", "households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer sample.Close()
	rows, err := csv.NewReader(sample).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	households = filepath.Join(dir, "after.csv")
	file, err := os.Create(households)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := csv.NewWriter(file)
	for _, row := range rows {
		if row[1] == wholeKelurahan {
			there++
			if there == 1 {
				continue
			}
			if row[4] > fmt.Sprint(middle) {
				row[1] = splitOff
				moved++
			}
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return areas, households, there, moved
}

// TestSplitKelurahan takes an office's way through a split: boundaries that tell what is not said, the decree's file, and a
// comparison in which nobody moved but who did. Then the edition is exported and copied, and stays the same.
func TestSplitKelurahan(t *testing.T) {
	dir := t.TempDir()
	data := "--data " + filepath.Join(dir, "data") + " --secrets " + filepath.Join(dir, "secrets")
	on := func(line string) string { return must(t, words(line+" "+data)...) }
	files := filepath.Join("..", "..", "geodata")
	on("edition create 2025-q3 --label Q3 --source sample --as-of 2025-09-30 --schematic --synthetic")
	on("import areas " + filepath.Join(files, "schematic.geojson") + " --edition 2025-q3")
	on("import households " + filepath.Join(files, "sample", "households.csv") + " --edition 2025-q3")
	on("edition publish 2025-q3")

	areas, households, there, moved := splitFiles(t, dir)
	if moved < 2 || moved > there-3 {
		t.Fatalf("%d of %d families moved", moved, there)
	}
	on("edition create 2025-q4 --from 2025-q3 --as-of 2025-12-31")
	if out := on("import areas " + areas + " --edition 2025-q4"); !strings.Contains(out, "what they came from: "+splitOff) || strings.Contains(out, "what became of them") {
		t.Errorf("%s", out)
	}
	on("import households " + households + " --edition 2025-q4")
	file := filepath.Join(dir, "pemekaran.csv")
	for _, f := range []struct{ text, want string }{
		{"code;predecessor;decree;date\n" + splitOff + ";" + wholeKelurahan + ";Perda 3/2025;2025-11-01\n19.71.01.1098;" + wholeKelurahan + ";;\n", "1 rows of successions stored, 1 rejected"},
		{"code;predecessor;decree;date\n" + splitOff + ";" + wholeKelurahan + ";Perda 3/2025;2025-11-01\n", "1 rows of successions stored, 0 rejected"},
	} {
		if err := os.WriteFile(file, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := on("import successions " + file + " --edition 2025-q4"); !strings.Contains(out, f.want) || strings.Contains(out, "nothing says") {
			t.Errorf("%s", out)
		}
	}
	on("edition publish 2025-q4")

	checkSplit(t, dir, data, there)
	hashes := regexp.MustCompile(`Content hashes: ([0-9a-f]{64}), ([0-9a-f]{64})`)
	for _, out := range []string{"out", "out.gpkg"} {
		said := on("export registry --edition 2025-q4 --purpose archive --out " + filepath.Join(dir, out))
		again := "--data " + filepath.Join(dir, "again-"+out) + " --secrets " + filepath.Join(dir, "secrets")
		must(t, words("edition create copy --as-of 2025-12-31 "+again)...)
		for line := range strings.Lines(said) {
			if args, ok := strings.CutPrefix(strings.TrimSpace(strings.ReplaceAll(line, "DRAFT", "copy")), "kantong "); ok {
				must(t, words(args+" "+again)...)
			}
		}
		must(t, words("edition publish copy "+again)...)
		second := must(t, words("export registry --edition copy --purpose archive --out "+filepath.Join(dir, "second-"+out)+" "+again)...)
		if want := hashes.FindString(said); !strings.Contains(said, "import successions") || want == "" || hashes.FindString(second) != want {
			t.Errorf("%s\n%s", said, second)
		}
	}
	copied := filepath.Join(dir, "copied")
	must(t, words("copy --from "+filepath.Join(dir, "data")+" --to "+copied+" --secrets "+filepath.Join(dir, "secrets"))...)
	checkSplit(t, dir, "--data "+copied+" --secrets "+filepath.Join(dir, "secrets"), there)
}

// checkSplit asks for what became of the kelurahan that was split, in which so many families lived.
func checkSplit(t *testing.T, dir, data string, there int) {
	t.Helper()
	query := filepath.Join(dir, "compare.graphql")
	err := os.WriteFile(query, []byte(`{ area(code: "`+splitOff+`") { predecessors { code name decree date edition } }
		compare(editions: ["2025-q3", "2025-q4"], by: KELURAHAN) { areas { territory { older { code } newer { code } successions { decree } } before { value } after { value } stayed { value } cameIn { value } left { value } } } }`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	type coded []struct{ Code, Name, Decree, Date, Edition string }
	type number struct{ Value int }
	var answer struct {
		Data struct {
			Area    struct{ Predecessors coded }
			Compare struct {
				Areas []struct {
					Territory                           *struct{ Older, Newer, Successions coded }
					Before, After, Stayed, CameIn, Left number
				}
			}
		}
	}
	text := must(t, words("query "+query+" "+data)...)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	if p := answer.Data.Area.Predecessors; len(p) != 1 || p[0].Code != wholeKelurahan || p[0].Name == "" || p[0].Decree != "Perda 3/2025" || p[0].Date != "2025-11-01" || p[0].Edition != "2025-q4" {
		t.Errorf("predecessors %+v", p)
	}
	found := 0
	for _, a := range answer.Data.Compare.Areas {
		left := 0
		if a.Territory != nil {
			found++
			left = 1
			if len(a.Territory.Older) != 1 || len(a.Territory.Newer) != 2 || a.Territory.Newer[1].Code != splitOff || a.Territory.Successions[0].Decree != "Perda 3/2025" || a.Before.Value != there {
				t.Errorf("%+v: %+v", a, a.Territory)
			}
		}
		if a.Left.Value != left || a.CameIn.Value != 0 || a.After.Value != a.Before.Value-left || a.Stayed.Value != a.After.Value {
			t.Errorf("%+v", a)
		}
	}
	if len(answer.Data.Compare.Areas) != 42 || found != 1 {
		t.Errorf("%d areas, %d of them joined: %s", len(answer.Data.Compare.Areas), found, text)
	}
}
