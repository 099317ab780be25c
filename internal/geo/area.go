package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// WGS 84.
const (
	semiMajorMeters = 6_378_137.0
	flattening      = 1 / 298.257223563
)

var (
	eccentricity  = math.Sqrt(flattening * (2 - flattening))
	authalicPole  = authalicQ(1)
	authalicScale = semiMajorMeters * semiMajorMeters * authalicPole / 2 / 1e6 // km² per steradian
)

// authalicQ is q of Snyder, Map Projections: A Working Manual (1987), equation 3-12, for
// the sine of a geodetic latitude.
func authalicQ(sin float64) float64 {
	e := eccentricity
	return (1 - e*e) * (sin/(1-e*e*sin*sin) - math.Log((1-e*sin)/(1+e*sin))/(2*e))
}

// AreaKm2 is the area of a Polygon, MultiPolygon, Ring, Bound or collection of them on
// the WGS 84 ellipsoid, in square kilometres; 0 for anything else. Holes count less,
// whichever way rings turn. Positions are mapped to the equal-area cylinder (longitude,
// sine of authalic latitude), where edges are taken as straight.
func AreaKm2(g orb.Geometry) float64 {
	switch g := g.(type) {
	case orb.Ring:
		return ringAreaKm2(g)
	case orb.Polygon:
		area := 0.0
		for i, ring := range g {
			if i == 0 {
				area = ringAreaKm2(ring)
			} else {
				area -= ringAreaKm2(ring)
			}
		}
		return math.Max(0, area)
	case orb.MultiPolygon:
		area := 0.0
		for _, polygon := range g {
			area += AreaKm2(polygon)
		}
		return area
	case orb.Bound:
		if g.IsEmpty() {
			return 0
		}
		return ringAreaKm2(g.ToRing())
	case orb.Collection:
		area := 0.0
		for _, part := range g {
			area += AreaKm2(part)
		}
		return area
	}
	return 0
}

func ringAreaKm2(ring orb.Ring) float64 {
	if len(ring) == 0 {
		return 0
	}
	// Relative to the first position, so that a small ring far from 0,0 loses no digits.
	lon0, sin0 := ring[0][0], authalicSin(ring[0][1])
	sum, lonBefore, sinBefore := 0.0, 0.0, 0.0
	for _, p := range ring[1:] {
		lon, sin := (p[0]-lon0)*radiansPerDegree, authalicSin(p[1])-sin0
		sum += (lon - lonBefore) * (sin + sinBefore)
		lonBefore, sinBefore = lon, sin
	}
	sum -= lonBefore * sinBefore // back to the first position, should the ring not be closed
	return math.Abs(sum) / 2 * authalicScale
}

func authalicSin(lat float64) float64 {
	return authalicQ(math.Sin(lat*radiansPerDegree)) / authalicPole
}
