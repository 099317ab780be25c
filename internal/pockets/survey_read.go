package pockets

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// seen is the answer of an engine in narrow columns: less than half of what it came in, which can go then.
type seen struct {
	blocks             bool // points are blocks
	located, unlocated residents
	withheld           int               // blocks that tell nobody how many households they have
	everybody          shares            // of all households
	allBlocks          []*registry.Block // with households of the filter or not
	units              map[unitKey]*group
}

// residents are households, or blocks with households, by id.
type residents struct {
	points []Point
	areas  []int32 // positions in Dataset.Areas

	deprived, known []registry.DeprivationSet // of households
	blocks          []*registry.Block         // nil for households
	total           sum
}

// unitKey is what households without a location are grouped by: a neighbourhood unit, or a kelurahan alone.
type unitKey struct {
	area  int32
	place registry.Place
}

// group is the residents of a unit.
type group struct {
	unitKey
	unit       Unit
	households int64
	members    []int // positions in the unlocated residents
}

// read asks for points and sorts them out. Blocks without households of the filter, or with a number that is withheld, are
// in no column: nobody can be shown there.
func read(ctx context.Context, v *registry.View, q registry.PointsQuery) (*seen, error) {
	points, err := v.Points(ctx, q)
	if err != nil {
		return nil, underFilter(err)
	}
	points = byID(points)
	s := &seen{blocks: len(points) > 0 && points[0].Block != nil, units: map[unitKey]*group{}}
	located := 0
	for i := range points {
		if points[i].Located {
			located++
		}
	}
	s.located.reserve(located, s.blocks)
	s.unlocated.reserve(len(points)-located, s.blocks)
	for i := range points {
		if err := lookEvery(ctx, i); err != nil {
			return nil, err
		}
		p := &points[i]
		area, ok := v.Areas.Find(p.Area)
		if !ok {
			return nil, fmt.Errorf("%s lies in area %q, which the edition does not have", p.ID, p.Area)
		}
		s.add(p, int32(area))
	}
	return s, nil
}

func (s *seen) add(p *registry.WeightedPoint, area int32) {
	to := &s.unlocated
	if p.Located {
		to = &s.located
	}
	status := registry.Exact
	if p.Block != nil {
		s.allBlocks = append(s.allBlocks, p.Block)
		status = p.Block.Status
	} else {
		s.everybody.add(p.Deprived, p.Known)
	}
	to.total.add(p.Households, p.People, status)
	switch {
	case !status.HasValue():
		s.withheld++
		return
	case p.Households == 0:
		return
	}
	if !p.Located {
		s.group(p, area).add(len(to.points), p.Households)
	}
	to.append(p, area)
}

// group is the unit that a point without a location belongs to.
func (s *seen) group(p *registry.WeightedPoint, area int32) *group {
	key, unit := unitKey{area, registry.Place{}}, UnitKelurahan
	if p.Place.RT != "" { // of a block it is empty
		key.place, unit = p.Place, UnitRT
	}
	g := s.units[key]
	if g == nil {
		g = &group{unitKey: key, unit: unit}
		s.units[key] = g
	}
	return g
}

func (g *group) add(member int, households int64) {
	g.households += households
	g.members = append(g.members, member)
}

// groups are the units of those without a location, in no order: those with the minimum of them, and the others.
func (s *seen) groups(least int64) (enough, tooFew []*group) {
	for _, g := range s.units {
		if g.households >= least {
			enough = append(enough, g)
		} else {
			tooFew = append(tooFew, g)
		}
	}
	return enough, tooFew
}

func (r *residents) reserve(n int, blocks bool) {
	r.points = make([]Point, 0, n)
	r.areas = make([]int32, 0, n)
	if blocks {
		r.blocks = make([]*registry.Block, 0, n)
		return
	}
	r.deprived = make([]registry.DeprivationSet, 0, n)
	r.known = make([]registry.DeprivationSet, 0, n)
}

func (r *residents) append(p *registry.WeightedPoint, area int32) {
	at := Point{ID: p.ID, Households: p.Households, People: p.People}
	if p.Located {
		at.At.Lon, at.At.Lat = geo.ToE7(p.Point)
	}
	r.points = append(r.points, at)
	r.areas = append(r.areas, area)
	if p.Block != nil {
		r.blocks = append(r.blocks, p.Block)
		return
	}
	r.deprived = append(r.deprived, p.Deprived)
	r.known = append(r.known, p.Known)
}

// status is that of the numbers of a resident.
func (r *residents) status(i int) registry.FigureStatus {
	if r.blocks == nil {
		return registry.Exact
	}
	return r.blocks[i].Status
}

// byID gives points in the order of ids, as engines do; a guard's come by place.
func byID(points []registry.WeightedPoint) []registry.WeightedPoint {
	compare := func(a, b registry.WeightedPoint) int { return bytes.Compare(a.ID[:], b.ID[:]) }
	if !slices.IsSortedFunc(points, compare) {
		points = slices.Clone(points)
		slices.SortFunc(points, compare)
	}
	return points
}
