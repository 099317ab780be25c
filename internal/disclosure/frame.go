package disclosure

import (
	"context"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// frame is the tree of nodes that the figures of one state are counted on: everything, then the areas by code, then the
// blocks of every area that has no area below it. Nodes are named by their index. Whatever is asked is counted as a sum of
// nodes, so that no question cuts a block. It is immutable and safe for concurrent use.
type frame struct {
	areas *registry.Areas
	nodes []node
	drawn []func() (orb.MultiPolygon, error) // of each node, see draw
}

// node is a cell of the tree: 0 is everything, 1 to Areas.Len() the areas in their order, then come the blocks, each
// before those that it is made of. The children of a node hold all its households, each one once.
type node struct {
	area       registry.AreaCode  // that it is, or is a block of; "" for everything
	level      registry.AreaLevel // of the area; 0 for everything
	block      bool               // a part of an area
	parent     int                // -1 for everything
	children   []int
	leaf       bool              // has no children
	leaves     int               // in it, itself included
	parts      []registry.Filter // disjoint; together they keep the node's households
	households int64
	located    bool          // it is a leaf with households that have a location, and a center
	center     orb.Point     // the place that stands for a located leaf
	box        registry.BBox // what of its area's ground is the block's; zero for one of households without a location
}

// newFrame reads where the households of a state live, one area at a time, and counts them into the frozen trees. Areas
// with households but without a tree get one, which is given back in fresh, by code, to be frozen. Trees of other areas are
// passed over. It fails on errors of the engine, on a cancelled ctx and on a tree that is none.
func newFrame(ctx context.Context, d *registry.Dataset, e registry.Engine, trees []registry.BlockTree) (f *frame, fresh []registry.BlockTree, err error) {
	frozen := make(map[registry.AreaCode]registry.BlockTree, len(trees))
	for _, tree := range trees {
		frozen[tree.Area] = tree
	}
	f = &frame{areas: d.Areas}
	f.addAreas()
	for i := 1; i <= d.Areas.Len(); i++ {
		if len(f.nodes[i].children) > 0 {
			continue
		}
		area := d.Areas.Area(i - 1)
		r, err := readResidents(ctx, e, area.Code)
		if err != nil {
			return nil, nil, err
		}
		tree, found := frozen[area.Code]
		if !found {
			tree = grow(area.Code, r.located, r.places)
			if r.count() >= blockHouseholds { // fewer are one leaf, and what they look like now must not bind those who come
				fresh = append(fresh, tree)
			}
		}
		b, err := standing(tree, area, r)
		if err != nil {
			return nil, nil, err
		}
		f.addBlocks(i, b)
	}
	f.sum(0)
	f.prepareShapes()
	return f, fresh, nil
}

// addAreas makes the nodes above the blocks. An area hangs under the nearest area above it that the edition has.
func (f *frame) addAreas() {
	f.nodes = append(f.nodes, node{parent: -1, parts: []registry.Filter{{}}})
	for i := range f.areas.Len() {
		code := f.areas.Area(i).Code
		f.nodes = append(f.nodes, node{area: code, level: code.Level(), parts: []registry.Filter{{Areas: []registry.AreaCode{code}}}})
		above := 0
		for c := code.Parent(); c != "" && above == 0; c = c.Parent() {
			if p, ok := f.areas.Find(c); ok {
				above = p + 1
			}
		}
		f.hang(i+1, above)
	}
}

func (f *frame) hang(i, parent int) {
	f.nodes[i].parent = parent
	f.nodes[parent].children = append(f.nodes[parent].children, i)
}

// addBlocks hangs the blocks that b is made of under node i, which stands for b itself.
func (f *frame) addBlocks(i int, b *block) {
	n := &f.nodes[i]
	n.households, n.box = b.households, b.box
	if len(b.children) == 0 {
		n.center, n.located = b.center, b.located
	}
	area, level := n.area, n.level
	for _, child := range b.children {
		at := len(f.nodes)
		f.nodes = append(f.nodes, node{area: area, level: level, block: true, parts: child.parts})
		f.hang(at, i)
		f.addBlocks(at, child)
	}
}

// sum counts households and leaves from the leaves up.
func (f *frame) sum(i int) {
	n := &f.nodes[i]
	if n.leaf = len(n.children) == 0; n.leaf {
		n.leaves = 1
		return
	}
	n.households = 0
	for _, c := range n.children {
		f.sum(c)
		n.households += f.nodes[c].households
		n.leaves += f.nodes[c].leaves
	}
}

// leaves is the number of leaves in the nodes.
func (f *frame) leaves(nodes []int) (sum int) {
	for _, i := range nodes {
		sum += f.nodes[i].leaves
	}
	return sum
}
