package tiles

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// MaxHexes is how many hexagons a tile shows at most.
const MaxHexes = 20_000

// Hexes draws the hexagons of an edge length with somebody in them, each whole: nil where the tile shows none. Attributes are
// hex and those of a figure.
func Hexes(ctx context.Context, v *registry.View, edgeMeters int, t Tile, q Question) ([]byte, error) {
	if err := q.Check(v.Dataset); err != nil {
		return nil, err
	}
	figures, err := q.Figures(ctx, v, registry.HexesOf(edgeMeters))
	if err != nil {
		return nil, err
	}
	keys := HexKeys(figures)
	grid, scale := v.HexGrid(edgeMeters), t.scale()
	west, north := t.corner()
	var features []feature
	for _, key := range keys {
		outline := grid.Polygon(key.Hex)
		for i, at := range outline[0] {
			p := place(at, scale)
			outline[0][i] = orb.Point{math.Round(p[0] - west), math.Round(p[1] - north)}
		}
		if !frame.Intersects(outline[0].Bound()) || geo.Validate(outline) != nil {
			continue
		}
		if len(features) == MaxHexes {
			return nil, registry.Errorf(registry.CodeComplexity, "z", "this tile has more than %d hexagons: zoom in, or ask for larger ones", MaxHexes)
		}
		wound, _ := geo.Rewind(outline)
		f := figures[key]
		features = append(features, feature{HexNumber(key.Hex), kindPolygon, drawn(orb.MultiPolygon{wound.(orb.Polygon)}),
			f.tags([]any{"hex", geo.FormatHexID(edgeMeters, key.Hex)}, len(q.Measures) > 0)})
	}
	return encode("hex", features), nil
}

// HexKeys are the hexagons of figures, by Q then R.
func HexKeys(figures map[registry.Key]Figure) []registry.Key {
	return slices.SortedFunc(maps.Keys(figures), func(a, b registry.Key) int { return compareHexes(a.Hex, b.Hex) })
}

func compareHexes(a, b geo.HexID) int {
	if a.Q != b.Q {
		return int(a.Q) - int(b.Q)
	}
	return int(a.R) - int(b.R)
}

// HexNumber is a number for maps, which take 53 bits: hexagons of one grid have numbers of their own.
func HexNumber(id geo.HexID) uint64 {
	const bits = 26
	return uint64(uint32(id.Q)&(1<<bits-1))<<bits | uint64(uint32(id.R)&(1<<bits-1))
}
