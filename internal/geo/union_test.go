package geo

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
)

func TestUnion(t *testing.T) {
	ringOf := func(cells []orb.Geometry, without int) []orb.Geometry {
		return append(cells[:without:without], cells[without+1:]...)
	}
	unit := func(c, r float64) orb.Polygon { return orb.Polygon{box(c, r, c+1, r+1)} }
	for _, c := range []struct {
		name     string
		polygons []orb.Geometry
		want     orb.MultiPolygon
	}{
		{"nothing", nil, nil},
		{"nil geometries", []orb.Geometry{nil, orb.Polygon{}}, nil},
		{"one, clockwise", []orb.Geometry{orb.Polygon{{{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}}}, orb.MultiPolygon{unit(0, 0)}},
		{"two that share an edge", []orb.Geometry{unit(0, 0), unit(1, 0)},
			orb.MultiPolygon{{{{0, 0}, {1, 0}, {2, 0}, {2, 1}, {1, 1}, {0, 1}, {0, 0}}}}},
		{"two that share a corner", []orb.Geometry{unit(1, 1), unit(0, 0)}, orb.MultiPolygon{unit(0, 0), unit(1, 1)}},
		{"two apart", []orb.Geometry{unit(5, 5), unit(0, 0)}, orb.MultiPolygon{unit(0, 0), unit(5, 5)}},
		{"a part that fills a hole", []orb.Geometry{orb.Polygon{box(0, 0, 9, 9), box(1, 1, 2, 2)}, unit(1, 1)}, orb.MultiPolygon{{box(0, 0, 9, 9)}}},
		{"a part in a hole", []orb.Geometry{orb.Polygon{box(0, 0, 9, 9), box(1, 1, 5, 5)}, unit(2, 2)},
			orb.MultiPolygon{{box(0, 0, 9, 9), {{1, 1}, {1, 5}, {5, 5}, {5, 1}, {1, 1}}}, unit(2, 2)}},
		{"eight around a hole", ringOf([]orb.Geometry{
			unit(0, 0), unit(1, 0), unit(2, 0), unit(0, 1), unit(1, 1), unit(2, 1), unit(0, 2), unit(1, 2), unit(2, 2)}, 4),
			orb.MultiPolygon{{
				{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {2, 3}, {1, 3}, {0, 3}, {0, 2}, {0, 1}, {0, 0}},
				{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}}}},
		// The two missing cells touch in (2, 2): two holes, not one that touches itself.
		{"holes that share a corner", []orb.Geometry{
			unit(0, 0), unit(1, 0), unit(2, 0), unit(3, 0), unit(0, 1), unit(2, 1), unit(3, 1),
			unit(0, 2), unit(1, 2), unit(3, 2), unit(0, 3), unit(1, 3), unit(2, 3), unit(3, 3)},
			orb.MultiPolygon{{
				{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {4, 1}, {4, 2}, {4, 3}, {4, 4}, {3, 4}, {2, 4}, {1, 4}, {0, 4}, {0, 3}, {0, 2}, {0, 1}, {0, 0}},
				{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}},
				{{2, 2}, {2, 3}, {3, 3}, {3, 2}, {2, 2}}}}},
		{"the same twice", []orb.Geometry{unit(0, 0), unit(0, 0)}, orb.MultiPolygon{unit(0, 0)}},
		{"one in another", []orb.Geometry{orb.Polygon{box(0, 0, 9, 9)}, unit(2, 2)}, orb.MultiPolygon{{box(0, 0, 9, 9)}}},
		{"an edge cut differently", []orb.Geometry{orb.Polygon{box(0, 0, 1, 2)}, unit(1, 0), unit(1, 1)}, nil},
		{"an overlap", []orb.Geometry{orb.Polygon{box(0, 0, 2, 2)}, orb.Polygon{box(1, 0, 3, 2)}}, nil},
	} {
		got, err := Union(c.polygons)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if fault := Validate(got); fault != nil {
			t.Errorf("%s: %v", c.name, fault)
		}
		switch c.name {
		case "an edge cut differently":
			near(t, c.name, AreaKm2(got), AreaKm2(orb.Polygon{box(0, 0, 2, 2)}), 1e-6)
		case "an overlap":
			near(t, c.name, AreaKm2(got), AreaKm2(orb.Polygon{box(0, 0, 3, 2)}), 1e-6)
		default:
			if len(got)+len(c.want) > 0 && !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s:\n got %v\nwant %v", c.name, got, c.want)
			}
		}
	}
}

func TestUnionRefusesWhatIsNoValidPolygon(t *testing.T) {
	for _, g := range []orb.Geometry{
		orb.Point{1, 1},
		orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}},
	} {
		if got, err := Union([]orb.Geometry{orb.Polygon{box(0, 0, 1, 1)}, g}); err == nil {
			t.Errorf("%v dissolves to %v", g, got)
		}
	}
}

// TestUnionOfGridCells takes random cells of a grid, so that parts and holes touch in
// corners, and compares area and containment cell by cell.
func TestUnionOfGridCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	all := grid(7, 7)
	for range 300 {
		var taken []orb.Geometry
		held := make([]bool, len(all))
		sum := 0.0
		for i, cell := range all {
			if held[i] = rng.IntN(100) < 60; held[i] {
				taken = append(taken, cell)
				sum += AreaKm2(cell)
			}
		}
		union, err := Union(taken)
		if err != nil {
			t.Fatal(err)
		}
		if fault := Validate(union); fault != nil {
			t.Fatal(fault)
		}
		near(t, "area", AreaKm2(union), sum, 1e-9)
		for i, cell := range all {
			if Covers(union, cell.Bound().Center()) != held[i] {
				t.Fatalf("cell %d is in the union: %t, want %t", i, !held[i], held[i])
			}
		}
		rng.Shuffle(len(taken), func(i, j int) { taken[i], taken[j] = taken[j], taken[i] })
		if again, _ := Union(taken); !reflect.DeepEqual(union, again) {
			t.Fatal("the union depends on the order of polygons")
		}
	}
}

func TestOverlapsAndGaps(t *testing.T) {
	a := orb.Polygon{box(106, -2, 106.02, -1.99)}
	b := orb.Polygon{box(106.01, -2, 106.03, -1.99)}
	c := orb.Polygon{box(106.03, -2, 106.04, -1.99)} // beside b
	overlaps, err := Overlaps([]orb.Geometry{a, nil, b, c}, 0, nil)
	if err != nil || len(overlaps) != 1 || overlaps[0].A != 0 || overlaps[0].B != 2 {
		t.Fatalf("overlaps %v, error %v", overlaps, err)
	}
	near(t, "overlap", overlaps[0].AreaKm2, AreaKm2(orb.Polygon{box(106.01, -2, 106.02, -1.99)}), 1e-6)
	if !Covers(a, overlaps[0].At) || !Covers(b, overlaps[0].At) {
		t.Errorf("the overlap is not at %v", overlaps[0].At)
	}
	if few, err := Overlaps([]orb.Geometry{a, b}, 2, nil); err != nil || len(few) != 0 {
		t.Errorf("overlaps of 2 km²: %v, error %v", few, err)
	}
	if same, err := Overlaps([]orb.Geometry{a, a}, 0, nil); err != nil || len(same) != 1 {
		t.Errorf("overlaps with itself: %v, error %v", same, err)
	}

	cells := grid(3, 3)
	middle := cells[4]
	around := append(cells[:4:4], cells[5:]...)
	gaps, err := Gaps(around, 0)
	if err != nil || len(gaps) != 1 || !reflect.DeepEqual(gaps[0].Between, []int{0, 1, 2, 3, 4, 5, 6, 7}) {
		t.Fatalf("gaps %v, error %v", gaps, err)
	}
	near(t, "gap", gaps[0].AreaKm2, AreaKm2(middle), 1e-9)
	if !Covers(middle, gaps[0].At) {
		t.Errorf("the gap is not at %v", gaps[0].At)
	}
	bowTie := orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}
	if _, err := Overlaps([]orb.Geometry{a, bowTie}, 0, nil); err == nil {
		t.Error("overlaps of an invalid polygon")
	}
	if _, err := Gaps([]orb.Geometry{a, bowTie}, 0); err == nil {
		t.Error("gaps of an invalid polygon")
	}
}
