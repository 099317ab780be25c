package geopackage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Layer is the catalogue entry of a table.
type Layer struct {
	Table          string
	Identifier     string // the title that GIS programs show, unique in the file; the table name when empty
	Description    string
	GeometryColumn string // empty for an attribute table
	GeometryType   string // upper case: POINT, MULTIPOLYGON, GEOMETRY …; empty for an attribute table
	SRSID          int32  // the key of the reference system in this file; 0 for an attribute table
}

var geometryTypes = []string{
	"GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION",
}

// RegisterLayer enters an existing table or view into the catalogue as a feature layer in WGS 84, without Z or M.
// Registering it again updates the entry and leaves its extent as it is. A table needs an INTEGER PRIMARY KEY, as the
// standard says, and the geometry column; the caller creates it, declaring the column as Layer.GeometryType.
// Errors name the table.
func RegisterLayer(ctx context.Context, s Session, layer Layer) error {
	if layer.SRSID != WGS84 {
		return fmt.Errorf("register layer %s: reference system %d, want %d", layer.Table, layer.SRSID, WGS84)
	}
	if !slices.Contains(geometryTypes, layer.GeometryType) {
		return fmt.Errorf("register layer %s: unknown geometry type %q", layer.Table, layer.GeometryType)
	}
	if err := register(ctx, s, layer, "features"); err != nil {
		return fmt.Errorf("register layer %s: %w", layer.Table, err)
	}
	_, err := s.ExecContext(ctx, `
		INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)
		VALUES (?, ?, ?, ?, 0, 0)
		ON CONFLICT DO UPDATE SET column_name = excluded.column_name,
			geometry_type_name = excluded.geometry_type_name, srs_id = excluded.srs_id`,
		layer.Table, layer.GeometryColumn, layer.GeometryType, layer.SRSID)
	if err != nil {
		return fmt.Errorf("register layer %s: %w", layer.Table, err)
	}
	return nil
}

// RegisterAttributes enters an existing table or view without geometry into the catalogue, so that GIS programs list
// it. The rules of RegisterLayer hold.
func RegisterAttributes(ctx context.Context, s Session, table, identifier, description string) error {
	layer := Layer{Table: table, Identifier: identifier, Description: description}
	if err := register(ctx, s, layer, "attributes"); err != nil {
		return fmt.Errorf("register attributes %s: %w", table, err)
	}
	return nil
}

func register(ctx context.Context, s Session, layer Layer, dataType string) error {
	columns, err := tableColumns(ctx, s, layer.Table)
	if err != nil {
		return err
	}
	if err := checkKey(ctx, s, layer.Table, columns); err != nil {
		return err
	}
	var srsID any // NULL for attributes
	if dataType == "features" {
		if !slices.ContainsFunc(columns, func(c column) bool { return strings.EqualFold(c.name, layer.GeometryColumn) }) {
			return fmt.Errorf("the table has no column %q", layer.GeometryColumn)
		}
		srsID = layer.SRSID
	}
	identifier := layer.Identifier
	if identifier == "" {
		identifier = layer.Table
	}
	_, err = s.ExecContext(ctx, `
		INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (table_name) DO UPDATE SET data_type = excluded.data_type, identifier = excluded.identifier,
			description = excluded.description, srs_id = excluded.srs_id`,
		layer.Table, dataType, identifier, layer.Description, srsID)
	return err
}

// checkKey makes sure that a table has the key by which GIS programs tell its rows apart. A view cannot declare one.
func checkKey(ctx context.Context, s Session, table string, columns []column) error {
	if keyColumn(columns) >= 0 {
		return nil
	}
	var isView bool
	err := s.QueryRowContext(ctx,
		"SELECT type = 'view' FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower(?)", table).Scan(&isView)
	if err == nil && !isView {
		err = errors.New("the table has no INTEGER PRIMARY KEY")
	}
	return err
}

// UpdateExtent sets the extent of a registered table to bound (degrees) and its time of last change to now. An empty
// bound, which attribute tables have too, makes the extent unknown.
func UpdateExtent(ctx context.Context, s Session, table string, bound orb.Bound) error {
	edges := make([]any, 4) // NULL
	if !bound.IsEmpty() {
		edges = []any{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]}
	}
	result, err := s.ExecContext(ctx, `
		UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,
			last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?`, append(edges, table)...)
	if err != nil {
		return fmt.Errorf("update extent of %s: %w", table, err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("update extent of %s: the table is not registered", table), err)
	}
	return nil
}
