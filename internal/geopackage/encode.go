package geopackage

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// WGS84 is the srs_id of longitude and latitude in degrees, the only reference system this package writes.
const WGS84 int32 = 4326

// The flags byte of the geometry header: bit 0 little endian, bits 1–3 kind of envelope, bit 4 empty, bit 5 extended.
const (
	flagLittleEndian = 0b00_0_000_1
	flagEnvelopeXY   = 0b00_0_001_0
	flagEmpty        = 0b00_1_000_0
	flagExtended     = 0b10_0_000_0
)

// EncodeGeometry returns g, in WGS 84 degrees, as a GeoPackage geometry blob: header, envelope (none for a point), WKB.
// Nil and a geometry without any point give nil, which databases store as NULL. A ring is written as a polygon, a
// bound as its rectangle. It is an error if a coordinate is not finite or if only a part of g is empty.
func EncodeGeometry(g orb.Geometry) ([]byte, error) {
	if p, ok := g.(orb.Point); ok {
		return AppendPoint(nil, p)
	}
	e := envelope{bound: orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}}
	if err := e.add(g); err != nil {
		return nil, fmt.Errorf("encode geometry: %w", err)
	}
	if e.points == 0 {
		return nil, nil
	}
	if e.emptyParts > 0 {
		return nil, fmt.Errorf("encode geometry: %d parts of the %s have no points", e.emptyParts, g.GeoJSONType())
	}
	body, err := wkb.Marshal(g, binary.LittleEndian)
	if err != nil {
		return nil, fmt.Errorf("encode geometry: %w", err)
	}
	blob := appendHeader(make([]byte, 0, 8+4*8+len(body)), flagEnvelopeXY)
	for _, v := range []float64{e.bound.Min[0], e.bound.Max[0], e.bound.Min[1], e.bound.Max[1]} {
		blob = appendFloat(blob, v)
	}
	return append(blob, body...), nil
}

// AppendPoint appends p, in WGS 84 degrees, to dst as a geometry blob of 29 bytes. It is EncodeGeometry without its
// allocations, for tables of many points; p must be finite.
func AppendPoint(dst []byte, p orb.Point) ([]byte, error) {
	if err := checkFinite(p); err != nil {
		return nil, fmt.Errorf("encode geometry: %w", err)
	}
	dst = appendHeader(dst, 0)
	dst = append(dst, 1) // WKB: little endian
	dst = binary.LittleEndian.AppendUint32(dst, wkbPoint)
	return appendFloat(appendFloat(dst, p[0]), p[1]), nil
}

func appendHeader(dst []byte, flags byte) []byte {
	dst = append(dst, 'G', 'P', 0, flags|flagLittleEndian) // 0 is version 1
	return binary.LittleEndian.AppendUint32(dst, uint32(WGS84))
}

func appendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

func checkFinite(p orb.Point) error {
	// A difference is NaN exactly when a coordinate is NaN or infinite.
	if d := (p[0] - p[0]) + (p[1] - p[1]); d != 0 {
		return fmt.Errorf("coordinate (%g, %g) is not finite", p[0], p[1])
	}
	return nil
}

// envelope is the bound of the points added so far. emptyParts counts parts without points: the WKB encoder drops some
// kinds of them but still counts them, so they must not reach it.
type envelope struct {
	bound      orb.Bound
	points     int
	emptyParts int
}

func (e *envelope) add(g orb.Geometry) error {
	switch g := g.(type) {
	case nil:
		e.emptyParts++
		return nil
	case orb.Point:
		return e.addPoints([]orb.Point{g})
	case orb.MultiPoint:
		return e.addPoints(g)
	case orb.LineString:
		return e.addPoints(g)
	case orb.Ring:
		return e.addPoints(g)
	case orb.Bound:
		if g.IsEmpty() {
			return e.addPoints(nil)
		}
		return e.addPoints([]orb.Point{g.Min, g.Max})
	case orb.MultiLineString:
		return addParts(e, g)
	case orb.Polygon:
		return addParts(e, g)
	case orb.MultiPolygon:
		return addParts(e, g)
	case orb.Collection:
		return addParts(e, g)
	}
	return fmt.Errorf("geometry type %T is not supported", g)
}

func addParts[G orb.Geometry](e *envelope, parts []G) error {
	if len(parts) == 0 {
		e.emptyParts++
	}
	for _, part := range parts {
		if err := e.add(part); err != nil {
			return err
		}
	}
	return nil
}

func (e *envelope) addPoints(points []orb.Point) error {
	if len(points) == 0 {
		e.emptyParts++
	}
	for _, p := range points {
		if err := checkFinite(p); err != nil {
			return err
		}
		e.bound = e.bound.Extend(p)
	}
	e.points += len(points)
	return nil
}
