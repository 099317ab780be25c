package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// TestBackup makes a backup of a data directory while a server has it, and serves what is restored.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	data, copied, back, secrets := filepath.Join(dir, "data"), filepath.Join(dir, "backup"), filepath.Join(dir, "back"), filepath.Join(dir, "secrets")
	first := start(t, "demo", "--data", data, "--households", "500", "--secrets", secrets)
	want := dataOf(t, first, `{"query":"{ edition { dataVersion contentHash } summary { deciles { households { value } } } }"}`)
	out := must(t, "backup", copied, "--data", data, "--secrets", secrets)
	if !strings.Contains(out, "household-id") {
		t.Error(out)
	}
	if code, _, stderr := run(t, "backup", copied, "--data", data, "--secrets", secrets); code != exitFailed || !strings.Contains(stderr, "already") {
		t.Errorf("a second backup in one place: exit %d, %s", code, stderr)
	}
	if out := must(t, "restore", copied, "--data", back, "--secrets", secrets); strings.Contains(out, "Warning") {
		t.Errorf("with the same secrets: %s", out)
	}
	if code, _, stderr := run(t, "restore", copied, "--data", data, "--secrets", secrets); code != exitFailed || !strings.Contains(stderr, "already") {
		t.Errorf("restored over a store: exit %d, %s", code, stderr)
	}
	second := start(t, "serve", "--data", back, "--secrets", secrets)
	if got := dataOf(t, second, `{"query":"{ edition { dataVersion contentHash } summary { deciles { households { value } } } }"}`); got != want {
		t.Errorf("restored: %s, was %s", got, want)
	}
	if code := second.status(t, first.key); code != 200 {
		t.Errorf("a key of the backup: %d", code)
	}
	if out := must(t, "restore", copied, "--data", filepath.Join(dir, "other"), "--secrets", filepath.Join(dir, "other-secrets")); !strings.Contains(out, "Warning") {
		t.Errorf("with other secrets: %s", out)
	}
	truncated, err := os.ReadFile(filepath.Join(copied, "registry.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, "registry.gpkg"), truncated[:len(truncated)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(t, "restore", copied, "--data", filepath.Join(dir, "third"), "--secrets", secrets); code != exitFailed || !strings.Contains(stderr, "no backup that can be restored") {
		t.Errorf("a damaged backup: exit %d, %s", code, stderr)
	}
}

// TestDatabaseBackup does the same by PostgreSQL's own programs.
func TestDatabaseBackup(t *testing.T) {
	url := database(t)
	p := testProgram(t, Config{})
	s, err := p.openStore(t.Context(), "", url)
	if err != nil {
		t.Fatal(err)
	}
	publishCity(t, s)
	secrets := madeSecrets(t)
	freeze(t, s, copiedTrees, access.Fingerprints(secretsOf(t, secrets)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := held(t, url)
	dir := t.TempDir()
	copied := filepath.Join(dir, "backup")
	if code, _, stderr := run(t, "backup", copied, "--database", url, "--secrets", madeSecrets(t)); code != exitFailed || !strings.Contains(stderr, "the household-id and the record keys") {
		t.Errorf("a backup that names other secrets as its own: exit %d, %s", code, stderr)
	}
	must(t, "backup", copied, "--database", url, "--secrets", secrets)
	empty := emptyDatabase(t)
	if out := must(t, "restore", copied, "--database", empty, "--secrets", secrets); strings.Contains(out, "Note") {
		t.Errorf("the restoration is not recorded: %s", out)
	}
	wantRecorded(t, []string{"--database", url}, [3]string{"backup"})
	if diff := cmp.Diff(held(t, empty), want); diff != "" || len(want.Editions) != 1 || len(want.Blocks) != len(copiedTrees) {
		t.Errorf("restored (-got +want):\n%s", diff)
	}
	s, err = p.openStore(t.Context(), "", empty)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for _, err := range s.Households(t.Context(), want.Editions[0].ID) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 600 {
		t.Errorf("%d households restored", n)
	}
	if code, _, stderr := run(t, "restore", copied, "--data", dir, "--secrets", secrets); code != exitFailed || !strings.Contains(stderr, "database") {
		t.Errorf("a database's backup into a directory: exit %d, %s", code, stderr)
	}
	_, err = p.openStore(t.Context(), "", emptyDatabase(t))
	if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), "migrate up") {
		t.Errorf("a database without tables: %v", err)
	}
}
