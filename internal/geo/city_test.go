package geo

import (
	"math"
	"os"
	"testing"

	"github.com/paulmach/orb"
)

// readCity reads the kelurahan of one of the real files.
func readCity(t testing.TB, name string) []orb.Geometry {
	t.Helper()
	data, err := os.ReadFile("../../../shared/data/pangkalpinang/" + name)
	if err != nil {
		t.Skip("the real boundaries are not beside this checkout:", err)
	}
	features, err := ParseFeatures(data)
	if err != nil {
		t.Fatal(err)
	}
	var polygons []orb.Geometry
	for _, feature := range features {
		polygons = append(polygons, feature.Geometry)
	}
	return polygons
}

const (
	cleanCity  = "kelurahan_hdx_bps_2020.geojson"
	sliverCity = "kelurahan_cahyadsn_2026_simplified.geojson"
)

func TestRealCityIsConsistent(t *testing.T) {
	city := readCity(t, cleanCity)
	if len(city) != 42 {
		t.Fatalf("%d kelurahan, want 42", len(city))
	}
	sum := 0.0
	for i, polygon := range city {
		if fault := Validate(polygon); fault != nil {
			t.Errorf("kelurahan %d: %v", i, fault)
		}
		if fault := ValidateLonLat(polygon); fault != nil {
			t.Errorf("kelurahan %d: %v", i, fault)
		}
		if label := LabelPoint(polygon); !Covers(polygon, label) {
			t.Errorf("kelurahan %d does not cover its label %v", i, label)
		}
		sum += AreaKm2(polygon)
	}
	near(t, "area in km²", sum, 104.591, 0.001)

	union, err := Union(city)
	if err != nil || len(union) != 1 || len(union[0]) != 1 {
		t.Fatalf("the union has %d parts, error %v; want one without holes", len(union), err)
	}
	near(t, "area of the union", AreaKm2(union), sum, 1e-9)
	if overlaps, err := Overlaps(city, 0, nil); err != nil || len(overlaps) > 0 {
		t.Errorf("overlaps %v, error %v; want none", overlaps, err)
	}
	if gaps, err := Gaps(city, 0); err != nil || len(gaps) > 0 {
		t.Errorf("gaps %v, error %v; want none", gaps, err)
	}
	for i, list := range Neighbours(city, 1) {
		if len(list) == 0 {
			t.Errorf("kelurahan %d has no neighbours", i)
		}
	}
}

func TestRealCityWithSlivers(t *testing.T) {
	city := readCity(t, sliverCity)
	overlaps, err := Overlaps(city, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, o := range overlaps {
		sum += o.AreaKm2
		// The place lies in the overlay, whose corners are rounded: it may miss the
		// thinnest slivers by a rounding, but not by a metre.
		for _, polygon := range []orb.Geometry{city[o.A], city[o.B]} {
			if !coversNearly(polygon, o.At) {
				t.Errorf("overlap of %d and %d is not at %v", o.A, o.B, o.At)
			}
		}
	}
	near(t, "overlaps in km²", sum, 0.053, 0.001)

	gaps, err := Gaps(city, 0)
	if err != nil {
		t.Fatal(err)
	}
	sum = 0
	for _, g := range gaps {
		sum += g.AreaKm2
		if len(g.Between) < 2 {
			t.Errorf("the gap at %v lies between %v", g.At, g.Between)
		}
	}
	near(t, "gaps in km²", sum, 0.048, 0.001)
	if few, err := Gaps(city, 0.001); err != nil || len(few) == 0 || len(few) >= len(gaps) {
		t.Errorf("%d gaps of at least 0.001 km², error %v", len(few), err)
	}
}

func coversNearly(g orb.Geometry, p orb.Point) bool {
	const step = 1e-8
	for _, d := range [5]orb.Point{{}, {step, 0}, {-step, 0}, {0, step}, {0, -step}} {
		if Covers(g, orb.Point{p[0] + d[0], p[1] + d[1]}) {
			return true
		}
	}
	return false
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}
