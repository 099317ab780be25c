package tiles

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// oneLayer reads a tile that has the layer, and nothing else; nil is no tile.
func oneLayer(t *testing.T, tile []byte, name string) []readFeature {
	t.Helper()
	if tile == nil {
		return nil
	}
	layers, err := readTile(tile)
	if err != nil || len(layers) != 1 || layers[0].name != name || layers[0].version != 2 || layers[0].extent != Extent || len(layers[0].features) == 0 {
		t.Fatalf("%v: %+v", err, layers)
	}
	return layers[0].features
}

// TestHouseholdsOfATile: a tile has the households that the filter keeps and that lie in it or its buffer, with what is known of
// each, and no others.
func TestHouseholdsOfATile(t *testing.T) {
	shelf, byRole := views(t, 31, 1500)
	v, r, shown := byRole[registry.RolePlanner], rand.New(rand.NewPCG(3, 1)), 0
	kept := func(h *registry.Record, f *registry.Filter) bool { // of what simple makes, but for enrolments
		return (f.Decile == nil || f.Decile.Contains(h.Decile)) && (f.HeadSex == 0 || f.HeadSex == h.HeadSex) && (f.DeprivedIn == nil || h.Deprived.Has(f.DeprivedIn[0])) && (f.Areas == nil || h.Area.Within(f.Areas[0]))
	}
	for zoom := HouseholdZoom; zoom <= MaxZoom; zoom++ {
		f := simple(r, shelf.dataset)
		f.EnrolledIn = nil
		if f.DeprivedIn != nil && f.DeprivedIn[0] == registry.Unserved { // follows from enrolments
			f.DeprivedIn = nil
		}
		list := around(shelf.dataset.Areas, zoom)
		r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		for _, tile := range list[:min(len(list), 60)] {
			data, err := Households(t.Context(), v, tile, f)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]*readFeature{}
			features := oneLayer(t, data, "households")
			for i := range features {
				found[features[i].attributes["id"].(string)] = &features[i]
			}
			want, bound := 0, tile.Bound()
			west, north := tile.corner()
			for i := range shelf.households {
				h := &shelf.households[i]
				if !h.Located || !bound.Contains(h.Point.Point()) || !kept(h, &f) {
					continue
				}
				want++
				one := found["Household:"+v.State.ID()+":"+h.ID.String()]
				if one == nil {
					t.Fatalf("%+v, %s: %s is not there", tile, &f, h.ID)
				}
				at := place(h.Point.Point(), tile.scale())
				drawn := one.parts[0][0]
				if one.kind != kindPoint || len(one.parts[0]) != 1 || math.Abs(drawn[0]+west-at[0]) > 0.50001 || math.Abs(drawn[1]+north-at[1]) > 0.50001 || one.id != binary.BigEndian.Uint64(h.ID[:])>>11 {
					t.Errorf("%+v: %s is drawn at %v as %d", tile, h.ID, drawn, one.id)
				}
				// UNSERVED, the last, follows from enrolments.
				more := one.attributes["deprivations"].(int64) - int64(bits.OnesCount64(uint64(h.Deprived)))
				if !sameOrAbsent(one.attributes["decile"], h.Decile) || !sameOrAbsent(one.attributes["members"], h.Members) || one.attributes["area"] != string(h.Area) || more != 0 && more != 1 {
					t.Errorf("%+v: %+v has attributes %v", tile, h, one.attributes)
				}
			}
			if want != len(features) || want != len(found) {
				t.Errorf("%+v, %s: %d households, want %d", tile, &f, len(features), want)
			}
			shown += want
		}
	}
	if shown < 500 {
		t.Errorf("only %d households were shown", shown)
	}
}

func sameOrAbsent(attribute any, n int) bool {
	if n == registry.UnknownInt {
		return attribute == nil
	}
	return attribute == int64(n)
}

// counted is an engine that tells what it was asked.
type counted struct {
	registry.Engine
	rows []registry.RowsQuery
}

func (c *counted) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	c.rows = append(c.rows, q)
	return c.Engine.Rows(ctx, q)
}

// TestTooManyHouseholds: a tile shows all or none, and no engine is asked for more than it shows.
func TestTooManyHouseholds(t *testing.T) {
	d, records, _ := storetest.City(5, MaxHouseholds+1)
	middle := d.Areas.Bound().Center()
	tile := At(middle, 13)
	for i := range records {
		records[i].Located = true
		records[i].Point.Lon, records[i].Point.Lat = int32(middle[0]*1e7)+int32(i%100), int32(middle[1]*1e7)+int32(i/100)
	}
	for n, fits := range map[int]bool{MaxHouseholds: true, MaxHouseholds + 1: false} {
		e := &counted{Engine: built(t, d, records[:n], nil)}
		data, err := Households(t.Context(), &registry.View{Dataset: d, Engine: e}, tile, registry.Filter{})
		if len(e.rows) != 1 || e.rows[0].First != MaxHouseholds {
			t.Errorf("%d: the engine was asked %+v", n, e.rows)
		}
		switch {
		case !fits && (data != nil || registry.CodeOf(err) != registry.CodeComplexity):
			t.Errorf("%d households: %d bytes, %v", n, len(data), err)
		case fits && (err != nil || len(oneLayer(t, data, "households")) != n):
			t.Errorf("%d households: %d bytes, %v", n, len(data), err)
		}
	}
}

func TestHouseholdsRefused(t *testing.T) {
	_, byRole := views(t, 31, 100)
	v := byRole[registry.RolePlanner]
	for want, ask := range map[string]func() ([]byte, error){
		"z": func() ([]byte, error) { return Households(t.Context(), v, Tile{10, 1, 1}, registry.Filter{}) },
		"filter.areas[0]": func() ([]byte, error) {
			return Households(t.Context(), v, Tile{11, 1, 1}, registry.Filter{Areas: []registry.AreaCode{"99"}})
		},
		"filter.enrolledIn": func() ([]byte, error) {
			return Households(t.Context(), v, Tile{11, 1, 1}, registry.Filter{EnrolledIn: []string{"NONE"}})
		},
	} {
		data, err := ask()
		if e, ok := err.(*registry.Error); data != nil || !ok || e.Field != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, at := range []orb.Point{{-180, 0}, {180, 85.05}, {179.9999, -85.05}} { // the buffer of a tile at the end of the world
		if _, err := Households(t.Context(), v, At(at, 12), registry.Filter{}); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
}

// TestWritersAreUsedAgain: tiles drawn at the same time and one after the other do not mix.
func TestWritersAreUsedAgain(t *testing.T) {
	shelf, byRole := views(t, 31, 800)
	v, list := byRole[registry.RolePlanner], around(shelf.dataset.Areas, 12)
	first := make([][]byte, len(list))
	for i, tile := range list {
		first[i], _ = Households(t.Context(), v, tile, registry.Filter{})
	}
	t.Run("together", func(t *testing.T) {
		for range 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for i, tile := range list {
					if again, err := Households(t.Context(), v, tile, registry.Filter{}); err != nil || !bytes.Equal(again, first[i]) {
						t.Errorf("%+v is another tile: %v", tile, err)
					}
				}
			})
		}
	})
}

// TestNearby is place, all over the world, to less than what would show.
func TestNearby(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range 20_000 {
		tile := At(orb.Point{-180 + 360*r.Float64(), -85 + 170*r.Float64()}, HouseholdZoom+r.IntN(MaxZoom-HouseholdZoom+1))
		b := tile.Bound()
		p := orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
		want, got := place(p, tile.scale()), tile.nearby()(p)
		west, north := tile.corner()
		if math.Abs(got[0]+west-want[0]) > 0.50001 || math.Abs(got[1]+north-want[1]) > 0.50001 {
			t.Fatalf("%+v, %v: %v, want %v", tile, p, got, orb.Point{want[0] - west, want[1] - north})
		}
	}
}

// place is where some household lives.
func (s *shelf) place() orb.Point {
	for i := range s.households {
		if s.households[i].Located {
			return s.households[i].Point.Point()
		}
	}
	panic("nobody has a location")
}
