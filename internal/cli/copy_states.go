package cli

import (
	"crypto/sha256"
	"iter"
	"slices"
	"time"

	"kantong/internal/registry"
)

// copying takes what is published in one store to another.
type copying struct {
	*program
	from, to *store
	file     string           // what the target's log of imports names as the origin
	secrets  registry.Secrets // make the record keys
	rekeying
}

// rekeying gives what secrets made in one store the form that they have in another.
type rekeying struct {
	rekey          func(registry.HouseholdID) registry.HouseholdID
	rekeyMatch     func(registry.MatchHash) registry.MatchHash
	rekeyUnmatched func(registry.Unmatched) registry.RecordKey
}

// same leaves everything as it is.
var same = rekeying{
	func(id registry.HouseholdID) registry.HouseholdID { return id },
	func(hash registry.MatchHash) registry.MatchHash { return hash },
	func(u registry.Unmatched) registry.RecordKey { return u.Keys },
}

// states copies what is published and not yet there, in the order in which it was published. done gets each original and
// what was made of it.
func (c *copying) states(there map[string]string, done func(registry.Edition, registry.Release, registry.State) error) error {
	editions, err := c.from.Editions(c.ctx)
	if err != nil {
		return err
	}
	for i := len(editions) - 1; i >= 0; i-- {
		e := editions[i]
		if e.PublishedAt == nil {
			continue
		}
		if hash, ok := there[e.ID]; ok && hash != e.ContentHash {
			return registry.Conflict("--to", "holds another edition %s: its hash differs", e.ID)
		}
		for _, r := range e.Releases {
			if _, ok := there[registry.StateID(e.ID, r.ID)+" release"]; ok || r.PublishedAt == nil {
				continue
			}
			made, err := c.state(e, r)
			if err == nil {
				err = done(e, r, made)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// state copies a release, with its edition if that is not there yet, and publishes it.
func (c *copying) state(e registry.Edition, r registry.Release) (made registry.State, err error) {
	state := registry.StateID(e.ID, r.ID)
	_, err = findEdition(c.program, c.to, e.ID)
	if registry.CodeOf(err) == registry.CodeNotFound {
		err = c.edition(e)
	}
	if err == nil && r.ID != "" {
		err = c.to.CreateRelease(c.ctx, e.ID, registry.Release{ID: r.ID, EnrolmentsAsOf: r.EnrolmentsAsOf})
	}
	if err != nil {
		return made, err
	}
	im := c.as(registry.ImportEnrolments)
	im.Release = r.ID
	if im.Unmatched, err = c.from.Unmatched(c.ctx, e.ID, r.ID); err != nil {
		return made, err
	}
	for i := range im.Unmatched {
		im.Unmatched[i].Keys = c.rekeyUnmatched(im.Unmatched[i])
	}
	rows := changed(c.from.Enrolments(c.ctx, e.ID, r.ID), func(n *registry.Enrolment) { n.Household = c.rekey(n.Household) })
	if err := c.to.PutEnrolments(c.ctx, e.ID, r.ID, &im, counted(c.program, "copying enrolments of "+state, rows, &im.Rows, r.Enrolments)); err != nil {
		return made, err
	}
	bar := c.progress("publishing " + state)
	defer bar.done()
	return c.to.Publish(c.ctx, e.ID, r.ID, registry.PublishOptions{Secrets: c.secrets, Now: *r.PublishedAt, Progress: func(n int64) { bar.show("families", n, e.Households) }})
}

func (c *copying) edition(e registry.Edition) error {
	if err := c.to.CreateEdition(c.ctx, e); err != nil {
		return err
	}
	areas, err := c.from.Areas(c.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := c.to.PutAreas(c.ctx, e.ID, c.as(registry.ImportAreas), areas); err != nil {
		return err
	}
	indicators, err := c.from.Indicators(c.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := c.to.PutIndicators(c.ctx, e.ID, c.as(registry.ImportIndicators), indicators); err != nil {
		return err
	}
	successions, err := c.from.Successions(c.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := c.to.PutSuccessions(c.ctx, e.ID, c.as(registry.ImportSuccessions), successions); err != nil {
		return err
	}
	programs, _, err := c.from.Programs(c.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := c.to.PutPrograms(c.ctx, e.ID, c.as(registry.ImportPrograms), programs); err != nil {
		return err
	}
	im := c.as(registry.ImportHouseholds)
	keyed := registry.WithMatchKeys(c.from.Households(c.ctx, e.ID), c.from.MatchKeys(c.ctx, e.ID))
	rows := changed(keyed, func(h *registry.Household) {
		h.ID = c.rekey(h.ID)
		for i := range h.MatchKeys {
			h.MatchKeys[i].Hash = c.rekeyMatch(h.MatchKeys[i].Hash)
		}
	})
	if err := c.to.PutHouseholds(c.ctx, e.ID, &im, counted(c.program, "copying families of "+e.ID, rows, &im.Rows, e.Households)); err != nil {
		return err
	}
	return c.compareMatchKeys(e.ID)
}

// compareMatchKeys tells whether all match keys have arrived: no hash of contents does.
func (c *copying) compareMatchKeys(edition string) error {
	want, err := c.sumMatchKeys(c.from, edition, c.rekeying)
	if err != nil {
		return err
	}
	got, err := c.sumMatchKeys(c.to, edition, same)
	if err == nil && got != want {
		err = registry.Errorf(registry.CodeInternal, "", "the copy of %s has other match keys than the original: don't use it", edition)
	}
	return err
}

func (c *copying) sumMatchKeys(s *store, edition string, r rekeying) (sum rowSum, err error) {
	for k, err := range s.MatchKeys(c.ctx, edition) {
		if err != nil {
			return sum, err
		}
		id, hash := r.rekey(k.Household), r.rekeyMatch(k.Hash)
		sum.addHash(sha256.Sum256(slices.Concat(id[:], hash[:], []byte(k.Kind))))
	}
	return sum, nil
}

func (c *copying) as(kind registry.ImportKind) registry.Import {
	return registry.Import{Kind: kind, File: c.file, At: time.Now()}
}

// changed passes a stream on, each row after a change.
func changed[T any](rows iter.Seq2[T, error], change func(*T)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err == nil {
				change(&row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
