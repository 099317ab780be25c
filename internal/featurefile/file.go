// Package featurefile reads the areas of boundary files one after the other: GeoJSON, GeoPackage, and Shapefile in a zip
// archive. What a file is follows from its bytes, not from its name. Positions are told in WGS 84 degrees, whatever of
// package crs they are in; Z and M values are dropped.
//
// Files come from anywhere, so nothing is believed: what is in them is read as a stream, every size is checked before memory
// is taken, no name in an archive becomes a path, and of a GeoPackage only plain tables are read. A file takes some 250 MB
// while it is read at the very most; a real one a few. Errors are registry.Errors of the field "file" or "layer".
package featurefile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/crs"
	"kantong/internal/registry"
)

const (
	// maxFeatureBytes is the most that one feature may take in a file: half a million positions and more.
	maxFeatureBytes = 16 << 20
	// maxUnpackedBytes is the most that is read of one file in an archive.
	maxUnpackedBytes = 4 << 30
)

// Options say what to read.
type Options struct {
	Layer    string                  // its name, where a file has several; "" for the only one
	Progress func(done, total int64) // of the file's bytes; may be nil
}

// Feature is one area of a file.
type Feature struct {
	Place      int               // see File.Places
	Properties map[string]string // texts, and numbers as texts, by name as the file has it; no others
	Geometry   orb.Geometry      // in degrees, as the file has it: rings may be open or turned; nil where there is none
	HasHeights bool              // Z or M values were dropped
	Fault      string            // why the geometry can't be read, which then is nil
}

// File is a file that is open. Features may be ranged over once.
type File struct {
	Format string          // "GeoJSON", "GeoPackage", "Shapefile"
	Layer  string          // "" for GeoJSON
	Places string          // what Feature.Place counts: "line", "row" (its fid), "record", from 1
	Notes  func() []string // what was assumed, one sentence each; complete after Features

	features func(yield func(Feature, error) bool)
	close    func() error
}

// Features gives the areas in the order of the file. An error is the last thing given, and tells to forget the others.
func (f *File) Features() iter.Seq2[Feature, error] { return f.features }

// Close ends the reading.
func (f *File) Close() error { return f.close() }

// Open finds out what a file is and reads what its head says. The path is that of r, which a GeoPackage is read by.
func Open(ctx context.Context, path string, r io.ReaderAt, size int64, opts Options) (*File, error) {
	head := make([]byte, 512)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	head = head[:n]
	name := filepath.Base(path)
	s := source{ctx: ctx, name: name, path: path, r: &progressReader{r, size, opts.Progress, 0}, size: size, layer: opts.Layer}
	switch {
	case n == 0:
		return nil, s.invalid("is empty")
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return s.openGeoPackage()
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s.openArchive()
	case bytes.HasPrefix(head, []byte{0, 0, 0x27, 0x0a}):
		stem := strings.TrimSuffix(name, filepath.Ext(name))
		return nil, s.invalid("is one of the files that make a Shapefile; put them all in a zip archive (zip %s.zip %s.*) and import that", stem, stem)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, s.invalid("is text in UTF-16; save it as UTF-8")
	}
	switch text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"); {
	case bytes.HasPrefix(text, []byte("{")), len(text) == 0 && n == cap(head):
		return s.openGeoJSON(func() (io.Reader, error) { return io.NewSectionReader(s.r, 0, size), nil }, "")
	case bytes.HasPrefix(text, []byte("<")):
		return nil, s.invalid("is XML (GML or KML?), which is not read; ogr2ogr and QGIS make a GeoPackage of it: ogr2ogr areas.gpkg %s", name)
	}
	return nil, s.invalid("is neither GeoJSON nor a GeoPackage nor a Shapefile in a zip archive")
}

// source is a file about to be opened.
type source struct {
	ctx        context.Context
	name, path string
	r          *progressReader
	size       int64
	layer      string
}

func (s *source) invalid(format string, args ...any) error {
	return registry.Errorf(registry.CodeBadUserInput, "file", "%s %w", s.name, fmt.Errorf(format, args...))
}

// broken is invalid for boundaries that are damaged.
func (s *source) broken(format string, args ...any) error {
	return registry.Errorf(registry.CodeInvalidGeometry, "file", "%s %w", s.name, fmt.Errorf(format, args...))
}

// unknownSystem refuses a reference system, with a way out.
func (s *source) unknownSystem(why string) error {
	more := ""
	if s.layer != "" {
		more = " " + s.layer
	}
	input := s.name
	if strings.EqualFold(filepath.Ext(input), ".zip") {
		input = "/vsizip/" + input
	}
	return s.invalid("can't be placed on the map: %s. Known are WGS 84, its UTM zones, Web Mercator, and DGN95 and SRGI2013. GDAL turns others into degrees: ogr2ogr -t_srs EPSG:4326 areas.gpkg %s%s", why, input, more)
}

// choose gives the layer asked for, or the only one.
func (s *source) choose(layers []string) (string, error) {
	listed := strings.Join(layers[:min(len(layers), 20)], ", ")
	if len(layers) > 20 {
		listed += fmt.Sprintf(" and %d more", len(layers)-20)
	}
	switch {
	case len(layers) == 0:
		return "", s.invalid("holds no layer of boundaries")
	case s.layer == "" && len(layers) == 1:
		return layers[0], nil
	case s.layer == "":
		return "", registry.Invalid("layer", "%s holds several layers; choose one: %s", s.name, listed)
	case !slices.Contains(layers, s.layer):
		return "", registry.Invalid("layer", "%s has no layer %q, but %s", s.name, s.layer, listed)
	}
	return s.layer, nil
}

// placer tells positions in degrees. Where a file does not say what they are, they are degrees if they can't be else.
type placer struct {
	*source
	system  crs.System
	unknown string // why the system is not known, if it is not
	seen    bool
}

// place reprojects a geometry in place.
func (p *placer) place(f *Feature) error {
	var wrong *orb.Point
	ok := eachPosition(f.Geometry, func(at *orb.Point) bool {
		degrees, ok := p.system.ToWGS84(*at)
		looksLikeDegrees := at[0] >= -180 && at[0] <= 180 && at[1] >= -90 && at[1] <= 90
		if !p.system.IsDegrees() && looksLikeDegrees && *at != (orb.Point{}) {
			wrong = at
			return false
		}
		if ok {
			*at = degrees
		} else if p.unknown != "" || !p.system.IsDegrees() {
			wrong = at
			return false
		}
		return true // degrees beyond their range are the feature's fault alone
	})
	p.seen = p.seen || f.Geometry != nil
	switch {
	case ok:
		return nil
	case p.unknown != "":
		return p.unknownSystem(p.unknown + fmt.Sprintf(", and %s are no degrees", position(*wrong)))
	}
	return p.broken("says that its positions are in %s, but %s is no position there", p.system.Name, position(*wrong))
}

// notes tell what was assumed about positions.
func (p *placer) notes() []string {
	if p.unknown != "" && p.seen {
		return []string{p.unknown + "; positions were taken for degrees on WGS 84"}
	}
	if note := p.system.Note(); note != "" {
		return []string{note}
	}
	return nil
}

func position(p orb.Point) string { return fmt.Sprintf("%.10g, %.10g", p[0], p[1]) }

// eachPosition visits the positions of an area until visit returns false.
func eachPosition(g orb.Geometry, visit func(*orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.Polygon:
		for _, ring := range g {
			for i := range ring {
				if !visit(&ring[i]) {
					return false
				}
			}
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			if !eachPosition(polygon, visit) {
				return false
			}
		}
	}
	return true // other kinds are refused by their kind
}

// progressReader tells how far into the file the reading is.
type progressReader struct {
	r        io.ReaderAt
	size     int64
	progress func(done, total int64)
	told     int64
}

func (p *progressReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := p.r.ReadAt(b, at)
	if end := at + int64(n); p.progress != nil && end > p.told {
		p.told = end
		p.progress(end, p.size)
	}
	return n, err
}
