package cli

import (
	"fmt"
	"slices"

	"github.com/dustin/go-humanize"

	"kantong/internal/access"
	"kantong/internal/registry"
)

type secretsRotate struct {
	ID         bool   `name:"id" help:"Add a generation to the key of household ids: every family gets another id."`
	Record     bool   `help:"Replace the key of record keys: protected figures get other noise."`
	From       string `required:"" placeholder:"STORE" help:"The store to be replaced, a data directory or a postgres:// URL. It is only read; its keys are where --secrets says (default: in the data directory)."`
	To         string `required:"" placeholder:"STORE" help:"A new, empty store: a data directory or a postgres:// URL."`
	NewSecrets string `required:"" placeholder:"DIR" help:"Directory for the new keys; it must be empty or not there."`
}

// Run copies what is published, by new secrets, and compares it with the original. It ends by saying what is left to do.
func (c *secretsRotate) Run(p *program) error {
	if !c.ID && !c.Record {
		return registry.Invalid("", "say which key is to be changed: --id, --record or both")
	}
	return p.withBoth(c.From, c.To, func(from, to *store) error {
		r, err := c.begin(p, from, to)
		if err != nil {
			return err
		}
		if err := r.copy(); err != nil {
			fmt.Fprintln(p.stderr, "The rotation is not finished: use neither the new store nor the new keys. Begin again with another empty --to and --new-secrets; --from is as it was.")
			return err
		}
		return c.conclude(p, from)
	})
}

// begin checks what a rotation needs and makes the new secrets, before anything is copied.
func (c *secretsRotate) begin(p *program, from, to *store) (*rotation, error) {
	former, err := p.readSecrets(p.secretsDirOf(c.From), false)
	if err != nil {
		return nil, err
	}
	prints, err := from.Fingerprints(p.ctx)
	if err == nil {
		err = p.checkSecrets(from, former, prints)
	}
	if err == nil {
		err = p.checkPlaces(from, to)
	}
	if err != nil {
		return nil, err
	}
	secrets := access.NewSecrets(former, c.ID, c.Record)
	if err := access.WriteSecrets(c.NewSecrets, secrets); err != nil {
		return nil, err
	}
	anew := rekeying{
		func(id registry.HouseholdID) registry.HouseholdID { return secrets.Rekey(former, id) },
		func(hash registry.MatchHash) registry.MatchHash { return secrets.RekeyMatch(former, hash) },
		same.rekeyUnmatched,
	}
	if c.Record {
		anew.rekeyUnmatched = secrets.RekeyUnmatched
	}
	return &rotation{copying{p, from, to, "kantong secrets rotate", secrets, anew}, c.ID, c.Record, ""}, nil
}

// checkPlaces is CONFLICT when there is nothing to rotate, or anything where it is to go.
func (p *program) checkPlaces(from, to *store) error {
	original, err := from.Editions(p.ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(original, func(e registry.Edition) bool { return e.PublishedAt != nil }) {
		return registry.Conflict("--from", "holds nothing that is published: begin anew, with new keys, instead")
	}
	editions, err := to.Editions(p.ctx)
	if err != nil {
		return err
	}
	trees, err := to.Blocks(p.ctx)
	if err != nil {
		return err
	}
	if len(editions) > 0 || len(trees) > 0 {
		return registry.Conflict("--to", "is not empty: a rotation wants a new store, since a family has one id in all editions of a registry (one that was interrupted leaves some behind: name another, or empty that one)")
	}
	return nil
}

// conclude says what was made and what a person has to do.
func (c *secretsRotate) conclude(p *program, from *store) error {
	editions, err := from.Editions(p.ctx)
	if err != nil {
		return err
	}
	for _, draft := range drafts(editions) {
		fmt.Fprintf(p.stdout, "Note: the draft %s was not copied. Import its files into the new store.\n", draft)
	}
	place := "--database (the new one)"
	if !isDatabase(c.To) {
		place = "--data " + c.To
	}
	fmt.Fprintf(p.stdout, `Everything published is in the new store, made by the new keys. Now:
1. Make API keys for it (kantong keys create): those of the old store, its audit log, budgets and requests were not copied.
   Keep the old log, if you must, by: kantong audit list --json
2. Switch servers and commands to: %s --secrets %s
   (or put the keys there into KANTONG_SECRET_HOUSEHOLD_ID, its lines joined by commas, and KANTONG_SECRET_RECORD).
   What was published in the old store meanwhile is not in the new one.
3. When the new store is in use, destroy the old one, its backups and the old keys: with them the rotation is worth nothing.
`, place, c.NewSecrets)
	if c.ID {
		fmt.Fprintln(p.stdout, "Families have other ids now: links to single ones and files that name them by the column id are void. Files with card numbers, NIK and other numbers are imported as ever: families are found by these.")
	}
	fmt.Fprintln(p.stdout, "Protected figures have other noise now: take those of the old store out of use, since two noises of one figure tell more than one.")
	return nil
}

// drafts names what is not published.
func drafts(editions []registry.Edition) (names []string) {
	for _, e := range editions {
		if e.PublishedAt == nil {
			names = append(names, e.ID)
			continue
		}
		for _, r := range e.Releases {
			if r.PublishedAt == nil {
				names = append(names, registry.StateID(e.ID, r.ID))
			}
		}
	}
	return names
}

// rotation copies a registry by new secrets.
type rotation struct {
	copying
	ids, records bool   // which keys are new
	compared     string // the edition that was compared last
}

func (r *rotation) copy() error {
	if err := r.copyShared(r.from, r.to, func() error { return r.to.SetFingerprints(r.ctx, access.Fingerprints(r.secrets)) }); err != nil {
		return err
	}
	return r.states(nil, func(e registry.Edition, release registry.Release, made registry.State) error {
		if err := r.compare(e, release, made); err != nil {
			return err
		}
		fmt.Fprintf(r.stdout, "Made %s anew: %s families, %s enrolments. Hash %s\n", made.ID(), humanize.Comma(e.Households), humanize.Comma(release.Enrolments), made.Hash)
		return r.audit(r.to, "secrets rotate", "from another store", made.ID())
	})
}
