package columnar

import (
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// box is a closed rectangle in units of 1e-7 degrees.
type box struct{ west, south, east, north int32 }

// noBox holds nothing; extending it gives the other box.
var noBox = box{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}

// boxIn is the box of all positions in b that can be written in units of 1e-7 degrees; noBox for a bound of nothing.
func boxIn(b orb.Bound) box {
	if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
		return noBox
	}
	return box{notBelow(b.Min[0]), notBelow(b.Min[1]), notAbove(b.Max[0]), notAbove(b.Max[1])}
}

// notBelow is the smallest unit that reads as at least so many degrees, as geo.FromE7 reads it.
func notBelow(degrees float64) int32 {
	u := int32(math.Ceil(degrees * 1e7))
	for geo.FromE7(u-1, 0)[0] >= degrees {
		u--
	}
	for geo.FromE7(u, 0)[0] < degrees {
		u++
	}
	return u
}

func notAbove(degrees float64) int32 { return -notBelow(-degrees) }

func (a box) with(lon, lat int32) box { return a.union(box{lon, lat, lon, lat}) }

func (a box) union(b box) box {
	return box{min(a.west, b.west), min(a.south, b.south), max(a.east, b.east), max(a.north, b.north)}
}

func (a *box) meets(b *box) bool {
	return a.west <= b.east && a.east >= b.west && a.south <= b.north && a.north >= b.south
}

func (a *box) holds(b *box) bool {
	return a.west <= b.west && a.east >= b.east && a.south <= b.south && a.north >= b.north
}

func (a *box) covers(lon, lat int32) bool {
	return lon >= a.west && lon <= a.east && lat >= a.south && lat <= a.north
}

func (a *box) bound() orb.Bound {
	return orb.Bound{Min: geo.FromE7(a.west, a.south), Max: geo.FromE7(a.east, a.north)}
}

func (a *box) center() orb.Point { return a.bound().Center() }
