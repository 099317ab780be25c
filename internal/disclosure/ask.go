package disclosure

import (
	"cmp"
	"context"
	"slices"

	"kantong/internal/registry"
)

// maxNodes bounds how many nodes one question may be counted on.
const maxNodes = 20_000

// exact is what an engine says of a plan's nodes: for each node its cells by variant. It never leaves this package.
type exact struct {
	cells map[int]*nodeCells
}

type nodeCells struct {
	parts [][]registry.Cell // by part of the question; the hidden deciles are the fastest dimension
	drops [][]registry.Cell
}

// errand is one query to the engine and what its answer is for: nodes in the order of the areas, or one node.
type errand struct {
	nodes []int
	part  int // -1 for a drop
	drop  int
	inner int // cells of a node
}

// ask has the engine count every node of the plans in one call.
func (g *Guard) ask(ctx context.Context, plans []*plan) ([]exact, error) {
	var queries []registry.SummaryQuery
	var errands []errand
	of := make([]int, 0, len(plans)) // where the errands of each plan end
	for _, p := range plans {
		if err := g.errands(p, func(q registry.SummaryQuery, e errand) {
			queries, errands = append(queries, q), append(errands, e)
		}); err != nil {
			return nil, err
		}
		of = append(of, len(errands))
	}
	if len(queries) == 0 {
		return make([]exact, len(plans)), ctx.Err()
	}
	answers, err := g.engine.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := make([]exact, len(plans))
	next := 0
	for i, p := range plans {
		out[i].cells = map[int]*nodeCells{}
		for ; next < of[i]; next++ {
			out[i].add(p, errands[next], answers[next])
		}
	}
	return out, nil
}

// errands lists what a plan has to ask: each node for each part and each drop, areas of one level together.
func (g *Guard) errands(p *plan, add func(registry.SummaryQuery, errand)) error {
	nodes := p.nodes()
	switch {
	case p.question.nobody():
		return nil
	case len(nodes)*len(p.parts) > maxNodes:
		return registry.Errorf(registry.CodeComplexity, "", "this is counted on %d cells; at most %d at a time: ask for a smaller region or whole areas", len(nodes)*len(p.parts), maxNodes)
	}
	perNode := func(filter registry.Filter, by []registry.Dimension, e errand) {
		for _, batch := range g.batches(nodes) {
			e.nodes = batch.nodes
			add(registry.SummaryQuery{Filter: registry.Join(&filter, batch.filter), By: append(slices.Clone(batch.by), by...),
				Measures: p.query.Measures, Lines: p.query.Lines}, e)
		}
	}
	for i, part := range p.parts {
		by, inner := p.by, p.inner
		if p.deciles != nil {
			by, inner = append(slices.Clone(by), registry.Dimension{Kind: registry.ByDecile}), inner*11
		}
		perNode(part, by, errand{part: i, drop: -1, inner: inner})
	}
	for i, d := range p.drops {
		inner := p.inner
		if d.position >= 0 {
			inner /= p.sizes[d.position]
		}
		perNode(d.filter, d.by, errand{part: -1, drop: i, inner: inner})
	}
	return nil
}

// nodes lists the nodes of all groups, each once.
func (p *plan) nodes() []int {
	var list []int
	for _, group := range p.groups {
		list = append(list, group.nodes...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// batch is a set of nodes that one query counts.
type batch struct {
	nodes  []int
	filter *registry.Filter // nil: everybody
	by     []registry.Dimension
}

// batches joins area nodes by level; a block is a batch for each of its parts.
func (g *Guard) batches(nodes []int) (list []batch) {
	byLevel := map[registry.AreaLevel][]int{}
	for _, n := range nodes {
		node := &g.frame.nodes[n]
		switch {
		case node.area == "":
			list = append(list, batch{nodes: []int{n}})
		case !node.block:
			byLevel[node.level] = append(byLevel[node.level], n)
		default:
			for i := range node.parts {
				list = append(list, batch{nodes: []int{n}, filter: &node.parts[i]})
			}
		}
	}
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		of := byLevel[level]
		if of == nil {
			continue
		}
		b := batch{nodes: of, by: []registry.Dimension{{Kind: registry.ByArea, Level: level}}}
		if len(of) < len(g.data.Areas.Level(level)) { // all of them: the engine may know the answer beforehand
			b.filter = &registry.Filter{}
			for _, n := range of {
				b.filter.Areas = append(b.filter.Areas, g.frame.nodes[n].area)
			}
		}
		slices.SortFunc(b.nodes, func(a, c int) int { return cmp.Compare(g.frame.nodes[a].area, g.frame.nodes[c].area) })
		list = append(list, b)
	}
	return list
}

// add files an answer under its nodes. The parts of a node are disjoint: their tallies add up.
func (x *exact) add(p *plan, e errand, cells []registry.Cell) {
	for i, n := range e.nodes {
		of := x.cells[n]
		if of == nil {
			of = &nodeCells{make([][]registry.Cell, len(p.parts)), make([][]registry.Cell, len(p.drops))}
			x.cells[n] = of
		}
		place := &of.parts
		at := e.part
		if e.drop >= 0 {
			place, at = &of.drops, e.drop
		}
		more := cells[i*e.inner : (i+1)*e.inner]
		if (*place)[at] == nil {
			(*place)[at] = more
		} else {
			(*place)[at] = addCells(p.query, (*place)[at], more)
		}
	}
}

// addCells adds up cells of two disjoint sets of households, in a slice of its own: answers of engines are shared.
func addCells(q *registry.SummaryQuery, a, b []registry.Cell) []registry.Cell {
	out := make([]registry.Cell, len(a))
	for i := range a {
		out[i] = cloneCell(a[i])
		tallies := make([]registry.Tally, 0, 64)
		eachTally(q, &b[i], func(_ int, t *registry.Tally) { tallies = append(tallies, *t) })
		eachTally(q, &out[i], func(k int, t *registry.Tally) { *t = plus(*t, tallies[k]) })
		for l := range out[i].Poverty {
			p, more := &out[i].Poverty[l], b[i].Poverty[l]
			p.Gap += more.Gap
			p.GapSquared = p.GapSquared.Plus(more.GapSquared)
			p.MembersSquared += more.MembersSquared
			p.GapFourth = p.GapFourth.Plus(more.GapFourth)
		}
	}
	return out
}

func cloneCell(c registry.Cell) registry.Cell {
	for _, list := range []*[]registry.Tally{&c.Deciles, &c.Deprived, &c.Known, &c.Enrolled, &c.Persons} {
		*list = slices.Clone(*list)
	}
	c.Poverty = slices.Clone(c.Poverty)
	return c
}
