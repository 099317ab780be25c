package export

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"kantong/internal/registry"
)

// Contents are all that an edition and one of its releases hold, as tables whose names and columns are those that imports read:
// areas, households, enrolments and indicators. Households go by their ids, since no card number is kept. Importing them under the
// same secrets gives an edition of the same content hash.
type Contents struct {
	Areas      []registry.Area
	Programs   []registry.Program
	Indicators []registry.AreaIndicator
	Households iter.Seq2[registry.Household, error]
	Enrolments iter.Seq2[registry.Enrolment, error]
}

// WriteDir writes the files of which there is something to write into a directory: areas.geojson, households.csv, programs.json,
// enrolments.csv, indicators.csv, and about.json. It gives their names in the order in which they are imported.
func (c *Contents) WriteDir(ctx context.Context, dir string, about About) (files []string, err error) {
	if err := writeFile(dir, "areas.geojson", c.writeAreas); err != nil {
		return nil, err
	}
	files = append(files, "areas.geojson")
	table := func(t Table) error {
		rows := int64(0)
		t.Rows = counted(ctx, t.Rows, &rows)
		name := t.Name + ".csv"
		if err := writeFile(dir, name, func(w io.Writer) error { return WriteCSV(w, t) }); err != nil {
			return err
		}
		if rows == 0 { // an import refuses an empty file
			return os.Remove(filepath.Join(dir, name))
		}
		files = append(files, name)
		return nil
	}
	if err := table(householdTable(c.Households, true)); err != nil {
		return nil, err
	}
	if len(c.Programs) > 0 {
		if err := writeFile(dir, "programs.json", c.writePrograms); err != nil {
			return nil, err
		}
		files = append(files, "programs.json")
	}
	if err := table(enrolmentTable(c.Enrolments)); err != nil {
		return nil, err
	}
	if err := table(indicatorTable(c.Indicators)); err != nil {
		return nil, err
	}
	return files, writeFile(dir, "about.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(about.Object())
	})
}

// CreateGeoPackage writes everything into one file: the layers areas and households, the tables programs (rules as JSON),
// enrolments, indicators and about. It gives the names of those that hold something, in the order in which they are imported.
func (c *Contents) CreateGeoPackage(ctx context.Context, path string, about About) (layers []string, err error) {
	tables := []Table{areaTable(c.Areas), householdTable(c.Households, false), programTable(c.Programs), enrolmentTable(c.Enrolments), indicatorTable(c.Indicators)}
	rows := make([]int64, len(tables))
	for i := range tables {
		tables[i].Rows = counted(ctx, tables[i].Rows, &rows[i])
	}
	if err := createGeoPackage(ctx, path, tables, about); err != nil {
		return nil, err
	}
	for i, t := range tables {
		if rows[i] > 0 {
			layers = append(layers, t.Name)
		}
	}
	return layers, nil
}

func writeFile(dir, name string, write func(io.Writer) error) (err error) {
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making %s: %w", name, err)
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	return write(file)
}

func areaTable(areas []registry.Area) Table {
	rows := make([]Row, len(areas))
	for i := range areas {
		a := &areas[i]
		rows[i].Values = []any{string(a.Code), a.Name, text(a.BPSCode), text(a.Source)}
		if len(a.Boundary) > 0 {
			rows[i].Geometry = a.Boundary
		}
	}
	return Table{Name: "areas", Title: "Areas of every level", Geometry: "MULTIPOLYGON", Columns: []Column{{Name: "code"}, {Name: "name"}, {Name: "bps_code"}, {Name: "source"}}, Rows: rowsOf(rows)}
}

// writeAreas writes boundaries with all their digits: those of a map are rounded.
func (c *Contents) writeAreas(w io.Writer) error {
	features := []any{}
	for row := range areaTable(c.Areas).Rows {
		properties := map[string]any{}
		for i, name := range []string{"code", "name", "bps_code", "source"} {
			if row.Values[i] != nil {
				properties[name] = row.Values[i]
			}
		}
		f := map[string]any{"type": "Feature", "properties": properties, "geometry": nil}
		if row.Geometry != nil {
			f["geometry"] = map[string]any{"type": "MultiPolygon", "coordinates": row.Geometry}
		}
		features = append(features, f)
	}
	return json.NewEncoder(w).Encode(map[string]any{"type": "FeatureCollection", "features": features})
}

func (c *Contents) writePrograms(w io.Writer) error {
	list := make([]map[string]any, len(c.Programs))
	for i := range c.Programs {
		p := &c.Programs[i]
		list[i] = map[string]any{"code": p.Code, "name": p.Name, "pillar": p.Pillar.String(), "funder": p.Funder, "funderKind": p.FunderKind.String(), "budgetRupiah": p.BudgetRupiah,
			"unitCostRupiah": p.UnitCostRupiah, "year": p.Year, "eligibility": json.RawMessage(p.Eligibility.JSON()), "source": p.Source}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func programTable(programs []registry.Program) Table {
	t := Table{Name: "programs", Title: "Programmes; eligibility is a household filter as JSON", Columns: []Column{{Name: "code"}, {Name: "name"}, {Name: "pillar"}, {Name: "funder"}, {Name: "funder_kind"}, {"budget_rupiah", Whole, "rupiah a year", ""},
		{"unit_cost_rupiah", Whole, "rupiah a household a year", ""}, {Name: "year", Kind: Whole}, {Name: "eligibility"}, {Name: "source"}}}
	rows := make([]Row, len(programs))
	for i := range programs {
		p := &programs[i]
		rows[i].Values = []any{p.Code, p.Name, p.Pillar.String(), text(p.Funder), p.FunderKind.String(), pointed(p.BudgetRupiah), pointed(p.UnitCostRupiah), int64(p.Year), string(p.Eligibility.JSON()), text(p.Source)}
	}
	t.Rows = rowsOf(rows)
	return t
}

func pointed(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

func enrolmentTable(list iter.Seq2[registry.Enrolment, error]) Table {
	t := Table{Name: "enrolments", Title: "Who is in which programme", Columns: []Column{{Name: "id"}, {Name: "program"}, {Name: "status"}, {Name: "since"}, {Name: "until"}, {Name: "persons", Kind: Whole}, {"rupiah", Whole, "rupiah", ""}, {Name: "decree"}}}
	t.Rows = func(yield func(Row, error) bool) {
		for e, err := range list {
			if !yield(Row{Values: []any{e.Household.String(), e.Program, e.Status.String(), text(string(e.Since)), text(string(e.Until)), known(e.Persons), known64(e.Rupiah), text(e.Decree)}}, err) {
				return
			}
		}
	}
	return t
}

func known64(n int64) any {
	if n == registry.UnknownInt {
		return nil
	}
	return n
}

func indicatorTable(list []registry.AreaIndicator) Table {
	t := Table{Name: "indicators", Title: "Published figures of areas", Columns: []Column{{Name: "area_code"}, {Name: "indicator"}, {Name: "year", Kind: Whole}, {Name: "value", Kind: Number}, {Name: "unit"}, {Name: "source"}, {Name: "url"}, {Name: "note"}}}
	rows := make([]Row, len(list))
	for i, x := range list {
		rows[i].Values = []any{string(x.Area), x.Code, int64(x.Year), x.Value, x.Unit, text(x.Source), text(x.URL), text(x.Note)}
	}
	t.Rows = rowsOf(rows)
	return t
}
