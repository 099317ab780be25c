package export

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// MaxMeasures is how many measures one table may have.
const MaxMeasures = 64

// DefaultMeasures are those of a table for which none were asked for: the poorest deciles, and every deprivation.
func DefaultMeasures() []measure.Measure {
	poorest := 2
	list := []measure.Measure{{Share: &measure.Share{Meeting: registry.Filter{Decile: &registry.IntRange{Max: &poorest}}}}}
	for d := range registry.Deprivation(registry.DeprivationCount) {
		list = append(list, measure.Measure{Deprivation: &d})
	}
	return list
}

// OrDefault is a question with DefaultMeasures where it has none.
func OrDefault(q tiles.Question) tiles.Question {
	if q.Measures == nil {
		q.Measures = DefaultMeasures()
	}
	return q
}

// figureColumns are those of a question: households and people that the filter keeps, then each measure, each with its status.
func figureColumns(d *registry.Dataset, q *tiles.Question) (columns []Column, err error) {
	columns = append(withStatus(Column{"households", Whole, "households", "Households " + q.Filter.String()}), withStatus(Column{"people", Whole, "people", "People in these households"})...)
	for i := range q.Measures {
		m := &q.Measures[i]
		c := Column{Name: measureName(m, i), Kind: Number, Unit: "share, 0 to 1", Description: m.String()}
		if m.Indicator != nil {
			c.Unit = unitOf(d, m.Indicator.Code)
		}
		if slices.ContainsFunc(columns, func(other Column) bool { return other.Name == c.Name }) {
			return nil, registry.Invalid(fmt.Sprintf("measure[%d]", i), "%s is there already: ask for each measure once", m)
		}
		columns = append(columns, withStatus(c)...)
	}
	if len(q.Measures) > MaxMeasures {
		return nil, registry.Invalid("measure", "%d measures; at most %d", len(q.Measures), MaxMeasures)
	}
	return columns, nil
}

// measureName is the name of a measure's column.
func measureName(m *measure.Measure, i int) string {
	switch {
	case m.Deprivation != nil:
		return strings.ToLower(m.Deprivation.String())
	case m.Exclusion != "":
		return "exclusion_" + columnName(m.Exclusion)
	case m.Indicator != nil && m.Indicator.Year != 0:
		return fmt.Sprintf("indicator_%s_%d", columnName(m.Indicator.Code), m.Indicator.Year)
	case m.Indicator != nil:
		return "indicator_" + columnName(m.Indicator.Code)
	}
	return fmt.Sprintf("share_%d", i+1)
}

func columnName(code string) string { return strings.ReplaceAll(strings.ToLower(code), "-", "_") }

func unitOf(d *registry.Dataset, indicator string) string {
	for _, i := range d.Indicators {
		if i.Code == indicator {
			return i.Unit
		}
	}
	return ""
}

func figureValues(f *tiles.Figure) []any {
	values := append(count(f.Households.Households, f.Households.Status), count(f.Households.People, f.Households.Status)...)
	for _, r := range f.Values {
		values = append(values, share(r)...)
	}
	return values
}

// Areas is a table of the areas of a level, by code, with figures. Errors are those
// of tiles.Question, NOT_FOUND with field within for an area that the edition does not have.
func Areas(ctx context.Context, v *registry.View, level registry.AreaLevel, within registry.AreaCode, q tiles.Question) (Table, error) {
	t := Table{Name: "areas", Title: "Areas of the level " + level.String() + " with figures", Geometry: "MULTIPOLYGON"}
	positions := v.Areas.Level(level)
	if within != "" {
		if _, ok := v.Areas.Find(within); !ok {
			return t, registry.NotFound("within", "edition %s has no area %s", v.State.ID(), within)
		}
		positions = v.Areas.Within(within, level)
	}
	figures, columns, err := figuresOf(ctx, v, registry.AreasOf(level), q)
	if err != nil {
		return t, err
	}
	t.Columns = append(areaColumns(), columns...)
	rows := make([]Row, len(positions))
	for i, at := range positions {
		f := figures[registry.Key{Area: v.Areas.Area(at).Code}]
		rows[i] = areaRow(v, at)
		rows[i].Values = append(rows[i].Values, figureValues(&f)...)
	}
	t.Rows = rowsOf(rows)
	return t, nil
}

func figuresOf(ctx context.Context, v *registry.View, by registry.Dimension, q tiles.Question) (map[registry.Key]tiles.Figure, []Column, error) {
	columns, err := figureColumns(v.Dataset, &q)
	if err != nil {
		return nil, nil, err
	}
	if err := q.Check(v.Dataset); err != nil {
		return nil, nil, err
	}
	figures, err := q.Figures(ctx, v, by)
	return figures, columns, err
}

func areaColumns() []Column {
	return []Column{
		{Name: "code", Description: "Kemendagri code"}, {Name: "name", Description: "Name of the area"}, {Name: "level", Description: "Level of the area"},
		{Name: "parent", Description: "Code of the area above"}, {Name: "parent_name", Description: "Name of the area above"},
		{"area_km2", Number, "km²", "Ground on the WGS 84 ellipsoid"},
		{"longitude", Number, "degrees", "Of a point inside, WGS 84"}, {"latitude", Number, "degrees", "Of the same point"},
	}
}

// areaRow is an area with its boundary as imported.
func areaRow(v *registry.View, at int) Row {
	a := v.Areas.Area(at)
	parent := ""
	if p := v.Areas.Parent(at); p >= 0 {
		parent = v.Areas.Area(p).Name
	}
	row := Row{ID: uint64(a.Code.FeatureID()), Values: []any{string(a.Code), a.Name, a.Level().String(), text(string(a.Code.Parent())), text(parent), tiles.Rounded(a.AreaKm2), tiles.Rounded(a.Label[0]), tiles.Rounded(a.Label[1])}}
	if len(a.Boundary) > 0 {
		row.Geometry = a.Boundary
	}
	return row
}

// Hexes is a table of the hexagons of an edge length with anybody in them, by Q then R, with figures. Errors are those of
// tiles.Question.
func Hexes(ctx context.Context, v *registry.View, edgeMeters int, q tiles.Question) (Table, error) {
	t := Table{Name: "hex", Title: fmt.Sprintf("Hexagons of %d m with figures", edgeMeters), Geometry: "POLYGON"}
	figures, columns, err := figuresOf(ctx, v, registry.HexesOf(edgeMeters), q)
	if err != nil {
		return t, err
	}
	t.Columns = append([]Column{{Name: "hex", Description: "The hexagon's id, as in GraphQL"}}, columns...)
	grid := v.HexGrid(edgeMeters)
	var rows []Row
	for _, key := range tiles.HexKeys(figures) {
		outline, _ := geo.Rewind(grid.Polygon(key.Hex))
		f := figures[key]
		rows = append(rows, Row{ID: tiles.HexNumber(key.Hex), Geometry: outline, Values: append([]any{geo.FormatHexID(edgeMeters, key.Hex)}, figureValues(&f)...)})
	}
	t.Rows = rowsOf(rows)
	return t, nil
}

// Pockets is a table of pockets, most households first: their ground, or their centre where they have none.
func Pockets(found *tiles.Pockets) Table {
	t := Table{Name: "pockets", Title: fmt.Sprintf("Where households of the filter live close together, the %d pockets with most households at most", tiles.MaxPockets), Geometry: "GEOMETRY"}
	t.Columns = append([]Column{{Name: "id", Description: "As in GraphQL"}, {Name: "unit", Description: "What the pocket is made of: HOUSEHOLD, BLOCK, RT or KELURAHAN"}, {"rank", Whole, "", "1 has most households"},
		{"area_km2", Number, "km²", "Empty without ground"}}, append(withStatus(Column{"households", Whole, "households", "Households of the filter in the pocket"}), withStatus(Column{"people", Whole, "people", "People in them"})...)...)
	var rows []Row
	for p := range found.Shown() {
		row := Row{ID: p.Number, Geometry: orb.Geometry(p.Center)}
		if len(p.Ground) > 0 {
			row.Geometry = p.Ground
		}
		for _, c := range t.Columns {
			row.Values = append(row.Values, p.Attributes[c.Name])
		}
		rows = append(rows, row)
	}
	t.Rows = rowsOf(rows)
	return t
}
