package disclosure

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func isNear(got, want, share float64) bool { return math.Abs(got-want) <= share*math.Abs(want) }

// checkShape draws nodes and says what is wrong with it.
func checkShape(t *testing.T, f *frame, nodes []int) orb.MultiPolygon {
	t.Helper()
	shape, err := f.shape(nodes)
	if err != nil {
		t.Fatalf("%v: %v", nodes, err)
	}
	if fault := geo.Validate(shape); fault != nil {
		t.Errorf("%v: %v", nodes, fault)
	}
	if _, turned := geo.Rewind(shape); turned > 0 {
		t.Errorf("%v: %d rings turn the wrong way", nodes, turned)
	}
	return shape
}

func TestShape(t *testing.T) {
	for _, s := range states(t) {
		t.Run(s.name, func(t *testing.T) {
			f, _ := s.frame(t, nil)
			r := rand.New(rand.NewPCG(6, 6))
			for range 15 {
				nodes := f.cover(nil, storetest.RandomRegion(r, s.dataset, s.households))
				shape := checkShape(t, f, nodes)
				sum := 0.0
				for _, i := range nodes {
					sum += geo.AreaKm2(checkShape(t, f, []int{i}))
				}
				if got := geo.AreaKm2(shape); !isNear(got, sum, 1e-5) {
					t.Errorf("%v: %g km², its nodes have %g", nodes, got, sum)
				}
			}
		})
	}
}

// TestShapeOfTheCity: the blocks of a city where everybody has a location leave no ground out and share none.
func TestShapeOfTheCity(t *testing.T) {
	s := cityState(61, 4000, 100)
	f, _ := s.frame(t, nil)
	var boundaries []orb.Geometry
	for _, i := range s.dataset.Areas.Level(registry.LevelKelurahan) {
		boundaries = append(boundaries, s.dataset.Areas.Area(i).Boundary)
	}
	union, err := geo.Union(boundaries)
	if err != nil {
		t.Fatal(err)
	}
	city := geo.AreaKm2(union)
	leaves := leafList(f, []int{0})
	for name, nodes := range map[string][]int{"everything": {0}, "its leaves": leaves, "its kecamatan": f.nodes[2].children} {
		if got := geo.AreaKm2(checkShape(t, f, nodes)); !isNear(got, city, 0.001) {
			t.Errorf("%s: %g km², the city has %g", name, got, city)
		}
	}
	for i, n := range f.nodes {
		shape := checkShape(t, f, []int{i})
		if n.area == "19.71.03.1011" && len(shape) > 0 {
			t.Errorf("node %d has no boundary and the shape %v", i, shape)
		}
		if n.level != registry.LevelKelurahan || n.block {
			continue
		}
		boundary, err := geo.Union([]orb.Geometry{f.boundary(i)})
		if err != nil || !orb.Equal(shape, boundary) {
			t.Errorf("%s is drawn %v, not as its boundary", n.area, shape)
		}
	}
	if shape := checkShape(t, f, nil); len(shape) > 0 {
		t.Errorf("nothing has the shape %v", shape)
	}
	none := cityState(62, 3000, 0)
	f, _ = none.frame(t, nil)
	for i, n := range f.nodes {
		if shape := checkShape(t, f, []int{i}); n.block && len(shape) > 0 {
			t.Errorf("block %d of households without a location has the shape %v", i, shape)
		}
	}
}

func TestShapeAtOnce(t *testing.T) {
	s := cityState(63, 2000, 80)
	f, _ := s.frame(t, nil)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for _, nodes := range [][]int{{0}, {1, 2}, f.nodes[4].children, leafList(f, []int{3})} {
				if _, err := f.shape(nodes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestCoverage(t *testing.T) {
	s := cityState(64, 4000, 100)
	f, _ := s.frame(t, nil)
	at, _ := s.dataset.Areas.Find("19.71.01.1003")
	kelurahan := s.dataset.Areas.Area(at)
	box := kelurahan.Boundary.Bound()
	label := registry.Position{Longitude: box.Center()[0], Latitude: box.Center()[1]}
	bound := func(b orb.Bound) *registry.Spatial {
		return &registry.Spatial{BBox: &registry.BBox{West: b.Min[0], South: b.Min[1], East: b.Max[0], North: b.Max[1]}}
	}
	radius := math.Sqrt(geo.AreaKm2(kelurahan.Boundary)/math.Pi) * 1e3 * 20
	all := geo.AreaKm2(checkShape(t, f, []int{0}))
	far, boxes := registry.Position{Longitude: 170, Latitude: -2}, 0.0
	for _, b := range geo.RadiusBound(far.Orb(), 8e6) {
		boxes += geo.AreaKm2(b)
	}
	for _, c := range []struct {
		name  string
		nodes []int
		where *registry.Spatial
		want  float64
	}{
		{"the kelurahan itself", []int{at + 1}, &registry.Spatial{CoveredBy: kelurahan.Boundary}, 1},
		{"its blocks", slices.Clone(f.nodes[at+1].children), &registry.Spatial{CoveredBy: kelurahan.Boundary}, 1},
		{"its leaves", leafList(f, []int{at + 1}), &registry.Spatial{CoveredBy: kelurahan.Boundary}, 1},
		{"the box around it", []int{at + 1}, bound(box), geo.AreaKm2(kelurahan.Boundary) / geo.AreaKm2(box)},
		{"a small disc", []int{0}, &registry.Spatial{Near: &registry.Near{Point: label, RadiusMeters: 300}}, 1},
		{"a disc around the city", []int{0}, &registry.Spatial{Near: &registry.Near{Point: label, RadiusMeters: radius}}, all / (math.Pi * radius * radius / 1e6)},
		{"a line", []int{0}, bound(orb.Bound{Min: box.Min, Max: orb.Point{box.Max[0], box.Min[1]}}), 0},
		{"elsewhere", []int{at + 1}, bound(orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{2, 2}}), 0},
		{"no nodes", nil, bound(box), 0},
		{"across the antimeridian", []int{0}, &registry.Spatial{BBox: &registry.BBox{West: 100, South: -3, East: 99, North: 3}}, all / geo.AreaKm2(orb.Bound{Min: orb.Point{0, -3}, Max: orb.Point{359, 3}})},
		{"a disc across the antimeridian", []int{0}, &registry.Spatial{Near: &registry.Near{Point: far, RadiusMeters: 8e6}}, all / boxes},
		{"half the Earth", []int{0}, &registry.Spatial{Near: &registry.Near{Point: label, RadiusMeters: 10_000_000}}, all / 510e6},
	} {
		got, err := f.coverage(c.nodes, c.where)
		share := 1e-6
		if c.where.Near != nil {
			share = 0.02 // a 64-gon, on another figure of the Earth
		}
		if err != nil || !isNear(got, c.want, share) {
			t.Errorf("%s: %g, %v, want %g", c.name, got, err, c.want)
		}
	}
}
