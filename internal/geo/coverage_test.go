package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// levelsOf are areas with the union of all of them.
func levelsOf(t testing.TB, areas []orb.Geometry) (both []orb.MultiPolygon) {
	t.Helper()
	for _, g := range areas {
		area, ok := g.(orb.MultiPolygon)
		if !ok {
			area = orb.MultiPolygon{g.(orb.Polygon)}
		}
		both = append(both, area)
	}
	union, err := Union(areas)
	if err != nil {
		t.Fatal(err)
	}
	return append(both, union)
}

// checkFit fails unless areas share no ground, leave none between them, and are the last one's parts.
func checkFit(t *testing.T, what string, areas []orb.MultiPolygon) {
	t.Helper()
	var parts []orb.Geometry
	sum := 0.0
	for i, area := range areas {
		if fault := Validate(area); fault != nil {
			t.Errorf("%s: area %d: %v", what, i, fault)
			return
		}
		if i < len(areas)-1 {
			parts = append(parts, area)
			sum += AreaKm2(area)
		}
	}
	if overlaps, err := Overlaps(parts, 0, nil); err != nil || len(overlaps) > 0 {
		t.Errorf("%s: overlaps %v, %v", what, overlaps, err)
	}
	if gaps, err := Gaps(parts, 0); err != nil || len(gaps) > 0 {
		t.Errorf("%s: gaps %v, %v", what, gaps, err)
	}
	if whole := AreaKm2(areas[len(areas)-1]); math.Abs(sum/whole-1) > 1e-9 {
		t.Errorf("%s: the parts have %g km², the whole %g", what, sum, whole)
	}
}

// TestCoverageOfTheRealCity at every tolerance: it fits together, loses nearly no ground, and gets simpler.
func TestCoverageOfTheRealCity(t *testing.T) {
	areas := levelsOf(t, readCity(t, cleanCity))
	whole := AreaKm2(areas[42])
	c := NewCoverage(areas)
	before := math.MaxInt
	positions := map[orb.Point]bool{}
	for _, tolerance := range []float64{0, 0.4, 1.6, 6, 25, 50, 100, 400, 1e5} {
		at := c.At(tolerance)
		checkFit(t, "the city", at)
		vertices, kept := 0, map[orb.Point]bool{}
		for _, area := range at {
			vertices += Vertices(area)
			eachRing(area, func(ring orb.Ring) {
				for _, p := range ring {
					kept[p] = true
					if len(positions) > 0 && !positions[p] {
						t.Fatalf("%v is there at %g m and was not at a finer tolerance", p, tolerance)
					}
				}
			})
		}
		positions = kept
		if vertices > before || vertices == before && tolerance > 0.4 {
			t.Errorf("%d vertices at %g m, %d before", vertices, tolerance, before)
		}
		before = vertices
		if off := math.Abs(AreaKm2(at[42])/whole - 1); tolerance <= 100 && off > 0.001 {
			t.Errorf("at %g m the city has %g of its ground more or less", tolerance, off)
		}
	}
	if before > 500 {
		t.Errorf("%d vertices are left at the end", before)
	}
}

// TestCoverageOfAFileWithSlivers keeps what overlaps and gapes as it is: it gets no worse, and nothing becomes invalid.
func TestCoverageOfAFileWithSlivers(t *testing.T) {
	areas := levelsOf(t, readCity(t, sliverCity))
	c := NewCoverage(areas)
	for _, tolerance := range []float64{10, 100} {
		for i, area := range c.At(tolerance) {
			if fault := Validate(area); fault != nil {
				t.Errorf("at %g m, area %d: %v", tolerance, i, fault)
			}
			if off := math.Abs(AreaKm2(area)/AreaKm2(areas[i]) - 1); off > 0.1 {
				t.Errorf("at %g m, area %d: %g of its ground more or less", tolerance, i, off)
			}
		}
	}
}

// squares are n by n areas whose borders wind at random, each border as both sides have it; some have a lake with an island
// that is a part of another area.
func squares(r *rand.Rand, n int) (areas []orb.Geometry) {
	const step, winding = 0.01, 12
	node := map[[2]int]orb.Point{}
	for x := range n + 1 {
		for y := range n + 1 {
			node[[2]int{x, y}] = orb.Point{106 + step*(float64(x)+0.3*r.Float64()), -2 + step*(float64(y)+0.3*r.Float64())}
		}
	}
	borders := map[[4]int][]orb.Point{}
	border := func(x0, y0, x1, y1 int) (line []orb.Point) {
		key, backwards := [4]int{x0, y0, x1, y1}, x1 < x0 || y1 < y0
		if backwards {
			key = [4]int{x1, y1, x0, y0}
		}
		if borders[key] == nil {
			a, b := node[[2]int{key[0], key[1]}], node[[2]int{key[2], key[3]}]
			for i := range winding {
				f := float64(i) / winding
				p := orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
				if i > 0 {
					p[0], p[1] = p[0]+step*0.02*r.NormFloat64()*f*(1-f), p[1]+step*0.02*r.NormFloat64()*f*(1-f)
				}
				line = append(line, p)
			}
			borders[key] = append(line, b)
		}
		line = borders[key]
		if backwards {
			turned := make([]orb.Point, 0, len(line))
			for i := len(line) - 1; i >= 0; i-- {
				turned = append(turned, line[i])
			}
			line = turned
		}
		return line[:len(line)-1]
	}
	for x := range n {
		for y := range n {
			var ring orb.Ring
			ring = append(ring, border(x, y, x+1, y)...)
			ring = append(ring, border(x+1, y, x+1, y+1)...)
			ring = append(ring, border(x+1, y+1, x, y+1)...)
			ring = append(ring, border(x, y+1, x, y)...)
			area := orb.MultiPolygon{{append(ring, ring[0])}}
			if (x+y)%3 == 0 {
				lake := star(r, 40, orb.Point{106 + step*(float64(x)+0.65), -2 + step*(float64(y)+0.65)}, step*0.1, 0.3)[0]
				if len(areas) > 0 {
					other := areas[0].(orb.MultiPolygon)
					areas[0] = append(other, orb.Polygon{lake.Clone()})
					lake.Reverse()
					area[0] = append(area[0], lake)
				}
			}
			areas = append(areas, area)
		}
	}
	return areas
}

func TestCoverageOfRandomAreas(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 90))
		list := squares(r, 2+int(seed%3))
		valid := true
		for _, area := range list {
			valid = valid && Validate(area) == nil
		}
		if !valid {
			continue // a border crossed itself
		}
		areas := levelsOf(t, list)
		c := NewCoverage(areas)
		for _, tolerance := range []float64{5, 40, 300, 1e5} {
			checkFit(t, "random areas", c.At(tolerance))
		}
		if at := c.At(0); Vertices(at[0]) != Vertices(areas[0]) {
			t.Errorf("without a tolerance %d vertices, want %d", Vertices(at[0]), Vertices(areas[0]))
		}
		if Vertices(c.At(300)[0]) >= Vertices(areas[0]) {
			t.Error("nothing was left out")
		}
	}
}

// TestCoverageWhereACornerMeetsALine: a square beside two, which have a corner in the middle of its side.
func TestCoverageWhereACornerMeetsALine(t *testing.T) {
	wave := func(ring orb.Ring, from, to orb.Point) orb.Ring { // a winding border from one position to another
		for i := range 20 {
			f := float64(i) / 20
			ring = append(ring, orb.Point{from[0] + f*(to[0]-from[0]) + 1e-4*math.Sin(9*f*math.Pi), from[1] + f*(to[1]-from[1])})
		}
		return ring
	}
	left := orb.Ring{{106, -2}, {106.02, -2}, {106.02, -1.98}, {106, -1.98}, {106, -2}}
	lower := append(wave(orb.Ring{{106.02, -1.99}, {106.02, -2}}, orb.Point{106.04, -2}, orb.Point{106.04, -1.99}), orb.Point{106.04, -1.99}, orb.Point{106.02, -1.99})
	upper := orb.Ring{{106.02, -1.98}, {106.02, -1.99}, {106.04, -1.99}, {106.04, -1.98}, {106.02, -1.98}}
	areas := levelsOf(t, []orb.Geometry{orb.Polygon{left}, orb.Polygon{lower}, orb.Polygon{upper}})
	c := NewCoverage(areas)
	for _, tolerance := range []float64{0, 10, 1e5} {
		checkFit(t, "a corner on a line", c.At(tolerance))
	}
	if ring := c.At(1e5)[0][0][0]; !slices.Contains(ring, orb.Point{106.02, -1.99}) {
		t.Errorf("the square %v has lost the corner of its neighbours", ring)
	}
}

func TestCoverageOfNothing(t *testing.T) {
	for _, areas := range [][]orb.MultiPolygon{nil, {nil}, {{}}, {{{}}}, {{{{{1, 1}, {2, 2}, {1, 1}}}}}, {nil, {{{{1, 1}, {1, 1}, {2, 1}, {2, 2}, {1, 1}}}}}} {
		at := NewCoverage(areas).At(10)
		if len(at) != len(areas) {
			t.Errorf("%v becomes %v", areas, at)
		}
	}
}

func BenchmarkCoverage(b *testing.B) {
	areas := levelsOf(b, readCity(b, cleanCity))
	b.Run("order", func(b *testing.B) {
		for b.Loop() {
			NewCoverage(areas)
		}
	})
	c := NewCoverage(areas)
	b.Run("at 25 m", func(b *testing.B) {
		for b.Loop() {
			c.At(25)
		}
	})
}
