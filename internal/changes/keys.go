package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// keyIDBytes is the length of the ids of keys made here: so long that no two client ids lead to one.
const keyIDBytes = 8

// CreateKey makes an API key, and gives it with its secret, which is kept nowhere; ID and Now of k are set here. Faults are
// BAD_USER_INPUT with a field under "key".
//
// Asked again it gives the key without the secret: secret is "". A client that never got the secret should revoke the key
// and make another under a new client id.
func (d *Desk) CreateKey(ctx context.Context, who registry.Viewer, clientID string, k access.KeyRequest) (key registry.APIKey, secret string, err error) {
	if k.Areas != nil && len(k.Areas) == 0 { // it would become a key without limit
		return key, "", registry.Invalid("key.areas", "name at least one area; a key without a limit has no areas at all")
	}
	if k.ExpiresAt != nil {
		at := k.ExpiresAt.UTC()
		k.ExpiresAt = &at
	}
	k.ID, k.Now = keyID(who, clientID), time.Time{} // Now is no part of what is asked for
	key, err = once(ctx, d, order{who, clientID, "createKey", k}, func(ctx context.Context, again bool) (made registry.APIKey, err error) {
		if again { // the request may be past its own end by now, and the key be made
			if made, err = d.findKey(ctx, k.ID); registry.CodeOf(err) != registry.CodeNotFound {
				return made, err
			}
		}
		k.Now = d.with.Now()
		if secret, made, err = access.CreateKey(ctx, d.with.Ledger, k); registry.CodeOf(err) == registry.CodeConflict {
			return d.findKey(ctx, k.ID) // another server was asked, too, and made it just now
		}
		return made, keyFault(err)
	})
	return key, secret, err
}

// keyID is the public name of the key that is made under a client's id: when it is taken, the key was made.
func keyID(who registry.Viewer, clientID string) string {
	sum := sha256.Sum256([]byte(who.KeyID + "\x00" + clientID))
	return "k-" + hex.EncodeToString(sum[:keyIDBytes])
}

// keyFault puts an error of package access into the words of the network.
func keyFault(err error) error {
	var e *registry.Error
	switch {
	case !errors.As(err, &e), e.Code != registry.CodeBadUserInput:
		return err
	case e.Field == "expires":
		return &registry.Error{Code: e.Code, Field: "key.expiresAt", Message: e.Message}
	}
	return registry.Under("key", err)
}

// RevokeKey ends a key at once and gives it as it is then; a key that is revoked already keeps the moment. NOT_FOUND of
// field "id" when there is none.
func (d *Desk) RevokeKey(ctx context.Context, who registry.Viewer, clientID, id string) (registry.APIKey, error) {
	return once(ctx, d, order{who, clientID, "revokeKey", id}, func(ctx context.Context, _ bool) (registry.APIKey, error) {
		if err := d.with.Ledger.RevokeKey(ctx, id, d.with.Now()); err != nil {
			return registry.APIKey{}, err
		}
		return d.findKey(ctx, id)
	})
}

// Keys gives all keys, newest first, ended ones too.
func (d *Desk) Keys(ctx context.Context) ([]registry.APIKey, error) { return d.with.Ledger.Keys(ctx) }

func (d *Desk) findKey(ctx context.Context, id string) (registry.APIKey, error) {
	keys, err := d.with.Ledger.Keys(ctx)
	if err != nil {
		return registry.APIKey{}, err
	}
	i := slices.IndexFunc(keys, func(k registry.APIKey) bool { return k.ID == id })
	if i < 0 {
		return registry.APIKey{}, registry.NotFound("id", "there is no key %q", id)
	}
	return keys[i], nil
}
