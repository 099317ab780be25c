package filestore

import (
	"bytes"
	"context"
	"database/sql"
	"iter"
	"strings"

	"kantong/internal/registry"
)

// PutHouseholds stores a draft's households in one transaction, however many, in memory that does not grow with them.
func (s *Store) PutHouseholds(ctx context.Context, edition string, im *registry.Import, households iter.Seq2[registry.Household, error]) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := checkDraft(ctx, tx, edition); err != nil {
			return err
		}
		if err := cacheForWriting(ctx, tx); err != nil {
			return err
		}
		if !im.Append {
			if err := forgetHouseholds(ctx, tx, edition); err != nil {
				return err
			}
		}
		count, err := insertHouseholds(ctx, tx, edition, households)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE editions SET households = households + ?, people = people + ?, located = located + ? WHERE id = ?",
			count.households, count.people, count.located, edition)
		if err != nil {
			return err
		}
		return logImport(ctx, tx, edition, registry.ImportHouseholds, "", *im)
	})
}

// forgetHouseholds removes a draft's households, and the files that gave them points from the log.
func forgetHouseholds(ctx context.Context, tx *sql.Tx, edition string) error {
	if err := deleteHouseholds(ctx, tx, edition); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM imports WHERE edition = ? AND kind = 'points'", edition); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE editions SET households = 0, people = 0, located = 0 WHERE id = ?", edition)
	return err
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

func insertHouseholds(ctx context.Context, tx *sql.Tx, edition string, households iter.Seq2[registry.Household, error]) (n counts, err error) {
	names := make([]string, len(householdColumns))
	for i, c := range householdColumns {
		names[i] = c.name
	}
	add, done, err := insertRow(ctx, tx, "INSERT INTO households (edition, "+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(names))+")")
	if err != nil {
		return n, err
	}
	defer done()
	addKey, doneKeys, err := insert(ctx, tx, "INSERT INTO match_keys (household_fid, kind, hash) VALUES (?, ?, ?)")
	if err != nil {
		return n, err
	}
	defer doneKeys()
	args := make([]any, 1+len(names))
	args[0] = edition
	byID := func(a, b *registry.Household) int { return bytes.Compare(a.ID[:], b.ID[:]) }
	err = inRuns(ctx, households, byID, func(h *registry.Household) error {
		for i, c := range householdColumns {
			args[1+i] = c.get(h)
		}
		n.add(h)
		fid, err := add(args...)
		if isTaken(err) {
			return registry.Conflict("id", "household %s is already in edition %s", h.ID, edition)
		}
		for i := 0; i < len(h.MatchKeys) && err == nil; i++ {
			err = addKey(fid, string(h.MatchKeys[i].Kind), h.MatchKeys[i].Hash[:])
		}
		return err
	})
	if err == nil {
		err = touch(ctx, tx, "match_keys")
	}
	return n, err
}
