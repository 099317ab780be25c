package disclosure

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kantong/internal/registry"
)

var (
	householdNoise = Noise{MaxDeviation: 15, Variance: 25}
	peopleNoise    = Noise{MaxDeviation: 75, Variance: 625}
)

// valid makes sense of any four values as a choice of noise within its ranges.
func valid(deviation, blocked int, stay, share float64) Noise {
	n := Noise{MaxDeviation: deviation, Blocked: blocked, Stay: stay}
	least, most := n.variances()
	n.Variance = min(most, least+share*(most-least)) // rounding can lead past the end
	return n
}

// checkTable asserts of every row what its definition says.
func checkTable(t interface{ Errorf(string, ...any) }, n Noise, made *table) {
	if len(made.rows) != n.lastRow()+1 || made.deviation(0, 0) != 0 || made.deviation(0, math.MaxUint32) != 0 {
		t.Errorf("%+v: %d rows, and nobody becomes %d", n, len(made.rows), made.deviation(0, 0))
	}
	for count := 1; count < len(made.rows); count++ {
		r := n.row(count)
		if !r.solve() {
			t.Errorf("%+v: no row for %d", n, count)
			return
		}
		variance := r.variance(n.Variance)
		if large := count >= n.lastRow(); variance > n.Variance || large && variance != n.Variance {
			t.Errorf("%+v: variance %g for count %d", n, variance, count)
		}
		var total, first, second, before float64
		row := made.rows[count]
		for i, p := range r.p {
			v, result := r.deviations[i], count+r.deviations[i]
			if !(p >= 0 && p <= 1) || v < -n.MaxDeviation || v > n.MaxDeviation || result < 0 || result >= 1 && result <= n.Blocked || int(row.deviations[i]) != v {
				t.Errorf("%+v: count %d becomes %d with probability %g", n, count, result, p)
			}
			if v == 0 && p < n.Stay-1e-9 {
				t.Errorf("%+v: count %d stays with probability %g", n, count, p)
			}
			total, first, second = total+p, first+p*float64(v), second+p*float64(v*v)
			if i < len(row.upper) {
				if at := float64(row.upper[i]) / keyRange; math.Abs(at-total) > 1e-9 || at < before {
					t.Errorf("%+v: bound %d of count %d is %g after %g, want %g", n, i, count, at, before, total)
				} else {
					before = at
				}
			}
		}
		deviation := math.Sqrt(variance)
		if math.Abs(total-1) > 1e-12 || math.Abs(first) > 1e-10*deviation || math.Abs(second-variance) > 1e-10*variance {
			t.Errorf("%+v: count %d has probabilities of %g, mean %g and variance %g, want 1, 0 and %g", n, count, total, first, second, variance)
		}
		if len(r.deviations) != len(row.deviations) || len(r.deviations) != 1+len(row.upper) {
			t.Errorf("%+v: count %d has %d deviations", n, count, len(row.deviations))
		}
	}
}

func TestTableProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deviation := rapid.IntRange(1, 40).Draw(t, "maxDeviation")
		stay := rapid.SampledFrom([]float64{0, 0, 0.05, 0.3, 0.5, 0.8}).Draw(t, "stay")
		n := valid(deviation, rapid.IntRange(0, min(5, deviation-1)).Draw(t, "blocked"), stay, rapid.Float64Range(0, 1).Draw(t, "share"))
		if least, most := n.variances(); least > most {
			if n.Check() == nil {
				t.Errorf("%+v: variance from %g to %g passes", n, least, most)
			}
			return
		}
		made, err := newTable(n)
		if err != nil {
			t.Fatalf("%+v: %v", n, err)
		}
		checkTable(t, n, made)
		if again, err := newTable(n); err != nil || !reflect.DeepEqual(made, again) {
			t.Errorf("%+v: another table the second time, %v", n, err)
		}
	})
}

// TestSmallCounts: counts that can't have the variance have three quarters of their largest, others all of it.
func TestSmallCounts(t *testing.T) {
	for _, c := range []struct {
		noise    Noise
		count    int
		variance float64
	}{
		{householdNoise, 1, 11.25}, {householdNoise, 2, 22.5}, {householdNoise, 3, 25}, {householdNoise, 100, 25},
		{peopleNoise, 1, 56.25}, {peopleNoise, 11, 618.75}, {peopleNoise, 12, 625},
		{Noise{MaxDeviation: 15, Variance: 25, Stay: 0.5}, 4, 22.5}, // the largest is 4·15, half of the time
		{Noise{MaxDeviation: 6, Variance: 11, Blocked: 3}, 1, 5.25}, // −1, or 3 to 6: variances from 3 to 6
		{Noise{MaxDeviation: 6, Variance: 11, Blocked: 3}, 2, 10},   // −2, or 2 to 6: from 4 to 12
		{Noise{MaxDeviation: 6, Variance: 11, Blocked: 3}, 8, 11},   // −4 to 6: up to 24
	} {
		if got := c.noise.row(c.count).variance(c.noise.Variance); got != c.variance {
			t.Errorf("%+v, count %d: %g, want %g", c.noise, c.count, got, c.variance)
		}
	}
}

// TestPeak: probabilities rise up to no change and fall behind it, or are those of entropy alone: never is a peak on one
// side paid for with one on the other.
func TestPeak(t *testing.T) {
	for _, n := range []Noise{householdNoise, peopleNoise, {MaxDeviation: 5, Variance: 3, Blocked: 2, Stay: 0.5}, {MaxDeviation: 15, Variance: 40, Blocked: 1}} {
		peaks, others := 0, 0
		for count := 1; count <= n.lastRow(); count++ {
			r, free := n.row(count), n.row(count)
			if !r.solve() || !free.search(false) {
				t.Fatal("no row")
			}
			if r.zero >= 0 && r.fallsBehindZero() && slices.IsSortedFunc(r.p[:r.zero+1], func(a, b float64) int {
				return cmp.Compare(a, b-1e-10)
			}) {
				peaks++
			} else if others++; !slices.Equal(r.p, free.p) {
				t.Errorf("%+v: count %d has neither a peak nor the largest entropy: %v", n, count, r.p)
			}
		}
		if peaks == 0 || others == 0 {
			t.Errorf("%+v: %d rows with a peak and %d without test too little", n, peaks, others)
		}
	}
}

// TestDeviations draws a million keys for several counts: mean and variance are within four standard errors.
func TestDeviations(t *testing.T) {
	const draws = 1_000_000
	random := rand.New(rand.NewPCG(13, 1))
	for _, n := range []Noise{householdNoise, peopleNoise, {MaxDeviation: 5, Variance: 3, Blocked: 2, Stay: 0.5}} {
		made, err := newTable(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, count := range []int64{1, 2, 7, 40, 1_000_000} {
			r := n.row(int(min(count, int64(n.lastRow()))))
			if !r.solve() {
				t.Fatal("no row")
			}
			var second, fourth float64
			for i, p := range r.p {
				square := float64(r.deviations[i] * r.deviations[i])
				second, fourth = second+p*square, fourth+p*square*square
			}
			var sum, squares float64
			for range draws {
				v := made.deviation(count, random.Uint32())
				if _, ok := slices.BinarySearch(r.deviations, int(v)); !ok {
					t.Fatalf("%+v: count %d changes by %d", n, count, v)
				}
				sum, squares = sum+float64(v), squares+float64(v*v)
			}
			if m := sum / draws; math.Abs(m) > 4*math.Sqrt(second/draws) {
				t.Errorf("%+v: count %d has mean %g", n, count, m)
			}
			if v := squares / draws; math.Abs(v-second) > 4*math.Sqrt((fourth-second*second)/draws) {
				t.Errorf("%+v: count %d has variance %g, want %g", n, count, v, second)
			}
		}
	}
}

// TestDeviationBounds compares the search with a walk through the intervals, at each bound and on both sides of it.
func TestDeviationBounds(t *testing.T) {
	for _, n := range []Noise{householdNoise, peopleNoise, {MaxDeviation: 1, Variance: 0.5}, {MaxDeviation: 60, Variance: 0.01}} {
		made, err := newTable(n)
		if err != nil {
			t.Fatal(err)
		}
		for count, row := range made.rows {
			keys := []uint32{0, 1, math.MaxUint32 - 1, math.MaxUint32}
			for _, b := range row.upper {
				keys = append(keys, b-1, b, b+1)
			}
			for _, key := range keys {
				at := 0
				for at < len(row.upper) && key >= row.upper[at] {
					at++
				}
				if got := made.deviation(int64(count), key); got != int64(row.deviations[at]) {
					t.Fatalf("%+v: count %d, key %d: %d, want %d", n, count, key, got, row.deviations[at])
				}
			}
		}
		last := int64(len(made.rows) - 1)
		if made.deviation(-3, 99) != 0 || made.deviation(math.MaxInt64, 99) != made.deviation(last, 99) {
			t.Error("counts outside the rows")
		}
	}
}

func TestNoiseCheck(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		noise Noise
		field string // of the error; "" for none
	}{
		{householdNoise, ""}, {peopleNoise, ""}, {Noise{2, 2, 0, 0}, ""}, {Noise{1, 0.01, 0, 0.9}, ""}, {Noise{500, 20_000, 0, 0}, ""},
		{Noise{5, 4.08, 3, 0}, ""}, {Noise{}, "maxDeviation"}, {Noise{-1, 1, 0, 0}, "maxDeviation"}, {Noise{501, 1, 0, 0}, "maxDeviation"},
		{Noise{5, 3, -1, 0}, "blocked"}, {Noise{5, 3, 5, 0}, "blocked"}, {Noise{5, 3, 0, -0.1}, "stay"}, {Noise{5, 3, 0, 1}, "stay"},
		{Noise{5, 3, 0, nan}, "stay"}, {Noise{5, 0, 0, 0}, "variance"}, {Noise{5, 10.01, 0, 0}, "variance"}, {Noise{5, nan, 0, 0}, "variance"},
		{Noise{5, math.Inf(1), 0, 0}, "variance"}, {Noise{5, 4.07, 3, 0}, "variance"}, {Noise{5, 3, 0, 0.8}, "variance"}, {Noise{5, 4.5, 3, 0.8}, "variance"},
	} {
		err := c.noise.Check()
		var e *registry.Error
		if errors.As(err, &e); (err == nil) != (c.field == "") || e != nil && (e.Field != c.field || e.Code != registry.CodeBadUserInput) {
			t.Errorf("%+v: %v, want an error of %q", c.noise, err, c.field)
		}
		if _, made := newTable(c.noise); (made == nil) != (err == nil) {
			t.Errorf("%+v: check says %v, table %v", c.noise, err, made)
		}
	}
}

// FuzzNoise: what passes Check has a table, and a right one.
func FuzzNoise(f *testing.F) {
	for _, n := range []Noise{householdNoise, {5, 3, 2, 0.5}, {2, 1.08, 1, 0}, {1, 0.66, 0, 0}, {40, 0.01, 0, 0.99}, {9, 20, 7, 0.2}} {
		f.Add(n.MaxDeviation, n.Variance, n.Blocked, n.Stay)
	}
	f.Fuzz(func(t *testing.T, deviation int, variance float64, blocked int, stay float64) {
		n := Noise{deviation, variance, blocked, stay}
		made, err := newTable(n)
		if bad := n.Check(); (bad == nil) != (err == nil) {
			t.Fatalf("%+v: check says %v, table %v", n, bad, err)
		}
		if err == nil {
			checkTable(t, n, made)
		}
	})
}

func BenchmarkDeviation(b *testing.B) {
	for name, n := range map[string]Noise{"households": householdNoise, "people": peopleNoise} {
		b.Run(name, func(b *testing.B) {
			made, err := newTable(n)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			key, sum := uint32(1), int64(0)
			for b.Loop() {
				key = key*1664525 + 1013904223
				sum += made.deviation(int64(key>>23), key) // counts to 511
			}
			if sum == math.MaxInt64 {
				b.Fatal(sum)
			}
		})
	}
}

func BenchmarkNewTable(b *testing.B) {
	for name, n := range map[string]Noise{"households": householdNoise, "people": peopleNoise} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := newTable(n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
