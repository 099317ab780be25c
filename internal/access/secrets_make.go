package access

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kantong/internal/registry"
)

// NewSecrets gives the successors of secrets: with id a further generation of the key of household ids, with record
// another key of record keys.
func NewSecrets(former registry.Secrets, id, record bool) registry.Secrets {
	s := registry.Secrets{ID: append([][]byte{}, former.ID...), Record: former.Record}
	if id {
		s.ID = append(s.ID, randomSecret())
	}
	if record {
		s.Record = randomSecret()
	}
	return s
}

// WriteSecrets writes secrets into a directory that is not there yet or holds nothing; else CONFLICT.
func WriteSecrets(dir string, s registry.Secrets) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return registry.Conflict("secrets", "%s is not empty: new secrets never lie over others. Name a directory of their own", dir)
	}
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = writeSecret(filepath.Join(dir, householdIDFile), s.ID)
	}
	if err == nil {
		err = writeSecret(filepath.Join(dir, recordFile), [][]byte{s.Record})
	}
	return unwritten(err)
}

func randomSecret() []byte {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails: it would end the program
	return secret
}

// makeSecret writes a new secret so that two processes that start together agree on one: whoever comes second reads.
func makeSecret(path string) ([][]byte, error) {
	generations := [][]byte{randomSecret()}
	err := writeSecret(path, generations)
	if errors.Is(err, fs.ErrExist) {
		return loadSecret(path, false)
	}
	return generations, unwritten(err)
}

// writeSecret writes a file that is not there yet, whole and durably, or not at all.
func writeSecret(path string, generations [][]byte) error {
	dir := filepath.Dir(path)
	temporary, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	var text strings.Builder
	for _, g := range generations {
		text.WriteString(hex.EncodeToString(g) + "\n")
	}
	_, err = temporary.WriteString(text.String())
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Link(temporary.Name(), path)
	}
	if err != nil {
		return err
	}
	entries, err := os.Open(dir) // a name is as durable as its directory
	if err != nil {
		return err
	}
	return errors.Join(entries.Sync(), entries.Close())
}

func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return registry.Errorf(registry.CodeUnavailable, "secrets", "can't write a secret: %w", err)
}
