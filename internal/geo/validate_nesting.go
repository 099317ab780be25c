package geo

import "github.com/paulmach/orb"

// checkConnected finds rings of one polygon that touch so that they cut its interior in
// pieces: rings and touching points, joined where a ring passes a point, form a cycle.
func (v *areaCheck) checkConnected() *Fault {
	if len(v.touches) == 0 {
		return nil
	}
	type ringPoint struct {
		ring int32
		at   orb.Point
	}
	type polygonPoint struct {
		polygon int
		at      orb.Point
	}
	group := make([]int, len(v.rings)) // union-find; points follow the rings
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	points, seen := map[polygonPoint]int{}, map[ringPoint]bool{}
	for _, t := range v.touches {
		key := polygonPoint{v.rings[t.ringA].polygon, t.at}
		point, ok := points[key]
		if !ok {
			point = len(group)
			points[key] = point
			group = append(group, point)
		}
		for _, ring := range [2]int32{t.ringA, t.ringB} {
			if seen[ringPoint{ring, t.at}] {
				continue
			}
			seen[ringPoint{ring, t.at}] = true
			a, b := find(int(ring)), find(point)
			if a == b {
				return v.fault("rings touch so that they cut the area in pieces", t.at, t.edge)
			}
			group[a] = b
		}
	}
	return nil
}

// checkNesting looks at rings that neither cross nor share a stretch: holes must lie in
// their outer ring and not in each other, outer rings in none, or in a hole of it.
func (v *areaCheck) checkNesting() *Fault {
	boxes := make([]orb.Bound, len(v.rings))
	outer := make([]int, len(v.rings))
	for i := range v.rings {
		boxes[i] = v.rings[i].bound
		if v.rings[i].index == 0 {
			outer[i] = i
			continue
		}
		outer[i] = outer[i-1]
		if !v.ringInside(i, outer[i]) {
			return v.ringFault("a hole lies outside its outer ring", i)
		}
	}
	tree := newBoxTree(boxes)
	var fault *Fault
	for i := range v.rings {
		isHole := v.rings[i].index > 0
		tree.search(boxes[i], 0, func(j int) bool {
			if j == i || isHole != (v.rings[j].index > 0) || (isHole && outer[i] != outer[j]) || !v.ringInside(i, j) {
				return true
			}
			switch {
			case isHole:
				fault = v.ringFault("a hole lies inside another hole", i)
			case !v.insideHoleOf(i, j):
				fault = v.ringFault("a part of the area lies inside another part", i)
			}
			return fault == nil
		})
		if fault != nil {
			return fault
		}
	}
	return nil
}

func (v *areaCheck) insideHoleOf(i, outer int) bool {
	for h := outer + 1; h < len(v.rings) && v.rings[h].index > 0; h++ {
		if v.ringInside(i, h) {
			return true
		}
	}
	return false
}

// ringInside tells whether ring i lies in ring j, given that they don't cross. One
// vertex tells; if it lies on j, the way ring i takes from there does.
func (v *areaCheck) ringInside(i, j int) bool {
	if !within(&v.rings[i].bound, &v.rings[j].bound) {
		return false
	}
	start := &v.edges[v.rings[i].first]
	inside := false
	for k := v.rings[j].first; k < v.rings[j].first+v.rings[j].count; k++ {
		crosses, on := edgeAgainst(upward(v.edges[k].a, v.edges[k].b), start.a)
		if on && start.a != v.edges[k].b {
			from, to := v.armsAt(k, start.a)
			if v.rings[j].turn < 0 {
				from, to = to, from
			}
			return inSector(start.a, to, from, start.b)
		}
		inside = inside != crosses
	}
	return inside
}

func (v *areaCheck) ringFault(reason string, i int) *Fault {
	return v.fault(reason, v.edges[v.rings[i].first].a, v.rings[i].first)
}
