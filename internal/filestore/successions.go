package filestore

import (
	"context"
	"database/sql"
	"fmt"

	"kantong/internal/registry"
)

// PutSuccessions stores what a draft's areas were made from.
func (s *Store) PutSuccessions(ctx context.Context, edition string, im registry.Import, successions []registry.Succession) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := checkDraft(ctx, tx, edition); err != nil {
			return err
		}
		if !im.Append {
			if err := deleteRows(ctx, tx, "successions", edition); err != nil {
				return err
			}
		}
		add, done, err := insert(ctx, tx, "INSERT INTO successions (edition, code, predecessor, decree, date) VALUES (?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer done()
		for i := range successions {
			v := &successions[i]
			at := fmt.Sprintf("successions[%d]", i)
			if err := v.Check(); err != nil {
				return registry.Under(at, err)
			}
			err := add(edition, string(v.Code), string(v.Predecessor), v.Decree, orNull(string(v.Date), ""))
			if isTaken(err) {
				return registry.Conflict(at+".predecessor", "edition %s has it already that %s came from %s", edition, v.Code, v.Predecessor)
			}
			if err != nil {
				return err
			}
		}
		return logImport(ctx, tx, edition, registry.ImportSuccessions, "", im)
	})
}

// Successions gives what an edition's areas were made from, by code and predecessor.
func (s *Store) Successions(ctx context.Context, edition string) (list []registry.Succession, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		list, err = querySuccessions(ctx, tx, edition)
		return err
	})
	return list, err
}

func querySuccessions(ctx context.Context, tx *sql.Tx, edition string) ([]registry.Succession, error) {
	list := []registry.Succession{}
	err := query(ctx, tx, func(rows *sql.Rows) error {
		var v registry.Succession
		err := rows.Scan(&v.Code, &v.Predecessor, &v.Decree, &v.Date)
		list = append(list, v)
		return err
	}, "SELECT code, predecessor, decree, coalesce(strftime('%Y-%m-%d', date), '') FROM successions WHERE edition = ? ORDER BY code, predecessor", edition)
	return list, err
}
