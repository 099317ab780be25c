package changes

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kantong/internal/access"
	"kantong/internal/filestore"
	"kantong/internal/registry"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func in(n int) *time.Time { at := noon.Add(minutes(n)); return &at }

// TestFaultsOfAKey name the members of the input. After mending, the change can be asked for under its id.
func TestFaultsOfAKey(t *testing.T) {
	b := newBench(t)
	good := access.KeyRequest{Role: registry.RolePlanner, Organisation: "Kelurahan Rangkui", Areas: []registry.AreaCode{"19.71"}, ExpiresAt: in(1)}
	for field, change := range map[string]func(*access.KeyRequest){
		"key.role":         func(k *access.KeyRequest) { k.Role = registry.RolePublic },
		"key.organisation": func(k *access.KeyRequest) { k.Organisation = " " },
		"key.purpose":      func(k *access.KeyRequest) { k.Purpose = "two\nlines" },
		"key.areas":        func(k *access.KeyRequest) { k.Areas = []registry.AreaCode{} },
		"key.areas[0]":     func(k *access.KeyRequest) { k.Areas = []registry.AreaCode{"19.7"} },
		"key.expiresAt":    func(k *access.KeyRequest) { k.ExpiresAt = in(0) },
	} {
		wrong := good
		change(&wrong)
		_, _, err := b.CreateKey(t.Context(), admin, clientID, wrong)
		var found string
		if e, ok := err.(*registry.Error); ok && e.Code == registry.CodeBadUserInput {
			found = e.Field
			if strings.HasPrefix(e.Field, "key.areas[0]") {
				found = "key.areas[0]"
			}
		}
		b.same("field", found, field)
	}
	k, secret, err := b.CreateKey(t.Context(), admin, clientID, good)
	b.ok(err)
	b.same("the key", k, registry.APIKey{ID: k.ID, Role: registry.RolePlanner, Organisation: "Kelurahan Rangkui", Areas: good.Areas, SHA256: k.SHA256, CreatedAt: noon, ExpiresAt: in(1)})
	who, err := access.Authenticate(t.Context(), b.with.Ledger, "Bearer "+secret, noon)
	b.ok(err)
	b.same("whom it opens for", who.KeyID, k.ID)
}

// TestKeyThatEndedMeanwhile is a key whose making was begun, and whose end is past when it is asked for again.
func TestKeyThatEndedMeanwhile(t *testing.T) {
	b := newBench(t)
	b.faults.at = afterTheWrite
	ask := func(zone *time.Location) (registry.APIKey, error) {
		at := in(1).In(zone)
		k, _, err := b.CreateKey(t.Context(), admin, clientID, access.KeyRequest{Role: registry.RolePartner, Organisation: "Yayasan", ExpiresAt: &at})
		return k, err
	}
	_, err := ask(time.UTC)
	b.refused("the first answer", err, registry.CodeUnavailable, "")
	b.with.Now = func() time.Time { return noon.Add(minutes(2)) }
	k, err := ask(time.FixedZone("WIB", 7*60*60)) // the same moment, written in another way
	b.ok(err)
	b.same("its end", k.ExpiresAt, in(1))
}

func TestRevokeKey(t *testing.T) {
	b := newBench(t)
	_, err := b.RevokeKey(t.Context(), admin, clientID, "k-none")
	b.refused("a key that is not there", err, registry.CodeNotFound, "id")
	for i, id := range []string{clientID, "client:0002"} {
		b.with.Now = func() time.Time { return noon.Add(minutes(i)) }
		k, err := b.RevokeKey(t.Context(), admin, id, "k-old")
		b.ok(err)
		b.same("its end", k.RevokedAt, &noon)
	}
}

// TestNoSecretIsKept looks for the secrets of keys in every byte of the data directory, before and after the store is closed.
func TestNoSecretIsKept(t *testing.T) {
	dir := t.TempDir()
	store, err := filestore.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDesk(Options{Store: store, Ledger: store.Ledger(), Now: func() time.Time { return noon }})
	var traces [][]byte
	for _, id := range []string{clientID, "client:0002"} {
		k, secret, err := d.CreateKey(t.Context(), admin, id, access.KeyRequest{Role: registry.RolePartner, Organisation: "Yayasan"})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimPrefix(secret, "kantong_")
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(raw) != 32 {
			t.Fatalf("a secret of %d bytes (%v)", len(raw), err)
		}
		traces = append(traces, []byte(text), raw, []byte(hex.EncodeToString(raw)), []byte(base64.StdEncoding.EncodeToString(raw)))
		if !bytes.Contains(allFiles(t, dir), []byte(k.ID)) {
			t.Error("not even the key's name is found: this looks at the wrong place")
		}
	}
	look := func(when string) {
		for i, trace := range traces {
			if bytes.Contains(allFiles(t, dir), trace) {
				t.Errorf("%s a secret is kept, in writing %d", when, i%4)
			}
		}
	}
	look("while the store is open")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	look("after the store is closed")
}

func allFiles(t *testing.T, dir string) (all []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}
