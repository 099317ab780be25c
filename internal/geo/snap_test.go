package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func scaled(areas []orb.MultiPolygon, factor float64) []orb.MultiPolygon {
	out := make([]orb.MultiPolygon, len(areas))
	for i, area := range areas {
		out[i] = area.Clone()
		eachRing(out[i], func(ring orb.Ring) {
			for k := range ring {
				ring[k] = orb.Point{(ring[k][0] - 106) * factor, (ring[k][1] + 2) * factor}
			}
		})
	}
	return out
}

// TestSnapRound rounds the real city and made up ones to ever coarser grids: whatever happens, areas stay valid, are whole
// numbers and share no ground, and no position moves by more than half a unit.
func TestSnapRound(t *testing.T) {
	cities := [][]orb.Geometry{readCity(t, cleanCity)}
	for seed := range uint64(4) {
		list := squares(rand.New(rand.NewPCG(seed, 91)), 3)
		valid := true
		for _, area := range list {
			valid = valid && Validate(area) == nil
		}
		if valid {
			cities = append(cities, list)
		}
	}
	for c, list := range cities {
		whole := levelsOf(t, list)
		for _, factor := range []float64{100_000, 20_000, 3_000, 500, 100, 20} {
			before := scaled(whole[:len(list)], factor)
			after := SnapRound(before)
			var parts []orb.Geometry
			sum := 0.0
			for i, area := range after {
				if fault := Validate(area); fault != nil {
					t.Errorf("city %d × %g, area %d: %v", c, factor, i, fault)
				}
				if area == nil {
					continue
				}
				parts = append(parts, area)
				eachRing(area, func(ring orb.Ring) {
					for _, p := range ring {
						if p != rounded(p) {
							t.Errorf("%v is not whole", p)
						}
					}
				})
				for _, polygon := range area {
					for k, ring := range polygon {
						if area := planarArea(ring); (area > 0) != (k == 0) {
							t.Errorf("ring %d has area %g", k, area)
						}
						sum += planarArea(ring)
					}
				}
				if reach := before[i].Bound().Pad(0.5); !reach.Contains(area.Bound().Min) || !reach.Contains(area.Bound().Max) {
					t.Errorf("area %d grew", i)
				}
			}
			if overlaps, err := Overlaps(parts, 0, nil); factor >= 100 && (err != nil || len(overlaps) > 0) {
				t.Errorf("city %d × %g: overlaps %v, %v", c, factor, overlaps, err)
			}
			union, err := Union(parts)
			if err != nil {
				t.Fatal(err)
			}
			ground := 0.0
			for _, polygon := range union {
				for _, ring := range polygon {
					ground += planarArea(ring)
				}
			}
			if math.Abs(ground-sum) > 1e-9*sum {
				t.Errorf("city %d × %g: parts have %g, the whole %g", c, factor, sum, ground)
			}
		}
	}
	if got := SnapRound([]orb.MultiPolygon{nil, {}, {{{{0, 0}, {0.2, 0}, {0.2, 0.2}, {0, 0}}}}}); len(got) != 3 || got[0] != nil || got[2] != nil {
		t.Errorf("nothing, nothing and next to nothing become %v", got)
	}
}

func planarArea(ring orb.Ring) (sum float64) {
	for i := range len(ring) - 1 {
		sum += (ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]) / 2
	}
	return sum
}

func TestUntangle(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    orb.MultiPolygon
		parts int
		ok    bool
	}{
		{"a square", orb.MultiPolygon{{box(0, 0, 2, 2)}}, 1, true},
		{"with a hair", orb.MultiPolygon{{{{0, 0}, {2, 0}, {2, 2}, {3, 2}, {2, 2}, {0, 2}, {0, 0}}}}, 1, true},
		{"two that touch in a corner", orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {2, 1}, {2, 2}, {1, 2}, {1, 1}, {0, 1}, {0, 0}}}}, 2, true},
		{"a line", orb.MultiPolygon{{{{0, 0}, {1, 0}, {2, 0}, {1, 0}, {0, 0}}}}, 0, true},
		{"a bow tie", orb.MultiPolygon{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}, 0, false},
	} {
		got, ok := Untangle(c.in)
		if ok != c.ok || len(got) != c.parts {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
}
