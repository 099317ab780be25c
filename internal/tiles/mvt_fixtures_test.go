package tiles

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// fixture is a published tile with what it holds.
type fixture struct {
	ID, Description string
	Validity        struct{ V2 bool }
	Bytes           []byte          `json:"tile_base64"`
	Tile            json.RawMessage // of a tile that is not valid, members may have any type
}

type fixtureTile struct {
	Layers []struct {
		Version  uint64
		Name     string
		Extent   *uint64
		Keys     []string
		Values   []map[string]json.RawMessage
		Features []struct {
			ID       uint64
			Type     uint64
			Tags     []uint32
			Geometry []uint32
		}
	}
}

// either are the fixtures that a reader may take or leave, with the reason.
var either = map[string]string{
	"016": "listed as valid with an UNKNOWN type, but its bytes have no type at all: they are those of fixture 003, which is not valid",
	"057": "listed as valid, but its one MoveTo of 536 870 911 points has parameters for one: as invalid as fixture 051",
}

func readFixtures(t testing.TB) []fixture {
	t.Helper()
	data, err := os.ReadFile("../../../shared/truth/mvt/fixtures.json")
	if err != nil {
		t.Skip("the published vector tiles are not beside this checkout:", err)
	}
	var file struct{ Fixtures []fixture }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Fixtures
}

// TestFixtures proves the reader of these tests, and the encoder of geometry, on tiles that others have published.
func TestFixtures(t *testing.T) {
	valid, refused, drawn := 0, 0, 0
	for _, f := range readFixtures(t) {
		layers, err := readTile(f.Bytes)
		if reason, ok := either[f.ID]; ok {
			t.Logf("fixture %s may be either (%s): %v", f.ID, reason, err)
			continue
		}
		if !f.Validity.V2 {
			refused++
			if err == nil {
				t.Errorf("fixture %s is read, though not valid: %s", f.ID, f.Description)
			}
			continue
		}
		valid++
		if err != nil {
			t.Errorf("fixture %s (%s): %v", f.ID, f.Description, err)
			continue
		}
		f.compare(t, layers)
		for _, l := range layers {
			for i := range l.features {
				if l.features[i].kind == 0 {
					continue
				}
				again, err := l.features[i].redrawn()
				if err != nil || !slices.Equal(again, l.features[i].commands) {
					t.Errorf("fixture %s: %v is drawn as %v, %v", f.ID, l.features[i].commands, again, err)
				}
				drawn++
			}
		}
	}
	t.Logf("%d tiles read, %d refused, %d geometries drawn again", valid, refused, drawn)
	if valid < 44 || refused < 28 || drawn < 70 {
		t.Errorf("only %d tiles were read, %d refused and %d geometries drawn", valid, refused, drawn)
	}
}

// compare tells where the tile that was read is not the one that was published.
func (f *fixture) compare(t *testing.T, layers []readLayer) {
	t.Helper()
	var want fixtureTile
	if err := json.Unmarshal(f.Tile, &want); err != nil {
		t.Fatalf("fixture %s: %v", f.ID, err)
	}
	if len(layers) != len(want.Layers) {
		t.Fatalf("fixture %s has %d layers, want %d", f.ID, len(layers), len(want.Layers))
	}
	for i, w := range want.Layers {
		l := layers[i]
		extent := uint64(4096)
		if w.Extent != nil {
			extent = *w.Extent
		}
		if l.name != w.Name || l.version != w.Version || l.extent != extent || !slices.Equal(l.keys, w.Keys) || len(l.values) != len(w.Values) || len(l.features) != len(w.Features) {
			t.Fatalf("fixture %s: %+v, want %+v", f.ID, l, w)
		}
		for k, v := range l.values {
			expected := reflect.New(reflect.TypeOf(v.value))
			raw := w.Values[k][v.field]
			if err := json.Unmarshal(raw, expected.Interface()); (err != nil || expected.Elem().Interface() != v.value) && v.value != string(raw) { // fixture 076 lists a text of digits as a number
				t.Errorf("fixture %s: value %v, want %s", f.ID, v, w.Values[k])
			}
		}
		for k, g := range w.Features {
			if r := l.features[k]; r.id != g.ID || r.kind != g.Type || !slices.Equal(r.tags, g.Tags) || !slices.Equal(r.commands, g.Geometry) {
				t.Errorf("fixture %s: feature %+v, want %+v", f.ID, r, g)
			}
		}
	}
}

// TestBrokenTiles cuts and changes published tiles at every byte: the reader may refuse or take them, and never panics.
func TestBrokenTiles(t *testing.T) {
	refused := 0
	try := func(tile []byte) {
		if _, err := readTile(tile); err != nil {
			refused++
		}
	}
	for _, f := range readFixtures(t) {
		for i := range f.Bytes {
			try(f.Bytes[:i])
			for _, change := range []byte{1, 7, 0x80, 0xff} {
				changed := slices.Clone(f.Bytes)
				changed[i] ^= change
				try(changed)
			}
		}
	}
	if refused == 0 {
		t.Error("no broken tile was refused")
	}
}

// TestHugeCounts: a command of half a billion positions is refused for want of parameters before anything is reserved.
func TestHugeCounts(t *testing.T) {
	for _, commands := range [][]uint32{{1<<32 - 8 | commandMoveTo, 2, 2}, {9, 0, 0, 1<<32 - 8 | commandLineTo, 2, 2}, {9, 0, 0, 18, 2, 2, 2, 0, 1<<32 - 8 | commandClosePath}} {
		for kind := range uint64(4) {
			if _, err := readParts(kind, commands, 2); err == nil {
				t.Errorf("kind %d, commands %v are read", kind, commands)
			}
		}
	}
}

// TestEncode writes every type of value and reads it; a layer without features is not there at all.
func TestEncode(t *testing.T) {
	if tile := encode("nothing", nil); tile != nil {
		t.Errorf("nothing is written as %x", tile)
	}
	of := func(id uint64, tags ...any) feature {
		return feature{id, kindPoint, dotted(nil, [2]float64{-3, 5000}), tags}
	}
	layers, err := readTile(encode("all", []feature{of(1<<53-1, "text", "Kelurahan Ä", "whole", int64(-7), "part", 0.1), of(2, "text", "Kelurahan Ä", "whole", int64(1<<40), "part", 7.0), of(3)}))
	if err != nil || len(layers) != 1 || layers[0].name != "all" || layers[0].version != 2 || layers[0].extent != Extent {
		t.Fatalf("%+v, %v", layers, err)
	}
	want := []map[string]any{{"text": "Kelurahan Ä", "whole": int64(-7), "part": 0.1}, {"text": "Kelurahan Ä", "whole": int64(1 << 40), "part": 7.0}, {}}
	for i, f := range layers[0].features {
		if !reflect.DeepEqual(f.attributes, want[i]) || f.id != []uint64{1<<53 - 1, 2, 3}[i] || f.parts[0][0] != [2]float64{-3, 5000} {
			t.Errorf("feature %d: %+v", i, f)
		}
	}
	if len(layers[0].keys) != 3 || len(layers[0].values) != 5 {
		t.Errorf("keys %v and values %v are there more than once", layers[0].keys, layers[0].values)
	}
	twice := encode("a", []feature{of(1)})
	if _, err := readTile(append(twice, twice...)); err == nil {
		t.Error("two layers of one name are read")
	}
	if _, err := readTile(protowire.AppendTag(nil, 4, protowire.VarintType)); err == nil {
		t.Error("an unknown field is read")
	}
}
