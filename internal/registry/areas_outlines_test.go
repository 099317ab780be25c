package registry

import (
	"math"
	"os"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// realCity is the city's kelurahan from a real file, with kecamatan and city made of them.
func realCity(t testing.TB) *Areas {
	t.Helper()
	data, err := os.ReadFile("../../../shared/data/pangkalpinang/kelurahan_hdx_bps_2020.geojson")
	if err != nil {
		t.Skip("the real boundaries are not beside this checkout:", err)
	}
	features, err := geo.ParseFeatures(data)
	if err != nil {
		t.Fatal(err)
	}
	var list []Area
	parts := map[AreaCode][]orb.Geometry{}
	for _, f := range features {
		code := AreaCode(f.Properties["code"].(string))
		list = append(list, Area{Code: code, Boundary: f.Geometry.(orb.MultiPolygon)})
		parts[code.Parent()] = append(parts[code.Parent()], f.Geometry)
		parts["19.71"] = append(parts["19.71"], f.Geometry)
	}
	for code, of := range parts {
		union, err := geo.Union(of)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Area{Code: code, Boundary: union})
	}
	areas, err := NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

// TestOutlinesFitAtEveryZoom: within a level and between them, with no ground lost.
func TestOutlinesFitAtEveryZoom(t *testing.T) {
	areas := realCity(t)
	before := 0
	for zoom := 8; zoom <= MaxOutlineZoom; zoom++ {
		var city, kecamatan, kelurahan float64
		var parts []orb.Geometry
		vertices := 0
		for i := range areas.Len() {
			outline := areas.Outline(i, zoom)
			if fault := geo.Validate(outline); fault != nil {
				t.Errorf("zoom %d, %s: %v", zoom, areas.Area(i).Code, fault)
			}
			switch km2 := geo.AreaKm2(outline); areas.Area(i).Level() {
			case LevelKelurahan:
				kelurahan += km2
				parts = append(parts, outline)
				vertices += geo.Vertices(outline)
			case LevelKecamatan:
				kecamatan += km2
			default:
				city += km2
			}
		}
		if math.Abs(kelurahan/104.591-1) > 0.001 || math.Abs(kecamatan/kelurahan-1) > 1e-9 || math.Abs(city/kelurahan-1) > 1e-9 {
			t.Errorf("zoom %d: kelurahan have %g km², kecamatan %g, the city %g", zoom, kelurahan, kecamatan, city)
		}
		if overlaps, err := geo.Overlaps(parts, 0, nil); err != nil || len(overlaps) > 0 {
			t.Errorf("zoom %d: overlaps %v, %v", zoom, overlaps, err)
		}
		if gaps, err := geo.Gaps(parts, 0); err != nil || len(gaps) > 0 {
			t.Errorf("zoom %d: gaps %v, %v", zoom, gaps, err)
		}
		if vertices <= before {
			t.Errorf("zoom %d has %d vertices, the one before %d", zoom, vertices, before)
		}
		before = vertices
	}
}

func TestOutlineZoom(t *testing.T) {
	for tolerance, want := range map[float64]int{0: MaxOutlineZoom, -1: MaxOutlineZoom, math.NaN(): MaxOutlineZoom, 1e-9: MaxOutlineZoom, 25_600: 0, 1e9: 0, 100: 8, 99: 9, 25: 10} {
		if got := OutlineZoom(tolerance); got != want {
			t.Errorf("%g m is zoom %d, want %d", tolerance, got, want)
		}
	}
	areas, err := NewAreas([]Area{{Code: "19.71"}, {Code: "19.71.01.1001"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, zoom := range []int{-1, 0, 12, 99} {
		if o := areas.Outline(0, zoom); len(o) != 0 || len(areas.Outlines(zoom)) != 2 {
			t.Errorf("no boundary is drawn as %v", o)
		}
	}
}
