package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// Repairs counts what Repair did.
type Repairs struct {
	Closed   int // rings whose first position was added at their end
	Repeated int // positions dropped that were equal to the one before
	Turned   int // rings turned, see Rewind
}

// Add adds up.
func (r *Repairs) Add(more Repairs) {
	r.Closed += more.Closed
	r.Repeated += more.Repeated
	r.Turned += more.Turned
}

// Repair puts right what can be of a Polygon or MultiPolygon without a doubt about the ground meant: rings that are not
// closed, equal positions in a row, and the way rings turn. What is left is for Validate to find. Other geometries are
// returned as they are; the result shares no memory with g.
func Repair(g orb.Geometry) (orb.Geometry, Repairs) {
	var done Repairs
	switch polygons := orb.Clone(g).(type) {
	case orb.Polygon:
		done.rings(polygons)
		g = polygons
	case orb.MultiPolygon:
		for _, polygon := range polygons {
			done.rings(polygon)
		}
		g = polygons
	default:
		return g, done
	}
	done.Turned = rewindInPlace(g)
	return g, done
}

// rings repairs the rings of a polygon in place.
func (r *Repairs) rings(polygon orb.Polygon) {
	for i, ring := range polygon {
		whole := len(ring)
		ring = slices.Compact(ring)
		r.Repeated += whole - len(ring)
		if last := len(ring) - 1; last >= 2 && ring[0] != ring[last] && finite(ring[0]) && finite(ring[last]) {
			ring = append(ring, ring[0])
			r.Closed++
		}
		polygon[i] = ring
	}
}
