package disclosure

// rule says how a slot of a cell relates to the cell's attributes.
type rule uint8

const (
	ordinary rule = iota
	// impossible: the attributes exclude it. Everybody can tell, so the zero is exact.
	impossible
	// whole: it is the cell itself.
	whole
)

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

// enrolments are the programmes that everybody in a cell is in, by the conditions and the dimensions.
func (t *protection) enrolments(inner int) map[attribute]bool {
	in := map[attribute]bool{}
	for d, v := range valuesOf(inner, t.sizes) {
		if a, _ := bandOf(t.by[d], v); a.kind == programAttribute {
			in[a] = true
		}
	}
	for _, c := range t.question.conditions {
		if c.attribute.kind == programAttribute && c.has(bandYes) {
			in[c.attribute] = true
		}
	}
	return in
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

// plenty stands for a rest that need not be large.
const plenty = 1 << 40

// enrolmentOf gives the enrolment in a programme whose rule the question asks for and the drop leaves out. That those
// whom a programme enrols are nearly all such as its rule means says nothing about any of them.
func (t *protection) enrolmentOf(k int) (enrolment attribute, ok bool) {
	a := t.drops[k].attribute
	if a.kind != eligibilityAttribute {
		return attribute{}, false
	}
	c, _ := t.question.find(a)
	return attribute{programAttribute, a.index}, c.has(bandYes)
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
