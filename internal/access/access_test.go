package access

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kantong/internal/registry"
)

// ledger is a registry.Ledger in memory.
type ledger map[[32]byte]registry.APIKey

func (l ledger) AddKey(_ context.Context, k registry.APIKey) error { l[k.SHA256] = k; return nil }
func (l ledger) Keys(context.Context) ([]registry.APIKey, error)   { return nil, nil }
func (l ledger) RevokeKey(_ context.Context, id string, at time.Time) error {
	for hash, k := range l {
		if k.ID == id {
			k.RevokedAt = &at
			l[hash] = k
		}
	}
	return nil
}

func (l ledger) KeyByHash(_ context.Context, hash [32]byte) (registry.APIKey, error) {
	k, ok := l[hash]
	if !ok || k.RevokedAt != nil {
		return k, registry.NotFound("key", "no such key")
	}
	return k, nil
}

func TestKeys(t *testing.T) {
	ctx, l := t.Context(), ledger{}
	key, k, err := CreateKey(ctx, l, registry.RolePlanner, "Bapperida", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, stored := range l {
		if strings.Contains(key, stored.ID) || hex.EncodeToString(stored.SHA256[:]) == key {
			t.Error("what is stored gives the key away")
		}
	}
	for header, want := range map[string]registry.Code{
		"": "", "Bearer " + key: "", "bearer " + key: "",
		"Bearer " + key + "x": registry.CodeUnauthenticated, "Basic " + key: registry.CodeUnauthenticated, "Bearer": registry.CodeUnauthenticated, key: registry.CodeUnauthenticated,
	} {
		v, err := Authenticate(ctx, l, header)
		if registry.CodeOf(err) != want {
			t.Errorf("%q: %v", header, err)
		}
		if header != "" && want == "" && (v.Role != registry.RolePlanner || v.Organisation != "Bapperida" || v.KeyID != k.ID) {
			t.Errorf("%q: %+v", header, v)
		}
		if header == "" && v != (Viewer{}) {
			t.Errorf("without a key: %+v", v)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Error("the error shows the key")
		}
	}
	if err := l.RevokeKey(ctx, k.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := Authenticate(ctx, l, "Bearer "+key); registry.CodeOf(err) != registry.CodeUnauthenticated {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestKeysAreRefused(t *testing.T) {
	if _, _, err := CreateKey(t.Context(), ledger{}, registry.RolePublic, "x", time.Now()); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("a key of the public: %v", err)
	}
	if _, _, err := CreateKey(t.Context(), ledger{}, registry.RolePartner, " ", time.Now()); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("a key of nobody: %v", err)
	}
}

func TestSecrets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	var first registry.Secrets
	var wait sync.WaitGroup
	seen := make([]registry.Secrets, 8)
	for i := range seen { // processes that start together agree
		wait.Add(1)
		go func() {
			defer wait.Done()
			s, err := LoadSecrets(dir, true)
			if err != nil {
				t.Error(err)
			}
			seen[i] = s
		}()
	}
	wait.Wait()
	first = seen[0]
	for _, s := range seen {
		if string(s.ID) != string(first.ID) || string(s.Record) != string(first.Record) {
			t.Fatal("two loads gave two secrets")
		}
	}
	if len(first.ID) != secretBytes || string(first.ID) == string(first.Record) {
		t.Errorf("secrets %x, %x", first.ID, first.Record)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 2 {
		t.Errorf("files %v", files)
	}
	for _, f := range files {
		if info, _ := os.Stat(f); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", f, info.Mode().Perm())
		}
	}
}

func TestSecretsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"readable by others": func(p string) error { return os.Chmod(p, 0o644) },
		"damaged":            func(p string) error { return os.WriteFile(p, []byte("abc"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := LoadSecrets(dir, true); err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(dir, "household-id.key")); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadSecrets(dir, true); registry.CodeOf(err) != registry.CodeConflict {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestSecretsAreNotMadeAnew where they should be: other keys would give every family another id.
func TestSecretsAreNotMadeAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nowhere")
	if _, err := LoadSecrets(dir, false); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made")
	}
}
