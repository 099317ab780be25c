package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Publish makes a draft immutable, in one transaction. release names the draft release to publish with it. With "" that
// is the edition's own unnamed one; else, for a draft edition, its only draft release; else an empty one is made. A
// published edition is published again only with a further release. Other servers are told by Listen.
func (s *Store) Publish(ctx context.Context, edition, release string, o registry.PublishOptions) (registry.State, error) {
	var state registry.State
	var table int
	err := s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		r, err := releaseToPublish(ctx, tx, e, release)
		if err != nil {
			return err
		}
		if err := checkPublication(ctx, tx, e, r.ID, o.AcceptRejected); err != nil {
			return err
		}
		if err := publishRelease(ctx, tx, e, &r, stored(o.Now)); err != nil {
			return err
		}
		wasDraft := e.PublishedAt == nil
		if wasDraft {
			if err := publishEdition(ctx, tx, e, o); err != nil {
				return err
			}
		}
		if table, err = buildState(ctx, tx, e, r.ID, wasDraft); err != nil {
			return err
		}
		if err := attach(ctx, tx, e, &r, table, wasDraft); err != nil {
			return err
		}
		e.Releases = nil
		state = registry.State{Edition: e.Edition, Release: r, Hash: registry.StateHash(e.ContentHash, r.ContentHash)}
		return notify(ctx, tx, state.ID())
	})
	if err != nil {
		return registry.State{}, err
	}
	s.vacuum(ctx, table)
	return state, nil
}

// vacuum lets index-only scans trust the index of a new state at once. Autovacuum does it too, some minutes later: so
// nothing is lost when it fails, or when this user may not.
func (s *Store) vacuum(ctx context.Context, table int) {
	_, _ = s.pool.Exec(ctx, "VACUUM (INDEX_CLEANUP OFF) "+stateTable(table))
}

// releaseToPublish chooses the draft release of a publication, as Publish says, making an empty one where there is none.
func releaseToPublish(ctx context.Context, tx pgx.Tx, e *edition, name string) (registry.Release, error) {
	r, err := e.ReleaseToPublish(name)
	switch {
	case err != nil:
		return registry.Release{}, err
	case r != nil:
		return *r, nil
	}
	return registry.Release{}, insertRelease(ctx, tx, e.ID, registry.Release{})
}

// publishRelease finds a release's hash and count.
func publishRelease(ctx context.Context, tx pgx.Tx, e *edition, r *registry.Release, at time.Time) error {
	hash := registry.NewContentHash()
	r.Enrolments = 0
	err := scanEnrolments(ctx, tx, e, r.ID, func(v *registry.Enrolment) error {
		r.Enrolments++
		hash.Enrolment(v)
		return nil
	})
	if err != nil {
		return err
	}
	unmatched, err := queryUnmatched(ctx, tx, e.ID, r.ID)
	for i := range unmatched {
		hash.Unmatched(&unmatched[i])
	}
	r.ContentHash, r.PublishedAt = hash.Hex(), &at
	return err
}

// attach makes partitions of the tables of a publication, and sets its hashes, counts and times.
func attach(ctx context.Context, tx pgx.Tx, e *edition, r *registry.Release, table int, wasDraft bool) error {
	if wasDraft {
		e.PublishedAt = r.PublishedAt
		if _, err := tx.Exec(ctx, "SELECT kantong.attach_household_table($1)", e.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE kantong.edition SET households = $2, people = $3, located = $4, content_hash = $5, published_at = $6,
			keys_1 = $7, keys_2 = $8, located_keys_1 = $9, located_keys_2 = $10 WHERE id = $1`, e.ID, e.Households, e.People, e.Located,
			e.ContentHash, *e.PublishedAt, e.Keys[0], e.Keys[1], e.LocatedKeys[0], e.LocatedKeys[1])
		if err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "SELECT kantong.attach_state_tables($1, $2, $3)", e.ID, r.ID, table); err != nil {
		return err
	}
	if err := deleteEnrolments(ctx, tx, e.ID, r.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE kantong.release SET enrolments = $3, content_hash = $4, published_at = $5 WHERE edition = $1 AND id = $2",
		e.ID, r.ID, r.Enrolments, r.ContentHash, *r.PublishedAt)
	return err
}
