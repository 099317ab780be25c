package columnar

import (
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// region is a registry.Spatial ready to be asked. It is immutable.
type region struct {
	boxes []box // hold every position of the region, and are the region itself when neither disc nor shape is set
	disc  *registry.Near
	shape *geo.Prepared
}

func newRegion(s *registry.Spatial) *region {
	r := &region{}
	var bounds []orb.Bound
	switch {
	case s.BBox != nil:
		bounds = s.BBox.Bounds()
	case s.Near != nil:
		r.disc = s.Near
		bounds = geo.RadiusBound(s.Near.Point.Orb(), s.Near.RadiusMeters)
	default:
		r.shape = geo.Prepare(s.CoveredBy)
		bounds = []orb.Bound{r.shape.Bound()}
	}
	for _, b := range bounds {
		r.boxes = append(r.boxes, boxIn(b))
	}
	return r
}

// near tells whether the region may hold a position of the box.
func (r *region) near(b *box) bool {
	for i := range r.boxes {
		if r.boxes[i].meets(b) {
			return true
		}
	}
	return false
}

// classify tells how a box lies to the region. Crossing is always a safe answer.
func (r *region) classify(b *box) geo.Relation {
	holds := false
	for i := range r.boxes {
		holds = holds || r.boxes[i].holds(b)
	}
	switch {
	case !r.near(b):
		return geo.Outside
	case r.shape != nil:
		return r.shape.Classify(b.bound())
	case r.disc != nil && holds:
		return r.classifyDisc(b.bound())
	case r.disc == nil && holds:
		return geo.Inside
	}
	return geo.Crossing
}

// classifyDisc bounds the distance to the farthest position by the way over the middle of the box: from there, along a
// meridian and then a parallel, it is no farther than half of each side.
func (r *region) classifyDisc(b orb.Bound) geo.Relation {
	center := r.disc.Point.Orb()
	sides := (b.Max[0] - b.Min[0] + b.Max[1] - b.Min[1]) * math.Pi / 180 * geo.EarthRadiusMeters
	farthest := geo.DistanceMeters(center, b.Center()) + sides/2
	switch {
	case farthest*(1+1e-9)+1e-6 <= r.disc.RadiusMeters:
		return geo.Inside
	case geo.MinDistanceMeters(center, b) > r.disc.RadiusMeters:
		return geo.Outside
	}
	return geo.Crossing
}

// inside narrows the rows m of a block to those in the region.
func (s *scan) inside(r *region, b int, m uint64) uint64 {
	blk := &s.e.blocks[b]
	if !blk.located {
		return 0
	}
	if r == s.pivot && s.pivotHolds {
		return m
	}
	switch r.classify(&blk.box) {
	case geo.Outside:
		return 0
	case geo.Inside:
		return m
	}
	lon := (*[blockRows]int32)(s.e.lon[blk.start:])
	lat := (*[blockRows]int32)(s.e.lat[blk.start:])
	kept := m
	switch {
	case r.shape != nil:
		local := r.shape.Local(blk.box.bound(), &s.scratch)
		for ; m != 0; m &= m - 1 {
			if i := lowest(m); !local.Covers(geo.FromE7(lon[i], lat[i])) {
				kept &^= 1 << i
			}
		}
	case r.disc != nil:
		center := r.disc.Point.Orb()
		for ; m != 0; m &= m - 1 {
			if i := lowest(m); geo.DistanceMeters(center, geo.FromE7(lon[i], lat[i])) > r.disc.RadiusMeters {
				kept &^= 1 << i
			}
		}
	default:
		for ; m != 0; m &= m - 1 {
			i := lowest(m)
			in := false
			for k := range r.boxes {
				in = in || r.boxes[k].covers(lon[i], lat[i])
			}
			if !in {
				kept &^= 1 << i
			}
		}
	}
	return kept
}
