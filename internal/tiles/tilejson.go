package tiles

import (
	"math"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// Layer is a kind of tiles.
type Layer struct {
	Name        string
	Description string
	fields      map[string]string
}

// figureFields describe the attributes that every layer has.
var figureFields = map[string]string{
	"households":        "Number: households that the filter keeps, all without one; absent where the status is SUPPRESSED or UNKNOWN",
	"households_status": "String: EXACT, PERTURBED, SUPPRESSED or UNKNOWN",
	"value":             "Number: the measure asked for; absent where the status is SUPPRESSED or UNKNOWN",
	"value_status":      "String: EXACT, PERTURBED, SUPPRESSED or UNKNOWN; absent when no measure was asked for",
}

// Layers are what there is, in the order in which a map would draw them.
func Layers() []Layer {
	areas := map[string]string{"code": "String: Kemendagri code; the feature's id is GraphQL's featureId", "name": "String", "parent": "String: code of the area above"}
	return []Layer{
		{"kecamatan", "Kecamatan with a figure", areas},
		{"kelurahan", "Kelurahan with a figure", areas},
		{"hex", "Hexagons with a figure; parameter hex: M250, M500 or M1000. Not without a key", map[string]string{"hex": "String: the hexagon's id, as in GraphQL"}},
	}
}

// FindLayer gives a layer by name.
func FindLayer(name string) (Layer, bool) {
	for _, l := range Layers() {
		if l.Name == name {
			return l, true
		}
	}
	return Layer{}, false
}

// TileJSON describes a layer (TileJSON 3.0.0) that a client finds at an address with {z}, {x} and {y} in it.
func (l Layer) TileJSON(v *registry.View, address string) map[string]any {
	fields := map[string]string{}
	for _, more := range []map[string]string{l.fields, figureFields} {
		for name, text := range more {
			fields[name] = text
		}
	}
	b := v.Areas.Bound()
	c := b.Center()
	return map[string]any{
		"tilejson": "3.0.0", "tiles": []string{address}, "name": l.Name, "description": l.Description, "scheme": "xyz",
		"version": "1.0.0", "minzoom": 0, "maxzoom": MaxZoom, "attribution": attribution(&v.State.Edition),
		"bounds": []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}, "center": []float64{c[0], c[1], math.Floor(zoomOf(b.Max[0] - b.Min[0]))},
		"vector_layers": []any{map[string]any{"id": l.Name, "description": l.Description, "minzoom": 0, "maxzoom": MaxZoom, "fields": fields}},
	}
}

// attribution names where boundaries and households come from, as far as the edition says.
func attribution(e *registry.Edition) string {
	return strings.Join(slices.DeleteFunc([]string{e.Boundaries, e.Source}, func(s string) bool { return s == "" }), "; ")
}

// zoomOf is the zoom at which so many degrees of longitude are as wide as a tile.
func zoomOf(degrees float64) float64 {
	if degrees <= 0 {
		return 12
	}
	return min(max(math.Log2(360/degrees), 0), MaxZoom)
}
