package filestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver's name

	"kantong/internal/registry"
)

// Ledger is the file ledger.sqlite: keys, the audit log, spendings and changes. What was acknowledged survives the end of
// the process in every case. Keys and changes also survive a loss of power. What is added on the way of every request does
// not wait for the disk: a loss of power may take the last lines of the audit log and the last spendings along, but leaves
// what is before them whole.
type Ledger struct {
	writer   *sql.DB // keys and changes: on the disk when acknowledged
	appender *sql.DB // the audit log and spendings: with the operating system when acknowledged
	readers  *sql.DB // snapshots that wait for no writer

	// What is asked with every request is compiled once.
	keyByHash, lastEntry, addEntry *sql.Stmt
}

var _ registry.Ledger = (*Ledger)(nil)

// Ledger gives the ledger of the store's directory. It is usable until the store is closed.
func (s *Store) Ledger() registry.Ledger { return s.ledger }

// openLedger opens the file, which may be empty or of an earlier version of this program.
func openLedger(ctx context.Context, path string) (*Ledger, error) {
	l := &Ledger{}
	for _, pool := range []struct {
		db          **sql.DB
		connections int
		pragma      string
	}{
		{&l.writer, 1, "synchronous(FULL)"},
		{&l.appender, 1, "synchronous(NORMAL)"},
		{&l.readers, ledgerReaders, "query_only(1)"},
	} {
		var err error
		if *pool.db, err = openLedgerPool(path, pool.connections, pool.pragma); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if err := inTransaction(ctx, l.writer, nil, func(tx *sql.Tx) error { return ensureLedger(ctx, tx) }); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), l.Close())
	}
	for _, s := range []struct {
		statement **sql.Stmt
		db        *sql.DB
		text      string
	}{{&l.keyByHash, l.readers, selectKeys + "WHERE sha256 = ? AND revoked_at IS NULL"}, {&l.lastEntry, l.appender, selectLastEntry}, {&l.addEntry, l.appender, insertEntry}} {
		var err error
		if *s.statement, err = s.db.PrepareContext(ctx, s.text); err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), l.Close())
		}
	}
	return l, nil
}

// ledgerReaders is how many may read the ledger at the same time; the others wait.
const ledgerReaders = 4

// openLedgerPool gives connections to a ledger that is there. It looks at nothing yet.
func openLedgerPool(path string, connections int, pragmas ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	absolute = filepath.ToSlash(absolute)
	if absolute[0] != '/' {
		absolute = "/" + absolute // C:/… becomes file:///C:/…
	}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: url.Values{
		"mode": {"rw"}, "_txlock": {"immediate"}, "_error_rc": {"1"},
		"_pragma": append([]string{"busy_timeout(10000)", "journal_mode(WAL)"}, pragmas...),
	}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Close ends all connections.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sql.DB{l.readers, l.appender, l.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// write runs do in a transaction that is on the disk when write returns.
func (l *Ledger) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTransaction(ctx, l.writer, nil, do)
}

// add runs do in a transaction that survives the end of the process when add returns.
func (l *Ledger) add(ctx context.Context, do func(tx *sql.Tx) error) error {
	return inTransaction(ctx, l.appender, nil, do)
}

// read gives the rows of a query one after the other to scan.
func (l *Ledger) read(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	return inTransaction(ctx, l.readers, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) error {
		return query(ctx, tx, scan, text, args...)
	})
}
