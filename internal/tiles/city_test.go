package tiles

import (
	"bytes"
	"cmp"
	"iter"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/columnar"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// realAreas are the city's kelurahan from a real file, with kecamatan and city made of them.
func realAreas(tb testing.TB) *registry.Areas {
	tb.Helper()
	data, err := os.ReadFile("../../../shared/data/pangkalpinang/kelurahan_hdx_bps_2020.geojson")
	if err != nil {
		tb.Skip("the real boundaries are not beside this checkout:", err)
	}
	features, err := geo.ParseFeatures(data)
	if err != nil {
		tb.Fatal(err)
	}
	var list []registry.Area
	add := func(code registry.AreaCode, boundary orb.MultiPolygon) {
		list = append(list, registry.Area{Code: code, Name: "Area " + string(code), Boundary: boundary, AreaKm2: geo.AreaKm2(boundary), Label: geo.LabelPoint(boundary)})
	}
	parts := map[registry.AreaCode][]orb.Geometry{}
	for _, f := range features {
		code := registry.AreaCode(f.Properties["code"].(string))
		add(code, f.Geometry.(orb.MultiPolygon))
		parts[code.Parent()] = append(parts[code.Parent()], f.Geometry)
		parts["19.71"] = append(parts["19.71"], f.Geometry)
	}
	for code, of := range parts {
		union, err := geo.Union(of)
		if err != nil {
			tb.Fatal(err)
		}
		add(code, union)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		tb.Fatal(err)
	}
	if n := len(areas.Level(registry.LevelKelurahan)); n != 42 {
		tb.Fatalf("the city has %d kelurahan, want 42", n)
	}
	return areas
}

// built is the engine in memory over contents in any order.
func built(tb testing.TB, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
	tb.Helper()
	households, enrolments = slices.Clone(households), slices.Clone(enrolments)
	slices.SortFunc(households, func(a, b registry.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortStableFunc(enrolments, func(a, b registry.Enrolment) int {
		return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
	e, err := columnar.Build(d, each(households), each(enrolments), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range list {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// emptyView is of areas in which nobody is registered.
func emptyView(tb testing.TB, areas *registry.Areas) *registry.View {
	tb.Helper()
	d := &registry.Dataset{Areas: areas, State: registry.State{Edition: registry.Edition{ID: "empty"}, Release: registry.Release{ID: "1"}}, Version: "empty"}
	return &registry.View{Dataset: d, Engine: built(tb, d, nil, nil)}
}

// around are the tiles of a zoom that the box of all areas touches, and one more to each side.
func around(areas *registry.Areas, zoom int) (list []Tile) {
	b := areas.Bound()
	first, last := At(orb.Point{b.Min[0], b.Max[1]}, zoom), At(orb.Point{b.Max[0], b.Min[1]}, zoom)
	for x := max(first.X, 1) - 1; x <= last.X+1; x++ {
		for y := max(first.Y, 1) - 1; y <= last.Y+1; y++ {
			if t := (Tile{zoom, x, y}); t.Valid() {
				list = append(list, t)
			}
		}
	}
	return list
}

// seen is what a tile shows of the areas of a level, in units of its zoom, by the code's digits.
type seen map[uint64]orb.MultiPolygon

// look draws a tile and reads it. Whatever is in it must be valid, and lie in the tile and its buffer.
func look(t *testing.T, a *Atlas, v *registry.View, level registry.AreaLevel, tile Tile) seen {
	t.Helper()
	data, err := a.Areas(t.Context(), v, level, tile, Question{})
	if err != nil {
		t.Fatalf("%+v: %v", tile, err)
	}
	out := seen{}
	if data == nil {
		return out
	}
	layers, err := readTile(data)
	if err != nil || len(layers) != 1 || layers[0].version != 2 || layers[0].extent != Extent || layers[0].name != levelName(level) || len(layers[0].features) == 0 {
		t.Fatalf("%+v: %v, %+v", tile, err, layers)
	}
	west, north := tile.corner()
	for i := range layers[0].features {
		f := &layers[0].features[i]
		area := f.polygons()
		if _, twice := out[f.id]; twice || f.kind != kindPolygon {
			t.Fatalf("%+v: area %d is there twice, or of kind %d", tile, f.id, f.kind)
		}
		if fault := geo.Validate(area); fault != nil {
			t.Errorf("%+v: area %d: %v", tile, f.id, fault)
		}
		if b := area.Bound(); b.Min[0] < -Buffer || b.Min[1] < -Buffer || b.Max[0] > Extent+Buffer || b.Max[1] > Extent+Buffer {
			t.Errorf("%+v: area %d lies at %v", tile, f.id, b)
		}
		move(area, west, north)
		out[f.id] = area
	}
	return out
}

// cutOut is what a tile shows of any level, of which there need not be a layer.
func cutOut(t *testing.T, a *Atlas, areas *registry.Areas, level registry.AreaLevel, tile Tile) seen {
	t.Helper()
	out := seen{}
	west, north := tile.corner()
	for _, s := range a.shapes(areas, level, tile) {
		commands, err := packed(s.geometry)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := readParts(kindPolygon, commands, 2)
		if err != nil {
			t.Fatalf("%+v, %s: %v", tile, areas.Area(s.area).Code, err)
		}
		area := (&readFeature{parts: parts}).polygons()
		move(area, west, north)
		out[uint64(areas.Area(s.area).Code.FeatureID())] = area
	}
	return out
}

func move(area orb.MultiPolygon, x, y float64) {
	for _, polygon := range area {
		for _, ring := range polygon {
			for k := range ring {
				ring[k] = orb.Point{ring[k][0] + x, ring[k][1] + y}
			}
		}
	}
}
