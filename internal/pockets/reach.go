package pockets

import (
	"math"

	"kantong/internal/geo"
)

// Angles in 1e-7 degrees.
const (
	quarterTurn = 90 * e7
	halfTurn    = 180 * e7
	fullTurn    = 360 * e7
	e7          = 10_000_000

	e7PerRadian = halfTurn / math.Pi
)

// reach tells which places are neighbours.
type reach struct {
	radiusMeters float64
	// Squares of the straight line through the earth, whose radius is 1: up to sure two places are neighbours, beyond
	// never they are not.
	sure, never float64
	angle       float64 // of the radius, seen from the middle of the earth, at most half a turn; radians
}

func newReach(radiusMeters float64) reach {
	angle := math.Min(radiusMeters/geo.EarthRadiusMeters, math.Pi)
	line := 2 * math.Sin(angle/2)
	// A coordinate of a place on the unit sphere is off by less than 1e-15, so the square of a line by less than 1e-14
	// of its length; geo.DistanceMeters errs less. The rest is for lines of no length.
	doubt := 4e-14*line + 1e-28
	return reach{radiusMeters, line*line - doubt, line*line + doubt, angle}
}

// within tells whether two places are neighbours, as geo.DistanceMeters says: that is asked only when the line through
// the earth leaves a doubt.
func (r *reach) within(a, b *place) bool {
	square := squaredLine(&a.unit, &b.unit)
	return square <= r.sure ||
		square <= r.never && geo.DistanceMeters(a.at.Point(), b.at.Point()) <= r.radiusMeters
}

func squaredLine(a, b *[3]float64) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

// millimeters is the distance by which near is compared everywhere.
func millimeters(a, b *place) int64 {
	return int64(math.Round(geo.DistanceMeters(a.at.Point(), b.at.Point()) * 1000))
}

// unitVector is where a position is on a sphere of radius 1.
func unitVector(at geo.PointE7) [3]float64 {
	sinLat, cosLat := math.Sincos(float64(at.Lat) / e7PerRadian)
	sinLon, cosLon := math.Sincos(float64(at.Lon) / e7PerRadian)
	return [3]float64{cosLat * cosLon, cosLat * sinLon, sinLat}
}
