package featurefile

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/crs"
	"kantong/internal/geo"
)

// The Shapefile format is ESRI's (Technical Description, July 1998): a .shp of shapes, a .dbf of as many rows, a .prj that
// names the reference system, and a .cpg that names the encoding of the rows.

const (
	shapeNull     = 0
	shapePolygon  = 5
	shapePolygonZ = 15
	shapePolygonM = 25

	shapeFileHeader   = 100
	shapeRecordHeader = 8
	polygonHeader     = 44

	// maxRings is how many rings an area may have: more islands than any has, and few enough to find out which lies in which.
	maxRings = 10_000
)

func (s *source) openShapefile(layer string, set map[string]*zip.File) (*File, error) {
	if set[".dbf"] == nil {
		return nil, s.invalid("holds %s.shp without %s.dbf, which has the codes and names", layer, layer)
	}
	p := &placer{source: s, system: crs.WGS84, unknown: layer + ".prj is missing"}
	if f := set[".prj"]; f != nil {
		text, err := s.unpackSmall(f)
		if err != nil {
			return nil, err
		}
		if p.system, err = crs.ByWKT(text); err != nil {
			return nil, p.unknownSystem(err.Error())
		}
		p.unknown = ""
	}
	rows, err := s.openTable(layer, set[".dbf"], set[".cpg"])
	if err != nil {
		return nil, err
	}
	shapes, err := s.openShapes(layer, set[".shp"])
	if err != nil {
		return nil, err
	}
	features := func(yield func(Feature, error) bool) {
		for n := 1; ; n++ {
			f := Feature{Place: n}
			if err := s.readRecord(&f, shapes, rows, p); err == io.EOF {
				return
			} else if err != nil {
				yield(Feature{}, err)
				return
			}
			if f.Properties != nil && !yield(f, nil) { // none of a row that was deleted
				return
			}
		}
	}
	notes := func() []string { return append(p.notes(), rows.notes()...) }
	return &File{Format: "Shapefile", Layer: layer, Places: "record", features: features, Notes: notes, close: func() error { return nil }}, nil
}

// readRecord reads the next shape and its row.
func (s *source) readRecord(f *Feature, shapes *shapes, rows *table, p *placer) error {
	rings, err := shapes.next(f)
	if err == io.EOF {
		if rows.left > 0 {
			return s.broken("is not whole: it has %d shapes, but %d rows more", f.Place-1, rows.left)
		}
		return err
	}
	if err != nil {
		return s.broken("record %d: %w", f.Place, wholeness(err))
	}
	if rows.left == 0 {
		return s.broken("is not whole: it has more shapes than rows, which are %d", f.Place-1)
	}
	if f.Properties, err = rows.next(); err != nil {
		return s.broken("row %d: %w", f.Place, wholeness(err))
	}
	if rings == nil {
		return nil
	}
	f.Geometry = orb.Polygon(rings)
	if err := p.place(f); err != nil {
		return err
	}
	areas := geo.Nest(rings)
	if f.Geometry = areas; len(areas) == 1 {
		f.Geometry = areas[0]
	}
	return nil
}

// wholeness tells an end that comes too early in words.
func wholeness(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends early")
	}
	return err
}

// shapes reads a .shp.
type shapes struct {
	r    *bufio.Reader
	left int64 // bytes, by the file's head
}

func (s *source) openShapes(layer string, f *zip.File) (*shapes, error) {
	r, err := s.unpack(f)
	if err != nil {
		return nil, err
	}
	out := &shapes{r: bufio.NewReaderSize(r, 64<<10)}
	var head [shapeFileHeader]byte
	if _, err := io.ReadFull(out.r, head[:]); err != nil {
		return nil, s.broken("holds %s.shp, which has no head: %w", layer, wholeness(err))
	}
	out.left = 2*int64(binary.BigEndian.Uint32(head[24:])) - shapeFileHeader
	kind := binary.LittleEndian.Uint32(head[32:])
	if binary.BigEndian.Uint32(head[:]) != 9994 || binary.LittleEndian.Uint32(head[28:]) != 1000 || out.left < 0 {
		return nil, s.broken("holds %s.shp, which is not a Shapefile", layer)
	}
	switch kind {
	case shapeNull, shapePolygon, shapePolygonZ, shapePolygonM:
		return out, nil
	}
	return nil, s.invalid("holds %s.shp, which has no polygons: its shapes are of type %d", layer, kind)
}

// next gives the rings of the next shape, in the order and the way of the file turned round, so that a ring that turns as the
// format says (outer ones clockwise) turns as GeoJSON says. nil for a shape that has none; io.EOF at the end.
func (s *shapes) next(f *Feature) ([]orb.Ring, error) {
	if s.left == 0 {
		return nil, io.EOF
	}
	var head [shapeRecordHeader]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	length := 2 * int64(binary.BigEndian.Uint32(head[4:]))
	s.left -= shapeRecordHeader + length
	switch {
	case length > maxFeatureBytes:
		return nil, fmt.Errorf("the shape is larger than %d MB", maxFeatureBytes>>20)
	case length < 4 || s.left < 0:
		return nil, fmt.Errorf("its length, %d bytes, can't be right", length)
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(s.r, content); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	switch kind := binary.LittleEndian.Uint32(content); kind {
	case shapeNull:
		return nil, nil
	case shapePolygon:
	case shapePolygonZ, shapePolygonM:
		f.HasHeights = true
	default:
		return nil, fmt.Errorf("the shape is of type %d, not a polygon", kind)
	}
	return polygonRings(content, f)
}

func polygonRings(content []byte, f *Feature) ([]orb.Ring, error) {
	if len(content) < polygonHeader {
		return nil, io.ErrUnexpectedEOF
	}
	parts, points := int64(binary.LittleEndian.Uint32(content[36:])), int64(binary.LittleEndian.Uint32(content[40:]))
	if polygonHeader+4*parts+16*points > int64(len(content)) {
		return nil, fmt.Errorf("it states %d rings of %d positions, which its length does not hold", parts, points)
	}
	if parts > maxRings {
		f.Fault = fmt.Sprintf("has more than %d rings", maxRings)
		return nil, nil
	}
	starts, positions := content[polygonHeader:], content[polygonHeader+4*parts:]
	var rings []orb.Ring
	for i := range parts {
		first, end := int64(binary.LittleEndian.Uint32(starts[4*i:])), points
		if i+1 < parts {
			end = int64(binary.LittleEndian.Uint32(starts[4*i+4:]))
		}
		if first > end || end > points || (i == 0 && first != 0) {
			return nil, fmt.Errorf("its %d. ring begins where it can't", i+1)
		}
		if first == end {
			continue
		}
		ring := make(orb.Ring, 0, end-first+1)
		for at := 16 * (end - 1); at >= 16*first; at -= 16 {
			ring = append(ring, orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(positions[at:])), math.Float64frombits(binary.LittleEndian.Uint64(positions[at+8:]))})
		}
		rings = append(rings, ring)
	}
	return rings, nil
}
