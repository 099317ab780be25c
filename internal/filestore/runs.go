package filestore

import (
	"context"
	"database/sql"
	"iter"
	"slices"
)

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
	add, done, err := insertRow(ctx, tx, text)
	return func(args ...any) error {
		_, err := add(args...)
		return err
	}, done, err
}

// insertRow is insert where the fid of the row is wanted.
func insertRow(ctx context.Context, tx *sql.Tx, text string) (func(args ...any) (fid int64, err error), func() error, error) {
	statement, err := tx.PrepareContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	unwatched := context.WithoutCancel(ctx)
	return func(args ...any) (int64, error) {
		result, err := statement.ExecContext(unwatched, args...)
		if err != nil {
			return 0, err
		}
		return result.LastInsertId()
	}, statement.Close, nil
}
