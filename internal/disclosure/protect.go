package disclosure

import (
	"math/big"

	"kantong/internal/registry"
)

// rule says how a slot of a cell relates to the cell's attributes.
type rule uint8

const (
	ordinary rule = iota
	// impossible: the attributes exclude it. Everybody can tell, so the zero is exact.
	impossible
	// whole: it is the cell itself.
	whole
)

// sum adds up a slot over the cells of a group.
type sum struct {
	households, people int64
	rest               [maxRests]int64 // of each drop, then of the measure: who is not in the slot
}

// maxRests is how many attributes a cell may have.
const maxRests = 4

// protection turns the exact cells of a plan into those that are shown.
type protection struct {
	*plan
	guard *Guard
	floor int64
	rules [][]rule // by cell of a node, then slot
	cells cellHasher

	exact, other []registry.Tally // scratch, by slot
	sums         []sum
}

func (g *Guard) protect(p *plan, x *exact) ([]registry.Cell, []uint64) {
	t := protection{plan: p, guard: g, floor: g.floor, exact: make([]registry.Tally, len(p.slots)), other: make([]registry.Tally, len(p.slots)),
		sums: make([]sum, len(p.slots)), cells: g.hasher(p)}
	for i := range p.inner {
		t.rules = append(t.rules, t.rulesOf(i))
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

// rulesOf looks which slots of a cell its attributes decide.
func (t *protection) rulesOf(inner int) []rule {
	rules := make([]rule, len(t.slots))
	fixed := map[attribute]int{}
	for d, v := range valuesOf(inner, t.sizes) {
		a, number := bandOf(t.by[d], v)
		if c, ok := t.question.find(a); ok && !c.has(number) {
			for s := range rules {
				rules[s] = impossible
			}
			return rules
		}
		fixed[a] = number
	}
	for _, c := range t.question.conditions {
		if _, ok := fixed[c.attribute]; !ok && len(c.bands) == 1 {
			fixed[c.attribute] = c.bands[0].number
		}
	}
	for s, slot := range t.slots {
		if number, ok := fixed[slot.attribute]; ok && slot.attribute.kind != 0 {
			rules[s] = whole
			if slot.kind != knownSlot && number != slot.number {
				rules[s] = impossible
			}
		} else if c, ok := t.question.find(slot.attribute); ok && !c.has(slot.number) {
			rules[s] = impossible
		}
	}
	return rules
}

// cell protects one cell of a group.
func (t *protection) cell(g *group, inner int, x *exact) registry.Cell {
	c := emptyCell(t.query, len(t.guard.data.Programs))
	c.Key = t.key(g, inner)
	rules := t.rules[inner]
	if rules[0] == impossible || g.outside || t.question.nobody() {
		return c
	}
	clear(t.sums)
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
			*tally = registry.Tally{Households: shown.Households, People: max(shown.Households, t.sums[s].people), Status: registry.Perturbed}
		case rules[s] == whole:
			*tally = shown
		default:
			*tally = t.shown(s, base)
		}
	})
	for i := range c.Poverty {
		if p := &c.Poverty[i]; !p.Base.Status.HasValue() || !p.Poor.Status.HasValue() {
			p.Gap, p.GapSquared = 0, registry.Uint128{}
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
	if t.slots[s].kind == personsSlot {
		out.People = max(out.People, out.Households) // each has one at least
	}
	return out
}

// rests is how many of a slot's rests count.
func (t *protection) rests(s int) int {
	switch t.slots[s].kind {
	case qualitySlot:
		return 0
	case totalSlot:
		return len(t.drops)
	case knownSlot:
		return 1
	}
	return len(t.drops) + 1
}

// add counts a node's cell, with the noise of each part of it.
func (t *protection) add(c *registry.Cell, node, inner int, of *nodeCells) {
	clear(t.exact)
	noise := &t.guard.noise
	count := func(cell *registry.Cell, hash uint64) {
		eachTally(t.query, cell, func(s int, tally *registry.Tally) {
			t.exact[s] = plus(t.exact[s], *tally)
			households, people := noise.perturb(*tally, t.slots[s].kind == personsSlot)
			t.sums[s].households += households
			t.sums[s].people += people
			t.cells.see(hash, s, t.rules[inner][s])
		})
		for i := range cell.Poverty {
			noise.addGap(&c.Poverty[i], &cell.Poverty[i])
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
		t.leave(k, &of.drops[k][t.drops[k].innerOf(inner, t.sizes)])
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

// leave counts who is not in each slot for the sake of one attribute.
func (t *protection) leave(k int, cell *registry.Cell) {
	var parent registry.Tally
	households := t.guard.noise.households
	eachTally(t.query, cell, func(s int, tally *registry.Tally) {
		slot := t.slots[s]
		if s == 0 {
			parent = *tally
		}
		switch {
		case slot.kind == qualitySlot || slot.kind == knownSlot:
		case s > 0 && slot.attribute == t.drops[k].attribute: // the measure's own attribute is dropped: the base is all
			left := households.of(minus(parent, t.exact[s]))
			t.sums[s].rest[k] += left
			t.sums[s].rest[len(t.drops)] += left
		default:
			t.sums[s].rest[k] += households.of(minus(*tally, t.exact[s]))
		}
	})
}

// viaDrop tells whether a condition of the question is on the slot's attribute, so that its base is that drop's.
func (t *protection) viaDrop(s slot) bool {
	for _, d := range t.drops {
		if d.attribute == s.attribute {
			return true
		}
	}
	return false
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

// of is the perturbed number of households of a set.
func (t *table) of(set registry.Tally) int64 {
	return set.Households + t.deviation(set.Households, set.Keys[0])
}

// perturb gives a cell's households and people with their noise. The noise of people has a key of its own, so that one
// does not tell the other.
func (n *noises) perturb(t registry.Tally, persons bool) (households, people int64) {
	table := n.people
	if persons {
		table = n.persons
	}
	return n.households.of(t), t.People + table.deviation(t.People, t.Keys[1])
}

// addGap adds the poverty gap of a cell as if so many people more or fewer had it: an exact mean beside perturbed counts
// would give the counts away. Gap and squared gap have noise of their own.
func (n *noises) addGap(sum, cell *registry.Poverty) {
	poor := cell.Poor.People
	if poor == 0 {
		return
	}
	scaled := func(x *big.Int, key uint32) *big.Int {
		x.Mul(x, big.NewInt(poor+n.people.deviation(poor, key)))
		return x.Quo(x, big.NewInt(poor))
	}
	keys := cell.Poor.Keys
	sum.Gap += scaled(big.NewInt(cell.Gap), keys[0]+keys[1]).Int64()
	square := new(big.Int).SetUint64(cell.GapSquared.Hi)
	square.Lsh(square, 64).Add(square, new(big.Int).SetUint64(cell.GapSquared.Lo))
	square = scaled(square, keys[0]-keys[1])
	sum.GapSquared = sum.GapSquared.Plus(registry.Uint128{Hi: new(big.Int).Rsh(square, 64).Uint64(), Lo: square.Uint64()})
}
