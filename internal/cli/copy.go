package cli

import (
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"

	"kantong/internal/registry"
)

type copyCommand struct {
	From string `required:"" placeholder:"STORE" help:"A data directory or a postgres:// URL."`
	To   string `required:"" placeholder:"STORE" help:"A data directory or a postgres:// URL. Keys and secrets are not copied."`
}

// Run copies what belongs to no edition, then what is published and not yet there, oldest first, and compares the hashes.
// Households keep their ids, which a secret made: whoever imports more at the new place needs the same --secrets.
func (c *copyCommand) Run(p *program) error {
	return p.withBoth(c.From, c.To, func(from, to *store) error {
		// Record keys must be those of the original.
		secrets, err := p.readSecrets(p.secretsDirOf(c.From), false)
		if err != nil {
			return err
		}
		there, err := p.published(to)
		if err != nil {
			return err
		}
		if err := p.copyShared(from, to, func() error { return p.copyFingerprints(from, to, secrets) }); err != nil {
			return err
		}
		return (&copying{p, from, to, "kantong copy", secrets, same}).states(there, func(e registry.Edition, r registry.Release, made registry.State) error {
			if err := checkCopy(e, r, made); err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "Copied %s: %s families, %s enrolments. Hash %s\n", made.ID(), humanize.Comma(e.Households), humanize.Comma(r.Enrolments), made.Hash)
			return errors.Join(p.audit(from, "copy", "to another store", made.ID()), p.audit(to, "copy", "from another store", made.ID()))
		})
	})
}

// withBoth opens two stores that a command names.
func (p *program) withBoth(from, to string, work func(from, to *store) error) error {
	source, err := p.openAt(from)
	if err != nil {
		return err
	}
	return closing(source, func(source *store) error {
		target, err := p.openAt(to)
		if err != nil {
			return err
		}
		return closing(target, func(target *store) error { return work(source, target) })
	})
}

// published gives the hashes of the editions and states that the target of a copy holds, by their names.
func (p *program) published(to *store) (hashes map[string]string, err error) {
	there, err := to.Editions(p.ctx)
	if err != nil {
		return nil, err
	}
	hashes = map[string]string{}
	for _, e := range there {
		if e.PublishedAt == nil {
			return nil, registry.Conflict("--to", "holds the draft %s; publish or discard it first (a copy that was interrupted leaves one)", e.ID)
		}
		hashes[e.ID] = e.ContentHash
		for _, r := range e.Releases {
			if r.PublishedAt != nil {
				hashes[registry.StateID(e.ID, r.ID)+" release"] = r.ContentHash
			}
		}
	}
	return hashes, nil
}

// checkCopy compares a copied state with the original.
func checkCopy(e registry.Edition, r registry.Release, made registry.State) error {
	if made.Edition.ContentHash != e.ContentHash || made.Release.ContentHash != r.ContentHash {
		return registry.Errorf(registry.CodeInternal, "", "the copy of %s has another hash than the original: don't use it", made.ID())
	}
	if made.Edition.Keys != e.Keys || made.Edition.LocatedKeys != e.LocatedKeys {
		return registry.Conflict("--secrets", "the keys there are not those of the original, so protected figures of the copy of %s have other noise than the original's: don't use it; say by --secrets where the original's keys are, and copy anew", made.ID())
	}
	return nil
}
