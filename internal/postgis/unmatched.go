package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Unmatched gives a release's counts of recipients that are no family of the edition, by programme and area.
func (s *Store) Unmatched(ctx context.Context, edition, release string) (list []registry.Unmatched, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
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

func queryUnmatched(ctx context.Context, tx pgx.Tx, edition, release string) ([]registry.Unmatched, error) {
	list := []registry.Unmatched{}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var u registry.Unmatched
		err := rows.Scan(&u.Program, &u.Area, &u.Recipients, &u.Keys[0], &u.Keys[1])
		list = append(list, u)
		return err
	}, "SELECT program, area_code, recipients, keys_1, keys_2 FROM kantong.unmatched WHERE edition = $1 AND release = $2 ORDER BY program, area_code", edition, release)
	return list, err
}

// putUnmatched replaces a draft release's counts, or adds to them.
func putUnmatched(ctx context.Context, tx pgx.Tx, edition, release string, im *registry.Import) error {
	var former []registry.Unmatched
	if im.Append {
		var err error
		if former, err = queryUnmatched(ctx, tx, edition, release); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM kantong.unmatched WHERE edition = $1 AND release = $2", edition, release); err != nil {
		return err
	}
	for _, u := range registry.AddUnmatched(former, im.Unmatched) {
		_, err := tx.Exec(ctx, "INSERT INTO kantong.unmatched (edition, release, program, area_code, recipients, keys_1, keys_2) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			edition, release, u.Program, string(u.Area), u.Recipients, int64(u.Keys[0]), int64(u.Keys[1]))
		if err != nil {
			return err
		}
	}
	return nil
}
