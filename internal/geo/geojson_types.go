package geo

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// checkCollection judges a FeatureCollection.
func (o *object) checkCollection() error {
	if !o.has("features") {
		return fmt.Errorf("line %d: the FeatureCollection has no member features", o.line)
	}
	return o.refuse("FeatureCollection", "coordinates", "geometries", "geometry", "properties")
}

func (o *object) asFeature() (Feature, error) {
	if o.kind != "Feature" {
		return Feature{}, fmt.Errorf("line %d: the type must be Feature, not %q", o.line, o.kind)
	}
	if !o.has("geometry") {
		return Feature{}, fmt.Errorf("line %d: the Feature has no member geometry (it may be null)", o.line)
	}
	if err := o.refuse("Feature", "coordinates", "geometries", "features"); err != nil {
		return Feature{}, err
	}
	return Feature{ID: o.id, Properties: o.properties, Geometry: o.geometry, HasHeights: o.heights, Line: o.line}, nil
}

func (o *object) asGeometry() (orb.Geometry, error) {
	parse, known := coordinateParsers[o.kind]
	if !known && o.kind != "GeometryCollection" {
		return nil, fmt.Errorf("line %d: the type must be a GeoJSON geometry's, not %q", o.line, o.kind)
	}
	if err := o.refuse("geometry", "geometry", "properties", "features"); err != nil {
		return nil, err
	}
	if !known {
		return o.asGeometryCollection()
	}
	if !o.has("coordinates") {
		return nil, fmt.Errorf("line %d: the %s has no member coordinates", o.line, o.kind)
	}
	if err := o.refuse(o.kind, "geometries"); err != nil {
		return nil, err
	}
	c := &coordinateReader{text: string(o.coordinates), openRings: o.openRings}
	o.coordinates = nil
	geometry, err := parse(c)
	o.heights = c.heights
	if _, isFault := err.(*Fault); isFault {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", o.line, err)
	}
	return geometry, nil
}

func (o *object) asGeometryCollection() (orb.Geometry, error) {
	if !o.has("geometries") {
		return nil, fmt.Errorf("line %d: the GeometryCollection has no member geometries", o.line)
	}
	if err := o.refuse("GeometryCollection", "coordinates"); err != nil {
		return nil, err
	}
	if len(o.geometries) == 1 {
		return nil, fmt.Errorf("line %d: a GeometryCollection of one geometry must be that geometry", o.line)
	}
	return append(orb.Collection{}, o.geometries...), nil
}

// refuse names a member that RFC 7946 §7.1 forbids in an object of this kind.
func (o *object) refuse(kind string, members ...string) error {
	for _, member := range members {
		if o.has(member) {
			return fmt.Errorf("line %d: a %s can't have a member %s", o.line, kind, member)
		}
	}
	return nil
}

func checkBbox(raw []byte) error {
	var box []any
	if err := json.Unmarshal(raw, &box); err != nil || (len(box) != 4 && len(box) != 6) {
		return fmt.Errorf("the member bbox must be an array of 4 or 6 numbers")
	}
	for _, v := range box {
		if _, ok := v.(float64); !ok {
			return fmt.Errorf("the member bbox must hold numbers only")
		}
	}
	return nil
}

// checkCRS accepts the crs member of GeoJSON before RFC 7946 if it names longitude and
// latitude on WGS 84, which is then what RFC 7946 means anyway.
func checkCRS(raw []byte) error {
	var crs struct {
		Type       string
		Properties struct {
			Name string
			Code json.Number
		}
	}
	if err := json.Unmarshal(raw, &crs); err != nil || string(raw) == "null" {
		return fmt.Errorf("the member crs does not name WGS 84: %.80s", raw)
	}
	name := crs.Properties.Name
	if name == "" && strings.EqualFold(crs.Type, "EPSG") {
		name = "EPSG:" + crs.Properties.Code.String()
	}
	if !namesWGS84(name) {
		return fmt.Errorf("the coordinate system is %q; only WGS 84 longitude and latitude (EPSG:4326) is read", name)
	}
	return nil
}

func namesWGS84(name string) bool {
	name = strings.ToUpper(strings.ReplaceAll(name, " ", ""))
	switch name {
	case "CRS84", "WGS84", "OGC:CRS84", "EPSG:4326":
		return true
	}
	for _, prefix := range [2]string{"URN:OGC:DEF:CRS:", "HTTP://WWW.OPENGIS.NET/DEF/CRS/"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			parts := strings.FieldsFunc(rest, func(r rune) bool { return r == ':' || r == '/' })
			first, last := "", ""
			if len(parts) >= 2 {
				first, last = parts[0], parts[len(parts)-1]
			}
			return (first == "OGC" && last == "CRS84") || (first == "EPSG" && last == "4326")
		}
	}
	return false
}
