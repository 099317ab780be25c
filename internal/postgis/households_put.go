package postgis

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// PutHouseholds stores a draft's households in one transaction, however many, in memory that does not grow with them.
// What replaces others goes into a new table, whose index is made at the end.
func (s *Store) PutHouseholds(ctx context.Context, edition string, im *registry.Import, households iter.Seq2[registry.Household, error]) error {
	return s.write(ctx, func(tx pgx.Tx) error {
		e, err := lockDraft(ctx, tx, edition)
		if err != nil {
			return err
		}
		var table int
		if err := tx.QueryRow(ctx, "SELECT kantong.household_table_for($1, $2)", edition, im.Append).Scan(&table); err != nil {
			return err
		}
		isNew := e.householdTable == nil || table != *e.householdTable
		count, err := insertHouseholds(ctx, tx, edition, householdTable(table), households)
		if err == nil && isNew {
			_, err = tx.Exec(ctx, "SELECT kantong.use_household_table($1, $2)", edition, table)
		}
		if isTaken(err) {
			return registry.Conflict("id", "household %s is already in edition %s", takenID(err), edition)
		}
		if err != nil {
			return err
		}
		if !isNew {
			count.households += e.Households
			count.people += e.People
			count.located += e.Located
		}
		_, err = tx.Exec(ctx, "UPDATE kantong.edition SET households = $2, people = $3, located = $4 WHERE id = $1",
			edition, count.households, count.people, count.located)
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportHouseholds, "", *im)
	})
}

// counts are what an edition says of its households.
type counts struct{ households, people, located int64 }

func (c *counts) add(h *registry.Household) {
	c.households++
	if h.Members != registry.UnknownInt {
		c.people += int64(h.Members)
	}
	if h.Located {
		c.located++
	}
}

func insertHouseholds(ctx context.Context, tx pgx.Tx, edition, table string, households iter.Seq2[registry.Household, error]) (n counts, err error) {
	_, err = load(ctx, tx, table, append(columnNames(""), "edition"), households, func(dst []byte, h *registry.Household) ([]byte, error) {
		n.add(h)
		var err error
		for i := range householdColumns {
			if dst, err = householdColumns[i].put(dst, h); err != nil {
				return nil, err
			}
		}
		return appendBytes(dst, edition), nil
	})
	return n, err
}
