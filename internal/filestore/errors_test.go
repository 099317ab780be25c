package filestore

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"kantong/internal/registry"
)

func TestTranslate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.sqlite")
	open := func(name string) *sql.DB {
		db, err := sql.Open("sqlite", name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(1)
		return db
	}
	// failing runs statements of which the last must fail.
	failing := func(db *sql.DB, statements ...string) error {
		for _, s := range statements[:len(statements)-1] {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		_, err := db.Exec(statements[len(statements)-1])
		return err
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	holder := open(file)
	for _, test := range []struct {
		name string
		err  error
		want registry.Code
	}{
		{"full", failing(open(":memory:"), "PRAGMA max_page_count = 3", "CREATE TABLE t (v)", "INSERT INTO t VALUES (zeroblob(100000))"), registry.CodeUnavailable},
		{"read-only", failing(open(":memory:"), "PRAGMA query_only = 1", "CREATE TABLE t (v)"), registry.CodeUnavailable},
		{"no such statement", failing(holder, "CREATE TABLE t (v)", "BEGIN IMMEDIATE", "fail"), registry.CodeInternal},
		{"held", failing(open(file), "PRAGMA busy_timeout = 0", "INSERT INTO t VALUES (1)"), registry.CodeUnavailable},
		{"another file", failing(open(garbage), "SELECT * FROM t"), registry.CodeUnavailable},
		{"absent folder", failing(open(filepath.Join(garbage, "x")), "SELECT 1 FROM sqlite_schema"), registry.CodeUnavailable},
		{"taken", failing(open(":memory:"), "CREATE TABLE t (v UNIQUE)", "INSERT INTO t VALUES (1), (1)"), registry.CodeConflict},
		{"too big", failing(open(":memory:"), "SELECT zeroblob(2000000000)"), registry.CodeBadUserInput},
		{"a defect of ours", failing(open(":memory:"), "SELEC 1"), registry.CodeInternal},
		{"ours already", registry.NotFound("x", "no x"), registry.CodeNotFound},
		{"from elsewhere", io.ErrUnexpectedEOF, registry.CodeInternal},
	} {
		got := translate(test.err)
		if test.err == nil || registry.CodeOf(got) != test.want || !errors.Is(got, test.err) {
			t.Errorf("%s: %v became %v of code %s, want %s with its cause", test.name, test.err, got, registry.CodeOf(got), test.want)
		}
	}
	if !isTaken(failing(open(":memory:"), "CREATE TABLE t (v UNIQUE)", "INSERT INTO t VALUES (1), (1)")) || isTaken(failing(open(":memory:"), "CREATE TABLE t (v NOT NULL)", "INSERT INTO t VALUES (NULL)")) {
		t.Error("isTaken does not tell a taken key from another failure")
	}
}
