package pockets

import "sort"

// stretch is the cells from..to-1.
type stretch struct{ from, to int }

// around appends the cells that may hold neighbours of the places of a cell, itself among them, each once.
func (g *grid) around(c int, out []stretch) []stretch {
	own := int(g.cells[c].row)
	r := &g.rows[own]
	south := r.number*g.height - quarterTurn
	least, most := g.rowNumber(south-g.tall), g.rowNumber(south+g.height-1+g.tall)
	from, to := own, own+1
	for from > 0 && g.rows[from-1].number >= least {
		from--
	}
	for to < len(g.rows)-1 && g.rows[to].number <= most {
		to++
	}
	west := g.cells[c].column * r.width
	east := west + r.width - 1
	for i := from; i < to; i++ {
		out = g.ofRow(i, west-r.wide, east+r.wide, out)
	}
	return out
}

// ofRow appends the cells of a row that lie between two longitudes, counted from -180 degrees and running on beyond.
func (g *grid) ofRow(i int, west, east int64, out []stretch) []stretch {
	r := &g.rows[i]
	first, end := r.first, g.rows[i+1].first
	cells := g.cells[first:end]
	// at is the first cell from a column on.
	at := func(column int64) int {
		return first + sort.Search(len(cells), func(k int) bool { return cells[k].column >= column })
	}
	from, last := at(floorDiv(west, r.width)), floorDiv(east, r.width)
	to := from
	for to < end && g.cells[to].column <= last {
		to++
	}
	// What runs on over the antimeridian goes on at the other end of the row.
	westEnd, eastEnd := first, end
	if east >= fullTurn {
		westEnd = at((east-fullTurn)/r.width + 1)
	}
	if west < 0 {
		eastEnd = at(floorDiv(west+fullTurn, r.width))
	}
	if westEnd > from || eastEnd < to { // all the way around
		from, to, westEnd, eastEnd = first, end, first, end
	}
	for _, s := range [...]stretch{{first, westEnd}, {from, to}, {eastEnd, end}} {
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}
