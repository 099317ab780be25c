package postgis

import (
	"cmp"
	"slices"

	"kantong/internal/registry"
)

// dimension is what a query splits by: how it is asked for, and which values were met. Values have numbers, which are
// their places in the order for all but those found on the way.
type dimension struct {
	registry.Dimension
	e       *Engine
	areas   []registry.AreaCode       // of ByArea, by code
	areaAt  map[registry.AreaCode]int // the same the other way round
	grid    hexGrid
	found   []found       // of ByHex and ByPlace, in the order they were met
	foundAt map[found]int // the same the other way round
	ordered []found       // in the order of the answer
}

func (e *Engine) newDimension(by registry.Dimension, f *registry.Filter) (dimension, error) {
	d := dimension{Dimension: by, e: e}
	switch by.Kind {
	case registry.ByArea:
		if by.Level < registry.LevelProvinsi || by.Level > registry.LevelKelurahan {
			return d, registry.Invalid("level", "%d is no level of areas", by.Level)
		}
		d.areas = e.listed(f, by.Level)
		d.areaAt = make(map[registry.AreaCode]int, len(d.areas))
		for i, code := range d.areas {
			d.areaAt[code] = i
		}
	case registry.ByHex:
		if by.EdgeMeters < 1 {
			return d, registry.Invalid("edgeMeters", "hexagons have edges of at least 1 m")
		}
		d.grid, d.foundAt = newHexGrid(e.d.HexGrid(by.EdgeMeters)), map[found]int{}
	case registry.ByPlace:
		if by.Unit != registry.UnitRW && by.Unit != registry.UnitRT {
			return d, registry.Invalid("unit", "neighbourhoods are by RW or RT")
		}
		d.foundAt = map[found]int{}
	case registry.ByDecile, registry.ByProgram, registry.BySex, registry.ByDeprivation:
	default:
		return d, registry.Invalid("", "no such dimension")
	}
	return d, nil
}

// columns are what groups are made by.
func (d *dimension) columns() []fragment {
	switch d.Kind {
	case registry.ByArea:
		return []fragment{codeAt(d.Level)}
	case registry.ByDecile:
		return []fragment{"h.decile"}
	case registry.ByProgram:
		return []fragment{"program.number"}
	case registry.BySex:
		return []fragment{"h.head_sex"}
	case registry.ByDeprivation:
		return []fragment{"deprivation.number"}
	}
	if d.Kind == registry.ByPlace {
		return d.placeColumns()
	}
	return []fragment{"hexagon.q", "hexagon.r"}
}

// join writes what the columns need beside the household. A household comes once for each of its programmes.
func (d *dimension) join(s *statement, join fragment) {
	switch d.Kind {
	case registry.ByProgram:
		s.add(join, "unnest(", s.bind(d.e.masks, "int8[]"), ") WITH ORDINALITY AS program(mask, number) ON h.enrolled & program.mask <> 0")
	case registry.ByDeprivation:
		s.add(join, "generate_series(0, ", number(registry.DeprivationCount-1), ") AS deprivation(number) ON h.deprived & h.known & (1 << deprivation.number) <> 0")
	case registry.ByHex:
		d.grid.join(s)
	}
}

// read gives the number of a value; -1 for one that the answer does not have.
func (d *dimension) read(r *reader) int {
	switch d.Kind {
	case registry.ByArea:
		if i, ok := d.areaAt[registry.AreaCode(r.value())]; ok {
			return i
		}
		return -1
	case registry.ByDeprivation:
		return int(r.intOr(-1))
	case registry.ByProgram:
		return int(r.int()) - 1
	case registry.ByHex:
		return d.meet(readHexagon(r))
	case registry.ByPlace:
		return d.meet(d.readPlace(r))
	}
	return int(r.int()) // of decile and sex, unknown is 0
}

// meet gives the number of a value, a new one for the first time.
func (d *dimension) meet(v found) int {
	i, met := d.foundAt[v]
	if !met {
		i = len(d.found)
		d.foundAt[v] = i
		d.found = append(d.found, v)
	}
	return i
}

// places gives the place in the order of each number. All values must have been met.
func (d *dimension) places() []int {
	if d.FoundOnTheWay() {
		d.ordered = slices.Clone(d.found)
		slices.SortFunc(d.ordered, found.compare)
	}
	at := make([]int, d.size())
	for i := range at {
		at[i] = i
	}
	for i, v := range d.ordered {
		at[d.foundAt[v]] = i
	}
	return at
}

// size is how many values there are.
func (d *dimension) size() int {
	switch d.Kind {
	case registry.ByArea:
		return len(d.areas)
	case registry.ByDecile:
		return decileCount
	case registry.ByProgram:
		return len(d.e.masks)
	case registry.BySex:
		return int(registry.SexFemale) + 1
	case registry.ByDeprivation:
		return registry.DeprivationCount
	}
	return len(d.found)
}

// setKey names the value at a place of the order.
func (d *dimension) setKey(k *registry.Key, place int) {
	switch d.Kind {
	case registry.ByArea:
		k.Area = d.areas[place]
	case registry.ByDecile:
		k.Decile = place
	case registry.ByProgram:
		k.Program = place
	case registry.BySex:
		k.Sex = registry.Sex(place)
	case registry.ByDeprivation:
		k.Deprivation = registry.Deprivation(place)
	case registry.ByHex:
		k.Hex, k.NoHex = d.ordered[place].hex, d.ordered[place].none
	case registry.ByPlace:
		k.Area, k.Place = d.ordered[place].area, d.ordered[place].place
	}
}

// listed gives the areas of a level that are inside or around one area of every list that binds the whole filter.
func (e *Engine) listed(f *registry.Filter, level registry.AreaLevel) (codes []registry.AreaCode) {
	lists := bindingLists(nil, f)
	for _, i := range e.d.Areas.Level(level) {
		code := e.d.Areas.Area(i).Code
		if !slices.ContainsFunc(lists, func(list []registry.AreaCode) bool { return !meets(list, code) }) {
			codes = append(codes, code)
		}
	}
	return codes
}

// bindingLists gives the lists of areas of the filter and of those that must all hold with it, each sorted and without
// areas that lie in another of it.
func bindingLists(lists [][]registry.AreaCode, f *registry.Filter) [][]registry.AreaCode {
	if f.Areas != nil {
		lists = append(lists, outermost(f.Areas))
	}
	for i := range f.And {
		lists = bindingLists(lists, &f.And[i])
	}
	return lists
}

// meets tells whether code is inside or around one of the areas of an outermost list.
func meets(list []registry.AreaCode, code registry.AreaCode) bool {
	i, ok := slices.BinarySearchFunc(list, code, func(a, b registry.AreaCode) int { return cmp.Compare(a, b) })
	return ok || i > 0 && code.Within(list[i-1]) || i < len(list) && list[i].Within(code)
}
