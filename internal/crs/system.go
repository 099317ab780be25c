// Package crs recognises the coordinate reference systems of boundary files and tells their positions in degrees of
// longitude and latitude on WGS 84: WGS 84 itself, its UTM zones, Web Mercator, and the Indonesian systems on the
// datums DGN95 and SRGI2013, which equal WGS 84 within a metre. What it does not know it refuses: a guessed system
// would move a city without a word.
package crs

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"
)

// System is a coordinate reference system. Positions are easting and northing in metres, or longitude and latitude in
// degrees, in this order, as all boundary files have them whatever the order of the system's axes.
type System struct {
	Name  string // "WGS 84 / UTM zone 48S"
	Datum string // "WGS 84", "DGN95" or "SRGI2013"

	toDegrees func(orb.Point) orb.Point // nil where positions are in degrees already
}

// WGS84 is longitude and latitude in degrees.
var WGS84 = System{Name: wgs84, Datum: wgs84}

// The datums that are taken for WGS 84. EPSG gives a null transformation of 1 m accuracy from DGN95 (EPSG:15912), and
// SRGI2013 is ITRF2008 at the epoch 2012.0, half a metre from DGN95 (EPSG:9472).
const (
	wgs84    = "WGS 84"
	dgn95    = "DGN95"
	srgi2013 = "SRGI2013"
)

// IsDegrees tells that positions are in degrees.
func (s System) IsDegrees() bool { return s.toDegrees == nil }

// Note says what was assumed and done to positions in a sentence without a subject; "" for WGS 84 in degrees.
func (s System) Note() string {
	var done []string
	if !s.IsDegrees() {
		done = append(done, "reprojected from "+s.Name)
	}
	if s.Datum != wgs84 {
		done = append(done, fmt.Sprintf("took %s for WGS 84, which it equals within a metre", s.Datum))
	}
	return strings.Join(done, ", and ")
}

// ToWGS84 gives a position in degrees; ok is false when it lies where the system has no positions.
func (s System) ToWGS84(p orb.Point) (degrees orb.Point, ok bool) {
	if s.toDegrees != nil {
		p = s.toDegrees(p)
	}
	return p, math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
}

func degrees(name, datum string) System { return System{Name: name, Datum: datum} }

func webMercator() System {
	return System{Name: "WGS 84 / Pseudo-Mercator (Web Mercator)", Datum: wgs84, toDegrees: project.Mercator.ToWGS84}
}

func onTransverseMercator(name, datum string, t transverseMercator) System {
	return System{Name: name, Datum: datum, toDegrees: t.inverse}
}

func utm(datum string, zone int, south bool) System {
	t := transverseMercator{centralMeridian: float64(6*zone - 183), scale: 0.9996, falseEasting: 500_000}
	half := "N"
	if south {
		t.falseNorthing, half = 10_000_000, "S"
	}
	return onTransverseMercator(fmt.Sprintf("%s / UTM zone %d%s", datum, zone, half), datum, t)
}
