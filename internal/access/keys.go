package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"kantong/internal/registry"
)

// keyPrefix lets people and secret scanners recognise a key.
const keyPrefix = "kantong_"

// CreateKey makes an API key of 256 random bits, stores its hash, and returns the key, which is not kept anywhere.
func CreateKey(ctx context.Context, l registry.Ledger, role registry.Role, organisation string, now time.Time) (key string, k registry.APIKey, err error) {
	if role == registry.RolePublic {
		return "", k, registry.Invalid("role", "PUBLIC needs no key")
	}
	if strings.TrimSpace(organisation) == "" {
		return "", k, registry.Invalid("organisation", "a key belongs to an organisation: say which")
	}
	var secret [32]byte
	var id [4]byte
	_, _ = rand.Read(secret[:]) // never fails: it would end the program
	_, _ = rand.Read(id[:])
	key = keyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	k = registry.APIKey{ID: "k-" + hex.EncodeToString(id[:]), Role: role, Organisation: organisation, SHA256: hash(key), CreatedAt: now}
	return key, k, l.AddKey(ctx, k)
}

// Authenticate gives the viewer of an Authorization header: the public for an empty one, UNAUTHENTICATED for one that
// holds no valid key. Keys are random, so a plain hash and its equality in an index reveal nothing.
func Authenticate(ctx context.Context, l registry.Ledger, authorization string) (Viewer, error) {
	if authorization == "" {
		return Viewer{}, nil
	}
	scheme, key, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(key, keyPrefix) {
		return Viewer{}, unauthenticated("send the key as Authorization: Bearer kantong_…")
	}
	k, err := l.KeyByHash(ctx, hash(strings.TrimSpace(key)))
	switch registry.CodeOf(err) {
	case "":
		return Viewer{k.Role, k.Organisation, k.ID}, nil
	case registry.CodeNotFound:
		return Viewer{}, unauthenticated("this key is unknown or was revoked")
	}
	return Viewer{}, err
}

func unauthenticated(message string) error {
	return registry.Errorf(registry.CodeUnauthenticated, "authorization", "%s", message)
}

func hash(key string) [32]byte { return sha256.Sum256([]byte(key)) }
