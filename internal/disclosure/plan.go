package disclosure

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

// plan is how a query is answered from fixed cells: a cell is a node of the frame with a band of each attribute. The
// households of a group are those of its nodes; each cell gets its own noise, then they are added up.
type plan struct {
	query    *registry.SummaryQuery
	question question
	slots    []slot
	groups   []group
	place    int // which of query.By names places; -1 when none does

	by      []registry.Dimension // the others: attributes
	sizes   []int                // values of each
	inner   int                  // cells of a node
	deciles []int                // bands that are counted each by itself and then added up; nil: the cell is one
	parts   []registry.Filter    // the question's conditions, parted by bands of other attributes than decile
	drops   []drop
}

// group is one of the places that an answer is split by, and the nodes it is made of.
type group struct {
	key     registry.Key
	nodes   []int
	outside bool // of the areas asked for: nobody is there, and that is no secret
}

// drop is the question without one of its attributes. What it holds beyond the question is who would stand out if they
// were few.
type drop struct {
	attribute attribute // of conditions; zero for a dimension that is an attribute a value
	filter    registry.Filter
	by        []registry.Dimension
	position  int  // of the dimension left out; -1 when none is
	inside    bool // the filter keeps a part of the question instead, and what the question holds beyond it counts
}

func (g *Guard) plan(ctx context.Context, q *registry.SummaryQuery) (*plan, error) {
	if err := g.data.CheckFilter(&q.Filter); err != nil {
		return nil, err
	}
	if q.Measures&registry.MeasureBenefits != 0 { // beside a count of households they would tell what a family gets
		return nil, limit("", "sums of rupiah are answered to a planner's key, in its areas: leave them out, and ask how many are enrolled")
	}
	question, err := g.read(ctx, &q.Filter)
	if err != nil {
		return nil, err
	}
	p := &plan{query: q, question: question, slots: slotsOf(q, len(g.data.Programs)), place: -1, inner: 1}
	for i, d := range q.By {
		if d.Kind == registry.ByPlace { // a few dozen families each, and not the same ones as in any block
			return nil, limit("groupBy.neighbourhood", "RW and RT are answered to a planner's key, in its areas: group by {area: KELURAHAN}")
		}
		if d.Kind == registry.ByArea || d.Kind == registry.ByHex || d.Kind == byLeaf {
			if p.place >= 0 {
				return nil, limit("groupBy", "hexagons are not split by area: group by one of the two")
			}
			p.place = i
			continue
		}
		p.by = append(p.by, d)
		p.sizes = append(p.sizes, g.values(d))
		p.inner *= p.sizes[len(p.sizes)-1]
	}
	if err := g.checkDetail(p); err != nil {
		return nil, err
	}
	if err := g.checkLines(q.Lines); err != nil {
		return nil, err
	}
	p.partition()
	p.leaveOut()
	p.groups, err = g.groups(p)
	return p, err
}

// values is how many values a dimension of an attribute has.
func (g *Guard) values(d registry.Dimension) int {
	switch d.Kind {
	case registry.ByDecile:
		return 11
	case registry.BySex:
		return 3
	case registry.ByDeprivation:
		return registry.DeprivationCount
	}
	return len(g.data.Programs)
}

// bandOf is what a value of a dimension means: which attribute, and which band of it.
func bandOf(d registry.Dimension, value int) (attribute, int) {
	switch d.Kind {
	case registry.ByDecile:
		return attribute{kind: decileAttribute}, value
	case registry.BySex:
		return attribute{kind: sexAttribute}, value
	case registry.ByDeprivation:
		return attribute{deprivationAttribute, value}, bandYes
	}
	return attribute{programAttribute, value}, bandYes
}

// partition splits conditions of several bands into the cells that are published: deciles by a dimension, which an
// engine counts in one pass, other attributes by a filter each.
func (p *plan) partition() {
	byDecile := slices.ContainsFunc(p.by, func(d registry.Dimension) bool { return d.Kind == registry.ByDecile })
	parts := [][]registry.Filter{nil}
	for _, c := range p.question.conditions {
		bands := []registry.Filter{c.whole}
		switch {
		case len(c.bands) < 2, c.attribute.kind == decileAttribute && byDecile:
		case c.attribute.kind == decileAttribute:
			for _, b := range c.bands {
				p.deciles = append(p.deciles, b.number)
			}
		default:
			bands = nil
			for _, b := range c.bands {
				bands = append(bands, b.filter)
			}
		}
		var finer [][]registry.Filter
		for _, part := range parts {
			for _, b := range bands {
				finer = append(finer, append(slices.Clone(part), b))
			}
		}
		parts = finer
	}
	for _, part := range parts {
		p.parts = append(p.parts, allOf(part))
	}
}

// allOf keeps what every filter keeps.
func allOf(list []registry.Filter) registry.Filter {
	if len(list) == 1 {
		return list[0]
	}
	return registry.Filter{And: list}
}

// leaveOut makes the drops: one for each attribute of conditions and dimensions.
func (p *plan) leaveOut() {
	for _, c := range p.question.conditions {
		d := drop{attribute: c.attribute, by: p.by, position: -1}
		for i, dim := range p.by {
			if a, _ := bandOf(dim, 0); a.kind == c.attribute.kind && (a.kind == decileAttribute || a.kind == sexAttribute) {
				d.position = i
				d.by = slices.Delete(slices.Clone(p.by), i, i+1)
			}
		}
		rest := p.question.filterOf(c.attribute)
		d.filter, d.inside = dropOf(&c, rest)
		p.drops = append(p.drops, d)
		for _, there := range c.there {
			p.drops = append(p.drops, drop{attribute: c.attribute, by: p.by, position: -1, filter: registry.Join(&rest, &there.filter), inside: there.inside})
		}
	}
	for i, dim := range p.by {
		if slices.ContainsFunc(p.drops, func(d drop) bool { return d.position == i }) {
			continue
		}
		d := drop{by: slices.Delete(slices.Clone(p.by), i, i+1), position: i, filter: p.question.filterOf(attribute{})}
		if dim.Kind == registry.ByDecile || dim.Kind == registry.BySex {
			d.attribute, _ = bandOf(dim, 0)
		}
		p.drops = append(p.drops, d)
	}
}

// dropOf is the drop of a condition, where rest are the others.
func dropOf(c *condition, rest registry.Filter) (filter registry.Filter, inside bool) {
	switch {
	case c.attribute.kind == deprivationAttribute && len(c.bands) == 1 && c.bands[0].number == bandNo:
		// Whoever is not deprived stands out from those that are, however many are unknown.
		known := registry.Filter{KnownIn: []registry.Deprivation{registry.Deprivation(c.attribute.index)}}
		return registry.Join(&rest, &known), false
	case c.attribute.kind == indexAttribute:
		return dropIndex(c, rest)
	}
	return rest, false
}

// innerOf gives the index among a node's cells without the dropped dimension of a cell's index with it.
func (d *drop) innerOf(i int, sizes []int) int {
	if d.position < 0 {
		return i
	}
	below := 1
	for _, n := range sizes[d.position+1:] {
		below *= n
	}
	return i/(below*sizes[d.position])*below + i%below
}

// valuesOf gives the value of each dimension of a cell's index.
func valuesOf(i int, sizes []int) []int {
	values := make([]int, len(sizes))
	for d := len(sizes) - 1; d >= 0; d-- {
		values[d] = i % sizes[d]
		i /= sizes[d]
	}
	return values
}
