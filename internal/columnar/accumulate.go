package columnar

import (
	"math/bits"

	"kantong/internal/registry"
)

// split adds the rows m of a block to the groups they belong to: from dimension depth on, starting at a group.
func (s *summary) split(depth, group, b int, m uint64) {
	if depth == len(s.dims) {
		s.add(group, b, m)
		return
	}
	dim := &s.dims[depth]
	switch dim.Kind {
	case registry.ByArea:
		if g := dim.groupOf[s.e.blocks[b].kelurahan]; g >= 0 {
			s.split(depth+1, group+int(g)*dim.stride, b, m)
		}
	case registry.ByHex, registry.ByPlace:
		s.splitFound(depth, group, b, m)
	default:
		for v := range dim.values {
			if rows := m & s.e.valued(b, dim.Kind, v); rows != 0 {
				s.split(depth+1, group+v*dim.stride, b, rows)
			}
		}
	}
}

// valued are the block's rows that have a value of a dimension that is kept in words.
func (e *Engine) valued(b int, kind registry.DimensionKind, v int) uint64 {
	switch kind {
	case registry.ByDecile:
		return e.sets[b].decile[v]
	case registry.BySex:
		return e.sets[b].sex[v]
	case registry.ByProgram:
		return e.enrolledIn(b, v)
	}
	return e.deprived(b, registry.Deprivation(v))
}

// add adds the rows m of a block to a group.
func (s *summary) add(group, b int, m uint64) {
	e, l := s.e, &s.layout
	t := s.tallies[group*l.size:][:l.size]
	total := e.tally(b, m)
	t[0].add(total)
	if l.has(registry.MeasureLocated) && e.blocks[b].located {
		t[l.located].add(total)
	}
	put := func(at int, rows uint64) {
		if rows != 0 {
			t[at].add(e.tally(b, rows))
		}
	}
	if l.has(registry.MeasureDeciles) {
		for d, rows := range &e.sets[b].decile {
			put(l.deciles+d, m&rows)
		}
	}
	if l.has(registry.MeasureDeprivations) {
		for d := range registry.Deprivation(registry.DeprivationCount) {
			put(l.deprived+int(d), m&e.deprived(b, d))
			// Mostly known: fewer rows to sum when what isn't is taken from the total.
			t[l.known+int(d)].add(total)
			if unknown := m &^ e.known(b, d); unknown != 0 {
				t[l.known+int(d)].subtract(e.tally(b, unknown))
			}
		}
	}
	if l.has(registry.MeasurePrograms) {
		for p := range e.d.Programs {
			put(l.enrolled+p, m&e.enrolledIn(b, p))
		}
	}
	if l.has(registry.MeasurePersons) {
		for kind := range e.persons {
			t[l.persons+kind].add(e.tallyPersons(b, m, kind))
		}
	}
	if l.has(registry.MeasureBenefits) {
		s.addBenefits(s.benefits[group*len(e.d.Programs):][:len(e.d.Programs)], b, m)
	}
	if lines := s.q.Lines; len(lines) > 0 && e.expenditure != nil {
		s.addPoverty(s.poverty[group*len(lines):][:len(lines)], b, m)
	}
}

// tallyPersons counts the households with persons of a kind among the rows m of a block, and those persons.
func (h *households) tallyPersons(b int, m uint64, kind int) tally {
	start := h.blocks[b].start
	column := (*[blockRows]uint8)(h.persons[kind][start:])
	keys := (*[blockRows]uint64)(h.keys[start:])
	m &= within(column, 1, registry.MaxMembers)
	t := tally{households: int64(bits.OnesCount64(m))}
	var first, second uint64
	for ; m != 0; m &= m - 1 {
		i := lowest(m)
		t.people += int64(column[i])
		first += keys[i]
		second += keys[i] >> 32
	}
	t.keys = [2]uint32{uint32(first), uint32(second)}
	return t
}

// benefit is registry.Benefit while it is being summed.
type benefit struct {
	recorded tally
	rupiah   int64
}

// addBenefits walks the enrolments of the rows m of a block: few ask for their rupiah, so nothing is kept of them.
func (s *summary) addBenefits(sums []benefit, b int, m uint64) {
	e := s.e
	with := e.withTerms[b]
	m &= with
	var recorded [registry.MaxPrograms]uint64 // rows by programme; a row may have several enrolments in one
	k := e.firstTerm[b]
	for wanted := m; wanted != 0; with &= with - 1 {
		row := with & -with
		for last := false; !last; k++ {
			last = e.stream[k]&lastTerm != 0
			t := &e.terms[e.stream[k]&^lastTerm]
			if wanted&row == 0 || t.status != registry.EnrolmentActive || e.amounts[t.rupiah] == registry.UnknownInt {
				continue
			}
			recorded[t.program] |= row
			sums[t.program].rupiah += e.amounts[t.rupiah]
		}
		wanted &^= row
	}
	for p := range sums {
		if recorded[p] != 0 {
			sums[p].recorded.add(e.tally(b, recorded[p]))
		}
	}
}

// poverty is registry.Poverty while it is being summed.
type poverty struct {
	base, poor            tally
	gap, membersSquared   int64
	gapSquared, gapFourth registry.Uint128
}

func (s *summary) addPoverty(sums []poverty, b int, m uint64) {
	e := s.e
	start := e.blocks[b].start
	members := (*[blockRows]uint8)(e.members[start:])
	expenditure := (*[blockRows]uint32)(e.expenditure[start:])
	m &= within(members, 1, registry.MaxMembers)
	membersSquared := int64(0)
	for rest := m; rest != 0; rest &= rest - 1 {
		i := lowest(rest)
		if expenditure[i] == unknownExpenditure {
			m &^= 1 << i
			continue
		}
		membersSquared += int64(members[i]) * int64(members[i])
	}
	if m == 0 {
		return
	}
	base := e.tally(b, m)
	for k, line := range s.q.Lines {
		p := &sums[k]
		p.base.add(base)
		p.membersSquared += membersSquared
		var poor uint64
		for rest := m; rest != 0; rest &= rest - 1 {
			i := lowest(rest)
			gap := line - int64(expenditure[i])
			if gap <= 0 {
				continue
			}
			poor |= 1 << i
			n := int64(members[i])
			p.gap += n * gap
			p.gapSquared.AddProduct(uint64(n)*uint64(gap), uint64(gap))
			share := uint64(registry.GapUnit) * uint64(gap) / uint64(line)
			p.gapFourth.AddProduct(uint64(n), share*share*share*share)
		}
		if poor != 0 {
			p.poor.add(e.tally(b, poor))
		}
	}
}
