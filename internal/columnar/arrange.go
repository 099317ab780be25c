package columnar

import (
	"cmp"
	"math"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// arrange puts the arrivals in the order of rows, one column after the other, so that little is held twice.
func (a *arrivals) arrange() (*households, error) {
	h := &households{codes: a.codes, places: slices.Clip(a.places.values)}
	h.rank = a.order() // households come by id: the order of arrival is the rank
	if err := h.cut(a); err != nil {
		return nil, err
	}
	h.sets = a.sets(h)
	a.area, a.located, a.decile, a.sex, a.deprived, a.known = nil, nil, nil, nil, nil, nil
	h.slots = make([]slot, len(a.ids))
	for b := range h.blocks {
		for i := range int(h.blocks[b].rows) {
			h.slots[h.rank[int(h.blocks[b].start)+i]] = slotOf(b, i)
		}
	}
	move(&h.ids, &a.ids, h.rank)
	move(&h.lon, &a.lon, h.rank)
	move(&h.lat, &a.lat, h.rank)
	move(&h.keys, &a.keys, h.rank)
	move(&h.members, &a.members, h.rank)
	move(&h.headAge, &a.headAge, h.rank)
	for k := range h.persons {
		move(&h.persons[k], &a.persons[k], h.rank)
	}
	if a.anyExpenditure {
		move(&h.expenditure, &a.expenditure, h.rank)
	}
	a.expenditure = nil
	h.arrangePlaces(a)
	h.measureBlocks()
	h.tree = newTree(h.blocks)
	return h, nil
}

// move takes a column from arrival to row order and lets go of the old one.
func move[T any](to, from *[]T, order []uint32) {
	*to = make([]T, len(order)+blockRows)
	for row, at := range order {
		(*to)[row] = (*from)[at]
	}
	*from = nil
}

// order gives the arrivals in the order of rows.
func (a *arrivals) order() []uint32 {
	bound := noBox
	for i := range a.ids {
		if a.located[i] {
			bound = bound.with(a.lon[i], a.lat[i])
		}
	}
	around := bound.bound()
	type entry struct {
		key     uint64 // 23 bits of kelurahan, one for unlocated, 40 of the curve: under a metre across a country
		arrival uint32
	}
	entries := make([]entry, len(a.ids))
	for i := range entries {
		key := uint64(a.area[i])<<41 | 1<<40
		if a.located[i] {
			key ^= 1<<40 ^ geo.HilbertIndex(geo.FromE7(a.lon[i], a.lat[i]), around)>>24
		}
		entries[i] = entry{key, uint32(i)}
	}
	slices.SortFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.arrival, y.arrival))
	})
	order := make([]uint32, len(entries))
	for row := range entries {
		order[row] = entries[row].arrival
	}
	return order
}

// cut makes the blocks.
func (h *households) cut(a *arrivals) error {
	h.firstBlock = make([]uint32, 0, len(h.codes)+1)
	for row, at := range h.rank {
		area, located := a.area[at], a.located[at]
		last := len(h.blocks) - 1
		if last < 0 || h.blocks[last].rows == blockRows || h.blocks[last].kelurahan != area || h.blocks[last].located != located {
			for len(h.firstBlock) <= int(area) {
				h.firstBlock = append(h.firstBlock, uint32(len(h.blocks)))
			}
			h.blocks = append(h.blocks, block{start: uint32(row), kelurahan: area, located: located, box: noBox})
			last++
		}
		h.blocks[last].rows++
	}
	for len(h.firstBlock) <= len(h.codes) {
		h.firstBlock = append(h.firstBlock, uint32(len(h.blocks)))
	}
	if len(h.blocks) > maxBlocks || len(h.rank) > math.MaxUint32-blockRows {
		return registry.Invalid("households", "%d households are more than this engine holds", len(h.rank))
	}
	h.blocks = slices.Clip(slices.Clone(h.blocks))
	return nil
}

func (a *arrivals) sets(h *households) []sets {
	out := make([]sets, len(h.blocks))
	for b := range out {
		w := &out[b]
		for i := range int(h.blocks[b].rows) {
			at, bit := h.rank[int(h.blocks[b].start)+i], uint64(1)<<i
			w.decile[a.decile[at]] |= bit
			w.sex[a.sex[at]] |= bit
			for d := range attributeDeprivations {
				w.deprived[d] |= uint64(a.deprived[at]>>d&1) << i
				w.known[d] |= uint64(a.known[at]>>d&1) << i
			}
		}
	}
	return out
}

func (h *households) arrangePlaces(a *arrivals) {
	h.place = make([]uint16, len(h.rank)+blockRows)
	if a.anyPlaceHigh {
		h.placeHigh = make([]uint16, len(h.rank)+blockRows)
	}
	for row, at := range h.rank {
		h.place[row] = uint16(a.place[at])
		if a.anyPlaceHigh {
			h.placeHigh[row] = uint16(a.place[at] >> 16)
		}
	}
	a.place = nil
}

// measureBlocks sums every block and draws the boxes of the located ones.
func (h *households) measureBlocks() {
	for b := range h.blocks {
		blk := &h.blocks[b]
		for row := blk.start; row < blk.start+uint32(blk.rows); row++ {
			blk.people += uint16(h.members[row])
			blk.keys[0] += uint32(h.keys[row])
			blk.keys[1] += uint32(h.keys[row] >> 32)
			if blk.located {
				blk.box = blk.box.with(h.lon[row], h.lat[row])
			}
		}
	}
}
