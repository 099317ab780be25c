package geo

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/peterstace/simplefeatures/geom"
)

// The general overlay of polygons is simplefeatures'; geometries cross over as WKB.

// Intersection is the ground that two polygons (Polygon, MultiPolygon, Bound or nil) share, ordered as Union orders it;
// lines and points in which they only touch are left out. New positions are rounded. An input that is not valid is an
// error.
func Intersection(a, b orb.Geometry) (orb.MultiPolygon, error) {
	for i, polygon := range [...]orb.Geometry{a, b} {
		switch polygon.(type) {
		case nil, orb.Polygon, orb.MultiPolygon, orb.Bound:
		default:
			return nil, fmt.Errorf("geometry %d is a %s, not a polygon", i, polygon.GeoJSONType())
		}
		if fault := Validate(polygon); fault != nil {
			return nil, fmt.Errorf("geometry %d: %w", i, fault)
		}
	}
	shared, err := overlayIntersection(a, b)
	if err != nil {
		return nil, err
	}
	return canonical(shared), nil
}

func overlayUnion(polygons []orb.Geometry) (orb.MultiPolygon, error) {
	var parts []geom.Geometry
	for _, polygon := range polygons {
		part, err := toOverlay(polygon)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	union, err := geom.UnionMany(parts)
	if err != nil {
		return nil, fmt.Errorf("dissolving polygons: %w", err)
	}
	return fromOverlay(union)
}

func overlayIntersection(a, b orb.Geometry) (orb.MultiPolygon, error) {
	first, err := toOverlay(a)
	if err != nil {
		return nil, err
	}
	second, err := toOverlay(b)
	if err != nil {
		return nil, err
	}
	shared, err := geom.Intersection(first, second)
	if err != nil {
		return nil, fmt.Errorf("overlaying polygons: %w", err)
	}
	return fromOverlay(shared)
}

func toOverlay(g orb.Geometry) (geom.Geometry, error) {
	if g == nil {
		return geom.Geometry{}, nil
	}
	data, err := wkb.Marshal(g)
	if err != nil || len(data) == 0 { // nothing is written of a nil MultiPolygon
		return geom.Geometry{}, err
	}
	return geom.UnmarshalWKB(data, geom.NoValidate{})
}

// fromOverlay keeps the polygons of an overlay's result; touching inputs also leave
// points and lines.
func fromOverlay(g geom.Geometry) (orb.MultiPolygon, error) {
	var out orb.MultiPolygon
	for _, part := range g.Dump() {
		if !part.IsPolygon() || part.IsEmpty() {
			continue
		}
		polygon, err := wkb.Unmarshal(part.AsBinary())
		if err != nil {
			return nil, err
		}
		out = append(out, polygon.(orb.Polygon))
	}
	return out, nil
}
