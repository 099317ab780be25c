package geopackage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrNotGeoPackage is wrapped by the error of Open for a file that is not an SQLite database, or is one that holds
// something else than a GeoPackage.
var ErrNotGeoPackage = errors.New("not a GeoPackage")

// busyTimeoutMillis is how long a statement waits for a lock that another process holds (QGIS saving an edit).
const busyTimeoutMillis = 10_000

// Options says how Open opens a file. The zero value is a live file: read and write, with a write-ahead log.
type Options struct {
	// ReadOnly opens an existing file with connections that cannot write and that trust nothing in its schema. Beside
	// a file in log mode, SQLite may still make, and leave, empty "-wal" and "-shm" files.
	ReadOnly bool
	// SingleFile keeps a rollback journal instead of the write-ahead log: after Close everything is in the one file,
	// and the file can be read from read-only media. Other programs cannot read it during a commit. Ignored with ReadOnly.
	SingleFile bool
}

// Session runs statements; *sql.DB, *sql.Conn and *sql.Tx are sessions.
type Session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the GeoPackage at path and checks that it is one. Unless opts.ReadOnly is set it makes the file when it is
// absent or empty, its pool has one connection, and transactions take the write lock when they begin (one begun with
// sql.TxOptions.ReadOnly does not). The caller closes the returned pool.
//
// Errors wrap ErrNotGeoPackage for a file of another kind (which is left untouched) and fs.ErrNotExist for an absent
// file or folder.
func Open(ctx context.Context, path string, opts Options) (*sql.DB, error) {
	if err := checkPath(path, opts); err != nil {
		return nil, fmt.Errorf("open GeoPackage: %w", err)
	}
	db, err := open(ctx, path, opts)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage %s: %w", path, explain(err))
	}
	return db, nil
}

func open(ctx context.Context, path string, opts Options) (*sql.DB, error) {
	if opts.ReadOnly {
		db, err := openReadOnly(ctx, path, url.Values{"mode": {"ro"}})
		if err != nil && needsLogNeighbours(err, path) {
			return openReadOnly(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
		}
		return db, err
	}
	// The journal mode is a lasting property of the file, so it is changed only once the file is known to be ours.
	durable := []string{"foreign_keys(1)", "synchronous(FULL)"}
	probe, err := newPool(path, url.Values{"mode": {"rwc"}}, 1, durable...)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(ensure(ctx, probe), probe.Close()); err != nil {
		return nil, err
	}
	journal := "WAL"
	if opts.SingleFile {
		journal = "DELETE"
	}
	db, err := newPool(path, url.Values{"mode": {"rw"}}, 1, append(durable, "journal_mode("+journal+")")...)
	if err != nil {
		return nil, err
	}
	return closeOnError(db, checkJournal(ctx, db, journal))
}

func openReadOnly(ctx context.Context, path string, access url.Values) (*sql.DB, error) {
	// trusted_schema and cell_size_check are what SQLite advises for files of unknown origin.
	db, err := newPool(path, access, readConnections(), "trusted_schema(0)", "cell_size_check(1)")
	if err != nil {
		return nil, err
	}
	return closeOnError(db, check(ctx, db))
}

// needsLogNeighbours reports whether err comes of a file in log mode that has no log, in a folder where SQLite cannot
// make one (read-only media, a file of somebody else). Such a file is complete and nobody is writing it.
func needsLogNeighbours(err error, path string) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	if code := failure.Code() & 0xff; code != sqlite3.SQLITE_READONLY && code != sqlite3.SQLITE_CANTOPEN {
		return false
	}
	_, err = os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}

// checkPath finds what SQLite would only call "unable to open database file".
func checkPath(path string, opts Options) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case errors.Is(err, fs.ErrNotExist) && !opts.ReadOnly:
		_, err = os.Stat(filepath.Dir(path))
	}
	return err
}

// checkJournal makes sure of the journal mode: SQLite keeps the old one without an error where the file system has
// no shared memory (some network mounts).
func checkJournal(ctx context.Context, db *sql.DB, want string) error {
	var is int
	if err := db.QueryRowContext(ctx, "SELECT journal_mode = lower(?) FROM pragma_journal_mode", want).Scan(&is); err != nil {
		return err
	}
	if is == 0 {
		return fmt.Errorf("the file system does not support SQLite journal mode %s", want)
	}
	return nil
}

func closeOnError(db *sql.DB, err error) (*sql.DB, error) {
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func readConnections() int { return max(4, runtime.GOMAXPROCS(0)) }

// explain names the failures a user meets in words; SQLite's own text follows.
func explain(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: not an SQLite database (%w)", ErrNotGeoPackage, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the file is damaged: %w", err)
	}
	return err
}

// newPool makes a pool of at most connections connections; access holds SQLite's own URI parameters (mode, immutable).
// The pragmas are part of the data source name, so they hold on every connection the pool ever opens.
func newPool(path string, access url.Values, connections int, pragmas ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	absolute = filepath.ToSlash(absolute)
	if absolute[0] != '/' {
		absolute = "/" + absolute // C:/… becomes file:///C:/…
	}
	query := url.Values{
		"_txlock":   {"immediate"}, // a transaction that writes later must not find its snapshot outdated
		"_error_rc": {"1"},         // without it, open errors carry the text of an unrelated one
		"_pragma":   append([]string{fmt.Sprintf("busy_timeout(%d)", busyTimeoutMillis)}, pragmas...),
	}
	maps.Copy(query, access)
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: query.Encode()}
	driver := &sqlite.Driver{}
	if err := registerFunctions(driver); err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{driver: driver, name: name.String()})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// connector opens connections by a driver of its own, so that nothing is registered process-wide.
type connector struct {
	driver *sqlite.Driver
	name   string
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.name)
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.driver }
