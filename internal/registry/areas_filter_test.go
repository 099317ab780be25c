package registry_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// threeAreas are two kelurahan that share an edge, their kecamatan, and a kelurahan that is not on the map.
func threeAreas(t *testing.T) *registry.Areas {
	return areas(t,
		registry.Area{Code: "19.71.01", Name: "Taman Sari", Boundary: box(106, 0, 106.2, 0.1)},
		registry.Area{Code: "19.71.01.1001", Name: "Gedung Nasional", Boundary: box(106, 0, 106.1, 0.1)},
		registry.Area{Code: "19.71.01.1002", Name: "Kejaksaan", Boundary: box(106.1, 0, 106.2, 0.1)},
		registry.Area{Code: "19.71.01.1003", Name: "Unmapped"},
	)
}

func TestAreasSelect(t *testing.T) {
	a := threeAreas(t)
	kelurahan := registry.LevelKelurahan
	for _, c := range []struct {
		name   string
		filter registry.AreaFilter
		want   []int
	}{
		{"everything", registry.AreaFilter{}, []int{0, 1, 2, 3}},
		{"a level", registry.AreaFilter{Level: &kelurahan}, []int{1, 2, 3}},
		{"codes in any order", registry.AreaFilter{Codes: []registry.AreaCode{"19.71.01.1003", "19.71.01.1001"}}, []int{1, 3}},
		{"no codes at all", registry.AreaFilter{Codes: []registry.AreaCode{}}, nil},
		{"within itself and below", registry.AreaFilter{Within: "19.71.01"}, []int{0, 1, 2, 3}},
		{"a part of a name in another case", registry.AreaFilter{NameContains: "SA"}, []int{0, 2}},
		{"at a point on a shared edge", registry.AreaFilter{Contains: &registry.Position{Longitude: 106.1, Latitude: 0.05}}, []int{0, 1, 2}},
		{"touching a box", registry.AreaFilter{BBox: &registry.BBox{West: 105, South: 0, East: 106, North: 1}}, []int{0, 1}},
		{"touching a box across the antimeridian", registry.AreaFilter{BBox: &registry.BBox{West: 106.2, South: 0, East: -170, North: 1}}, []int{0, 2}},
		{"touching a point", registry.AreaFilter{Intersects: orb.Point{106.15, 0.05}}, []int{0, 2}},
		{"touching a polygon", registry.AreaFilter{Level: &kelurahan, Intersects: box(106.05, 0.02, 106.08, 0.03)}, []int{1}},
		{"all conditions", registry.AreaFilter{Level: &kelurahan, NameContains: "e", Contains: &registry.Position{Longitude: 106.15, Latitude: 0}}, []int{2}},
	} {
		if got, err := a.Select(&c.filter); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, error %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestAreasSelectRefuses(t *testing.T) {
	for _, c := range []struct {
		filter registry.AreaFilter
		code   registry.Code
		field  string
	}{
		{registry.AreaFilter{Codes: []registry.AreaCode{"19.72"}}, registry.CodeNotFound, "codes[0]"},
		{registry.AreaFilter{Intersects: orb.Point{181, 0}}, registry.CodeInvalidGeometry, "intersects"},
		{registry.AreaFilter{Intersects: orb.LineString{{0, 0}, {1, 1}}}, registry.CodeInvalidGeometry, "intersects"},
		{registry.AreaFilter{Contains: &registry.Position{Longitude: 0, Latitude: 91}}, registry.CodeInvalidGeometry, "contains.latitude"},
		{registry.AreaFilter{BBox: &registry.BBox{South: 1}}, registry.CodeInvalidGeometry, "bbox"},
	} {
		_, err := threeAreas(t).Select(&c.filter)
		var e *registry.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Field != c.field {
			t.Errorf("error %v, want %s at %q", err, c.code, c.field)
		}
	}
}

func TestAreasNearest(t *testing.T) {
	a := threeAreas(t)
	got := a.Nearest([]int{3, 2, 1, 0}, orb.Point{106.05, 0.05})
	var order []int
	for _, r := range got {
		order = append(order, r.Area)
	}
	if !slices.Equal(order, []int{0, 1, 2, 3}) || got[0].DistanceMillimeters != 0 || got[1].DistanceMillimeters != 0 || got[3].DistanceMillimeters != registry.NoDistance {
		t.Errorf("nearest are %v", got)
	}
	// 0.05 degrees of longitude on the equator are 5 559.75 m, a hair less up here.
	if d := got[2].DistanceMillimeters; d < 5_559_740 || d > 5_559_760 {
		t.Errorf("the neighbour is %d mm away", d)
	}
}
