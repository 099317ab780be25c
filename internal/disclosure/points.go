package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// byLeaf splits an answer by the leaves of the frame. No engine knows it and nobody can ask for it: Points does.
const byLeaf registry.DimensionKind = 255

// Points gives the blocks that a filter's areas and region hold, in the order of the frame, which is the same as long as no
// block merges: those in which too few households are left have status SUPPRESSED and no number. It is Summarise of blocks,
// with the same cells, floors and budget; it is the one door through which PUBLIC and AUDITOR see blocks, by one attribute
// at most. DISCLOSURE_LIMIT and COMPLEXITY_LIMIT_EXCEEDED say what is answered instead.
func (g *Guard) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := g.data.CheckFilter(&q.Filter); err != nil {
		return nil, err
	}
	question, err := g.read(ctx, &q.Filter)
	if err != nil {
		return nil, err
	}
	answers, err := g.Summarise(ctx, []registry.SummaryQuery{{Filter: q.Filter, By: []registry.Dimension{{Kind: byLeaf}}}})
	if err != nil {
		return nil, err
	}
	var points []registry.WeightedPoint
	leafOf := map[*registry.Block]int{}
	unlocated := map[registry.AreaCode]int{} // so far, by area
	for i, leaf := range g.leaves(&question) {
		n := &g.frame.nodes[leaf]
		p := registry.WeightedPoint{Area: n.area, Located: n.located, Block: &registry.Block{}}
		leafOf[p.Block] = leaf
		if n.located {
			p.ID, p.Point = blockID(n, 0), n.center
		} else {
			unlocated[n.area]++
			p.ID = blockID(n, unlocated[n.area])
		}
		if !n.located && !q.Unlocated {
			continue
		}
		total := answers[0][i].Total
		p.Households, p.People, p.Block.Status = total.Households, total.People, total.Status
		p.Block.Geometry = func(ctx context.Context) (orb.MultiPolygon, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return g.frame.shape([]int{leaf})
		}
		p.Block.Together = func(ctx context.Context, f registry.Filter, m registry.Measures, groups [][]*registry.Block) ([]registry.Cell, error) {
			sets := make([][]int, len(groups))
			for i, group := range groups {
				for _, b := range group {
					if leaf, ok := leafOf[b]; ok {
						sets[i] = append(sets[i], leaf)
					}
				}
				slices.Sort(sets[i])
				sets[i] = slices.Compact(sets[i])
			}
			return g.together(ctx, f, m, sets)
		}
		points = append(points, p)
	}
	return points, nil
}

// together counts sets of leaves, each as one: cells that are too small add to a sum what they add to that of a region.
func (g *Guard) together(ctx context.Context, f registry.Filter, m registry.Measures, sets [][]int) ([]registry.Cell, error) {
	p, err := g.plan(ctx, &registry.SummaryQuery{Filter: f, By: []registry.Dimension{{Kind: byLeaf}}, Measures: m})
	if err != nil {
		return nil, err
	}
	p.groups = make([]group, len(sets))
	for i, leaves := range sets {
		p.groups[i] = group{nodes: leaves}
	}
	counts, err := g.ask(ctx, []*plan{p})
	if err != nil {
		return nil, err
	}
	cells, spent := g.protect(p, &counts[0])
	if g.account != nil {
		if err := g.account.spend(ctx, spent); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// leaves lists the leaves of what a question's areas and region hold, ascending.
func (g *Guard) leaves(q *question) []int {
	var list []int
	var collect func(i int)
	collect = func(i int) {
		if g.frame.nodes[i].leaf {
			list = append(list, i)
		}
		for _, child := range g.frame.nodes[i].children {
			collect(child)
		}
	}
	for _, i := range g.frame.cover(q.areas, q.where) {
		collect(i)
	}
	return list
}

// leafGroups makes a place of every leaf.
func (g *Guard) leafGroups(q *question) []group {
	list := g.leaves(q)
	groups := make([]group, len(list))
	for i, leaf := range list {
		groups[i] = group{nodes: []int{leaf}}
	}
	return groups
}

// blockID names a block by its area and ground, which no later edition changes: one that merged is another block. Blocks
// without ground are numbered, since neighbourhood units come and go in them.
func blockID(n *node, unlocated int) (id registry.HouseholdID) {
	text, _ := json.Marshal(n.box)
	h := sha256.New()
	h.Write([]byte("block " + n.area + " "))
	h.Write(text)
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(unlocated)))
	copy(id[:], h.Sum(nil))
	return id
}
