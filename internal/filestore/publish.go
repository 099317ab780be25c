package filestore

import (
	"context"
	"database/sql"

	"kantong/internal/registry"
)

// Publish makes a draft immutable, in one transaction. release names the draft release to publish with it. With "" that
// is the edition's own unnamed one; else, for a draft edition, its only draft release; else an empty one is made. A
// published edition is published again only with a further release.
func (s *Store) Publish(ctx context.Context, edition, release string, o registry.PublishOptions) (registry.State, error) {
	var state registry.State
	err := s.write(ctx, func(tx *sql.Tx) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		r, err := releaseToPublish(ctx, tx, &e, release)
		if err != nil {
			return err
		}
		if err := checkPublication(ctx, tx, &e, r.ID, o.AcceptRejected); err != nil {
			return err
		}
		if err := cacheForWriting(ctx, tx); err != nil {
			return err
		}
		at := stamp(o.Now)
		if e.PublishedAt == nil {
			if err := publishEdition(ctx, tx, &e, at, o); err != nil {
				return err
			}
		}
		if err := publishRelease(ctx, tx, edition, &r, at); err != nil {
			return err
		}
		e.Releases = nil
		state = registry.State{Edition: e, Release: r, Hash: registry.StateHash(e.ContentHash, r.ContentHash)}
		return nil
	})
	if err != nil {
		return registry.State{}, err
	}
	return state, nil
}

// releaseToPublish chooses the draft release of a publication, as Publish says, making an empty one where there is none.
func releaseToPublish(ctx context.Context, tx *sql.Tx, e *registry.Edition, name string) (registry.Release, error) {
	r, err := e.ReleaseToPublish(name)
	switch {
	case err != nil:
		return registry.Release{}, err
	case r != nil:
		return *r, nil
	}
	return registry.Release{}, insertRelease(ctx, tx, e.ID, registry.Release{})
}

// publishEdition writes an edition's record keys, and its hash, counts and sums of keys, which it sets in e, too.
func publishEdition(ctx context.Context, tx *sql.Tx, e *registry.Edition, at string, o registry.PublishOptions) error {
	p := publication{tx: tx, edition: e.ID, hash: registry.NewContentHash(), options: o}
	if err := p.run(ctx); err != nil {
		return err
	}
	e.Households, e.People, e.Located, e.ContentHash = p.counts.households, p.counts.people, p.counts.located, p.hash.Hex()
	e.Keys, e.LocatedKeys = p.all.Keys, p.located.Keys
	_, err := tx.ExecContext(ctx, `UPDATE editions SET households = ?, people = ?, located = ?, keys = ?, located_keys = ?, content_hash = ?,
		published_at = ? WHERE id = ?`, e.Households, e.People, e.Located, integerOf(e.Keys), integerOf(e.LocatedKeys), e.ContentHash, at, e.ID)
	if err != nil {
		return err
	}
	if e.PublishedAt, err = stampOrNil(at); err != nil {
		return err
	}
	if err := growExtent(ctx, tx, "areas", p.areas); err != nil {
		return err
	}
	if err := growExtent(ctx, tx, "households", p.points); err != nil {
		return err
	}
	return touch(ctx, tx, "editions", "record_keys")
}

func publishRelease(ctx context.Context, tx *sql.Tx, edition string, r *registry.Release, at string) (err error) {
	hash := registry.NewContentHash()
	r.Enrolments = 0
	err = scanEnrolments(ctx, tx, edition, r.ID, func(e *registry.Enrolment) error {
		r.Enrolments++
		hash.Enrolment(e)
		return nil
	})
	if err != nil {
		return err
	}
	unmatched, err := queryUnmatched(ctx, tx, edition, r.ID)
	if err != nil {
		return err
	}
	for i := range unmatched {
		hash.Unmatched(&unmatched[i])
	}
	r.ContentHash = hash.Hex()
	if r.PublishedAt, err = stampOrNil(at); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE releases SET enrolments = ?, content_hash = ?, published_at = ? WHERE edition = ? AND id = ?",
		r.Enrolments, r.ContentHash, at, edition, r.ID)
	if err != nil {
		return err
	}
	return touch(ctx, tx, "releases")
}
