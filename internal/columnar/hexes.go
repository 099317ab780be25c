package columnar

import (
	"cmp"
	"slices"

	"kantong/internal/geo"
)

// hexes are the hexagons that a summary has met, in the order it met them.
type hexes struct {
	grid   geo.HexGrid
	number map[geo.HexID]int
	ids    []geo.HexID
	noHex  int // number of the households without a location; -1 before there is one
	cells  [blockRows]geo.HexID
}

func newHexes(grid geo.HexGrid) *hexes {
	return &hexes{grid: grid, number: map[geo.HexID]int{}, noHex: -1}
}

// splitHexes hands out the rows m of a block by hexagon. A block holds neighbours: they fall in few.
func (s *summary) splitHexes(depth, group, b int, m uint64) {
	h, blk, stride := s.hexes, &s.e.blocks[b], s.dims[depth].stride
	if !blk.located {
		if h.noHex < 0 {
			h.noHex = len(h.ids)
			h.ids = append(h.ids, geo.HexID{})
			s.grow()
		}
		s.split(depth+1, group+h.noHex*stride, b, m)
		return
	}
	for rest := m; rest != 0; rest &= rest - 1 {
		i := lowest(rest)
		row := int(blk.start) + i
		h.cells[i] = h.grid.Cell(geo.FromE7(s.e.lon[row], s.e.lat[row]))
	}
	for m != 0 {
		id := h.cells[lowest(m)]
		var rows uint64
		for rest := m; rest != 0; rest &= rest - 1 {
			if i := lowest(rest); h.cells[i] == id {
				rows |= 1 << i
			}
		}
		number, ok := h.number[id]
		if !ok {
			number = len(h.ids)
			h.number[id] = number
			h.ids = append(h.ids, id)
			s.grow()
		}
		s.split(depth+1, group+number*stride, b, rows)
		m &^= rows
	}
}

// ordered gives the numbers of the hexagons by Q and then R, that of the households without one last.
func (h *hexes) ordered() []int {
	out := make([]int, 0, len(h.ids))
	for n := range h.ids {
		if n != h.noHex {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(h.ids[a].Q, h.ids[b].Q), cmp.Compare(h.ids[a].R, h.ids[b].R))
	})
	if h.noHex >= 0 {
		out = append(out, h.noHex)
	}
	return out
}
