package filestore

import (
	"context"
	"database/sql"

	"kantong/internal/registry"
)

// Unmatched gives a release's counts of recipients that are no family of the edition, by programme and area.
func (s *Store) Unmatched(ctx context.Context, edition, release string) (list []registry.Unmatched, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		e, err := findEdition(ctx, tx, edition)
		if err == nil {
			_, err = e.FindRelease(release)
		}
		if err == nil {
			list, err = queryUnmatched(ctx, tx, edition, release)
		}
		return err
	})
	return list, err
}

func queryUnmatched(ctx context.Context, tx *sql.Tx, edition, release string) ([]registry.Unmatched, error) {
	list := []registry.Unmatched{}
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var u registry.Unmatched
		var keys int64
		err := rows.Scan(&u.Program, &u.Area, &u.Recipients, &keys)
		u.Keys = wordsOf(keys)
		list = append(list, u)
		return err
	}, "SELECT program, area_code, recipients, keys FROM unmatched WHERE edition = ? AND release = ? ORDER BY program, area_code", edition, release)
	return list, err
}

// putUnmatched replaces a draft release's counts, or adds to them.
func putUnmatched(ctx context.Context, tx *sql.Tx, edition, release string, im *registry.Import) error {
	var former []registry.Unmatched
	if im.Append {
		var err error
		if former, err = queryUnmatched(ctx, tx, edition, release); err != nil {
			return err
		}
	}
	if err := deleteUnmatched(ctx, tx, edition, release); err != nil {
		return err
	}
	for _, u := range registry.AddUnmatched(former, im.Unmatched) {
		_, err := tx.ExecContext(ctx, "INSERT INTO unmatched (edition, release, program, area_code, recipients, keys) VALUES (?, ?, ?, ?, ?, ?)",
			edition, release, u.Program, string(u.Area), u.Recipients, integerOf(u.Keys))
		if err != nil {
			return err
		}
	}
	return touch(ctx, tx, "unmatched")
}

func deleteUnmatched(ctx context.Context, tx *sql.Tx, edition, release string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM unmatched WHERE edition = ? AND release = ?", edition, release)
	return err
}
