package filestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"kantong/internal/registry"
)

// Households gives an edition's households by id, from one snapshot.
func (s *Store) Households(ctx context.Context, edition string) iter.Seq2[registry.Household, error] {
	return stream(ctx, s, func(tx *sql.Tx, each func(registry.Household) error) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		return scanHouseholds(ctx, tx, "0", "FROM households h WHERE h.edition = ? ORDER BY h.id", []any{edition},
			func(h *registry.Household, _ int64) error { return each(*h) })
	})
}

// Records gives a published edition's households by id with their record keys. A draft has none: CONFLICT.
func (s *Store) Records(ctx context.Context, edition string) iter.Seq2[registry.Record, error] {
	return stream(ctx, s, func(tx *sql.Tx, each func(registry.Record) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if e.PublishedAt == nil {
			return registry.Conflict("edition", "edition %s is a draft: its households have no record keys yet", edition)
		}
		return scanHouseholds(ctx, tx, "k.record_key",
			"FROM households h CROSS JOIN record_keys k ON k.household_fid = h.fid WHERE h.edition = ? ORDER BY h.id", []any{edition},
			func(h *registry.Household, key int64) error {
				return each(registry.Record{Household: *h, Key: wordsOf(key)})
			})
	})
}

// Attributes gives the households of the ids, in that order, nil for one that the edition does not have.
func (s *Store) Attributes(ctx context.Context, edition string, ids []registry.HouseholdID) ([]*registry.Household, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	found := make(map[registry.HouseholdID]*registry.Household, len(ids))
	err = s.read(ctx, func(tx *sql.Tx) error {
		if _, err := findEdition(ctx, tx, edition); err != nil {
			return err
		}
		return scanHouseholds(ctx, tx, "0", "FROM households h WHERE h.edition = ? AND h.id IN (SELECT value FROM json_each(?))",
			[]any{edition, string(list)}, func(h *registry.Household, _ int64) error {
				one := *h
				found[h.ID] = &one
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	out := make([]*registry.Household, len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, nil
}

// scanHouseholds gives each the households of a query and the value of one more column. The household is overwritten by the next.
func scanHouseholds(ctx context.Context, tx *sql.Tx, extra, from string, args []any, each func(h *registry.Household, extra int64) error) error {
	read := readColumns()
	names := make([]string, len(read))
	values, into := make([]any, len(read)), make([]any, len(read)+1)
	for i, c := range read {
		names[i], into[i] = "h."+c.name, &values[i]
	}
	var h registry.Household
	var more int64
	into[len(read)] = &more
	return query(ctx, tx, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range read {
			if !c.set(&h, values[i]) {
				return fmt.Errorf("read households: row %v: column %s holds %v, which was not written by this program", values[1], c.name, values[i])
			}
		}
		return each(&h, more)
	}, "SELECT "+strings.Join(names, ", ")+", "+extra+" "+from, args...)
}

func readColumns() (read []column) {
	for _, c := range householdColumns {
		if c.set != nil {
			read = append(read, c)
		}
	}
	return read
}
