package demo

import "math/bits"

// shuffle is a fixed random order of 0 to n-1 that needs no memory: a Feistel network on the smallest even number of
// bits that holds n, walked until it lands below n. Households take their size and whether they have a location by
// their rank in such an order, so that totals are exact although each household is made alone.
type shuffle struct {
	n        uint64
	halfBits uint
	keys     [4]uint64
}

func newShuffle(n int, seed dice) shuffle {
	s := shuffle{n: uint64(n), halfBits: uint(bits.Len64(uint64(max(n, 2)-1))+1) / 2}
	for i := range s.keys {
		s.keys[i] = seed.next()
	}
	return s
}

// rank is the place of i in the order.
func (s *shuffle) rank(i int) int {
	mask := uint64(1)<<s.halfBits - 1
	v := uint64(i)
	for {
		left, right := v>>s.halfBits, v&mask
		for _, key := range s.keys {
			left, right = right, left^(mix(right^key)&mask)
		}
		if v = left<<s.halfBits | right; v < s.n {
			return int(v)
		}
	}
}
