package columnar

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset       { return make(bitset, (n+63)/64) }
func (s bitset) set(i int)         { s[i>>6] |= 1 << (i & 63) }
func (s bitset) has(i uint32) bool { return s[i>>6]>>(i&63)&1 == 1 }

func (s bitset) intersect(t bitset) {
	for i := range s {
		s[i] &= t[i]
	}
}

// all gives the members in order.
func (s bitset) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for w, m := range s {
			for ; m != 0; m &= m - 1 {
				if !yield(w<<6 | lowest(m)) {
					return
				}
			}
		}
	}
}

// within gives the rows, a bit each, whose byte is at least low and at most high; high is below 255. It compares eight
// bytes at a time as numbers in one word.
func within(column *[blockRows]uint8, low, high uint8) (m uint64) {
	const ones = 0x0101010101010101
	from, over := ones*uint64(low), ones*uint64(high+1)
	for i := 0; i < blockRows; i += 8 {
		x := binary.LittleEndian.Uint64(column[i : i+8])
		m |= gather8(atLeast8(x, from)&^atLeast8(x, over)) << i
	}
	return m
}

const tops = 0x8080808080808080

// atLeast8 sets the top bit of each byte of x that is not below the same byte of y: the lower seven bits are compared by a
// subtraction that can't borrow from the next byte, then the top bits decide where they differ.
func atLeast8(x, y uint64) uint64 {
	lower := (x | tops) - (y &^ tops)
	return ((x &^ y) | (^(x ^ y) & lower)) & tops
}

// gather8 moves the top bits of the eight bytes into the lowest eight bits.
func gather8(x uint64) uint64 { return (x >> 7) * 0x0102040810204080 >> 56 }

// lowest is the place of the lowest bit of m.
func lowest(m uint64) int { return bits.TrailingZeros64(m) & 63 }
