package access

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// secretBytes is the length of each secret.
const secretBytes = 32

// The files of a directory of secrets: hexadecimal, household-id.key with a line for every generation, oldest first.
const (
	householdIDFile = "household-id.key"
	recordFile      = "record.key"
)

// LoadSecrets reads the secrets of a directory. A secret that others can read is refused: whoever holds it can test whether
// a family-card number is in the registry. Missing ones are made, with mode 0600, if create says so; else they are
// refused too, since others would give every family another id.
func LoadSecrets(dir string, create bool) (registry.Secrets, error) {
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return registry.Secrets{}, registry.Errorf(registry.CodeUnavailable, "secrets", "can't make the directory for secrets: %w", err)
		}
	}
	id, err := loadSecret(filepath.Join(dir, householdIDFile), create)
	if err != nil {
		return registry.Secrets{}, err
	}
	path := filepath.Join(dir, recordFile)
	record, err := loadSecret(path, create)
	if err != nil {
		return registry.Secrets{}, err
	}
	if len(record) != 1 {
		return registry.Secrets{}, damaged(path)
	}
	return registry.Secrets{ID: id, Record: record[0]}, nil
}

// loadSecret gives the generations of a secret.
func loadSecret(path string, create bool) ([][]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !create {
			return nil, registry.Conflict("secrets", "%s is not there, but the registry holds families whose ids such a key made: say by --secrets where the keys are", path)
		}
		return makeSecret(path)
	}
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "secrets", "can't read a secret: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, registry.Conflict("secrets", "%s can be read by others (mode %o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "secrets", "can't read a secret: %w", err)
	}
	generations, ok := parseSecret(strings.TrimSpace(string(text)), "\n")
	if !ok {
		return nil, damaged(path)
	}
	return generations, nil
}

func damaged(path string) error {
	return registry.Conflict("secrets", "%s is damaged: expected lines of %d hexadecimal digits, and one line alone for %s. Restore it from a backup; a new one would give every family a new id or its figures other noise",
		path, 2*secretBytes, recordFile)
}

// parseSecret reads the generations of a secret, at least one.
func parseSecret(text, separator string) (generations [][]byte, ok bool) {
	for part := range strings.SplitSeq(text, separator) {
		secret, err := hex.DecodeString(strings.TrimSpace(part))
		if err != nil || len(secret) != secretBytes {
			return nil, false
		}
		generations = append(generations, secret)
	}
	return generations, true
}

// Fingerprints tell secrets apart without giving them away: the first 64 bits of a hash of each, in hexadecimal, and of
// all generations together.
func Fingerprints(s registry.Secrets) map[string]string {
	of := func(generations ...[]byte) string {
		sum := sha256.Sum256(slices.Concat(append([][]byte{[]byte("kantong fingerprint\x00")}, generations...)...))
		return hex.EncodeToString(sum[:8])
	}
	return map[string]string{"household-id": of(s.ID...), "record": of(s.Record)}
}
