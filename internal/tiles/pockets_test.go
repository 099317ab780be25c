package tiles

import (
	"bytes"
	"math"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/pockets"
	"kantong/internal/registry"
)

// wide is a question that finds pockets in a small city.
var wide = pockets.Question{RadiusMeters: 600, MinHouseholds: 8}

func surveyOf(t *testing.T, v *registry.View, q pockets.Question) *pockets.Survey {
	t.Helper()
	s, err := pockets.TakeSurvey(t.Context(), v, q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pocketsOf(t *testing.T, v *registry.View, q pockets.Question) *Pockets {
	t.Helper()
	m, err := NewPockets(t.Context(), surveyOf(t, v, q))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPocketsOfTiles draws every tile of a city, as every role: each pocket is there at every zoom, with its figures and one
// number, and its ground is that of the pocket; where that is too small to be seen it is a point.
func TestPocketsOfTiles(t *testing.T) {
	shelf, byRole := views(t, 17, 2000)
	for role, v := range byRole {
		s := surveyOf(t, v, wide)
		m, err := NewPockets(t.Context(), s)
		if err != nil || len(s.Pockets) < 3 {
			t.Fatalf("%s: %d pockets, %v", role, len(s.Pockets), err)
		}
		for _, zoom := range []int{4, 9, 12, 14} {
			attributes, numbers, ground, points := map[string]map[string]any{}, map[string]uint64{}, map[string]float64{}, map[string]orb.Point{}
			for _, tile := range around(shelf.dataset.Areas, zoom) {
				west, north := tile.corner()
				rank := int64(0)
				for _, f := range oneLayer(t, m.Tile(tile), "pockets") {
					id := f.attributes["id"].(string)
					if n, known := numbers[id]; known && n != f.id {
						t.Errorf("%s has the numbers %d and %d", id, n, f.id)
					}
					if attributes[id], numbers[id] = f.attributes, f.id; f.attributes["rank"].(int64) <= rank {
						t.Errorf("%+v: rank %v comes after %d", tile, f.attributes["rank"], rank)
					}
					rank = f.attributes["rank"].(int64)
					switch f.kind {
					case kindPoint:
						points[id] = orb.Point{f.parts[0][0][0] + west, f.parts[0][0][1] + north}
					case kindPolygon:
						area := f.polygons()
						move(area, west, north)
						ground[id] += groundIn(tile.extent(), seen{0: area})
					}
				}
			}
			if len(attributes) != len(s.Pockets) {
				t.Errorf("%s: %d pockets at zoom %d, want %d", role, len(attributes), zoom, len(s.Pockets))
			}
			for i, p := range s.Pockets {
				a := attributes[p.ID]
				if a["unit"] != p.Unit.String() || a["rank"] != int64(i+1) || a["households_status"] != p.Total.Status.String() || a["households"] != p.Total.Households || a["people"] != p.Total.People {
					t.Errorf("%s, zoom %d: %s with %+v is shown as %v", role, zoom, p.ID, p.Total, a)
				}
				km2, err := p.AreaKm2(t.Context())
				if shown, there := a["area_km2"]; err != nil || there != (km2 > 0) || there && shown != Rounded(km2) {
					t.Errorf("%s has %v km², want %g", p.ID, shown, km2)
				}
				whole, err := p.Geometry(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				at, point := points[p.ID]
				center := place(p.Center, Tile{Z: zoom}.scale())
				switch {
				case point && (math.Abs(at[0]-center[0]) > 0.5 || math.Abs(at[1]-center[1]) > 0.5):
					t.Errorf("%s is a point at %v, want %v", p.ID, at, center)
				case point == (ground[p.ID] > 0), whole == nil && !point:
					t.Errorf("%s, zoom %d: point %t, ground %g, geometry %T", p.ID, zoom, point, ground[p.ID], whole)
				case zoom == 14 && whole != nil:
					unit := math.Cos(p.Center[1]*math.Pi/180) * 40_075.016 / (Tile{Z: zoom}).scale() // km
					if got := ground[p.ID] * unit * unit; math.Abs(got-km2) > 0.02*km2+0.001 {
						t.Errorf("%s has %g km² on the map, want %g", p.ID, got, km2)
					}
				}
			}
		}
	}
}

// TestMostPockets: of many, those with most households are drawn, and what they take is bounded.
func TestMostPockets(t *testing.T) {
	_, byRole := views(t, 17, 2000)
	v := byRole[registry.RolePlanner]
	all := surveyOf(t, v, pockets.Question{RadiusMeters: 5, MinHouseholds: 1})
	m, err := NewPockets(t.Context(), all)
	if err != nil || len(all.Pockets) <= MaxPockets || len(m.list) != MaxPockets || m.Bytes() < MaxPockets*pocketBytes {
		t.Fatalf("%d of %d pockets, %d bytes, %v", len(m.list), len(all.Pockets), m.Bytes(), err)
	}
	for i := range m.list {
		if m.list[i].tags[1] != all.Pockets[i].ID {
			t.Errorf("pocket %d is %v", i, m.list[i].tags)
		}
	}
	if tile := m.Tile(Tile{12, 1, 1}); tile != nil {
		t.Errorf("%d bytes where no pocket is", len(tile))
	}
}

// TestPocketsOfTwoMaps at once, of different zooms, are those of each by itself.
func TestPocketsOfTwoMaps(t *testing.T) {
	shelf, byRole := views(t, 17, 2000)
	m := pocketsOf(t, byRole[registry.RolePlanner], wide)
	want := map[Tile][]byte{}
	for _, zoom := range []int{9, 12} {
		for _, tile := range around(shelf.dataset.Areas, zoom) {
			want[tile] = m.Tile(tile)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for tile, data := range want { // in another order each time
				if !bytes.Equal(m.Tile(tile), data) {
					t.Errorf("%+v is another tile", tile)
				}
			}
		})
	}
	group.Wait()
}
