package tiles

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// way is an edge of a ring in its direction.
type way struct{ from, to orb.Point }

func (w way) back() way { return way{w.to, w.from} }

// eachWay goes along the rings of areas, outer ones clockwise on the map.
func eachWay(area orb.MultiPolygon, visit func(way)) {
	for _, polygon := range area {
		for _, ring := range polygon {
			for i := range len(ring) - 1 {
				visit(way{ring[i], ring[i+1]})
			}
		}
	}
}

// outline are the ways of areas that no other one has the other way.
func outline(areas []orb.MultiPolygon) map[way]bool {
	out := map[way]bool{}
	for _, area := range areas {
		eachWay(area, func(w way) { out[w] = true })
	}
	for w := range out {
		if back := w.back(); out[back] {
			delete(out, w)
			delete(out, back)
		}
	}
	return out
}

// groundIn is how much of the areas lies in a box, in square units.
func groundIn(box orb.Bound, areas seen) (sum float64) {
	for _, area := range areas {
		for _, polygon := range area {
			for _, ring := range polygon {
				if inside := clip.Ring(box, ring.Clone()); len(inside) > 3 {
					sum += surveyed(inside)
				}
			}
		}
	}
	return sum
}

// cities are what tiles are drawn of in these tests.
func cities(t *testing.T) map[string]*registry.Areas {
	made, _, _ := storetest.City(3, 0)
	return map[string]*registry.Areas{"made up": made.Areas, "real": realAreas(t)}
}

// extent is the tile without its buffer, in units of its zoom.
func (t Tile) extent() orb.Bound {
	west, north := t.corner()
	return orb.Bound{Min: orb.Point{west, north}, Max: orb.Point{west + Extent, north + Extent}}
}

// frameOf is the tile with its buffer, in units of its zoom.
func frameOf(t Tile) orb.Bound {
	west, north := t.corner()
	return orb.Bound{Min: orb.Point{west - Buffer, north - Buffer}, Max: orb.Point{west + Extent + Buffer, north + Extent + Buffer}}
}

func strictly(b orb.Bound, p orb.Point) bool {
	return b.Min[0] < p[0] && p[0] < b.Max[0] && b.Min[1] < p[1] && p[1] < b.Max[1]
}

// TestTilesCover draws every tile of a city: whatever is not a border of the whole has an area on both sides, so that areas
// share no ground and leave no gap; and they have as much ground as the city.
func TestTilesCover(t *testing.T) {
	for name, areas := range cities(t) {
		v, atlas, full, borders := emptyView(t, areas), NewAtlas(), 0, 0
		last := 16
		if name == "made up" {
			last = 13 // it is seven times as long
		}
		for zoom := 8; zoom <= last; zoom++ {
			var whole []orb.MultiPolygon
			for _, i := range areas.Level(registry.LevelKelurahan) {
				whole = append(whole, atlas.units(areas, zoom)[i])
			}
			rim := outline(whole)
			for _, tile := range around(areas, zoom) {
				kelurahan := look(t, atlas, v, registry.LevelKelurahan, tile)
				frame := frameOf(tile)
				var shown []orb.MultiPolygon
				for _, area := range kelurahan {
					shown = append(shown, area)
				}
				touches := len(kelurahan) == 0
				for w := range outline(shown) {
					on := w.from[0] == w.to[0] && (w.from[0] == frame.Min[0] || w.from[0] == frame.Max[0]) || w.from[1] == w.to[1] && (w.from[1] == frame.Min[1] || w.from[1] == frame.Max[1])
					if on {
						continue // the edge of what a tile shows
					}
					touches = true
					if strictly(frame, w.from) && strictly(frame, w.to) && !rim[w] {
						t.Errorf("%s, %+v: %v has an area on one side", name, tile, w)
					}
				}
				ground := groundIn(tile.extent(), kelurahan)
				if !touches {
					full++
					if math.Abs(ground-Extent*Extent) > 1e-3 {
						t.Errorf("%s, %+v lies in the city and shows %g square units of it", name, tile, ground)
					}
				}
				if borders += len(shown); name != "real" { // elsewhere, published polygons of the levels disagree
					continue
				}
				for _, level := range []registry.AreaLevel{registry.LevelKecamatan, registry.LevelKabupatenKota} {
					if other := groundIn(tile.extent(), cutOut(t, atlas, areas, level, tile)); math.Abs(other-ground) > 1e-6 {
						t.Errorf("%+v shows %g square units of kelurahan and %g of %s", tile, ground, other, level)
					}
				}
			}
		}
		t.Logf("%s: %d areas in tiles, %d tiles within the city", name, borders, full)
		if borders < 200 || full < 15 {
			t.Errorf("%s: only %d areas in tiles, %d tiles within the city", name, borders, full)
		}
	}
}

// TestNeighbouringTilesAgree: what two tiles show of the same ground has the same edges.
func TestNeighbouringTilesAgree(t *testing.T) {
	for name, areas := range cities(t) {
		v, atlas, compared := emptyView(t, areas), NewAtlas(), 0
		for zoom := 8; zoom <= 14; zoom++ {
			for _, level := range []registry.AreaLevel{registry.LevelKelurahan, registry.LevelKecamatan} {
				drawn := map[Tile]seen{}
				for _, tile := range around(areas, zoom) {
					drawn[tile] = look(t, atlas, v, level, tile)
				}
				for tile, here := range drawn {
					for _, next := range []Tile{{zoom, tile.X + 1, tile.Y}, {zoom, tile.X, tile.Y + 1}, {zoom, tile.X + 1, tile.Y + 1}} {
						there, ok := drawn[next]
						if !ok {
							continue
						}
						both := orb.Bound{Min: frameOf(next).Min, Max: frameOf(tile).Max}
						if next.Y == tile.Y {
							both.Min[1] = frameOf(tile).Min[1]
						}
						if next.X == tile.X {
							both.Min[0] = frameOf(tile).Min[0]
						}
						compared += compareEdges(t, name, both, here, there) + compareEdges(t, name, both, there, here)
						for id := range here {
							// An edge that a frame cuts ends at a whole unit there, so it may lie half a unit aside all along a tile.
							if a, b := groundIn(both, seen{id: here[id]}), groundIn(both, seen{id: there[id]}); math.Abs(a-b) > Extent/2+Buffer {
								t.Errorf("%s, area %d: %+v shows %g square units and %+v %g", name, id, tile, a, next, b)
							}
							compared++
						}
					}
				}
			}
		}
		if t.Logf("%s: %d edges and areas compared", name, compared); compared < 200 {
			t.Errorf("%s: only %d edges and areas were compared", name, compared)
		}
	}
}

// compareEdges wants every edge of one tile that lies in a box to be in the other, of the same area.
func compareEdges(t *testing.T, name string, box orb.Bound, a, b seen) (n int) {
	t.Helper()
	for id, area := range a {
		other := map[way]bool{}
		eachWay(b[id], func(w way) { other[w] = true })
		eachWay(area, func(w way) {
			if !strictly(box, w.from) || !strictly(box, w.to) {
				return
			}
			if n++; !other[w] {
				t.Errorf("%s, area %d: edge %v is in one tile only", name, id, w)
			}
		})
	}
	return n
}

// TestSettled: rounding outlines again changes nothing, although rounding once is not always enough.
func TestSettled(t *testing.T) {
	areas, unsettled := realAreas(t), 0
	for zoom := 8; zoom <= MaxZoom; zoom++ {
		units := unitsOf(areas.Outlines(zoom), zoom)
		if again := geo.SnapRound(units); !slices.EqualFunc(units, again, orb.MultiPolygon.Equal) {
			t.Errorf("zoom %d: outlines move when they are rounded again", zoom)
		}
		once := geo.SnapRound(projectedTo(areas.Outlines(zoom), zoom))
		if !slices.EqualFunc(once, units, orb.MultiPolygon.Equal) {
			unsettled++
		}
	}
	if t.Logf("at %d zooms rounding once is not enough", unsettled); unsettled == 0 {
		t.Error("rounding once is enough at every zoom: this test tells nothing")
	}
}
