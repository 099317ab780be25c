package filestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"kantong/internal/registry"
)

// write runs do in a transaction, which it commits when do succeeds: everything or nothing is stored.
func (s *Store) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTransaction(ctx, s.writer, nil, do)
}

// read runs do on one snapshot of the registry, which no writer disturbs.
func (s *Store) read(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTransaction(ctx, s.readers, &sql.TxOptions{ReadOnly: true}, do)
}

func inTransaction(ctx context.Context, db *sql.DB, options *sql.TxOptions, do func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback()
	if err = do(tx); err == nil {
		err = tx.Commit()
	}
	var theirs given
	if err != nil && ctx.Err() != nil && !errors.As(err, &theirs) {
		return ctx.Err() // whatever the rollback made of it
	}
	return translate(err)
}

// query gives the rows of a query one after the other to scan.
func query(ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := tx.QueryContext(ctx, text, args...)
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

// errEnough ends a query whose reader has left the loop.
var errEnough = errors.New("the reader has enough")

// stream is a sequence over what run hands to its argument. It gives the snapshot back when the loop ends, early or not.
func stream[T any](ctx context.Context, s *Store, run func(tx *sql.Tx, each func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := false
		err := s.read(ctx, func(tx *sql.Tx) error {
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

// runLength is how many rows are sorted before they are stored.
const runLength = 32 << 10

// inRuns hands a sequence to insert in sorted runs. Ids are random, so rows in the order of a file would touch a page of
// the index each, and readers in the order of ids a page of the table each; a million rows in 31 runs cost neither.
func inRuns[T any](ctx context.Context, list iter.Seq2[T, error], compare func(a, b *T) int, insert func(*T) error) error {
	var run []T
	var order []*T
	flush := func() error {
		order = order[:0]
		for i := range run {
			order = append(order, &run[i])
		}
		slices.SortStableFunc(order, compare)
		for _, v := range order {
			if err := insert(v); err != nil {
				return err
			}
		}
		run = run[:0]
		return ctx.Err()
	}
	for v, err := range list {
		if err != nil {
			return given{err}
		}
		if run = append(run, v); len(run) == runLength {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// cacheForWriting lets a large write keep the inner pages of its index in memory.
func cacheForWriting(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "PRAGMA cache_size = -65536") // KiB
	return err
}

// insert prepares the insertion of one row and gives a function that runs it. The context is not watched for each row:
// that would start a goroutine for each.
func insert(ctx context.Context, tx *sql.Tx, text string) (func(args ...any) error, func() error, error) {
	statement, err := tx.PrepareContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	unwatched := context.WithoutCancel(ctx)
	return func(args ...any) error {
		_, err := statement.ExecContext(unwatched, args...)
		return err
	}, statement.Close, nil
}

// touch sets the time of last change that GIS programs show for tables.
func touch(ctx context.Context, tx *sql.Tx, tables ...string) error {
	for _, table := range tables {
		_, err := tx.ExecContext(ctx, `UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?`, table)
		if err != nil {
			return err
		}
	}
	return nil
}

// orNull is v, or NULL where v is what stands for unknown.
func orNull[T comparable](v, unknown T) any {
	if v == unknown {
		return nil
	}
	return v
}

// stampLayout has the resolution of every store, microseconds, and sorts as text.
const stampLayout = "2006-01-02T15:04:05.000000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// stampOrNil reads a stamp; nil for "".
func stampOrNil(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	t, err := time.Parse(stampLayout, s)
	if err != nil {
		return nil, fmt.Errorf("read time of the registry: %w", err)
	}
	return &t, nil
}

// checkDate lets "" and real days through.
func checkDate(field string, d registry.Date) error {
	if d == "" {
		return nil
	}
	if _, err := registry.ParseDate(string(d)); err != nil {
		return registry.Invalid(field, "%q is not a date; expected a form like 2025-10-31", d)
	}
	return nil
}
