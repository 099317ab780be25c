package spatial

import (
	"fmt"
	"math"
	"testing"
)

// TestLocalMoranAsPublished compares with the published moments and with p values by full enumeration, on both sides.
func TestLocalMoranAsPublished(t *testing.T) {
	var file struct {
		Y          map[string]float64
		Neighbours map[string][]any
		Published  struct {
			Expectation []float64 `json:"EIc_conditional_expectation"`
			Variance    []float64 `json:"VIc_conditional_variance"`
			Rtol, Atol  float64
		}
		Exact []struct {
			ID    string
			I     float64 `json:"Ii_m2_over_n"`
			Upper float64 `json:"p_upper_exact"`
			Lower float64 `json:"p_lower_exact"`
		} `json:"exact_conditional_permutation"`
	}
	readTruth(t, "spatial/desmith.json", &file)
	values := make([]float64, len(file.Y))
	for i := range values {
		values[i] = file.Y[fmt.Sprint(i+1)]
	}
	f := field(t, values, nil, numbered(t, file.Neighbours, 1, RowStandardised))
	for _, p := range []Permutation{{Seed: 1}, {Seed: 2}, {Draws: 99999, Seed: 3}} {
		local := f.LocalMoran(f.Permute(p))
		if len(local) != len(file.Exact) || len(local) != 10 {
			t.Fatalf("%d areas, %d published", len(local), len(file.Exact))
		}
		for i, want := range file.Exact {
			got := local[i]
			near(t, want.ID+" I", got.I, want.I, 1e-9, 0)
			near(t, want.ID+" E", got.Expectation, file.Published.Expectation[i], file.Published.Rtol, file.Published.Atol)
			near(t, want.ID+" V", got.Variance, file.Published.Variance[i], file.Published.Rtol, file.Published.Atol)
			near(t, want.ID+" upper", got.Upper, want.Upper, 0, monteCarlo(want.Upper, p.draws()))
			near(t, want.ID+" lower", got.Lower, want.Lower, 0, monteCarlo(want.Lower, p.draws()))
		}
	}
}

// monteCarlo is 4 standard errors of a p value by permutation, and its bias.
func monteCarlo(p float64, draws int) float64 {
	return 4*math.Sqrt(p*(1-p)/float64(draws)) + 1/float64(draws+1)
}

// TestTailsByEnumeration goes through all subsets, of values full of ties, for few neighbours and for most.
func TestTailsByEnumeration(t *testing.T) {
	for _, values := range [][]float64{
		{3, 1, 4, 1, 5, 9, 2, 6, 5, 3},
		{0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1, 0.2, 0.4, 0.3}, // sums that are equal but for rounding
		{0, 0, 0, 1, 0, 0, 0, 0, 0, 1},
	} {
		for k := 1; k <= 9; k++ {
			neighbours := make([][]int, 10)
			for j := 1; j <= k; j++ {
				neighbours[0] = append(neighbours[0], j)
			}
			got := field(t, values, nil, weights(t, neighbours, RowStandardised)).Permute(Permutation{Seed: uint64(k)})[0]
			want := exactTails(values[1:], k)
			for _, p := range [][2]float64{{got.Upper, want.Upper}, {got.Lower, want.Lower}, {got.P, want.P}} {
				near(t, fmt.Sprint(values, k), p[0], p[1], 0, monteCarlo(p[1], DefaultDraws))
			}
			if got.Side != want.Side || got.Neighbours != k {
				t.Errorf("%v, %d neighbours: %+v, want %+v", values, k, got, want)
			}
		}
	}
}

// exactTails enumerates the sums of k of the pool, the first k being observed. Values count in tenths.
func exactTails(pool []float64, k int) (t Tails) {
	tenths := func(x float64) int { return int(math.Round(10 * x)) }
	observed, total, subsets := 0, 0, 0
	for j, x := range pool {
		total += tenths(x)
		if j < k {
			observed += tenths(x)
		}
	}
	far := func(sum int) int { return max(sum*len(pool)-k*total, k*total-sum*len(pool)) }
	var upper, lower, both int
	for set := range 1 << len(pool) {
		size, sum := 0, 0
		for j, x := range pool {
			if set>>j&1 == 1 {
				size, sum = size+1, sum+tenths(x)
			}
		}
		if size != k {
			continue
		}
		subsets++
		if sum >= observed {
			upper++
		}
		if sum <= observed {
			lower++
		}
		if far(sum) >= far(observed) {
			both++
		}
	}
	n := float64(subsets)
	return Tails{Upper: float64(upper) / n, Lower: float64(lower) / n, P: float64(both) / n, Side: side(int64(observed*len(pool)-k*total), 0)}
}

func TestQuadrants(t *testing.T) {
	// A ring; the mean is 5.
	values := []float64{9, 8, 7, 1, 9, 2, 1, 3, 5, 5}
	neighbours := make([][]int, len(values))
	for i := range values {
		neighbours[i] = []int{(i + 9) % 10, (i + 1) % 10}
	}
	f := field(t, values, nil, weights(t, neighbours, RowStandardised))
	local := f.LocalMoran(f.Permute(Permutation{Seed: 1}))
	want := []Quadrant{HighHigh, HighHigh, HighLow, LowHigh, HighLow, "", LowLow, LowLow, "", ""}
	for i, q := range want {
		if local[i].Quadrant != q {
			t.Errorf("area %d: %q, want %q", i, local[i].Quadrant, q)
		}
	}
	if at := local[8]; at.I != 0 || at.P != 1 || at.Upper != 1 || at.Lower != 1 || at.Confidence != 0 {
		t.Errorf("an area at the mean is %+v", at)
	}
	if low, sum := local[6], f.Permute(Permutation{Seed: 1})[6]; low.Upper != sum.Lower || low.Lower != sum.Upper || low.Side != 1 {
		t.Errorf("among low neighbours a low area has a high I: %+v of %+v", low, sum)
	}
}
