package geopackage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Distrust prepares a connection to a file of unknown origin, opened with Options.ReadOnly: from then on no value or row
// of more than maxRowBytes is read, and the error names a listed table that is no plain table. A view can compute for ever,
// and what it shows is in the file only as a promise.
func Distrust(ctx context.Context, conn *sql.Conn, maxRowBytes int) error {
	if _, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_LENGTH, maxRowBytes); err != nil {
		return err
	}
	var name string
	err := conn.QueryRowContext(ctx, `
		SELECT name FROM sqlite_schema
		WHERE (type NOT IN ('table', 'index', 'trigger') OR sql LIKE 'CREATE VIRTUAL%')
		  AND lower(name) IN ('gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys')`).Scan(&name)
	switch {
	case err == nil:
		return fmt.Errorf("the catalogue's %s is no plain table", name)
	case !errors.Is(err, sql.ErrNoRows):
		return explain(err)
	}
	layers, err := Layers(ctx, conn)
	if err != nil {
		return err
	}
	for _, l := range layers {
		plain := false
		rows := conn.QueryRowContext(ctx, "SELECT type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE lower(name) = ?", strings.ToLower(l.Table))
		if err := rows.Scan(&plain); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return explain(err)
		}
		if !plain {
			return fmt.Errorf("the layer %q is not a table of the file", l.Table)
		}
	}
	return nil
}
