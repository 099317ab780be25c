package geodata

import (
	"strconv"

	"kantong/internal/registry"
)

// Indicators gives the published figures of the city, of a kecamatan and of the province for comparison, in the order
// of statistics.csv. Their codes are garis_kemiskinan (poverty line, Rp/kapita/bulan), p0_persen, p1, p2 (poverty rate,
// gap and severity), penduduk_miskin (poor people), penduduk and penduduk_sensus (population), luas (area, km²). Every
// figure names its source; two sources may disagree about a year.
func Indicators() []registry.AreaIndicator {
	list, err := parseIndicators(statisticsCSV)
	if err != nil {
		panic("geodata: statistics.csv: " + err.Error())
	}
	return list
}

func parseIndicators(data []byte) ([]registry.AreaIndicator, error) {
	rows, err := readTable(data, "area_code", "area", "indicator", "year", "value", "unit", "source", "url", "note")
	if err != nil {
		return nil, err
	}
	list := make([]registry.AreaIndicator, len(rows))
	for i, r := range rows {
		area, err := registry.ParseAreaCode(r.cells["area_code"])
		if err != nil {
			return nil, r.wrong("area_code", "%q is not an area code", r.cells["area_code"])
		}
		year, err := strconv.Atoi(r.cells["year"])
		if err != nil {
			return nil, r.wrong("year", "%q is not a year", r.cells["year"])
		}
		value, err := r.number("value")
		if err != nil {
			return nil, err
		}
		for _, column := range []string{"indicator", "unit", "source"} {
			if r.cells[column] == "" {
				return nil, r.wrong(column, "a published figure needs it")
			}
		}
		list[i] = registry.AreaIndicator{Area: area, Code: r.cells["indicator"], Year: year, Value: value,
			Unit: r.cells["unit"], Source: r.cells["source"], URL: r.cells["url"], Note: r.cells["note"]}
	}
	return list, nil
}
