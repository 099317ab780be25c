package demo

import (
	"math"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"kantong/geodata"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

var secrets = registry.Secrets{ID: [][]byte{[]byte("an id key of the tests")}, Record: []byte("a record key of the tests")}

// pangkalpinang are the schematic areas of the city.
var pangkalpinang = sync.OnceValues(func() (*registry.Areas, error) {
	list, err := geodata.SchematicAreas()
	if err != nil {
		return nil, err
	}
	return registry.NewAreas(list)
})

func newCity(t testing.TB, households int, seed uint64) *City {
	t.Helper()
	areas, err := pangkalpinang()
	if err != nil {
		t.Fatal(err)
	}
	return cityOf(t, Options{Households: households, Seed: seed, Areas: areas, Secrets: secrets})
}

func cityOf(t testing.TB, o Options) *City {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTotalsAreExact(t *testing.T) {
	for _, n := range []int{1, 2, 3, 42, 43, 999, 1000, 24_000, 80_000} {
		c := newCity(t, n, 7)
		households, people, unlocated := 0, 0, 0
		ids := make(map[registry.HouseholdID]bool, n)
		for h, err := range c.Households() {
			if err != nil {
				t.Fatal(err)
			}
			households++
			people += h.Members
			ids[h.ID] = true
			if !h.Located {
				unlocated++
			}
		}
		if households != n || len(ids) != n {
			t.Errorf("%d households: made %d with %d ids", n, households, len(ids))
		}
		if want := int(math.Round(float64(n) * 2.125)); people != want {
			t.Errorf("%d households: %d people, want %d", n, people, want)
		}
		if want := int(math.Round(float64(n) * 0.07)); unlocated != want {
			t.Errorf("%d households: %d without a location, want %d", n, unlocated, want)
		}
	}
}

func TestDefaultTotals(t *testing.T) {
	people := 0
	for h := range newCity(t, 24_000, 1).Households() {
		people += h.Members
	}
	if people != 51_000 {
		t.Errorf("%d people in 24 000 households; the press has 51 000", people)
	}
}

func TestEveryHouseholdIsValid(t *testing.T) {
	for _, seed := range []uint64{1, 2, math.MaxUint64} {
		c := newCity(t, 24_000, seed)
		per := map[registry.AreaCode]int{}
		shapes := map[registry.AreaCode]*geo.Prepared{}
		last := registry.AreaCode("")
		for h := range c.Households() {
			if err := h.Check(); err != nil {
				t.Fatalf("seed %d: %v in %+v", seed, err, h)
			}
			again := h
			again.Derive()
			if again.Deprived != h.Deprived || again.Known != h.Known {
				t.Fatalf("seed %d: %s is not derived", seed, h.ID)
			}
			if h.Area < last {
				t.Fatalf("%s comes after %s", h.Area, last)
			}
			last = h.Area
			per[h.Area]++
			at, ok := c.options.Areas.Find(h.Area)
			if !ok {
				t.Fatalf("no area %s", h.Area)
			}
			if shapes[h.Area] == nil {
				shapes[h.Area] = geo.Prepare(c.options.Areas.Area(at).Boundary)
			}
			if h.Located && !shapes[h.Area].Covers(h.Point.Point()) {
				t.Errorf("seed %d: %v lies outside %s", seed, h.Point, h.Area)
			}
			if !h.Located && h.Point != (geo.PointE7{}) {
				t.Errorf("seed %d: %s has no location but the point %v", seed, h.ID, h.Point)
			}
			ages := h.Persons[registry.UnderFive] + h.Persons[registry.SchoolAge] + h.Persons[registry.Elderly]
			if ages > h.Members || h.WorkingAge > h.Members || h.Working > h.WorkingAge {
				t.Errorf("seed %d: counts do not fit: %+v", seed, h)
			}
			if (h.RW == "") != (h.RT == "") || h.RW > "006" || h.RT > "012" {
				t.Errorf("seed %d: RT %q RW %q", seed, h.RT, h.RW)
			}
		}
		if len(per) != 42 {
			t.Errorf("seed %d: households in %d kelurahan", seed, len(per))
		}
		for code, n := range per {
			if n < 100 {
				t.Errorf("seed %d: %s has %d households", seed, code, n)
			}
		}
	}
}

// An RT is a sector around a hamlet: its households live together, compared with their kelurahan.
func TestAddressesAreCoherent(t *testing.T) {
	type rt struct {
		area   registry.AreaCode
		rw, rt string
	}
	byRT, byArea := map[rt][]orb.Point{}, map[registry.AreaCode][]orb.Point{}
	for h := range newCity(t, 24_000, 1).Households() {
		if h.Located && h.RT != "" {
			byRT[rt{h.Area, h.RW, h.RT}] = append(byRT[rt{h.Area, h.RW, h.RT}], h.Point.Point())
			byArea[h.Area] = append(byArea[h.Area], h.Point.Point())
		}
	}
	spread := func(points []orb.Point) float64 {
		var mean orb.Point
		for _, p := range points {
			mean[0] += p[0] / float64(len(points))
			mean[1] += p[1] / float64(len(points))
		}
		sum := 0.0
		for _, p := range points {
			sum += geo.DistanceMeters(p, mean) / float64(len(points))
		}
		return sum
	}
	within, n := 0.0, 0
	for k, points := range byRT {
		within += float64(len(points)) * spread(points) / spread(byArea[k.area])
		n += len(points)
	}
	if ratio := within / float64(n); ratio > 0.4 {
		t.Errorf("households are %.2f as far from the middle of their RT as from that of their kelurahan", ratio)
	}
}

func TestSameOptionsGiveTheSameCity(t *testing.T) {
	hash := func(n int, seed uint64) string {
		c := newCity(t, n, seed)
		sum := registry.NewContentHash()
		for h := range c.Households() {
			sum.Household(&h)
		}
		for e := range c.Enrolments() {
			sum.Enrolment(&e)
		}
		return sum.Hex()
	}
	first := hash(2000, 1)
	if again := hash(2000, 1); again != first {
		t.Error("the same seed gave another city")
	}
	if other := hash(2000, 2); other == first {
		t.Error("another seed gave the same city")
	}
}

func TestStreamsStopEarly(t *testing.T) {
	c := newCity(t, 1000, 1)
	n := 0
	for range c.Households() {
		if n++; n == 5 {
			break
		}
	}
	m := 0
	for range c.Enrolments() {
		if m++; m == 5 {
			break
		}
	}
	if n != 5 || m != 5 {
		t.Errorf("stopped after %d and %d", n, m)
	}
}

func BenchmarkHouseholds(b *testing.B) {
	c := newCity(b, 24_000, 1)
	for b.Loop() {
		for h := range c.Households() {
			if h.Members == 0 {
				b.Fatal("a household without members")
			}
		}
	}
}
