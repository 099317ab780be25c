package tiles

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"

	"kantong/internal/registry"
)

// HouseholdZoom is the first zoom of single households: above it a tile is a city, and figures tell more than dots.
const HouseholdZoom = 11

// MaxHouseholds is how many households a tile shows at most.
const MaxHouseholds = 20_000

// Households draws the households that a filter keeps, each with a location a point, by id: nil where there is none.
// Attributes are id (as in GraphQL), decile and members where they are known, deprivations (how many are known to hold) and
// area. A tile shows those in its buffer too, so that a symbol at a seam is whole; they have the same id in both tiles.
//
// What shows rows is shown for a purpose: errors are those of View.Rows with fields under filter, and
// COMPLEXITY_LIMIT_EXCEEDED with field z for more than MaxHouseholds, never some of them.
func Households(ctx context.Context, v *registry.View, t Tile, f registry.Filter) ([]byte, error) {
	if t.Z < HouseholdZoom {
		return nil, registry.Invalid("z", "households are shown from zoom %d on: zoom in, or ask for areas, hexagons or pockets", HouseholdZoom)
	}
	if err := v.CheckFilter(&f); err != nil {
		return nil, registry.Under("filter", err)
	}
	b := t.Bound()
	here := registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: max(b.Min[0], -180), South: b.Min[1], East: min(b.Max[0], 180), North: b.Max[1]}}}
	pages, err := v.Rows(ctx, registry.RowsQuery{Filter: registry.Join(&f, &here), First: MaxHouseholds})
	if err != nil {
		return nil, underName("filter", err)
	}
	if pages[0].More {
		return nil, registry.Errorf(registry.CodeComplexity, "z", "this tile has more than %d households: zoom in or narrow the filter", MaxHouseholds)
	}
	return encodeHouseholds(v.State.ID(), t, pages[0].Rows), nil
}

func encodeHouseholds(state string, t Tile, rows []registry.Row) []byte {
	w, numbers := newWriter(), newSmall()
	id, decile, members, deprivations, area := w.key("id"), w.key("decile"), w.key("members"), w.key("deprivations"), w.key("area")
	at := t.nearby()
	areas := map[registry.AreaCode]uint64{}
	var name, tags, geometry []byte
	tag := func(key, value uint64) { tags = protowire.AppendVarint(protowire.AppendVarint(tags, key), value) }
	for i := range rows {
		r := &rows[i]
		tags, name = tags[:0], r.ID.AppendGlobal(name[:0], state)
		tag(id, w.text(name))
		if r.Decile != registry.UnknownInt {
			tag(decile, numbers.of(w, r.Decile))
		}
		if r.Members != registry.UnknownInt {
			tag(members, numbers.of(w, r.Members))
		}
		tag(deprivations, numbers.of(w, bits.OnesCount64(uint64(r.Deprived))))
		code, known := areas[r.Area]
		if !known {
			code = w.value(string(r.Area))
			areas[r.Area] = code
		}
		tag(area, code)
		geometry = dotted(geometry[:0], at(r.Point.Point()))
		w.add(binary.BigEndian.Uint64(r.ID[:])>>11, kindPoint, tags, geometry) // 53 bits: more are no number of a map
	}
	return w.tile("households")
}

// nearby gives where a position in or beside the tile lies in it, in whole units. Latitudes go by the first terms of Taylor's
// series of the Mercator projection at the middle of the tile, which takes a third of the time of place: from HouseholdZoom on they
// are right to less than a hundred thousandth of a unit.
func (t Tile) nearby() func(orb.Point) orb.Point {
	middle := t.Bound().Center()[1]
	scale := t.scale()
	west, north := t.corner()
	at := place(orb.Point{0, middle}, scale)
	tan, sec := math.Tan(middle*math.Pi/180), 1/math.Cos(middle*math.Pi/180)
	unit := -scale / (2 * math.Pi) // southwards
	first, second, third := unit*sec, unit*sec*tan/2, unit*sec*(tan*tan+sec*sec)/6
	return func(p orb.Point) orb.Point {
		d := (p[1] - middle) * (math.Pi / 180)
		return orb.Point{math.Round((p[0]/360+0.5)*scale - west), math.Round(at[1] - north + d*(first+d*(second+d*third)))}
	}
}

// small remembers the numbers of values that are small numbers themselves.
type small [registry.MaxMembers + 1]int64

func newSmall() *small {
	s := new(small)
	for i := range s {
		s[i] = -1
	}
	return s
}

func (s *small) of(w *writer, n int) uint64 {
	if s[n] < 0 {
		s[n] = int64(w.value(int64(n)))
	}
	return uint64(s[n])
}
