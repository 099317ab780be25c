package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"kantong/internal/access"
	"kantong/internal/filestore"
	"kantong/internal/registry"
)

type secretsCommand struct {
	Show   secretsShow   `cmd:"" help:"Show the fingerprints of the secret keys in use and of those that made the store, and whether they are the same. The keys are not shown."`
	Rotate secretsRotate `cmd:"" help:"Make new secret keys, and copy what is published into a new store with ids and record keys made by them."`
}

// secrets gives the secret keys, which are those of the store: others are CONFLICT. They are made at first use: as long as
// the store holds no family. So long others may also take their place.
func (p *program) secrets(s *store) (registry.Secrets, error) {
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return registry.Secrets{}, err
	}
	prints, err := s.Fingerprints(p.ctx)
	if err != nil {
		return registry.Secrets{}, err
	}
	empty := !slices.ContainsFunc(editions, func(e registry.Edition) bool { return e.Households > 0 })
	secrets, err := p.readSecrets(p.secretsDir(), empty)
	if err == nil && !empty {
		err = p.checkSecrets(s, secrets, prints)
	}
	if here := access.Fingerprints(secrets); err == nil && !maps.Equal(here, prints) {
		err = s.SetFingerprints(p.ctx, here)
	}
	if err != nil {
		return registry.Secrets{}, err
	}
	return secrets, nil
}

// readSecrets gives the secret keys of the environment, and else those of a directory.
func (p *program) readSecrets(dir string, create bool) (registry.Secrets, error) {
	if secrets, given, err := access.EnvironmentSecrets(); given {
		return secrets, err
	}
	return access.LoadSecrets(dir, create)
}

func (p *program) secretsDir() string {
	if p.config.Secrets != "" {
		return p.config.Secrets
	}
	return filepath.Join(p.config.Data, "secrets")
}

// secretsDirOf is where the secrets of a store that a command names are: where --secrets says, or in a data directory.
func (p *program) secretsDirOf(where string) string {
	if p.config.Secrets == "" && !isDatabase(where) {
		return filepath.Join(where, "secrets")
	}
	return p.secretsDir()
}

// checkSecrets is CONFLICT when others than these secrets made the store. One of a former version has no fingerprints; then
// the record key of a family tells.
func (p *program) checkSecrets(s *store, secrets registry.Secrets, prints map[string]string) error {
	if len(prints) > 0 {
		return checkFingerprints(access.Fingerprints(secrets), prints)
	}
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return err
	}
	for _, e := range editions {
		if e.PublishedAt == nil {
			continue
		}
		for r, err := range s.Records(p.ctx, e.ID) {
			if err == nil && r.Key != secrets.RecordKey(r.ID) {
				err = otherSecrets("record")
			}
			return err
		}
	}
	return nil
}

// checkFingerprints compares secrets at hand with those that made a store.
func checkFingerprints(here, made map[string]string) error {
	var others []string
	for _, key := range []string{"household-id", "record"} {
		if here[key] != made[key] {
			others = append(others, key)
		}
	}
	if len(others) > 0 {
		return otherSecrets(others...)
	}
	return nil
}

// otherSecrets names the keys that are wrong, and nothing of them.
func otherSecrets(keys ...string) error {
	harm := map[string]string{
		"household-id": "every family would get a second id",
		"record":       "protected figures would get other noise, and two noises tell more than one",
	}
	var harms []string
	for _, key := range keys {
		harms = append(harms, harm[key])
	}
	is := map[bool]string{true: "key at hand is not the one", false: "keys at hand are not those"}[len(keys) == 1]
	return registry.Conflict("secrets", "the %s %s that this registry was made with: %s. Say by --secrets which directory holds the right keys (or set them in the environment); kantong secrets show compares",
		strings.Join(keys, " and the "), is, strings.Join(harms, "; "))
}

type secretsShow struct{}

// Run takes no lock of a data directory: one may look while a server runs.
func (*secretsShow) Run(p *program) error {
	secrets, err := p.readSecrets(p.secretsDir(), false)
	if err != nil {
		return err
	}
	made, err := p.madeBy()
	if err != nil {
		return err
	}
	here := access.Fingerprints(secrets)
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tIN USE\tOF THE STORE\tGENERATIONS")
	fmt.Fprintf(t, "household-id\t%s\t%s\t%d\n", here["household-id"], orElse(made["household-id"], "-"), len(secrets.ID))
	fmt.Fprintf(t, "record\t%s\t%s\t\n", here["record"], orElse(made["record"], "-"))
	if err := t.Flush(); err != nil {
		return err
	}
	if len(made) == 0 {
		fmt.Fprintln(p.stdout, "The store has no fingerprints yet. The first command that needs the keys, such as an import, keeps theirs.")
		return nil
	}
	if err := checkFingerprints(here, made); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "They match.")
	return nil
}

// madeBy gives the fingerprints of the configured store.
func (p *program) madeBy() (prints map[string]string, err error) {
	if p.config.Database == "" {
		return filestore.FingerprintsOf(p.ctx, p.config.Data)
	}
	err = p.withStore(func(s *store) error {
		prints, err = s.Fingerprints(p.ctx)
		return err
	})
	return prints, err
}
