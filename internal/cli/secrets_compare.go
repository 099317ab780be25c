package cli

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"

	"kantong/internal/registry"
)

// contents are those of an edition or a release, in a form that doesn't depend on the order of ids: two are equal when the
// same rows are in both.
type contents struct {
	shared        string             // hash of areas, indicators and successions, and the programmes
	rows          rowSum             // households or enrolments
	keys, located registry.RecordKey // sums of record keys
}

// rowSum adds up hashes of rows.
type rowSum [4]uint64

func (s *rowSum) add(c *registry.ContentHash) {
	sum, err := hex.DecodeString(c.Hex())
	if err != nil {
		panic(err) // hexadecimal by contract
	}
	s.addHash([32]byte(sum))
}

func (s *rowSum) addHash(sum [32]byte) {
	for i := range s {
		s[i] += binary.BigEndian.Uint64(sum[8*i:])
	}
}

// compare tells whether a state that was made anew is the original in everything but what new keys change.
func (r *rotation) compare(e registry.Edition, release registry.Release, made registry.State) error {
	m := made.Edition
	switch {
	case m.Households != e.Households || m.People != e.People || m.Located != e.Located || made.Release.Enrolments != release.Enrolments:
		return r.differs(made, "another number of families, people or enrolments")
	case !r.ids && (m.ContentHash != e.ContentHash || made.Release.ContentHash != release.ContentHash):
		return r.differs(made, "another hash")
	case r.ids && (m.ContentHash == e.ContentHash || release.Enrolments > 0 && made.Release.ContentHash == release.ContentHash):
		return r.differs(made, "the former ids")
	case m.Keys == e.Keys:
		return r.differs(made, "the former record keys")
	}
	if r.compared != e.ID {
		if err := r.compareEdition(e, made); err != nil {
			return err
		}
		r.compared = e.ID
	}
	return r.compareRelease(e, release, made)
}

func (r *rotation) differs(made registry.State, by string) error {
	return registry.Errorf(registry.CodeInternal, "", "the copy of %s has %s: don't use it", made.ID(), by)
}

func (r *rotation) compareEdition(e registry.Edition, made registry.State) error {
	want, err := r.editionContents(r.from, e.ID, r.rekey)
	if err != nil {
		return err
	}
	got, err := r.editionContents(r.to, e.ID, same.rekey)
	if err != nil {
		return err
	}
	if got != want {
		return r.differs(made, "other contents than the original")
	}
	if made.Edition.Keys != want.keys || made.Edition.LocatedKeys != want.located {
		return r.differs(made, "record keys that the new key did not make")
	}
	return nil
}

// editionContents reads an edition as it is with other ids, and adds up the record keys that belong to those.
func (r *rotation) editionContents(s *store, edition string, rekey func(registry.HouseholdID) registry.HouseholdID) (c contents, err error) {
	areas, err := s.Areas(r.ctx, edition)
	if err != nil {
		return c, err
	}
	indicators, err := s.Indicators(r.ctx, edition)
	if err != nil {
		return c, err
	}
	successions, err := s.Successions(r.ctx, edition)
	if err != nil {
		return c, err
	}
	programs, _, err := s.Programs(r.ctx, edition)
	if err != nil {
		return c, err
	}
	shared := registry.NewContentHash()
	for i := range areas {
		shared.Area(&areas[i])
	}
	for i := range indicators {
		shared.Indicator(&indicators[i])
	}
	for i := range successions {
		shared.Succession(&successions[i])
	}
	rules, err := json.Marshal(programs)
	if err != nil {
		return c, err
	}
	c.shared = shared.Hex() + string(rules)
	n := int64(0)
	for h, err := range counted(r.program, "comparing families of "+edition, s.Households(r.ctx, edition), &n, 0) {
		if err != nil {
			return c, err
		}
		h.ID = rekey(h.ID)
		row := registry.NewContentHash()
		row.Household(&h)
		c.rows.add(row)
		key := r.secrets.RecordKey(h.ID)
		c.keys = added(c.keys, key)
		if h.Located {
			c.located = added(c.located, key)
		}
	}
	return c, nil
}

// added sums record keys as editions do.
func added(a, b registry.RecordKey) registry.RecordKey {
	return registry.RecordKey{a[0] + b[0], a[1] + b[1]}
}

func (r *rotation) compareRelease(e registry.Edition, release registry.Release, made registry.State) error {
	want, err := r.enrolments(r.from, e.ID, release.ID, r.rekey)
	if err != nil {
		return err
	}
	got, err := r.enrolments(r.to, e.ID, release.ID, same.rekey)
	if err == nil && got != want {
		err = r.differs(made, "other enrolments than the original")
	}
	if err != nil {
		return err
	}
	return r.compareUnmatched(e, release, made)
}

// compareUnmatched compares the counts of recipients not found; the sums of keys are those of the new secrets.
func (r *rotation) compareUnmatched(e registry.Edition, release registry.Release, made registry.State) error {
	want, err := r.from.Unmatched(r.ctx, e.ID, release.ID)
	if err != nil {
		return err
	}
	got, err := r.to.Unmatched(r.ctx, e.ID, release.ID)
	if err != nil {
		return err
	}
	for i := range want {
		want[i].Keys = r.rekeyUnmatched(want[i])
	}
	if !slices.Equal(got, want) {
		return r.differs(made, "other recipients that were not found than the original")
	}
	return nil
}

func (r *rotation) enrolments(s *store, edition, release string, rekey func(registry.HouseholdID) registry.HouseholdID) (sum rowSum, err error) {
	n := int64(0)
	for row, err := range counted(r.program, "comparing enrolments of "+registry.StateID(edition, release), s.Enrolments(r.ctx, edition, release), &n, 0) {
		if err != nil {
			return sum, err
		}
		row.Household = rekey(row.Household)
		c := registry.NewContentHash()
		c.Enrolment(&row)
		sum.add(c)
	}
	return sum, nil
}
