package columnar

import (
	"slices"

	"kantong/internal/registry"
)

// reaches is the condition that the weights of a row's deprivations add up to the cutoff. Rows with too few deprivations to
// reach it, even if they were the heaviest, are most of them and need no sum; none does where weights are equal.
func (e *Engine) reaches(s *registry.Score) condition {
	weights := slices.Sorted(slices.Values(s.Weights))
	enough := howMany(weights, s.AtLeast)
	slices.Reverse(weights)
	least := howMany(weights, s.AtLeast)
	possible := e.deprivedInAtLeast(s.Of, least)
	if least == enough {
		return possible
	}
	return func(scan *scan, b int, m uint64) (kept uint64) {
		if m = possible(scan, b, m); m == 0 {
			return 0
		}
		var deprived [registry.DeprivationCount]uint64
		for i, d := range s.Of {
			deprived[i] = e.deprived(b, d)
		}
		for ; m != 0; m &= m - 1 {
			i, sum := lowest(m), int64(0)
			for k, w := range s.Weights {
				sum += w & -int64(deprived[k]>>i&1)
			}
			if sum >= s.AtLeast {
				kept |= 1 << i
			}
		}
		return kept
	}
}

// howMany of the weights, from the first, reach the cutoff. All of them do.
func howMany(weights []int64, atLeast int64) (n int) {
	for sum := int64(0); sum < atLeast; n++ {
		sum += weights[n]
	}
	return n
}

// planes is how many bits the number of a household's deprivations has.
const planes = 5

var _ [1<<planes - 1 - registry.DeprivationCount]struct{}

// deprivedInAtLeast counts for all rows of a block at once: word p of the counter holds bit p of every row's number.
func (e *Engine) deprivedInAtLeast(list []registry.Deprivation, n int) condition {
	start := 1<<planes - n // so that the numbers that reach n run over
	return func(_ *scan, b int, m uint64) (kept uint64) {
		var counter [planes]uint64
		for p := range counter {
			counter[p] = -uint64(start >> p & 1)
		}
		for _, d := range list {
			carry := m & e.deprived(b, d)
			for p := 0; p < planes && carry != 0; p++ {
				counter[p], carry = counter[p]^carry, counter[p]&carry
			}
			kept |= carry
		}
		return kept
	}
}
