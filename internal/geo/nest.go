package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Nest makes areas of rings in degrees that don't tell which is a hole of which, as the Shapefile format has them: a ring within an
// even number of others is an outer one, any other a hole of the smallest ring around it. Rings should be closed and not
// cross; what they make if they do, Validate finds at fault.
func Nest(rings []orb.Ring) orb.MultiPolygon {
	labels := make([]*orb.Point, len(rings)) // a point inside each, once asked for
	size := make([]float64, len(rings))
	bounds := make([]orb.Bound, len(rings))
	prepared := make([]*Prepared, len(rings))
	for i, ring := range rings {
		size[i], bounds[i] = math.Abs(signedArea(ring)), ring.Bound()
	}
	// inside tells whether ring i lies in ring j. The smaller lies in the larger; of equal ones the later.
	inside := func(i, j int) bool {
		if i == j || !within(&bounds[i], &bounds[j]) || size[i] > size[j] || (size[i] == size[j] && i < j) || size[j] == 0 {
			return false
		}
		if prepared[j] == nil {
			prepared[j] = Prepare(orb.Polygon{rings[j]})
		}
		if labels[i] == nil { // a corner would not do: rings may touch
			label := LabelPoint(rings[i])
			labels[i] = &label
		}
		return prepared[j].Covers(*labels[i])
	}
	depth, around := make([]int, len(rings)), make([]int, len(rings))
	for i := range rings {
		around[i] = -1
		for j := range rings {
			if inside(i, j) {
				depth[i]++
				if around[i] < 0 || size[j] < size[around[i]] || (size[j] == size[around[i]] && j > around[i]) {
					around[i] = j
				}
			}
		}
	}
	var areas orb.MultiPolygon
	areaOf := map[int]int{}
	for i, ring := range rings {
		if depth[i]%2 == 0 {
			areaOf[i] = len(areas)
			areas = append(areas, orb.Polygon{ring})
		}
	}
	for i, ring := range rings {
		if depth[i]%2 == 0 {
			continue
		}
		if at, ok := areaOf[around[i]]; ok {
			areas[at] = append(areas[at], ring)
		} else { // rings that cross
			areas = append(areas, orb.Polygon{ring})
		}
	}
	return areas
}

// signedArea is the signed area of a ring in square units.
func signedArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i+1 < len(ring); i++ {
		sum += (ring[i][0]-ring[0][0])*(ring[i+1][1]-ring[0][1]) - (ring[i][1]-ring[0][1])*(ring[i+1][0]-ring[0][0])
	}
	return sum / 2
}
