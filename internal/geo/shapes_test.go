package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func TestE7(t *testing.T) {
	for _, c := range []struct {
		p        orb.Point
		lon, lat int32
	}{
		{orb.Point{106.1234567, -2.1234567}, 1061234567, -21234567},
		{orb.Point{180, -90}, 1800000000, -900000000},
		{orb.Point{0.00000004, -0.00000006}, 0, -1},
		{orb.Point{0.25 / 5e6, -0.25 / 5e6}, 1, -1}, // half a unit
	} {
		if lon, lat := ToE7(c.p); lon != c.lon || lat != c.lat {
			t.Errorf("%v: %d, %d, want %d, %d", c.p, lon, lat, c.lon, c.lat)
		}
	}
	if p := FromE7(1061234567, -21234567); p != (orb.Point{106.1234567, -2.1234567}) {
		t.Errorf("%v", p)
	}
	rng := rand.New(rand.NewPCG(13, 13))
	for range 10_000 {
		p := PointE7{rng.Int32N(1_800_000_000), -rng.Int32N(900_000_000)}
		if lon, lat := ToE7(p.Point()); lon != p.Lon || lat != p.Lat {
			t.Fatalf("%v comes back as %d, %d", p, lon, lat)
		}
	}
}

func TestHilbertIsAContinuousCurve(t *testing.T) {
	const top = 28 // the coarse 16 × 16 grid
	cells := map[uint64][2]int{}
	for x := range 16 {
		for y := range 16 {
			cells[Hilbert(uint32(x)<<top, uint32(y)<<top)>>(2*top)] = [2]int{x, y}
		}
	}
	if len(cells) != 256 {
		t.Fatalf("%d places for 256 cells", len(cells))
	}
	for i := range uint64(255) {
		a, b := cells[i], cells[i+1]
		if abs(a[0]-b[0])+abs(a[1]-b[1]) != 1 {
			t.Errorf("place %d is %v, the next one %v", i, a, b)
		}
	}
	bound := orb.Bound{Min: orb.Point{106, -3}, Max: orb.Point{107, -2}}
	if HilbertIndex(bound.Min, bound) != 0 || HilbertIndex(orb.Point{0, -10}, bound) != 0 {
		t.Error("the curve begins in the south-west")
	}
	if HilbertIndex(bound.Max, bound) != HilbertIndex(orb.Point{120, 10}, bound) {
		t.Error("outside counts as on the nearest side")
	}
	HilbertIndex(orb.Point{1, 1}, orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{1, 1}}) // a box without extent
}

func TestHexGrid(t *testing.T) {
	bound := orb.Bound{Min: orb.Point{106.05, -2.2}, Max: orb.Point{106.2, -2.05}}
	rng := rand.New(rand.NewPCG(14, 14))
	for _, edge := range []int{250, 500, 1000} {
		g := NewHexGrid(edge, bound)
		if g != NewHexGrid(edge, orb.Bound{Min: orb.Point{106.1, -2.3}, Max: orb.Point{106.3, -2.1}}) {
			t.Error("the grid depends on the exact bound")
		}
		for range 2000 {
			p := orb.Point{106.05 + rng.Float64()*0.15, -2.2 + rng.Float64()*0.15}
			id := g.Cell(p)
			outline := g.Polygon(id)
			if !Covers(outline, p) {
				t.Fatalf("%v is in %v, whose outline %v does not cover it", p, id, outline)
			}
			if g.Cell(g.Center(id)) != id {
				t.Fatalf("the centre of %v is in %v", id, g.Cell(g.Center(id)))
			}
			if len(outline[0]) != 7 || ringTurn(outline[0]) != 1 || Validate(outline) != nil {
				t.Fatalf("outline %v", outline)
			}
			// A regular hexagon: 3√3/2 edge². The scale is true at 2° only, and the
			// sphere is not the ellipsoid.
			want := 1.5 * math.Sqrt(3) * float64(edge*edge) / 1e6
			near(t, "area", AreaKm2(outline), want, want*0.01)
			near(t, "edge", DistanceMeters(outline[0][1], outline[0][2]), float64(edge), 1e-6)

			// The cells around it share edges exactly, so together they have no gap.
			around := []orb.Geometry{outline}
			for _, next := range id.Neighbours() {
				around = append(around, g.Polygon(next))
			}
			if left := uncancelledEdges(around); len(left) != 18 {
				t.Fatalf("seven cells have an outline of %d edges, want 18", len(left))
			}
		}
		if g.EdgeMeters() != edge {
			t.Errorf("edge %d", g.EdgeMeters())
		}
	}
}

func TestHexID(t *testing.T) {
	if got := FormatHexID(500, HexID{12, -7}); got != "M500:12:-7" {
		t.Errorf("%q", got)
	}
	edge, id, err := ParseHexID("M500:12:-7")
	if err != nil || edge != 500 || id != (HexID{12, -7}) {
		t.Errorf("%d %v %v", edge, id, err)
	}
	for _, text := range []string{"", "M", "500:1:2", "M500:1", "M500:1:2:3", "M0:1:2", "M-5:1:2", "M500:+1:2", "M500:01:2", "M500:1:-0", "M500:1:99999999999", "m500:1:2", "M500:1:2 "} {
		if _, _, err := ParseHexID(text); err == nil {
			t.Errorf("%q is taken for an id", text)
		}
	}
}

func TestLabelPoint(t *testing.T) {
	comb := orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {9, 10}, {9, 1}, {1, 1}, {1, 10}, {0, 10}, {0, 0}}}
	for _, g := range []orb.Geometry{
		orb.Polygon{box(0, 0, 10, 1)},
		orb.Polygon{box(0, 0, 9, 9), box(1, 1, 8, 8)},
		comb,
		orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(5, 5, 9, 9)}, {}},
		orb.Ring(box(0, 0, 1, 1)),
		orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{3, 3}},
		orb.Collection{orb.Point{50, 50}, orb.Polygon{box(0, 0, 1, 1)}},
		orb.Polygon{{{0, 0}, {10, 1e-9}, {10, 0}, {0, 0}}},
		orb.Polygon{box(106.1, -2, 106.1000001, -1)},
		orb.Polygon{box(106.1, -2, 106.1+4e-14, -2+1e-15)},
		orb.Polygon{box(-1e300, -80, 1e300, 80)},
	} {
		if p := LabelPoint(g); !Covers(g, p) {
			t.Errorf("%v does not cover its label %v", g, p)
		}
	}
	p := LabelPoint(orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(4, 4, 8, 8)}})
	near(t, "longitude", p[0], 6, 0.05)
	near(t, "latitude", p[1], 6, 0.05)
	if p := LabelPoint(orb.LineString{{3, 4}, {5, 6}}); p != (orb.Point{3, 4}) {
		t.Errorf("label of a line: %v", p)
	}
	if p := LabelPoint(nil); p != (orb.Point{}) {
		t.Errorf("label of nothing: %v", p)
	}
	rng := rand.New(rand.NewPCG(15, 15))
	for range 200 {
		g := star(rng, 3+rng.IntN(40), orb.Point{106, -2}, math.Pow(10, -6*rng.Float64()), 0.95)
		if p := LabelPoint(g); !Covers(g, p) {
			t.Fatalf("%v does not cover its label %v", g, p)
		}
	}
}
