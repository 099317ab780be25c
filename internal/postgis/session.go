package postgis

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// What stores and loads takes as long as it takes, and may sort in more memory than a question.
const (
	beginWriting = `BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL cursor_tuple_fraction = 1;
		SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'`
	beginReading = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;
		SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '64MB'`
)

// write runs do in a transaction, which it commits when do succeeds: everything or nothing is stored.
func (s *Store) write(ctx context.Context, do func(tx pgx.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginWriting})
	if err != nil {
		return failed(ctx, err)
	}
	defer rollback(tx)
	if err := do(tx); err != nil {
		return failed(ctx, err)
	}
	return s.commit(ctx, tx)
}

// read runs do on one snapshot of the registry, which no writer disturbs.
func (s *Store) read(ctx context.Context, do func(tx pgx.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginReading})
	if err != nil {
		return failed(ctx, err)
	}
	defer rollback(tx)
	if err := do(tx); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// rollback ends a transaction, whatever became of the caller's context; after a commit it does nothing.
func rollback(tx pgx.Tx) { _ = tx.Rollback(context.Background()) }

// failed gives the context's own error when that is why something failed.
func failed(ctx context.Context, err error) error {
	var theirs given
	if ctx.Err() != nil && !errors.As(err, &theirs) {
		return ctx.Err()
	}
	return translate(err)
}

// query gives the rows of a query one after the other to scan.
func query(ctx context.Context, tx pgx.Tx, scan func(pgx.Rows) error, text string, args ...any) error {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fetchRows is how many rows come from a cursor at a time.
const fetchRows = 10_000

// fetch gives the rows of a query to each as they are on the wire, in binary, nil for NULL. Between two lots the connection
// is free for pause, which may be nil; so the rows of a large query neither fill memory nor must be read to the end.
func fetch(ctx context.Context, tx pgx.Tx, each func(row [][]byte) error, pause func() error, text string, args ...any) error {
	if _, err := tx.Exec(ctx, "DECLARE reader NO SCROLL CURSOR FOR "+text, append([]any{pgx.QueryExecModeExec}, args...)...); err != nil {
		return err
	}
	next := "FETCH " + strconv.Itoa(fetchRows) + " FROM reader"
	for {
		n := 0
		err := query(ctx, tx, func(rows pgx.Rows) error {
			n++
			return each(rows.RawValues())
		}, next, pgx.QueryExecModeDescribeExec)
		if err == nil && pause != nil {
			err = pause()
		}
		if err != nil {
			return err
		}
		if n < fetchRows {
			_, err := tx.Exec(ctx, "CLOSE reader")
			return err
		}
	}
}

// errEnough ends a query whose reader has left the loop.
var errEnough = errors.New("the reader has enough")

// stream is a sequence over what run hands to its argument. It gives the snapshot back when the loop ends, early or not.
func stream[T any](ctx context.Context, s *Store, run func(tx pgx.Tx, each func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := false
		err := s.read(ctx, func(tx pgx.Tx) error {
			return run(tx, func(v T) error {
				if left = !yield(v, nil); left {
					return errEnough
				}
				return nil
			})
		})
		if err != nil && !left {
			var none T
			yield(none, err)
		}
	}
}
