package ingest

import (
	"cmp"

	"kantong/internal/registry"
)

// claim is how a family of the file is one of the edition.
type claim struct {
	id    registry.HouseholdID // that the number makes
	by    int8                 // 2: the number, 1: the card, 0: other numbers
	head  bool                 // it has the former head
	votes int32
}

// claims are those on one family.
type claims struct {
	best claim
	tied int64 // others like the best
	all  int64
}

func (a claim) compare(b claim) int {
	heads := func(c claim) int {
		if c.head {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(heads(a), heads(b)), cmp.Compare(a.votes, b.votes))
}

// claim takes in a family of the file: the id that its number makes, and its keys, that of the number first.
func (m *matching) claim(id registry.HouseholdID, keys []registry.MatchKey) {
	m.rows++
	family, c, ok := m.candidate(keys)
	c.id = id
	for i, k := range keys {
		if other, _, one := m.lead(i, k); one && ok && other != family {
			m.went[other] = struct{}{}
		}
	}
	if !ok {
		return
	}
	known, any := m.claims[family]
	known.all++
	switch order := c.compare(known.best); {
	case !any || order > 0:
		known.best, known.tied = c, 0
	case order == 0:
		known.tied++
	}
	m.claims[family] = known
}

// lead gives the one family of the edition that a family's i-th number leads to. An office's own numbers may be those of rows,
// made anew for each file: they lead nowhere unless the file says that they identify families.
func (m *matching) lead(i int, k registry.MatchKey) (family int, head, one bool) {
	if k.Kind == registry.MatchOwn && i > 0 {
		return 0, false, false
	}
	return m.base.only(k.Hash)
}

// candidate finds the family of the edition that a family of the file is.
func (m *matching) candidate(keys []registry.MatchKey) (family int, c claim, ok bool) {
	votes := map[int]*claim{}
	for i, k := range keys {
		found, head, one := m.lead(i, k)
		if !one {
			continue
		}
		v := votes[found]
		if v == nil {
			v = &claim{}
			votes[found] = v
		}
		v.head = v.head || head
		switch {
		case i == 0:
			v.by = 2
		case k.Kind == registry.MatchCard:
			v.by = max(v.by, 1)
		default:
			v.votes++
		}
	}
	return m.decide(votes, keys)
}

// decide chooses among the families that a family's numbers lead to.
func (m *matching) decide(votes map[int]*claim, keys []registry.MatchKey) (family int, c claim, ok bool) {
	present := -1 // the family of the present head
	for _, k := range keys {
		if k.Kind == registry.MatchHead {
			if f, _, one := m.base.only(k.Hash); one {
				present = f
			}
		}
	}
	tied, best := false, claim{by: -1}
	for f, v := range votes {
		// Among families that other numbers lead to, more numbers come before the former head.
		order := cmp.Compare(v.by, best.by)
		if order == 0 {
			order = cmp.Or(cmp.Compare(v.votes, best.votes), claim{head: v.head}.compare(claim{head: best.head}))
		}
		if order == 0 {
			order = claim{head: f == present}.compare(claim{head: family == present})
		}
		switch {
		case order > 0:
			family, best, tied = f, *v, false
		case order == 0:
			tied = true
		}
	}
	switch {
	case len(votes) == 0:
		return 0, c, false
	case tied:
		m.found.Undecided++
		return 0, c, false
	case best.by > 0 && best.votes == 0 && len(votes) > 1:
		m.found.Contradicted++
	}
	return family, best, true
}

// settle decides once all families of the file are known.
func (m *matching) settle() {
	for family, c := range m.claims {
		_, held := m.held[m.base.ids[family]]
		switch {
		case held:
			m.found.Split += c.all
		case c.tied > 0:
			m.found.Undecided += c.all
			m.found.Left++
		default:
			m.winners[c.best.id] = family
			m.found.Split += c.all - 1
			if c.best.by == 2 {
				m.found.ByNumber++
			} else {
				m.found.ByOther++
			}
		}
	}
	for family := range m.base.ids {
		if _, claimed := m.claims[family]; claimed {
			continue
		}
		_, held := m.held[m.base.ids[family]]
		_, went := m.went[family]
		switch {
		case held:
		case went:
			m.found.Merged++
		default:
			m.found.Left++
		}
	}
	m.found.Edition, m.found.New = m.edition, m.rows-int64(len(m.winners))
}
