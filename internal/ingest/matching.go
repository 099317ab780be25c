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
//   - A number that several families of the edition have leads nowhere, nor does an office's own household number unless it is
//     what the file identifies families by.
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

// newMatching reads the keys of the newest published edition and, when adding to it, the draft.
func newMatching(j *job) (*matching, error) {
	m := &matching{edition: j.base, base: &keyIndex{}, draft: &keyIndex{}, held: map[registry.HouseholdID]struct{}{}, ids: j.Secrets.Identities(),
		claims: map[int]claims{}, winners: map[registry.HouseholdID]int{}, went: map[int]struct{}{}}
	var err error
	if m.edition != "" {
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
	scout.rejects = countRejects()
	r, err := newHouseholdReader(&scout, places.quiet(), mapping, m)
	if scout.opened != nil {
		defer scout.opened.Close()
	}
	if err != nil {
		return err
	}
	if m.needed() {
		err = r.each(func(h *registry.Household, keys []registry.MatchKey) error {
			m.claim(h.ID, keys)
			return nil
		})
		m.settle()
	}
	return err
}
