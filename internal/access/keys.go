package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"kantong/internal/registry"
)

// keyPrefix lets people and secret scanners recognise a key.
const keyPrefix = "kantong_"

// KeyRequest is what a key is made for.
type KeyRequest struct {
	ID           string // public name of the key; "" makes one
	Role         registry.Role
	Organisation string              // required
	Purpose      string              // what the organisation wants the key for; "" when it didn't say
	Areas        []registry.AreaCode // limits a planner's key to these areas and what lies in them; empty is no limit
	ExpiresAt    *time.Time          // nil: never
	Now          time.Time
}

// CreateKey makes an API key of 256 random bits, stores its hash, and returns the key, which is not kept anywhere. What is
// wrong with the request is BAD_USER_INPUT and names the member; CONFLICT when the id that it asks for is taken.
func CreateKey(ctx context.Context, l registry.Ledger, r KeyRequest) (key string, k registry.APIKey, err error) {
	if k, err = r.check(); err != nil {
		return "", registry.APIKey{}, err
	}
	var secret [32]byte
	var id [4]byte
	_, _ = rand.Read(secret[:]) // never fails: it would end the program
	_, _ = rand.Read(id[:])
	key = keyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	k.ID, k.SHA256 = cmp.Or(r.ID, "k-"+hex.EncodeToString(id[:])), hash(key)
	if err = l.AddKey(ctx, k); err != nil {
		return "", registry.APIKey{}, err
	}
	return key, k, nil
}

// check gives the key that is asked for, but for its id and hash.
func (r *KeyRequest) check() (k registry.APIKey, err error) {
	if r.Role == registry.RolePublic {
		return k, registry.Invalid("role", "PUBLIC needs no key")
	}
	if !opens(r.Role) {
		return k, registry.Invalid("role", "there is no such role")
	}
	k = registry.APIKey{Role: r.Role, CreatedAt: r.Now, ExpiresAt: r.ExpiresAt}
	if k.Organisation, err = line("organisation", r.Organisation); err != nil {
		return k, err
	}
	if k.Organisation == "" {
		return k, registry.Invalid("organisation", "a key belongs to an organisation: say which")
	}
	if k.Purpose, err = line("purpose", r.Purpose); err != nil {
		return k, err
	}
	if k.Areas, err = r.areas(); err != nil {
		return k, err
	}
	if r.ExpiresAt != nil && !r.ExpiresAt.After(r.Now) {
		return k, registry.Invalid("expires", "%s is past: a key ends at a moment to come", r.ExpiresAt.Format(time.RFC3339))
	}
	return k, nil
}

// areas gives the areas of the key by code, each once. None at all is no limit, so a code that is no code is never left out.
func (r *KeyRequest) areas() ([]registry.AreaCode, error) {
	if len(r.Areas) > 0 && r.Role != registry.RolePlanner {
		return nil, registry.Invalid("areas", "only a planner's key can be limited to areas, not one of %s", r.Role)
	}
	var areas []registry.AreaCode
	for i, a := range r.Areas {
		code, err := registry.ParseAreaCode(string(a))
		if err != nil {
			return nil, registry.Under(fmt.Sprintf("areas[%d]", i), err)
		}
		areas = append(areas, code)
	}
	slices.Sort(areas)
	return slices.Compact(areas), nil
}

// line gives a text without spaces around it. Texts of keys stand in lists and logs, where a second line would look like
// an entry.
func line(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }) {
		return "", registry.Invalid(field, "must be one line of printable text")
	}
	return text, nil
}

// opens tells whether a key can have the role. This version may know fewer roles than the one that wrote the ledger.
func opens(r registry.Role) bool { return r > registry.RolePublic && r <= registry.RoleAuditor }

// Authenticate gives the viewer of an Authorization header: the public for an empty one, UNAUTHENTICATED for one that
// holds no valid key. It asks the ledger once. Keys are random, so a plain hash and its equality in an index reveal nothing.
func Authenticate(ctx context.Context, l registry.Ledger, authorization string, now time.Time) (Viewer, error) {
	if authorization == "" {
		return Viewer{}, nil
	}
	scheme, key, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(key, keyPrefix) {
		return Viewer{}, unauthenticated("send the key as Authorization: Bearer kantong_…")
	}
	k, err := l.KeyByHash(ctx, hash(strings.TrimSpace(key)))
	switch {
	case registry.CodeOf(err) == registry.CodeNotFound:
		return Viewer{}, unauthenticated("this key is unknown or was revoked")
	case registry.CodeOf(err) == registry.CodeBadUserInput: // of a key that is there: its role
		return Viewer{}, unknownRole()
	case err != nil:
		return Viewer{}, err
	case k.ExpiresAt != nil && !now.Before(*k.ExpiresAt):
		return Viewer{}, unauthenticated("this key expired at %s; ask the city for a new one", k.ExpiresAt.UTC().Format(time.RFC3339))
	case !opens(k.Role):
		return Viewer{}, unknownRole()
	}
	return Viewer{Role: k.Role, Organisation: k.Organisation, KeyID: k.ID, Areas: k.Areas}, nil
}

func unauthenticated(format string, args ...any) error {
	return registry.Errorf(registry.CodeUnauthenticated, "authorization", format, args...)
}

// unknownRole refuses a key that a later version of the program gave a role of its own.
func unknownRole() error {
	return unauthenticated("this key has a role that this version of the program doesn't know")
}

func hash(key string) [32]byte { return sha256.Sum256([]byte(key)) }
