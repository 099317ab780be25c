package geopackage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// WKB geometry types. ISO adds 1000 for Z, 2000 for M, 3000 for both; older GDAL sets the high bits instead.
const (
	wkbPoint           = 1
	wkbLineString      = 2
	wkbPolygon         = 3
	wkbMultiPoint      = 4
	wkbMultiLineString = 5
	wkbMultiPolygon    = 6
	wkbCollection      = 7

	wkbHighBitZ = 0x8000_0000
	wkbHighBitM = 0x4000_0000
)

// maxNesting is how deep collections may lie in one another; real ones do not, and a hostile one must not fill the stack.
const maxNesting = 32

// The fewest bytes that a point's coordinate, a ring's count and a member's header take.
const (
	coordinateBytes = 8
	ringBytes       = 4
	memberBytes     = 9
)

var errCutOff = errors.New("the geometry is cut off")

// wkbReader reads well-known binary. Unlike orb's reader it takes Z and M, which national mapping agencies
// write into plain boundaries, and it checks every count against the bytes left before it allocates.
type wkbReader struct {
	rest    []byte
	dropped bool // there were Z or M values
}

// wkbShape is what the header of one geometry says about the bytes after it.
type wkbShape struct {
	order      binary.ByteOrder
	kind       uint32
	dimensions int // 2 to 4 numbers a point
}

// geometry reads one geometry; nil if it is empty.
func (r *wkbReader) geometry(nesting int) (orb.Geometry, error) {
	if nesting > maxNesting {
		return nil, fmt.Errorf("geometries are nested more than %d deep", maxNesting)
	}
	s, err := r.shape()
	if err != nil {
		return nil, err
	}
	switch s.kind {
	case wkbPoint:
		return r.point(s)
	case wkbLineString:
		points, err := r.points(s)
		return orNil(orb.LineString(points), len(points), err)
	case wkbPolygon:
		rings, err := r.rings(s)
		return orNil(orb.Polygon(rings), len(rings), err)
	case wkbMultiPoint:
		members, err := members[orb.Point](r, s, nesting)
		return orNil(orb.MultiPoint(members), len(members), err)
	case wkbMultiLineString:
		members, err := members[orb.LineString](r, s, nesting)
		return orNil(orb.MultiLineString(members), len(members), err)
	case wkbMultiPolygon:
		members, err := members[orb.Polygon](r, s, nesting)
		return orNil(orb.MultiPolygon(members), len(members), err)
	case wkbCollection:
		members, err := members[orb.Geometry](r, s, nesting)
		return orNil(orb.Collection(members), len(members), err)
	}
	return nil, fmt.Errorf("WKB geometry type %d is not supported", s.kind)
}

// orNil turns a geometry of no parts, or an error, into a nil interface.
func orNil(g orb.Geometry, parts int, err error) (orb.Geometry, error) {
	if err != nil || parts == 0 {
		return nil, err
	}
	return g, nil
}

func (r *wkbReader) shape() (wkbShape, error) {
	var s wkbShape
	if len(r.rest) < 5 {
		return s, errCutOff
	}
	switch r.rest[0] {
	case 0:
		s.order = binary.BigEndian
	case 1:
		s.order = binary.LittleEndian
	default:
		return s, fmt.Errorf("WKB byte order %d is not defined", r.rest[0])
	}
	s.kind, s.dimensions = s.order.Uint32(r.rest[1:]), 2
	r.rest = r.rest[5:]
	for _, bit := range []uint32{wkbHighBitZ, wkbHighBitM} {
		if s.kind&bit != 0 {
			s.kind &^= bit
			s.dimensions++
		}
	}
	if s.dimensions == 2 && s.kind < 4000 {
		s.dimensions += [...]int{0, 1, 1, 2}[s.kind/1000]
		s.kind %= 1000
	}
	r.dropped = r.dropped || s.dimensions > 2
	return s, nil
}

// point reads a point; its empty form is NaN, NaN.
func (r *wkbReader) point(s wkbShape) (orb.Geometry, error) {
	if len(r.rest) < s.dimensions*coordinateBytes {
		return nil, errCutOff
	}
	p := r.next(s)
	if math.IsNaN(p[0]) && math.IsNaN(p[1]) {
		return nil, nil
	}
	return p, checkFinite(p)
}

func (r *wkbReader) points(s wkbShape) ([]orb.Point, error) {
	n, err := r.count(s, s.dimensions*coordinateBytes)
	if err != nil {
		return nil, err
	}
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = r.next(s)
		if err := checkFinite(points[i]); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// next reads one point that is known to be there.
func (r *wkbReader) next(s wkbShape) orb.Point {
	p := orb.Point{
		math.Float64frombits(s.order.Uint64(r.rest)),
		math.Float64frombits(s.order.Uint64(r.rest[coordinateBytes:])),
	}
	r.rest = r.rest[s.dimensions*coordinateBytes:]
	return p
}

func (r *wkbReader) rings(s wkbShape) ([]orb.Ring, error) {
	n, err := r.count(s, ringBytes)
	if err != nil {
		return nil, err
	}
	var rings []orb.Ring
	hasOuter := false
	for i := range n {
		points, err := r.points(s)
		if err != nil {
			return nil, err
		}
		if len(points) > 0 {
			rings = append(rings, points)
			hasOuter = hasOuter || i == 0
		}
	}
	if !hasOuter {
		return nil, nil // a hole must not become the outer ring
	}
	return rings, nil
}

// members reads the members of a multi-geometry, each a whole geometry that must be a G, and leaves out empty ones.
func members[G orb.Geometry](r *wkbReader, s wkbShape, nesting int) ([]G, error) {
	n, err := r.count(s, memberBytes)
	if err != nil {
		return nil, err
	}
	var list []G
	for range n {
		g, err := r.geometry(nesting + 1)
		if err != nil {
			return nil, err
		}
		if g == nil {
			continue
		}
		member, ok := g.(G)
		if !ok {
			return nil, fmt.Errorf("a %s is a member of WKB geometry type %d", g.GeoJSONType(), s.kind)
		}
		list = append(list, member)
	}
	return list, nil
}

// count reads a number of parts and makes sure that so many, of at least partBytes each, can be there.
func (r *wkbReader) count(s wkbShape, partBytes int) (int, error) {
	if len(r.rest) < 4 {
		return 0, errCutOff
	}
	n := s.order.Uint32(r.rest)
	r.rest = r.rest[4:]
	if uint64(n)*uint64(partBytes) > uint64(len(r.rest)) {
		return 0, errCutOff
	}
	return int(n), nil
}
