package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// PutSuccessions stores what a draft's areas were made from.
func (s *Store) PutSuccessions(ctx context.Context, edition string, im registry.Import, successions []registry.Succession) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		if _, err := lockDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if _, err := tx.Exec(ctx, "DELETE FROM kantong.succession WHERE edition = $1", edition); err != nil {
				return err
			}
		}
		err := insertEach(ctx, tx, "INSERT INTO kantong.succession (edition, code, predecessor, decree, date) VALUES ($1, $2, $3, $4, $5)", successions,
			func(v *registry.Succession) ([]any, error) {
				if err := v.Check(); err != nil {
					return nil, err
				}
				date, err := dateOrNull("date", v.Date)
				return []any{edition, string(v.Code), string(v.Predecessor), v.Decree, date}, err
			}, func(v *registry.Succession) error {
				return registry.Conflict("predecessor", "edition %s has it already that %s came from %s", edition, v.Code, v.Predecessor)
			}, "successions")
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportSuccessions, "", im)
	})
}

// Successions gives what an edition's areas were made from, by code and predecessor.
func (s *Store) Successions(ctx context.Context, edition string) (list []registry.Succession, err error) {
	err = s.read(ctx, func(tx pgx.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = querySuccessions(ctx, tx, edition)
		return err
	})
	return list, err
}

func querySuccessions(ctx context.Context, tx pgx.Tx, edition string) ([]registry.Succession, error) {
	list := []registry.Succession{}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var v registry.Succession
		var date *time.Time
		err := rows.Scan(&v.Code, &v.Predecessor, &v.Decree, &date)
		v.Date = dateOf(date)
		list = append(list, v)
		return err
	}, "SELECT code, predecessor, decree, date FROM kantong.succession WHERE edition = $1 ORDER BY code, predecessor", edition)
	return list, err
}
