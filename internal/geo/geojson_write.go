package geo

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// MarshalGeometry writes g as a GeoJSON geometry object by RFC 7946; nil as null. See
// AppendGeometry.
func MarshalGeometry(g orb.Geometry) []byte {
	return AppendGeometry(make([]byte, 0, 64+24*Vertices(g)), g)
}

// AppendGeometry appends g to dst as a GeoJSON geometry object: no crs, right-hand rule,
// coordinates rounded to 7 decimals (a centimetre) and written as short as they can be,
// so equal geometries give equal bytes. A Ring or Bound is written as a Polygon.
func AppendGeometry(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		dst = appendPosition(dst, g)
	case orb.MultiPoint:
		dst = append(dst, `{"type":"MultiPoint","coordinates":`...)
		dst = appendRun(dst, g)
	case orb.LineString:
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		dst = appendRun(dst, g)
	case orb.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":[`...)
		for i, line := range g {
			dst = appendRun(comma(dst, i), line)
		}
		dst = append(dst, ']')
	case orb.Ring:
		return AppendGeometry(dst, orb.Polygon{g})
	case orb.Bound:
		return AppendGeometry(dst, g.ToPolygon())
	case orb.Polygon:
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		dst = appendPolygon(dst, g)
	case orb.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
		for i, polygon := range g {
			dst = appendPolygon(comma(dst, i), polygon)
		}
		dst = append(dst, ']')
	case orb.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range g {
			dst = AppendGeometry(comma(dst, i), part)
		}
		dst = append(dst, ']')
	default:
		return append(dst, "null"...)
	}
	return append(dst, '}')
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func appendPolygon(dst []byte, polygon orb.Polygon) []byte {
	dst = append(dst, '[')
	for i, ring := range polygon {
		dst = comma(dst, i)
		if !wrongWay(ring, i) {
			dst = appendRun(dst, ring)
			continue
		}
		dst = append(dst, '[')
		for j := range ring {
			dst = appendPosition(comma(dst, j), ring[len(ring)-1-j])
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

func appendRun(dst []byte, run []orb.Point) []byte {
	dst = append(dst, '[')
	for i, p := range run {
		dst = appendPosition(comma(dst, i), p)
	}
	return append(dst, ']')
}

func appendPosition(dst []byte, p orb.Point) []byte {
	dst = appendCoordinate(append(dst, '['), p[0])
	dst = appendCoordinate(append(dst, ','), p[1])
	return append(dst, ']')
}

// appendCoordinate writes a coordinate. JSON has no word for NaN and infinities; they
// become null, which no reader takes for a place.
func appendCoordinate(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if math.Abs(v) > 1e8 { // no coordinate; 7 decimals are beyond float64 anyway
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	units := int64(math.Round(v * 1e7))
	if units < 0 {
		dst = append(dst, '-')
		units = -units
	}
	dst = strconv.AppendInt(dst, units/1e7, 10)
	units %= 1e7
	if units == 0 {
		return dst
	}
	digits := [8]byte{'.'}
	for i := 7; i > 0; i-- {
		digits[i] = byte('0' + units%10)
		units /= 10
	}
	end := 8
	for digits[end-1] == '0' {
		end--
	}
	return append(dst, digits[:end]...)
}
