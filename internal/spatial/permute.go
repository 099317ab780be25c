package spatial

import (
	"math/bits"
	"math/rand/v2"
)

// DefaultDraws is the number of permutations where none is given: the least p is then 1/10 000.
const DefaultDraws = 9999

// Permutation says how chance is played out. Equal ones give equal p on every platform.
type Permutation struct {
	Draws int // permutations for each area; DefaultDraws when below 1
	Seed  uint64
}

func (p Permutation) draws() int {
	if p.Draws < 1 {
		return DefaultDraws
	}
	return p.Draws
}

// golden spreads the streams over the generator's states.
const golden = 0x9e3779b97f4a7c15

// stream is the random numbers of an area, or of the global statistic at position −1.
func (p Permutation) stream(position int) *rand.PCG {
	return rand.NewPCG(p.Seed, uint64(position+1)*golden)
}

// Tails are the pseudo p values, (r+1)/(B+1), of one figure under permutation; r counts ties.
type Tails struct {
	Upper float64 // r: draws at least as high as observed
	Lower float64 // r: draws at most as high as observed
	P     float64 // two-sided, r: draws at least as far from the expectation
	Side  int     // 1 where the observed figure is above its expectation, -1 where below, 0 at it
}

// Chance is where the sum of an area's neighbours' values lies among the sums of as many areas drawn from all others.
type Chance struct {
	Status     Status
	Neighbours int // that have a value
	Tails
}

// Permute draws for each area, conditional on its own value (Anselin 1995). What it gives is for HotSpots,
// Getis and LocalMoran of the same field, which share the draws.
func (f *Field) Permute(p Permutation) []Chance {
	others := make([]int64, 0, max(0, f.count-1))
	chances := make([]Chance, len(f.known))
	for i := range chances {
		chances[i] = Chance{Status: f.status(i), Neighbours: len(f.weights.neighbours[i])}
		if chances[i].Status != Computed {
			continue
		}
		others = others[:0]
		for j, known := range f.known {
			if known && j != i {
				others = append(others, f.whole[j])
			}
		}
		_, observed := f.lag(i)
		chances[i].Tails = tailsOfSum(observed, len(f.weights.neighbours[i]), others, p.draws(), p.stream(i))
	}
	return chances
}

// tailsOfSum compares the observed sum of count values with sums of as many drawn from pool, which it reorders.
//
// A draw goes through the first few steps of a Fisher–Yates shuffle only, and starts from wherever the last draw left the
// pool: any order is as good a start as any other.
func tailsOfSum(observed int64, count int, pool []int64, draws int, random *rand.PCG) Tails {
	var total int64
	for _, x := range pool {
		total += x
	}
	// Where most are neighbours, those that are not are drawn: it's fewer.
	few, inverted := count, 2*count > len(pool)
	if inverted {
		few = len(pool) - count
	}
	// Half a unit of rounding for each value: sums that are equal but for it are ties. Distances from the expectation,
	// count·total/len(pool), are compared in len(pool)ths of a unit.
	tie := int64(count)
	size, expected := int64(len(pool)), int64(count)*total
	distance := observed*size - expected
	farTie := 2 * tie * size
	var above, below, far int
	fresh := freshWords(len(pool), few)
	for range draws {
		var sum int64
		var word uint64
		for k, needed := range fresh {
			if needed {
				word = random.Uint64()
			}
			// The word as a fraction, times the places left, is a place and the fraction for the next.
			var step uint64
			step, word = bits.Mul64(word, uint64(len(pool)-k))
			at := k + int(step)
			pool[k], pool[at] = pool[at], pool[k]
			sum += pool[k]
		}
		if inverted {
			sum = total - sum
		}
		if sum >= observed-tie {
			above++
		}
		if sum <= observed+tie {
			below++
		}
		if magnitude(sum*size-expected) >= magnitude(distance)-farTie {
			far++
		}
	}
	return Tails{Upper: pseudo(above, draws), Lower: pseudo(below, draws), P: pseudo(far, draws), Side: side(distance, farTie)}
}

// freshWords says at which steps of drawing from size places a new random word is needed. A word serves as many steps as
// there are up to 2^40 ways to go, so that no way is likelier than another by more than one part in 2^24: far below what
// any number of draws could show, and much faster than a word for each step.
func freshWords(size, steps int) []bool {
	fresh := make([]bool, steps)
	ways := uint64(1) << 40
	for k := range fresh {
		ways *= uint64(size - k)
		if ways > 1<<40 {
			fresh[k], ways = true, uint64(size-k)
		}
	}
	return fresh
}

func pseudo(extreme, draws int) float64 { return float64(extreme+1) / float64(draws+1) }

func magnitude(x int64) int64 { return max(x, -x) }

// side is the sign of x, 0 up to the tolerance.
func side(x, tolerance int64) int {
	switch {
	case x > tolerance:
		return 1
	case x < -tolerance:
		return -1
	}
	return 0
}

// opposite are the tails of a figure that falls as the other rises.
func (t Tails) opposite() Tails {
	return Tails{Upper: t.Lower, Lower: t.Upper, P: t.P, Side: -t.Side}
}
