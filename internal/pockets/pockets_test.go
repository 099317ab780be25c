package pockets

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// household is a family of four by a short id.
func household(id byte, lon, lat int32) Point {
	p := Point{At: geo.PointE7{Lon: lon, Lat: lat}, Households: 1, People: 4}
	p.ID[0] = id
	return p
}

// inARow is households on a parallel near the equator, about 1.1 m apart for every 100.
func inARow(lons ...int32) (points []Point) {
	for i, lon := range lons {
		points = append(points, household(byte(i), lon, 0))
	}
	return points
}

func members(found []Pocket) (lists [][]int) {
	for _, p := range found {
		lists = append(lists, p.Members)
	}
	return lists
}

func TestFind(t *testing.T) {
	hundred := geo.DistanceMeters(orb.Point{}, orb.Point{1e-5, 0}) // 1.1 m
	heavy := inARow(0, 5000)
	heavy[1].Households, heavy[1].People = 3, 1
	for _, c := range []struct {
		name   string
		points []Point
		o      Options
		want   [][]int
	}{
		{"nobody", nil, Options{RadiusMeters: 1, MinWeight: 1}, nil},
		{"one alone", inARow(0), Options{RadiusMeters: 1, MinWeight: 2}, nil},
		{"one is enough", inARow(0), Options{RadiusMeters: 1, MinWeight: 1}, [][]int{{0}}},
		{"the edge belongs", inARow(0, 100), Options{RadiusMeters: hundred, MinWeight: 2}, [][]int{{0, 1}}},
		{"and no further", inARow(0, 100), Options{RadiusMeters: math.Nextafter(hundred, 0), MinWeight: 2}, nil},
		{"a heavy point is a core", heavy, Options{RadiusMeters: 1, MinWeight: 3}, [][]int{{1}}},
		{"but not by people", heavy, Options{RadiusMeters: 1, MinWeight: 4, By: People}, [][]int{{0}}},
		{"all in one place", inARow(7, 7, 7, 7), Options{RadiusMeters: 0.001, MinWeight: 4}, [][]int{{0, 1, 2, 3}}},
		{"too few in one place", inARow(7, 7, 7), Options{RadiusMeters: 0.001, MinWeight: 4}, nil},
		{"more than the globe", inARow(0, 900_000_000, 1_800_000_000, -900_000_000), Options{RadiusMeters: 1e9, MinWeight: 4}, [][]int{{0, 1, 2, 3}}},
		// The third has both the two before it and the fourth for neighbours, the fifth both the fourth and the two after it.
		{"border: the nearest core", inARow(0, 10, 20, 99, 170, 180, 190),
			Options{RadiusMeters: hundred * 0.8, MinWeight: 4}, [][]int{{3, 4, 5, 6}, {0, 1, 2}}},
		{"border: the smaller id of equally near ones", inARow(0, 10, 20, 90, 160, 170, 180),
			Options{RadiusMeters: hundred * 0.7, MinWeight: 4}, [][]int{{0, 1, 2, 3}, {4, 5, 6}}},
		{"more households first, then the smaller id", inARow(0, 1, 500, 501, 502, 900, 901),
			Options{RadiusMeters: hundred, MinWeight: 2}, [][]int{{2, 3, 4}, {0, 1}, {5, 6}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := members(find(t, c.points, c.o)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestPocketOfSix knows every figure of a pocket: a square of four cores, and one family at a border.
func TestPocketOfSix(t *testing.T) {
	points := []Point{household(5, 0, 0), household(4, 1000, 0), household(3, 1000, 1000), household(2, 0, 1000), household(1, 2000, 500), household(9, 9000, 0)}
	points[4].People = 0
	got := find(t, points, Options{RadiusMeters: 16, MinWeight: 4})
	want := []Pocket{{
		Members: []int{4, 3, 2, 1, 0}, Core: 4, Households: 5, People: 16,
		Hull:    orb.Polygon{{{0, 0}, {0.0001, 0}, {0.0002, 0.00005}, {0.0001, 0.0001}, {0, 0.0001}, {0, 0}}},
		AreaKm2: 0.000184636, Center: orb.Point{0.00008, 0.00005},
	}}
	if len(got) == 1 && math.Abs(got[0].AreaKm2-want[0].AreaKm2) < 1e-8 {
		want[0].AreaKm2 = got[0].AreaKm2
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestOrderOfPointsMakesNoDifference(t *testing.T) {
	for n, w := range worlds {
		rng := rand.New(rand.NewPCG(71, uint64(n)))
		points := w.points(rng, 200)
		o := randomOptions(rng, points)
		want := find(t, points, o)
		for range 5 {
			order := rng.Perm(len(points))
			shuffled := make([]Point, len(points))
			for i, from := range order {
				shuffled[i] = points[from]
			}
			got := find(t, shuffled, o)
			for _, p := range got {
				for i := range p.Members {
					p.Members[i] = order[p.Members[i]]
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s, %+v:\n got %+v\nwant %+v", w.name, o, got, want)
			}
		}
	}
}

func TestFindRefuses(t *testing.T) {
	one := inARow(0)
	for _, c := range []struct {
		field  string
		points []Point
		o      Options
	}{
		{"radiusMeters", one, Options{RadiusMeters: 0, MinWeight: 1}},
		{"radiusMeters", one, Options{RadiusMeters: -1, MinWeight: 1}},
		{"radiusMeters", one, Options{RadiusMeters: math.NaN(), MinWeight: 1}},
		{"radiusMeters", one, Options{RadiusMeters: math.Inf(1), MinWeight: 1}},
		{"minHouseholds", one, Options{RadiusMeters: 1, MinWeight: 0}},
		{"minPeople", one, Options{RadiusMeters: 1, MinWeight: -1, By: People}},
		{"by", one, Options{RadiusMeters: 1, MinWeight: 1, By: 2}},
		{"points", []Point{{Households: -1}}, Options{RadiusMeters: 1, MinWeight: 1}},
		{"points", []Point{{People: -1}}, Options{RadiusMeters: 1, MinWeight: 1}},
		{"points", []Point{{People: math.MaxInt64}, {People: 1}}, Options{RadiusMeters: 1, MinWeight: 1}},
		{"points", []Point{{At: geo.PointE7{Lon: halfTurn + 1}}}, Options{RadiusMeters: 1, MinWeight: 1}},
		{"points", []Point{{At: geo.PointE7{Lat: -quarterTurn - 1}}}, Options{RadiusMeters: 1, MinWeight: 1}},
		{"points", []Point{household(3, 0, 0), household(2, 0, 0), household(3, 9, 9)}, Options{RadiusMeters: 1, MinWeight: 1}},
	} {
		found, err := Find(t.Context(), c.points, c.o)
		var refusal *registry.Error
		if found != nil || !errors.As(err, &refusal) || refusal.Code != registry.CodeBadUserInput || refusal.Field != c.field {
			t.Errorf("%+v of %d points: %v, %v, want a refusal of %s", c.o, len(c.points), found, err, c.field)
		}
	}
}

// TestFindEndsWithItsContext ends it at the first progress that is told.
func TestFindEndsWithItsContext(t *testing.T) {
	points := syntheticCity(24_000)
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	o := Options{RadiusMeters: 150, MinWeight: 15, Progress: func(done, total int) {
		told++
		cancel()
	}}
	found, err := Find(ctx, points, o)
	if found != nil || !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("%d pockets, %v, told %d times", len(found), err, told)
	}
	if _, err := Find(ctx, points[:1], Options{RadiusMeters: 1, MinWeight: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

func TestProgressGrowsToTheEnd(t *testing.T) {
	var parts []float64
	find(t, syntheticCity(24_000), Options{RadiusMeters: 400, MinWeight: 1000, Progress: func(done, total int) {
		parts = append(parts, float64(done)/float64(total))
	}})
	if len(parts) < 5 || !slices.IsSorted(parts) || parts[len(parts)-1] != 1 || parts[len(parts)-2] == 1 {
		t.Errorf("progress %v", parts)
	}
}
