package tiles

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// Layer is a kind of tiles.
type Layer struct {
	Name        string
	Description string
	Parameters  []string      // beside edition and filter
	MinZoom     int           // there are no tiles below
	Role        registry.Role // who may see it
	fields      map[string]string
}

const statuses = "String: EXACT, PERTURBED, SUPPRESSED or UNKNOWN"

// with joins descriptions of attributes.
func with(one, other map[string]string) map[string]string {
	fields := maps.Clone(one)
	maps.Copy(fields, other)
	return fields
}

// figureFields describe the attributes that layers with a figure have.
var figureFields = map[string]string{
	"households":        "Number: households that the filter keeps, all without one; absent where the status is SUPPRESSED or UNKNOWN",
	"households_status": statuses,
	"value":             "Number: the measure asked for; absent where the status is SUPPRESSED or UNKNOWN",
	"value_status":      statuses + "; absent when no measure was asked for",
}

var layers = func() []Layer {
	areas := with(figureFields, map[string]string{"code": "String: Kemendagri code; the feature's id is GraphQL's featureId", "name": "String", "parent": "String: code of the area above"})
	hexagons := with(figureFields, map[string]string{"hex": "String: the hexagon's id, as in GraphQL"})
	figures := []string{"measure", "hex"}
	return []Layer{
		{"kecamatan", "Kecamatan with a figure", figures, 0, registry.RolePublic, areas},
		{"kelurahan", "Kelurahan with a figure", figures, 0, registry.RolePublic, areas},
		{"hex", "Hexagons with a figure; parameter hex: M250, M500 or M1000. Not without a key", figures, 0, registry.RolePublic, hexagons},
		{"pockets", "Where households of the filter live close together, at most " + strconv.Itoa(MaxPockets) + " pockets; parameters radiusMeters and minHouseholds as in GraphQL. Points where there is no ground to draw",
			[]string{"radiusMeters", "minHouseholds"}, 0, registry.RolePublic, map[string]string{
				"id": "String: as in GraphQL", "unit": "String: HOUSEHOLD, BLOCK, RT or KELURAHAN", "rank": "Number: 1 has most households", "area_km2": "Number: square kilometres; absent without ground",
				"households": "Number", "households_status": statuses, "people": "Number", "people_status": statuses,
			}},
		{"households", "Households that the filter keeps, one by one, for planners who state a purpose; those without a location are not drawn", nil, HouseholdZoom, registry.RolePlanner, map[string]string{
			"id": "String: as in GraphQL", "decile": "Number: national rank, 1 is the poorest; absent when unranked", "members": "Number: people in the household; absent when unknown",
			"deprivations": "Number: how many are known to hold", "area": "String: code of the kelurahan",
		}},
	}
}()

// Layers are what there is, in the order in which a map would draw them.
func Layers() []Layer { return layers }

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
	b := v.Areas.Bound()
	c := b.Center()
	return map[string]any{
		"tilejson": "3.0.0", "tiles": []string{address}, "name": l.Name, "description": l.Description, "scheme": "xyz",
		"version": "1.0.0", "minzoom": l.MinZoom, "maxzoom": MaxZoom, "attribution": attribution(&v.State.Edition),
		"bounds": []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}, "center": []float64{c[0], c[1], math.Max(math.Floor(zoomOf(b.Max[0]-b.Min[0])), float64(l.MinZoom))},
		"vector_layers": []any{map[string]any{"id": l.Name, "description": l.Description, "minzoom": l.MinZoom, "maxzoom": MaxZoom, "fields": l.fields}},
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
