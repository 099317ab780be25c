package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// DiscRing is the disc around center as a ring of so many corners on its rim, counter-clockwise, closed. Longitudes run on
// beyond ±180 where the disc crosses the antimeridian. ok is false for a disc that reaches a pole, which no ring in
// longitude and latitude goes around.
func DiscRing(center orb.Point, radiusMeters float64, corners int) (ring orb.Ring, ok bool) {
	lat, angle := center[1]*radiansPerDegree, radiusMeters/EarthRadiusMeters
	if math.Abs(lat)+angle >= math.Pi/2 {
		return nil, false
	}
	for i := range corners {
		bearing := -2 * math.Pi * float64(i) / float64(corners)
		sinLat := math.Sin(lat)*math.Cos(angle) + math.Cos(lat)*math.Sin(angle)*math.Cos(bearing)
		east := math.Atan2(math.Sin(bearing)*math.Sin(angle)*math.Cos(lat), math.Cos(angle)-math.Sin(lat)*sinLat)
		ring = append(ring, orb.Point{center[0] + east/radiansPerDegree, math.Asin(sinLat) / radiansPerDegree})
	}
	return append(ring, ring[0]), true
}
