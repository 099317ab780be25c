package cli

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// sample is a file that comes with the program.
func sample(name string) string { return filepath.Join("..", "..", "geodata", "sample", name) }

// importEdition imports the sample, with its card numbers, as an edition, and publishes it.
func importEdition(t *testing.T, name string, flags ...string) {
	t.Helper()
	with := func(args ...string) []string { return append(args, flags...) }
	must(t, with("edition", "create", name, "--as-of", "2025-09-30")...)
	must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", name)...)
	must(t, with("import", "households", sample("households.csv"), "--edition", name)...)
	must(t, with("import", "programs", sample("programs.json"), "--edition", name)...)
	importRelease(t, name, "2025-10", flags...)
}

// importRelease imports the sample's enrolments as a release and publishes it.
func importRelease(t *testing.T, edition, release string, flags ...string) {
	t.Helper()
	with := func(args ...string) []string { return append(args, flags...) }
	must(t, with("edition", "create", edition, "--release", release, "--as-of", "2025-10-31")...)
	must(t, with("import", "enrolments", sample("enrolments.csv"), "--edition", edition, "--release", release)...)
	must(t, with("edition", "publish", edition, "--release", release)...)
}

// withOneKey gives a directory with one key of another, and a fresh one in the place of the other.
func withOneKey(t *testing.T, of, key string) string {
	t.Helper()
	dir := madeSecrets(t)
	text, err := os.ReadFile(filepath.Join(of, key))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, key), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOtherSecretsAreRefused names the key that is wrong and tells nothing of it, whichever command wants the keys.
func TestOtherSecretsAreRefused(t *testing.T) {
	data, right := filepath.Join(t.TempDir(), "data"), madeSecrets(t)
	with := func(secrets string, args ...string) []string {
		return append(args, "--data", data, "--secrets", secrets)
	}
	importEdition(t, "2025-q3", "--data", data, "--secrets", right)
	must(t, with(right, "edition", "create", "2025-q4")...)
	for _, test := range []struct{ name, secrets, says string }{
		{"both", madeSecrets(t), "the household-id and the record keys at hand"},
		{"record", withOneKey(t, right, "household-id.key"), "the record key at hand"},
		{"household id", withOneKey(t, right, "record.key"), "the household-id key at hand"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, args := range [][]string{
				{"import", "households", sample("households.csv"), "--edition", "2025-q4"}, {"edition", "publish", "2025-q4"},
				{"backup", filepath.Join(t.TempDir(), "b")}, {"secrets", "show"},
				{"secrets", "rotate", "--id", "--from", data, "--to", filepath.Join(t.TempDir(), "to"), "--new-secrets", filepath.Join(t.TempDir(), "new")},
			} {
				code, out, stderr := run(t, with(test.secrets, args...)...)
				if code != exitFailed || !strings.Contains(stderr, "secrets: "+test.says) || !strings.Contains(stderr, "--secrets") {
					t.Errorf("%v: exit %d, %s; want … %s …", args, code, stderr, test.says)
				}
				wantNoKey(t, out+stderr, secretsOf(t, test.secrets), secretsOf(t, right))
			}
		})
	}
	must(t, with(right, "edition", "discard", "2025-q4")...)
	if out := must(t, with(right, "secrets", "show")...); !strings.Contains(out, "They match.") || strings.Count(out, access.Fingerprints(secretsOf(t, right))["record"]) != 2 {
		t.Error(out)
	}
}

func wantNoKey(t *testing.T, text string, secrets ...registry.Secrets) {
	t.Helper()
	for _, s := range secrets {
		for _, key := range append(s.ID, s.Record) {
			for part := range key[:len(key)-4] {
				if strings.Contains(text, hex.EncodeToString(key[part:part+4])) {
					t.Fatalf("part of a key is told: %s", text)
				}
			}
		}
	}
}

// TestFirstUseKeepsFingerprints: as long as there is no family the keys can be others, and from then on not.
func TestFirstUseKeepsFingerprints(t *testing.T) {
	data, first, second := filepath.Join(t.TempDir(), "data"), madeSecrets(t), madeSecrets(t)
	areas := []string{"import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", "x", "--data", data, "--secrets"}
	must(t, "edition", "create", "x", "--data", data)
	for _, secrets := range []string{first, second} {
		must(t, append(areas, secrets)...)
		if got, want := held(t, data).Fingerprints, access.Fingerprints(secretsOf(t, secrets)); got["household-id"] != want["household-id"] || got["record"] != want["record"] {
			t.Errorf("kept %v, want %v", got, want)
		}
	}
	families := []string{"import", "households", sample("households.csv"), "--edition", "x", "--data", data, "--secrets"}
	must(t, append(families, second)...)
	if code, _, _ := run(t, append(areas, first)...); code != exitFailed {
		t.Errorf("other keys with families in a draft: exit %d", code)
	}
}

// TestStoreOfAFormerVersion has families and no fingerprints: it takes those of the keys that made its record keys, and
// only those.
func TestStoreOfAFormerVersion(t *testing.T) {
	data, right := original(t)
	in(t, data, func(s *store) { freeze(t, s, nil, nil) })
	publish := []string{"edition", "publish", "x", "--data", data, "--secrets"} // no such draft; the keys are looked at first
	if _, _, stderr := run(t, append(publish, madeSecrets(t))...); !strings.Contains(stderr, "the record key at hand is not the one") {
		t.Error(stderr)
	}
	if prints := held(t, data).Fingerprints; len(prints) > 0 {
		t.Errorf("wrong ones were kept: %v", prints)
	}
	if out := must(t, "secrets", "show", "--data", data, "--secrets", right); !strings.Contains(out, "no fingerprints yet") {
		t.Error(out)
	}
	if _, _, stderr := run(t, append(publish, right)...); !strings.Contains(stderr, "no edition") {
		t.Error(stderr)
	}
	if got, want := held(t, data).Fingerprints, access.Fingerprints(secretsOf(t, right)); got["household-id"] != want["household-id"] {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestSecretsOfTheEnvironment need no directory, are the same secrets, and are for this program only.
func TestSecretsOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	data, secrets := filepath.Join(dir, "data"), secretsOf(t, madeSecrets(t))
	t.Setenv("KANTONG_SECRET_HOUSEHOLD_ID", hex.EncodeToString(secrets.ID[0]))
	t.Setenv("KANTONG_SECRET_RECORD", hex.EncodeToString(secrets.Record))
	importEdition(t, "2025-q3", "--data", data)
	must(t, "backup", filepath.Join(dir, "backup"), "--data", data)
	if _, err := os.Stat(filepath.Join(data, "secrets")); err == nil {
		t.Error("a directory of secrets was made")
	}
	in(t, data, func(s *store) {
		h, err := s.Attributes(t.Context(), "2025-q3", []registry.HouseholdID{secrets.HouseholdID("kk", "9900000000000001")})
		if err != nil || h[0] == nil {
			t.Errorf("the family is not there under its id: %v", err)
		}
	})
	t.Setenv("KANTONG_SECRET_RECORD", "")
	code, _, stderr := run(t, "secrets", "show", "--data", data)
	if code != exitFailed || !strings.Contains(stderr, "KANTONG_SECRET_RECORD") {
		t.Errorf("one of the two: exit %d, %s", code, stderr)
	}
	wantNoKey(t, stderr, secrets)
}

// TestOtherProgramsGetNoSecrets runs a pg_dump that tells its environment.
func TestOtherProgramsGetNoSecrets(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "pg_dump"), []byte("#!/bin/sh\nenv | grep -E '^(KANTONG|PGAPPNAME)'\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("PGAPPNAME", "told")
	secrets := secretsOf(t, madeSecrets(t))
	t.Setenv("KANTONG_SECRET_HOUSEHOLD_ID", hex.EncodeToString(secrets.ID[0]))
	t.Setenv("KANTONG_SECRET_RECORD", hex.EncodeToString(secrets.Record))
	p := testProgram(t, Config{Database: "postgres://nowhere"})
	err := p.postgres("pg_dump")
	if err == nil || !strings.Contains(err.Error(), "PGAPPNAME=told") {
		t.Fatal(err)
	}
	wantNoKey(t, err.Error(), secrets)
}
