package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Discard removes a draft edition with all that belongs to it, or the one draft release that is named.
func (s *Store) Discard(ctx context.Context, edition, release string) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if release == "" {
			return discardEdition(ctx, tx, e)
		}
		r, err := e.FindRelease(release)
		if err != nil {
			return err
		}
		if r.PublishedAt != nil {
			return registry.Conflict("release", "release %s of edition %s is published and cannot be discarded", release, edition)
		}
		for _, text := range []string{
			"DELETE FROM kantong.draft_enrolment WHERE edition = $1 AND release = $2",
			"DELETE FROM kantong.unmatched WHERE edition = $1 AND release = $2",
			"DELETE FROM kantong.import WHERE edition = $1 AND release = $2 AND kind = 'enrolments'",
			"DELETE FROM kantong.release WHERE edition = $1 AND id = $2",
		} {
			if _, err := tx.Exec(ctx, text, edition, release); err != nil {
				return err
			}
		}
		return nil
	})
}

func discardEdition(ctx context.Context, tx pgx.Tx, e *edition) error {
	if e.PublishedAt != nil {
		return registry.Conflict("edition", "edition %s is published and cannot be discarded", e.ID)
	}
	for _, text := range []string{
		"SELECT kantong.drop_household_table($1)",
		"DELETE FROM kantong.draft_enrolment WHERE edition = $1",
		"DELETE FROM kantong.edition WHERE id = $1", // areas and all else go with it
	} {
		if _, err := tx.Exec(ctx, text, e.ID); err != nil {
			return err
		}
	}
	return nil
}
