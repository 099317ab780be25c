package ingest

import (
	"regexp"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// located reads where the rows of a file are.
type located struct {
	*table
	places                           *places
	longitude, latitude, coordinates int   // columns, -1 for none
	latitudeFirst                    bool  // in the column of coordinates
	swapped                          bool  // longitudes and latitudes stand in each other's place
	points                           int64 // rows with a location
}

// newLocated finds the columns, and in which order they have longitude and latitude.
func newLocated(t *table, places *places) (*located, error) {
	l := &located{table: t, places: places, longitude: t.column("longitude"), latitude: t.column("latitude"), coordinates: t.column("coordinates")}
	if (l.longitude < 0) != (l.latitude < 0) {
		return nil, registry.Invalid("header", "longitude and latitude come together; one of them is missing")
	}
	if l.longitude >= 0 && l.coordinates >= 0 {
		return nil, registry.Invalid("header", "the file gives locations twice: in %s, and in %s and %s; map one of them",
			t.names[l.coordinates], t.names[l.longitude], t.names[l.latitude])
	}
	return l, l.findSwapped()
}

// columns are those that a row with a location must fill; nil where the file has none.
func (l *located) columns() []int {
	switch {
	case l.coordinates >= 0:
		return []int{l.coordinates}
	case l.longitude >= 0:
		return []int{l.longitude, l.latitude}
	}
	return nil
}

// minSwapped is how many points must lie in the areas when swapped, and none as they are, for a file to be taken as
// swapped. Fewer may be slips of their own, and are rejected one by one.
const minSwapped = 10

// findSwapped looks at the first located rows, to tell in which order the file has longitude and latitude.
func (l *located) findSwapped() error {
	if l.longitude < 0 && l.coordinates < 0 {
		return nil
	}
	rows, err := l.peek()
	if err != nil {
		return err
	}
	asNamed, otherwise := 0, 0
	bound := l.places.areas.Bound()
	for _, row := range rows {
		if row.Fault != "" {
			continue
		}
		x, y, f := l.pair(row.Fields)
		if f != nil || x == "" || y == "" {
			continue
		}
		lon, first := parseNumber(x, true)
		lat, second := parseNumber(y, true)
		if first != "" || second != "" {
			continue
		}
		if l.places.mapped && bound.Contains(orb.Point{lon, lat}) || !l.places.mapped && inIndonesia(lon, lat) {
			asNamed++
		}
		if l.places.mapped && bound.Contains(orb.Point{lat, lon}) || !l.places.mapped && inIndonesia(lat, lon) {
			otherwise++
		}
	}
	swap := asNamed == 0 && otherwise > 0 && (otherwise >= minSwapped || l.coordinates >= 0)
	l.latitudeFirst = l.coordinates >= 0 && swap
	l.swapped = l.coordinates < 0 && swap
	return nil
}

// inIndonesia tells roughly, where there is no map.
func inIndonesia(lon, lat float64) bool { return lon >= 94 && lon <= 142 && lat >= -12 && lat <= 7 }

// twoNumbers finds the two numbers of a text such as "-2.13, 106.11", "106,11; -2,13" or "POINT (106.11 -2.13)".
var twoNumbers = regexp.MustCompile(`^(?:POINT)?[\s(]*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*(?:[,;/|]\s*|\s+)([+-]?\d{1,3}(?:[.,]\d+)?)°?[\s)]*$`)

// pair gives longitude and latitude as the file calls them, or the first and the second number of a text; "" for none.
func (l *located) pair(fields []string) (x, y string, f *fault) {
	if l.coordinates < 0 {
		return l.cell(fields, l.longitude), l.cell(fields, l.latitude), nil
	}
	text := l.cell(fields, l.coordinates)
	if text == "" {
		return "", "", nil
	}
	found := twoNumbers.FindStringSubmatch(strings.ToUpper(text))
	if found == nil {
		return "", "", &fault{column: l.coordinates, value: "(coordinates)", reason: "is not two numbers in degrees such as -2.13, 106.11"}
	}
	return found[1], found[2], nil
}

// locate sets the household's point.
func (l *located) locate(h *registry.Household, area int, fields []string) *fault {
	if l.longitude < 0 && l.coordinates < 0 {
		return nil
	}
	lon, lat, f := l.pair(fields)
	lonColumn, latColumn := l.longitude, l.latitude
	if l.coordinates >= 0 {
		lonColumn, latColumn = l.coordinates, l.coordinates
	}
	if l.swapped || l.latitudeFirst {
		lon, lat, lonColumn, latColumn = lat, lon, latColumn, lonColumn
	}
	switch {
	case f != nil:
		return f
	case lon == "" && lat == "":
		return nil
	case lon == "":
		return &fault{column: lonColumn, reason: "is missing although there is a latitude"}
	case lat == "":
		return &fault{column: latColumn, reason: "is missing although there is a longitude"}
	}
	x, reason := parseNumber(lon, true)
	if reason != "" {
		return &fault{column: lonColumn, value: lon, reason: reason}
	}
	y, reason := parseNumber(lat, true)
	if reason != "" {
		return &fault{column: latColumn, value: lat, reason: reason}
	}
	point, axis, reason := l.places.locate(x, y, area)
	if reason != "" {
		column := lonColumn
		if axis == "latitude" {
			column = latColumn
		}
		return &fault{column: column, value: l.cell(fields, column), reason: reason}
	}
	h.Located, h.Point = true, point
	l.points++
	return nil
}

// notes reports how locations were read.
func (l *located) notes() {
	if l.swapped && l.points > 0 {
		l.job.note("longitude and latitude were swapped in the file: %s in the areas only the other way round, and read so", counted(l.points, "point lies", "points lie"))
	}
	if l.latitudeFirst && l.points > 0 {
		l.job.note("column %s has the latitude first: %s read so", l.names[l.coordinates], counted(l.points, "point was", "points were"))
	}
}
