package disclosure

import (
	"sync"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// discCorners is how many corners stand for the rim of a disc when its ground is measured.
const discCorners = 64

// boxMarginDegrees is how far a block's ground is drawn beyond the box around its area, before it is cut to the area: any
// number above rounding.
const boxMarginDegrees = 0.001

// prepareShapes lets every node be drawn when it is first asked for, and once.
func (f *frame) prepareShapes() {
	f.drawn = make([]func() (orb.MultiPolygon, error), len(f.nodes))
	for i := range f.nodes {
		f.drawn[i] = sync.OnceValues(func() (orb.MultiPolygon, error) { return f.draw([]int{i}) })
	}
}

// shape is the ground of the nodes, valid and by the right-hand rule: areas with their boundary, those above others as
// the union of the areas below them, since published polygons of the levels disagree; located blocks with their part of the
// boundary. Households without a location and areas without a boundary draw nothing. Callers must not change it.
func (f *frame) shape(nodes []int) (orb.MultiPolygon, error) {
	var grounds []orb.Geometry
	blocks := map[int][]int{} // by the parent of all of an area's blocks
	var order []int
	for _, i := range nodes {
		at := i
		for f.nodes[at].block {
			at = f.nodes[at].parent
		}
		if blocks[at] == nil {
			order = append(order, at)
		}
		blocks[at] = append(blocks[at], i)
	}
	for _, at := range order {
		draw := f.draw
		if len(blocks[at]) == 1 {
			draw = func(nodes []int) (orb.MultiPolygon, error) { return f.drawn[nodes[0]]() }
		}
		ground, err := draw(blocks[at])
		if err != nil {
			return nil, err
		}
		grounds = append(grounds, ground)
	}
	if len(grounds) == 1 {
		return grounds[0].(orb.MultiPolygon), nil
	}
	return geo.Union(grounds)
}

// draw makes the ground of one node, or of several blocks of one area.
func (f *frame) draw(nodes []int) (orb.MultiPolygon, error) {
	if n := &f.nodes[nodes[0]]; !n.block {
		return f.drawArea(nodes[0])
	}
	boundary := f.boundary(nodes[0])
	if boundary == nil {
		return nil, nil
	}
	// The boxes are joined before they are cut, so that the boundary is cut once and no slivers are left between blocks.
	around := boundary.Bound().Pad(boxMarginDegrees)
	var boxes []orb.Geometry
	for _, i := range nodes {
		b := f.nodes[i].box
		box := orb.Bound{Min: orb.Point{max(b.West, around.Min[0]), max(b.South, around.Min[1])}, Max: orb.Point{min(b.East, around.Max[0]), min(b.North, around.Max[1])}}
		if hasGround(box) {
			boxes = append(boxes, box.ToPolygon())
		}
	}
	ground, err := geo.Union(boxes)
	if err != nil {
		return nil, err
	}
	return geo.Intersection(boundary, ground)
}

// drawArea is the union of the areas below; an area's own boundary where none of them has one.
func (f *frame) drawArea(i int) (orb.MultiPolygon, error) {
	var below []int
	for _, c := range f.nodes[i].children {
		if !f.nodes[c].block {
			below = append(below, c)
		}
	}
	ground, err := f.shape(below)
	if err != nil || len(ground) > 0 || i == 0 {
		return ground, err
	}
	return geo.Union([]orb.Geometry{f.boundary(i)})
}

// boundary is that of the area that a node is, or is a block of; nil without one.
func (f *frame) boundary(i int) orb.MultiPolygon {
	at, ok := f.areas.Find(f.nodes[i].area)
	if !ok || len(f.areas.Area(at).Boundary) == 0 {
		return nil
	}
	return f.areas.Area(at).Boundary
}

// coverage is the share of a region's ground that the shape of the nodes covers, 0 to 1. A region without ground, such as a
// box that is a line, has no share: 0. A disc that reaches a pole or the antimeridian counts
// as the box around it.
func (f *frame) coverage(nodes []int, where *registry.Spatial) (float64, error) {
	ground, err := f.shape(nodes)
	if err != nil {
		return 0, err
	}
	var asked, covered float64
	for _, part := range partsOf(where) {
		shared, err := geo.Intersection(part, ground)
		if err != nil {
			return 0, err
		}
		asked += geo.AreaKm2(part)
		covered += geo.AreaKm2(shared)
	}
	if asked == 0 {
		return 0, nil
	}
	return min(covered/asked, 1), nil
}

// partsOf gives a region as polygons that share no ground.
func partsOf(where *registry.Spatial) (parts []orb.Geometry) {
	var bounds []orb.Bound
	switch {
	case where.CoveredBy != nil:
		return []orb.Geometry{where.CoveredBy}
	case where.Near != nil:
		center, radius := where.Near.Point.Orb(), where.Near.RadiusMeters
		if ring, ok := geo.DiscRing(center, radius, discCorners); ok && geo.ValidateLonLat(ring) == nil {
			return []orb.Geometry{orb.Polygon{ring}}
		}
		bounds = geo.RadiusBound(center, radius)
	default:
		bounds = where.BBox.Bounds()
	}
	for _, b := range bounds {
		if hasGround(b) {
			parts = append(parts, b.ToPolygon())
		}
	}
	return parts
}

func hasGround(b orb.Bound) bool { return b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1] }
