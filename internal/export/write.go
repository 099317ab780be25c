package export

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// Format is a kind of file, named by its ending.
type Format string

// The formats.
const (
	CSV        Format = "csv"
	XLSX       Format = "xlsx"
	GeoJSON    Format = "geojson"
	GeoPackage Format = "gpkg"
)

// MediaType is what HTTP calls the format.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8; header=present"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case GeoJSON:
		return "application/geo+json"
	}
	return "application/geopackage+sqlite3"
}

// ParseFormat reads the ending of a file's name; field says where it stood.
func ParseFormat(field, name string) (Format, error) {
	switch f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))); f {
	case CSV, XLSX, GeoJSON, GeoPackage:
		return f, nil
	}
	return "", registry.Invalid(field, "%.60q ends neither in .csv nor in .xlsx, .geojson or .gpkg", filepath.Base(name))
}

// Create makes the file of a table at a path where there is none, and gives the number of rows. What is there after an error is
// nothing to use.
func Create(ctx context.Context, path string, f Format, t Table, about About) (rows int64, err error) {
	t.Rows = counted(ctx, t.Rows, &rows)
	if f == GeoPackage {
		return rows, createGeoPackage(ctx, path, []Table{t}, about.columns(&t))
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, fmt.Errorf("making %s: %w", filepath.Base(path), err)
	}
	write := map[Format]func(io.Writer, Table, About) error{CSV: func(w io.Writer, t Table, _ About) error { return WriteCSV(w, t) }, XLSX: writeXLSX, GeoJSON: WriteGeoJSON}[f]
	if err := write(file, t, about); err != nil {
		_ = file.Close()
		return rows, err
	}
	return rows, file.Close()
}

// counted passes rows on, counts them, and ends with the context.
func counted(ctx context.Context, rows func(func(Row, error) bool), n *int64) func(func(Row, error) bool) {
	return func(yield func(Row, error) bool) {
		for r, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				*n++
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// plain writes a cell where everything is text.
func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}
