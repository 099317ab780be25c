// Package schematic draws the schematic kelurahan map of package geodata: Thiessen polygons of the known points inside
// a rounded outline of the city's official area. The lines stand for no surveyed boundary. Only `go generate` and a
// test use it.
//
// The straight Thiessen polygons are drawn in a plane that is bent afterwards (see bend), so the points are bent back
// first: thus each bent polygon still holds its own point.
package schematic

import (
	"fmt"
	"math"

	"kantong/geodata"
)

// Draw makes schematic.geojson from the tables of package geodata.
func Draw() ([]byte, error) {
	areaKm2, err := officialAreaKm2()
	if err != nil {
		return nil, err
	}
	var places []geodata.Known
	for _, k := range geodata.Areas() {
		if k.Point != nil {
			places = append(places, k)
		}
	}
	ground := newPlane(*places[0].Point)
	sites := make([]vec, len(places))
	for i, k := range places {
		sites[i] = unbend(ground.toMeters(*k.Point))
	}
	outline := roundedHull(sites, areaKm2*1e6)
	net := newNetwork()
	cells := make([][]int, len(sites))
	for i := range sites {
		cells[i] = net.addCell(thiessen(outline, sites, i))
		if len(cells[i]) < 3 {
			return nil, fmt.Errorf("%s has no cell: its point is that of another area", places[i].Code)
		}
	}
	return encode(places, cells, net, ground), nil
}

// officialAreaKm2 is the newest published area of the city.
func officialAreaKm2() (float64, error) {
	city := geodata.Areas()[0].Code
	year, km2 := 0, math.NaN()
	for _, f := range geodata.Indicators() {
		if f.Area == city && f.Code == "luas" && f.Year > year {
			year, km2 = f.Year, f.Value
		}
	}
	if year == 0 {
		return 0, fmt.Errorf("no published area of %s", city)
	}
	return km2, nil
}
