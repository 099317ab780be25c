package postgis

import (
	"cmp"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// found is a value of a dimension of which only households say which values there are: a hexagon, none for households
// without a location, or a neighbourhood unit of a kelurahan.
type found struct {
	hex   geo.HexID
	none  bool
	area  registry.AreaCode
	place registry.Place
}

// compare orders hexagons by Q and R with none last, and units by kelurahan, RW and RT.
func (f found) compare(o found) int {
	if f.none != o.none {
		if f.none {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(f.hex.Q, o.hex.Q), cmp.Compare(f.hex.R, o.hex.R),
		cmp.Compare(f.area, o.area), cmp.Compare(f.place.RW, o.place.RW), cmp.Compare(f.place.RT, o.place.RT))
}

func (d *dimension) placeColumns() []fragment {
	if d.Unit == registry.UnitRW {
		return []fragment{"h.area_code", "h.rw"}
	}
	return []fragment{"h.area_code", "h.rw", "h.rt"}
}

func (d *dimension) readPlace(r *reader) found {
	f := found{area: registry.AreaCode(r.text()), place: registry.Place{RW: r.text()}}
	if d.Unit == registry.UnitRT {
		f.place.RT = r.text()
	}
	return f
}
