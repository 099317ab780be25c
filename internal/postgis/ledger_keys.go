package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// AddKey stores a key; CONFLICT when its id, or the key itself, is there already.
func (l Ledger) AddKey(ctx context.Context, k registry.APIKey) error {
	return l.s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO kantong.api_key (id, role, organisation, purpose, areas, sha256, created_at, expires_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, k.ID, k.Role.String(), k.Organisation, k.Purpose, listOf(k.Areas), k.SHA256[:],
			stored(k.CreatedAt), storedOrNull(k.ExpiresAt), storedOrNull(k.RevokedAt))
		if isTaken(err) {
			return registry.Conflict("id", "there is a key %s already", k.ID)
		}
		return err
	})
}

// listOf is a list for a column that is never NULL.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// storedOrNull is a time as the database keeps it, or NULL.
func storedOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stored(*t)
}

const selectKeys = "SELECT id, role, organisation, purpose, areas, sha256, created_at, expires_at, revoked_at FROM kantong.api_key "

// Keys gives all keys, newest first.
func (l Ledger) Keys(ctx context.Context) ([]registry.APIKey, error) {
	return l.keys(ctx, selectKeys+"ORDER BY created_at DESC, id")
}

// KeyByHash gives the key of a hash that is not revoked.
func (l Ledger) KeyByHash(ctx context.Context, sha256 [32]byte) (registry.APIKey, error) {
	list, err := l.keys(ctx, selectKeys+"WHERE sha256 = $1 AND revoked_at IS NULL", sha256[:])
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
	return l.changeKey(ctx, id, "UPDATE kantong.api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", at)
}

// ExpireKey ends a key at a moment to come; the earlier end counts.
func (l Ledger) ExpireKey(ctx context.Context, id string, at time.Time) error {
	return l.changeKey(ctx, id, `UPDATE kantong.api_key SET expires_at = CASE WHEN revoked_at <= $2 THEN expires_at
		ELSE least(expires_at, $2) END WHERE id = $1`, at)
}

// changeKey runs a statement on the one key of an id.
func (l Ledger) changeKey(ctx context.Context, id, text string, at time.Time) error {
	return l.s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, text, id, stored(at))
		if err == nil && tag.RowsAffected() == 0 {
			return registry.NotFound("id", "there is no key %q", id)
		}
		return err
	})
}

func (l Ledger) keys(ctx context.Context, text string, args ...any) ([]registry.APIKey, error) {
	list := []registry.APIKey{}
	err := l.read(ctx, func(rows pgx.Rows) error {
		k, err := scanKey(rows)
		list = append(list, k)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanKey(rows pgx.Rows) (k registry.APIKey, err error) {
	var role string
	var hash []byte
	if err = rows.Scan(&k.ID, &role, &k.Organisation, &k.Purpose, &k.Areas, &hash, &k.CreatedAt, &k.ExpiresAt, &k.RevokedAt); err != nil {
		return k, err
	}
	copy(k.SHA256[:], hash)
	if len(k.Areas) == 0 {
		k.Areas = nil // no limit, however it was written
	}
	k.CreatedAt, k.ExpiresAt, k.RevokedAt = k.CreatedAt.UTC(), inUTC(k.ExpiresAt), inUTC(k.RevokedAt)
	if k.Role, err = registry.ParseRole(role); err != nil { // written by another version: the key is listed and opens nothing
		k.Role = registry.RoleUnknown
	}
	return k, nil
}
