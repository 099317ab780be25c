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
		count, err := insertHouseholds(ctx, tx, edition, table, households)
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
		if !im.Append {
			if _, err := tx.Exec(ctx, "DELETE FROM kantong.import WHERE edition = $1 AND kind = 'points'", edition); err != nil {
				return err
			}
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

// lotLength is how many households are stored before their match keys are: a connection takes one COPY at a time.
const lotLength = 32 << 10

func insertHouseholds(ctx context.Context, tx pgx.Tx, edition string, table int, households iter.Seq2[registry.Household, error]) (n counts, err error) {
	next, stop := iter.Pull2(households)
	defer stop()
	var keys []registry.HouseholdKey
	for more := true; more; {
		keys = keys[:0]
		lot := func(yield func(registry.Household, error) bool) {
			for range lotLength {
				h, err, ok := next()
				if more = ok; !ok || !yield(h, err) {
					return
				}
			}
		}
		_, err := load(ctx, tx, householdTable(table), append(columnNames(""), "edition"), lot, func(dst []byte, h *registry.Household) ([]byte, error) {
			n.add(h)
			for _, k := range h.MatchKeys {
				keys = append(keys, registry.HouseholdKey{Household: h.ID, MatchKey: k})
			}
			var err error
			for i := range householdColumns {
				if dst, err = householdColumns[i].put(dst, h); err != nil {
					return nil, err
				}
			}
			return appendBytes(dst, edition), nil
		})
		if err == nil && len(keys) > 0 {
			err = insertMatchKeys(ctx, tx, table, keys)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
