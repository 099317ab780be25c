package tabular

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// The columns that a layer of points has beside its own.
const (
	longitudeName = "longitude"
	latitudeName  = "latitude"
)

// layerRows reads a table of a GeoPackage.
type layerRows struct {
	db        *sql.DB
	columns   []string
	points    bool // longitude and latitude follow the columns
	nextRow   func() (geopackage.Feature, error, bool)
	stop      func()
	told      func(done, total int64)
	done      int64
	total     int64
	noPoint   int64 // rows whose geometry is no point
	fields    []string
	geometric bool
}

// openGeoPackage opens the only table that has rows, or the one asked for. The longitude and latitude of points are two
// more columns, unless the table has columns of these names.
func openGeoPackage(ctx context.Context, path string, opts Options) (*Table, error) {
	db, err := geopackage.Open(ctx, path, geopackage.Options{ReadOnly: true})
	if err != nil {
		return nil, registry.Invalid("file", "%w", err)
	}
	r := &layerRows{db: db, told: opts.Progress}
	t, err := r.open(ctx, opts)
	if err != nil {
		db.Close()
		if registry.CodeOf(err) == registry.CodeInternal && ctx.Err() == nil {
			err = registry.Invalid("file", "the GeoPackage can't be read: %w", err)
		}
		return nil, err
	}
	return t, nil
}

func (r *layerRows) open(ctx context.Context, opts Options) (*Table, error) {
	layers, err := geopackage.Layers(ctx, r.db)
	if err != nil {
		return nil, err
	}
	var names []string
	counts := map[string]int64{}
	for _, l := range layers {
		var plain bool // views and virtual tables may compute for ever
		err := r.db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = ? AND sql NOT LIKE 'CREATE VIRTUAL%'", l.Table).Scan(&plain)
		if err != nil {
			return nil, err
		}
		if !plain {
			continue
		}
		var n int64
		if err := r.db.QueryRowContext(ctx, "SELECT count(*) FROM "+geopackage.QuoteIdentifier(l.Table)).Scan(&n); err != nil {
			return nil, err
		}
		if counts[l.Table] = n; n > 0 || opts.Sheet != "" {
			names = append(names, l.Table)
		}
	}
	i, err := chooseSheet("layer", opts.Sheet, names)
	if err != nil {
		return nil, err
	}
	layer := layers[slices.IndexFunc(layers, func(l geopackage.LayerInfo) bool { return l.Table == names[i] })]
	r.total = counts[layer.Table]
	if err := r.columnsOf(ctx, layer); err != nil {
		return nil, err
	}
	r.nextRow, r.stop = iter.Pull2(geopackage.ReadFeatures(ctx, r.db, layer.Table))
	names = slices.Clone(r.columns)
	if r.points {
		names = append(names, longitudeName, latitudeName)
	}
	r.fields = make([]string, len(names))
	return &Table{Format: GeoPackage, Comma: ',', Sheet: layer.Table, Names: names, rows: r}, nil
}

// columnsOf lists the columns and makes sure that no value is larger than a cell may be.
func (r *layerRows) columnsOf(ctx context.Context, layer geopackage.LayerInfo) error {
	var err error
	if r.columns, err = geopackage.Columns(ctx, r.db, layer.Table); err != nil {
		return err
	}
	if len(r.columns) > maxColumns {
		return registry.Invalid("header", "%d columns are more than %d", len(r.columns), maxColumns)
	}
	r.geometric = layer.Spatial()
	if r.geometric {
		wgs84 := layer.Organization == "" || strings.EqualFold(layer.Organization, "EPSG") && layer.OrganizationSRSID == 4326
		if !wgs84 && layer.OrganizationSRSID > 0 {
			return registry.Invalid("file", "layer %q has its points in %s:%d; save it in EPSG:4326 (WGS 84)", layer.Table, layer.Organization, layer.OrganizationSRSID)
		}
		r.points = !slices.ContainsFunc(r.columns, func(c string) bool { return strings.EqualFold(c, longitudeName) || strings.EqualFold(c, latitudeName) })
	}
	checked := slices.Clone(r.columns)
	if r.geometric {
		checked = append(checked, layer.GeometryColumn)
	}
	for part := range slices.Chunk(checked, 500) { // SQLite takes no more than 2000 columns in one question
		lengths := make([]string, len(part))
		for i, c := range part {
			lengths[i] = "coalesce(max(octet_length(" + geopackage.QuoteIdentifier(c) + ")), 0)"
		}
		longest := make([]int64, len(part))
		into := make([]any, len(part))
		for i := range longest {
			into[i] = &longest[i]
		}
		query := "SELECT " + strings.Join(lengths, ", ") + " FROM " + geopackage.QuoteIdentifier(layer.Table)
		if err := r.db.QueryRowContext(ctx, query).Scan(into...); err != nil {
			return err
		}
		for i, n := range longest {
			if n > maxCellBytes {
				return registry.Invalid("file", "column %s has a value of %d bytes; at most %d are read", part[i], n, maxCellBytes)
			}
		}
	}
	return nil
}

func (r *layerRows) next() (Row, error) {
	feature, err, ok := r.nextRow()
	if !ok {
		return Row{}, io.EOF
	}
	if _, isRow := err.(*geopackage.RowError); err != nil && !isRow {
		return Row{}, registry.Invalid("file", "the GeoPackage can't be read: %w", err)
	}
	r.done++
	r.told(r.done, r.total)
	row := Row{Number: int(feature.FID), Fields: r.fields, Column: -1}
	for i, name := range r.columns {
		var doubt string
		if r.fields[i], doubt = textOf(feature.Properties[name]); doubt != "" {
			row.Doubts = append(row.Doubts, Doubt{i, doubt})
		}
	}
	if !r.points {
		return row, nil
	}
	at := len(r.columns)
	r.fields[at], r.fields[at+1] = "", ""
	switch g := feature.Geometry.(type) {
	case nil:
		if err != nil {
			row.Doubts = append(row.Doubts, Doubt{at, "is of a geometry that can't be read"})
		}
	case orb.Point:
		r.fields[at], r.fields[at+1] = coordinate(g[0]), coordinate(g[1])
	case orb.MultiPoint:
		if len(g) == 1 {
			r.fields[at], r.fields[at+1] = coordinate(g[0][0]), coordinate(g[0][1])
			break
		}
		r.noPoint++
	default:
		r.noPoint++
	}
	return row, nil
}

func coordinate(degrees float64) string { return strconv.FormatFloat(degrees, 'f', -1, 64) }

// textOf writes a value of a GeoPackage as text.
func textOf(value any) (text, doubt string) {
	switch v := value.(type) {
	case nil:
		return "", ""
	case string:
		if strings.IndexByte(v, 0) >= 0 {
			return "", "has a NUL byte"
		}
		return strings.ToValidUTF8(v, "\ufffd"), ""
	case int64:
		return strconv.FormatInt(v, 10), ""
	case bool:
		return strconv.FormatBool(v), ""
	case float64:
		number, rounded, ok := plainNumber(strconv.FormatFloat(v, 'g', -1, 64))
		switch {
		case !ok:
			return "", "is no number"
		case rounded:
			return number, roundedNumber
		}
		return number, ""
	}
	return "", "is binary, not text"
}

func (r *layerRows) notes([]string) []string {
	if r.noPoint == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d rows have a geometry that is no point; no place was taken from it", r.noPoint)}
}

func (r *layerRows) close() error {
	r.stop()
	return r.db.Close()
}
