package columnar

import (
	"cmp"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// found are the values that a summary has met of a dimension of which only households say which values there are: hexagons
// or neighbourhood units, in the order it met them.
type found struct {
	number map[foundValue]int
	values []foundValue

	grid  geo.HexGrid
	units []uint32 // by position in places: that of the first place of the same unit
	cells [blockRows]foundValue
}

// foundValue is a hexagon, none for households without a location, or a unit of a kelurahan.
type foundValue struct {
	hex       geo.HexID
	none      bool
	kelurahan uint32
	unit      uint32 // position in places
}

func newHexes(grid geo.HexGrid) *found { return &found{grid: grid, number: map[foundValue]int{}} }

func (h *households) newUnits(unit registry.PlaceUnit) *found {
	f := &found{number: map[foundValue]int{}, units: make([]uint32, len(h.places))}
	first := map[registry.Place]uint32{}
	for i, p := range h.places {
		of := unit.Of(registry.Place{RW: p.rw, RT: p.rt})
		if _, known := first[of]; !known {
			first[of] = uint32(i)
		}
		f.units[i] = first[of]
	}
	return f
}

// splitFound hands out the rows m of a block by their values. A block holds neighbours: they have few.
func (s *summary) splitFound(depth, group, b int, m uint64) {
	f, stride := s.found, s.dims[depth].stride
	for rest := m; rest != 0; rest &= rest - 1 {
		i := lowest(rest)
		f.cells[i] = s.valueOf(b, i)
	}
	for m != 0 {
		value := f.cells[lowest(m)]
		var rows uint64
		for rest := m; rest != 0; rest &= rest - 1 {
			if i := lowest(rest); f.cells[i] == value {
				rows |= 1 << i
			}
		}
		number, met := f.number[value]
		if !met {
			number = len(f.values)
			f.number[value] = number
			f.values = append(f.values, value)
			s.grow()
		}
		s.split(depth+1, group+number*stride, b, rows)
		m &^= rows
	}
}

func (s *summary) valueOf(b, i int) foundValue {
	blk := &s.e.blocks[b]
	row := int(blk.start) + i
	switch {
	case s.found.units != nil:
		return foundValue{kelurahan: blk.kelurahan, unit: s.found.units[s.e.placeOf(row)]}
	case !blk.located:
		return foundValue{none: true}
	}
	return foundValue{hex: s.found.grid.Cell(geo.FromE7(s.e.lon[row], s.e.lat[row]))}
}

// ordered gives the numbers of the hexagons by Q and then R, that of the households without one last; or of the units by
// kelurahan, RW and RT.
func (s *summary) ordered() []int {
	f := s.found
	out := make([]int, len(f.values))
	for n := range out {
		out[n] = n
	}
	slices.SortFunc(out, func(i, j int) int {
		a, b := &f.values[i], &f.values[j]
		if f.units != nil {
			p, q := s.e.places[a.unit], s.e.places[b.unit]
			return cmp.Or(cmp.Compare(s.e.codes[a.kelurahan], s.e.codes[b.kelurahan]), cmp.Compare(p.rw, q.rw), cmp.Compare(p.rt, q.rt))
		}
		if a.none != b.none {
			if a.none {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.hex.Q, b.hex.Q), cmp.Compare(a.hex.R, b.hex.R))
	})
	return out
}

// setFound names a value.
func (s *summary) setFound(k *registry.Key, dim *dimension, number int) {
	v := &s.found.values[number]
	if dim.Kind == registry.ByHex {
		k.Hex, k.NoHex = v.hex, v.none
		return
	}
	p := s.e.places[v.unit]
	k.Area, k.Place = s.e.codes[v.kelurahan], dim.Unit.Of(registry.Place{RW: p.rw, RT: p.rt})
}
