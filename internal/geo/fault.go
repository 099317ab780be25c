package geo

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// Fault is what is wrong with a geometry and where, in words a planner understands.
type Fault struct {
	Reason string    // "the outer ring crosses itself"
	At     orb.Point // longitude, latitude
	Path   string    // "polygon 0 ring 1 position 5", counted from 0
}

func (f *Fault) Error() string {
	text := fmt.Sprintf("%s at %s, %s", f.Reason, coordinateText(f.At[0]), coordinateText(f.At[1]))
	if f.Path != "" {
		text += " (" + f.Path + ")"
	}
	return text
}

// coordinateText writes a coordinate to 7 decimals, a centimetre, without trailing zeros.
func coordinateText(v float64) string {
	if r := math.Round(v*1e7) / 1e7; !math.IsInf(r, 0) {
		v = r
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// ValidateLonLat returns the first position that is not finite or not within longitude
// -180 to 180 and latitude -90 to 90; nil when there is none.
func ValidateLonLat(g orb.Geometry) (fault *Fault) {
	eachRun(g, "", func(run []orb.Point, path string) {
		for i, p := range run {
			if fault != nil {
				return
			}
			switch {
			case !finite(p):
				fault = &Fault{notFinite, p, positionPath(path, i)}
			case p[0] < -180 || p[0] > 180:
				fault = &Fault{"the longitude is not between -180 and 180", p, positionPath(path, i)}
			case p[1] < -90 || p[1] > 90:
				fault = &Fault{"the latitude is not between -90 and 90", p, positionPath(path, i)}
			}
		}
	})
	return fault
}

const notFinite = "a coordinate is not a finite number"

// Vertices counts g's positions, a ring's closing one included.
func Vertices(g orb.Geometry) int {
	n := 0
	eachRun(g, "", func(run []orb.Point, _ string) { n += len(run) })
	return n
}

// eachRun visits g's runs of positions (points, lines, rings) in order, with their path.
func eachRun(g orb.Geometry, path string, visit func(run []orb.Point, path string)) {
	switch g := g.(type) {
	case orb.Point:
		visit([]orb.Point{g}, path)
	case orb.MultiPoint:
		visit(g, path)
	case orb.LineString:
		visit(g, path)
	case orb.Ring:
		visit(g, path)
	case orb.Bound:
		visit([]orb.Point{g.Min, g.Max}, path)
	case orb.MultiLineString:
		for i, line := range g {
			visit(line, childPath(path, "line", i))
		}
	case orb.Polygon:
		for i, ring := range g {
			visit(ring, childPath(path, "ring", i))
		}
	case orb.MultiPolygon:
		for i, polygon := range g {
			eachRun(polygon, childPath(path, "polygon", i), visit)
		}
	case orb.Collection:
		for i, part := range g {
			eachRun(part, childPath(path, "geometry", i), visit)
		}
	}
}

func positionPath(path string, i int) string { return childPath(path, "position", i) }

func childPath(path, kind string, i int) string {
	if path != "" {
		path += " "
	}
	return path + kind + " " + strconv.Itoa(i)
}
