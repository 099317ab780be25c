package spatial

import (
	"math"
	"testing"
)

func TestMoranAsPublished(t *testing.T) {
	var file struct {
		Tests []struct {
			File, Neighbours, Variable string
			I                          *float64 `json:"moran_I"`
			P                          float64  `json:"p_norm_one_sided"`
			Randomisation              float64  `json:"VI_randomisation"`
			Normality                  float64  `json:"VI_normality"`
		}
		Rtol, Atol float64
	}
	readTruth(t, "spatial/moran_expected.json", &file)
	seen := 0
	for _, c := range file.Tests {
		if c.I != nil {
			seen++
			var lists map[string][]any
			readTruth(t, "spatial/"+c.Neighbours, &lists)
			m := field(t, column(t, "spatial/"+c.File, c.Variable), nil, numbered(t, lists, 1, RowStandardised)).Moran(Permutation{Seed: 1})
			near(t, c.File+" I", m.I, *c.I, file.Rtol, file.Atol)
			near(t, c.File+" p", m.Normality.P/2, c.P, file.Rtol, file.Atol)
			if m.Upper > 0.003 || m.P > 0.003 || m.Side != 1 || m.Lower < 0.99 {
				t.Errorf("%s by permutation: %+v", c.File, m.Tails)
			}
		}
		if c.Randomisation > 0 {
			seen++
			m := field(t, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, nil, weights(t, lattice(3, 3, false), Binary)).Moran(Permutation{Seed: 1})
			near(t, "randomisation", m.Randomisation.Variance, c.Randomisation, file.Rtol, file.Atol)
			near(t, "normality", m.Normality.Variance, c.Normality, file.Rtol, file.Atol)
		}
	}
	if seen != 3 {
		t.Errorf("%d published cases read", seen)
	}
}

// TestMoranByEnumeration goes through all 720 orders of six values, over weights that aren't symmetric.
func TestMoranByEnumeration(t *testing.T) {
	values := []float64{1, 1, 4, 2, 9, 4}
	neighbours := [][]int{{1}, {0, 2, 3}, {1}, {2, 4}, {}, {0, 3}}
	for _, style := range []Style{RowStandardised, Binary} {
		f := field(t, values, nil, weights(t, neighbours, style))
		m := f.Moran(Permutation{Draws: 40000, Seed: 7})
		if m.Status != Computed || m.Areas != 6 || m.Islands != 1 {
			t.Fatalf("%+v", m)
		}
		var all []float64
		permutations(append([]float64(nil), f.deviations...), 0, func(z []float64) {
			sum, s0 := 0.0, 0.0
			for i, list := range neighbours {
				for _, j := range list {
					sum += z[i] * z[j] * f.weights.Weight(i)
					s0 += f.weights.Weight(i)
				}
			}
			all = append(all, sum/s0/f.variance)
		})
		mean, square := 0.0, 0.0
		var upper, lower, far float64
		for _, x := range all {
			mean += x / float64(len(all))
			square += x * x / float64(len(all))
			upper += share(x >= m.I-1e-9, len(all))
			lower += share(x <= m.I+1e-9, len(all))
			far += share(math.Abs(x+0.2) >= math.Abs(m.I+0.2)-1e-9, len(all))
		}
		near(t, "expectation", m.Expectation, mean, 0, 1e-12)
		near(t, "variance", m.Randomisation.Variance, square-mean*mean, 1e-9, 0)
		near(t, "z", m.Randomisation.Z, (m.I-mean)/math.Sqrt(square-mean*mean), 1e-9, 0)
		for _, p := range [][2]float64{{m.Upper, upper}, {m.Lower, lower}, {m.P, far}} {
			near(t, "p", p[0], p[1], 0, 4*math.Sqrt(p[1]*(1-p[1])/40000)+1./40001)
		}
	}
}

func share(yes bool, of int) float64 {
	if yes {
		return 1 / float64(of)
	}
	return 0
}

func permutations(z []float64, from int, visit func([]float64)) {
	if from == len(z) {
		visit(z)
		return
	}
	for k := from; k < len(z); k++ {
		z[from], z[k] = z[k], z[from]
		permutations(z, from+1, visit)
		z[from], z[k] = z[k], z[from]
	}
}

// TestMoranLeavesOutWhatIsMissing: as if the areas weren't there.
func TestMoranLeavesOutWhatIsMissing(t *testing.T) {
	neighbours := lattice(4, 3, true)
	values := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, math.NaN()}
	known := make([]bool, 12)
	for i := range 8 {
		known[i] = true
	}
	got := field(t, values, known, weights(t, neighbours, RowStandardised)).Moran(Permutation{Seed: 1})
	want := field(t, values[:8], nil, weights(t, lattice(4, 2, true), RowStandardised)).Moran(Permutation{Seed: 1})
	if got.I != want.I || got.Areas != 8 || got.Tails != want.Tails || *got.Normality != *want.Normality || *got.Randomisation != *want.Randomisation {
		t.Errorf("%+v, want %+v", got, want)
	}
}
