package disclosure

import (
	"math"

	"kantong/internal/registry"
)

// Noise is what an agency chooses about the noise on counts: by how much a count may change, and how often. Every
// count is left right on average. None of it is published: who knows it can undo a part of the noise.
type Noise struct {
	// MaxDeviation is the most by which a count changes, up or down; 1 to 500. A count that shows is never further from
	// the true one.
	MaxDeviation int
	// Variance is the mean square of the change: 25 says that a count is off by 5 in a typical case. Wider noise protects
	// better and blurs more. Counts too small for it have less, since no result is below 0.
	Variance float64
	// Blocked is the largest result that never occurs: with 2, what is shown is 0, or 3 and more. 0 blocks nothing.
	Blocked int
	// Stay is the least probability that a count does not change, below 1; 0 asks for nothing. It holds for all counts
	// above Blocked: the others have to change.
	Stay float64
}

const (
	largestDeviation  = 500
	smallestVariance  = 0.01 // less changes fewer than one count in a hundred
	varianceShare     = 0.75 // of the range of variances that a row can have, see row.variance
	keyRange          = 1 << 32
	blockedVariance   = 102 // per cent of what moving away from blocked results costs at least
	evenSpreadDivisor = 3   // n(n+1)/3 is the variance of −n…n, all equally likely
)

// Check refuses what makes no table. The error is a registry.Error that names the field.
func (n Noise) Check() error {
	switch {
	case n.MaxDeviation < 1 || n.MaxDeviation > largestDeviation:
		return registry.Invalid("maxDeviation", "the largest change of a count is from 1 to %d, not %d", largestDeviation, n.MaxDeviation)
	case n.Blocked < 0 || n.Blocked >= n.MaxDeviation:
		return registry.Invalid("blocked", "with changes of up to %d, blocked is from 0 to %d, not %d: no other lets a count of 1 step over it",
			n.MaxDeviation, n.MaxDeviation-1, n.Blocked)
	case !(n.Stay >= 0 && n.Stay < 1):
		return registry.Invalid("stay", "the least probability of no change is from 0 to below 1, not %g", n.Stay)
	}
	least, most := n.variances()
	if least > most {
		return registry.Invalid("variance", "no variance fits: blocked results ask for %g, and the other choices allow %g: lower blocked or stay, or raise maxDeviation", least, most)
	}
	if !(n.Variance >= least && n.Variance <= most) {
		return registry.Invalid("variance", "with these choices the variance is from %g to %g, not %g", least, most, n.Variance)
	}
	return nil
}

// variances gives the range that Variance has to be in, to two decimals. Above it, large counts would change by the most
// more often than by a little.
func (n Noise) variances() (least, most float64) {
	d := float64(n.MaxDeviation)
	even := d * (d + 1) / evenSpreadDivisor
	if n.Stay > 1/(2*d+1) { // all changes equally likely, among what is left
		even *= (1 - n.Stay) * (2*d + 1) / (2 * d)
	}
	most = math.Floor(100*min(even, varianceShare*(1-n.Stay)*d*d)) / 100
	// The blocked count in the middle of 1…Blocked has the longest way out: down to 0 and up to Blocked+1.
	way := (n.Blocked + 1) / 2 * ((n.Blocked + 2) / 2)
	return max(smallestVariance, float64(blockedVariance*way)/100), most
}

// lastRow is the first count from which on all have the same row: no result is negative or blocked.
func (n Noise) lastRow() int {
	if n.Blocked == 0 {
		return n.MaxDeviation
	}
	return n.MaxDeviation + n.Blocked + 1
}

// deviations lists the changes that a count may undergo, ascending.
func (n Noise) deviations(count int) (list []int) {
	for v := max(-count, -n.MaxDeviation); v <= n.MaxDeviation; v++ {
		if result := count + v; result == 0 || result > n.Blocked {
			list = append(list, v)
		}
	}
	return list
}

// table is a perturbation table: for each count the changes and how often each occurs, as intervals of cell keys.
// Method: cell key method with maximum entropy, Giessing, Privacy in Statistical Databases 2016, LNCS 9867.
type table struct {
	rows []intervals // by count; the last is that of all larger counts too
}

// intervals cut the cell keys: keys under upper[0] mean deviations[0], further keys under upper[1] deviations[1], and so
// on; those from the last bound on mean the last deviation. Equal bounds are intervals that are empty.
type intervals struct {
	upper      []uint32 // ascending, one fewer than deviations
	deviations []int16  // ascending
}

// newTable computes the table of a choice of noise. The error is Check's.
func newTable(n Noise) (*table, error) {
	if err := n.Check(); err != nil {
		return nil, err
	}
	t := &table{}
	t.add([]int{0}, []float64{1}) // nobody stays nobody
	for count := 1; count <= n.lastRow(); count++ {
		r := n.row(count)
		if !r.solve() {
			return nil, registry.Invalid("variance", "no probabilities were found for counts of %d: choose another variance", count)
		}
		t.add(r.deviations, r.p)
	}
	return t, nil
}

// add appends the row of the next count. The probabilities add up to 1.
func (t *table) add(deviations []int, p []float64) {
	row := intervals{make([]uint32, len(p)-1), make([]int16, len(p))}
	sum := 0.0
	for i, v := range deviations {
		row.deviations[i] = int16(v)
		if i < len(p)-1 {
			sum += p[i]
			row.upper[i] = uint32(min(math.Round(sum*keyRange), keyRange-1)) // what is behind has less than half a key
		}
	}
	t.rows = append(t.rows, row)
}

// deviation gives the change of a count for a cell key: the first interval with key < bound, as the handbook's package
// has it (its text has key ≤ bound).
func (t *table) deviation(count int64, key uint32) int64 {
	row := &t.rows[max(0, min(count, int64(len(t.rows)-1)))]
	upper, passed := row.upper, uint64(0)
	for left := uint64(len(upper)); left > 0; left /= 2 { // a branch here would be foretold wrongly half of the time
		half := (left + 1) / 2
		isPassed := (uint64(upper[passed+half-1]) - uint64(key) - 1) >> 63 // 1 when the bound is ≤ key
		passed += half & -isPassed
	}
	return int64(row.deviations[passed])
}
