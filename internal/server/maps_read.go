package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"kantong/internal/access"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// parameters reads those of a request; only one named with a star may be given several times. It refuses others than are named, and what can't be read, so that a misspelt filter does
// not show everybody.
func parameters(r *http.Request, names ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, registry.Invalid("", "the parameters can't be read: write every character that is neither letter nor digit as %%XX: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case slices.Contains(names, name+"*"):
		case !slices.Contains(names, name):
			return nil, registry.Invalid(name, "there is no such parameter; there are %s", strings.ReplaceAll(strings.Join(names, ", "), "*", ""))
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
	for i, text := range values["measure"] {
		if text == "" && len(values["measure"]) == 1 {
			break
		}
		m, err := measure.Parse([]byte(text))
		switch {
		case err != nil && len(values["measure"]) > 1:
			return q, registry.Under(fmt.Sprintf("measure[%d]", i), err)
		case err != nil:
			return q, registry.Under("measure", err)
		}
		q.Measures = append(q.Measures, m)
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
	return picture{contentType: "application/geo+json", draw: func(ctx context.Context, a *asked) ([]byte, error) { return c.GeoJSON(ctx, a.view, q) }, others: q.OtherStates()}, nil
}

// hexEdges are the sizes of hexagons in metres.
var hexEdges = map[string]int{"M250": 250, "M500": 500, "M1000": 1000}

func (m *mapDoor) tile(r *http.Request) (picture, error) {
	l, err := m.layer(r)
	if err != nil {
		return picture{}, err
	}
	t, err := tileOf(r)
	if err != nil {
		return picture{}, err
	}
	return picture{contentType: "application/vnd.mapbox-vector-tile", draw: func(ctx context.Context, a *asked) ([]byte, error) { return l.paint(ctx, a, t) }, rows: l.Name == "households", others: l.others}, nil
}

// painting is a layer as a request asks for it.
type painting struct {
	tiles.Layer
	values url.Values
	others []string // names of other states that the question mentions
	paint  func(ctx context.Context, a *asked, t tiles.Tile) ([]byte, error)
}

// layer reads what is the same for all tiles of a map, and for the TileJSON that a client asks for first: what a role or a
// parameter refuses is refused by both.
func (m *mapDoor) layer(r *http.Request) (p painting, err error) {
	found := false
	if p.Layer, found = tiles.FindLayer(chi.URLParam(r, "layer")); !found {
		return p, noLayer(r)
	}
	if err := access.ViewerOf(r.Context()).Require(p.Role); err != nil {
		return p, err
	}
	if p.values, err = parameters(r, append([]string{"edition", "filter"}, p.Parameters...)...); err != nil {
		return p, err
	}
	q, err := question(p.values)
	if err != nil {
		return p, err
	}
	p.others = q.OtherStates()
	switch p.Name {
	case "pockets":
		p.paint, err = m.pockets(p.values, q.Filter)
		return p, err
	case "households":
		p.paint = func(ctx context.Context, a *asked, t tiles.Tile) ([]byte, error) {
			return tiles.Households(ctx, a.view, t, q.Filter)
		}
		return p, nil
	}
	edge, err := hexEdge(p.values)
	p.paint = func(ctx context.Context, a *asked, t tiles.Tile) ([]byte, error) {
		switch p.Name {
		case "hex":
			return tiles.Hexes(ctx, a.view, edge, t, q)
		case "kecamatan":
			return m.atlas.Areas(ctx, a.view, registry.LevelKecamatan, t, q)
		}
		return m.atlas.Areas(ctx, a.view, registry.LevelKelurahan, t, q)
	}
	return p, err
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
	l, err := m.layer(r)
	if err != nil {
		return picture{}, err
	}
	address := "/tiles/" + l.Name + "/{z}/{x}/{y}.mvt"
	if len(l.values) > 0 {
		address += "?" + l.values.Encode()
	}
	base := m.addressOf(r)
	return picture{contentType: "application/json", draw: func(_ context.Context, a *asked) ([]byte, error) {
		return json.Marshal(l.TileJSON(a.view, base+address))
	}, address: base, others: l.others}, nil
}
