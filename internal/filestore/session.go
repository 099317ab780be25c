package filestore

import (
	"context"
	"database/sql"
	"errors"
	"iter"
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
