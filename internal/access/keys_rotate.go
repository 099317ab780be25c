package access

import (
	"context"
	"errors"
	"slices"
	"time"

	"kantong/internal/registry"
)

// RotateKey makes a key that takes the place of another: of the same role, organisation, purpose and areas, ending when
// that one would have ended. The other is good for the grace, so that its owner can change over; with none it is revoked
// at once. NOT_FOUND for an unknown id, CONFLICT for a key that has ended.
func RotateKey(ctx context.Context, l registry.Ledger, id string, grace time.Duration, now time.Time) (key string, k registry.APIKey, err error) {
	if grace < 0 {
		return "", k, registry.Invalid("grace", "must not be negative")
	}
	old, err := findKey(ctx, l, id)
	if err != nil {
		return "", k, err
	}
	if end, ended := KeyEnd(old, now); ended {
		return "", k, registry.Conflict("id", "the key %s ended at %s: create a new one", id, end.UTC().Format(time.RFC3339))
	}
	key, k, err = CreateKey(ctx, l, KeyRequest{Role: old.Role, Organisation: old.Organisation, Purpose: old.Purpose, Areas: old.Areas, ExpiresAt: old.ExpiresAt, Now: now})
	if err != nil {
		return "", k, err
	}
	if grace == 0 {
		err = l.RevokeKey(ctx, id, now)
	} else {
		err = l.ExpireKey(ctx, id, now.Add(grace))
	}
	if err != nil { // the new key is shown to nobody then, and must not stay
		return "", registry.APIKey{}, errors.Join(err, l.RevokeKey(context.WithoutCancel(ctx), k.ID, now))
	}
	return key, k, nil
}

func findKey(ctx context.Context, l registry.Ledger, id string) (registry.APIKey, error) {
	keys, err := l.Keys(ctx)
	if err != nil {
		return registry.APIKey{}, err
	}
	i := slices.IndexFunc(keys, func(k registry.APIKey) bool { return k.ID == id })
	if i < 0 {
		return registry.APIKey{}, registry.NotFound("id", "there is no key %q", id)
	}
	return keys[i], nil
}

// KeyEnd tells when a key ends, nil for never, and whether it has ended.
func KeyEnd(k registry.APIKey, now time.Time) (at *time.Time, ended bool) {
	at = k.ExpiresAt
	if k.RevokedAt != nil && (at == nil || k.RevokedAt.Before(*at)) {
		at = k.RevokedAt
	}
	return at, at != nil && !now.Before(*at)
}
