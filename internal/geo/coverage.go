package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Coverage is areas that share borders, of one level or of several above each other, cut into arcs: the runs of
// positions between places where borders part. An arc that two areas share is simplified once, so what met still meets:
// there is no gap and no overlap that was not there before. It is immutable and safe for concurrent use.
type Coverage struct {
	arcs     []arc
	polygons [][][][]arcRef // of each area: polygons, rings, arcs
}

// arc is a run of positions from one node to another, or around a ring that has none.
type arc struct {
	points []orb.Point
	// metres2 is for each position the size in square metres of the corner that is lost with it: infinite for the nodes.
	metres2 []float64
}

// arcRef is an index of an arc, or its complement where the ring goes along it backwards.
type arcRef int

// NewCoverage cuts areas, nil for one without a boundary, and finds in which order positions can be left out. It takes some
// seconds for a million positions.
func NewCoverage(areas []orb.MultiPolygon) *Coverage {
	c := &Coverage{}
	c.cut(withNodes(areas))
	c.order()
	return c
}

// At gives the areas without corners smaller than the square of toleranceMeters (Visvalingam and Whyatt, "Line generalisation by
// repeated elimination of points", 1993): of each step as little as can be is lost. Corners that are needed to keep borders
// from crossing or touching stay, so no area, part or hole vanishes. Positions are those given, bit for bit, and those of a
// coarser tolerance are among those of a finer one. Rings follow the right-hand rule if the given ones do.
func (c *Coverage) At(toleranceMeters float64) []orb.MultiPolygon {
	least := 0.0
	if toleranceMeters > 0 {
		least = toleranceMeters * toleranceMeters
	}
	kept := make([][]orb.Point, len(c.arcs))
	for i := range c.arcs {
		kept[i] = c.arcs[i].at(least)
	}
	out := make([]orb.MultiPolygon, len(c.polygons))
	for i, polygons := range c.polygons {
		for _, rings := range polygons {
			polygon := make(orb.Polygon, len(rings))
			for k, refs := range rings {
				polygon[k] = ringOf(refs, kept)
			}
			out[i] = append(out[i], polygon)
		}
	}
	return out
}

func (a *arc) at(least float64) []orb.Point {
	out := make([]orb.Point, 0, 8)
	for i, p := range a.points {
		if a.metres2[i] >= least {
			out = append(out, p)
		}
	}
	return out
}

// ringOf joins arcs end to end.
func ringOf(refs []arcRef, kept [][]orb.Point) (ring orb.Ring) {
	for _, ref := range refs {
		if ref >= 0 {
			points := kept[ref]
			ring = append(ring, points[:len(points)-1]...)
			continue
		}
		points := kept[^ref]
		for i := len(points) - 1; i > 0; i-- {
			ring = append(ring, points[i])
		}
	}
	return append(ring, ring[0])
}

// never is the size of a corner that must stay.
var never = math.Inf(1)
