package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// RunLedger tries everything that registry.Ledger promises. open gives an empty ledger of its own for every call and
// closes it by a cleanup of t.
func RunLedger(t *testing.T, open func(t *testing.T) registry.Ledger) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, registry.Ledger)
	}{
		{"a new ledger has no key", func(t *testing.T, l registry.Ledger) {
			wantKeys(t, l)
			_, err := l.KeyByHash(t.Context(), sha256.Sum256(nil))
			wantCode(t, "KeyByHash", err, registry.CodeNotFound)
		}},
		{"keys come back whole, newest first", func(t *testing.T, l registry.Ledger) {
			first, second, third := ledgerKey("k-b", 1), ledgerKey("k-c", 2), ledgerKey("k-a", 3)
			addKeys(t, l, second, third, first)
			wantKeys(t, l, third, second, first)
			for _, want := range []registry.APIKey{first, second, third} {
				got, err := l.KeyByHash(t.Context(), want.SHA256)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(got, want); diff != "" {
					t.Errorf("key by hash (-got +want):\n%s", diff)
				}
			}
		}},
		{"every role", func(t *testing.T, l registry.Ledger) {
			for r := registry.RolePublic; r <= registry.RoleAuditor; r++ {
				k := ledgerKey("k-"+r.String(), int(r))
				k.Role = r
				addKeys(t, l, k)
				got, err := l.KeyByHash(t.Context(), k.SHA256)
				if err != nil || got.Role != r {
					t.Errorf("role %s (%v), want %s", got.Role, err, r)
				}
			}
		}},
		{"an id is taken once", func(t *testing.T, l registry.Ledger) {
			k := ledgerKey("k-a", 1)
			addKeys(t, l, k)
			other := ledgerKey("k-a", 2)
			other.SHA256[0] ^= 1
			wantCode(t, "AddKey", l.AddKey(t.Context(), other), registry.CodeConflict)
			wantKeys(t, l, k)
		}},
		{"a revoked key is listed and opens nothing", func(t *testing.T, l registry.Ledger) {
			k, kept := ledgerKey("k-a", 1), ledgerKey("k-b", 2)
			addKeys(t, l, k, kept)
			when := at(5)
			if err := l.RevokeKey(t.Context(), k.ID, when); err != nil {
				t.Fatal(err)
			}
			_, err := l.KeyByHash(t.Context(), k.SHA256)
			wantCode(t, "KeyByHash", err, registry.CodeNotFound)
			if _, err := l.KeyByHash(t.Context(), kept.SHA256); err != nil {
				t.Errorf("the other key: %v", err)
			}
			k.RevokedAt = &when
			wantKeys(t, l, kept, k)
			wantCode(t, "AddKey", l.AddKey(t.Context(), ledgerKey("k-a", 9)), registry.CodeConflict)
		}},
		{"revoking again is no error", func(t *testing.T, l registry.Ledger) {
			k := ledgerKey("k-a", 1)
			addKeys(t, l, k)
			for minutes := 5; minutes < 7; minutes++ {
				if err := l.RevokeKey(t.Context(), k.ID, at(minutes)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := l.KeyByHash(t.Context(), k.SHA256)
			wantCode(t, "KeyByHash", err, registry.CodeNotFound)
		}},
		{"revoking what is not there", func(t *testing.T, l registry.Ledger) {
			wantCode(t, "RevokeKey", l.RevokeKey(t.Context(), "k-none", at(1)), registry.CodeNotFound)
		}},
		{"a cancelled context", func(t *testing.T, l registry.Ledger) {
			k := ledgerKey("k-a", 1)
			addKeys(t, l, k)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, keys := l.Keys(ctx)
			_, byHash := l.KeyByHash(ctx, k.SHA256)
			for method, err := range map[string]error{"Keys": keys, "KeyByHash": byHash,
				"AddKey": l.AddKey(ctx, ledgerKey("k-b", 2)), "RevokeKey": l.RevokeKey(ctx, k.ID, at(1))} {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: error %v, want the context's own", method, err)
				}
			}
			wantKeys(t, l, k)
		}},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func ledgerKey(id string, minutes int) registry.APIKey {
	return registry.APIKey{ID: id, Role: registry.RolePartner, Organisation: "Yayasan 'Ä'", SHA256: sha256.Sum256([]byte(id)), CreatedAt: at(minutes)}
}

func addKeys(t *testing.T, l registry.Ledger, keys ...registry.APIKey) {
	t.Helper()
	for _, k := range keys {
		if err := l.AddKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
}

func wantKeys(t *testing.T, l registry.Ledger, want ...registry.APIKey) {
	t.Helper()
	got, err := l.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("keys (-got +want):\n%s", diff)
	}
}

func wantCode(t *testing.T, what string, err error, code registry.Code) {
	t.Helper()
	if registry.CodeOf(err) != code {
		t.Errorf("%s: error %v, want %s", what, err, code)
	}
}
