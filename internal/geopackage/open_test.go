package geopackage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func mustOpen(t *testing.T, path string, opts Options) *sql.DB {
	t.Helper()
	db, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, s Session, query string, args ...any) {
	t.Helper()
	if _, err := s.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// text returns the one value of a query as text.
func text(t *testing.T, s Session, query string) string {
	t.Helper()
	var value string
	if err := s.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

func mustBeIntact(t *testing.T, s Session) {
	t.Helper()
	if got := text(t, s, "PRAGMA integrity_check"); got != "ok" {
		t.Errorf("integrity_check: %s", got)
	}
	if got := text(t, s, "SELECT count(*) FROM pragma_foreign_key_check"); got != "0" {
		t.Errorf("%s rows break foreign keys", got)
	}
}

func TestOpenCreates(t *testing.T) {
	for _, opts := range []Options{{}, {SingleFile: true}} {
		// Characters that mean something in a URI must stay part of the name.
		path := filepath.Join(t.TempDir(), "registry ?a=1&b#c%20.gpkg")
		db := mustOpen(t, path, opts)
		mustBeIntact(t, db)
		journal := "wal"
		if opts.SingleFile {
			journal = "delete"
		}
		for query, want := range map[string]string{
			"PRAGMA application_id": fmt.Sprint(0x47504B47),
			"PRAGMA user_version":   "10300",
			"PRAGMA journal_mode":   journal,
			"PRAGMA synchronous":    "2", // FULL
			"PRAGMA foreign_keys":   "1",
			"PRAGMA busy_timeout":   "10000",
			"SELECT group_concat(srs_id ORDER BY srs_id) FROM gpkg_spatial_ref_sys":         "-1,0,4326",
			"SELECT group_concat(name ORDER BY name) FROM sqlite_schema WHERE type='table'": "gpkg_contents,gpkg_extensions,gpkg_geometry_columns,gpkg_spatial_ref_sys",
		} {
			if got := text(t, db, query); got != want {
				t.Errorf("%+v: %s = %s, want %s", opts, query, got, want)
			}
		}
		mustExec(t, db, "CREATE TABLE kept (id INTEGER PRIMARY KEY)")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		if err != nil || !slices.Equal(names, []string{path}) {
			t.Errorf("%+v: after closing, the folder has %q, %v", opts, names, err)
		}
		again := mustOpen(t, path, opts)
		mustExec(t, again, "INSERT INTO kept VALUES (1)")
	}
}

func TestOpenFillsAnEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.gpkg")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{ReadOnly: true}); !errors.Is(err, ErrNotGeoPackage) {
		t.Errorf("read only: error %v, want ErrNotGeoPackage", err)
	}
	mustBeIntact(t, mustOpen(t, path, Options{}))
}

func TestOpenRefusesOtherFilesAndLeavesThemAlone(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := func(name string, statements string) string {
		path := filepath.Join(folder, name)
		pool, err := newPool(path, url.Values{"mode": {"rwc"}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		mustExec(t, pool, statements)
		return path
	}
	for _, path := range []string{
		write("notes.gpkg", []byte("not a database")),
		write("long.gpkg", []byte(strings.Repeat("name,longitude,latitude\n", 10_000))),
		other("mail.sqlite", "CREATE TABLE mail (id INTEGER PRIMARY KEY)"),
		other("marked.sqlite", "PRAGMA application_id = 7"),
		other("half.gpkg", "PRAGMA application_id = 0x47504B47; CREATE TABLE gpkg_contents (table_name TEXT)"),
	} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, opts := range []Options{{}, {ReadOnly: true}, {SingleFile: true}} {
			_, err := Open(t.Context(), path, opts)
			if !errors.Is(err, ErrNotGeoPackage) || !strings.Contains(err.Error(), path) {
				t.Errorf("%+v: error %v, want ErrNotGeoPackage with the path", opts, err)
			}
		}
		if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
			t.Errorf("%s was changed", path)
		}
	}
}

func TestOpenWithoutAFile(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent.gpkg")
	if _, err := Open(t.Context(), absent, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	if _, err := os.Stat(absent); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening read only made the file: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(absent, "x.gpkg"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent folder: %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("folder: %v", err)
	}
}

func TestDamagedFilesGiveErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "whole.gpkg")
	writeLayers(t, path, 3000)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{
		"cut off":   whole[:len(whole)/2],
		"cut short": whole[:5000],
		"garbage":   slices.Concat(whole[:8192], []byte(strings.Repeat("garbage!", (len(whole)-8192)/8))),
	}
	for name, content := range damaged {
		path := filepath.Join(t.TempDir(), "damaged.gpkg")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readAll(t.Context(), path); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: error %v does not say that the file is damaged", name, err)
		}
	}
	if err := readAll(t.Context(), path); err != nil {
		t.Errorf("whole: %v", err)
	}
}

// readAll reads every row of every layer.
func readAll(ctx context.Context, path string) error {
	db, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	layers, err := Layers(ctx, db)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		for _, err := range ReadFeatures(ctx, db, layer.Table) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func TestReadOnlyCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "live.gpkg")
	writer := mustOpen(t, path, Options{})
	mustExec(t, writer, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	reader := mustOpen(t, path, Options{ReadOnly: true})
	if _, err := reader.ExecContext(t.Context(), "INSERT INTO t VALUES (1)"); err == nil {
		t.Error("a read-only connection wrote a row")
	}
}

func TestReadersSeeTheLastCommitWhileAWriterWorks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "live.gpkg")
	writer := mustOpen(t, path, Options{})
	mustExec(t, writer, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
	reader := mustOpen(t, path, Options{ReadOnly: true})
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	mustExec(t, tx, "INSERT INTO t VALUES (2)")
	if got := text(t, reader, "SELECT count(*) FROM t"); got != "1" {
		t.Errorf("during the transaction: %s rows, want 1", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := text(t, reader, "SELECT count(*) FROM t"); got != "2" {
		t.Errorf("after the transaction: %s rows, want 2", got)
	}
}

// A file in log mode that lies, without its log, where nobody may write still opens; with a log, that log must not be ignored.
func TestOpenReadOnlyInAReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write to every folder")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "handed on.gpkg")
	writeLayers(t, path, 0)
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o700) })
	if err := readAll(t.Context(), path); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"-wal", []byte("a log that is not empty"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := readAll(t.Context(), path); err == nil {
		t.Error("the file was read without its log")
	}
}
