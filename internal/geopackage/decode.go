package geopackage

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// The length in bytes of each kind of envelope: none, XY, XYZ, XYM, XYZM.
var envelopeBytes = [...]int{0, 32, 48, 48, 64}

// DecodeGeometry reads a GeoPackage geometry blob and the srs_id of its coordinates, which are returned as they are:
// callers refuse the reference systems they cannot take. Z and M values are dropped. A nil or empty blob, an empty
// geometry, and empty parts of a geometry decode to nothing: g is nil, or lacks that part.
//
// It is an error if the blob is cut off or has bytes left over, a coordinate is not finite, or the geometry is of an
// extended type (curves, surfaces). The memory used is bounded by a small multiple of the length of the blob.
func DecodeGeometry(blob []byte) (g orb.Geometry, srsID int32, err error) {
	if len(blob) == 0 {
		return nil, 0, nil
	}
	g, srsID, _, err = decode(blob)
	return g, srsID, err
}

// decode is DecodeGeometry of a blob that is not empty, and tells whether Z or M values were dropped.
func decode(blob []byte) (g orb.Geometry, srsID int32, dropped bool, err error) {
	var r wkbReader
	if g, srsID, err = r.decode(blob); err != nil {
		return nil, srsID, false, fmt.Errorf("decode geometry: %w", err)
	}
	return g, srsID, r.dropped, nil
}

func (r *wkbReader) decode(blob []byte) (orb.Geometry, int32, error) {
	if len(blob) < 8 {
		return nil, 0, fmt.Errorf("%d bytes are too few for a header", len(blob))
	}
	if blob[0] != 'G' || blob[1] != 'P' {
		return nil, 0, errors.New("the header does not begin with GP")
	}
	if blob[2] != 0 {
		return nil, 0, fmt.Errorf("geometry version %d is not supported", blob[2])
	}
	flags := blob[3]
	var order binary.ByteOrder = binary.BigEndian
	if flags&flagLittleEndian != 0 {
		order = binary.LittleEndian
	}
	srsID := int32(order.Uint32(blob[4:]))
	if flags&flagExtended != 0 {
		return nil, srsID, errors.New("extended geometry types are not supported")
	}
	kind := int(flags >> 1 & 0b111)
	if kind >= len(envelopeBytes) {
		return nil, srsID, fmt.Errorf("envelope kind %d is not defined", kind)
	}
	start := 8 + envelopeBytes[kind]
	if len(blob) < start {
		return nil, srsID, errors.New("the envelope is cut off")
	}
	if flags&flagEmpty != 0 {
		return nil, srsID, nil
	}
	r.rest = blob[start:]
	g, err := r.geometry(0)
	if err == nil && len(r.rest) > 0 {
		err = fmt.Errorf("%d bytes are left over after the geometry", len(r.rest))
	}
	if err != nil {
		return nil, srsID, err
	}
	return g, srsID, nil
}
