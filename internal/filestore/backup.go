package filestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// Backup copies the registry and the ledger of a data directory into another, which must not hold any, as they are at one
// moment each. It takes no lock: a server may go on with the store meanwhile.
func Backup(ctx context.Context, dir, to string) error {
	source, err := geopackage.Open(ctx, filepath.Join(dir, RegistryFile), geopackage.Options{ReadOnly: true})
	if err != nil {
		return unusable(dir, err)
	}
	defer source.Close()
	if err := os.MkdirAll(to, 0o700); err != nil {
		return unusable(to, err)
	}
	if err := copyInto(ctx, source, filepath.Join(to, RegistryFile)); err != nil {
		return unusable(to, err)
	}
	// Not query_only: that would refuse VACUUM INTO.
	ledger, err := openLedgerPool(filepath.Join(dir, LedgerFile), 1)
	if err != nil {
		return unusable(dir, err)
	}
	defer ledger.Close()
	if err := copyInto(ctx, ledger, filepath.Join(to, LedgerFile)); err != nil {
		return unusable(to, err)
	}
	return nil
}

// copyInto writes one consistent state of a database to a file that is not there yet.
func copyInto(ctx context.Context, db *sql.DB, path string) error {
	if _, err := os.Stat(path); err == nil {
		return registry.Conflict("", "%s is there already", path)
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// Restore copies a backup into a data directory that holds no store, after having checked both files.
func Restore(ctx context.Context, from, dir string) error {
	for _, name := range []string{RegistryFile, LedgerFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return registry.Conflict("data", "%s holds a store already; restore into a directory of its own", dir)
		}
		if err := checkFile(ctx, filepath.Join(from, name)); err != nil {
			return registry.Invalid("", "%s is no backup that can be restored: %w", from, err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unusable(dir, err)
	}
	for _, name := range []string{RegistryFile, LedgerFile} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			return unusable(dir, err)
		}
	}
	s, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	return s.Close()
}

func checkFile(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("%s is damaged: %s", filepath.Base(path), answer)
	}
	return nil
}
