package registry_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// lowestCovering is the plain answer for a point: the lowest code of a level whose polygon holds it.
func lowestCovering(a *registry.Areas, p orb.Point, level registry.AreaLevel) (best registry.AreaCode) {
	for i := range a.Len() {
		area := a.Area(i)
		if area.Level() == level && area.Boundary != nil && geo.Covers(area.Boundary, p) && (best == "" || area.Code < best) {
			best = area.Code
		}
	}
	return best
}

func codeAt(a *registry.Areas, p orb.Point, level registry.AreaLevel) registry.AreaCode {
	i, ok := a.At(p, level)
	if !ok {
		return ""
	}
	return a.Area(i).Code
}

func TestAreasAtAgainstEveryPolygon(t *testing.T) {
	onEdge := 0
	for seed := range uint64(5) {
		d, households, _ := storetest.City(seed, 300)
		points := []orb.Point{}
		for _, h := range households {
			if h.Located {
				points = append(points, h.Point.Point())
			}
		}
		r := rand.New(rand.NewPCG(seed, 0))
		b := d.Areas.Bound()
		for range 500 {
			points = append(points, orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])})
		}
		for _, p := range points {
			want := lowestCovering(d.Areas, p, registry.LevelKelurahan)
			if got := codeAt(d.Areas, p, registry.LevelKelurahan); got != want {
				t.Fatalf("seed %d: kelurahan at %v is %q, want %q", seed, p, got, want)
			}
			holds := 0
			for _, i := range d.Areas.Level(registry.LevelKelurahan) {
				if area := d.Areas.Area(i); area.Boundary != nil && geo.Covers(area.Boundary, p) {
					holds++
				}
			}
			if holds > 1 {
				onEdge++
			}
			// A level above follows from the kelurahan's code, though its own polygon says otherwise here and there.
			if got := codeAt(d.Areas, p, registry.LevelKecamatan); got != want.At(registry.LevelKecamatan) {
				t.Fatalf("seed %d: kecamatan at %v is %q, want that of %q", seed, p, got, want)
			}
			if got := codeAt(d.Areas, p, registry.LevelKabupatenKota); got != want.At(registry.LevelKabupatenKota) {
				t.Fatalf("seed %d: kota at %v is %q, want that of %q", seed, p, got, want)
			}
		}
	}
	if onEdge < 100 {
		t.Errorf("only %d points on a shared edge: the test proves little", onEdge)
	}
}

func box(west, south, east, north float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}}
}

func areas(t *testing.T, list ...registry.Area) *registry.Areas {
	t.Helper()
	a, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAreasAt(t *testing.T) {
	a := areas(t,
		registry.Area{Code: "19.71.02.1001", Boundary: box(1, 0, 2, 1)},
		registry.Area{Code: "19.71.01.1002", Boundary: box(0, 0, 1, 1)},
		registry.Area{Code: "19.71.01.1001", Boundary: box(0, 1, 1, 2)},
		registry.Area{Code: "19.71.03", Boundary: box(0, 2, 2, 3)}, // a kecamatan without kelurahan
		registry.Area{Code: "19.71.04", Boundary: box(5, 5, 6, 6)}, // one whose only kelurahan has no polygon
		registry.Area{Code: "19.71.04.1001"},
		registry.Area{Code: "19.71.01", Boundary: box(0, 0, 9, 0.5)}, registry.Area{Code: "19.71.02", Boundary: box(-9, 0, 0, 0.1)},
		registry.Area{Code: "19.71"},
	)
	for _, c := range []struct {
		name  string
		p     orb.Point
		level registry.AreaLevel
		want  registry.AreaCode
	}{
		{"inside", orb.Point{0.5, 0.5}, registry.LevelKelurahan, "19.71.01.1002"},
		{"lowest code on a shared edge", orb.Point{0.5, 1}, registry.LevelKelurahan, "19.71.01.1001"},
		{"lowest code on a shared corner", orb.Point{1, 1}, registry.LevelKelurahan, "19.71.01.1001"},
		{"lowest code across kecamatan", orb.Point{1, 0.5}, registry.LevelKelurahan, "19.71.01.1002"},
		{"outer edge", orb.Point{2, 0}, registry.LevelKelurahan, "19.71.02.1001"},
		{"outside", orb.Point{2.0000001, 0}, registry.LevelKelurahan, ""},
		{"kecamatan by the kelurahan's code, not by its own polygon", orb.Point{1.5, 0.2}, registry.LevelKecamatan, "19.71.02"},
		{"no kelurahan where the polygon of a kecamatan with kelurahan reaches", orb.Point{5, 0.2}, registry.LevelKecamatan, ""},
		{"kecamatan without kelurahan by its own polygon", orb.Point{0.5, 2.5}, registry.LevelKecamatan, "19.71.03"},
		{"kecamatan without mapped kelurahan by its own polygon", orb.Point{5.5, 5.5}, registry.LevelKecamatan, "19.71.04"},
		{"kota by the kelurahan's code", orb.Point{0.5, 0.5}, registry.LevelKabupatenKota, "19.71"},
		{"kota by the code of a kecamatan without kelurahan", orb.Point{0.5, 2.5}, registry.LevelKabupatenKota, "19.71"},
		{"a province that the edition lacks", orb.Point{0.5, 0.5}, registry.LevelProvinsi, ""},
	} {
		if got := codeAt(a, c.p, c.level); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAreasFamily(t *testing.T) {
	d, _, _ := storetest.City(1, 0)
	a := d.Areas
	for i := range a.Len() {
		code := a.Area(i).Code
		if i > 0 && a.Area(i-1).Code >= code {
			t.Errorf("%s comes before %s", a.Area(i-1).Code, code)
		}
		if at, ok := a.Find(code); !ok || at != i {
			t.Errorf("%s is found at %d, %v; want %d", code, at, ok, i)
		}
		var children []int
		for k := range a.Len() {
			if a.Area(k).Code.Parent() == code {
				children = append(children, k)
				if a.Parent(k) != i {
					t.Errorf("parent of %s is %d, want %d", a.Area(k).Code, a.Parent(k), i)
				}
			}
		}
		if !slices.Equal(a.Children(i), children) {
			t.Errorf("children of %s: %v, want %v", code, a.Children(i), children)
		}
		for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
			var within []int
			for k := range a.Len() {
				if a.Area(k).Level() == level && strings.HasPrefix(string(a.Area(k).Code)+".", string(code)+".") {
					within = append(within, k)
				}
			}
			if !slices.Equal(a.Within(code, level), within) {
				t.Errorf("%s in %s: %v, want %v", level, code, a.Within(code, level), within)
			}
		}
	}
	if top, _ := a.Find("19"); a.Parent(top) != -1 {
		t.Errorf("parent of the province is %d", a.Parent(top))
	}
	if _, ok := a.Find("19.72"); ok {
		t.Error("found an area that is not there")
	}
	if got := a.Within("19.72", registry.LevelKelurahan); len(got) != 0 {
		t.Errorf("within an area that is not there: %v", got)
	}
}

func TestAreasNeighbours(t *testing.T) {
	a := areas(t,
		registry.Area{Code: "19.71.01.1001", Boundary: box(106, 0, 106.1, 0.1)},
		registry.Area{Code: "19.71.01.1002", Boundary: box(106.1, 0, 106.2, 0.1)},
		registry.Area{Code: "19.71.01.1003", Boundary: box(106.2, 0.1, 106.3, 0.2)},
		registry.Area{Code: "19.71.01.1004", Boundary: box(106.5, 0, 106.6, 0.1)},
		registry.Area{Code: "19.71.01.1005"},
		registry.Area{Code: "19.71.01", Boundary: box(106, 0, 107, 1)},
	)
	for code, want := range map[registry.AreaCode][]registry.AreaCode{
		"19.71.01.1001": {"19.71.01.1002"}, "19.71.01.1002": {"19.71.01.1001", "19.71.01.1003"}, "19.71.01.1003": {"19.71.01.1002"},
		"19.71.01.1004": nil, "19.71.01.1005": nil, "19.71.01": nil,
	} {
		i, _ := a.Find(code)
		var got []registry.AreaCode
		for _, k := range a.Neighbours(i) {
			got = append(got, a.Area(k).Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("neighbours of %s: %v, want %v", code, got, want)
		}
	}
}

func TestAreasRefuseACodeGivenTwice(t *testing.T) {
	_, err := registry.NewAreas([]registry.Area{{Code: "19"}, {Code: "19.71"}, {Code: "19"}})
	if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), "area 19 ") {
		t.Errorf("error %v", err)
	}
	if none := areas(t); none.Len() != 0 || none.Bound() != (orb.Bound{}) {
		t.Error("no areas are some")
	}
}
