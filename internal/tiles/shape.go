package tiles

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"

	"kantong/internal/geo"
)

// Positions on the map are counted in units of a tile from its north-western corner, eastwards and southwards (Web Mercator).
// Those of a whole zoom begin at the corner of the world: at zoom 16 there are 2^28 in each direction, which float64 holds.

// unitsOf projects areas and rounds them, once for all tiles of a zoom: borders that areas share have the same units, and no
// ring crosses itself. An area that is too small to be seen is nil.
func unitsOf(areas []orb.MultiPolygon, zoom int) []orb.MultiPolygon {
	return settled(projectedTo(areas, zoom))
}

func projectedTo(areas []orb.MultiPolygon, zoom int) []orb.MultiPolygon {
	scale := Tile{Z: zoom}.scale()
	projected := make([]orb.MultiPolygon, len(areas))
	for i, area := range areas {
		projected[i] = make(orb.MultiPolygon, len(area))
		for k, polygon := range area {
			projected[i][k] = make(orb.Polygon, len(polygon))
			for r, ring := range polygon {
				units := make(orb.Ring, len(ring))
				for n, at := range ring {
					units[n] = place(at, scale)
				}
				projected[i][k][r] = units
			}
		}
	}
	return projected
}

// settled rounds until nothing moves any more (Halperin and Packer, "Iterated snap rounding", 2002). Rounding once can leave
// an edge that passes close by a corner of another area; it would go through that corner in a tile in which both are rounded
// again, and beside it in the next.
//
// Two or three times are enough for real boundaries; the bound is for files that nobody has seen.
func settled(areas []orb.MultiPolygon) []orb.MultiPolygon {
	for range mostRounds {
		rounded := geo.SnapRound(areas)
		if slices.EqualFunc(areas, rounded, orb.MultiPolygon.Equal) {
			break
		}
		areas = rounded
	}
	return areas
}

const mostRounds = 16

// place is where a position lies on a map of some units from side to side.
func place(at orb.Point, scale float64) orb.Point {
	sin := math.Sin(at[1] * math.Pi / 180)
	return orb.Point{(at[0]/360 + 0.5) * scale, (0.5 - 0.25*math.Log((1+sin)/(1-sin))/math.Pi) * scale}
}

// frame is what a tile shows: itself and its buffer, in its own units.
var frame = orb.Bound{Min: orb.Point{-Buffer, -Buffer}, Max: orb.Point{Extent + Buffer, Extent + Buffer}}

// cut gives what a tile shows of areas in units of its zoom, each in the tile's own units; nil for nothing. Clipping leaves
// edges that run back along the frame, and positions between units; rounding all areas together takes away the ones and
// leaves no gap for the others. Should that fail an area stays whole: a map doesn't draw what is outside.
func (t Tile) cut(areas []orb.MultiPolygon) []orb.MultiPolygon {
	west, north := t.corner()
	whole, inside := make([]orb.MultiPolygon, len(areas)), make([]orb.MultiPolygon, len(areas))
	crossing := false
	for i, area := range areas {
		for _, polygon := range area {
			bound := polygon[0].Bound()
			bound.Min, bound.Max = orb.Point{bound.Min[0] - west, bound.Min[1] - north}, orb.Point{bound.Max[0] - west, bound.Max[1] - north}
			if !frame.Intersects(bound) {
				continue
			}
			polygon = moved(polygon, west, north)
			whole[i] = append(whole[i], polygon)
			if !frame.Contains(bound.Min) || !frame.Contains(bound.Max) {
				crossing = true
				polygon = clip.Polygon(frame, polygon.Clone())
			}
			if polygon != nil {
				inside[i] = append(inside[i], polygon)
			}
		}
	}
	if !crossing {
		return whole
	}
	out := geo.SnapRound(inside)
	for i := range out {
		if out[i] == nil && math.Abs(planar.Area(inside[i])) >= Extent {
			out[i] = whole[i]
		}
	}
	return out
}

// corner is where the tile begins, in units of its zoom.
func (t Tile) corner() (west, north float64) { return Extent * float64(t.X), Extent * float64(t.Y) }

func moved(polygon orb.Polygon, west, north float64) orb.Polygon {
	out := make(orb.Polygon, len(polygon))
	for k, ring := range polygon {
		out[k] = make(orb.Ring, len(ring))
		for n, at := range ring {
			out[k][n] = orb.Point{at[0] - west, at[1] - north}
		}
	}
	return out
}

// scale is how many units the map has from side to side at the tile's zoom.
func (t Tile) scale() float64 { return Extent * math.Ldexp(1, t.Z) }
