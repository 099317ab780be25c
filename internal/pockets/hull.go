package pockets

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// hull is the convex hull, in longitude and latitude (see Pocket.Hull), of one position or more, by Andrew's monotone chain. Coordinates are whole
// numbers below 2^31, so turns are exact. simplefeatures' hull decides them in floats, where points of one street may
// turn, and takes several times as long.
func hull(positions []geo.PointE7) orb.Polygon {
	west, ok := westEnd(positions)
	if !ok {
		return nil
	}
	corners := make([]corner, len(positions))
	for i, at := range positions {
		corners[i] = corner(int64(at.Lat)+quarterTurn)<<32 | corner(eastOf(west, at))
	}
	slices.Sort(corners)
	ring := chain(nil, corners)
	slices.Reverse(corners)
	ring = chain(ring[:len(ring)-1], corners)
	if len(ring) < 4 { // there and back
		return nil
	}
	outline := make(orb.Ring, len(ring))
	for i, at := range ring {
		outline[i] = orb.Point{float64(west+at.lon()) / 1e7, float64(at.lat()-quarterTurn) / 1e7}
	}
	return orb.Polygon{outline}
}

// corner is a position that sorts from south to north, then from west to east: 32 bits for the latitude from the south
// pole, 32 for the longitude from the west end.
type corner uint64

func (c corner) lat() int64 { return int64(c >> 32) }
func (c corner) lon() int64 { return int64(c & math.MaxUint32) }

// chain appends to a ring the corners, in order, that turn left; none of those before is removed.
func chain(ring, corners []corner) []corner {
	start := len(ring)
	for _, next := range corners {
		for len(ring) >= start+2 && !turnsLeft(ring[len(ring)-2], ring[len(ring)-1], next) {
			ring = ring[:len(ring)-1]
		}
		if len(ring) == start || ring[len(ring)-1] != next {
			ring = append(ring, next)
		}
	}
	return ring
}

// turnsLeft is exact: no difference exceeds half a turn, so each product is below 2^62.
func turnsLeft(a, b, c corner) bool {
	return (b.lon()-a.lon())*(c.lat()-b.lat()) > (b.lat()-a.lat())*(c.lon()-b.lon())
}

// westEnd is the longitude from which all positions lie within half a turn to the east; ok is false if there is none
// among the westernmost of the two ways to cut the globe.
func westEnd(positions []geo.PointE7) (west int64, ok bool) {
	for _, cut := range [...]int64{-halfTurn, 0} {
		west, width := int64(math.MaxInt64), int64(0)
		for _, at := range positions {
			west = min(west, cut+eastOf(cut, at))
		}
		for _, at := range positions {
			width = max(width, eastOf(west, at))
		}
		if width <= halfTurn {
			return west, true
		}
	}
	return 0, false
}

// eastOf is how far east of a longitude a position lies, from 0 to a turn.
func eastOf(west int64, at geo.PointE7) int64 {
	east := int64(at.Lon) - west
	if east < 0 {
		east += fullTurn
	}
	return east
}

// center adds up positions as vectors, which knows no antimeridian.
type center [3]float64

func (c *center) add(unit [3]float64, weight int64) {
	for i := range c {
		c[i] += unit[i] * float64(weight)
	}
}

func (c *center) point() orb.Point {
	lon := math.Atan2(c[1], c[0]) * e7PerRadian
	lat := math.Atan2(c[2], math.Hypot(c[0], c[1])) * e7PerRadian
	return geo.FromE7(int32(math.Round(lon)), int32(math.Round(lat)))
}
