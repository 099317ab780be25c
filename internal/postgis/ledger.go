package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// Ledger keeps API keys in a table beside the registry, which no copy of an edition takes along.
type Ledger struct{ s *Store }

var _ registry.Ledger = Ledger{}

// Ledger gives the ledger of the store's database. It is usable until the store is closed.
func (s *Store) Ledger() registry.Ledger { return Ledger{s} }

// AddKey stores a key; CONFLICT when its id, or the key itself, is there already.
func (l Ledger) AddKey(ctx context.Context, k registry.APIKey) error {
	var revoked *time.Time
	if k.RevokedAt != nil {
		at := stored(*k.RevokedAt)
		revoked = &at
	}
	return l.s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO kantong.api_key (id, role, organisation, sha256, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)",
			k.ID, k.Role.String(), k.Organisation, k.SHA256[:], stored(k.CreatedAt), revoked)
		if isTaken(err) {
			return registry.Conflict("id", "there is a key %s already", k.ID)
		}
		return err
	})
}

const selectKeys = "SELECT id, role, organisation, sha256, created_at, revoked_at FROM kantong.api_key "

// Keys gives all keys, newest first.
func (l Ledger) Keys(ctx context.Context) ([]registry.APIKey, error) {
	return l.query(ctx, selectKeys+"ORDER BY created_at DESC, id")
}

// KeyByHash gives the key of a hash that is not revoked.
func (l Ledger) KeyByHash(ctx context.Context, sha256 [32]byte) (registry.APIKey, error) {
	list, err := l.query(ctx, selectKeys+"WHERE sha256 = $1 AND revoked_at IS NULL", sha256[:])
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
	return l.s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE kantong.api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", id, stored(at))
		if err == nil && tag.RowsAffected() == 0 {
			return registry.NotFound("id", "there is no key %q", id)
		}
		return err
	})
}

// query asks outside a transaction: that is one round trip, and a key is looked up for every request.
func (l Ledger) query(ctx context.Context, text string, args ...any) ([]registry.APIKey, error) {
	rows, err := l.s.pool.Query(ctx, text, args...)
	if err != nil {
		return nil, failed(ctx, err)
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
	return list, failed(ctx, rows.Err())
}

func scanKey(rows pgx.Rows) (k registry.APIKey, err error) {
	var role string
	var hash []byte
	if err = rows.Scan(&k.ID, &role, &k.Organisation, &hash, &k.CreatedAt, &k.RevokedAt); err != nil {
		return k, err
	}
	copy(k.SHA256[:], hash)
	k.CreatedAt, k.RevokedAt = k.CreatedAt.UTC(), inUTC(k.RevokedAt)
	k.Role, err = registry.ParseRole(role)
	return k, err
}
