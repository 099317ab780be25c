package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kantong/internal/registry"
)

// secretBytes is the length of each secret.
const secretBytes = 32

// LoadSecrets reads the secrets of a directory. A secret that others can read is refused: whoever holds it can test whether
// a family-card number is in the registry. Missing ones are made, with mode 0600, if create says so; else they are
// refused too, since others would give every family another id.
func LoadSecrets(dir string, create bool) (registry.Secrets, error) {
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return registry.Secrets{}, registry.Errorf(registry.CodeUnavailable, "secrets", "can't make the directory for secrets: %w", err)
		}
	}
	id, err := loadSecret(filepath.Join(dir, "household-id.key"), create)
	if err != nil {
		return registry.Secrets{}, err
	}
	record, err := loadSecret(filepath.Join(dir, "record.key"), create)
	return registry.Secrets{ID: id, Record: record}, err
}

func loadSecret(path string, create bool) ([]byte, error) {
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
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != secretBytes {
		return nil, registry.Conflict("secrets", "%s is damaged: expected %d hexadecimal digits. Restore it from a backup; a new one would give every family a new id", path, 2*secretBytes)
	}
	return secret, nil
}

// makeSecret writes a new secret so that two processes that start together agree on one: whoever comes second reads.
func makeSecret(path string) ([]byte, error) {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret)                                      // never fails: it would end the program
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "secrets", "can't write a secret: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(hex.EncodeToString(secret) + "\n")
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Link(temporary.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return loadSecret(path, false)
	}
	if err != nil {
		return nil, registry.Errorf(registry.CodeUnavailable, "secrets", "can't write a secret: %w", err)
	}
	return secret, nil
}

// Fingerprints tell secrets apart without giving them away: the first 64 bits of a hash of each, in hexadecimal.
func Fingerprints(s registry.Secrets) map[string]string {
	of := func(secret []byte) string {
		sum := sha256.Sum256(append([]byte("kantong fingerprint\x00"), secret...))
		return hex.EncodeToString(sum[:8])
	}
	return map[string]string{"household-id": of(s.ID), "record": of(s.Record)}
}
