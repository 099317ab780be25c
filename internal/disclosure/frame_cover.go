package disclosure

import (
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// cover gives the fewest nodes, ascending, for what lies in any area of each of the lists and, when where is given, has its
// center in the region; its edges belong. Nil lists are no condition, an empty list keeps nothing. A leaf without a center is
// in no region.
func (f *frame) cover(areas [][]registry.AreaCode, where *registry.Spatial) []int {
	var lists []map[registry.AreaCode]bool
	for _, codes := range areas {
		if codes != nil {
			lists = append(lists, setOf(codes))
		}
	}
	chosen := []int{}
	if where == nil {
		chosen, _ = f.coverAreas(lists, 0)
		return chosen
	}
	inRegion := containment(where)
	uniform(f, func(i int) bool {
		n := &f.nodes[i]
		return inAreas(lists, n.area) && n.located && inRegion(n.center)
	}, func(i int, in bool) {
		if in {
			chosen = append(chosen, i)
		}
	})
	slices.Sort(chosen)
	return chosen
}

// coverAreas gives the fewest area nodes at and below i for what lies in every list, ascending, and whether that is all
// of i. It never looks at blocks: an area is in or out as a whole.
func (f *frame) coverAreas(lists []map[registry.AreaCode]bool, i int) (nodes []int, all bool) {
	n := &f.nodes[i]
	if inAreas(lists, n.area) {
		return []int{i}, true
	}
	nodes, all = []int{}, len(n.children) > 0 && !f.nodes[n.children[0]].block
	for _, c := range n.children {
		if f.nodes[c].block {
			return nodes, false
		}
		below, whole := f.coverAreas(lists, c)
		nodes, all = append(nodes, below...), all && whole
	}
	if all && len(nodes) > 0 {
		return []int{i}, true
	}
	slices.Sort(nodes)
	return nodes, false
}

func setOf(codes []registry.AreaCode) map[registry.AreaCode]bool {
	set := make(map[registry.AreaCode]bool, len(codes))
	for _, c := range codes {
		set[c] = true
	}
	return set
}

// inAreas tells whether an area is, or lies in, one area of every list.
func inAreas(lists []map[registry.AreaCode]bool, area registry.AreaCode) bool {
	for _, list := range lists {
		c := area
		for c != "" && !list[c] {
			c = c.Parent()
		}
		if c == "" {
			return false
		}
	}
	return true
}

// containment tells of places whether they are in the region, as engines do of households.
func containment(where *registry.Spatial) func(orb.Point) bool {
	switch {
	case where.CoveredBy != nil:
		return geo.Prepare(where.CoveredBy).Covers
	case where.Near != nil:
		from := where.Near.Point.Orb()
		return func(p orb.Point) bool { return geo.DistanceMeters(from, p) <= where.Near.RadiusMeters }
	}
	bounds := where.BBox.Bounds()
	return func(p orb.Point) bool {
		return slices.ContainsFunc(bounds, func(b orb.Bound) bool { return b.Contains(p) })
	}
}

// hexes parts nodes by the hexagon of the grid that the center of each leaf lies in: the fewest nodes for each hexagon, and
// for the leaves without a center, ascending.
func (f *frame) hexes(grid geo.HexGrid, within []int) (byHex map[geo.HexID][]int, nowhere []int) {
	type cell struct {
		hex             geo.HexID
		inside, located bool
	}
	inside := f.leavesIn(within)
	byHex = map[geo.HexID][]int{}
	uniform(f, func(i int) (c cell) {
		n := &f.nodes[i]
		if c.inside = inside[i]; c.inside && n.located {
			c.hex, c.located = grid.Cell(n.center), true
		}
		return c
	}, func(i int, c cell) {
		switch {
		case c.located:
			byHex[c.hex] = append(byHex[c.hex], i)
		case c.inside:
			nowhere = append(nowhere, i)
		}
	})
	for _, nodes := range byHex {
		slices.Sort(nodes)
	}
	slices.Sort(nowhere)
	return byHex, nowhere
}

// leavesIn tells of every node whether it is a leaf in one of the nodes.
func (f *frame) leavesIn(nodes []int) []bool {
	in := make([]bool, len(f.nodes))
	var mark func(i int)
	mark = func(i int) {
		in[i] = f.nodes[i].leaf
		for _, c := range f.nodes[i].children {
			mark(c)
		}
	}
	for _, i := range nodes {
		mark(i)
	}
	return in
}

// uniform visits the largest nodes all of whose leaves have the same label, those of nobody among them.
func uniform[L comparable](f *frame, label func(leaf int) L, visit func(i int, l L)) {
	var walk func(i int) (l L, mixed bool)
	walk = func(i int) (l L, mixed bool) {
		n := &f.nodes[i]
		if n.leaf {
			return label(i), false
		}
		labels, mixtures := make([]L, len(n.children)), make([]bool, len(n.children))
		for k, c := range n.children {
			labels[k], mixtures[k] = walk(c)
			mixed = mixed || mixtures[k] || labels[k] != labels[0]
		}
		for k, c := range n.children {
			if mixed && !mixtures[k] {
				visit(c, labels[k])
			}
		}
		return labels[0], mixed
	}
	if l, mixed := walk(0); !mixed {
		visit(0, l)
	}
}
