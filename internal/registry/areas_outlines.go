package registry

import (
	"math"
	"sync"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// MaxOutlineZoom is the zoom of a map (512 pixels a tile, Web Mercator) from which on outlines are the boundaries themselves.
const MaxOutlineZoom = 17

// metersAtZoomZero is the tolerance of outlines at zoom 0, which halves with each zoom: about a third of a pixel.
const metersAtZoomZero = 25_600

// lostShare is how much of the ground of a level may be lost or won by an outline.
const lostShare = 0.001

// outlines are the boundaries at each level of detail, made when first asked for.
type outlines struct {
	coverage func() *geo.Coverage
	at       [MaxOutlineZoom]func() []orb.MultiPolygon
}

func newOutlines(a *Areas) *outlines {
	boundaries := make([]orb.MultiPolygon, len(a.list))
	for i := range a.list {
		boundaries[i] = a.list[i].Boundary
	}
	o := &outlines{coverage: sync.OnceValue(func() *geo.Coverage { return geo.NewCoverage(boundaries) })}
	for zoom := range o.at {
		o.at[zoom] = sync.OnceValue(func() []orb.MultiPolygon { return a.simplified(o.coverage(), boundaries, zoom) })
	}
	return o
}

// Outlines gives the boundaries as a map draws them at a zoom, by position: with fewer corners the smaller it is, and
// fitting together, within a level and from one to the next. Each level keeps its ground to a thousandth. Callers must not
// change them.
func (a *Areas) Outlines(zoom int) []orb.MultiPolygon {
	return a.outlines.at[min(max(zoom, 0), MaxOutlineZoom-1)]()
}

// Outline gives the outline of one area for a zoom; from MaxOutlineZoom on its boundary.
func (a *Areas) Outline(i, zoom int) orb.MultiPolygon {
	if zoom >= MaxOutlineZoom {
		return a.list[i].Boundary
	}
	return a.Outlines(zoom)[i]
}

// OutlineZoom gives the least zoom whose outlines leave out nothing that is larger than a tolerance.
func OutlineZoom(toleranceMeters float64) int {
	if !(toleranceMeters > 0) {
		return MaxOutlineZoom
	}
	return int(min(max(math.Ceil(math.Log2(metersAtZoomZero/toleranceMeters)), 0), MaxOutlineZoom))
}

func (a *Areas) simplified(c *geo.Coverage, boundaries []orb.MultiPolygon, zoom int) []orb.MultiPolygon {
	for tolerance := math.Ldexp(metersAtZoomZero, -zoom); ; tolerance /= 2 {
		if out := c.At(tolerance); tolerance < 0.01 || a.keepsGround(boundaries, out) {
			return out
		}
	}
}

func (a *Areas) keepsGround(before, after []orb.MultiPolygon) bool {
	for _, level := range a.levels {
		var was, is float64
		for _, i := range level {
			was, is = was+geo.AreaKm2(before[i]), is+geo.AreaKm2(after[i])
		}
		if math.Abs(is-was) > lostShare*was {
			return false
		}
	}
	return true
}
