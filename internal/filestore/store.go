package filestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// The files of a store in its directory.
const (
	RegistryFile = "registry.gpkg"
	LedgerFile   = "ledger.sqlite"
	LockFile     = "lock"
)

// walLimitBytes is how much of the write-ahead log stays on disk once an import is folded into the file.
const walLimitBytes = 64 << 20

// Store is a registry.Store in a directory. It is safe for concurrent use.
type Store struct {
	lock    *flock.Flock
	writer  *sql.DB // one connection; SQLite has one writer at a time
	readers *sql.DB // snapshots that never wait for the writer
	ledger  *Ledger
}

var _ registry.Store = (*Store)(nil)

// Open opens the store in dir, making both when they are absent. It never waits: when another process (or an earlier
// Open of this one) has the store, the error is CONFLICT and names the directory and the process.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(dir, err)
	}
	lock, err := acquire(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock}
	if err := s.open(ctx, dir); err != nil {
		return nil, errors.Join(unusable(dir, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string) (err error) {
	registryPath, ledgerPath := filepath.Join(dir, RegistryFile), filepath.Join(dir, LedgerFile)
	for _, path := range []string{registryPath, ledgerPath} {
		if err := makePrivate(path); err != nil {
			return err
		}
	}
	if s.writer, err = geopackage.Open(ctx, registryPath, geopackage.Options{}); err != nil {
		return err
	}
	if _, err = s.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA journal_size_limit = %d", walLimitBytes)); err != nil {
		return err
	}
	if err = s.write(ctx, func(tx *sql.Tx) error { return ensureSchema(ctx, tx) }); err != nil {
		return err
	}
	if s.readers, err = geopackage.Open(ctx, registryPath, geopackage.Options{ReadOnly: true}); err != nil {
		return err
	}
	// A loop over one sequence may start another, so a limit on connections could make a reader wait for itself.
	s.readers.SetMaxOpenConns(0)
	s.ledger, err = openLedger(ctx, ledgerPath)
	return err
}

// makePrivate makes an absent file, readable by its owner alone. It must run before SQLite has the file open: closing
// any descriptor of a file gives up all of the process's locks on it.
func makePrivate(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// unusable says which directory an error of Open is about.
func unusable(dir string, err error) error {
	err = translate(err)
	if registry.CodeOf(err) != registry.CodeInternal {
		return err
	}
	message := fmt.Sprintf("the data directory %s cannot be used: %v", dir, err)
	return &registry.Error{Code: registry.CodeUnavailable, Field: "data", Message: message, Cause: err}
}

// Close folds the log into the registry file and lets other processes open the store. Sequences must have ended.
// Closing again does nothing.
func (s *Store) Close() error {
	if !s.lock.Locked() {
		return nil
	}
	var errs []error
	if s.ledger != nil {
		errs = append(errs, s.ledger.Close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		// Closing does the same, but not while QGIS has the file open.
		_, err := s.writer.Exec("PRAGMA wal_checkpoint(PASSIVE)")
		errs = append(errs, err, s.writer.Close())
	}
	return errors.Join(append(errs, s.lock.Unlock())...)
}
