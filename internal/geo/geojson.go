package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/paulmach/orb"
)

// Feature is one GeoJSON feature.
type Feature struct {
	ID         any            // string, json.Number, or nil
	Properties map[string]any // decoded with json.Number for numbers; nil if null or absent
	Geometry   orb.Geometry   // nil if null
	HasHeights bool           // positions had more than two numbers; the others are dropped
	Line       int            // the line of the text the feature begins on, from 1
}

// ParseGeometry reads one GeoJSON geometry object (RFC 7946).
//
// It tolerates a byte order mark, rings that turn either way, further coordinates of a
// position (dropped), unknown members, and an old crs member that names WGS 84. It
// refuses everything else the standard does not allow, among it duplicate members and
// what follows the object. An empty coordinates array gives an empty geometry, except
// for a Point. Rings are closed and lines long enough, but nothing more: see Validate
// and ValidateLonLat. The error is a *Fault where there is a place to point at.
func ParseGeometry(data []byte) (orb.Geometry, error) {
	top, err := parseText(data)
	if err != nil {
		return nil, err
	}
	return top.asGeometry()
}

// ParseFeatures reads a GeoJSON FeatureCollection, Feature or bare geometry, the last
// two as one feature. It is as tolerant and as strict as ParseGeometry.
func ParseFeatures(data []byte) ([]Feature, error) {
	top, err := parseText(data)
	if err != nil {
		return nil, err
	}
	switch top.kind {
	case "FeatureCollection":
		if err := top.checkCollection(); err != nil {
			return nil, err
		}
		return top.features, nil
	case "Feature":
		feature, err := top.asFeature()
		if err != nil {
			return nil, err
		}
		return []Feature{feature}, nil
	}
	geometry, err := top.asGeometry()
	if err != nil {
		return nil, err
	}
	return []Feature{{Geometry: geometry, Line: top.line}}, nil
}

// ParseFeature reads one Feature of a longer text, which begins on the given line of it.
// Unlike ParseFeatures it leaves rings as they are, closed or not: see Repair.
func ParseFeature(data []byte, line int) (Feature, error) {
	r := newReader(data, line)
	r.openRings = true
	top, err := r.all(inFeatures)
	if err != nil {
		return Feature{}, err
	}
	return top.asFeature()
}

// ParseGeometryValue reads a geometry object already decoded from JSON to map[string]any,
// []any, string and numbers, as a GraphQL variable is.
func ParseGeometryValue(v any) (orb.Geometry, error) {
	if _, ok := v.(map[string]any); !ok {
		return nil, errors.New("a geometry must be a GeoJSON object with type and coordinates")
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("the geometry is not GeoJSON: %w", err)
	}
	return ParseGeometry(data)
}

func parseText(data []byte) (*object, error) {
	return newReader(bytes.TrimPrefix(data, []byte("\ufeff")), 1).all(atTop)
}

// newReader reads data in place: a decoder makes no copy of what is in a buffer.
func newReader(data []byte, line int) *reader {
	return &reader{data: data, dec: jsontext.NewDecoder(bytes.NewBuffer(data)), first: line, line: line}
}

// all reads the one object that the text is.
func (r *reader) all(at place) (*object, error) {
	top, err := r.object(at)
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case err == nil:
		return nil, errors.New("something follows the GeoJSON object")
	case err != io.EOF:
		return nil, r.syntax(err)
	}
	return top, nil
}
