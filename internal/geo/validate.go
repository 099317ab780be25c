package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// Validate returns the first thing found that makes g invalid by OGC Simple Features, or
// nil. It is planar and knows no range of coordinates (see ValidateLonLat). Rings may
// turn either way; repeated positions, empty geometries and rings that touch in single
// points are allowed as the standard allows them.
func Validate(g orb.Geometry) *Fault { return validate(g, "") }

func validate(g orb.Geometry, path string) *Fault {
	switch g := g.(type) {
	case orb.Point:
		return validateFinite([]orb.Point{g}, path)
	case orb.MultiPoint:
		return validateFinite(g, path)
	case orb.LineString:
		return validateLine(g, path)
	case orb.MultiLineString:
		for i, line := range g {
			if fault := validateLine(line, childPath(path, "line", i)); fault != nil {
				return fault
			}
		}
	case orb.Ring:
		return validateAreas([]orb.Polygon{{g}}, func(int, int) string { return path })
	case orb.Bound:
		if g.Min[0] > g.Max[0] || g.Min[1] > g.Max[1] {
			return &Fault{"the box ends before it begins", g.Min, path}
		}
		return validateFinite([]orb.Point{g.Min, g.Max}, path)
	case orb.Polygon:
		return validateAreas([]orb.Polygon{g}, func(_, ring int) string {
			return childPath(path, "ring", ring)
		})
	case orb.MultiPolygon:
		return validateAreas(g, func(polygon, ring int) string {
			return childPath(childPath(path, "polygon", polygon), "ring", ring)
		})
	case orb.Collection:
		for i, part := range g {
			if fault := validate(part, childPath(path, "geometry", i)); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func validateFinite(run []orb.Point, path string) *Fault {
	for i, p := range run {
		if !finite(p) {
			return &Fault{notFinite, p, positionPath(path, i)}
		}
	}
	return nil
}

func validateLine(line orb.LineString, path string) *Fault {
	if fault := validateFinite(line, path); fault != nil || len(line) == 0 {
		return fault
	}
	for _, p := range line {
		if p != line[0] {
			return nil
		}
	}
	return &Fault{"a line needs at least two different positions", line[0], positionPath(path, 0)}
}

// validateAreas checks polygons that together are one geometry.
func validateAreas(polygons []orb.Polygon, path func(polygon, ring int) string) *Fault {
	v := areaCheck{path: path}
	for i, polygon := range polygons {
		for j, ring := range polygon {
			if fault := v.addRing(i, j, ring); fault != nil {
				return fault
			}
		}
	}
	if len(v.rings) == 0 {
		return nil
	}
	if fault := v.checkEdges(); fault != nil {
		return fault
	}
	if fault := v.checkConnected(); fault != nil {
		return fault
	}
	return v.checkNesting()
}

// areaCheck holds the rings of a geometry under examination as flat arrays.
type areaCheck struct {
	path    func(polygon, ring int) string
	rings   []checkedRing
	edges   []checkedEdge
	touches []touch
}

// checkedRing is a ring that is not empty; its edges are first … first+count-1.
type checkedRing struct {
	polygon, index int // index 0 is the outer ring
	first, count   int
	bound          orb.Bound
	turn           int // see ringTurn
}

// checkedEdge is an edge with a length, in the direction of its ring.
type checkedEdge struct {
	a, b     orb.Point
	ring     int32
	position int32 // of a, in the ring as given
}

func (v *areaCheck) addRing(polygon, index int, ring orb.Ring) *Fault {
	if len(ring) == 0 {
		return nil
	}
	path := v.path(polygon, index)
	if fault := validateRingShape(ring, path); fault != nil {
		return fault
	}
	if index > 0 && (len(v.rings) == 0 || v.rings[len(v.rings)-1].polygon != polygon) {
		return &Fault{"a hole has no outer ring around it", ring[0], positionPath(path, 0)}
	}
	checked := checkedRing{polygon: polygon, index: index, first: len(v.edges), turn: ringTurn(ring),
		bound: orb.Bound{Min: ring[0], Max: ring[0]}}
	v.edges = slices.Grow(v.edges, len(ring))
	for i := range len(ring) - 1 {
		if ring[i] != ring[i+1] {
			v.edges = append(v.edges, checkedEdge{ring[i], ring[i+1], int32(len(v.rings)), int32(i)})
			checked.bound = checked.bound.Extend(ring[i])
		}
	}
	checked.count = len(v.edges) - checked.first
	if checked.count < 3 {
		return &Fault{"the ring has fewer than three different positions", ring[0], positionPath(path, 0)}
	}
	v.rings = append(v.rings, checked)
	return nil
}

// validateRingShape checks what GeoJSON asks of a ring by itself: finite, closed, long
// enough.
func validateRingShape(ring orb.Ring, path string) *Fault {
	if fault := validateFinite(ring, path); fault != nil {
		return fault
	}
	last := len(ring) - 1
	if ring[0] != ring[last] {
		return &Fault{ringNotClosed, ring[last], positionPath(path, last)}
	}
	if len(ring) < 4 {
		return &Fault{ringTooShort, ring[0], positionPath(path, 0)}
	}
	return nil
}

const (
	ringNotClosed = "the ring is not closed: its last position differs from its first"
	ringTooShort  = "the ring has fewer than four positions, the last repeating the first"
)

// next and before give the neighbours of an edge around its ring.
func (v *areaCheck) next(i int) int {
	r := &v.rings[v.edges[i].ring]
	if i+1 == r.first+r.count {
		return r.first
	}
	return i + 1
}

func (v *areaCheck) before(i int) int {
	r := &v.rings[v.edges[i].ring]
	if i == r.first {
		return r.first + r.count - 1
	}
	return i - 1
}

func (v *areaCheck) fault(reason string, at orb.Point, i int) *Fault {
	e := &v.edges[i]
	r := &v.rings[e.ring]
	return &Fault{reason, at, positionPath(v.path(r.polygon, r.index), int(e.position))}
}
