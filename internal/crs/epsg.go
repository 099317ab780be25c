package crs

import (
	"fmt"
	"strconv"
	"strings"
)

// ByEPSG finds a system by its number in the EPSG registry.
func ByEPSG(code int) (s System, known bool) {
	within := func(first, last int) bool { return code >= first && code <= last }
	switch {
	case code == 4326 || code == 4979:
		return WGS84, true
	case code == 4755 || code == 4898:
		return degrees(dgn95, dgn95), true
	case code == 9470 || code == 9469:
		return degrees(srgi2013, srgi2013), true
	case code == 3857:
		return webMercator(), true
	case within(32601, 32660):
		return utm(wgs84, code-32600, false), true
	case within(32701, 32760):
		return utm(wgs84, code-32700, true), true
	case within(23866, 23872): // 46N–52N
		return utm(dgn95, code-23820, false), true
	case within(23877, 23884): // 47S–54S
		return utm(dgn95, code-23830, true), true
	case within(9476, 9482): // 46N–52N
		return utm(srgi2013, code-9430, false), true
	case within(9487, 9494): // 47S–54S
		return utm(srgi2013, code-9440, true), true
	case within(23830, 23845):
		return indonesianTM3(code - 23830), true
	}
	return System{}, false
}

// indonesianTM3 is a zone of the land registry (BPN), three degrees wide; the 0th is 46.2.
func indonesianTM3(i int) System {
	half := (i + 1) % 2
	return onTransverseMercator(fmt.Sprintf("%s / Indonesia TM-3 zone %d.%d", dgn95, 46+(i+1)/2, half+1), dgn95,
		transverseMercator{centralMeridian: 94.5 + 3*float64(i), scale: 0.9999, falseEasting: 200_000, falseNorthing: 1_500_000})
}

// ByName finds a system by the name that the crs member of old GeoJSON gives it: "EPSG:32748",
// "urn:ogc:def:crs:EPSG::32748", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/EPSG/0/32748".
func ByName(name string) (s System, known bool) {
	text := strings.ToUpper(strings.ReplaceAll(name, " ", ""))
	if text == "CRS84" || text == "WGS84" {
		return WGS84, true
	}
	for _, prefix := range []string{"URN:OGC:DEF:CRS:", "HTTP://WWW.OPENGIS.NET/DEF/CRS/", "HTTPS://WWW.OPENGIS.NET/DEF/CRS/"} {
		text = strings.TrimPrefix(text, prefix)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '/' })
	if len(parts) < 2 {
		return System{}, false
	}
	switch last := parts[len(parts)-1]; parts[0] {
	case "OGC":
		if last == "CRS84" || last == "CRS84H" {
			return WGS84, true
		}
	case "EPSG":
		if code, err := strconv.Atoi(last); err == nil {
			return ByEPSG(code)
		}
	}
	return System{}, false
}
