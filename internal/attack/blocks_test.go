package attack

import (
	"math"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// spot is a node of the frozen tree of blocks, as an attacker has learnt it: answeredFor shows which ground was counted, and
// boxes that are halved again and again find the rest.
type spot struct {
	area            string
	low, high       [2]float64
	center          [2]float64 // of a leaf
	parent, sibling int        // -1 for the whole of an area
	children        [2]int
	leaf            bool
	leaves          int
	axis            registry.Axis
	at              int32
}

// region asks for the node.
func (s *spot) region() m { return both(at(s.area), box(s.low[0], s.low[1], s.high[0], s.high[1])) }

// spots reads trees; those of an area follow each other, each node before its children.
func spots(trees []registry.BlockTree, wanted func(area string) bool) (list []spot) {
	for _, tree := range trees {
		if !wanted(string(tree.Area)) || len(tree.Splits) < 3 {
			continue
		}
		splits := tree.Splits
		var grow func(parent int, low, high [2]float64) int
		grow = func(parent int, low, high [2]float64) int {
			i := len(list)
			split := splits[0]
			splits = splits[1:]
			list = append(list, spot{area: string(tree.Area), low: low, high: high, parent: parent, sibling: -1, axis: split.Axis, at: split.AtE7})
			if split.Axis == registry.NoAxis {
				list[i].leaf, list[i].leaves, list[i].center = true, 1, split.Center.Point()
				return i
			}
			k := 0
			if split.Axis == registry.LatitudeAxis {
				k = 1
			}
			line := (float64(split.AtE7) + 0.5) / 1e7
			until, from := high, low
			until[k], from[k] = line, line
			a, b := grow(i, low, until), grow(i, from, high)
			list[i].children, list[i].leaves = [2]int{a, b}, list[a].leaves+list[b].leaves
			list[a].sibling, list[b].sibling = b, a
			return i
		}
		grow(-1, [2]float64{-180, -90}, [2]float64{180, 90})
	}
	return list
}

// leafOf finds the block of a place, from the root of its area.
func leafOf(list []spot, root int, p geo.PointE7) int {
	for !list[root].leaf {
		along := p.Lon
		if list[root].axis == registry.LatitudeAxis {
			along = p.Lat
		}
		side := 0
		if along > list[root].at {
			side = 1
		}
		root = list[root].children[side]
	}
	return root
}

// few asks for some leaves by tiny squares around their centers.
func few(list []spot, leaves ...int) m {
	var areas []string
	var squares [][][][2]float64
	for _, i := range leaves {
		if len(areas) == 0 || areas[len(areas)-1] != list[i].area {
			areas = append(areas, list[i].area)
		}
		squares = append(squares, [][][2]float64{square(list[i].center[0], list[i].center[1], 2*metre)})
	}
	return both(m{"areas": areas}, in(m{"type": "MultiPolygon", "coordinates": squares}))
}

// observeBlocks asks for every node. Leaves are asked for together with some of another area and taken apart: a sum is large
// enough to be shown where the leaf by itself is not.
func (c client) observeBlocks(list []spot) []observed {
	c.Helper()
	var helpers [][]int // some leaves of two areas
	for i := range list {
		switch {
		case !list[i].leaf:
		case len(helpers) == 0, len(helpers) == 1 && len(helpers[0]) == helperLeaves && list[helpers[0][0]].area != list[i].area:
			helpers = append(helpers, []int{i})
		case len(helpers[len(helpers)-1]) < helperLeaves && list[helpers[len(helpers)-1][0]].area == list[i].area:
			helpers[len(helpers)-1] = append(helpers[len(helpers)-1], i)
		}
	}
	regions := []m{few(list, helpers[0]...), few(list, helpers[1]...)}
	help := make([]int, len(list))
	for i := range list {
		if !list[i].leaf {
			regions = append(regions, list[i].region())
			continue
		}
		if list[helpers[0][0]].area == list[i].area {
			help[i] = 1
		}
		regions = append(regions, few(list, append([]int{i}, helpers[help[i]]...)...))
	}
	seen := c.observe(regions)
	sums, seen := seen[:2], seen[2:]
	for i := range list {
		if list[i].leaf {
			seen[i] = seen[i].minus(sums[help[i]])
		}
	}
	return seen
}

const helperLeaves = 6

// estimate is a number that an attacker has an idea of.
type estimate struct{ mean, variance float64 }

func (e estimate) with(other estimate) estimate {
	switch {
	case math.IsNaN(e.mean) || math.IsInf(e.variance, 1):
		return other
	case math.IsNaN(other.mean) || math.IsInf(other.variance, 1):
		return e
	}
	v := 1 / (1/e.variance + 1/other.variance)
	return estimate{v * (e.mean/e.variance + other.mean/other.variance), v}
}

func (e estimate) plus(other estimate) estimate {
	return estimate{e.mean + other.mean, e.variance + other.variance}
}

func (e estimate) minus(other estimate) estimate {
	return estimate{e.mean - other.mean, e.variance + other.variance}
}

// around tells of every node what all others say of it, given what each says of itself: differences of nested sums at every
// depth, weighted by what they are worth.
func around(list []spot, own []estimate, expected []estimate) []estimate {
	below, outside := make([]estimate, len(list)), make([]estimate, len(list))
	for i := len(list) - 1; i >= 0; i-- { // children come behind their parents
		below[i] = expected[i]
		if !list[i].leaf {
			below[i] = below[list[i].children[0]].plus(below[list[i].children[1]])
		}
		below[i] = below[i].with(own[i])
	}
	for i := range list {
		outside[i] = estimate{math.NaN(), math.Inf(1)}
		if p := list[i].parent; p >= 0 {
			if above := outside[p].with(own[p]); !math.IsNaN(above.mean) && !math.IsInf(above.variance, 1) {
				outside[i] = above.minus(below[list[i].sibling])
			}
		}
	}
	return outside
}
