package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kantong/internal/access"
	"kantong/internal/filestore"
	"kantong/internal/registry"
)

// A backup is a directory: the store's files (or PostgreSQL's dump) and a note about them.
const (
	backupNote = "backup.json"
	backupDump = "database.dump"
)

// backupInfo is the note: which program made the backup of what, and by which secrets its ids were made. Fingerprints tell
// secrets apart and give nothing away.
type backupInfo struct {
	Program     string            `json:"program"`
	MadeAt      time.Time         `json:"madeAt"`
	Store       string            `json:"store"` // "directory" or "database"
	Secrets     map[string]string `json:"secretFingerprints"`
	SecretsNote string            `json:"note"`
}

type backupCommand struct {
	To string `arg:"" help:"Directory for the backup; it must not hold one."`
}

// Run makes a backup while a server may go on. Secrets are not in it: keep them apart, as with the store itself.
func (c *backupCommand) Run(p *program) error {
	secrets, err := p.readSecrets(p.secretsDir(), false)
	if err != nil {
		return err
	}
	made, err := p.madeBy()
	if err == nil && len(made) > 0 {
		err = checkFingerprints(access.Fingerprints(secrets), made)
	}
	if err != nil {
		return err
	}
	info := backupInfo{Program: Version(), MadeAt: time.Now().UTC(), Store: "directory", Secrets: access.Fingerprints(secrets),
		SecretsNote: "The secret keys are not in this backup. Restore them from where you keep them; their fingerprints are above."}
	if p.config.Database != "" {
		info.Store = "database"
		if err := os.MkdirAll(c.To, 0o700); err != nil {
			return err
		}
		err = p.postgres("pg_dump", "--format=custom", "--no-owner", "--file="+filepath.Join(c.To, backupDump), p.config.Database)
	} else {
		err = filestore.Backup(p.ctx, p.config.Data, c.To)
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.To, backupNote), append(text, '\n'), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The backup is in %s. The secret keys are not: they are made out by %s and belong with it.\n", c.To, short(info.Secrets))
	p.auditBeside("backup", "")
	return nil
}

type restoreCommand struct {
	From string `arg:"" help:"Directory of the backup."`
}

// Run restores a backup into an empty place, and says when the secrets here are not those it was made with.
func (c *restoreCommand) Run(p *program) error {
	text, err := os.ReadFile(filepath.Join(c.From, backupNote))
	if err != nil {
		return registry.Invalid("", "%s is no backup: %w", c.From, err)
	}
	var info backupInfo
	if err := json.Unmarshal(text, &info); err != nil {
		return registry.Invalid("", "%s is no backup: %w", c.From, err)
	}
	if (info.Store == "database") != (p.config.Database != "") {
		return registry.Invalid("", "this is a backup of a %s; give the same kind of place to restore it to (--data or --database)", info.Store)
	}
	if info.Store == "database" {
		err = p.postgres("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname="+p.config.Database, filepath.Join(c.From, backupDump))
	} else {
		err = filestore.Restore(p.ctx, c.From, p.config.Data)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Restored the backup of %s.\n", info.MadeAt.Format(time.DateTime))
	p.auditBeside("restore", "backup of "+info.MadeAt.Format(time.RFC3339))
	secrets, err := p.readSecrets(p.secretsDir(), false)
	if err != nil {
		fmt.Fprintf(p.stdout, "Warning: the secret keys (%s) are not here yet. Put them into --secrets before anything is imported.\n", short(info.Secrets))
		return nil
	}
	if here := access.Fingerprints(secrets); here["household-id"] != info.Secrets["household-id"] || here["record"] != info.Secrets["record"] {
		fmt.Fprintf(p.stdout, "Warning: the secret keys here (%s) are not those of the backup (%s). Put those into --secrets before anything is imported: with others, every family would get a new id.\n", short(here), short(info.Secrets))
	}
	return nil
}

func short(fingerprints map[string]string) string {
	return "household-id " + fingerprints["household-id"] + ", record " + fingerprints["record"]
}

// postgres runs a program of PostgreSQL's own client package.
func (p *program) postgres(name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "%s is needed for databases: install PostgreSQL's client programs (Debian: postgresql-client)", name)
	}
	cmd := exec.CommandContext(p.ctx, path, args...)
	cmd.Env = access.WithoutSecrets(os.Environ())
	if out, err := cmd.CombinedOutput(); err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "%s failed: %s", name, hideURL(string(out), p.config.Database))
	}
	return nil
}

// hideURL keeps a password that somebody put into the URL out of messages.
func hideURL(text, url string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), url, "the database")
}
