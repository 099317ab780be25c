package postgis

import (
	"context"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Households gives an edition's households by id, from one snapshot.
func (s *Store) Households(ctx context.Context, edition string) iter.Seq2[registry.Household, error] {
	return stream(ctx, s, func(tx pgx.Tx, each func(registry.Household) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil || e.householdTable == nil {
			return err
		}
		var h registry.Household
		return fetch(ctx, tx, func(row [][]byte) error {
			readHousehold(&h, row)
			return each(h)
		}, nil, selectHouseholds("", e.households())+" ORDER BY h.id")
	})
}

// Records gives a published edition's households by id with their record keys. A draft has none: CONFLICT.
func (s *Store) Records(ctx context.Context, edition string) iter.Seq2[registry.Record, error] {
	return stream(ctx, s, func(tx pgx.Tx, each func(registry.Record) error) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if e.PublishedAt == nil {
			return registry.Conflict("edition", "edition %s is a draft: its households have no record keys yet", edition)
		}
		text := selectHouseholds(", k.record_key_1, k.record_key_2", e.households()) +
			" JOIN " + e.anyState() + " k ON k.id = h.id ORDER BY h.id"
		var h registry.Household
		return fetch(ctx, tx, func(row [][]byte) error {
			readHousehold(&h, row)
			keys := row[len(householdColumns):]
			return each(registry.Record{Household: h, Key: registry.RecordKey{uint32(int32Of(keys[0])), uint32(int32Of(keys[1]))}})
		}, nil, text)
	})
}

// Attributes gives the households of the ids, in that order, nil for one that the edition does not have.
func (s *Store) Attributes(ctx context.Context, edition string, ids []registry.HouseholdID) ([]*registry.Household, error) {
	found := make(map[registry.HouseholdID]*registry.Household, len(ids))
	err := s.read(ctx, func(tx pgx.Tx) error {
		e, err := findEdition(ctx, tx, edition)
		if err != nil || e.householdTable == nil || len(ids) == 0 {
			return err
		}
		wanted := make([][16]byte, len(ids))
		for i, id := range ids {
			wanted[i] = id
		}
		return query(ctx, tx, func(rows pgx.Rows) error {
			h := &registry.Household{}
			readHousehold(h, rows.RawValues())
			found[h.ID] = h
			return nil
		}, selectHouseholds("", e.households())+" WHERE h.id = ANY($1::uuid[])", wanted)
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

// selectHouseholds begins a query of all columns of households, as h, and then more.
func selectHouseholds(more, table string) string {
	return "SELECT " + strings.Join(columnNames("h."), ", ") + more + " FROM " + table + " h"
}

// readHousehold overwrites h with a row.
func readHousehold(h *registry.Household, row [][]byte) {
	for i, c := range householdColumns {
		c.take(h, row[i])
	}
}
