package export

import (
	"bufio"
	"encoding/json"
	"io"

	"kantong/internal/geo"
)

// WriteGeoJSON writes a table as a FeatureCollection (RFC 7946), one feature a line. What it rests on is the member about, what the
// columns are is the member columns.
func WriteGeoJSON(w io.Writer, t Table, about About) error {
	columns := make([]map[string]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = map[string]string{"name": c.Name, "description": c.Description}
		if c.Unit != "" {
			columns[i]["unit"] = c.Unit
		}
	}
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(`{"type":"FeatureCollection","name":` + string(inJSON(t.Name)) + `,"about":` + string(inJSON(about.Object())) + `,"columns":` + string(inJSON(columns)) + `,"features":[`)
	first := true
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		if !first {
			_ = out.WriteByte(',')
		}
		first = false
		_ = out.WriteByte('\n')
		_, _ = out.Write(Feature(t.Columns, row))
	}
	_, _ = out.WriteString("\n]}\n") // a Writer keeps its first error for Flush
	return out.Flush()
}

// Feature writes a row as a GeoJSON feature, properties in the order of the columns; what is empty is null.
func Feature(columns []Column, row Row) []byte {
	b := []byte(`{"type":"Feature"`)
	if row.ID != 0 {
		b = append(append(b, `,"id":`...), inJSON(row.ID)...)
	}
	if row.Geometry != nil && len(columns) > 0 {
		if bound := row.Geometry.Bound(); bound.Min != bound.Max {
			b = append(append(b, `,"bbox":`...), inJSON([]float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]})...)
		}
	}
	b = append(b, `,"geometry":`...)
	if row.Geometry == nil {
		b = append(b, "null"...)
	} else {
		b = geo.AppendGeometry(b, row.Geometry)
	}
	b = append(b, `,"properties":{`...)
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, inJSON(c.Name)...), ':'), inJSON(row.Values[i])...)
	}
	return append(b, "}}"...)
}

func inJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and finite numbers only
	}
	return text
}
