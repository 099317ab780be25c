package demo

import (
	"os"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func TestOtherCities(t *testing.T) {
	square := func(lon float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{lon, -7}, {lon + 0.01, -7}, {lon + 0.01, -6.99}, {lon, -6.99}, {lon, -7}}}}
	}
	for _, c := range []struct {
		name      string
		list      []registry.Area
		unlocated int
	}{
		{"mapped", []registry.Area{{Code: "33.74.01.1001", Boundary: square(110)}, {Code: "33.74.02.2001", Boundary: square(110.01)}}, 70},
		{"partly mapped", []registry.Area{{Code: "33.74.01.1001", Boundary: square(110)}, {Code: "33.74.02.2001"}}, 500},
		{"without a map", []registry.Area{{Code: "33.74.01.1001"}, {Code: "33.74.02.2001"}}, 1000},
	} {
		areas, err := registry.NewAreas(c.list)
		if err != nil {
			t.Fatal(err)
		}
		city := cityOf(t, Options{Households: 1000, Seed: 3, Areas: areas, Secrets: secrets})
		n, unlocated := 0, 0
		for h := range city.Households() {
			if err := h.Check(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			n++
			if !h.Located {
				unlocated++
			}
		}
		if n != 1000 || unlocated != c.unlocated {
			t.Errorf("%s: %d households, %d without a location; want 1000 and %d", c.name, n, unlocated, c.unlocated)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	areas, err := pangkalpinang()
	if err != nil {
		t.Fatal(err)
	}
	above, err := registry.NewAreas([]registry.Area{{Code: "19.71"}})
	if err != nil {
		t.Fatal(err)
	}
	for field, o := range map[string]Options{
		"households": {Areas: areas},
		"areas":      {Households: 10, Areas: above},
	} {
		var e *registry.Error
		if _, err := New(o); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%s: %v", field, err)
		} else if e, _ = err.(*registry.Error); e.Field != field {
			t.Errorf("%s: the error is about %q", field, e.Field)
		}
	}
	if _, err := New(Options{Households: 10}); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("no areas: %v", err)
	}
}

// The same city on surveyed boundaries, which are ragged and have parts.
func TestSurveyedBoundaries(t *testing.T) {
	data, err := os.ReadFile("../../../shared/data/pangkalpinang/kelurahan_hdx_bps_2020.geojson")
	if err != nil {
		t.Skip("the collection of boundary files is not beside this checkout: ", err)
	}
	features, err := geo.ParseFeatures(data)
	if err != nil {
		t.Fatal(err)
	}
	var list []registry.Area
	for _, f := range features {
		list = append(list, registry.Area{Code: registry.AreaCode(f.Properties["code"].(string)), Boundary: f.Geometry.(orb.MultiPolygon)})
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	per := map[registry.AreaCode]int{}
	for h := range cityOf(t, Options{Households: 24_000, Seed: 1, Areas: areas, Secrets: secrets}).Households() {
		per[h.Area]++
		at, _ := areas.Find(h.Area)
		if h.Located && !geo.Covers(areas.Area(at).Boundary, h.Point.Point()) {
			t.Errorf("%v lies outside %s", h.Point, h.Area)
		}
	}
	for code, n := range per {
		if n < 100 {
			t.Errorf("%s has %d households", code, n)
		}
	}
	if len(per) != 42 {
		t.Errorf("households in %d kelurahan", len(per))
	}
}
