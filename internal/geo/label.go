package geo

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
)

// LabelPoint is a good place for a label: within one per cent of the extent, the point
// of g farthest from its edges (the pole of inaccessibility, V. Agafonkin's polylabel),
// in the largest part of a MultiPolygon. g always covers it. For geometries without an
// area it is the first position; for empty ones 0,0.
func LabelPoint(g orb.Geometry) orb.Point {
	polygon := largestPolygon(g)
	if polygon == nil {
		var first orb.Point
		found := false
		eachRun(g, "", func(run []orb.Point, _ string) {
			if !found && len(run) > 0 {
				first, found = run[0], true
			}
		})
		return first
	}
	return newLabeller(polygon).find()
}

// largestPolygon is the part of g with the largest area, nil when none has any.
func largestPolygon(g orb.Geometry) orb.Polygon {
	switch g := g.(type) {
	case orb.Ring:
		return largestPolygon(orb.Polygon{g})
	case orb.Bound:
		return largestPolygon(g.ToPolygon())
	case orb.Polygon:
		if AreaKm2(g) > 0 {
			return g
		}
	case orb.MultiPolygon:
		var largest orb.Polygon
		largestArea := 0.0
		for _, polygon := range g {
			if area := AreaKm2(polygon); area > largestArea {
				largest, largestArea = polygon, area
			}
		}
		return largest
	case orb.Collection:
		var polygons orb.MultiPolygon
		for _, part := range g {
			if polygon := largestPolygon(part); polygon != nil {
				polygons = append(polygons, polygon)
			}
		}
		return largestPolygon(polygons)
	}
	return nil
}

type labeller struct {
	area     *Prepared
	lonScale float64 // degrees of longitude to degrees of latitude
	polygon  orb.Polygon
}

func newLabeller(polygon orb.Polygon) labeller {
	area := Prepare(polygon)
	middle := (area.bound.Min[1] + area.bound.Max[1]) / 2
	return labeller{area, math.Max(0.01, math.Cos(middle*radiansPerDegree)), polygon}
}

// labelCell is a square of half a side; depth is how far its centre lies inside.
type labelCell struct {
	centre            orb.Point
	half, depth, best float64 // best: no point of the cell lies deeper
}

type labelCells []labelCell

func (c labelCells) Len() int           { return len(c) }
func (c labelCells) Less(i, j int) bool { return c[i].best > c[j].best }
func (c labelCells) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *labelCells) Push(x any)        { *c = append(*c, x.(labelCell)) }
func (c *labelCells) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

func (l labeller) find() orb.Point {
	b := l.area.bound
	if ValidateLonLat(b) != nil || math.Max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]) < 1e-9 {
		return l.polygon[0][0] // nowhere on Earth, or too small to divide into cells
	}
	width, height := (b.Max[0]-b.Min[0])*l.lonScale, b.Max[1]-b.Min[1]
	precision := math.Max(width, height) / 100
	half := math.Min(width, height) / 2

	deepest := l.cell(b.Center(), 0)
	var queue labelCells
	if half > precision/16 { // else it is a line, whose middle is as good as any
		for y := b.Min[1] + half; y-half < b.Max[1]; y += 2 * half {
			for x := b.Min[0] + half/l.lonScale; x-half/l.lonScale < b.Max[0]; x += 2 * half / l.lonScale {
				queue = append(queue, l.cell(orb.Point{x, y}, half))
			}
		}
	}
	heap.Init(&queue)
	for queue.Len() > 0 {
		c := heap.Pop(&queue).(labelCell)
		if c.depth > deepest.depth {
			deepest = c
		}
		if c.best-deepest.depth <= precision {
			continue
		}
		h := c.half / 2
		for _, d := range [4][2]float64{{-h, -h}, {h, -h}, {-h, h}, {h, h}} {
			heap.Push(&queue, l.cell(orb.Point{c.centre[0] + d[0]/l.lonScale, c.centre[1] + d[1]}, h))
		}
	}
	if l.area.Covers(deepest.centre) {
		return deepest.centre
	}
	return l.polygon[0][0] // thinner than the precision; a vertex is covered
}

func (l labeller) cell(centre orb.Point, half float64) labelCell {
	nearest := math.Inf(1)
	for i := range l.area.edges {
		e := &l.area.edges[i]
		nearest = math.Min(nearest, squaredDistance(
			0, 0,
			(e.x0-centre[0])*l.lonScale, e.y0-centre[1],
			(e.x1-centre[0])*l.lonScale, e.y1-centre[1]))
	}
	depth := math.Sqrt(nearest)
	if !l.area.Covers(centre) {
		depth = -depth
	}
	return labelCell{centre, half, depth, depth + half*math.Sqrt2}
}

// squaredDistance is that of the point x,y from the segment between two points.
func squaredDistance(x, y, x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = math.Min(1, math.Max(0, ((x-x0)*dx+(y-y0)*dy)/length))
	}
	ex, ey := x0+t*dx-x, y0+t*dy-y
	return ex*ex + ey*ey
}
