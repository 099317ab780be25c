package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// EarthRadiusMeters is the mean radius R1 of the WGS 84 ellipsoid, (2a+b)/3: the sphere
// of PostGIS's ST_DistanceSphere. (orb.EarthRadius is the equatorial radius.)
const EarthRadiusMeters = 6_371_008.8

const radiansPerDegree = math.Pi / 180

// metersPerDegree is the length of one degree of latitude.
const metersPerDegree = EarthRadiusMeters * radiansPerDegree

// DistanceMeters is the great-circle distance of two positions (haversine).
func DistanceMeters(a, b orb.Point) float64 {
	sinLat := math.Sin((b[1] - a[1]) * radiansPerDegree / 2)
	sinLon := math.Sin((b[0] - a[0]) * radiansPerDegree / 2)
	h := sinLat*sinLat + math.Cos(a[1]*radiansPerDegree)*math.Cos(b[1]*radiansPerDegree)*sinLon*sinLon
	return 2 * EarthRadiusMeters * math.Asin(math.Sqrt(math.Min(1, h)))
}

// MinDistanceMeters is a lower bound of the distance from p to any position in b,
// 0 when b holds p. It is the exact great-circle distance to the box, less one millionth
// so that rounding never makes it too large. The way across the antimeridian counts.
func MinDistanceMeters(p orb.Point, b orb.Bound) float64 {
	if lonWithin(p[0], b) {
		// The nearest position lies on p's own meridian.
		nearest := orb.Point{p[0], math.Min(math.Max(p[1], b.Min[1]), b.Max[1])}
		return shave(DistanceMeters(p, nearest))
	}
	west := meridianDistance(p, b.Min[0], b.Min[1], b.Max[1])
	east := meridianDistance(p, b.Max[0], b.Min[1], b.Max[1])
	return shave(math.Min(west, east))
}

func shave(meters float64) float64 {
	return math.Max(0, meters*(1-1e-6)-1e-8)
}

// lonWithin tells whether a longitude lies between a box's, also a full turn away.
func lonWithin(lon float64, b orb.Bound) bool {
	for _, turn := range [3]float64{0, -360, 360} {
		if x := lon + turn; x >= b.Min[0] && x <= b.Max[0] {
			return true
		}
	}
	return false
}

// meridianDistance is the distance from p to the piece of the meridian lon between two
// latitudes. On a great circle the distance falls towards its foot and rises after it,
// so the nearest position is the foot or an end.
func meridianDistance(p orb.Point, lon, south, north float64) float64 {
	nearest := math.Min(
		DistanceMeters(p, orb.Point{lon, south}),
		DistanceMeters(p, orb.Point{lon, north}))
	lat := p[1] * radiansPerDegree
	foot := math.Atan2(math.Sin(lat), math.Cos(lat)*math.Cos((lon-p[0])*radiansPerDegree)) / radiansPerDegree
	if foot > south && foot < north {
		nearest = math.Min(nearest, DistanceMeters(p, orb.Point{lon, foot}))
	}
	return nearest
}

// RadiusBound returns boxes that together hold every position within radiusMeters of
// center: one, or two where the circle crosses the antimeridian. Around a pole the box
// takes every longitude. A negative radius, or one that is no number, gives none.
func RadiusBound(center orb.Point, radiusMeters float64) []orb.Bound {
	if !(radiusMeters >= 0) {
		return nil
	}
	// A hair more than the radius, so that rounding never loses a position on the rim.
	angle := radiusMeters/EarthRadiusMeters*(1+1e-9) + 1e-14
	degrees := angle/radiansPerDegree + 1e-9
	south, north := center[1]-degrees, center[1]+degrees
	if south <= -90 || north >= 90 {
		return []orb.Bound{{
			Min: orb.Point{-180, math.Max(south, -90)},
			Max: orb.Point{180, math.Min(north, 90)},
		}}
	}
	// The widest longitude is where the meridian is tangent to the circle, not at the
	// latitude of its centre.
	spread := math.Asin(math.Min(1, math.Sin(angle)/math.Cos(center[1]*radiansPerDegree)))/radiansPerDegree + 1e-9
	west, east := center[0]-spread, center[0]+spread
	box := func(west, east float64) orb.Bound {
		return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
	}
	switch {
	case west <= -180:
		return []orb.Bound{box(-180, east), box(west+360, 180)}
	case east >= 180:
		return []orb.Bound{box(west, 180), box(-180, east-360)}
	}
	return []orb.Bound{box(west, east)}
}
