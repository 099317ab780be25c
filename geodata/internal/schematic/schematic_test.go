package schematic

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestUnbendUndoesBend(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		p := vec{r.Float64()*20_000 - 10_000, r.Float64()*20_000 - 10_000}
		if d := bend(unbend(p)).minus(p).length(); d > 1e-6 {
			t.Fatalf("%v comes back %g m away", p, d)
		}
	}
}

func TestBendKeepsAreasAndTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		p := vec{r.Float64()*20_000 - 10_000, r.Float64()*20_000 - 10_000}
		east, north := bend(vec{p.x + 0.1, p.y}).minus(bend(p)), bend(vec{p.x, p.y + 0.1}).minus(bend(p))
		if area := east.cross(north) / 0.01; math.Abs(area-1) > 0.01 {
			t.Fatalf("at %v areas change by the factor %g", p, area)
		}
	}
}

func TestRoundedHullHasTheArea(t *testing.T) {
	sites := []vec{{0, 0}, {4000, 0}, {4000, 3000}, {0, 3000}, {1000, 1000}}
	for _, area := range []float64{20e6, 100e6} {
		if got := ringArea(roundedHull(sites, area)); math.Abs(got-area) > 1 {
			t.Errorf("%.0f m², want %.0f", got, area)
		}
	}
}

// Every place of the outline belongs to the cell of its nearest site: compared by brute force.
func TestThiessen(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	sites := make([]vec, 20)
	for i := range sites {
		sites[i] = vec{r.Float64() * 5000, r.Float64() * 5000}
	}
	outline := roundedHull(sites, 60e6)
	sum := 0.0
	for i := range sites {
		cell := thiessen(outline, sites, i)
		sum += ringArea(cell)
		for range 200 {
			p := vec{r.Float64()*9000 - 2000, r.Float64()*9000 - 2000}
			if !inside(outline, p) {
				continue
			}
			nearest := 0
			for j := range sites {
				if p.minus(sites[j]).length() < p.minus(sites[nearest]).length() {
					nearest = j
				}
			}
			if got := inside(cell, p); got != (nearest == i) {
				t.Fatalf("%v: in cell %d is %v, its nearest site is %d", p, i, got, nearest)
			}
		}
	}
	if math.Abs(sum-60e6) > 1 {
		t.Errorf("the cells have %.0f m² together", sum)
	}
}

// inside tells whether a convex counter-clockwise ring holds p.
func inside(ring []vec, p vec) bool {
	for i, a := range ring {
		if ring[(i+1)%len(ring)].minus(a).cross(p.minus(a)) < 0 {
			return false
		}
	}
	return true
}
