package schematic

import (
	"math"

	"github.com/paulmach/orb"
)

// vec is a place in metres east and north of the plane's origin.
type vec struct{ x, y float64 }

func (a vec) minus(b vec) vec            { return vec{a.x - b.x, a.y - b.y} }
func (a vec) along(d vec, t float64) vec { return vec{a.x + d.x*t, a.y + d.y*t} }
func (a vec) dot(b vec) float64          { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64        { return a.x*b.y - a.y*b.x }
func (a vec) length() float64            { return math.Hypot(a.x, a.y) }

// plane maps degrees to metres around an origin, with the two radii of curvature of the WGS 84 ellipsoid there: over
// this city areas come out right to one part in 10 000.
type plane struct {
	origin                        orb.Point
	perDegreeEast, perDegreeNorth float64
}

func newPlane(origin orb.Point) plane {
	const a, e2 = 6_378_137.0, 0.006694379990141317
	sin, cos := math.Sincos(origin[1] * math.Pi / 180)
	n := a / math.Sqrt(1-e2*sin*sin)
	m := n * (1 - e2) / (1 - e2*sin*sin)
	return plane{origin, n * cos * math.Pi / 180, m * math.Pi / 180}
}

func (p plane) toMeters(d orb.Point) vec {
	return vec{(d[0] - p.origin[0]) * p.perDegreeEast, (d[1] - p.origin[1]) * p.perDegreeNorth}
}

func (p plane) toDegrees(v vec) orb.Point {
	return orb.Point{p.origin[0] + v.x/p.perDegreeEast, p.origin[1] + v.y/p.perDegreeNorth}
}
