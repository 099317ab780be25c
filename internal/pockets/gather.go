package pockets

import (
	"bytes"
	"cmp"
	"slices"

	"kantong/internal/geo"
)

// gather makes the pockets of what lies in them, in their order.
func (c *clusters) gather(byID []int32) ([]Pocket, error) {
	pocketOfPlace, pockets := c.numbered()
	pocketOf := make([]int32, len(c.points))
	positions := make([][]geo.PointE7, len(pockets))
	centers := make([]center, len(pockets))
	for place, pocket := range pocketOfPlace {
		if err := lookEvery(c.watch.ctx, place); err != nil {
			return nil, err
		}
		members := c.membersOf(place)
		for _, i := range members {
			pocketOf[i] = pocket
		}
		if pocket == none {
			continue
		}
		p, households := &pockets[pocket], int64(0)
		for _, i := range members {
			households += c.points[i].Households
			p.People += c.points[i].People
		}
		p.Households += households
		if c.core[place] {
			p.Core += len(members)
		}
		positions[pocket] = append(positions[pocket], c.places[place].at)
		centers[pocket].add(c.places[place].unit, households)
	}
	for step, i := range byID {
		if err := lookEvery(c.watch.ctx, step); err != nil {
			return nil, err
		}
		if pocketOf[i] != none {
			p := &pockets[pocketOf[i]]
			p.Members = append(p.Members, int(i))
		}
	}
	for i := range pockets {
		p := &pockets[i]
		p.Hull = hull(positions[i])
		p.AreaKm2 = geo.AreaKm2(p.Hull)
		p.Center = c.points[p.Members[0]].At.Point()
		if p.Households > 0 {
			p.Center = centers[i].point()
		}
	}
	slices.SortFunc(pockets, func(a, b Pocket) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households),
			bytes.Compare(c.points[a.Members[0]].ID[:], c.points[b.Members[0]].ID[:]))
	})
	return pockets, nil
}

// numbered gives the pocket of every place, or none, and the pockets with room for their members.
func (c *clusters) numbered() (pocketOf []int32, pockets []Pocket) {
	pocketOf = make([]int32, len(c.places)-1)
	number := make([]int32, len(c.joins)) // of a pocket's first cell: the pocket's, plus 1
	var sizes []int
	for place := range pocketOf {
		if pocketOf[place] = none; c.home[place] == none {
			continue
		}
		first := c.firstCell(c.home[place])
		if number[first] == 0 {
			sizes = append(sizes, 0)
			number[first] = int32(len(sizes))
		}
		pocketOf[place] = number[first] - 1
		sizes[pocketOf[place]] += len(c.membersOf(place))
	}
	pockets = make([]Pocket, len(sizes))
	for i, size := range sizes {
		pockets[i].Members = make([]int, 0, size)
	}
	return pocketOf, pockets
}
