package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// channel is where servers of a database tell each other what was published.
const channel = "kantong_published"

// notify tells listeners of a state, or of an edition whose programmes have changed, once the transaction is stored.
func notify(ctx context.Context, tx pgx.Tx, state string) error {
	_, err := tx.Exec(ctx, "SELECT pg_notify($1, $2)", channel, state)
	return err
}

// How long to wait before listening again after a connection is lost; it doubles up to the longest.
const (
	firstRetry   = 100 * time.Millisecond
	longestRetry = 5 * time.Second
)

// Listen calls changed with the state of every publication on this database, by whatever program, as soon as it is
// stored; and with the edition whose programmes have changed. It calls it with "" whenever it has begun to listen, at first
// and after a connection was lost: what happened before may have been missed, so the caller should look. It runs on a
// connection of its own until ctx ends, whose error it gives. Calls come one after the other.
func (s *Store) Listen(ctx context.Context, changed func(state string)) error {
	config := s.pool.Config().ConnConfig
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler { // there is no statement to cancel
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	for wait := firstRetry; ; wait = min(2*wait, longestRetry) {
		heard := listen(ctx, config, changed)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if heard {
			wait = firstRetry
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// listen listens until the connection is lost; heard tells whether it ever stood.
func listen(ctx context.Context, config *pgx.ConnConfig, changed func(state string)) (heard bool) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return false
	}
	changed("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		changed(n.Payload)
	}
}
