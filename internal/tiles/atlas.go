package tiles

import (
	"context"
	"errors"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Atlas draws tiles. It keeps the outlines of a few zooms in units, and what tiles cut out of them, bounded both, since they
// follow from the edition alone. It is safe for concurrent use.
type Atlas struct {
	zooms *lru.Cache[zoomKey, func() []orb.MultiPolygon]
	cuts  *lru.Cache[cutKey, []shape]
}

type zoomKey struct {
	areas *registry.Areas
	zoom  int
}

type cutKey struct {
	areas *registry.Areas
	level registry.AreaLevel
	tile  Tile
}

// shape is what a tile shows of an area.
type shape struct {
	area     int // position in the edition's areas
	geometry []byte
}

// Bounds of what is kept: some zooms of a few editions, and the tiles that a city has down to zoom 14 of both levels.
const (
	keptZooms = 64
	keptCuts  = 4_096
)

// NewAtlas makes one.
func NewAtlas() *Atlas {
	zooms, err1 := lru.New[zoomKey, func() []orb.MultiPolygon](keptZooms)
	cuts, err2 := lru.New[cutKey, []shape](keptCuts)
	if err := errors.Join(err1, err2); err != nil {
		panic(err) // the sizes are constants
	}
	return &Atlas{zooms, cuts}
}

// units are the outlines of a zoom, by position of the area. Whoever asks first makes them, the others wait.
func (a *Atlas) units(areas *registry.Areas, zoom int) []orb.MultiPolygon {
	key := zoomKey{areas, zoom}
	made := sync.OnceValue(func() []orb.MultiPolygon { return unitsOf(areas.Outlines(zoom), zoom) })
	if former, found, _ := a.zooms.PeekOrAdd(key, made); found {
		made = former
	}
	return made()
}

// shapes are the areas of a level that a tile shows something of, by code.
func (a *Atlas) shapes(areas *registry.Areas, level registry.AreaLevel, t Tile) []shape {
	key := cutKey{areas, level, t}
	if kept, ok := a.cuts.Get(key); ok {
		return kept
	}
	units := a.units(areas, t.Z)
	places := areas.Level(level)
	whole := make([]orb.MultiPolygon, len(places))
	for k, i := range places {
		whole[k] = units[i]
	}
	shapes := []shape{}
	for k, cut := range t.cut(whole) {
		if cut != nil {
			shapes = append(shapes, shape{places[k], drawn(cut)})
		}
	}
	a.cuts.Add(key, shapes)
	return shapes
}

// Areas draws the areas of a level: nil where the tile shows none. Attributes are code, name, parent and those of a figure.
func (a *Atlas) Areas(ctx context.Context, v *registry.View, level registry.AreaLevel, t Tile, q Question) ([]byte, error) {
	if err := q.Check(v.Dataset); err != nil {
		return nil, err
	}
	shapes := a.shapes(v.Areas, level, t)
	if len(shapes) == 0 {
		return nil, nil
	}
	figures, err := q.Figures(ctx, v, registry.AreasOf(level))
	if err != nil {
		return nil, err
	}
	features := make([]feature, len(shapes))
	for i, s := range shapes {
		area := v.Areas.Area(s.area)
		f := figures[registry.Key{Area: area.Code}]
		features[i] = feature{uint64(area.Code.FeatureID()), kindPolygon, s.geometry, f.tags([]any{"code", string(area.Code), "name", area.Name, "parent", string(area.Code.Parent())}, len(q.Measures) > 0)}
	}
	return encode(levelName(level), features), nil
}

func levelName(level registry.AreaLevel) string {
	if level == registry.LevelKecamatan {
		return "kecamatan"
	}
	return "kelurahan"
}
