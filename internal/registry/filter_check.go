package registry

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// Limits of one filter. They bound the work a stranger can ask for, not what a planner needs.
const (
	MaxFilterDepth      = 8
	MaxFilterNodes      = 64
	MaxFilterList       = 10_000
	MaxGeometryVertices = 10_000
	MaxRadiusMeters     = 20_037_508 // half way round the Earth
)

// Check tells what is wrong with the filter by itself, naming the condition ("or[1].where.near.radiusMeters"). Whether
// the areas and programmes it names exist is for Dataset.CheckFilter.
func (f *Filter) Check() error {
	nodes, vertices := 0, 0
	return f.Walk(func(path string, g *Filter) error {
		if nodes++; nodes > MaxFilterNodes {
			return Errorf(CodeComplexity, path, "a filter may hold at most %d filters", MaxFilterNodes)
		}
		if strings.Count(path, ".") >= MaxFilterDepth {
			return Errorf(CodeComplexity, path, "a filter may nest %d deep", MaxFilterDepth)
		}
		if g.Where != nil && g.Where.CoveredBy != nil {
			vertices += geo.Vertices(g.Where.CoveredBy)
		}
		if vertices > MaxGeometryVertices {
			return Under(path, Errorf(CodeComplexity, "where.coveredBy", "%d vertices; a filter may hold %d", vertices, MaxGeometryVertices))
		}
		return Under(path, g.checkOne())
	})
}

func (f *Filter) checkOne() error {
	for i, c := range f.Areas {
		if _, err := ParseAreaCode(string(c)); err != nil {
			return Under(fmt.Sprintf("areas[%d]", i), &Error{Code: CodeBadUserInput, Message: err.(*Error).Message})
		}
	}
	lengths := []struct {
		field string
		n     int
	}{{"areas", len(f.Areas)}, {"enrolledIn", len(f.EnrolledIn)}, {"notEnrolledIn", len(f.NotEnrolledIn)},
		{"deprivedIn", len(f.DeprivedIn)}, {"notDeprivedIn", len(f.NotDeprivedIn)}, {"knownIn", len(f.KnownIn)}}
	for _, l := range lengths {
		if l.n > MaxFilterList {
			return Errorf(CodeComplexity, l.field, "%d values; at most %d", l.n, MaxFilterList)
		}
	}
	if err := f.checkDeprivations(); err != nil {
		return err
	}
	if err := f.Decile.check("decile"); err != nil {
		return err
	}
	if err := f.Members.check("members"); err != nil {
		return err
	}
	names := [PersonKindCount]string{"underFive", "schoolAge", "outOfSchool", "elderly", "disabled", "pregnant", "stunted"}
	for k, r := range f.Persons() {
		if err := r.check(names[k]); err != nil {
			return err
		}
	}
	if f.InState != nil {
		if err := f.InState.check(); err != nil {
			return Under("inState", err)
		}
	}
	if f.Where == nil {
		return nil
	}
	return Under("where", f.Where.Check())
}

func (f *Filter) checkDeprivations() error {
	for _, named := range []struct {
		field string
		list  []Deprivation
	}{{"deprivedIn", f.DeprivedIn}, {"notDeprivedIn", f.NotDeprivedIn}, {"knownIn", f.KnownIn}} {
		for i, d := range named.list {
			if d >= DeprivationCount {
				return Invalid(fmt.Sprintf("%s[%d]", named.field, i), "%d is not a deprivation", uint8(d))
			}
		}
	}
	if f.Score == nil {
		return nil
	}
	return Under("score", f.Score.check())
}

func (r *IntRange) check(field string) error {
	if r == nil {
		return nil
	}
	for _, end := range []struct {
		name string
		v    *int
	}{{"min", r.Min}, {"max", r.Max}} {
		if end.v != nil && *end.v < 0 {
			return Invalid(field+"."+end.name, "%d: nothing counted here is below zero", *end.v)
		}
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		return Invalid(field, "min %d is above max %d", *r.Min, *r.Max)
	}
	return nil
}

// Check tells what is wrong with the region; a fault of a polygon is INVALID_GEOMETRY with its reason and place.
func (s *Spatial) Check() error {
	set := 0
	for _, given := range []bool{s.BBox != nil, s.CoveredBy != nil, s.Near != nil} {
		if given {
			set++
		}
	}
	if set != 1 {
		return Invalid("", "give exactly one of bbox, coveredBy and near")
	}
	switch {
	case s.BBox != nil:
		return Under("bbox", s.BBox.Check())
	case s.Near != nil:
		return Under("near", s.Near.check())
	}
	return Under("coveredBy", CheckRegion(s.CoveredBy))
}

// CheckRegion tells whether g is a valid polygon or multipolygon in degrees of a size that is answered.
func CheckRegion(g orb.Geometry) error {
	switch g.(type) {
	case orb.Polygon, orb.MultiPolygon:
	default:
		return Errorf(CodeInvalidGeometry, "", "a region is a Polygon or a MultiPolygon, not a %s", g.GeoJSONType())
	}
	if n := geo.Vertices(g); n > MaxGeometryVertices {
		return Errorf(CodeComplexity, "", "%d vertices; a geometry may have %d", n, MaxGeometryVertices)
	}
	for _, check := range []func(orb.Geometry) *geo.Fault{geo.ValidateLonLat, geo.Validate} {
		if fault := check(g); fault != nil {
			return &Error{Code: CodeInvalidGeometry, Message: fault.Error() + swapHint(fault.At[0], fault.At[1]), Cause: fault}
		}
	}
	return nil
}

// swapHint asks about the most common mistake where a position is off the globe but its mirror image is not.
func swapHint(longitude, latitude float64) string {
	if math.Abs(latitude) > 90 && math.Abs(latitude) <= 180 && math.Abs(longitude) <= 90 {
		return "; are longitude and latitude swapped? Longitude comes first"
	}
	return ""
}

// Check tells what is wrong with the box.
func (b *BBox) Check() error {
	for _, side := range []struct {
		name  string
		v     float64
		limit float64
	}{{"west", b.West, 180}, {"east", b.East, 180}, {"south", b.South, 90}, {"north", b.North, 90}} {
		if !(math.Abs(side.v) <= side.limit) {
			return Errorf(CodeInvalidGeometry, side.name, "%g is outside ±%g degrees", side.v, side.limit)
		}
	}
	if b.South > b.North {
		return Errorf(CodeInvalidGeometry, "", "south %g is above north %g", b.South, b.North)
	}
	return nil
}

func (n *Near) check() error {
	if err := n.Point.Check(); err != nil {
		return Under("point", err)
	}
	if !(n.RadiusMeters > 0 && n.RadiusMeters <= MaxRadiusMeters) {
		return Invalid("radiusMeters", "%g is not a radius: above 0, at most %d metres", n.RadiusMeters, MaxRadiusMeters)
	}
	return nil
}

// Check tells whether the position is on the globe.
func (p Position) Check() error {
	if !(math.Abs(p.Longitude) <= 180) {
		return Errorf(CodeInvalidGeometry, "longitude", "%g is outside ±180 degrees", p.Longitude)
	}
	if !(math.Abs(p.Latitude) <= 90) {
		return Errorf(CodeInvalidGeometry, "latitude", "%g is outside ±90 degrees%s", p.Latitude, swapHint(p.Longitude, p.Latitude))
	}
	return nil
}
