package spatial

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func TestWeights(t *testing.T) {
	given := [][]int{{3, 1}, {0}, {}, {1, 0, 2}}
	w := weights(t, given, RowStandardised)
	if !reflect.DeepEqual(w.Neighbours(0), []int{1, 3}) || w.Len() != 4 || !reflect.DeepEqual(w.Islands(), []int{2}) {
		t.Errorf("%+v", w)
	}
	if !reflect.DeepEqual(given[0], []int{3, 1}) {
		t.Error("the caller's list was changed")
	}
	if w.Weight(3) != 1.0/3 || w.Weight(2) != 0 || weights(t, given, Binary).Weight(3) != 1 || weights(t, given, Binary).Weight(2) != 0 {
		t.Error("wrong weights")
	}
}

// TestHexagons is a row of three cells, one above the last two, and one apart.
func TestHexagons(t *testing.T) {
	w, err := Hexagons([]geo.HexID{{}, {Q: 1}, {Q: 2}, {Q: 1, R: 1}, {Q: 9}}, RowStandardised)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{1}, {0, 2, 3}, {1, 3}, {1, 2}, {}} {
		if !slices.Equal(w.Neighbours(i), want) {
			t.Errorf("cell %d has the neighbours %v, want %v", i, w.Neighbours(i), want)
		}
	}
	if _, err := Hexagons([]geo.HexID{{}, {}}, Binary); err == nil {
		t.Error("a cell was taken twice")
	}
}

func TestWeightsRefused(t *testing.T) {
	for name, bad := range map[string][][]int{
		"out of range": {{1}, {2}},
		"negative":     {{-1}},
		"itself":       {{1}, {1}},
		"twice":        {{1, 1}, {}},
	} {
		if _, err := NewWeights(bad, Binary); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewWeights(nil, Style(9)); err == nil {
		t.Error("an unknown style is taken")
	}
}

func TestNearest(t *testing.T) {
	// A cross: the arms are equally far from the middle; going round the antimeridian is short.
	points := []orb.Point{{180, 0}, {-179.9, 0}, {179.9, 0}, {180, 0.1}, {180, -0.1}, {179, 0}}
	for _, c := range []struct {
		count int
		want  [][]int
	}{
		{0, [][]int{nil, nil, nil, nil, nil, nil}},
		{2, [][]int{{1, 2}, {0, 3}, {0, 3}, {0, 1}, {0, 1}, {0, 2}}},
		{9, [][]int{{1, 2, 3, 4, 5}, {0, 2, 3, 4, 5}, {0, 1, 3, 4, 5}, {0, 1, 2, 4, 5}, {0, 1, 2, 3, 5}, {0, 1, 2, 3, 4}}},
	} {
		w, err := Nearest(points, c.count, Binary)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if got := w.Neighbours(i); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%d nearest of %d: %v, want %v", c.count, i, got, want)
			}
		}
	}
	// What is nearer by less than a millimetre is as near.
	if w, err := Nearest([]orb.Point{{0, 0}, {0.01, 0}, {-0.0099999999, 0}}, 1, Binary); err != nil || w.Neighbours(0)[0] != 1 {
		t.Errorf("%v, %v", w, err)
	}
	if _, err := Nearest(points, -1, Binary); err == nil {
		t.Error("a negative number of neighbours is taken")
	}
	if _, err := Nearest([]orb.Point{{math.NaN(), 0}}, 1, Binary); err == nil {
		t.Error("a coordinate that is no number is taken")
	}
	if w, err := Nearest(nil, 3, Binary); err != nil || w.Len() != 0 {
		t.Errorf("no points: %v, %v", w, err)
	}
}

func TestQueen(t *testing.T) {
	square := func(x float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{x, 0}, {x + 1, 0}, {x + 1, 1}, {x, 1}, {x, 0}}}}
	}
	areas, err := registry.NewAreas([]registry.Area{
		{Code: "19.71"}, {Code: "19.71.01", Boundary: square(0)}, {Code: "19.71.02", Boundary: square(1)},
		{Code: "19.71.03", Boundary: square(2)}, {Code: "19.71.04"}, {Code: "19.71.05", Boundary: square(9)},
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := Queen(areas, areas.Level(registry.LevelKecamatan), Binary)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{1}, {0, 2}, {1}, {}, {}} {
		if got := w.Neighbours(i); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("area %d: %v, want %v", i, got, want)
		}
	}
	some, err := Queen(areas, []int{3, 1}, Binary) // in the order given, neighbours outside left out
	if err != nil || !reflect.DeepEqual(some.Islands(), []int{0, 1}) {
		t.Errorf("%v, %v", some, err)
	}
	for _, bad := range [][]int{{1, 1}, {99}, {-1}} {
		if _, err := Queen(areas, bad, Binary); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
