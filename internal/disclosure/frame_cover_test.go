package disclosure

import (
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// leafList gives the leaves in nodes, ascending.
func leafList(f *frame, nodes []int) (list []int) {
	for i, in := range f.leavesIn(nodes) {
		if in {
			list = append(list, i)
		}
	}
	return list
}

// fewest gives the nodes that have no other leaves, without those that lie in another such node.
func fewest(f *frame, leaves []int) []int {
	full := make([]bool, len(f.nodes))
	for i := range f.nodes {
		full[i] = true
	}
	for leaf, n := range f.nodes {
		if n.leaf && !slices.Contains(leaves, leaf) {
			for i := leaf; i >= 0; i = f.nodes[i].parent {
				full[i] = false
			}
		}
	}
	list := []int{}
	for i, n := range f.nodes {
		if full[i] && (n.parent < 0 || !full[n.parent]) {
			list = append(list, i)
		}
	}
	return list
}

// TestCover compares with what the reference makes of a household that lives at each leaf's center.
func TestCover(t *testing.T) {
	for _, s := range states(t) {
		if s.dataset.Areas.Bound().IsZero() {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			f, _ := s.frame(t, nil)
			for i := range f.nodes { // a label may have more decimals than the place of a household, and lie on an edge
				f.nodes[i].center = geo.FromE7(geo.ToE7(f.nodes[i].center))
			}
			r := rand.New(rand.NewPCG(3, 3))
			several := 0
			for range 60 {
				var lists [][]registry.AreaCode
				var filter registry.Filter
				for range r.IntN(3) {
					var list []registry.AreaCode
					for range r.IntN(6) {
						list = append(list, s.dataset.Areas.Area(r.IntN(s.dataset.Areas.Len())).Code)
					}
					lists = append(lists, list)
					filter.And = append(filter.And, registry.Filter{Areas: list})
				}
				var where *registry.Spatial
				if r.IntN(4) > 0 {
					where = storetest.RandomRegion(r, s.dataset, s.households)
				}
				filter.Where = where
				var want []int
				for i, n := range f.nodes {
					h := registry.NewHousehold(registry.HouseholdID{}, n.area)
					h.Located = n.located
					h.Point.Lon, h.Point.Lat = geo.ToE7(n.center)
					if n.leaf && storetest.Matches(s.dataset, filter, registry.Record{Household: h}, nil) {
						want = append(want, i)
					}
				}
				got := f.cover(lists, where)
				if !slices.Equal(leafList(f, got), want) {
					t.Fatalf("%s: leaves %v, want %v", filter.JSON(), leafList(f, got), want)
				}
				if want := fewest(f, want); !slices.Equal(got, want) {
					t.Fatalf("%s: nodes %v, want %v", filter.JSON(), got, want)
				}
				if len(got) > 1 {
					several++
				}
			}
			if len(f.nodes) > 60 && several < 4 {
				t.Errorf("%d questions had several nodes", several)
			}
		})
	}
}

func TestCoverOfAreas(t *testing.T) {
	s := cityState(51, 3000, 50)
	f, _ := s.frame(t, nil)
	node := func(code registry.AreaCode) int { i, _ := s.dataset.Areas.Find(code); return i + 1 }
	type codes = []registry.AreaCode
	everywhere := &registry.Spatial{BBox: &globe}
	for _, c := range []struct {
		name  string
		lists []codes
		want  []int
	}{
		{"everything", nil, []int{0}},
		{"no condition", []codes{nil}, []int{0}},
		{"nothing", []codes{{}}, []int{}},
		{"a kelurahan", []codes{{"19.71.01.1001"}}, []int{node("19.71.01.1001")}},
		{"twice the same", []codes{{"19.71.01.1001", "19.71.01.1001"}, {"19.71.01.1001"}}, []int{node("19.71.01.1001")}},
		{"a kelurahan and its kecamatan", []codes{{"19.71.01.1001", "19.71.01"}}, []int{node("19.71.01")}},
		{"a kelurahan of its kecamatan", []codes{{"19.71.01.1001"}, {"19.71.01"}}, []int{node("19.71.01.1001")}},
		{"two that share nothing", []codes{{"19.71.01"}, {"19.71.02"}}, []int{}},
		{"all kecamatan", []codes{{"19.71.01", "19.71.02", "19.71.03"}}, []int{0}},
		{"a list that does not bind", []codes{nil, {"19.71.02"}}, []int{node("19.71.02")}},
	} {
		if got := f.cover(c.lists, nil); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := f.cover(nil, everywhere); slices.Equal(got, []int{0}) || slices.ContainsFunc(got, func(i int) bool { return f.nodes[i].leaf && !f.nodes[i].located }) {
		t.Errorf("everywhere: %v", got)
	}
	nobody := state{dataset: s.dataset}
	f, _ = nobody.frame(t, nil)
	if got, want := f.cover([]codes{{"19.71.01.1001"}}, nil), []int{node("19.71.01.1001")}; !slices.Equal(got, want) {
		t.Errorf("an area of nobody is counted on %v, want %v: nothing would protect its zero", got, want)
	}
	var most codes // but for one, which is as empty as they are
	var want []int
	for _, i := range f.nodes[node("19.71.01")].children[1:] {
		most, want = append(most, f.nodes[i].area), append(want, i)
	}
	if got := f.cover([]codes{most}, nil); !slices.Equal(got, want) {
		t.Errorf("all but one area of nobody: %v, want %v", got, want)
	}
	if got := f.cover(nil, everywhere); !slices.Equal(got, []int{0}) {
		t.Errorf("everywhere, where nobody lives: %v, want everything by the labels", got)
	}
}

// TestCoverIsNested: a region in another covers no leaf that the other does not.
func TestCoverIsNested(t *testing.T) {
	s := cityState(52, 4000, 90)
	f, _ := s.frame(t, nil)
	r := rand.New(rand.NewPCG(8, 8))
	for range 20 {
		var before []int
		at := s.households[r.IntN(len(s.households))].Point.Point()
		for radius := 100.0; radius < 60_000; radius *= 1.3 {
			near := &registry.Near{Point: registry.Position{Longitude: at[0], Latitude: at[1]}, RadiusMeters: radius}
			leaves := leafList(f, f.cover(nil, &registry.Spatial{Near: near}))
			for _, leaf := range before {
				if !slices.Contains(leaves, leaf) {
					t.Errorf("leaf %d is lost at %g m", leaf, radius)
				}
			}
			before = leaves
		}
	}
}

func TestHexes(t *testing.T) {
	for _, s := range states(t) {
		t.Run(s.name, func(t *testing.T) {
			f, _ := s.frame(t, nil)
			for _, edge := range []int{200, 2000, 500_000} {
				for _, within := range [][]int{{0}, {}, f.cover([][]registry.AreaCode{{"19.71.02", "19.71.01.1003"}}, nil)} {
					grid := s.dataset.HexGrid(edge)
					byHex, nowhere := f.hexes(grid, within)
					want, wantNowhere := map[geo.HexID][]int{}, []int(nil)
					for _, leaf := range leafList(f, within) {
						if n := f.nodes[leaf]; n.located {
							want[grid.Cell(n.center)] = append(want[grid.Cell(n.center)], leaf)
						} else {
							wantNowhere = append(wantNowhere, leaf)
						}
					}
					for hex, leaves := range want {
						if got := byHex[hex]; !slices.Equal(got, fewest(f, leaves)) {
							t.Errorf("%d m, %v: nodes %v, want %v", edge, hex, got, fewest(f, leaves))
						}
					}
					if len(byHex) != len(want) || !slices.Equal(nowhere, fewest(f, wantNowhere)) {
						t.Errorf("%d m: %d hexagons and %v nowhere, want %d and %v", edge, len(byHex), nowhere, len(want), wantNowhere)
					}
				}
			}
		})
	}
}
