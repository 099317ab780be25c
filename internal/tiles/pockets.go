package tiles

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"sync"

	"github.com/paulmach/orb"

	"kantong/internal/pockets"
	"kantong/internal/registry"
)

// MaxPockets is how many pockets a map shows at most: those with most households, as many as GraphQL lists.
const MaxPockets = registry.MaxFirst

// Pockets are those of a survey, ready to be drawn: a survey is taken once for all tiles of a map, and what it holds of
// households goes. It is safe for concurrent use.
type Pockets struct {
	list  []pocket
	bytes int64

	mu    sync.Mutex
	zoom  int
	units func() []orb.MultiPolygon // of the zoom, nil for none: that of the last tile, since a map asks for many of one zoom
}

type pocket struct {
	number uint64 // follows from its id
	center orb.Point
	ground orb.MultiPolygon // nil for none
	bound  orb.Bound
	tags   []any
}

// NewPockets takes the pockets of a survey with most households, and dissolves their ground.
func NewPockets(ctx context.Context, s *pockets.Survey) (*Pockets, error) {
	m := &Pockets{}
	for i, from := range s.Pockets[:min(len(s.Pockets), MaxPockets)] {
		p, err := newPocket(ctx, from, i+1)
		if err != nil {
			return nil, err
		}
		m.list = append(m.list, p)
		m.bytes += pocketBytes
		for _, polygon := range p.ground {
			for _, ring := range polygon {
				m.bytes += int64(len(ring)) * cornerBytes
			}
		}
	}
	return m, nil
}

// What a pocket takes about, and a corner of its ground, in degrees and in units.
const (
	pocketBytes = 512
	cornerBytes = 32
)

// Bytes is about what the pockets take in memory.
func (m *Pockets) Bytes() int64 { return m.bytes }

func newPocket(ctx context.Context, from *pockets.SurveyPocket, rank int) (p pocket, err error) {
	id, err := hex.DecodeString(from.ID)
	if err != nil || len(id) != 8 {
		return p, fmt.Errorf("a pocket has the id %q", from.ID)
	}
	p = pocket{number: binary.BigEndian.Uint64(id) >> 11, center: from.Center} // 53 bits: more are no number of a map
	ground, err := from.Geometry(ctx)
	if err != nil {
		return p, err
	}
	switch g := ground.(type) {
	case orb.Polygon:
		p.ground = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		p.ground = g
	}
	p.bound = p.center.Bound()
	if p.ground != nil {
		p.bound = p.bound.Union(p.ground.Bound())
	}
	p.tags = []any{"id", from.ID, "unit", from.Unit.String(), "rank", int64(rank), "households_status", from.Total.Status.String(), "people_status", from.Total.Status.String()}
	if from.Total.Status.HasValue() {
		p.tags = append(p.tags, "households", from.Total.Households, "people", from.Total.People)
	}
	km2, err := from.AreaKm2(ctx)
	if km2 > 0 {
		p.tags = append(p.tags, "area_km2", Rounded(km2))
	}
	return p, err
}

// ShownPocket is a pocket as a map shows it.
type ShownPocket struct {
	Number     uint64 // follows from its id
	Center     orb.Point
	Ground     orb.MultiPolygon // nil for none
	Attributes map[string]any   // those of a tile
}

// Shown gives the pockets, those with most households first.
func (m *Pockets) Shown() iter.Seq[ShownPocket] {
	return func(yield func(ShownPocket) bool) {
		for i := range m.list {
			p := &m.list[i]
			attributes := map[string]any{}
			for k := 0; k < len(p.tags); k += 2 {
				attributes[p.tags[k].(string)] = p.tags[k+1]
			}
			if !yield(ShownPocket{p.number, p.center, p.ground, attributes}) {
				return
			}
		}
	}
}

// unitsOf is the ground of each pocket in units of a zoom. Pockets may overlap, so each is rounded by itself.
func (m *Pockets) unitsOf(zoom int) []orb.MultiPolygon {
	m.mu.Lock()
	if m.units == nil || m.zoom != zoom {
		m.zoom, m.units = zoom, sync.OnceValue(func() []orb.MultiPolygon {
			units := make([]orb.MultiPolygon, len(m.list))
			for i := range m.list {
				units[i] = unitsOf([]orb.MultiPolygon{m.list[i].ground}, zoom)[0]
			}
			return units
		})
	}
	made := m.units
	m.mu.Unlock()
	return made()
}

// Tile draws the pockets, those with most households first: nil where it shows none. A pocket is its ground; without any, or
// where it is smaller than a unit of the zoom, a point at its center. Attributes are id, unit, rank (1 has most households),
// households, people, their statuses and area_km2.
func (m *Pockets) Tile(t Tile) []byte {
	b := t.Bound()
	west, north := t.corner()
	var features []feature
	units := m.unitsOf(t.Z)
	for i := range m.list {
		p := &m.list[i]
		if !b.Intersects(p.bound) {
			continue
		}
		if len(units[i]) > 0 {
			if cut := t.cut(units[i : i+1])[0]; len(cut) > 0 {
				features = append(features, feature{p.number, kindPolygon, drawn(cut), p.tags})
			}
			continue
		}
		at := place(p.center, t.scale())
		if at = (orb.Point{math.Round(at[0]) - west, math.Round(at[1]) - north}); frame.Contains(at) {
			features = append(features, feature{p.number, kindPoint, dotted(nil, at), p.tags})
		}
	}
	return encode("pockets", features)
}
