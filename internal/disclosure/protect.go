package disclosure

import "kantong/internal/registry"

// sum adds up a slot over the cells of a group.
type sum struct {
	households, people int64
	sized              bool            // of somebody the size of the household is recorded
	rest               [maxRests]int64 // of each drop, then of the measure: who is not in the slot
}

// maxRests is how many attributes a cell may have.
const maxRests = 4

// protection turns the exact cells of a plan into those that are shown.
type protection struct {
	*plan
	guard *Guard
	floor int64
	rules [][]rule             // by cell of a node, then slot
	fixed []map[attribute]bool // by cell of a node: enrolments that all of it have
	cells cellHasher

	many  bool             // the group being counted is a sum of cells
	exact []registry.Tally // scratch, by slot
	sums  []sum
}

func (g *Guard) protect(p *plan, x *exact) ([]registry.Cell, []uint64) {
	t := protection{plan: p, guard: g, floor: g.floor, exact: make([]registry.Tally, len(p.slots)),
		sums: make([]sum, len(p.slots)), cells: g.hasher(p)}
	for i := range p.inner {
		t.rules = append(t.rules, t.rulesOf(i))
		t.fixed = append(t.fixed, t.enrolments(i))
	}
	out := make([]registry.Cell, len(p.groups)*p.inner)
	for gi := range p.groups {
		var counted *registry.Counted
		if p.question.where != nil || p.place >= 0 && p.query.By[p.place].Kind == registry.ByHex {
			counted = g.counted(p, gi)
		}
		for i := range p.inner {
			at := p.index(gi, i)
			out[at] = t.cell(&p.groups[gi], i, x)
			out[at].Counted = counted
		}
	}
	return out, t.cells.spent
}

// index gives the place of a cell in the answer: the first dimension is the slowest, wherever among them the places are.
func (p *plan) index(group, inner int) int {
	if p.place < 0 {
		return inner
	}
	below := 1
	for _, n := range p.sizes[p.place:] {
		below *= n
	}
	return inner/below*below*len(p.groups) + group*below + inner%below
}

// cell protects one cell of a group.
func (t *protection) cell(g *group, inner int, x *exact) registry.Cell {
	c := registry.EmptyCell(t.query, len(t.guard.data.Programs))
	c.Key = t.key(g, inner)
	rules := t.rules[inner]
	if rules[0] == impossible || g.outside || t.question.nobody() {
		return c
	}
	clear(t.sums)
	t.many = len(g.nodes)*len(t.parts)*max(1, len(t.deciles)) > 1
	base := int64(0)
	for _, n := range g.nodes {
		base += t.guard.frame.nodes[n].households
		t.add(&c, n, inner, x.cells[n])
	}
	shown := t.shown(0, base)
	eachTally(t.query, &c, func(s int, tally *registry.Tally) {
		switch {
		case rules[s] == impossible:
		case rules[s] == whole && t.slots[s].kind == personsSlot && shown.Status.HasValue():
			*tally = registry.Tally{Households: shown.Households, People: max(shown.Households, t.sums[s].people), Status: registry.Perturbed} // persons of the kind, not all
		case rules[s] == whole:
			*tally = shown
		default:
			*tally = t.shown(s, base)
		}
	})
	for i := range c.Poverty {
		if p := &c.Poverty[i]; !p.Base.Status.HasValue() || !p.Poor.Status.HasValue() {
			*p = registry.Poverty{LineRupiah: p.LineRupiah, Base: p.Base, Poor: p.Poor}
		}
	}
	return c
}

// shown is a slot's figure, if it, and what it leaves of its base, are large enough.
func (t *protection) shown(s int, base int64) registry.Tally {
	sum, least := &t.sums[s], t.sums[s].households
	for i := range t.rests(s) {
		least = min(least, sum.rest[i])
	}
	if base < minBase || least < t.floor {
		return registry.Tally{Status: registry.Suppressed}
	}
	out := registry.Tally{Households: sum.households, People: sum.people, Status: registry.Perturbed}
	if sum.sized {
		out.People = max(out.People, out.Households) // each has one at least
	}
	return out
}

// add counts a node's cell, with the noise of each part of it.
func (t *protection) add(c *registry.Cell, node, inner int, of *nodeCells) {
	clear(t.exact)
	noise := &t.guard.noise
	least := t.least(node)
	count := func(cell *registry.Cell, hash uint64) {
		eachTally(t.query, cell, func(s int, tally *registry.Tally) {
			t.exact[s] = plus(t.exact[s], *tally)
			households, people := noise.perturb(*tally, t.slots[s].kind == personsSlot)
			share := coarsen(households, least, tally.Keys)
			t.sums[s].households += share.of(households)
			t.sums[s].people += share.of(people)
			t.sums[s].sized = t.sums[s].sized || tally.People > 0
			t.cells.see(hash, s, t.rules[inner][s])
		})
		for i := range cell.Poverty {
			base, poor := &cell.Poverty[i].Base, &cell.Poverty[i].Poor
			noise.addMembers(&c.Poverty[i], &cell.Poverty[i], coarsen(noise.households.of(*base), least, base.Keys))
			noise.addGap(&c.Poverty[i], &cell.Poverty[i], coarsen(noise.households.of(*poor), least, poor.Keys))
		}
	}
	for part, cells := range of.parts {
		if t.deciles == nil {
			count(&cells[inner], t.cells.of(node, part, inner, 0))
			continue
		}
		for _, d := range t.deciles {
			count(&cells[inner*11+d], t.cells.of(node, part, inner, d))
		}
	}
	for k := range t.drops {
		t.leave(k, inner, &of.drops[k][t.drops[k].innerOf(inner, t.sizes)])
	}
	deprived := 0
	for s, slot := range t.slots {
		switch slot.kind {
		case partSlot, personsSlot:
			if slot.attribute.kind == deprivationAttribute && slot.attribute.index == 0 {
				deprived = s
			}
			base := t.exact[0]
			if slot.attribute.kind == povertyAttribute {
				base = t.exact[s-1]
			}
			if !t.viaDrop(slot) {
				t.sums[s].rest[len(t.drops)] += noise.households.of(minus(base, t.exact[s]))
			}
		case knownSlot:
			t.sums[s].rest[0] += noise.households.of(minus(t.exact[s], t.exact[deprived+slot.attribute.index]))
		}
	}
}

// least is the smallest number that a cell of the node adds to a sum, beside nothing; 0 where it stands by itself.
func (t *protection) least(node int) int64 {
	switch {
	case !t.many:
		return 0
	case t.guard.frame.nodes[node].households < minBase:
		return max(t.floor, minBase)
	}
	return t.floor
}

// leave counts who is not in each slot for the sake of one attribute.
func (t *protection) leave(k, inner int, cell *registry.Cell) {
	var parent registry.Tally
	enrolment, rule := t.enrolmentOf(k)
	obvious := rule && t.fixed[inner][enrolment]
	households := t.guard.noise.households
	eachTally(t.query, cell, func(s int, tally *registry.Tally) {
		slot := t.slots[s]
		if s == 0 {
			parent = *tally
		}
		switch {
		case slot.kind == qualitySlot || slot.kind == knownSlot:
		case obvious, rule && slot.attribute == enrolment:
			t.sums[s].rest[k] += plenty
		case s > 0 && slot.attribute == t.drops[k].attribute: // the measure's own attribute is dropped: the base is all
			left := households.of(minus(parent, t.exact[s]))
			t.sums[s].rest[k] += left
			t.sums[s].rest[len(t.drops)] += left
		case t.drops[k].inside:
			t.sums[s].rest[k] += households.of(minus(t.exact[s], *tally))
		default:
			t.sums[s].rest[k] += households.of(minus(*tally, t.exact[s]))
		}
	})
}

func (t *protection) key(g *group, inner int) registry.Key {
	key := g.key
	for d, v := range valuesOf(inner, t.sizes) {
		switch t.by[d].Kind {
		case registry.ByDecile:
			key.Decile = v
		case registry.BySex:
			key.Sex = registry.Sex(v)
		case registry.ByProgram:
			key.Program = v
		case registry.ByDeprivation:
			key.Deprivation = registry.Deprivation(v)
		}
	}
	return key
}
