package postgis

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// MatchKeys gives the keys of an edition's households by household, kind and hash, from one snapshot.
func (s *Store) MatchKeys(ctx context.Context, edition string) iter.Seq2[registry.HouseholdKey, error] {
	return stream(ctx, s, func(tx pgx.Tx, each func(registry.HouseholdKey) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil || e.householdTable == nil {
			return err
		}
		return fetch(ctx, tx, func(row [][]byte) (err error) {
			var k registry.HouseholdKey
			copy(k.Household[:], row[0])
			copy(k.Hash[:], row[2])
			if k.Kind, err = registry.ParseMatchKind(string(row[1])); err != nil {
				return err
			}
			return each(k)
		}, nil, "SELECT household, kind, hash FROM "+matchKeyTable(*e.householdTable)+" ORDER BY household, kind, hash")
	})
}

func insertMatchKeys(ctx context.Context, tx pgx.Tx, table int, keys []registry.HouseholdKey) error {
	_, err := load(ctx, tx, matchKeyTable(table), []string{"household", "hash", "kind"}, listed(keys), func(dst []byte, k *registry.HouseholdKey) ([]byte, error) {
		return appendBytes(appendBytes(appendBytes(dst, k.Household[:]), k.Hash[:]), string(k.Kind)), nil
	})
	return err
}

// listed is the sequence of a list.
func listed[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// PutPoints gives households of a draft their location.
func (s *Store) PutPoints(ctx context.Context, edition string, im *registry.Import, points iter.Seq2[registry.HouseholdPoint, error]) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockDraft(ctx, tx, edition)
		if err != nil {
			return err
		}
		if e.householdTable == nil {
			for p, err := range points {
				if err != nil {
					return given{err}
				}
				return registry.NotFound("id", "edition %s has no household %s", edition, p.Household)
			}
			return logImport(ctx, tx, edition, registry.ImportPoints, "", *im)
		}
		var table int // the draft's own; this lets the caller write to it
		if err := tx.QueryRow(ctx, "SELECT kantong.household_table_for($1, true)", edition).Scan(&table); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE household_point (id uuid, lon_e7 int, lat_e7 int) ON COMMIT DROP"); err != nil {
			return err
		}
		_, err = load(ctx, tx, "household_point", []string{"id", "lon_e7", "lat_e7"}, points, func(dst []byte, p *registry.HouseholdPoint) ([]byte, error) {
			return appendInt32(appendInt32(appendBytes(dst, p.Household[:]), p.Point.Lon), p.Point.Lat), nil
		})
		if err == nil {
			err = updatePoints(ctx, tx, edition, householdTable(table))
		}
		if err == nil {
			_, err = tx.Exec(ctx, "UPDATE kantong.edition SET located = (SELECT count(*) FROM "+householdTable(table)+" WHERE lon_e7 IS NOT NULL) WHERE id = $1", edition)
		}
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportPoints, "", *im)
	})
}

func updatePoints(ctx context.Context, tx pgx.Tx, edition, table string) error {
	if _, err := tx.Exec(ctx, "ANALYZE household_point"); err != nil {
		return err
	}
	err := query(ctx, tx, func(rows pgx.Rows) error {
		var stranger registry.HouseholdID
		if err := rows.Scan((*[16]byte)(&stranger)); err != nil {
			return err
		}
		return registry.NotFound("id", "edition %s has no household %s", edition, stranger)
	}, "SELECT id FROM household_point p WHERE NOT EXISTS (SELECT FROM "+table+" h WHERE h.id = p.id) LIMIT 1")
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE "+table+" h SET lon_e7 = p.lon_e7, lat_e7 = p.lat_e7 FROM household_point p WHERE h.id = p.id")
	return err
}
