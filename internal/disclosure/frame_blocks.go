package disclosure

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// residents are the households of an area in one state, as far as its blocks depend on them.
type residents struct {
	located []geo.PointE7
	places  map[registry.Place]int // households without a location by neighbourhood unit
}

// readResidents asks for the households of one area.
func readResidents(ctx context.Context, e registry.Engine, area registry.AreaCode) (r residents, err error) {
	points, err := e.Points(ctx, registry.PointsQuery{Filter: registry.Filter{Areas: []registry.AreaCode{area}}, Unlocated: true})
	if err != nil {
		return r, err
	}
	r.places = map[registry.Place]int{}
	for i := range points {
		p := &points[i]
		if !p.Located {
			r.places[p.Place]++
			continue
		}
		lon, lat := geo.ToE7(p.Point)
		r.located = append(r.located, geo.PointE7{Lon: lon, Lat: lat})
	}
	return r, nil
}

func (r *residents) count() int {
	n := len(r.located)
	for _, households := range r.places {
		n += households
	}
	return n
}

// block is a node below an area, or the area itself, while the tree of the area is put together.
type block struct {
	parts      []registry.Filter
	households int64
	centers    []geo.PointE7 // of the frozen leaves in it
	center     orb.Point
	located    bool
	box        registry.BBox // zero for households without a location
	children   []*block
}

// globe is the box of whoever has a location, wherever it is.
var globe = registry.BBox{West: -180, South: -90, East: 180, North: 90}

// standing is what is left of a frozen tree in one state: blocks that have become too small are merged with those beside
// them, until none is below blockHouseholds unless the whole area is. The block it gives is the area.
//
// An area of fewer households than a block is one leaf where its label is, whoever lives in it and wherever: from no answer
// one can tell whether it is empty, or where the only house stands.
func standing(tree registry.BlockTree, area *registry.Area, r residents) (*block, error) {
	s := survey{area: area, splits: tree.Splits}
	located := s.located(globe, r.located)
	if s.damaged || len(s.splits) > 0 {
		return nil, fmt.Errorf("the block tree of area %s is damaged", area.Code)
	}
	if n := r.count(); n < blockHouseholds {
		return &block{parts: []registry.Filter{{Areas: []registry.AreaCode{area.Code}}}, households: int64(n), center: area.Label,
			located: area.Label != orb.Point{}, box: globe}, nil
	}
	blocks := unlocatedBlocks(tree, r.places)
	switch {
	case located.households == 0:
	case len(blocks) == 0:
		blocks = []*block{located}
	case located.households < blockHouseholds:
		blocks[0].absorb(located)
	case blocks[0].households < blockHouseholds: // then it is the only one
		last := located
		for ; len(last.children) > 0; last = last.children[len(last.children)-1] {
			last.absorb(blocks[0])
		}
		last.absorb(blocks[0])
		blocks = []*block{located}
	case len(blocks) == 1:
		blocks = []*block{located, blocks[0]}
	default:
		blocks = []*block{located, {parts: []registry.Filter{unlocatedIn(area.Code)}, children: blocks}}
	}
	whole := &block{box: globe, children: blocks}
	if len(blocks) == 1 { // the area is that block
		whole = blocks[0]
	}
	return whole, nil
}

// absorb adds the households of another block. A block without ground of its own takes the other's.
func (b *block) absorb(other *block) {
	b.parts = append(slices.Clone(b.parts), other.parts...)
	b.households += other.households
	if b.box == (registry.BBox{}) {
		b.center, b.located, b.box = other.center, other.located, other.box
	}
}

// survey goes down the frozen splits of an area, in their order.
type survey struct {
	area    *registry.Area
	splits  []registry.BlockSplit // not yet visited
	damaged bool                  // the splits are no tree, or a line lies outside its node
}

// located gives the next subtree with the points in it, which fill the box. A split stands if both sides have enough.
func (s *survey) located(box registry.BBox, points []geo.PointE7) *block {
	b := &block{households: int64(len(points)), box: box, parts: []registry.Filter{locatedIn(s.area.Code, box)}}
	if len(s.splits) == 0 {
		s.damaged = true
		return b
	}
	split := s.splits[0]
	s.splits = s.splits[1:]
	if split.Axis == registry.NoAxis {
		b.centers = []geo.PointE7{split.Center}
	} else {
		below, above, ok := cutBox(box, split)
		if !ok {
			s.damaged = true
			return b
		}
		var low, high []geo.PointE7
		for _, p := range points {
			if along(split.Axis, p) <= split.AtE7 {
				low = append(low, p)
			} else {
				high = append(high, p)
			}
		}
		first, second := s.located(below, low), s.located(above, high)
		b.centers = append(first.centers, second.centers...)
		if first.households >= blockHouseholds && second.households >= blockHouseholds {
			b.children = []*block{first, second}
		}
	}
	b.center, b.located = s.center(b.centers)
	return b
}

// center is the mean of the centers of frozen leaves, each counting the same, so that it does not follow the households.
// A leaf that nobody had a location in when it was frozen has none: the area's label stands for it.
func (s *survey) center(leaves []geo.PointE7) (at orb.Point, known bool) {
	leaves = slices.DeleteFunc(slices.Clone(leaves), func(p geo.PointE7) bool { return p == geo.PointE7{} })
	if len(leaves) == 0 {
		return s.area.Label, s.area.Label != orb.Point{}
	}
	return meanOnGrid(leaves).Point(), true
}

// cutBox parts a box half a unit above the line, where no household can be.
func cutBox(box registry.BBox, split registry.BlockSplit) (below, above registry.BBox, ok bool) {
	below, above = box, box
	at := (float64(split.AtE7) + 0.5) / 1e7
	switch split.Axis {
	case registry.LongitudeAxis:
		below.East, above.West = at, at
		return below, above, box.West < at && at < box.East
	case registry.LatitudeAxis:
		below.North, above.South = at, at
		return below, above, box.South < at && at < box.North
	}
	return below, above, false
}

// locatedIn keeps the households of an area that have a location in the box.
func locatedIn(area registry.AreaCode, box registry.BBox) registry.Filter {
	f := registry.Filter{Areas: []registry.AreaCode{area}}
	if box == globe {
		yes := true
		f.Geocoded = &yes
	} else {
		f.Where = &registry.Spatial{BBox: &box}
	}
	return f
}

// unlocatedIn keeps the households of an area that have no location.
func unlocatedIn(area registry.AreaCode) registry.Filter {
	no := false
	return registry.Filter{Areas: []registry.AreaCode{area}, Geocoded: &no}
}
