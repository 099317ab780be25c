package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// HexGrid divides the land into regular hexagons with a point to the north, in flat
// local metres: x = R·cos(lat0)·longitude, y = R·latitude. lat0 is a whole degree, so
// that the same place has the same cell in every edition of a city.
type HexGrid struct {
	edgeMeters int
	lat0       float64
	stepLon    float64 // half a hexagon's width, √3/2 edges, in degrees
	stepLat    float64 // half an edge, in degrees
}

// HexID names a cell by its axial coordinates: q counts east, r counts rows north, each
// row half a cell further east.
type HexID struct{ Q, R int32 }

// NewHexGrid is the grid of hexagons with edges of edgeMeters (at least 1) for a city
// that lies in bound.
func NewHexGrid(edgeMeters int, bound orb.Bound) HexGrid {
	edgeMeters = max(1, edgeMeters)
	lat0 := math.Round((bound.Min[1] + bound.Max[1]) / 2)
	lat0 = math.Min(math.Max(lat0, -85), 85)
	edge := float64(edgeMeters)
	return HexGrid{
		edgeMeters: edgeMeters,
		lat0:       lat0,
		stepLon:    edge * math.Sqrt(3) / 2 / (metersPerDegree * math.Cos(lat0*radiansPerDegree)),
		stepLat:    edge / 2 / metersPerDegree,
	}
}

// EdgeMeters is the length of a cell's edge, which is also its outer radius.
func (g HexGrid) EdgeMeters() int { return g.edgeMeters }

// Cell is the cell that holds p: the one whose centre is nearest in flat metres.
func (g HexGrid) Cell(p orb.Point) HexID {
	// Centres lie at x = 2q+r half widths and y = 3r half edges.
	r := p[1] / g.stepLat / 3
	q := (p[0]/g.stepLon - r) / 2
	// Round in cube coordinates q+r+s = 0 and recompute the one that moved most.
	s := -q - r
	rq, rr, rs := math.Round(q), math.Round(r), math.Round(s)
	dq, dr, ds := math.Abs(rq-q), math.Abs(rr-r), math.Abs(rs-s)
	switch {
	case dq > dr && dq > ds:
		rq = -rr - rs
	case dr > ds:
		rr = -rq - rs
	}
	return HexID{int32(rq), int32(rr)}
}

// Center is the middle of a cell.
func (g HexGrid) Center(id HexID) orb.Point { return g.at(id, 0, 0) }

// Polygon is a cell's outline, counter-clockwise from its north corner, closed. Cells
// that share a corner give it exactly the same coordinates.
func (g HexGrid) Polygon(id HexID) orb.Polygon {
	return orb.Polygon{{
		g.at(id, 0, 2), g.at(id, -1, 1), g.at(id, -1, -1), g.at(id, 0, -2),
		g.at(id, 1, -1), g.at(id, 1, 1), g.at(id, 0, 2),
	}}
}

// at is the lattice point some half widths and half edges from a cell's centre.
func (g HexGrid) at(id HexID, halfWidths, halfEdges int64) orb.Point {
	x := 2*int64(id.Q) + int64(id.R) + halfWidths
	y := 3*int64(id.R) + halfEdges
	return orb.Point{float64(x) * g.stepLon, float64(y) * g.stepLat}
}

// Neighbours are the six cells that share an edge with a cell, from the east counter-clockwise.
func (id HexID) Neighbours() [6]HexID {
	return [6]HexID{{id.Q + 1, id.R}, {id.Q, id.R + 1}, {id.Q - 1, id.R + 1}, {id.Q - 1, id.R}, {id.Q, id.R - 1}, {id.Q + 1, id.R - 1}}
}

// FormatHexID writes a cell with the edge of its grid, like "M500:12:-7".
func FormatHexID(edgeMeters int, id HexID) string {
	return fmt.Sprintf("M%d:%d:%d", edgeMeters, id.Q, id.R)
}

// ParseHexID reads what FormatHexID writes, and nothing else.
func ParseHexID(text string) (edgeMeters int, id HexID, err error) {
	if rest, ok := strings.CutPrefix(text, "M"); ok {
		if parts := strings.Split(rest, ":"); len(parts) == 3 {
			edge, err1 := strconv.ParseInt(parts[0], 10, 32)
			q, err2 := strconv.ParseInt(parts[1], 10, 32)
			r, err3 := strconv.ParseInt(parts[2], 10, 32)
			id = HexID{int32(q), int32(r)}
			if err1 == nil && err2 == nil && err3 == nil && edge > 0 && FormatHexID(int(edge), id) == text {
				return int(edge), id, nil
			}
		}
	}
	return 0, HexID{}, fmt.Errorf("%.40q is not a hexagon id like M500:12:-7", text)
}
