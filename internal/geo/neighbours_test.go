package geo

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// grid is columns × rows boxes of a hundredth of a degree, row by row from the south.
func grid(columns, rows int) []orb.Geometry {
	at := func(i int) float64 { return float64(i) / 100 }
	var cells []orb.Geometry
	for r := range rows {
		for c := range columns {
			cells = append(cells, orb.Polygon{box(106+at(c), at(r)-2, 106+at(c+1), at(r+1)-2)})
		}
	}
	return cells
}

func TestNeighboursOfAGrid(t *testing.T) {
	const columns, rows = 5, 4
	got := Neighbours(grid(columns, rows), 0)
	for i, list := range got {
		var want []int
		for j := range columns * rows {
			if i != j && abs(i%columns-j%columns) <= 1 && abs(i/columns-j/columns) <= 1 {
				want = append(want, j)
			}
		}
		if !slices.Equal(list, want) {
			t.Errorf("cell %d has neighbours %v, want %v", i, list, want)
		}
	}
}

func abs(i int) int { return max(i, -i) }

func TestNeighboursWithinTolerance(t *testing.T) {
	west := orb.Polygon{box(106, -2, 106.01, -1.99)}
	// Its edge has a vertex in the middle of west's edge, and none at its ends.
	junction := orb.Polygon{{{106.01, -1.995}, {106.02, -2.02}, {106.02, -1.9}, {106.01, -1.995}}}
	apart := orb.Polygon{box(106+0.5/metersPerDegree+0.02, -2, 106.03, -1.99)} // half a metre east of junction
	island := orb.Polygon{box(107, -2, 107.1, -1.9)}
	all := []orb.Geometry{west, junction, apart, nil, island}
	for _, c := range []struct {
		tolerance float64
		want      [][]int
	}{
		{0, [][]int{{1}, {0}, nil, nil, nil}},
		{0.4, [][]int{{1}, {0}, nil, nil, nil}},
		{0.6, [][]int{{1}, {0, 2}, {1}, nil, nil}},
	} {
		if got := Neighbours(all, c.tolerance); !reflect.DeepEqual(got, c.want) {
			t.Errorf("within %v m: %v, want %v", c.tolerance, got, c.want)
		}
	}
	if got := Neighbours(nil, 1); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestNeighboursAgreeWithBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	for range 40 {
		var polygons []orb.Geometry
		for range 12 {
			centre := orb.Point{106 + rng.Float64()*0.01, -2 + rng.Float64()*0.01}
			polygons = append(polygons, star(rng, 3+rng.IntN(20), centre, 0.002, 0.3))
		}
		tolerance := rng.Float64() * 200
		got := Neighbours(polygons, tolerance)
		for i, a := range polygons {
			for j, b := range polygons {
				if want := i != j && comeNear(a, b, tolerance); slices.Contains(got[i], j) != want {
					t.Fatalf("%d and %d within %v m: %t, want %t", i, j, tolerance, !want, want)
				}
			}
		}
	}
}

func comeNear(a, b orb.Geometry, tolerance float64) bool {
	found := false
	eachRing(a, func(ringA orb.Ring) {
		eachRing(b, func(ringB orb.Ring) {
			eachEdge(ringA, func(e edge) {
				eachEdge(ringB, func(f edge) {
					p, q := orb.Point{e.x0, e.y0}, orb.Point{e.x1, e.y1}
					r, s := orb.Point{f.x0, f.y0}, orb.Point{f.x1, f.y1}
					// In the order Neighbours compares them: metres are flat around the first.
					if segmentsTouch(p, q, r, s) || min(segmentDistanceMeters(p, q, r, s), segmentDistanceMeters(r, s, p, q)) <= tolerance {
						found = true
					}
				})
			})
		})
	})
	return found
}
