package access

import (
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"kantong/internal/registry"
)

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
		if !reflect.DeepEqual(s, first) {
			t.Fatal("two loads gave two secrets")
		}
	}
	if len(first.ID) != 1 || len(first.ID[0]) != secretBytes || string(first.ID[0]) == string(first.Record) {
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
		"empty":              func(p string) error { return os.WriteFile(p, nil, 0o600) },
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
