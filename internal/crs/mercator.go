package crs

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoid of WGS 84.
const (
	semiMajorMeters   = 6_378_137
	inverseFlattening = 298.257223563
)

// transverseMercator is a projection of EPSG method 9807 whose natural origin lies on the equator; degrees and metres.
type transverseMercator struct {
	centralMeridian, scale, falseEasting, falseNorthing float64
}

// inverse gives longitude and latitude in degrees by the formulas of IOGP Guidance Note 7-2 (2021), section 3.2.4 (JHS,
// series to the fourth power of n); within a millimetre of PROJ over the whole of a zone and its neighbours. NaN beyond
// what the projection reaches.
func (t transverseMercator) inverse(p orb.Point) orb.Point {
	const f = 1 / inverseFlattening
	const n = f / (2 - f)
	const n2, n3, n4 = n * n, n * n * n, n * n * n * n
	const rectifying = semiMajorMeters / (1 + n) * (1 + n2/4 + n4/64)
	series := [...]float64{
		n/2 - 2*n2/3 + 37*n3/96 - n4/360,
		n2/48 + n3/15 - 437*n4/1440,
		17*n3/480 - 37*n4/840,
		4397 * n4 / 161280,
	}
	e := math.Sqrt(f * (2 - f))

	eta := (p[0] - t.falseEasting) / (rectifying * t.scale)
	xi := (p[1] - t.falseNorthing) / (rectifying * t.scale)
	eta0, xi0 := eta, xi
	for i, h := range series {
		k := float64(2 * (i + 1))
		xi0 -= h * math.Sin(k*xi) * math.Cosh(k*eta)
		eta0 -= h * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	if !(math.Abs(xi) < math.Pi/2 && math.Abs(eta) < 0.5) { // 0.5: some 28 degrees from the central meridian
		return orb.Point{math.NaN(), math.NaN()}
	}
	conformal := math.Asin(math.Sin(xi0) / math.Cosh(eta0))
	q := math.Asinh(math.Tan(conformal))
	isometric := q
	for range 6 { // each step leaves less than a hundredth of the error
		isometric = q + e*math.Atanh(e*math.Tanh(isometric))
	}
	lon := math.Asin(math.Tanh(eta0) / math.Cos(conformal))
	return orb.Point{t.centralMeridian + lon*180/math.Pi, math.Atan(math.Sinh(isometric)) * 180 / math.Pi}
}
