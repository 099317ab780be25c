package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"kantong/internal/registry"
)

// outcomeTimeout is how long commit tries to learn what became of a transaction.
const outcomeTimeout = 10 * time.Second

// commit ends a transaction. When the connection breaks before the server's answer, it asks the server on another one
// whether the transaction was stored, so that the caller knows.
func (s *Store) commit(ctx context.Context, tx pgx.Tx) error {
	var id *string // none when nothing was written
	if err := tx.QueryRow(ctx, "SELECT pg_current_xact_id_if_assigned()::text").Scan(&id); err != nil {
		return failed(ctx, err)
	}
	err := tx.Commit(ctx)
	var refused *pgconn.PgError
	if err == nil || id == nil || errors.As(err, &refused) && refused.Severity != "FATAL" || errors.Is(err, pgx.ErrTxCommitRollback) {
		return failed(ctx, err)
	}
	stored, unknown := s.outcome(context.WithoutCancel(ctx), *id)
	switch {
	case unknown != nil:
		return &registry.Error{Code: registry.CodeUnavailable,
			Message: "the database was lost while it stored this; whether it did is not known: look before trying again", Cause: errors.Join(err, unknown)}
	case stored:
		return nil
	}
	return failed(ctx, err)
}

// outcome tells whether a transaction was stored, once the server can say so.
func (s *Store) outcome(ctx context.Context, id string) (stored bool, err error) {
	ctx, stop := context.WithTimeout(ctx, outcomeTimeout)
	defer stop()
	for {
		var status *string
		err = s.pool.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", id).Scan(&status)
		if err == nil && status != nil && *status != "in progress" {
			return *status == "committed", nil
		}
		select {
		case <-ctx.Done():
			return false, errors.Join(ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
