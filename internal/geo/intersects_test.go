package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// TestIntersects compares with a plain look at every pair of edges and every corner, on small shapes that often touch.
func TestIntersects(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shape := func() orb.Geometry {
		x, y, s := float64(r.IntN(6)), float64(r.IntN(6)), float64(1+r.IntN(4))
		if r.IntN(5) == 0 {
			return orb.Point{x, y}
		}
		if r.IntN(3) == 0 { // a frame: its hole may hold the other shape
			return orb.Polygon{square(x, y, 6), square(x+1, y+1, 4)}
		}
		return orb.Polygon{{{x, y}, {x + s, y}, {x, y + s}, {x, y}}}
	}
	met := 0
	for range 3000 {
		a, b := shape(), shape()
		want := meetsPlainly(a, b)
		if got := Intersects(a, b); got != want {
			t.Fatalf("Intersects(%v, %v) = %v, want %v", a, b, got, want)
		}
		if want {
			met++
		}
	}
	if met < 300 || met > 2900 {
		t.Fatalf("%d of 3000 pairs meet: the shapes test too little", met)
	}
}

func square(x, y, side float64) orb.Ring {
	return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func meetsPlainly(a, b orb.Geometry) bool {
	met := false
	corners := func(g, other orb.Geometry) {
		if p, ok := g.(orb.Point); ok {
			if q, isPoint := other.(orb.Point); isPoint {
				met = met || p == q
			} else {
				met = met || Covers(other, p)
			}
			return
		}
		eachRing(g, func(ring orb.Ring) {
			for _, p := range ring {
				met = met || Covers(other, p)
			}
		})
	}
	corners(a, b)
	corners(b, a)
	eachRing(a, func(ra orb.Ring) {
		eachRing(b, func(rb orb.Ring) {
			for i := 1; i < len(ra); i++ {
				for j := 1; j < len(rb); j++ {
					met = met || segmentsTouch(ra[i-1], ra[i], rb[j-1], rb[j])
				}
			}
		})
	})
	return met
}

// TestDistanceTo compares with many points along the edges.
func TestDistanceTo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	area := orb.Polygon{{{106, -2.2}, {106.1, -2.25}, {106.2, -2.1}, {106.05, -2.05}, {106, -2.2}}}
	for range 200 {
		p := orb.Point{105.9 + 0.4*r.Float64(), -2.35 + 0.4*r.Float64()}
		got := DistanceToMeters(area, p)
		if Covers(area, p) {
			if got != 0 {
				t.Fatalf("%v is inside, but %g m away", p, got)
			}
			continue
		}
		want := math.Inf(1)
		for i := 1; i < len(area[0]); i++ {
			a, b := area[0][i-1], area[0][i]
			for k := 0.0; k <= 2000; k++ {
				f := k / 2000
				want = math.Min(want, DistanceMeters(p, orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}))
			}
		}
		if math.Abs(got-want) > 1 {
			t.Fatalf("%v is %g m away, found %g m", p, got, want)
		}
	}
	if !math.IsInf(DistanceToMeters(orb.Polygon{}, orb.Point{}), 1) {
		t.Error("nothing is at a distance from an empty area")
	}
}
