package disclosure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// leafSizes walks the points down the splits of a tree and gives how many end in each leaf.
func leafSizes(t *testing.T, tree registry.BlockTree, points []geo.PointE7) (sizes []int) {
	t.Helper()
	splits := tree.Splits
	var walk func(points []geo.PointE7)
	walk = func(points []geo.PointE7) {
		s := splits[0]
		splits = splits[1:]
		if s.Axis == registry.NoAxis {
			if s.AtE7 != 0 || s.Center.Lon%blockGridE7 != 0 || s.Center.Lat%blockGridE7 != 0 {
				t.Errorf("leaf %+v", s)
			}
			checkCenter(t, s.Center, points)
			sizes = append(sizes, len(points))
			return
		}
		if s.AtE7%blockGridE7 != 0 || s.Center != (geo.PointE7{}) {
			t.Errorf("split %+v is not on the grid", s)
		}
		isBelow := func(p geo.PointE7) bool {
			return s.Axis == registry.LongitudeAxis && p.Lon <= s.AtE7 || s.Axis == registry.LatitudeAxis && p.Lat <= s.AtE7
		}
		walk(slices.DeleteFunc(slices.Clone(points), func(p geo.PointE7) bool { return !isBelow(p) }))
		walk(slices.DeleteFunc(slices.Clone(points), isBelow))
	}
	walk(points)
	if len(splits) > 0 {
		t.Errorf("%d splits after the tree", len(splits))
	}
	return sizes
}

// checkCenter: a leaf's is the mean of its points to half a unit of the grid, and none where the points are too few to hide
// one of them.
func checkCenter(t *testing.T, center geo.PointE7, points []geo.PointE7) {
	t.Helper()
	if len(points) < 20 {
		if center != (geo.PointE7{}) {
			t.Errorf("the center of %d points is %v, want none", len(points), center)
		}
		return
	}
	var lon, lat float64
	for _, p := range points {
		lon, lat = lon+float64(p.Lon)/float64(len(points)), lat+float64(p.Lat)/float64(len(points))
	}
	if max(math.Abs(float64(center.Lon)-lon), math.Abs(float64(center.Lat)-lat)) > blockGridE7/2+1 {
		t.Errorf("the center of %d points is %v, want %.0f, %.0f", len(points), center, lon, lat)
	}
}

func TestGrowSplits(t *testing.T) {
	lattice := func(n, step int) (points []geo.PointE7) { // no two share a coordinate
		for i := range n {
			points = append(points, geo.PointE7{Lon: 1061000000 + int32(i*step), Lat: -21000000 + int32((i*7919%n)*step)})
		}
		return points
	}
	same := slices.Repeat([]geo.PointE7{{Lon: 1061000500, Lat: -21000500}}, 100)
	tower := append(lattice(60, 3000), same...)
	for _, c := range []struct {
		name   string
		points []geo.PointE7
		leaves []int // nil: 20 to 39 each
	}{
		{"nobody", nil, []int{0}},
		{"a lone house", lattice(1, 2000), []int{1}},
		{"one too few for a center", lattice(19, 2000), []int{19}},
		{"just enough for a center", lattice(20, 2000), []int{20}},
		{"one too few", lattice(39, 2000), []int{39}},
		{"just enough", lattice(40, 2000), []int{20, 20}},
		{"an odd number", lattice(41, 2000), nil},
		{"a village", lattice(997, 1000), nil},
		{"a kelurahan", lattice(5000, 1000), nil},
		{"one building", same, []int{100}},
		{"a building on each side of a line", append(slices.Repeat([]geo.PointE7{{Lon: 1000}}, 30), slices.Repeat([]geo.PointE7{{Lon: 1001}}, 30)...), []int{30, 30}},
		{"houses on the only line", append(slices.Repeat([]geo.PointE7{{Lon: 1}}, 20), slices.Repeat([]geo.PointE7{{Lon: 1000}}, 20)...), []int{40}},
		{"a lane to the north", append(slices.Repeat([]geo.PointE7{{Lat: -900}}, 20), slices.Repeat([]geo.PointE7{{Lat: 900}}, 20)...), []int{20, 20}},
		{"closer than the grid", lattice(400, 1), []int{400}},
		{"around the globe", []geo.PointE7{{Lon: -180e7, Lat: -90e7}, {Lon: 180e7, Lat: 90e7}}, []int{2}},
		{"at the end of the globe", append(slices.Repeat([]geo.PointE7{{Lon: -180e7}}, 20), slices.Repeat([]geo.PointE7{{Lon: 180e7}}, 20)...), []int{20, 20}},
	} {
		tree := grow("19.71.01.1001", c.points, nil)
		sizes := leafSizes(t, tree, c.points)
		if c.leaves != nil && !slices.Equal(sizes, c.leaves) {
			t.Errorf("%s: leaves of %v, want %v", c.name, sizes, c.leaves)
		}
		if c.leaves == nil && (slices.Min(sizes) < 20 || slices.Max(sizes) > 39) {
			t.Errorf("%s: leaves of %v", c.name, sizes)
		}
	}
	sizes := leafSizes(t, grow("19.71.01.1001", tower, nil), tower)
	if slices.Min(sizes) < 20 || len(sizes) < 2 || slices.Max(sizes) < 100 {
		t.Errorf("a tower among houses: leaves of %v", sizes)
	}
}

// TestGrowChoosesTheLine that runs nearest to the median, across the longer side in metres.
func TestGrowChoosesTheLine(t *testing.T) {
	for _, c := range []struct {
		name       string
		axis       registry.Axis
		at         int32
		points     func(i int) geo.PointE7
		households int
	}{
		{"wide", registry.LongitudeAxis, 30_000, func(i int) geo.PointE7 { return geo.PointE7{Lon: int32(i) * 1000, Lat: int32(i) * 999} }, 60},
		{"high", registry.LatitudeAxis, 30_000, func(i int) geo.PointE7 { return geo.PointE7{Lon: int32(i) * 999, Lat: int32(i) * 1000} }, 60},
		{"a square", registry.LongitudeAxis, 30_000, func(i int) geo.PointE7 { return geo.PointE7{Lon: int32(i) * 1000, Lat: int32(i)*1000 - 29_500} }, 60},
		{"degrees are short in the north", registry.LatitudeAxis, 600_030_000, func(i int) geo.PointE7 { return geo.PointE7{Lon: int32(i) * 1900, Lat: 600_000_000 + int32(i)*1000} }, 60},
		{"west and south of zero, between two lines", registry.LongitudeAxis, -29_000, func(i int) geo.PointE7 { return geo.PointE7{Lon: -int32(i) * 1000, Lat: -1} }, 60},
		{"not the nearest, which leaves too few", registry.LongitudeAxis, 6000, func(i int) geo.PointE7 {
			return geo.PointE7{Lon: []int32{0, 5400, 5400, 50_000, 50_000}[i/10]}
		}, 50},
		{"only the shorter side has a line", registry.LatitudeAxis, 0, func(i int) geo.PointE7 { return geo.PointE7{Lon: 1 + int32(i)*20, Lat: int32(i%2) * 100} }, 41},
	} {
		var points []geo.PointE7
		for i := range c.households {
			points = append(points, c.points(i))
		}
		if first := grow("19.71.01.1001", points, nil).Splits[0]; first.Axis != c.axis || first.AtE7 != c.at {
			t.Errorf("%s: %+v, want axis %d at %d", c.name, first, c.axis, c.at)
		}
	}
}

func TestGrowForgetsTheOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var points []geo.PointE7
	places := map[registry.Place]int{}
	for range 3000 {
		points = append(points, geo.PointE7{Lon: 1061000000 + int32(r.NormFloat64()*50_000), Lat: -21000000 + int32(r.NormFloat64()*50_000)})
		places[registry.Place{RW: fmt.Sprint(r.IntN(9)), RT: fmt.Sprint(r.IntN(9))}]++
	}
	given := slices.Clone(points)
	want := grow("19.71.01.1001", points, places)
	if !slices.Equal(points, given) {
		t.Error("the points were moved")
	}
	for range 5 {
		r.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
		if got := grow("19.71.01.1001", points, places); !reflect.DeepEqual(got, want) {
			t.Fatal("another order gives another tree")
		}
	}
}

func TestGrowPlaces(t *testing.T) {
	place := func(rw, rt string) registry.Place { return registry.Place{RW: rw, RT: rt} }
	for _, c := range []struct {
		name   string
		places map[registry.Place]int
		want   [][]registry.Place
	}{
		{"nobody", nil, [][]registry.Place{}},
		{"nothing recorded", map[registry.Place]int{{}: 90}, [][]registry.Place{}},
		{"one of each", map[registry.Place]int{place("1", "1"): 20, place("1", "2"): 25}, [][]registry.Place{{place("1", "1")}, {place("1", "2")}}},
		{"until there are enough", map[registry.Place]int{place("1", "1"): 10, place("1", "2"): 9, place("2", ""): 1, place("2", "1"): 20},
			[][]registry.Place{{place("1", "1"), place("1", "2"), place("2", "")}, {place("2", "1")}}},
		{"the last joins the one before", map[registry.Place]int{place("1", "1"): 20, place("1", "2"): 19}, [][]registry.Place{{place("1", "1"), place("1", "2")}}},
		{"too few in all", map[registry.Place]int{place("1", "2"): 1, place("1", "1"): 2}, [][]registry.Place{{place("1", "1"), place("1", "2")}}},
		{"bytewise, RW first", map[registry.Place]int{place("a", "1"): 20, place("B", "9"): 20, place("", "x"): 20, place("10", "1"): 20, place("2", "1"): 20},
			[][]registry.Place{{place("", "x")}, {place("10", "1")}, {place("2", "1")}, {place("B", "9")}, {place("a", "1")}}},
	} {
		if got := grow("19.71.01.1001", nil, c.places).Places; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
