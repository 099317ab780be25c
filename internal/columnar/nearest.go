package columnar

import (
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// walkNearest takes boxes of the tree nearest first, until none can hold a row that comes before the last one wanted. Rows
// without a location come after all that have one.
func (s *scan) walkNearest(from orb.Point, f *first) {
	t, o := &s.e.tree, newOrigin(from)
	var queue []ahead
	if top := len(t.levels) - 1; top >= 0 && f.after.order < registry.NoDistance {
		queue = push(queue, ahead{o.leastTo(&t.levels[top][0]), top, 0})
	}
	around, limit := s.around(), math.Inf(1)
	for len(queue) > 0 && queue[0].least <= limit && s.wanted() {
		next := queue[0]
		queue = pop(queue)
		if next.level < 0 {
			limit = s.takeNearest(o, t.leaves[next.i], f, limit)
			continue
		}
		lo, hi := t.children(next.level, next.i)
		for i := lo; i < hi; i++ {
			b := t.box(s.e.blocks, next.level-1, i)
			if !around.meets(b) || s.pivot != nil && !s.pivot.near(b) {
				continue
			}
			if least := o.leastTo(b); least <= limit {
				queue = push(queue, ahead{least, next.level - 1, i})
			}
		}
	}
	if s.err != nil || f.full() || s.pivot != nil { // no row of a region is without a location
		return
	}
	for b := range s.candidates() {
		if !s.e.blocks[b].located {
			s.takeUnlocated(b, f)
		}
	}
}

// takeNearest adds the rows of a block, and gives the new limit.
func (s *scan) takeNearest(o *origin, b uint32, f *first, limit float64) float64 {
	blk := &s.e.blocks[b]
	if s.areas != nil && !s.areas.has(blk.kelurahan) {
		return limit
	}
	m := s.narrow(s.root, int(b), blk.all())
	if m == 0 {
		return limit
	}
	cos := leastCos(&blk.box)
	for ; m != 0; m &= m - 1 {
		row := int(blk.start) + lowest(m)
		at := geo.FromE7(s.e.lon[row], s.e.lat[row])
		if o.least(math.Abs(at[1]-o.at[1]), math.Abs(at[0]-o.at[0]), cos) > limit {
			continue
		}
		f.add(position{millimeters(o.at, at), int64(s.e.rank[row])})
		if f.full() {
			limit = most(f.last().order)
		}
	}
	return limit
}

// scanNearest adds the rows of all blocks.
func (s *scan) scanNearest(from orb.Point, f *first) {
	o, limit := newOrigin(from), math.Inf(1)
	for b := range s.candidates() {
		if s.e.blocks[b].located {
			limit = s.takeNearest(o, uint32(b), f, limit)
		} else {
			s.takeUnlocated(b, f)
		}
	}
}

// takeUnlocated adds the rows of a block without locations.
func (s *scan) takeUnlocated(b int, f *first) {
	rank := s.e.rank[s.e.blocks[b].start:]
	for m := s.narrow(s.root, b, s.e.blocks[b].all()); m != 0; m &= m - 1 {
		f.add(position{registry.NoDistance, int64(rank[lowest(m)])})
	}
}

// around is a box around the areas of the scan, or everything where they are a good part of all.
func (s *scan) around() box {
	all := box{math.MinInt32, math.MinInt32, math.MaxInt32, math.MaxInt32}
	if s.areas == nil || s.rowsOfAreas() > s.e.Households()/4 {
		return all
	}
	out := noBox
	for k := range s.areas.all() {
		for _, b := range s.e.blocks[s.e.firstBlock[k]:s.e.firstBlock[k+1]] {
			out = out.union(b.box)
		}
	}
	return out
}

// ahead is a box still to be opened: of a level of the tree, or a block where level is -1.
type ahead struct {
	least float64 // haversine
	level int
	i     int
}

func (a ahead) before(b ahead) bool { return a.least < b.least }

// origin is where distances are measured from. Distances are compared as haversines, sin²(d/2R), which grow with them:
// a bound of one takes a few multiplications where the distance takes five trigonometric functions.
type origin struct {
	at  orb.Point
	cos float64 // of the latitude
}

func newOrigin(at orb.Point) *origin { return &origin{at, math.Cos(at[1] * math.Pi / 180)} }

// least is a lower bound of the haversine of two places that are so many degrees apart, at a latitude with at least this
// cosine. It uses sin x ≥ x − x³/6, and is shaved so that rounding never makes it too large.
func (o *origin) least(latDegrees, lonDegrees, cos float64) float64 {
	if lonDegrees > 180 {
		lonDegrees = 360 - lonDegrees
	}
	lat, lon := lowSine(latDegrees*(math.Pi/360)), lowSine(lonDegrees*(math.Pi/360))
	return (lat*lat + o.cos*cos*lon*lon) * (1 - 1e-9)
}

func lowSine(x float64) float64 { return x * (1 - x*x/6) }

// leastTo is a lower bound of the haversine to any position of a box.
func (o *origin) leastTo(b *box) float64 {
	bound := b.bound()
	lat := max(0, bound.Min[1]-o.at[1], o.at[1]-bound.Max[1])
	lon := 0.0
	if o.at[0] < bound.Min[0] || o.at[0] > bound.Max[0] {
		west, east := math.Abs(bound.Min[0]-o.at[0]), math.Abs(bound.Max[0]-o.at[0])
		lon = min(west, 360-west, east, 360-east)
	}
	return o.least(lat, lon, leastCos(b))
}

// leastCos is the least cosine of a latitude in the box: that of one of its ends.
func leastCos(b *box) float64 {
	ends := max(-int64(b.south), int64(b.north)) // the farther one from the equator
	return math.Cos(float64(ends) * (math.Pi / 180 / 1e7))
}

// most is the haversine above which a place is more than so many millimetres away after rounding.
func most(millimeters int64) float64 {
	half := (float64(millimeters) + 0.5) / 1000 / (2 * geo.EarthRadiusMeters)
	if half >= math.Pi/2 {
		return math.Inf(1)
	}
	sine := math.Sin(half)
	return sine * sine * (1 + 1e-9)
}
