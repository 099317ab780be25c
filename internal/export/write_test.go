package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"kantong/internal/geopackage"
)

// nasty is a table of texts that spreadsheets would carry out, and of numbers that look like such.
func nasty() Table {
	texts := []string{"=HYPERLINK(\"http://evil\")", "+62", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "Tua Tunu, \"Indah\"\nline", "＝1"}
	var rows []Row
	for i, text := range texts {
		rows = append(rows, Row{ID: uint64(i + 1), Values: []any{text, int64(-i), -0.5 * float64(i), nil}, Geometry: orb.Point{106, -2}})
	}
	return Table{Name: "nasty", Title: "Nasty", Geometry: "POINT", Columns: []Column{{Name: "text"}, {"whole", Whole, "", ""}, {"number", Number, "", ""}, {Name: "nothing"}}, Rows: rowsOf(rows)}
}

// TestFormulasAreNeutralised in CSV and XLSX, where somebody could carry them out; numbers stay numbers. Programs that read data get
// the text as it is.
func TestFormulasAreNeutralised(t *testing.T) {
	want := []string{"'=HYPERLINK(\"http://evil\")", "'+62", "'-2+3", "'@SUM(A1)", "'\t=1", "'\r=1", "''=1", "Tua Tunu, \"Indah\"\nline", "'＝1"}
	dir := t.TempDir()
	var b bytes.Buffer
	if err := WriteCSV(&b, nasty()); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	about := About{{"title", "=1+1"}, {"warning", "a"}, {"warning", "b"}, {"warning", "c"}}
	sheet := filepath.Join(dir, "nasty.xlsx")
	if n, err := Create(t.Context(), sheet, XLSX, nasty(), about); err != nil || n != int64(len(want)) {
		t.Fatalf("%d rows, %v", n, err)
	}
	book, err := excelize.OpenFile(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows("nasty")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range want {
		if got := lines[i+1]; got[0] != strings.ReplaceAll(text, "\r\n", "\n") || got[1] != []string{"0", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8"}[i] || got[3] != "" {
			t.Errorf("line %d of CSV: %q, want %q", i, got, text)
		}
		if got := cells[i+1]; strings.ReplaceAll(got[0], "\r", "") != strings.ReplaceAll(text, "\r", "") {
			t.Errorf("line %d of XLSX: %q, want %q", i, got, text)
		}
		for _, column := range []string{"A", "B", "C"} {
			at, _ := excelize.JoinCellName(column, i+2)
			if formula, err := book.GetCellFormula("nasty", at); err != nil || formula != "" {
				t.Errorf("%s: formula %q, %v", at, formula, err)
			}
			if kind, err := book.GetCellType("nasty", at); err != nil || (kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString) != (column == "A") {
				t.Errorf("%s has type %v, %v", at, kind, err)
			}
		}
	}
	if facts, err := book.GetRows("about"); err != nil || facts[1][1] != "'=1+1" || facts[2][1] != "a" || len(facts) < 5 {
		t.Errorf("about: %q, %v", facts, err)
	}
}

// TestFormatsSayTheSame: GeoJSON and GeoPackage hold the texts, numbers and places of the table, and what it rests on.
func TestFormatsSayTheSame(t *testing.T) {
	about := About{{"title", "Nasty"}, {"warning", "a"}, {"warning", "b"}}
	var b bytes.Buffer
	if err := WriteGeoJSON(&b, nasty(), about); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Name     string
		About    map[string]any
		Features []struct {
			ID         uint64
			Geometry   struct{ Coordinates []float64 }
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(b.Bytes(), &read); err != nil || read.Name != "nasty" || len(read.About["warning"].([]any)) != 2 {
		t.Fatalf("%v, %+v", err, read)
	}
	path := filepath.Join(t.TempDir(), "nasty.gpkg")
	if _, err := Create(t.Context(), path, GeoPackage, nasty(), about); err != nil {
		t.Fatal(err)
	}
	db, err := geopackage.Open(t.Context(), path, geopackage.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	i := 0
	for f, err := range geopackage.ReadFeatures(t.Context(), db, "nasty") {
		if err != nil {
			t.Fatal(err)
		}
		g := read.Features[i]
		if f.Properties["text"] != g.Properties["text"] || float64(f.Properties["whole"].(int64)) != g.Properties["whole"] || f.Properties["number"] != g.Properties["number"] || f.Properties["nothing"] != nil || g.Properties["nothing"] != nil ||
			f.Geometry != (orb.Point{g.Geometry.Coordinates[0], g.Geometry.Coordinates[1]}) || f.FID != int64(g.ID) {
			t.Errorf("row %d: %+v and %+v", i, f, g)
		}
		i++
	}
	if i != len(read.Features) || i != 9 {
		t.Errorf("%d rows and %d features", i, len(read.Features))
	}
	facts := 0
	for range geopackage.ReadFeatures(t.Context(), db, "about") {
		facts++
	}
	if facts < 3 {
		t.Errorf("%d facts", facts)
	}
}

// TestRowsThatEndInAnError make no file.
func TestRowsThatEndInAnError(t *testing.T) {
	gone := errors.New("gone")
	for _, format := range []Format{CSV, XLSX, GeoJSON, GeoPackage} {
		table := nasty()
		rows := table.Rows
		table.Rows = func(yield func(Row, error) bool) {
			for r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			yield(Row{}, gone)
		}
		if _, err := Create(t.Context(), filepath.Join(t.TempDir(), "x."+string(format)), format, table, nil); !errors.Is(err, gone) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
