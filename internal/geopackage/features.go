package geopackage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Feature is one row of a layer.
type Feature struct {
	// FID is the row's integer primary key; in a view or a table without one, its position, from 1.
	FID int64
	// Properties holds the other columns by name: nil, int64, float64, string, []byte, or bool where the column is
	// declared BOOLEAN. Dates are text, as the file has them.
	Properties map[string]any
	// Geometry is nil when the row has none, and always nil in an attribute table.
	Geometry orb.Geometry
	// HasHeights tells that the geometry had Z or M values, which are dropped.
	HasHeights bool
	// SRSID is the reference system that the geometry itself states; the layer's when the row has no geometry.
	SRSID int32
}

// RowError is a row whose geometry cannot be read.
type RowError struct {
	FID int64
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.FID, e.Err) }

func (e *RowError) Unwrap() error { return e.Err }

// ReadFeatures returns the rows of a table that the catalogue lists, by primary key. A row whose geometry cannot be
// read comes with a *RowError, with the rest of the feature, and the reading goes on if the caller does; any other
// error is the last thing returned. The session is in use until the loop ends.
func ReadFeatures(ctx context.Context, s Session, table string) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		fail := func(err error) { yield(Feature{}, fmt.Errorf("read table %s: %w", table, explain(err))) }
		plan, err := planRead(ctx, s, table)
		if err != nil {
			fail(err)
			return
		}
		rows, err := s.QueryContext(ctx, plan.query)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		for position := int64(1); rows.Next(); position++ {
			feature, err := plan.scan(rows, position)
			if _, isRow := err.(*RowError); err != nil && !isRow {
				fail(err)
				return
			}
			if !yield(feature, err) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// readPlan is how the rows of one table become features. key and geometry index columns; -1 where there is none.
type readPlan struct {
	query         string
	columns       []column
	key, geometry int
	srsID         int32
}

func planRead(ctx context.Context, s Session, table string) (readPlan, error) {
	layers, err := queryLayers(ctx, s)
	if err != nil {
		return readPlan{}, err
	}
	at := slices.IndexFunc(layers, func(l LayerInfo) bool { return l.Table == table })
	if at < 0 {
		return readPlan{}, errors.New("the catalogue lists no such table")
	}
	layer := layers[at]
	p := readPlan{srsID: layer.SRSID, geometry: -1}
	if p.columns, err = tableColumns(ctx, s, table); err != nil {
		return readPlan{}, err
	}
	p.key = keyColumn(p.columns)
	if layer.Spatial() {
		p.geometry = slices.IndexFunc(p.columns, func(c column) bool { return strings.EqualFold(c.name, layer.GeometryColumn) })
		if p.geometry < 0 {
			return readPlan{}, fmt.Errorf("the table has no column %q", layer.GeometryColumn)
		}
	}
	selected := make([]string, len(p.columns))
	for i, c := range p.columns {
		// The plus hides the declared type from the driver, which else makes times of dates, as far as it can parse them.
		selected[i] = "+" + QuoteIdentifier(c.name)
	}
	p.query = "SELECT " + strings.Join(selected, ", ") + " FROM " + QuoteIdentifier(table)
	if p.key >= 0 {
		p.query += " ORDER BY " + QuoteIdentifier(p.columns[p.key].name)
	}
	return p, nil
}

func (p *readPlan) scan(rows *sql.Rows, position int64) (Feature, error) {
	values := make([]any, len(p.columns))
	into := make([]any, len(p.columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return Feature{}, err
	}
	f := Feature{FID: position, SRSID: p.srsID, Properties: make(map[string]any, len(values))}
	if p.key >= 0 {
		f.FID, _ = values[p.key].(int64) // a row id is never anything else
	}
	for i, c := range p.columns {
		if i == p.key || i == p.geometry {
			continue
		}
		if number, ok := values[i].(int64); ok && c.declared == "BOOLEAN" {
			values[i] = number != 0
		}
		f.Properties[c.name] = values[i]
	}
	if p.geometry < 0 || values[p.geometry] == nil {
		return f, nil
	}
	blob, ok := values[p.geometry].([]byte)
	if !ok {
		return f, &RowError{FID: f.FID, Err: fmt.Errorf("the geometry is a %T, not a blob", values[p.geometry])}
	}
	if len(blob) == 0 {
		return f, nil
	}
	g, srsID, dropped, err := decode(blob)
	if err != nil {
		return f, &RowError{FID: f.FID, Err: err}
	}
	f.Geometry, f.SRSID, f.HasHeights = g, srsID, dropped
	return f, nil
}
