package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/audit"
	"kantong/internal/ingest"
	"kantong/internal/registry"
)

type relinkCommand struct {
	List    string   `arg:"" help:"CSV file of families with a column id, such as an answer to unreached."`
	Source  string   `required:"" placeholder:"FILE" help:"The office's own file, CSV, with names and addresses, and the numbers by which families were imported (kk, nik, id_dtks, id_p3ke or household_id)."`
	Out     string   `required:"" placeholder:"FILE" help:"Where the list with names and addresses goes. Only its owner can read it."`
	Columns []string `placeholder:"NAMES" help:"Columns of the office's file to join, with commas between (default: those named like names and addresses)."`
	Edition string   `placeholder:"NAME" help:"The edition of the ids (default: the one that they name, else the newest)."`
	Purpose string   `placeholder:"TEXT" help:"What the visit is for; it stands in the audit log."`
	mappingFlag
}

// Run joins names and addresses to a list for a visit. They go from file to file: the store keeps nothing of it but a line in
// the audit log, which is written before the file is there.
func (c *relinkCommand) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.withStore(func(s *store) error {
		secrets, err := p.secrets(s)
		if err != nil {
			return err
		}
		out, err := os.CreateTemp(filepath.Dir(c.Out), ".kantong-*.tmp") // readable by its owner alone
		if err != nil {
			return registry.Errorf(registry.CodeUnavailable, "--out", "can't write %s: %w", c.Out, err)
		}
		defer os.Remove(out.Name())
		defer out.Close()
		bar := p.progress("reading " + c.Source)
		r, err := ingest.Relink(p.ctx, ingest.Target{Store: s.Store, Edition: c.Edition, Secrets: secrets,
			Progress: bar.step}, c.List, c.Source, c.Columns, mapping, out)
		bar.done()
		if err == nil {
			err = out.Close()
		}
		if err != nil {
			return err
		}
		entry := registry.AuditEntry{At: time.Now(), Role: registry.RoleAdmin, Action: "relink", Purpose: c.Purpose, Rows: r.Found, States: []string{r.Edition},
			Operation: filepath.Base(c.List) + " with " + filepath.Base(c.Source) + " into " + filepath.Base(c.Out)}
		if err := audit.NewLog(s.ledger).Write(p.ctx, entry); err != nil {
			return fmt.Errorf("nothing was written, since it can't be put into the audit log: %w", err)
		}
		if err := os.Rename(out.Name(), c.Out); err != nil {
			return registry.Errorf(registry.CodeUnavailable, "--out", "can't write %s: %w", c.Out, err)
		}
		c.show(p, r)
		return nil
	})
}

func (c *relinkCommand) show(p *program, r *ingest.Relinked) {
	fmt.Fprintf(p.stdout, "Matched %s of %s families of edition %s with %s: %s joined. The list is in %s\n", humanize.Comma(r.Found), humanize.Comma(r.Families),
		r.Edition, filepath.Base(c.Source), strings.Join(r.Columns, ", "), c.Out)
	for _, n := range []struct {
		count int64
		text  string
	}{
		{r.Families - r.Found, "not in that file: their cells are empty"},
		{r.Strangers, "on the list are of no family of the edition"},
		{r.Several, "in several rows of that file: the first was taken"},
		{r.Ambiguous, "rows of that file have numbers of different families and were left out"},
		{r.Unread, "rows of that file hold no number that can be used"},
	} {
		if n.count > 0 {
			fmt.Fprintf(p.stdout, "  %s %s\n", humanize.Comma(n.count), n.text)
		}
	}
	fmt.Fprintln(p.stdout, "It names people: destroy it after the visit.")
}
