package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/access"
	"kantong/internal/registry"
)

type copyCommand struct {
	From string `required:"" placeholder:"STORE" help:"A data directory or a postgres:// URL."`
	To   string `required:"" placeholder:"STORE" help:"A data directory or a postgres:// URL. Keys and secrets are not copied."`
}

// Run copies what is published and not yet there, oldest first, and compares the hashes. Households keep their ids, which
// a secret made: whoever imports more at the new place needs the same --secrets.
func (c *copyCommand) Run(p *program) error {
	open := func(where string) (*store, error) {
		if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
			return p.openStore(p.ctx, "", where)
		}
		return p.openStore(p.ctx, where, "")
	}
	from, err := open(c.From)
	if err != nil {
		return err
	}
	return closing(from, func(from *store) error {
		to, err := open(c.To)
		if err != nil {
			return err
		}
		return closing(to, func(to *store) error { return p.copyAll(c, from, to) })
	})
}

func (p *program) copyAll(c *copyCommand, from, to *store) error {
	// Record keys must be those of the original: its keys are where --secrets says, or beside a data directory.
	dir := p.secretsDir()
	if p.config.Secrets == "" && from.database == nil {
		dir = filepath.Join(c.From, "secrets")
	}
	secrets, err := access.LoadSecrets(dir, false)
	if err != nil {
		return err
	}
	editions, err := from.Editions(p.ctx)
	if err != nil {
		return err
	}
	there, err := to.Editions(p.ctx)
	if err != nil {
		return err
	}
	has := map[string]string{} // hash of what is published there
	for _, e := range there {
		if e.PublishedAt == nil {
			return registry.Conflict("--to", "holds the draft %s; publish or discard it first (a copy that was interrupted leaves one)", e.ID)
		}
		has[e.ID] = e.ContentHash
		for _, r := range e.Releases {
			if r.PublishedAt != nil {
				has[registry.StateID(e.ID, r.ID)+" release"] = r.ContentHash
			}
		}
	}
	for i := len(editions) - 1; i >= 0; i-- {
		e := editions[i]
		if e.PublishedAt == nil {
			continue
		}
		if hash, ok := has[e.ID]; ok && hash != e.ContentHash {
			return registry.Conflict("--to", "holds another edition %s: its hash differs", e.ID)
		}
		for _, r := range e.Releases {
			if _, ok := has[registry.StateID(e.ID, r.ID)+" release"]; ok || r.PublishedAt == nil {
				continue
			}
			if err := p.copyState(from, to, e, r, secrets); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyState copies a release, with its edition if that is not there yet, publishes it and compares the hashes.
func (p *program) copyState(from, to *store, e registry.Edition, r registry.Release, secrets registry.Secrets) error {
	state := registry.StateID(e.ID, r.ID)
	_, err := findEdition(p, to, e.ID)
	switch {
	case registry.CodeOf(err) == registry.CodeNotFound:
		if err := p.copyEdition(from, to, e); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	if r.ID != "" {
		if err := to.CreateRelease(p.ctx, e.ID, registry.Release{ID: r.ID, EnrolmentsAsOf: r.EnrolmentsAsOf}); err != nil {
			return err
		}
	}
	im := copied(registry.ImportEnrolments)
	im.Release = r.ID
	if err := to.PutEnrolments(p.ctx, e.ID, r.ID, &im, counted(p, "copying enrolments of "+state, from.Enrolments(p.ctx, e.ID, r.ID), &im.Rows, r.Enrolments)); err != nil {
		return err
	}
	bar := p.progress("publishing " + state)
	published, err := to.Publish(p.ctx, e.ID, r.ID, registry.PublishOptions{Secrets: secrets, Now: *r.PublishedAt, Progress: func(n int64) { bar.show("families", n, e.Households) }})
	bar.done()
	if err != nil {
		return err
	}
	if published.Edition.ContentHash != e.ContentHash || published.Release.ContentHash != r.ContentHash {
		return registry.Errorf(registry.CodeInternal, "", "the copy of %s has another hash than the original: don't use it", state)
	}
	fmt.Fprintf(p.stdout, "Copied %s: %s families, %s enrolments. Hash %s\n", state, humanize.Comma(e.Households), humanize.Comma(r.Enrolments), published.Hash)
	return nil
}

func (p *program) copyEdition(from, to *store, e registry.Edition) error {
	if err := to.CreateEdition(p.ctx, e); err != nil {
		return err
	}
	areas, err := from.Areas(p.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := to.PutAreas(p.ctx, e.ID, copied(registry.ImportAreas), areas); err != nil {
		return err
	}
	indicators, err := from.Indicators(p.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := to.PutIndicators(p.ctx, e.ID, copied(registry.ImportIndicators), indicators); err != nil {
		return err
	}
	programs, _, err := from.Programs(p.ctx, e.ID)
	if err != nil {
		return err
	}
	if err := to.PutPrograms(p.ctx, e.ID, copied(registry.ImportPrograms), programs); err != nil {
		return err
	}
	im := copied(registry.ImportHouseholds)
	return to.PutHouseholds(p.ctx, e.ID, &im, counted(p, "copying families of "+e.ID, from.Households(p.ctx, e.ID), &im.Rows, e.Households))
}

func copied(kind registry.ImportKind) registry.Import {
	return registry.Import{Kind: kind, File: "kantong copy", At: time.Now()}
}
