package storetest

import (
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Unsplit gives the areas that a City had before: 19.71.01.1003 was split off 1005, 19.71.03.1001 had a code of another
// kecamatan, and 19.71.03.1003 was two.
func Unsplit(d *registry.Dataset) ([]registry.Area, error) {
	var areas []registry.Area
	var parts []orb.Geometry
	for i := range d.Areas.Len() {
		a := *d.Areas.Area(i)
		switch a.Code {
		case "19.71.01.1003":
			parts = append(parts, a.Boundary)
			continue
		case "19.71.01.1005":
			whole, err := geo.Union(append(parts, a.Boundary))
			if err != nil {
				return nil, err
			}
			a.Boundary, a.Name = whole, "Kelurahan 1-2 and 1-3"
		case "19.71.03.1001":
			a.Code = "19.71.02.1011"
		case "19.71.03.1003":
			half := a
			half.Code, half.Name, half.Boundary = "19.71.03.1023", "Half of kelurahan 3-2", nil
			areas = append(areas, half)
			a.Code = "19.71.03.1021"
		}
		areas = append(areas, a)
	}
	return areas, nil
}

// UnsplitArea is the area that a household of a City lived in before, if it did not move.
func UnsplitArea(h *registry.Household) registry.AreaCode {
	switch {
	case h.Area == "19.71.01.1003":
		return "19.71.01.1005"
	case h.Area == "19.71.03.1001":
		return "19.71.02.1011"
	case h.Area == "19.71.03.1003" && h.ID[5]%3 == 0:
		return "19.71.03.1023"
	case h.Area == "19.71.03.1003":
		return "19.71.03.1021"
	}
	return h.Area
}

// UnsplitSuccessions say what became of the areas of Unsplit.
func UnsplitSuccessions() []registry.Succession {
	return []registry.Succession{
		{Code: "19.71.01.1003", Predecessor: "19.71.01.1005", Decree: "Perda 3/2025", Date: "2025-08-01"},
		{Code: "19.71.03.1001", Predecessor: "19.71.02.1011"},
		{Code: "19.71.03.1003", Predecessor: "19.71.03.1021", Decree: "Perda 4/2025"},
		{Code: "19.71.03.1003", Predecessor: "19.71.03.1023"},
	}
}
