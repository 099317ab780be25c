package pockets

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"kantong/internal/geo"
)

// grid holds the places by cells: rows from south to north, cells of a row from west to east, places of a cell by
// latitude and longitude. So cells beside each other are one stretch of places.
type grid struct {
	shape
	points  []Point
	rows    []row   // one more than there are, which only ends the last
	cells   []cell  // likewise
	places  []place // likewise
	members []int32 // positions in points, place by place
}

type cell struct {
	column int64
	row    int32
	first  int32 // place
}

// place is a position with all points that lie there.
type place struct {
	unit   [3]float64
	at     geo.PointE7
	weight int64
	first  int32 // of its members; it has the smallest id
}

func newGrid(ctx context.Context, points []Point, by Weight, s shape) (*grid, error) {
	g := &grid{shape: s, points: points, places: make([]place, 0, len(points)+1), members: make([]int32, 0, len(points))}
	rows := map[int64]row{}
	list := make([]keyed, len(points))
	last := row{number: -1}
	for i := range points {
		if err := lookEvery(ctx, i); err != nil {
			return nil, err
		}
		at := points[i].At
		if number := s.rowNumber(int64(at.Lat)); number != last.number {
			known := false
			if last, known = rows[number]; !known {
				last = s.row(number)
				rows[number] = last
			}
		}
		column := (int64(at.Lon) + halfTurn) / last.width
		list[i] = keyed{uint64(last.number)<<32 | uint64(column), int32(i)}
	}
	for same := range sameKey(sortByKey(list)) {
		if err := lookEvery(ctx, len(g.cells)); err != nil {
			return nil, err
		}
		number, column := int64(same[0].key>>32), int64(uint32(same[0].key))
		if len(g.rows) == 0 || g.rows[len(g.rows)-1].number != number {
			r := rows[number]
			r.first = len(g.cells)
			g.rows = append(g.rows, r)
		}
		g.cells = append(g.cells, cell{column, int32(len(g.rows) - 1), int32(len(g.places))})
		g.addPlaces(same, by)
	}
	g.rows = append(g.rows, row{first: len(g.cells)})
	g.cells = append(g.cells, cell{first: int32(len(g.places))})
	g.places = append(g.places, place{first: int32(len(points))})
	return g, nil
}

// addPlaces appends the points of a cell.
func (g *grid) addPlaces(points []keyed, by Weight) {
	for i, k := range points {
		at := g.points[k.point].At
		points[i].key = uint64(at.Lat+quarterTurn)<<32 | uint64(int64(at.Lon)+halfTurn)
	}
	slices.SortFunc(points, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i, k := range points {
		if i == 0 || k.key != points[i-1].key {
			at := g.points[k.point].At
			g.places = append(g.places, place{unit: unitVector(at), at: at, first: int32(len(g.members))})
		}
		p := &g.places[len(g.places)-1]
		p.weight += by.of(&g.points[k.point])
		g.members = append(g.members, k.point)
		if g.compareIDs(k.point, g.members[p.first]) < 0 {
			last := len(g.members) - 1
			g.members[p.first], g.members[last] = k.point, g.members[p.first]
		}
	}
}

func (g *grid) compareIDs(a, b int32) int {
	return bytes.Compare(g.points[a].ID[:], g.points[b].ID[:])
}

// placesOf gives the places of the cells from..to-1 as a stretch of g.places.
func (g *grid) placesOf(from, to int) (first, end int) {
	return int(g.cells[from].first), int(g.cells[to].first)
}

// membersOf gives the points of a place.
func (g *grid) membersOf(place int) []int32 {
	return g.members[g.places[place].first:g.places[place+1].first]
}
