package postgis

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// cellBytes is how many bytes a cell takes.
const cellBytes = 8

// spendingTurn gives each account an advisory lock of its own, or one that it shares with few: the first number is "kant" in
// ASCII. Without it a row could become visible after one of a higher position, and who read up to that would never see it.
const spendingTurn = "1801547380, hashtext($1)"

// Spend records cells that an account was shown. It does not look for those of earlier calls, which would mean to read them
// all: whoever spends knows them.
func (l Ledger) Spend(ctx context.Context, a registry.Account, cells []uint64) error {
	if len(cells) == 0 {
		return ctx.Err()
	}
	blob := make([]byte, 0, len(cells)*cellBytes)
	for _, cell := range slices.Compact(slices.Sorted(slices.Values(cells))) {
		blob = binary.BigEndian.AppendUint64(blob, cell)
	}
	return l.inTurn(ctx, spendingTurn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO kantong.spending (organisation, edition, period, cells) VALUES ($1, $2, $3, $4)",
			a.Organisation, a.Edition, a.Period, blob)
		return err
	}, strings.Join([]string{a.Organisation, a.Edition, a.Period}, "\n"))
}

// Spent gives the cells recorded for an account after a position.
func (l Ledger) Spent(ctx context.Context, a registry.Account, after int64) (cells []uint64, position int64, err error) {
	position = after
	err = l.read(ctx, func(rows pgx.Rows) error {
		var blob []byte
		if err := rows.Scan(&position, &blob); err != nil {
			return err
		}
		for cell := range slices.Chunk(blob, cellBytes) {
			cells = append(cells, binary.BigEndian.Uint64(cell))
		}
		return nil
	}, `SELECT position, cells FROM kantong.spending WHERE organisation = $1 AND edition = $2 AND period = $3 AND position > $4 ORDER BY position`,
		a.Organisation, a.Edition, a.Period, after)
	if err != nil {
		return nil, after, err
	}
	return cells, position, nil
}
