package pockets

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/geo"
)

// brute is the definition, word for word: every point against every other. Its pockets have no hull and no center.
func brute(points []Point, o Options) (core []bool, pockets []Pocket) {
	distance := func(i, k int) float64 { return geo.DistanceMeters(points[i].At.Point(), points[k].At.Point()) }
	before := func(i, k int) int { return bytes.Compare(points[i].ID[:], points[k].ID[:]) }
	core = make([]bool, len(points))
	label := make([]int, len(points)) // the smallest position of a core in the pocket, -1 for none
	for i := range points {
		var weight int64
		for k := range points {
			if distance(i, k) <= o.RadiusMeters {
				weight += o.By.of(&points[k])
			}
		}
		if label[i] = -1; weight >= o.MinWeight {
			core[i], label[i] = true, i
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range points {
			for k := range points {
				if core[i] && core[k] && label[k] < label[i] && distance(i, k) <= o.RadiusMeters {
					label[i], changed = label[k], true
				}
			}
		}
	}
	for i := range points {
		nearest, least := -1, math.Inf(1)
		for k := range points {
			if core[i] || !core[k] || distance(i, k) > o.RadiusMeters {
				continue
			}
			if mm := math.Round(distance(i, k) * 1000); mm < least || mm == least && before(k, nearest) < 0 {
				nearest, least = k, mm
			}
		}
		if nearest >= 0 {
			label[i] = label[nearest]
		}
	}
	of := map[int]int{}
	for i, l := range label {
		if l < 0 {
			continue
		}
		if _, known := of[l]; !known {
			of[l] = len(pockets)
			pockets = append(pockets, Pocket{})
		}
		p := &pockets[of[l]]
		p.Members = append(p.Members, i)
		p.Households += points[i].Households
		p.People += points[i].People
		if core[i] {
			p.Core++
		}
	}
	for _, p := range pockets {
		slices.SortFunc(p.Members, before)
	}
	slices.SortFunc(pockets, func(a, b Pocket) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households), before(a.Members[0], b.Members[0]))
	})
	return core, pockets
}

// compareWithBrute fails unless Find says what the definition does: who is a core, who is together, and in which order.
func compareWithBrute(t *testing.T, points []Point, o Options) {
	t.Helper()
	core, want := brute(points, o)
	got := find(t, points, o)
	bare := slices.Clone(got)
	for i := range bare {
		bare[i] = Pocket{Members: got[i].Members, Core: got[i].Core, Households: got[i].Households, People: got[i].People}
	}
	if !slices.EqualFunc(bare, want, func(a, b Pocket) bool {
		return slices.Equal(a.Members, b.Members) && a.Core == b.Core && a.Households == b.Households && a.People == b.People
	}) {
		t.Fatalf("%+v\n got %+v\nwant %+v\npoints %+v", o, bare, want, points)
	}
	for i, is := range coreOf(t, points, o) {
		if is != core[i] {
			t.Fatalf("%+v: point %d is a core: %t, want %t\npoints %+v", o, i, is, core[i], points)
		}
	}
}

// coreOf tells which points are cores.
func coreOf(t *testing.T, points []Point, o Options) []bool {
	t.Helper()
	c, err := newClusters(t.Context(), points, o)
	if err != nil {
		t.Fatal(err)
	}
	core := make([]bool, len(points))
	for place := range c.places[:len(c.places)-1] {
		for _, i := range c.membersOf(place) {
			core[i] = c.core[place]
		}
	}
	return core
}

func TestFindIsTheDefinition(t *testing.T) {
	for n, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(70, uint64(n)))
			pockets := 0
			for range 300 {
				points := w.points(rng, 2+rng.IntN(40))
				o := randomOptions(rng, points)
				compareWithBrute(t, points, o)
				pockets += len(find(t, points, o))
			}
			if pockets < 100 {
				t.Errorf("only %d pockets were compared", pockets)
			}
		})
	}
}

// TestAroundGivesEachCellOnce also where rows near a pole have few cells, and one cell lies both east and west of another.
func TestAroundGivesEachCellOnce(t *testing.T) {
	for n, w := range append(worlds, world{"at the pole", around(0, quarterTurn, halfTurn, 3000)}) {
		rng := rand.New(rand.NewPCG(75, uint64(n)))
		for range 300 {
			points := w.points(rng, 2+rng.IntN(100))
			g, err := newGrid(t.Context(), points, Households, newShape(newReach(randomOptions(rng, points).RadiusMeters).angle))
			if err != nil {
				t.Fatal(err)
			}
			for cell := range g.cells[:len(g.cells)-1] {
				seen := map[int]bool{}
				for _, s := range g.around(cell, nil) {
					for i := s.from; i < s.to; i++ {
						if seen[i] {
							t.Fatalf("%s: cell %d twice around %d", w.name, i, cell)
						}
						seen[i] = true
					}
				}
				if !seen[cell] {
					t.Fatalf("%s: cell %d is not around itself", w.name, cell)
				}
			}
		}
	}
}

// TestCrowdedCells has two crowds as far apart as the radius, and farther by a hair.
func TestCrowdedCells(t *testing.T) {
	for n, middle := range [][2]int64{{1_061_234_567, -21_234_567}, {halfTurn, 3}, {-halfTurn, 899_000_000}} {
		rng := rand.New(rand.NewPCG(74, uint64(n)))
		west := world{"", around(middle[0], middle[1], 300, 300)}.points(rng, 150)
		east := world{"", around(middle[0]+4000, middle[1]+4000, 300, 300)}.points(rng, 150)
		west[0].At, east[0].At = wrapped(middle[0]+300, middle[1]+300), wrapped(middle[0]+3700, middle[1]+3700) // facing corners
		gap := math.Inf(1)
		for i := range east {
			east[i].ID[0], west[i].ID[0] = 1, 2 // the other bytes may be the same
			for k := range west {
				gap = math.Min(gap, geo.DistanceMeters(east[i].At.Point(), west[k].At.Point()))
			}
		}
		points := append(west, east...)
		for i := range points { // weight enough for every one to be a core
			points[i].Households = 5
		}
		o := Options{RadiusMeters: gap, MinWeight: 5}
		compareWithBrute(t, points, o)
		together := len(find(t, points, o))
		o.RadiusMeters = math.Nextafter(gap, 0)
		compareWithBrute(t, points, o)
		if apart := len(find(t, points, o)); apart != together+1 {
			t.Errorf("%v: %d pockets at the radius, %d below it", middle, together, apart)
		}
	}
}
