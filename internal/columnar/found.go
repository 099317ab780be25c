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

// foundValue is a hexagon's Q and R, or a kelurahan and the position of a unit in places; a half each, so that looking one up is quick.
type foundValue uint64

// noHexagon stands for households without a location: no hexagon is so far west.
const noHexagon foundValue = 1 << 63

func hexagonValue(id geo.HexID) foundValue {
	return foundValue(uint32(id.Q))<<32 | foundValue(uint32(id.R))
}
func (v foundValue) hexagon() geo.HexID { return geo.HexID{Q: int32(v >> 32), R: int32(v)} }
func unitValue(kelurahan, place uint32) foundValue {
	return foundValue(kelurahan)<<32 | foundValue(place)
}
func (v foundValue) unit() (kelurahan, place uint32) { return uint32(v >> 32), uint32(v) }

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
	if f.units == nil && !s.e.blocks[b].located {
		s.split(depth+1, group+s.numberOf(noHexagon)*stride, b, m)
		return
	}
	s.readValues(b, m)
	for m != 0 {
		value := f.cells[lowest(m)]
		var rows uint64
		for rest := m; rest != 0; rest &= rest - 1 {
			if i := lowest(rest); f.cells[i] == value {
				rows |= 1 << i
			}
		}
		s.split(depth+1, group+s.numberOf(value)*stride, b, rows)
		m &^= rows
	}
}

// numberOf gives the number of a value, a new one for the first time.
func (s *summary) numberOf(value foundValue) int {
	number, met := s.found.number[value]
	if !met {
		number = len(s.found.values)
		s.found.number[value] = number
		s.found.values = append(s.found.values, value)
		s.grow()
	}
	return number
}

// readValues finds the values of the rows m of a block.
func (s *summary) readValues(b int, m uint64) {
	f, blk := s.found, &s.e.blocks[b]
	if f.units != nil {
		for ; m != 0; m &= m - 1 {
			i := lowest(m)
			f.cells[i] = unitValue(blk.kelurahan, f.units[s.e.placeOf(int(blk.start)+i)])
		}
		return
	}
	for ; m != 0; m &= m - 1 {
		i := lowest(m)
		row := int(blk.start) + i
		f.cells[i] = hexagonValue(f.grid.Cell(geo.FromE7(s.e.lon[row], s.e.lat[row])))
	}
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
		a, b := f.values[i], f.values[j]
		if f.units != nil {
			in, p := a.unit()
			other, q := b.unit()
			return cmp.Or(cmp.Compare(s.e.codes[in], s.e.codes[other]), cmp.Compare(s.e.places[p].rw, s.e.places[q].rw), cmp.Compare(s.e.places[p].rt, s.e.places[q].rt))
		}
		switch noHexagon {
		case a:
			return 1
		case b:
			return -1
		}
		return cmp.Or(cmp.Compare(a.hexagon().Q, b.hexagon().Q), cmp.Compare(a.hexagon().R, b.hexagon().R))
	})
	return out
}

// setFound names a value.
func (s *summary) setFound(k *registry.Key, dim *dimension, number int) {
	v := s.found.values[number]
	if dim.Kind == registry.ByHex {
		if k.NoHex = v == noHexagon; !k.NoHex {
			k.Hex = v.hexagon()
		}
		return
	}
	kelurahan, at := v.unit()
	p := s.e.places[at]
	k.Area, k.Place = s.e.codes[kelurahan], dim.Unit.Of(registry.Place{RW: p.rw, RT: p.rt})
}
