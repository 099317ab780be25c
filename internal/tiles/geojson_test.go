package tiles

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/measure"
	"kantong/internal/registry"
)

func parse(t *testing.T, c Collection, v *registry.View, q Question) []geo.Feature {
	t.Helper()
	text, err := c.GeoJSON(t.Context(), v, q)
	if err != nil {
		t.Fatal(err)
	}
	features, err := geo.ParseFeatures(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return features
}

func codesOf(features []geo.Feature) (list []string) {
	for _, f := range features {
		list = append(list, f.Properties["code"].(string))
	}
	return list
}

// TestGeoJSONLevels writes what a reader of the standard takes: in the order of codes, within an area and of any level.
func TestGeoJSONLevels(t *testing.T) {
	shelf, byRole := views(t, 13, 300)
	v, areas := byRole[registry.RolePlanner], shelf.dataset.Areas
	for _, c := range []struct {
		level  registry.AreaLevel
		within registry.AreaCode
		count  int
	}{
		{registry.LevelKelurahan, "", 14}, {registry.LevelKelurahan, "19.71.02", 5}, {registry.LevelKelurahan, "19.71.03.2001", 1}, {registry.LevelKecamatan, "", 3},
		{registry.LevelKecamatan, "19", 3}, {registry.LevelKecamatan, "19.71.02.1001", 0}, {registry.LevelKabupatenKota, "", 1}, {registry.LevelProvinsi, "", 1},
	} {
		features := parse(t, Collection{c.level, c.within, registry.MaxOutlineZoom}, v, Question{})
		codes := codesOf(features)
		if len(codes) != c.count || !slices.IsSorted(codes) {
			t.Errorf("%s within %q: %v", c.level, c.within, codes)
		}
		for _, f := range features {
			code := registry.AreaCode(f.Properties["code"].(string))
			at, _ := areas.Find(code)
			area := areas.Area(at)
			id, _ := f.ID.(json.Number).Int64()
			km2, _ := f.Properties["areaKm2"].(json.Number).Float64()
			if !code.Within(c.within) && c.within != "" || id != int64(code.FeatureID()) || f.Properties["level"] != c.level.String() || f.Properties["name"] != area.Name || math.Abs(km2-area.AreaKm2) > 1e-9*km2 {
				t.Errorf("%s within %q: %+v", c.level, c.within, f)
			}
			if (f.Geometry == nil) != (len(area.Boundary) == 0) {
				t.Errorf("%s has geometry %v, the edition has %v", code, f.Geometry, area.Boundary)
			}
			if f.Geometry != nil && math.Abs(geo.AreaKm2(f.Geometry)-area.AreaKm2) > 1e-4*area.AreaKm2 {
				t.Errorf("%s has %g km² of ground, the edition %g", code, geo.AreaKm2(f.Geometry), area.AreaKm2)
			}
		}
	}
	_, err := (&Collection{Level: registry.LevelKelurahan, Within: "19.99"}).GeoJSON(t.Context(), v, Question{})
	if registry.CodeOf(err) != registry.CodeNotFound || !strings.HasPrefix(err.Error(), "within: ") {
		t.Errorf("within an area that there is not: %v", err)
	}
}

// TestGeoJSONSimplified has the outlines of the zoom, which fit together.
func TestGeoJSONSimplified(t *testing.T) {
	areas := realAreas(t)
	v, before := emptyView(t, areas), math.MaxInt
	for _, zoom := range []int{registry.MaxOutlineZoom, 14, 11, 8} {
		vertices := 0
		var parts []geo.Feature
		for _, f := range parse(t, Collection{Level: registry.LevelKelurahan, Zoom: zoom}, v, Question{}) {
			if fault := geo.Validate(f.Geometry); fault != nil {
				t.Errorf("zoom %d: %v", zoom, fault)
			}
			vertices += geo.Vertices(f.Geometry)
			parts = append(parts, f)
		}
		if len(parts) != 42 || vertices >= before {
			t.Errorf("zoom %d: %d areas, %d vertices, before %d", zoom, len(parts), vertices, before)
		}
		before = vertices
	}
}

// TestLeftOut: an area that filter and measure leave out has nobody, and a share of nobody is no number.
func TestLeftOut(t *testing.T) {
	shelf, byRole := views(t, 13, 2000)
	in, most := registry.AreaCode("19.71.01.1001"), 4
	here := registry.Filter{Areas: []registry.AreaCode{in}}
	q := Question{Filter: here, Measures: []measure.Measure{{Share: &measure.Share{Meeting: registry.Filter{Decile: &registry.IntRange{Max: &most}}, Among: here}}}}
	for role, v := range byRole {
		for _, f := range parse(t, Collection{Level: registry.LevelKelurahan, Zoom: 10}, v, q) {
			p := f.Properties
			switch out := p["code"] != string(in); {
			case !out && (p["households"] == nil || p["value"] == nil):
				t.Errorf("%s: %v", role, p)
			case out && (p["households"] != json.Number("0") || p["households_status"] != "EXACT" || p["value"] != nil || p["value_status"] != "UNKNOWN"):
				t.Errorf("%s: %v", role, p)
			}
		}
	}
	if n := len(shelf.dataset.Areas.Level(registry.LevelKelurahan)); n != 14 {
		t.Errorf("%d kelurahan", n)
	}
}

// TestRefusals name what is wrong in the terms of the request.
func TestRefusals(t *testing.T) {
	shelf, byRole := views(t, 13, 300)
	tile := At(shelf.dataset.Areas.Bound().Center(), 8)
	planner, public := byRole[registry.RolePlanner], byRole[registry.RolePublic]
	two := 2
	decile := registry.Filter{Decile: &registry.IntRange{Min: &two, Max: &two}}
	three := registry.Filter{Decile: decile.Decile, HeadSex: registry.SexFemale, EnrolledIn: []string{"PKH"}}
	for _, c := range []struct {
		name  string
		view  *registry.View
		q     Question
		code  registry.Code
		field string
	}{
		{"no such area", planner, Question{Filter: registry.Filter{Areas: []registry.AreaCode{"19.99"}}}, registry.CodeNotFound, "filter.areas[0]"},
		{"no such programme", planner, Question{Measures: []measure.Measure{{Exclusion: "NONE"}}}, registry.CodeNotFound, "measure.exclusion"},
		{"no such figure", planner, Question{Measures: []measure.Measure{{Indicator: &measure.Indicator{Code: "none"}}}}, registry.CodeNotFound, "measure.indicator"},
		{"too much detail", public, Question{Filter: three}, registry.CodeDisclosureLimit, "filter.enrolledIn"},
		{"too much detail of a measure", public, Question{Measures: []measure.Measure{{Share: &measure.Share{Meeting: three}}}}, registry.CodeDisclosureLimit, "measure"},
	} {
		_, err := NewAtlas().Areas(t.Context(), c.view, registry.LevelKelurahan, tile, c.q)
		_, err2 := (&Collection{Level: registry.LevelKelurahan}).GeoJSON(t.Context(), c.view, c.q)
		for _, err := range []error{err, err2} {
			e, _ := err.(*registry.Error)
			if e == nil || e.Code != c.code || e.Field != c.field {
				t.Errorf("%s: %#v", c.name, err)
			}
		}
	}
	for _, c := range []struct {
		view  *registry.View
		q     Question
		field string
	}{{public, Question{}, "layer"}, {planner, Question{Measures: []measure.Measure{{Indicator: &measure.Indicator{Code: "p0_percent"}}}}, "measure.indicator"}} {
		_, err := Hexes(t.Context(), c.view, 500, tile, c.q)
		if e, _ := err.(*registry.Error); e == nil || e.Field != c.field {
			t.Errorf("hexagons: %#v", err)
		}
	}
}
