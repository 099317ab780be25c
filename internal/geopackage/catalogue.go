package geopackage

import (
	"context"
	"fmt"
	"strings"
)

// LayerInfo is a table that the catalogue of a file lists, and what its reference system is called elsewhere.
type LayerInfo struct {
	Layer
	// Organization and OrganizationSRSID name the reference system, usually "EPSG" and its number there: a file may
	// give any reference system any SRSID. Empty and 0 for an attribute table.
	Organization      string
	OrganizationSRSID int32
	// Definition is the reference system in well-known text; "undefined" and empty where the file has none.
	Definition string
}

// Columns returns the names of a table's columns in order, without its row id and its geometry: the properties that
// ReadFeatures gives.
func Columns(ctx context.Context, s Session, table string) ([]string, error) {
	plan, err := planRead(ctx, s, table)
	if err != nil {
		return nil, fmt.Errorf("read columns of %s: %w", table, explain(err))
	}
	var names []string
	for i, c := range plan.columns {
		if i != plan.key && i != plan.geometry {
			names = append(names, c.name)
		}
	}
	return names, nil
}

// Spatial reports whether the table has a geometry column.
func (l LayerInfo) Spatial() bool { return l.GeometryColumn != "" }

// Layers returns the feature and attribute tables in the catalogue, by table name. Tiles and other content are left out.
func Layers(ctx context.Context, s Session) ([]LayerInfo, error) {
	layers, err := queryLayers(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("read GeoPackage catalogue: %w", explain(err))
	}
	return layers, nil
}

func queryLayers(ctx context.Context, s Session) ([]LayerInfo, error) {
	// Files without features may lack the table of geometry columns.
	geometryColumns := "gpkg_geometry_columns"
	if columns, err := queryColumns(ctx, s, geometryColumns); err != nil {
		return nil, err
	} else if len(columns) == 0 {
		geometryColumns = "(SELECT NULL AS table_name, NULL AS column_name, NULL AS geometry_type_name, NULL AS srs_id)"
	}
	rows, err := s.QueryContext(ctx, `
		SELECT c.table_name, coalesce(c.identifier, ''), coalesce(c.description, ''), coalesce(g.column_name, ''),
		       upper(coalesce(g.geometry_type_name, '')), coalesce(g.srs_id, 0), coalesce(r.organization, ''),
		       coalesce(r.organization_coordsys_id, 0), coalesce(r.definition, '')
		FROM gpkg_contents c
		LEFT JOIN `+geometryColumns+` g ON c.data_type = 'features' AND lower(g.table_name) = lower(c.table_name)
		LEFT JOIN gpkg_spatial_ref_sys r ON r.srs_id = g.srs_id
		WHERE c.data_type IN ('features', 'attributes')
		ORDER BY c.table_name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var layers []LayerInfo
	for rows.Next() {
		var l LayerInfo
		if err := rows.Scan(&l.Table, &l.Identifier, &l.Description, &l.GeometryColumn, &l.GeometryType, &l.SRSID,
			&l.Organization, &l.OrganizationSRSID, &l.Definition); err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	return layers, rows.Err()
}

// column is a column of a table.
type column struct {
	name     string
	declared string // the declared type, in upper case
	key      bool   // part of the primary key
}

// tableColumns returns the columns of an existing table or view, in order.
func tableColumns(ctx context.Context, s Session, table string) ([]column, error) {
	columns, err := queryColumns(ctx, s, table)
	if err == nil && len(columns) == 0 {
		err = fmt.Errorf("the file has no table %q", table)
	}
	return columns, err
}

func queryColumns(ctx context.Context, s Session, table string) ([]column, error) {
	rows, err := s.QueryContext(ctx, "SELECT name, upper(type), pk > 0 FROM pragma_table_info(?) ORDER BY cid", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.declared, &c.key); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

// keyColumn returns the index of the column that is the row id: an INTEGER that is the primary key alone. Else -1.
func keyColumn(columns []column) int {
	key := -1
	for i, c := range columns {
		if !c.key {
			continue
		}
		if key >= 0 || c.declared != "INTEGER" {
			return -1
		}
		key = i
	}
	return key
}

// QuoteIdentifier quotes the name of a table or column for use in SQL text.
func QuoteIdentifier(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
