package tiles

import (
	"math"

	"github.com/paulmach/orb"
)

// MaxZoom is the deepest tile there is; a map draws deeper ones from it.
const MaxZoom = 16

// Extent is how many units a tile has from side to side, and Buffer how many of them it shows of its neighbours, so that
// the outline of an area has no seam.
const (
	Extent = 4096
	Buffer = 64
)

// Tile is a square of the Web Mercator map: column X from the west, row Y from the north, of 2^Z each.
type Tile struct {
	Z    int
	X, Y uint32
}

// Valid tells whether there is such a tile.
func (t Tile) Valid() bool {
	return t.Z >= 0 && t.Z <= MaxZoom && uint64(t.X) < 1<<t.Z && uint64(t.Y) < 1<<t.Z
}

// Bound is the ground of the tile, with its buffer.
func (t Tile) Bound() orb.Bound {
	side := math.Ldexp(1, t.Z)
	const more = float64(Buffer) / Extent
	west, east := (float64(t.X)-more)/side, (float64(t.X)+1+more)/side
	north, south := (float64(t.Y)-more)/side, (float64(t.Y)+1+more)/side
	return orb.Bound{Min: orb.Point{west*360 - 180, latitude(south)}, Max: orb.Point{east*360 - 180, latitude(north)}}
}

// latitude is that of a height on the map, 0 at the top and 1 at the bottom.
func latitude(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi }

// At is the tile of a zoom that a place lies in.
func At(p orb.Point, zoom int) Tile {
	side := math.Ldexp(1, zoom)
	at := func(f float64) uint32 { return uint32(min(max(math.Floor(f), 0), side-1)) }
	q := place(p, side)
	return Tile{zoom, at(q[0]), at(q[1])}
}
