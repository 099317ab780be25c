package pockets

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// found is pockets with these members, by their ids, one household each.
func foundOf(pockets ...[]byte) (f Found) {
	for _, ids := range pockets {
		var p Pocket
		for _, id := range ids {
			p.Members = append(p.Members, len(f.Points))
			p.Households++
			f.Points = append(f.Points, household(id, 0, 0))
		}
		f.Pockets = append(f.Pockets, p)
	}
	return f
}

func TestMatch(t *testing.T) {
	blocks := func(households ...int64) Found {
		f := foundOf([]byte{1, 2, 3}[:len(households)])
		f.Pockets[0].Households = 0
		for i, n := range households {
			f.Points[i].Households = n
			f.Pockets[0].Households += n
		}
		return f
	}
	for _, c := range []struct {
		name           string
		earlier, later Found
		want           []Pair
	}{
		{"nothing", Found{}, Found{}, []Pair{}},
		{"new", Found{}, foundOf([]byte{1}), []Pair{{-1, 0, 0, 0}}},
		{"gone", foundOf([]byte{1}), Found{}, []Pair{}},
		{"the same", foundOf([]byte{1, 2}), foundOf([]byte{2, 1}), []Pair{{0, 0, 2, 1}}},
		{"nobody of it", foundOf([]byte{1, 2}), foundOf([]byte{3}), []Pair{{-1, 0, 0, 0}}},
		{"grown", foundOf([]byte{1, 2}), foundOf([]byte{1, 2, 3, 4}), []Pair{{0, 0, 2, 0.5}}},
		{"fallen apart", foundOf([]byte{1, 2, 3, 4}), foundOf([]byte{1, 2, 3}, []byte{4}), []Pair{{0, 0, 3, 0.75}, {0, 1, 1, 0.25}}},
		{"grown together", foundOf([]byte{1, 2}, []byte{3, 4, 5}), foundOf([]byte{1, 2, 3, 4, 5}), []Pair{{1, 0, 3, 0.6}}},
		{"as many: the larger share", foundOf([]byte{1, 2, 9}, []byte{3, 4}), foundOf([]byte{1, 2, 3, 4}), []Pair{{1, 0, 2, 0.5}}},
		{"as many and as much: the earlier position", foundOf([]byte{3, 4}, []byte{1, 2}), foundOf([]byte{1, 2, 3, 4}), []Pair{{0, 0, 2, 0.5}}},
		{"blocks", blocks(20, 30, 0), blocks(10, 40), []Pair{{0, 0, 40, 40.0 / 60}}},
		{"blocks of nobody", blocks(0, 0), blocks(0, 0), []Pair{{-1, 0, 0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Match(c.earlier, c.later); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestMatchWithItself pairs every pocket that Find makes with itself.
func TestMatchWithItself(t *testing.T) {
	points := syntheticCity(5000)
	a := Found{points, find(t, points, Options{RadiusMeters: 150, MinWeight: 15})}
	shuffled := append([]Point(nil), points...)
	rand.New(rand.NewPCG(73, 73)).Shuffle(len(points), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	pairs := Match(a, Found{shuffled, find(t, shuffled, Options{RadiusMeters: 150, MinWeight: 15})})
	if len(pairs) < 5 {
		t.Fatalf("only %d pockets", len(pairs))
	}
	for i, p := range pairs {
		if want := (Pair{i, i, a.Pockets[i].Households, 1}); p != want {
			t.Errorf("%+v, want %+v", p, want)
		}
	}
}
