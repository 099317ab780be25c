package pockets

import "slices"

// keyed is a point by what it is sorted by.
type keyed struct {
	key   uint64
	point int32
}

// sortByKey sorts byte by byte from the last, leaving out bytes that are the same in all keys: several times as fast as
// comparing, which would take more than half of Find's time.
func sortByKey(list []keyed) []keyed {
	var counts [8][256]int
	for _, k := range list {
		for digit := range counts {
			counts[digit][byte(k.key>>(8*digit))]++
		}
	}
	other := make([]keyed, len(list))
	for digit := range counts {
		if slices.Contains(counts[digit][:], len(list)) {
			continue
		}
		var next [256]int
		for value := 1; value < len(next); value++ {
			next[value] = next[value-1] + counts[digit][value-1]
		}
		for _, k := range list {
			value := byte(k.key >> (8 * digit))
			other[next[value]] = k
			next[value]++
		}
		list, other = other, list
	}
	return list
}

// sameKey gives the stretches of a sorted list that have one key.
func sameKey(list []keyed) func(yield func([]keyed) bool) {
	return func(yield func([]keyed) bool) {
		for first, i := 0, 1; i <= len(list); i++ {
			if i == len(list) || list[i].key != list[first].key {
				if !yield(list[first:i]) {
					return
				}
				first = i
			}
		}
	}
}
