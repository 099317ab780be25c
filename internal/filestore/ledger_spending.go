package filestore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"

	"kantong/internal/registry"
)

// cellBytes is how many bytes a cell takes.
const cellBytes = 8

// Spend records cells that an account was shown. It does not look for those of earlier calls, which would mean to read them
// all: whoever spends knows them.
func (l *Ledger) Spend(ctx context.Context, a registry.Account, cells []uint64) error {
	if len(cells) == 0 {
		return ctx.Err()
	}
	blob := make([]byte, 0, len(cells)*cellBytes)
	for _, cell := range slices.Compact(slices.Sorted(slices.Values(cells))) {
		blob = binary.BigEndian.AppendUint64(blob, cell)
	}
	return l.add(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO spendings (organisation, edition, period, cells) VALUES (?, ?, ?, ?)",
			a.Organisation, a.Edition, a.Period, blob)
		return err
	})
}

// Spent gives the cells recorded for an account after a position.
func (l *Ledger) Spent(ctx context.Context, a registry.Account, after int64) (cells []uint64, position int64, err error) {
	position = after
	err = l.read(ctx, func(rows *sql.Rows) error {
		var blob []byte
		if err := rows.Scan(&position, &blob); err != nil {
			return err
		}
		for cell := range slices.Chunk(blob, cellBytes) {
			cells = append(cells, binary.BigEndian.Uint64(cell))
		}
		return nil
	}, "SELECT position, cells FROM spendings WHERE organisation = ? AND edition = ? AND period = ? AND position > ? ORDER BY position",
		a.Organisation, a.Edition, a.Period, after)
	if err != nil {
		return nil, after, err
	}
	return cells, position, nil
}
