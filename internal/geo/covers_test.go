package geo

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func TestOrientIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	exact := func(a, b, c orb.Point) int {
		r := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
		sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(r(x), r(y)) }
		left := new(big.Rat).Mul(sub(a[0], c[0]), sub(b[1], c[1]))
		return left.Cmp(new(big.Rat).Mul(sub(a[1], c[1]), sub(b[0], c[0])))
	}
	zeros := 0
	for i := range 20000 {
		var a, b, c orb.Point
		switch i % 4 {
		case 0: // anywhere
			a, b, c = randomPoint(rng), randomPoint(rng), randomPoint(rng)
		case 1: // on a line but for rounding
			a, b = orb.Point{106 + rng.Float64(), -2 - rng.Float64()}, orb.Point{106 + rng.Float64(), -2 - rng.Float64()}
			s := rng.Float64()
			c = orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
		case 2: // neighbouring floats around 0.5, 12, 24 (Kettner et al.)
			u := math.Pow(2, -53)
			a = orb.Point{0.5 + u*float64(rng.IntN(16)), 0.5 + u*float64(rng.IntN(16))}
			b, c = orb.Point{12, 12}, orb.Point{24, 24}
		case 3: // all sizes
			for _, p := range []*orb.Point{&a, &b, &c} {
				*p = orb.Point{math.Ldexp(rng.Float64()-0.5, rng.IntN(2000)-1050), math.Ldexp(rng.Float64()-0.5, rng.IntN(2000)-1050)}
			}
		}
		want := exact(a, b, c)
		if want == 0 {
			zeros++
		}
		for _, got := range []int{orient(a, b, c), orient(b, c, a), -orient(b, a, c), -orient(a, c, b)} {
			if got != want {
				t.Fatalf("orient(%v, %v, %v) = %d, want %d", a, b, c, got, want)
			}
		}
	}
	if zeros < 100 {
		t.Errorf("only %d of the triples lay on a line", zeros)
	}
	if orient(orb.Point{math.NaN(), 0}, orb.Point{1, 1}, orb.Point{2, 0}) != 0 {
		t.Error("orient of NaN must be 0")
	}
}

func TestCovers(t *testing.T) {
	square := orb.Ring{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}
	hole := orb.Ring{{4, 4}, {4, 6}, {6, 6}, {6, 4}, {4, 4}}
	polygon := orb.Polygon{square, hole}
	island := orb.Polygon{{{4.5, 4.5}, {5.5, 4.5}, {5.5, 5.5}, {4.5, 5.5}, {4.5, 4.5}}}
	for _, c := range []struct {
		name string
		g    orb.Geometry
		p    orb.Point
		want bool
	}{
		{"inside", polygon, orb.Point{2, 2}, true},
		{"on a corner", polygon, orb.Point{10, 10}, true},
		{"on an edge", polygon, orb.Point{10, 3}, true},
		{"on a horizontal edge", polygon, orb.Point{3, 10}, true},
		{"level with a horizontal edge", polygon, orb.Point{11, 10}, false},
		{"on a hole's edge", polygon, orb.Point{4, 5}, true},
		{"on a hole's corner", polygon, orb.Point{6, 6}, true},
		{"in the hole", polygon, orb.Point{5, 5}, false},
		{"in an island in the hole", orb.MultiPolygon{polygon, island}, orb.Point{5, 5}, true},
		{"in a ring", square, orb.Point{5, 5}, true},
		{"in an unclosed ring", square[:4], orb.Point{0, 5}, true},
		{"in a box", orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}, orb.Point{1, 1}, true},
		{"outside a box", orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}, orb.Point{2, 1}, false},
		{"in a collection", orb.Collection{orb.Point{1, 1}, polygon}, orb.Point{2, 2}, true},
		{"nothing", nil, orb.Point{}, false},
		{"empty polygon", orb.Polygon{}, orb.Point{}, false},
		{"empty ring", orb.Polygon{{}}, orb.Point{}, false},
		{"empty multipolygon", orb.MultiPolygon{{}}, orb.Point{}, false},
		{"a point", orb.Point{1, 1}, orb.Point{1, 1}, false},
		{"a line", orb.LineString{{0, 0}, {1, 1}}, orb.Point{0, 0}, false},
		{"no number", polygon, orb.Point{math.NaN(), 2}, false},
		{"infinitely far", polygon, orb.Point{math.Inf(1), 2}, false},
		{"not finite", orb.Polygon{{{0, 0}, {math.NaN(), 1}, {1, math.Inf(1)}, {0, 0}}}, orb.Point{0, 0.5}, false},
	} {
		if got := Covers(c.g, c.p); got != c.want {
			t.Errorf("%s: Covers is %t, want %t", c.name, got, c.want)
		}
		if got := Prepare(c.g).Covers(c.p); got != c.want {
			t.Errorf("%s: Prepared.Covers is %t, want %t", c.name, got, c.want)
		}
	}
}

// TestSharedEdgeLeavesNoCrack: neighbours that share an edge cover every point near it
// between them, however the coordinates round.
func TestSharedEdgeLeavesNoCrack(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		a := orb.Point{106 + rng.Float64()*0.01, -2.2}
		b := orb.Point{106 + rng.Float64()*0.01, -2.0}
		west := Prepare(orb.Polygon{{{105, -3}, a, b, {105, -1}, {105, -3}}})
		east := Prepare(orb.Polygon{{{107, -3}, {107, -1}, b, a, {107, -3}}})
		for range 100 {
			s := rng.Float64()
			p := orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
			for range 3 {
				if !west.Covers(p) && !east.Covers(p) {
					t.Fatalf("%v falls between %v and %v", p, a, b)
				}
				p[0] = math.Nextafter(p[0], 200)
			}
		}
	}
}

// gridPolygon is a polygon of random rings on a small grid: edges, vertices and points
// coincide all the time, rings cross and repeat.
func gridPolygon(rng *rand.Rand, size int) orb.Polygon {
	polygon := make(orb.Polygon, 1+rng.IntN(3))
	for i := range polygon {
		ring := make(orb.Ring, 3+rng.IntN(9))
		for j := range ring {
			ring[j] = orb.Point{float64(rng.IntN(size)), float64(rng.IntN(size))}
		}
		polygon[i] = append(ring, ring[0])
	}
	return polygon
}

func TestPreparedAndLocalAnswerAsCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	relations := map[Relation]int{}
	var scratch Scratch
	for range 1500 {
		polygon := gridPolygon(rng, 7)
		g := orb.Geometry(polygon)
		if rng.IntN(3) == 0 {
			g = orb.MultiPolygon{polygon, gridPolygon(rng, 7)}
		}
		prepared := Prepare(g)
		for range 6 {
			x, y := float64(rng.IntN(36)-4)/4, float64(rng.IntN(36)-4)/4
			box := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + float64(rng.IntN(12))/4, y + float64(rng.IntN(12))/4}}
			relation := prepared.Classify(box)
			relations[relation]++
			local := prepared.Local(box, &scratch)
			for px := box.Min[0]; px <= box.Max[0]; px += 0.25 {
				for py := box.Min[1]; py <= box.Max[1]; py += 0.25 {
					p := orb.Point{px, py}
					want := Covers(g, p)
					if got := prepared.Covers(p); got != want {
						t.Fatalf("%v: Prepared covers %v: %t, want %t", g, p, got, want)
					}
					if got := local.Covers(p); got != want {
						t.Fatalf("%v in %v: Local covers %v: %t, want %t", g, box, p, got, want)
					}
					if (relation == Outside && want) || (relation == Inside && !want) {
						t.Fatalf("%v: %v is %d, but covering %v is %t", g, box, relation, p, want)
					}
				}
			}
		}
	}
	for _, relation := range []Relation{Outside, Inside, Crossing} {
		if relations[relation] < 50 {
			t.Errorf("relation %d came up only %d times", relation, relations[relation])
		}
	}
}

func TestLocalOnAFineOutline(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	outline := star(rng, 3000, orb.Point{106.1, -2.1}, 0.05, 0.3)
	prepared := Prepare(outline)
	var scratch Scratch
	crossing := 0
	for range 2000 {
		corner := orb.Point{106.04 + rng.Float64()*0.12, -2.16 + rng.Float64()*0.12}
		box := orb.Bound{Min: corner, Max: orb.Point{corner[0] + 0.001, corner[1] + 0.001}}
		relation := prepared.Classify(box)
		local := prepared.Local(box, &scratch)
		if relation == Crossing {
			crossing++
		}
		for range 20 {
			p := orb.Point{corner[0] + rng.Float64()*0.001, corner[1] + rng.Float64()*0.001}
			want := Covers(outline, p)
			if prepared.Covers(p) != want || local.Covers(p) != want ||
				(relation == Outside && want) || (relation == Inside && !want) {
				t.Fatalf("%v: covered %t, Prepared %t, Local %t, relation %d", p, want, prepared.Covers(p), local.Covers(p), relation)
			}
		}
	}
	if crossing < 100 {
		t.Errorf("only %d boxes touched the outline", crossing)
	}
	for _, p := range outline[0] {
		if !prepared.Covers(p) {
			t.Fatalf("the vertex %v is not covered", p)
		}
	}
}

func TestCoveringDoesNotAllocate(t *testing.T) {
	prepared := Prepare(star(rand.New(rand.NewPCG(7, 7)), 64, orb.Point{106.1, -2.1}, 0.05, 0.3))
	box := orb.Bound{Min: orb.Point{106.1, -2.1}, Max: orb.Point{106.16, -2.04}}
	var scratch Scratch
	prepared.Local(box, &scratch)
	covered := 0
	allocations := testing.AllocsPerRun(100, func() {
		if prepared.Classify(box) != Crossing {
			t.Error("the box should touch the outline")
		}
		local := prepared.Local(box, &scratch)
		if local.Covers(orb.Point{106.12, -2.08}) || prepared.Covers(orb.Point{106.12, -2.08}) {
			covered++
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

// star is a valid ring of n vertices whose radius varies with the angle.
func star(rng *rand.Rand, n int, centre orb.Point, radius, roughness float64) orb.Polygon {
	ring := make(orb.Ring, n)
	for i := range ring {
		angle := 2 * math.Pi * float64(i) / float64(n)
		r := radius * (1 - roughness*rng.Float64())
		ring[i] = orb.Point{centre[0] + r*math.Cos(angle), centre[1] + r*math.Sin(angle)}
	}
	return orb.Polygon{append(ring, ring[0])}
}

func BenchmarkPreparedCovers(b *testing.B) {
	for _, n := range []int{64, 300, 10_000} {
		rng := rand.New(rand.NewPCG(8, 8))
		prepared := Prepare(star(rng, n, orb.Point{106.1, -2.1}, 0.05, 0.02))
		points := make([]orb.Point, 1024)
		for i := range points {
			points[i] = orb.Point{106.05 + rng.Float64()*0.1, -2.15 + rng.Float64()*0.1}
		}
		b.Run(coordinateText(float64(n)), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				prepared.Covers(points[i%len(points)])
			}
		})
	}
}

// BenchmarkBlock is a block of 64 points at the outline of a 64-gon, preparation
// included.
func BenchmarkBlock(b *testing.B) {
	rng := rand.New(rand.NewPCG(8, 8))
	prepared := Prepare(star(rng, 64, orb.Point{106.1, -2.1}, 0.05, 0.02))
	box := orb.Bound{Min: orb.Point{106.147, -2.1}, Max: orb.Point{106.152, -2.095}}
	points := make([]orb.Point, 64)
	for i := range points {
		points[i] = orb.Point{106.147 + rng.Float64()*0.005, -2.1 + rng.Float64()*0.005}
	}
	b.Run("local", func(b *testing.B) {
		var scratch Scratch
		for b.Loop() {
			if prepared.Classify(box) != Crossing {
				b.Fatal("the box should touch the outline")
			}
			local := prepared.Local(box, &scratch)
			for _, p := range points {
				local.Covers(p)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		for b.Loop() {
			for _, p := range points {
				prepared.Covers(p)
			}
		}
	})
}
