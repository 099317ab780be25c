package filestore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver's name

	"kantong/internal/registry"
)

const ledgerSchema = `
CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  organisation TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  revoked_at TEXT
) WITHOUT ROWID`

func openLedger(ctx context.Context, path string) (*sql.DB, error) {
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
		"_pragma": {"busy_timeout(10000)", "synchronous(FULL)", "journal_mode(WAL)"},
	}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, ledgerSchema); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

// Ledger keeps API keys in a file of their own.
type Ledger struct{ db *sql.DB }

var _ registry.Ledger = Ledger{}

// Ledger gives the ledger of the store's directory. It is usable until the store is closed.
func (s *Store) Ledger() registry.Ledger { return Ledger{s.ledger} }

// AddKey stores a key; CONFLICT when its id, or the key itself, is there already.
func (l Ledger) AddKey(ctx context.Context, k registry.APIKey) error {
	var revoked any
	if k.RevokedAt != nil {
		revoked = stamp(*k.RevokedAt)
	}
	_, err := l.db.ExecContext(ctx, "INSERT INTO api_keys (id, role, organisation, sha256, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?)",
		k.ID, k.Role.String(), k.Organisation, k.SHA256[:], stamp(k.CreatedAt), revoked)
	if isTaken(err) {
		return registry.Conflict("id", "there is a key %s already", k.ID)
	}
	return translate(err)
}

const selectKeys = "SELECT id, role, organisation, sha256, created_at, coalesce(revoked_at, '') FROM api_keys "

// Keys gives all keys, newest first.
func (l Ledger) Keys(ctx context.Context) ([]registry.APIKey, error) {
	return l.query(ctx, selectKeys+"ORDER BY created_at DESC, id")
}

// KeyByHash gives the key of a hash that is not revoked.
func (l Ledger) KeyByHash(ctx context.Context, sha256 [32]byte) (registry.APIKey, error) {
	list, err := l.query(ctx, selectKeys+"WHERE sha256 = ? AND revoked_at IS NULL", sha256[:])
	if err == nil && len(list) == 0 {
		err = registry.NotFound("key", "no such key, or it was revoked")
	}
	if err != nil {
		return registry.APIKey{}, err
	}
	return list[0], nil
}

// RevokeKey ends a key at once; the first revocation counts.
func (l Ledger) RevokeKey(ctx context.Context, id string, at time.Time) error {
	result, err := l.db.ExecContext(ctx, "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", stamp(at), id)
	if err != nil {
		return translate(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return registry.NotFound("id", "there is no key %q", id)
	}
	return nil
}

func (l Ledger) query(ctx context.Context, text string, args ...any) ([]registry.APIKey, error) {
	rows, err := l.db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	list := []registry.APIKey{}
	for rows.Next() {
		k, err := scanKey(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, translate(rows.Err())
}

func scanKey(rows *sql.Rows) (k registry.APIKey, err error) {
	var role, created, revoked string
	var hash []byte
	if err = rows.Scan(&k.ID, &role, &k.Organisation, &hash, &created, &revoked); err != nil {
		return k, err
	}
	copy(k.SHA256[:], hash)
	if k.Role, err = registry.ParseRole(role); err != nil {
		return k, err
	}
	if k.CreatedAt, err = time.Parse(stampLayout, created); err != nil {
		return k, err
	}
	k.RevokedAt, err = stampOrNil(revoked)
	return k, err
}
