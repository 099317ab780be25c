package geodata

import (
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Known is what is known of an area without a map.
type Known struct {
	Code       registry.AreaCode
	Name       string
	BPSCode    string     // the same place in the codes of Statistics Indonesia
	PostalCode string     // of a kelurahan; "" above
	Spellings  []string   // other spellings met in sources, to recognise names by; nil when there are none
	Point      *orb.Point // a known point of a kelurahan, degrees; nil above. Not always inside: see SOURCES.md
	AreaKm2    float64    // as the city's map of 2023 states it; the official area of the city is an indicator ("luas")
}

// Areas gives the kota, its 7 kecamatan and its 42 kelurahan, in this order and then by code.
func Areas() []Known {
	list, err := parseAreas(codesCSV)
	if err != nil {
		panic("geodata: codes.csv: " + err.Error())
	}
	return list
}

// levelColumn spells levels as codes.csv does.
var levelColumn = map[string]registry.AreaLevel{
	"kota": registry.LevelKabupatenKota, "kecamatan": registry.LevelKecamatan, "kelurahan": registry.LevelKelurahan,
}

func parseAreas(data []byte) ([]Known, error) {
	rows, err := readTable(data, "code", "level", "name", "bps_code", "postal_code", "longitude", "latitude", "spellings", "area_km2")
	if err != nil {
		return nil, err
	}
	list := make([]Known, len(rows))
	for i, r := range rows {
		code, err := registry.ParseAreaCode(r.cells["code"])
		if err != nil {
			return nil, r.wrong("code", "%q is not an area code", r.cells["code"])
		}
		if levelColumn[r.cells["level"]] != code.Level() {
			return nil, r.wrong("level", "%q is not the level of %s", r.cells["level"], code)
		}
		k := Known{Code: code, Name: r.cells["name"], BPSCode: r.cells["bps_code"], PostalCode: r.cells["postal_code"]}
		if k.Name == "" {
			return nil, r.wrong("name", "%s has no name", code)
		}
		if s := r.cells["spellings"]; s != "" {
			k.Spellings = strings.Split(s, ";")
		}
		if k.AreaKm2, err = r.number("area_km2"); err != nil {
			return nil, err
		}
		if r.cells["longitude"] != "" {
			var p orb.Point
			if p[0], err = r.number("longitude"); err != nil {
				return nil, err
			}
			if p[1], err = r.number("latitude"); err != nil {
				return nil, err
			}
			k.Point = &p
		}
		list[i] = k
	}
	return list, nil
}
