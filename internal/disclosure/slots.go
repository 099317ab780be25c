package disclosure

import "kantong/internal/registry"

// slot is one tally of a cell: the cell itself, or a part of it that a measure counts.
type slot struct {
	kind      slotKind
	attribute attribute // that the measure adds; zero for none
	number    int       // its band
}

type slotKind uint8

const (
	// totalSlot counts the cell.
	totalSlot slotKind = iota
	// qualitySlot counts of whom something is recorded. It tells about the registry, not about a family, so what is left
	// of the cell need not be large.
	qualitySlot
	// knownSlot is a qualitySlot right after the deprivedSlots; it stands for the base of a rate, so those not deprived
	// must be enough.
	knownSlot
	// partSlot counts the part of the cell in a band of one more attribute.
	partSlot
	// personsSlot is a partSlot whose people are those of one kind.
	personsSlot
)

// slotsOf lists the tallies that an answer to the query has, in the order of eachTally.
func slotsOf(q *registry.SummaryQuery, programs int) []slot {
	list := []slot{{kind: totalSlot}}
	part := func(kind attributeKind, index, number int) {
		list = append(list, slot{partSlot, attribute{kind, index}, number})
	}
	if q.Measures&registry.MeasureLocated != 0 {
		list = append(list, slot{kind: qualitySlot})
	}
	if q.Measures&registry.MeasureDeciles != 0 {
		for d := range 11 {
			part(decileAttribute, 0, d)
		}
	}
	if q.Measures&registry.MeasureDeprivations != 0 {
		for d := range registry.DeprivationCount {
			part(deprivationAttribute, d, bandYes)
		}
		for d := range registry.DeprivationCount {
			list = append(list, slot{knownSlot, attribute{deprivationAttribute, d}, bandYes})
		}
	}
	if q.Measures&registry.MeasurePrograms != 0 {
		for p := range programs {
			part(programAttribute, p, bandYes)
		}
	}
	if q.Measures&registry.MeasurePersons != 0 {
		for k := range registry.PersonKindCount {
			list = append(list, slot{personsSlot, attribute{personsAttribute, k}, bandYes})
		}
	}
	for i := range q.Lines {
		list = append(list, slot{kind: qualitySlot}, slot{partSlot, attribute{povertyAttribute, i}, bandYes})
	}
	return list
}

// eachTally visits the tallies of a cell in the order of slotsOf.
func eachTally(q *registry.SummaryQuery, c *registry.Cell, visit func(i int, t *registry.Tally)) {
	visit(0, &c.Total)
	n := 1
	if q.Measures&registry.MeasureLocated != 0 {
		visit(n, &c.Located)
		n++
	}
	for _, list := range [...][]registry.Tally{c.Deciles, c.Deprived, c.Known, c.Enrolled, c.Persons} {
		for i := range list {
			visit(n, &list[i])
			n++
		}
	}
	for i := range c.Poverty {
		visit(n, &c.Poverty[i].Base)
		visit(n+1, &c.Poverty[i].Poor)
		n += 2
	}
}

// minus is what is left of a set of households without a part of it, record keys and all.
func minus(whole, part registry.Tally) registry.Tally {
	return registry.Tally{Households: whole.Households - part.Households, People: whole.People - part.People,
		Keys: registry.RecordKey{whole.Keys[0] - part.Keys[0], whole.Keys[1] - part.Keys[1]}}
}

// plus joins two sets of households that share none.
func plus(a, b registry.Tally) registry.Tally {
	return registry.Tally{Households: a.Households + b.Households, People: a.People + b.People,
		Keys: registry.RecordKey{a.Keys[0] + b.Keys[0], a.Keys[1] + b.Keys[1]}}
}
