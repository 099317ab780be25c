package disclosure

import "hash/fnv"

// cellHasher names cells by 64 bits, for the budget: a node with a band of each attribute has the same name through
// every door. Names of attributes add up, so their order does not matter.
type cellHasher struct {
	guard *Guard
	plan  *plan
	parts []uint64
	inner []uint64
	slots []uint64
	spent []uint64 // nil where there is no budget
	on    bool
}

func (g *Guard) hasher(p *plan) cellHasher {
	h := cellHasher{guard: g, plan: p, on: g.account != nil}
	if !h.on {
		return h
	}
	h.parts = make([]uint64, len(p.parts))
	for part := range p.parts {
		at := part
		for i := len(p.question.conditions) - 1; i >= 0; i-- {
			c := &p.question.conditions[i]
			switch {
			case c.attribute.kind == decileAttribute && len(c.bands) > 1: // told apart by cell
			case len(c.bands) == 1:
				h.parts[part] += nameOf(c.attribute, c.bands[0].number)
			case len(c.bands) > 1:
				h.parts[part] += nameOf(c.attribute, c.bands[at%len(c.bands)].number)
				at /= len(c.bands)
			}
		}
	}
	for i := range p.inner {
		var sum uint64
		for d, v := range valuesOf(i, p.sizes) {
			a, number := bandOf(p.by[d], v)
			if _, ok := p.question.find(a); !ok || a.kind == decileAttribute {
				sum += nameOf(a, number)
			}
		}
		h.inner = append(h.inner, sum)
	}
	for _, s := range p.slots {
		var name uint64
		switch {
		case s.kind == knownSlot:
			name = nameOf(s.attribute, -1)
		case s.attribute.kind == povertyAttribute:
			name = nameOf(s.attribute, int(p.query.Lines[s.attribute.index]))
		case s.attribute.kind != 0:
			name = nameOf(s.attribute, s.number)
		case s.kind == qualitySlot:
			name = nameOf(attribute{kind: geocodedAttribute}, bandYes)
		}
		h.slots = append(h.slots, name)
	}
	return h
}

// of names a cell before its slot.
func (h *cellHasher) of(node, part, inner, decile int) uint64 {
	if !h.on {
		return 0
	}
	sum := h.guard.nodeName(node) + h.parts[part] + h.inner[inner]
	if decile > 0 {
		sum += nameOf(attribute{kind: decileAttribute}, decile)
	}
	return sum
}

// see counts a slot of a cell as shown, unless nothing of it is.
func (h *cellHasher) see(cell uint64, slot int, r rule) {
	if h.on && (slot == 0 || r == ordinary) {
		h.spent = append(h.spent, mix(cell+h.slots[slot]))
	}
}

func nameOf(a attribute, number int) uint64 {
	if a.kind == stateAttribute || a.kind == restAttribute { // their index is a hash
		return mix(mix(uint64(a.index)+uint64(a.kind)) + uint64(number))
	}
	return mix(uint64(a.kind)<<48 | uint64(uint16(a.index))<<32 | uint64(uint32(number)))
}

// mix is the finaliser of splitmix64: one to one, and every bit of the result depends on every bit of x.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// nameOf's counterpart for nodes: of a state, since figures of two states differ.
func (g *Guard) nodeName(node int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(g.data.State.ID()))
	return mix(h.Sum64() + uint64(node))
}
