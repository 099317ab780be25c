package ingest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// minSwapped is how many points must lie in the areas when swapped, and none as they are, for a file to be taken as
// swapped. Fewer may be slips of their own, and are rejected one by one.
const minSwapped = 10

// findSwapped looks at the first located rows, to tell in which order the file has longitude and latitude.
func (r *householdReader) findSwapped() error {
	if r.longitude < 0 && r.coordinates < 0 {
		return nil
	}
	rows, err := r.peek()
	if err != nil {
		return err
	}
	asNamed, otherwise := 0, 0
	bound := r.places.areas.Bound()
	for _, row := range rows {
		if row.Fault != "" {
			continue
		}
		x, y, f := r.pair(row.Fields)
		if f != nil || x == "" || y == "" {
			continue
		}
		lon, first := parseNumber(x, true)
		lat, second := parseNumber(y, true)
		if first != "" || second != "" {
			continue
		}
		if r.places.mapped && bound.Contains(orb.Point{lon, lat}) || !r.places.mapped && inIndonesia(lon, lat) {
			asNamed++
		}
		if r.places.mapped && bound.Contains(orb.Point{lat, lon}) || !r.places.mapped && inIndonesia(lat, lon) {
			otherwise++
		}
	}
	swap := asNamed == 0 && otherwise > 0 && (otherwise >= minSwapped || r.coordinates >= 0)
	r.latitudeFirst = r.coordinates >= 0 && swap
	r.swapped = r.coordinates < 0 && swap
	return nil
}

// inIndonesia tells roughly, where there is no map.
func inIndonesia(lon, lat float64) bool { return lon >= 94 && lon <= 142 && lat >= -12 && lat <= 7 }

// twoNumbers finds the two numbers of a text such as "-2.13, 106.11", "106,11; -2,13" or "POINT (106.11 -2.13)".
var twoNumbers = regexp.MustCompile(`^(?:POINT)?[\s(]*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*(?:[,;/|]\s*|\s+)([+-]?\d{1,3}(?:[.,]\d+)?)°?[\s)]*$`)

// pair gives longitude and latitude as the file calls them, or the first and the second number of a text; "" for none.
func (r *householdReader) pair(fields []string) (x, y string, f *fault) {
	if r.coordinates < 0 {
		return r.cell(fields, r.longitude), r.cell(fields, r.latitude), nil
	}
	text := r.cell(fields, r.coordinates)
	if text == "" {
		return "", "", nil
	}
	found := twoNumbers.FindStringSubmatch(strings.ToUpper(text))
	if found == nil {
		return "", "", &fault{column: r.coordinates, value: "(coordinates)", reason: "is not two numbers in degrees such as -2.13, 106.11"}
	}
	return found[1], found[2], nil
}

// locate sets the household's point.
func (r *householdReader) locate(h *registry.Household, area int, fields []string) *fault {
	if r.longitude < 0 && r.coordinates < 0 {
		return nil
	}
	lon, lat, f := r.pair(fields)
	lonColumn, latColumn := r.longitude, r.latitude
	if r.coordinates >= 0 {
		lonColumn, latColumn = r.coordinates, r.coordinates
	}
	if r.swapped || r.latitudeFirst {
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
	point, axis, reason := r.places.locate(x, y, area)
	if reason != "" {
		column := lonColumn
		if axis == "latitude" {
			column = latColumn
		}
		return &fault{column: column, value: r.cell(fields, column), reason: reason}
	}
	h.Located, h.Point = true, point
	r.points++
	return nil
}

// notes reports how places were found.
func (r *householdReader) notes() {
	if r.swapped && r.points > 0 {
		r.job.note("longitude and latitude were swapped in the file: %s lie in the areas only the other way round, and were read so", plural(r.points, "point"))
	}
	if r.latitudeFirst && r.points > 0 {
		r.job.note("column %s has the latitude first: %s were read so", r.names[r.coordinates], plural(r.points, "point"))
	}
	if r.fromAddress > 0 {
		r.job.note("took RT and RW of %s from column %s, of which nothing else is kept", plural(r.fromAddress, "row"), r.names[r.address])
	}
	r.places.notes(r.job)
}

// How addresses name RT and RW: "RT 003 RW 01", "RT.3/RW.1", "rt03rw01", "RT/RW 003/001", "R.T. 3", "RT 003/001"; or "003/001" alone.
var (
	bareAddress   = regexp.MustCompile(`^\s*0*(\d{1,3})\s*/\s*0*(\d{1,3})\s*$`)
	bothOfAddress = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[/\-.&]?\s*r\.?w\.?\s*[:.]?\s*0*(\d{1,3})\s*[/\-,.]\s*0*(\d{1,3})(?:\D|$)`)
	pairOfAddress = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[:.\-]?\s*0*(\d{1,3})\s*/\s*0*(\d{1,3})(?:\D|$)`)
	rtOfAddress   = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[:.\-/]?\s*0*(\d{1,3})(?:\D|$)`)
	rwOfAddress   = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?w\.?\s*[:.\-/]?\s*0*(\d{1,3})(?:\D|$)`)
)

// maxAddress is how many bytes of an address are looked through.
const maxAddress = 500

// rtRW takes RT and RW from an address, as three digits; "" for what it doesn't say, or says twice differently.
func rtRW(address string) (rt, rw string) {
	address = address[:min(len(address), maxAddress)]
	if found := bareAddress.FindStringSubmatch(address); found != nil {
		return threeDigits(found[1]), threeDigits(found[2])
	}
	if !strings.ContainsAny(address, "rR") {
		return "", ""
	}
	for _, form := range []*regexp.Regexp{bothOfAddress, pairOfAddress} {
		if found := form.FindStringSubmatch(address); found != nil {
			return threeDigits(found[1]), threeDigits(found[2])
		}
	}
	only := func(form *regexp.Regexp) string {
		number := ""
		for _, found := range form.FindAllStringSubmatch(address, 3) {
			if n := threeDigits(found[1]); number != "" && n != number {
				return ""
			} else {
				number = n
			}
		}
		return number
	}
	return only(rtOfAddress), only(rwOfAddress)
}

// threeDigits writes a number as cards do; "" for 0, which stands for none.
func threeDigits(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 {
		return ""
	}
	return strings.Repeat("0", 3-len(strconv.Itoa(n))) + strconv.Itoa(n)
}
