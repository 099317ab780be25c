package filestore

import (
	"context"
	"database/sql"

	"kantong/internal/registry"
)

// Discard removes a draft edition with all that belongs to it, or the one draft release that is named.
func (s *Store) Discard(ctx context.Context, edition, release string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if release == "" {
			return discardEdition(ctx, tx, edition)
		}
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		r, err := e.FindRelease(release)
		if err != nil {
			return err
		}
		if r.PublishedAt != nil {
			return registry.Conflict("release", "release %s of edition %s is published and cannot be discarded", release, edition)
		}
		for _, text := range []string{
			"DELETE FROM enrolments WHERE edition = ? AND release = ?",
			"DELETE FROM unmatched WHERE edition = ? AND release = ?",
			"DELETE FROM imports WHERE edition = ? AND release = ? AND kind = 'enrolments'",
			"DELETE FROM releases WHERE edition = ? AND id = ?",
		} {
			if _, err := tx.ExecContext(ctx, text, edition, release); err != nil {
				return err
			}
		}
		return touch(ctx, tx, "enrolments", "unmatched", "imports", "releases")
	})
}

func discardEdition(ctx context.Context, tx *sql.Tx, edition string) error {
	e, err := findEdition(ctx, tx, edition)
	if err != nil {
		return err
	}
	if e.PublishedAt != nil {
		return registry.Conflict("edition", "edition %s is published and cannot be discarded", edition)
	}
	if err := deleteHouseholds(ctx, tx, edition); err != nil {
		return err
	}
	for _, table := range []string{"areas", "programs", "enrolments", "unmatched", "indicators", "successions", "imports", "releases"} {
		if err := deleteRows(ctx, tx, table, edition); err != nil {
			return err
		}
	}
	if _, err = tx.ExecContext(ctx, "DELETE FROM editions WHERE id = ?", edition); err != nil {
		return err
	}
	return touch(ctx, tx, "editions")
}

// deleteRows removes an edition's rows of a table.
func deleteRows(ctx context.Context, tx *sql.Tx, table, edition string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE edition = ?", edition); err != nil {
		return err
	}
	return touch(ctx, tx, table)
}
