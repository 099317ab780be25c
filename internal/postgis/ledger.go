package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Ledger keeps keys, the audit log, spendings and changes in tables beside the registry, which no copy of an edition takes
// along. Several servers may use one at the same time.
type Ledger struct{ s *Store }

var _ registry.Ledger = Ledger{}

// Ledger gives the ledger of the store's database. It is usable until the store is closed.
func (s *Store) Ledger() registry.Ledger { return Ledger{s} }

// beginInTurn begins a transaction for which others wait. None waits for ever: a server that hangs in the middle loses its
// turn, and who waits is told that another writer is busy.
const beginInTurn = `BEGIN; SET LOCAL lock_timeout = '20s'; SET LOCAL idle_in_transaction_session_timeout = '10s'`

// inTurn runs do while nobody else, on any server, does the same for the same turn: an expression of one or two numbers.
// The turn ends after the transaction is visible to others. What do sees is what is there when its turn has come, since
// each of its statements looks anew.
func (l Ledger) inTurn(ctx context.Context, turn string, do func(tx pgx.Tx) error, args ...any) error {
	tx, err := l.s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginInTurn})
	if err != nil {
		return failed(ctx, err)
	}
	defer rollback(tx)
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock("+turn+")", args...); err != nil {
		return failed(ctx, err)
	}
	if err := do(tx); err != nil {
		return failed(ctx, err)
	}
	return l.s.commit(ctx, tx)
}

// read gives the rows of a query one after the other to scan. It asks outside a transaction: that is one round trip, and a
// key is looked up for every request.
func (l Ledger) read(ctx context.Context, scan func(pgx.Rows) error, text string, args ...any) error {
	rows, err := l.s.pool.Query(ctx, text, args...)
	if err != nil {
		return failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return failed(ctx, err)
		}
	}
	return failed(ctx, rows.Err())
}
