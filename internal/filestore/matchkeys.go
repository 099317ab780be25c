package filestore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"kantong/internal/registry"
)

// MatchKeys gives the keys of an edition's households by household, kind and hash, from one snapshot.
func (s *Store) MatchKeys(ctx context.Context, edition string) iter.Seq2[registry.HouseholdKey, error] {
	return stream(ctx, s, func(tx *sql.Tx, each func(registry.HouseholdKey) error) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		var id, kind string
		var hash []byte
		return query(ctx, tx, func(rows *sql.Rows) (err error) {
			var k registry.HouseholdKey
			if err = rows.Scan(&id, &kind, &hash); err != nil {
				return err
			}
			if k.Household, err = registry.ParseHouseholdID(id); err != nil {
				return err
			}
			if k.Kind, err = registry.ParseMatchKind(kind); err != nil || copy(k.Hash[:], hash) != len(hash) {
				return fmt.Errorf("read match keys of %s: %w", id, err)
			}
			return each(k)
		}, `SELECT h.id, k.kind, k.hash FROM households h CROSS JOIN match_keys k ON k.household_fid = h.fid
			WHERE h.edition = ? ORDER BY h.id, k.kind, k.hash`, edition)
	})
}

// deleteHouseholds removes a draft's households with their keys.
func deleteHouseholds(ctx context.Context, tx *sql.Tx, edition string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM match_keys WHERE household_fid IN (SELECT fid FROM households WHERE edition = ?)", edition)
	if err == nil {
		err = touch(ctx, tx, "match_keys")
	}
	if err == nil {
		err = deleteRows(ctx, tx, "households", edition)
	}
	return err
}

// PutPoints gives households of a draft their location.
func (s *Store) PutPoints(ctx context.Context, edition string, im *registry.Import, points iter.Seq2[registry.HouseholdPoint, error]) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := checkDraft(ctx, tx, edition); err != nil {
			return err
		}
		if err := updatePoints(ctx, tx, edition, points); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE editions SET located = (SELECT count(*) FROM households WHERE edition = ?1 AND geom IS NOT NULL) WHERE id = ?1", edition)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, "households"); err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportPoints, "", *im)
	})
}

func updatePoints(ctx context.Context, tx *sql.Tx, edition string, points iter.Seq2[registry.HouseholdPoint, error]) error {
	statement, err := tx.PrepareContext(ctx, "UPDATE households SET geom = ? WHERE edition = ? AND id = ?")
	if err != nil {
		return err
	}
	defer statement.Close()
	unwatched := context.WithoutCancel(ctx)
	for p, err := range points {
		if err != nil {
			return given{err}
		}
		h := registry.Household{Located: true, Point: p.Point}
		result, err := statement.ExecContext(unwatched, pointOf(&h), edition, p.Household.String())
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return registry.NotFound("id", "edition %s has no household %s", edition, p.Household)
		}
	}
	return ctx.Err()
}
