package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// PointE7 is a position in units of 1e-7 degrees, about a centimetre: how positions are
// kept in memory.
type PointE7 struct{ Lon, Lat int32 }

// Point is the position in degrees.
func (p PointE7) Point() orb.Point { return FromE7(p.Lon, p.Lat) }

// ToE7 rounds a position within longitude ±180 and latitude ±90 to units of 1e-7
// degrees, halves away from zero.
func ToE7(p orb.Point) (lon, lat int32) {
	return int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))
}

// FromE7 is the position in degrees: each coordinate the float64 nearest to the decimal
// number, so 1061234567 gives exactly what reading "106.1234567" gives.
func FromE7(lon, lat int32) orb.Point {
	return orb.Point{float64(lon) / 1e7, float64(lat) / 1e7}
}
