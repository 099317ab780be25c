package crs

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

// ByWKT recognises a system by its definition in well-known text, as a .prj file or a GeoPackage holds it: OGC's two
// versions, and ESRI's. What counts is what the text defines; its EPSG number only where that is ambiguous. The error
// names the system and says what about it is not known.
func ByWKT(text string) (System, error) {
	root, err := parseWKT(text)
	if err != nil {
		return System{}, err
	}
	if root.keyword == "COMPD_CS" || root.keyword == "COMPOUNDCRS" { // with heights, which are dropped
		root = root.child("PROJCS", "PROJCRS", "GEOGCS", "GEOGCRS", "GEODCRS")
	}
	name := strings.ReplaceAll(root.text(0), "_", " ")
	refuse := func(why string) (System, error) {
		return System{}, fmt.Errorf("the coordinate system %q %s", shortened(name), why)
	}
	switch root.keyword {
	case "GEOGCS", "GEOGCRS", "GEODCRS":
		datum := datumOf(root)
		if datum == "" {
			return refuse("is on a datum that is not known")
		}
		if !unitIs(root, "UNIT", "ANGLEUNIT", math.Pi/180) {
			return refuse("is not in degrees")
		}
		return degrees(datum, datum), nil
	case "PROJCS", "PROJCRS":
	default:
		return refuse("is neither projected nor geographic")
	}
	datum := datumOf(root.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS"))
	if datum == "" {
		return refuse("is on a datum that is not known")
	}
	if !unitIs(root, "UNIT", "LENGTHUNIT", 1) {
		return refuse("is not in metres")
	}
	conversion, method := root, root.child("PROJECTION").text(0)
	if method == "" {
		conversion = root.child("CONVERSION")
		method = conversion.child("METHOD", "PROJECTION").text(0)
	}
	given := parametersOf(conversion)
	switch plain(method) {
	case "transversemercator", "gausskruger":
		t := transverseMercator{given.first(0, "centralmeridian", "longitudeofnaturalorigin"), given.first(1, "scalefactor", "scalefactoratnaturalorigin"),
			given.first(0, "falseeasting"), given.first(0, "falsenorthing")}
		if given.first(0, "latitudeoforigin", "latitudeofnaturalorigin") != 0 {
			return refuse("has an origin away from the equator")
		}
		return onTransverseMercator(name, datum, t), nil
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		if given.allZero() && datum == wgs84 {
			return webMercator(), nil
		}
	case "mercator1sp", "mercator":
		id := root.child("AUTHORITY", "ID")
		if id.text(0) == "EPSG" && id.text(1) == "3857" {
			return webMercator(), nil
		}
	}
	return refuse("is of a projection that is not known (" + shortened(method) + ")")
}

// datumOf gives the datum of a geographic system, "" when it is none that equals WGS 84.
func datumOf(geographic *node) string {
	datum := geographic.child("DATUM", "ENSEMBLE")
	ellipsoid := datum.child("SPHEROID", "ELLIPSOID")
	if ellipsoid.number(1, 0) != semiMajorMeters || math.Abs(ellipsoid.number(2, 0)-inverseFlattening) > 1e-6 ||
		geographic.child("PRIMEM").number(1, 0) != 0 {
		return ""
	}
	for i := range 7 {
		if datum.child("TOWGS84").number(i, 0) != 0 {
			return ""
		}
	}
	switch plain(datum.text(0)) {
	case "wgs1984", "dwgs1984", "wgs84", "worldgeodeticsystem1984", "worldgeodeticsystem1984ensemble":
		return wgs84
	case "dgn95", "ddgn1995", "datumgeodesinasional1995", "ddatumgeodesinasional1995":
		return dgn95
	case "srgi2013", "dsrgi2013", "sistemreferensigeospasialindonesia2013", "dsistemreferensigeospasialindonesia2013":
		return srgi2013
	}
	return ""
}

// unitIs tells whether positions are in the unit of that size in radians or metres, which they are if none is named.
func unitIs(n *node, keyword, keyword2 string, size float64) bool {
	unit := n.child(keyword, keyword2)
	if unit.keyword == "" { // the second version may tell it with each axis
		unit = n.child("AXIS").child(keyword, keyword2)
	}
	return math.Abs(unit.number(1, size)/size-1) < 1e-9
}

// parameters of a projection, by plain name.
type parameters map[string]float64

func parametersOf(n *node) parameters {
	given := parameters{}
	for _, c := range n.children {
		if c.keyword == "PARAMETER" {
			given[plain(c.text(0))] = c.number(1, math.NaN())
		}
	}
	return given
}

func (p parameters) first(otherwise float64, names ...string) float64 {
	for _, name := range names {
		if v, ok := p[name]; ok {
			return v
		}
	}
	return otherwise
}

func (p parameters) allZero() bool {
	for _, v := range p {
		if v != 0 {
			return false
		}
	}
	return true
}

// plain leaves letters and digits of a name, in small letters: writers differ in all else.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func shortened(text string) string {
	if runes := []rune(strings.ToValidUTF8(text, "?")); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return strings.ToValidUTF8(text, "?")
}
