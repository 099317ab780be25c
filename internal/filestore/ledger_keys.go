package filestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"kantong/internal/registry"
)

// AddKey stores a key; CONFLICT when its id, or the key itself, is there already.
func (l *Ledger) AddKey(ctx context.Context, k registry.APIKey) error {
	areas, err := json.Marshal(k.Areas)
	if err != nil {
		return err
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO api_keys (id, role, organisation, purpose, areas, sha256, created_at, expires_at, revoked_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, k.ID, k.Role.String(), k.Organisation, k.Purpose, string(areas), k.SHA256[:],
			stamp(k.CreatedAt), stampOrNull(k.ExpiresAt), stampOrNull(k.RevokedAt))
		if isTaken(err) {
			return registry.Conflict("id", "there is a key %s already", k.ID)
		}
		return err
	})
}

// stampOrNull is the stamp of a time, or NULL.
func stampOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

const selectKeys = `SELECT id, role, organisation, purpose, areas, sha256, created_at, coalesce(expires_at, ''), coalesce(revoked_at, '') FROM api_keys `

// Keys gives all keys, newest first.
func (l *Ledger) Keys(ctx context.Context) ([]registry.APIKey, error) {
	return l.keys(ctx, selectKeys+"ORDER BY created_at DESC, id")
}

// KeyByHash gives the key of a hash that is not revoked.
func (l *Ledger) KeyByHash(ctx context.Context, sha256 [32]byte) (registry.APIKey, error) {
	k, err := scanKey(l.keyByHash.QueryRowContext(ctx, sha256[:]))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return k, registry.NotFound("key", "no such key, or it was revoked")
	case err != nil && ctx.Err() != nil:
		return k, ctx.Err()
	}
	return k, translate(err)
}

// RevokeKey ends a key at once; the first revocation counts.
func (l *Ledger) RevokeKey(ctx context.Context, id string, at time.Time) error {
	return l.changeKey(ctx, id, "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1", at)
}

// ExpireKey ends a key at a moment to come; the earlier end counts.
func (l *Ledger) ExpireKey(ctx context.Context, id string, at time.Time) error {
	return l.changeKey(ctx, id, `UPDATE api_keys SET expires_at = CASE WHEN revoked_at <= ?2 THEN expires_at
		ELSE min(coalesce(expires_at, ?2), ?2) END WHERE id = ?1`, at)
}

// changeKey runs a statement on the one key of an id.
func (l *Ledger) changeKey(ctx context.Context, id, text string, at time.Time) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, text, id, stamp(at))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return registry.NotFound("id", "there is no key %q", id)
		}
		return nil
	})
}

func (l *Ledger) keys(ctx context.Context, text string, args ...any) ([]registry.APIKey, error) {
	list := []registry.APIKey{}
	err := l.read(ctx, func(rows *sql.Rows) error {
		k, err := scanKey(rows)
		list = append(list, k)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanKey(row interface{ Scan(...any) error }) (k registry.APIKey, err error) {
	var role, areas, created, expires, revoked string
	var hash []byte
	if err = row.Scan(&k.ID, &role, &k.Organisation, &k.Purpose, &areas, &hash, &created, &expires, &revoked); err != nil {
		return k, err
	}
	copy(k.SHA256[:], hash)
	if k.Role, err = registry.ParseRole(role); err != nil { // written by another version: the key is listed and opens nothing
		k.Role = registry.RoleUnknown
	}
	if err = json.Unmarshal([]byte(areas), &k.Areas); err != nil {
		return k, err
	}
	if len(k.Areas) == 0 {
		k.Areas = nil // no limit, however it was written
	}
	if k.CreatedAt, err = time.Parse(stampLayout, created); err != nil {
		return k, err
	}
	if k.ExpiresAt, err = stampOrNil(expires); err != nil {
		return k, err
	}
	k.RevokedAt, err = stampOrNil(revoked)
	return k, err
}
