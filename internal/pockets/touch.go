package pockets

import (
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// Pairs of places from which on the box of a crowded cell is worth its time: without it, two banks of a river a little
// wider than the radius would be compared house by house.
const pairsWorthABox = 4096

// touch tells whether a core of one cell is a neighbour of a core of another.
func (c *clusters) touch(cell, other int) bool {
	first, end := c.placesOf(cell, cell+1)
	otherFirst, otherEnd := c.placesOf(other, other+1)
	crowded := (end-first)*(otherEnd-otherFirst) >= pairsWorthABox
	var box orb.Bound
	if crowded {
		box = c.coreBox(otherFirst, otherEnd)
	}
	for i := first; i < end && c.watch.stopped == nil; i++ {
		at := &c.places[i]
		if !c.core[i] || crowded && geo.MinDistanceMeters(at.at.Point(), box) > c.reach.radiusMeters {
			continue
		}
		c.watch.compared(otherEnd - otherFirst)
		for k := otherFirst; k < otherEnd; k++ {
			if c.core[k] && c.reach.within(at, &c.places[k]) {
				return true
			}
		}
	}
	return false
}

// coreBox is around the cores of a cell. A cell never lies across the antimeridian.
func (c *clusters) coreBox(first, end int) orb.Bound {
	box := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for i := first; i < end; i++ {
		if c.core[i] {
			box = box.Extend(c.places[i].at.Point())
		}
	}
	return box
}
