package server

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// parameters reads those of a request. It refuses others than are named, and what can't be read, so that a misspelt filter does
// not show everybody.
func parameters(r *http.Request, names ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, registry.Invalid("", "the parameters can't be read: write every character that is neither letter nor digit as %%XX: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(names, name):
			return nil, registry.Invalid(name, "there is no such parameter; there are %s", strings.Join(names, ", "))
		case len(values[name]) > 1:
			return nil, registry.Invalid(name, "give it once")
		}
	}
	return values, nil
}

// question reads filter and measure: JSON, as in the variables of a GraphQL query.
func question(values url.Values) (q tiles.Question, err error) {
	if text := values.Get("filter"); text != "" {
		if q.Filter, err = registry.ParseFilter([]byte(text)); err != nil {
			return q, registry.Under("filter", err)
		}
	}
	if text := values.Get("measure"); text != "" {
		m, err := measure.Parse([]byte(text))
		if err != nil {
			return q, registry.Under("measure", err)
		}
		q.Measure = &m
	}
	return q, nil
}

func (m *mapDoor) areas(r *http.Request) (picture, error) {
	values, err := parameters(r, "edition", "level", "within", "simplify", "filter", "measure")
	if err != nil {
		return picture{}, err
	}
	c := tiles.Collection{Within: registry.AreaCode(values.Get("within"))}
	if c.Level, err = registry.ParseAreaLevel(strings.ToUpper(cmp.Or(values.Get("level"), "KELURAHAN"))); err != nil {
		return picture{}, err
	}
	return m.collection(c, values)
}

func (m *mapDoor) area(r *http.Request) (picture, error) {
	values, err := parameters(r, "edition", "simplify", "filter", "measure")
	if err != nil {
		return picture{}, err
	}
	code, err := registry.ParseAreaCode(strings.TrimSuffix(chi.URLParam(r, "file"), ".geojson"))
	if err != nil {
		return picture{}, err
	}
	return m.collection(tiles.Collection{Level: code.Level(), Within: code}, values)
}

func (m *mapDoor) collection(c tiles.Collection, values url.Values) (picture, error) {
	q, err := question(values)
	if err != nil {
		return picture{}, err
	}
	tolerance := 0.0
	if text := values.Get("simplify"); text != "" {
		if tolerance, err = strconv.ParseFloat(text, 64); err != nil || !(tolerance >= 0) {
			return picture{}, registry.Invalid("simplify", "%q: give metres, 0 or more: corners smaller than a square of that edge are left out", text)
		}
	}
	c.Zoom = registry.OutlineZoom(tolerance)
	return picture{"application/geo+json", func(ctx context.Context, v *registry.View) ([]byte, error) { return c.GeoJSON(ctx, v, q) }, ""}, nil
}

// hexEdges are the sizes of hexagons in metres.
var hexEdges = map[string]int{"M250": 250, "M500": 500, "M1000": 1000}

func (m *mapDoor) tile(r *http.Request) (picture, error) {
	layer, ok := tiles.FindLayer(chi.URLParam(r, "layer"))
	if !ok {
		return picture{}, noLayer(r)
	}
	values, err := parameters(r, "edition", "filter", "measure", "hex")
	if err != nil {
		return picture{}, err
	}
	t, err := tileOf(r)
	if err != nil {
		return picture{}, err
	}
	q, err := question(values)
	if err != nil {
		return picture{}, err
	}
	edge, err := hexEdge(values)
	if err != nil {
		return picture{}, err
	}
	return picture{"application/vnd.mapbox-vector-tile", func(ctx context.Context, v *registry.View) ([]byte, error) {
		switch layer.Name {
		case "hex":
			return tiles.Hexes(ctx, v, edge, t, q)
		case "kecamatan":
			return m.atlas.Areas(ctx, v, registry.LevelKecamatan, t, q)
		}
		return m.atlas.Areas(ctx, v, registry.LevelKelurahan, t, q)
	}, ""}, nil
}

func hexEdge(values url.Values) (meters int, err error) {
	size := cmp.Or(values.Get("hex"), "M500")
	if meters = hexEdges[size]; meters == 0 {
		return 0, registry.Invalid("hex", "%.40q is no size of hexagons: M250, M500 or M1000", size)
	}
	return meters, nil
}

func noLayer(r *http.Request) error {
	var names []string
	for _, l := range tiles.Layers() {
		names = append(names, l.Name)
	}
	return registry.NotFound("layer", "there is no layer %.40q; there are %s", chi.URLParam(r, "layer"), strings.Join(names, ", "))
}

func tileOf(r *http.Request) (t tiles.Tile, err error) {
	var numbers [3]uint64
	for i, name := range []string{"z", "x", "y"} {
		if numbers[i], err = strconv.ParseUint(chi.URLParam(r, name), 10, 32); err != nil {
			return t, registry.NotFound(name, "%.40q is no number of a tile", chi.URLParam(r, name))
		}
	}
	t = tiles.Tile{Z: int(min(numbers[0], 99)), X: uint32(numbers[1]), Y: uint32(numbers[2])}
	if !t.Valid() {
		return t, registry.NotFound("z", "there is no tile %d/%d/%d: zooms are 0 to %d, and a zoom has as many columns and rows as two to its power", numbers[0], numbers[1], numbers[2], tiles.MaxZoom)
	}
	return t, nil
}

func (m *mapDoor) tileJSON(r *http.Request) (picture, error) {
	layer, ok := tiles.FindLayer(chi.URLParam(r, "layer"))
	if !ok {
		return picture{}, noLayer(r)
	}
	values, err := parameters(r, "edition", "filter", "measure", "hex")
	if err != nil {
		return picture{}, err
	}
	if _, err := question(values); err != nil {
		return picture{}, err
	}
	if _, err := hexEdge(values); err != nil { // found out here rather than by every tile
		return picture{}, err
	}
	address := "/tiles/" + layer.Name + "/{z}/{x}/{y}.mvt"
	if len(values) > 0 {
		address += "?" + values.Encode()
	}
	base := m.addressOf(r)
	return picture{"application/json", func(_ context.Context, v *registry.View) ([]byte, error) {
		return json.Marshal(layer.TileJSON(v, base+address))
	}, base}, nil
}
