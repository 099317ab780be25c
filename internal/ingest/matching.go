package ingest

import (
	"cmp"

	"kantong/internal/registry"
)

// matching decides which families of a file are families of the newest published edition, and so what their ids are. The
// rules:
//
//   - A family is the one that had the number by which the file identifies families (its card number, as a rule); else the
//     one that had its card number; else the one to which most of its other numbers lead. Where as many lead to another, the
//     former head decides, then the present one; where that decides nothing, it is no family found again.
//   - Of several families of the file that are one of the edition in this way (a split), the one with the number or the card
//     keeps the id, else the one with the former head, else the one with most of the numbers; the others are new. Where
//     two are alike, all are new.
//   - A number that several families of the edition have leads nowhere.
//
// A new family's id follows from its number, unless a family of the edition or draft has that id: its card was once the same.
type matching struct {
	edition string    // "" where nothing is published
	base    *keyIndex // of the edition; never nil
	draft   *keyIndex // of what the draft holds when a file is added to it; never nil
	held    map[registry.HouseholdID]struct{}
	ids     *registry.Identities
	kind    registry.MatchKind // by which the file identifies families; "" for household ids, which stay what they are

	claims  map[int]claims // by family of the edition
	winners map[registry.HouseholdID]int
	went    map[int]struct{} // families of the edition some of whose numbers are in another one's row
	rows    int64
	found   FamilyMatches
}

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

// newMatching reads the keys of the newest published edition and, when adding to it, the draft.
func newMatching(j *job) (*matching, error) {
	m := &matching{base: &keyIndex{}, draft: &keyIndex{}, held: map[registry.HouseholdID]struct{}{}, ids: j.Secrets.Identities(),
		claims: map[int]claims{}, winners: map[registry.HouseholdID]int{}, went: map[int]struct{}{}}
	editions, err := j.Store.Editions(j.ctx)
	if err != nil {
		return nil, err
	}
	if m.edition = newest(editions); m.edition != "" {
		if m.base, err = newKeyIndex(j.Store.MatchKeys(j.ctx, m.edition)); err != nil {
			return nil, err
		}
	}
	if !j.Append {
		return m, nil
	}
	if m.draft, err = newKeyIndex(j.Store.MatchKeys(j.ctx, j.Edition)); err != nil {
		return nil, err
	}
	for h, err := range j.Store.Households(j.ctx, j.Edition) {
		if err != nil {
			return nil, err
		}
		m.held[h.ID] = struct{}{}
	}
	return m, nil
}

// newest names the published edition of the latest day; of one day, the last that was published.
func newest(editions []registry.Edition) string {
	var found *registry.Edition
	for i := range editions {
		e := &editions[i]
		if e.PublishedAt != nil && (found == nil || cmp.Or(cmp.Compare(e.AsOf, found.AsOf), e.PublishedAt.Compare(*found.PublishedAt)) > 0) {
			found = e
		}
	}
	if found == nil {
		return ""
	}
	return found.ID
}

// needed tells whether a file must be read once before its families have ids.
func (m *matching) needed() bool { return m.kind != "" && len(m.base.ids) > 0 }

// isHeld tells whether the draft, when a file is added to it, already has the family of a number.
func (m *matching) isHeld(id registry.HouseholdID, keys []registry.MatchKey) bool {
	if m.kind != "" && len(m.draft.ids) > 0 {
		if len(m.draft.find(keys[0].Hash)) > 0 { // the first is that of the number
			return true
		}
		if m.draft.has(id, m.kind) { // by another number than this
			return false
		}
	}
	_, held := m.held[id]
	return held
}

// claim takes in a family of the file: the id that its number makes, and its keys, that of the number first.
func (m *matching) claim(id registry.HouseholdID, keys []registry.MatchKey) {
	m.rows++
	family, c, ok := m.candidate(keys)
	c.id = id
	for _, k := range keys {
		if other, _, one := m.base.only(k.Hash); one && ok && other != family {
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

// candidate finds the family of the edition that a family of the file is.
func (m *matching) candidate(keys []registry.MatchKey) (family int, c claim, ok bool) {
	votes := map[int]*claim{}
	for i, k := range keys {
		found, head, one := m.base.only(k.Hash)
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

// id gives a family of the file its id; made is the one that its number makes.
func (m *matching) id(made registry.HouseholdID) registry.HouseholdID {
	if m.kind == "" {
		return made
	}
	if family, ok := m.winners[made]; ok {
		return m.base.ids[family]
	}
	for {
		_, held := m.held[made]
		if _, taken := m.base.position(made); !taken && !held {
			return made
		}
		made = m.ids.Other(made)
	}
}

// survey reads the file for its families alone, and decides which are those of the edition. What is wrong with its rows is
// told when they are read again.
func (m *matching) survey(j *job, places *places, mapping *Mapping) error {
	scout := *j
	scout.report = &Report{Kind: j.report.Kind, File: j.report.File}
	scout.rejects = silentRejects()
	r, err := newHouseholdReader(&scout, places.quiet(), mapping, m)
	if err != nil {
		return err
	}
	if m.needed() {
		var h registry.Household
		err = r.rows(func(line int, fields []string) error {
			if r.household(&h, line, fields) == nil {
				m.claim(h.ID, r.keys.list)
			}
			return nil
		})
		m.settle()
	}
	if err != nil {
		return err
	}
	return j.rewind()
}
