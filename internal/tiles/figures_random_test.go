package tiles

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// figure is what a view says of one place, where a map shows one measure.
type figure struct {
	households registry.Tally
	value      registry.Rate
}

// expected are the figures of a question, asked of the view directly. An area that is not there has nobody.
func expected(t *testing.T, v *registry.View, q Question, by registry.Dimension) (map[registry.Key]figure, error) {
	t.Helper()
	out := map[registry.Key]figure{}
	cells, err := v.Summarise(t.Context(), []registry.SummaryQuery{{Filter: q.Filter, By: []registry.Dimension{by}}})
	if err != nil {
		return nil, err
	}
	for _, c := range cells[0] {
		out[c.Key] = figure{c.Total, registry.Rate{Status: registry.UnknownFigure}}
	}
	if len(q.Measures) == 0 {
		return out, nil
	}
	values, err := measure.Evaluate(t.Context(), v, q.Measures, by, nil)
	if err != nil {
		return nil, err
	}
	for _, x := range values[0] {
		key := registry.Key{Area: x.Area, Hex: x.Hex}
		f, known := out[key]
		if !known && by.Kind == registry.ByHex && v.Total.Status != registry.Exact {
			f.households.Status = registry.Suppressed
		}
		f.value = x.Rate
		out[key] = f
	}
	return out, nil
}

// compare tells where attributes are not those of a figure: no number where there is no value, and always a status.
func compare(t *testing.T, place string, got map[string]any, want figure, known, measured bool) {
	t.Helper()
	if !known {
		want.value.Status = registry.UnknownFigure
	}
	households, has := got["households"]
	if has != want.households.Status.HasValue() || has && households != want.households.Households || got["households_status"] != want.households.Status.String() {
		t.Errorf("%s: households %v, %v, want %+v", place, households, got["households_status"], want.households)
	}
	value, has := got["value"]
	status, shown := got["value_status"]
	if !measured {
		if has || shown {
			t.Errorf("%s: value %v, %v of no measure", place, value, status)
		}
		return
	}
	if has != want.value.Status.HasValue() || has && value != Rounded(want.value.Value) || status != want.value.Status.String() {
		t.Errorf("%s: value %v, %v, want %+v", place, value, status, want.value)
	}
}

// TestFiguresAtRandom asks at random what tiles and GeoJSON say, as three roles, and compares with the view.
func TestFiguresAtRandom(t *testing.T) {
	shelf, byRole := views(t, 11, 1500)
	d := shelf.dataset
	tile := At(d.Areas.Bound().Center(), 8)
	if b := tile.Bound(); !b.Contains(d.Areas.Bound().Min) || !b.Contains(d.Areas.Bound().Max) {
		t.Fatal("the city does not lie in one tile")
	}
	statuses, refused := map[registry.FigureStatus]int{}, map[registry.Role]int{}
	for role, v := range byRole {
		r, atlas := rand.New(rand.NewPCG(5, uint64(role))), NewAtlas()
		filter := func() registry.Filter { return simple(r, d) }
		if role == registry.RolePlanner {
			filter = func() registry.Filter { return storetest.RandomFilter(r, d, shelf.households) }
		}
		for range 150 {
			q := Question{Filter: filter(), Measures: randomMeasure(r, d, filter)}
			level := []registry.AreaLevel{registry.LevelKecamatan, registry.LevelKelurahan}[r.IntN(2)]
			want, wantErr := expected(t, v, q, registry.AreasOf(level))
			data, err := atlas.Areas(t.Context(), v, level, tile, q)
			text, err2 := (&Collection{Level: level, Zoom: 10}).GeoJSON(t.Context(), v, q)
			if registry.CodeOf(err) != registry.CodeOf(wantErr) || registry.CodeOf(err2) != registry.CodeOf(wantErr) {
				t.Fatalf("%s, %s: %v and %v, want %v", role, q.Filter, err, err2, wantErr)
			}
			if wantErr != nil {
				refused[role]++
				continue
			}
			layers, err := readTile(data)
			mapped := map[registry.AreaLevel]int{registry.LevelKecamatan: 3, registry.LevelKelurahan: 13}[level]
			if err != nil || len(layers[0].features) != mapped {
				t.Fatalf("%s: %v, %v", role, err, layers)
			}
			for _, g := range layers[0].features {
				code := registry.AreaCode(g.attributes["code"].(string))
				f, known := want[registry.Key{Area: code}]
				compare(t, "tile, "+role.String()+", "+string(code), g.attributes, f, known, len(q.Measures) > 0)
				statuses[f.value.Status]++
			}
			features, err := geo.ParseFeatures(text)
			if err != nil || len(features) != len(d.Areas.Level(level)) {
				t.Fatalf("%d features, %v", len(features), err)
			}
			for _, g := range features {
				f, known := want[registry.Key{Area: registry.AreaCode(g.Properties["code"].(string))}]
				compare(t, "GeoJSON, "+role.String(), plain(g.Properties), f, known, len(q.Measures) > 0)
			}
		}
	}
	t.Logf("values by status %v, refused by role %v", statuses, refused)
	for _, s := range []registry.FigureStatus{registry.Exact, registry.Perturbed, registry.Suppressed, registry.UnknownFigure} {
		if statuses[s] == 0 {
			t.Errorf("no value was %s", s)
		}
	}
	if n := refused[registry.RolePublic]; n == 0 || n > 100 || refused[registry.RolePartner] > 100 {
		t.Errorf("refused by role: %v", refused)
	}
}

// plain are properties of GeoJSON as attributes of a tile are: none where one is null.
func plain(properties map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range properties {
		n, number := v.(json.Number)
		switch {
		case v == nil:
		case number && name == "households":
			out[name], _ = n.Int64()
		case number:
			out[name], _ = n.Float64()
		default:
			out[name] = v
		}
	}
	return out
}

// TestHexesAtRandom are shown to partners and planners with the figures of the view.
func TestHexesAtRandom(t *testing.T) {
	shelf, byRole := views(t, 12, 1500)
	d := shelf.dataset
	tile := At(d.Areas.Bound().Center(), 8)
	for _, role := range []registry.Role{registry.RolePartner, registry.RolePlanner} {
		v, r, shown := byRole[role], rand.New(rand.NewPCG(6, uint64(role))), 0
		for range 20 {
			q := Question{Filter: simple(r, d), Measures: randomMeasure(r, d, func() registry.Filter { return simple(r, d) })}
			want, wantErr := expected(t, v, q, registry.HexesOf(1000))
			if len(q.Measures) > 0 && q.Measures[0].Indicator != nil {
				wantErr = registry.Invalid("measure.indicator", "a published figure is one of areas")
			}
			data, err := Hexes(t.Context(), v, 1000, tile, q)
			if registry.CodeOf(err) != registry.CodeOf(wantErr) {
				t.Fatalf("%s, %s: %v, want %v", role, q.Filter, err, wantErr)
			}
			if data == nil {
				continue
			}
			layers, err := readTile(data)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range layers[0].features {
				_, id, err := geo.ParseHexID(g.attributes["hex"].(string))
				f, known := want[registry.Key{Hex: id}]
				if err != nil || !known || geo.Validate(g.polygons()) != nil {
					t.Errorf("%s: hexagon %v: %v", role, g, err)
				}
				compare(t, role.String(), g.attributes, f, known, len(q.Measures) > 0)
				shown++
			}
		}
		if t.Logf("%s: %d hexagons", role, shown); shown < 100 {
			t.Errorf("%s: only %d hexagons", role, shown)
		}
	}
}
