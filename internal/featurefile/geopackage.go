package featurefile

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"unicode/utf8"

	"kantong/internal/crs"
	"kantong/internal/geopackage"
)

func (s *source) openGeoPackage() (*File, error) {
	db, err := geopackage.Open(s.ctx, s.path, geopackage.Options{ReadOnly: true})
	if err != nil {
		if inner := errors.Unwrap(err); inner != nil { // without the path
			err = inner
		}
		return nil, s.notReadable(err)
	}
	conn, err := db.Conn(s.ctx)
	if err != nil {
		db.Close()
		return nil, s.notReadable(err)
	}
	closeBoth := func() error {
		conn.Close()
		return db.Close()
	}
	file, err := s.openLayer(conn)
	if err != nil {
		closeBoth()
		return nil, err
	}
	file.close = closeBoth
	return file, nil
}

func (s *source) openLayer(conn *sql.Conn) (*File, error) {
	if err := geopackage.Distrust(s.ctx, conn, maxFeatureBytes); err != nil {
		return nil, s.notReadable(err)
	}
	all, err := geopackage.Layers(s.ctx, conn)
	if err != nil {
		return nil, s.notReadable(err)
	}
	var names []string
	byName := map[string]geopackage.LayerInfo{}
	for _, l := range all {
		if l.Spatial() {
			names, byName[l.Table] = append(names, l.Table), l
		}
	}
	name, err := s.choose(names)
	if err != nil {
		return nil, err
	}
	layer := byName[name]
	p := &placer{source: s}
	if err := p.useLayer(layer); err != nil {
		return nil, err
	}
	features := func(yield func(Feature, error) bool) {
		for f, err := range geopackage.ReadFeatures(s.ctx, conn, name) {
			out := Feature{Place: int(f.FID), Geometry: f.Geometry, HasHeights: f.HasHeights}
			row, isRow := err.(*geopackage.RowError)
			switch {
			case isRow:
				out.Fault = "can't be read: " + row.Err.Error()
			case err != nil:
				yield(Feature{}, s.notReadable(err))
				return
			case f.Geometry != nil && f.SRSID != layer.SRSID:
				out.Geometry, out.Fault = nil, fmt.Sprintf("is in another coordinate system (%d) than its layer (%d)", f.SRSID, layer.SRSID)
			}
			if out.Properties, err = plainTexts(f.Properties); err == nil {
				err = p.place(&out)
			} else {
				err = s.invalid("row %d: %w", out.Place, err)
			}
			if err != nil {
				yield(Feature{}, err)
				return
			}
			if !yield(out, nil) {
				return
			}
		}
	}
	return &File{Format: "GeoPackage", Layer: name, Places: "row", features: features, Notes: p.notes}, nil
}

// notReadable keeps what ends the reading from outside as it is.
func (s *source) notReadable(err error) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	return s.invalid("can't be read as a GeoPackage: %w", err)
}

// useLayer finds the reference system of a layer.
func (p *placer) useLayer(l geopackage.LayerInfo) error {
	p.system = crs.WGS84
	if l.Organization == "EPSG" || l.Organization == "epsg" {
		if system, known := crs.ByEPSG(int(l.OrganizationSRSID)); known {
			p.system = system
			return nil
		}
	}
	if l.SRSID == 0 || l.SRSID == -1 || l.Definition == "" || l.Definition == "undefined" {
		p.unknown = "the layer " + l.Table + " of " + filepath.Base(p.path) + " names no coordinate system"
		return nil
	}
	system, err := crs.ByWKT(l.Definition)
	if err != nil {
		return p.unknownSystem(err.Error())
	}
	p.system = system
	return nil
}

// plainTexts are the values that are texts or numbers, as texts.
func plainTexts(values map[string]any) (map[string]string, error) {
	out := make(map[string]string, len(values))
	for name, value := range values {
		switch value := value.(type) {
		case string:
			if !utf8.ValidString(value) {
				return nil, fmt.Errorf("the text of %q is not UTF-8", name)
			}
			out[name] = value
		case int64:
			out[name] = strconv.FormatInt(value, 10)
		case float64:
			out[name] = strconv.FormatFloat(value, 'f', -1, 64)
		}
	}
	return out, nil
}
