package spatial

import (
	"math"
	"testing"
)

func TestGetisAsPublished(t *testing.T) {
	var file struct {
		Y          []float64
		Neighbours map[string][]any `json:"neighbours_0_based"`
		Expected   struct {
			Gi   float64 `json:"Gi_z_binary_first"`
			Star float64 `json:"Gi_star_z_binary_first"`
			P    float64 `json:"p_sim_first_999_perm"`
		}
		Rtol float64
	}
	readTruth(t, "spatial/getis_six_points.json", &file)
	for _, style := range []Style{Binary, RowStandardised} {
		f := field(t, file.Y, nil, numbered(t, file.Neighbours, 0, style))
		chances := f.Permute(Permutation{Draws: 9999, Seed: 10})
		gi, star := f.Getis(chances)[0], f.HotSpots(chances)[0]
		near(t, "Gi", gi.Z, file.Expected.Gi, file.Rtol, 0)
		near(t, "Gi*", star.Z, file.Expected.Star, file.Rtol, 0)
		// The published p counts draws strictly below what was observed. Of the ten pairs one is, and one is equal.
		near(t, "strictly below", 1-star.Upper, file.Expected.P, 0, 0.03)
		near(t, "at most", star.Lower, 0.2, 0, monteCarlo(0.2, 9999))
		if gi.Tails != star.Tails {
			t.Errorf("Gi has %+v, Gi* %+v", gi.Tails, star.Tails)
		}
	}
}

// TestGetisByTheFormula computes both statistics as they are written, with x itself.
func TestGetisByTheFormula(t *testing.T) {
	values := []float64{12, 15, 11, 30, 31, 29, 14, 33, 10, 12, 13, 9}
	f := field(t, values, nil, weights(t, lattice(4, 3, true), RowStandardised))
	chances := f.Permute(Permutation{Draws: 99, Seed: 1})
	for i, star := range f.HotSpots(chances) {
		near(t, "Gi*", star.Z, written(values, append([]int{i}, f.weights.Neighbours(i)...), -1), 1e-9, 0)
		near(t, "Gi", f.Getis(chances)[i].Z, written(values, f.weights.Neighbours(i), i), 1e-9, 0)
	}
}

func written(values []float64, near []int, without int) float64 {
	var sum, n, mean, s2 float64
	for j, x := range values {
		if j != without {
			n, mean = n+1, mean+x
		}
	}
	mean /= n
	for j, x := range values {
		if j != without {
			s2 += (x - mean) * (x - mean) / n
		}
	}
	for _, j := range near {
		sum += values[j]
	}
	w := float64(len(near))
	return (sum - mean*w) / math.Sqrt(s2*(n*w-w*w)/(n-1))
}

// TestHotAndCold plants a hot and a cold corner in a grid.
func TestHotAndCold(t *testing.T) {
	const columns, rows = 7, 6
	values := make([]float64, columns*rows)
	for i := range values {
		x, y := i%columns, i/columns
		values[i] = 20 + float64(i*17%5)
		if x < 3 && y < 3 {
			values[i] += 20
		}
		if x > 3 && y > 2 {
			values[i] -= 15
		}
	}
	values[2*columns+5], values[4*columns+5] = 21, 21.5
	f := field(t, values, nil, weights(t, lattice(columns, rows, true), RowStandardised))
	spots := f.HotSpots(f.Permute(Permutation{Seed: 1}))
	if s := spots[columns+1]; s.Class != Hot || s.Confidence < 95 || s.Z < 2 || s.Side != 1 || s.Adjusted < s.P || s.Neighbours != 8 {
		t.Errorf("the middle of the hot corner: %+v", s)
	}
	if s := spots[4*columns+6]; s.Class != Cold || s.Z > 0 || s.Side != -1 {
		t.Errorf("the edge of the cold corner: %+v", s)
	}
	if s := spots[5*columns]; s.Class != NotSignificant || s.Confidence != 0 {
		t.Errorf("far from both: %+v", s)
	}
	hot := 0
	for _, s := range spots {
		if s.Class == Hot {
			hot++
		}
	}
	if hot > 12 {
		t.Errorf("%d of 42 areas are hot, 9 were planted", hot)
	}
}

// TestAnOutlierIsNoHotOrColdSpot: an area whose own value is far on one side, among neighbours that are significantly on
// the other.
func TestAnOutlierIsNoHotOrColdSpot(t *testing.T) {
	for _, c := range []struct {
		sign     float64
		quadrant Quadrant
		around   Class
	}{{1, HighLow, Cold}, {-1, LowHigh, Hot}} {
		values := make([]float64, 42)
		neighbours := make([][]int, 42)
		for i := range values {
			values[i] = c.sign * (30 + float64(i%7))
			neighbours[i] = []int{(i + 1) % 42}
		}
		values[0], neighbours[0] = c.sign*120, []int{1, 2, 3, 4, 5}
		for _, j := range neighbours[0] {
			values[j] = c.sign * (20 + float64(j))
		}
		f := field(t, values, nil, weights(t, neighbours, Binary))
		chances := f.Permute(Permutation{Seed: 1})
		spot, local := f.HotSpots(chances)[0], f.LocalMoran(chances)[0]
		if spot.Z*c.sign <= 0 || spot.Side != -int(c.sign) || spot.Adjusted > 0.01 || spot.Class != NotSignificant || spot.Confidence != 0 {
			t.Errorf("%+v", spot)
		}
		if local.Quadrant != c.quadrant || local.Confidence != 99 {
			t.Errorf("%+v", local)
		}
		if gi := f.Getis(chances)[0]; gi.Class != c.around || gi.Z*c.sign >= 0 {
			t.Errorf("without the area itself: %+v", gi)
		}
	}
}
