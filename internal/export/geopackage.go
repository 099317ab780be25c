package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geopackage"
)

// createGeoPackage writes each table as a layer, or as a table of attributes where it has no geometry, and the table about.
func createGeoPackage(ctx context.Context, path string, tables []Table, about About) (err error) {
	db, err := geopackage.Open(ctx, path, geopackage.Options{SingleFile: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// What is there after an error is thrown away, so nothing has to be on disk before the end.
	if _, err := db.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
		return err
	}
	facts := make([]Row, len(about))
	for i, f := range about {
		facts[i] = Row{Values: []any{f.Name, f.Value}}
	}
	tables = append([]Table{{Name: "about", Title: "What this file rests on", Columns: []Column{{Name: "name"}, {Name: "value"}}, Rows: rowsOf(facts)}}, tables...)
	for i := range tables {
		if err := addLayer(ctx, db, &tables[i]); err != nil {
			return err
		}
	}
	return nil
}

func addLayer(ctx context.Context, db *sql.DB, t *Table) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	names, declared := []string{}, []string{"fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"}
	if t.Geometry != "" {
		names, declared = append(names, "geom"), append(declared, "geom "+t.Geometry)
	}
	for _, c := range t.Columns {
		name := geopackage.QuoteIdentifier(c.Name)
		names = append(names, name)
		declared = append(declared, name+" "+map[Kind]string{Text: "TEXT", Whole: "INTEGER", Number: "DOUBLE"}[c.Kind])
	}
	if _, err := tx.ExecContext(ctx, "CREATE TABLE "+geopackage.QuoteIdentifier(t.Name)+" ("+strings.Join(declared, ", ")+")"); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+geopackage.QuoteIdentifier(t.Name)+" ("+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(names)-1)+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	bound := orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}} // empty
	values := make([]any, 0, len(names))
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		values = values[:0]
		if t.Geometry != "" {
			blob, b, err := shape(t.Geometry, row.Geometry)
			if err != nil {
				return err
			}
			if values = append(values, blob); b != nil {
				bound = joined(bound, *b)
			}
		}
		if _, err := insert.ExecContext(ctx, append(values, row.Values...)...); err != nil {
			return err
		}
	}
	if err := register(ctx, tx, t, bound); err != nil {
		return fmt.Errorf("layer %s: %w", t.Name, err)
	}
	return tx.Commit()
}

// shape is a geometry as a layer of a type holds it, and its bound.
func shape(kind string, g orb.Geometry) (blob any, bound *orb.Bound, err error) {
	if g == nil {
		return nil, nil, nil
	}
	if p, ok := g.(orb.Polygon); ok && kind == "MULTIPOLYGON" {
		g = orb.MultiPolygon{p}
	}
	encoded, err := geopackage.EncodeGeometry(g)
	if encoded == nil || err != nil {
		return nil, nil, err
	}
	b := g.Bound()
	return encoded, &b, nil
}

func joined(a, b orb.Bound) orb.Bound {
	if a.IsEmpty() {
		return b
	}
	return a.Union(b)
}

func register(ctx context.Context, s geopackage.Session, t *Table, bound orb.Bound) error {
	if t.Geometry == "" {
		return geopackage.RegisterAttributes(ctx, s, t.Name, t.Name, t.Title)
	}
	err := geopackage.RegisterLayer(ctx, s, geopackage.Layer{Table: t.Name, Identifier: t.Name, Description: t.Title, GeometryColumn: "geom", GeometryType: t.Geometry, SRSID: geopackage.WGS84})
	if err != nil {
		return err
	}
	return geopackage.UpdateExtent(ctx, s, t.Name, bound)
}
