package tiles

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

func TestTileValid(t *testing.T) {
	for tile, want := range map[Tile]bool{
		{0, 0, 0}: true, {0, 1, 0}: false, {0, 0, 1}: false, {1, 1, 1}: true, {1, 2, 0}: false, {-1, 0, 0}: false, {16, 65535, 65535}: true,
		{16, 65536, 0}: false, {17, 0, 0}: false, {99, 0, 0}: false, {16, math.MaxUint32, 0}: false,
	} {
		if tile.Valid() != want {
			t.Errorf("%+v is valid: %t", tile, !want)
		}
	}
}

// TestTileOfAPlace: a place lies in its tile, and the places in a tile have no other.
func TestTileOfAPlace(t *testing.T) {
	const pad = float64(Buffer) / Extent
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p, zoom := orb.Point{-180 + 360*r.Float64(), -85 + 170*r.Float64()}, r.IntN(MaxZoom+1)
		tile := At(p, zoom)
		b := tile.Bound()
		side := math.Ldexp(1, zoom) // by the formula that makers of maps commonly give
		x, y := (p[0]+180)/360*side, (1-math.Asinh(math.Tan(p[1]*math.Pi/180))/math.Pi)/2*side
		if !tile.Valid() || !b.Contains(p) || tile.X != uint32(x) || tile.Y != uint32(y) {
			t.Errorf("%v lies in %+v: %v", p, tile, b)
		}
		width := b.Max[0] - b.Min[0]
		if want := 360 / math.Ldexp(1, zoom) * (1 + 2*pad); math.Abs(width-want) > 1e-9 {
			t.Errorf("%+v is %g degrees wide, want %g", tile, width, want)
		}
		inner := orb.Point{b.Min[0] + width*(pad+0.01)/(1+2*pad), b.Center()[1]}
		if again := At(inner, zoom); again.X != tile.X || zoom > 6 && again != tile { // in high latitudes the middle of a large tile is elsewhere
			t.Errorf("%v lies in %+v, want %+v", inner, again, tile)
		}
	}
	for p, want := range map[orb.Point]Tile{
		{106.11, -2.13}: {10, 813, 518}, {-180, 89}: {10, 0, 0}, {180, -90}: {10, 1023, 1023}, {0, 90}: {10, 512, 0},
	} {
		if got := At(p, 10); got != want {
			t.Errorf("%v lies in %+v, want %+v", p, got, want)
		}
	}
	world := Tile{}.Bound()
	if limit := place(orb.Point{0, 85.0511287798066}, 1); math.Abs(limit[1]) > 1e-12 || world.Min[0] > -180 || world.Max[1] < 85.05 {
		t.Errorf("the map ends at %v and %v", limit, world)
	}
}

// TestEmptyTiles show nothing and are nothing, so that a server can answer without a body.
func TestEmptyTiles(t *testing.T) {
	_, byRole := views(t, 14, 50)
	v := byRole[registry.RolePlanner]
	for _, tile := range []Tile{{8, 0, 0}, {16, 1, 1}, {12, 2047, 100}} {
		a, err1 := NewAtlas().Areas(t.Context(), v, registry.LevelKelurahan, tile, Question{})
		b, err2 := Hexes(t.Context(), v, 500, tile, Question{})
		if a != nil || b != nil || err1 != nil || err2 != nil {
			t.Errorf("%+v: %x, %x, %v, %v", tile, a, b, err1, err2)
		}
	}
	none, err := registry.NewAreas([]registry.Area{{Code: "19.71"}, {Code: "19.71.01"}, {Code: "19.71.01.1001"}})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := NewAtlas().Areas(t.Context(), emptyView(t, none), registry.LevelKelurahan, Tile{}, Question{}); data != nil || err != nil {
		t.Errorf("areas without a boundary: %x, %v", data, err)
	}
}

// TestTileJSON has the members that TileJSON 3.0.0 asks for, and every attribute of the layer.
func TestTileJSON(t *testing.T) {
	shelf, byRole := views(t, 14, 900)
	v := byRole[registry.RolePlanner]
	const address = "https://example.org/tiles/x/{z}/{x}/{y}.mvt?filter=%7B%7D"
	for _, l := range Layers() {
		text, err := json.Marshal(l.TileJSON(v, address))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			TileJSON, Scheme, Name, Attribution, Version string
			Tiles                                        []string
			MinZoom, MaxZoom                             *int
			Bounds, Center                               []float64
			VectorLayers                                 []struct {
				ID     string
				Fields map[string]string
			} `json:"vector_layers"`
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if got.TileJSON != "3.0.0" || got.Scheme != "xyz" || got.Name != l.Name || len(got.Tiles) != 1 || got.Tiles[0] != address || len(strings.Split(got.Version, ".")) != 3 {
			t.Errorf("%s: %s", l.Name, text)
		}
		b := shelf.dataset.Areas.Bound()
		if len(got.Bounds) != 4 || got.Bounds[0] != b.Min[0] || got.Bounds[3] != b.Max[1] || len(got.Center) != 3 || !b.Contains(orb.Point{got.Center[0], got.Center[1]}) ||
			*got.MinZoom != l.MinZoom || got.Center[2] != math.Trunc(got.Center[2]) || *got.MinZoom > int(got.Center[2]) || *got.MaxZoom != MaxZoom || int(got.Center[2]) > MaxZoom {
			t.Errorf("%s: %s", l.Name, text)
		}
		if got.Attribution != shelf.dataset.State.Edition.Source {
			t.Errorf("%s: attribution %q, want the source alone where the boundaries have none", l.Name, got.Attribution)
		}
		tile := At(b.Center(), 8)
		q := Question{Measures: randomMeasure(rand.New(rand.NewPCG(3, 0)), shelf.dataset, func() registry.Filter { return registry.Filter{} })}
		data, err := map[string]func() ([]byte, error){
			"kecamatan": func() ([]byte, error) {
				return NewAtlas().Areas(t.Context(), v, registry.LevelKecamatan, tile, q)
			},
			"kelurahan": func() ([]byte, error) {
				return NewAtlas().Areas(t.Context(), v, registry.LevelKelurahan, tile, q)
			},
			"hex":        func() ([]byte, error) { return Hexes(t.Context(), v, 500, tile, q) },
			"pockets":    func() ([]byte, error) { return pocketsOf(t, v, wide).Tile(Tile{}), nil },
			"households": func() ([]byte, error) { return Households(t.Context(), v, At(shelf.place(), 11), registry.Filter{}) },
		}[l.Name]()
		layers, err2 := readTile(data)
		if err != nil || err2 != nil || len(got.VectorLayers) != 1 || got.VectorLayers[0].ID != layers[0].name {
			t.Fatalf("%s: %v, %v", l.Name, err, err2)
		}
		for _, key := range layers[0].keys {
			if got.VectorLayers[0].Fields[key] == "" {
				t.Errorf("%s: attribute %s is not described", l.Name, key)
			}
		}
		if len(layers[0].keys) != len(got.VectorLayers[0].Fields) {
			t.Errorf("%s: attributes %v, described %v", l.Name, layers[0].keys, got.VectorLayers[0].Fields)
		}
	}
	if _, ok := FindLayer("none"); ok || len(Layers()) != 5 {
		t.Errorf("layers %v", Layers())
	}
}
