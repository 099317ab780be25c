package demo

import (
	"testing"

	"pgregory.net/rapid"
)

func TestApportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "n")
		weights := rapid.SliceOfN(rapid.Float64Range(0.001, 100), n, n).Draw(t, "weights")
		limits := rapid.SliceOfN(rapid.IntRange(0, 100), n, n).Draw(t, "limits")
		most := 0
		for _, l := range limits {
			most += l
		}
		total := rapid.IntRange(0, most).Draw(t, "total")
		for _, l := range [][]int{nil, limits} {
			sum := 0
			for i, part := range apportion(total, weights, l) {
				sum += part
				if part < 0 || l != nil && part > l[i] {
					t.Fatalf("part %d is %d, limit %d", i, part, l[i])
				}
			}
			if sum != total {
				t.Fatalf("the parts add up to %d, not %d", sum, total)
			}
		}
	})
}

func TestApportionIsFair(t *testing.T) {
	for i, part := range apportion(1000, []float64{1, 2, 3, 4}, nil) {
		if want := 100 * (i + 1); part != want {
			t.Errorf("part %d is %d, want %d", i, part, want)
		}
	}
}

func TestFamilySizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		households := rapid.IntRange(0, 5000).Draw(t, "households")
		people := rapid.IntRange(households, households*len(sizeShares)).Draw(t, "people")
		n, sum := 0, 0
		for i, count := range familySizes(households, people) {
			if count < 0 {
				t.Fatalf("%d families of %d", count, i+1)
			}
			n += count
			sum += count * (i + 1)
		}
		if n != households || sum != people {
			t.Fatalf("%d people in %d families, want %d in %d", sum, n, people, households)
		}
	})
}

func TestShuffleIsAnOrder(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 1000, 4097} {
		s := newShuffle(n, newDice(uint64(n)))
		seen, stayed := make([]bool, n), 0
		for i := range n {
			r := s.rank(i)
			if r < 0 || r >= n || seen[r] {
				t.Fatalf("n=%d: rank %d of %d is outside or taken", n, r, i)
			}
			seen[r] = true
			if r == i {
				stayed++
			}
		}
		if n >= 1000 && stayed > 20 {
			t.Errorf("n=%d: %d stayed where they were", n, stayed)
		}
	}
}
