package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/registry"
)

// copy begins a draft with what is published. What is said of the original holds for the copy unless it is said anew.
func (c *editionCreate) copy(p *program, s *store, asOf registry.Date) error {
	name, release := registry.SplitStateID(c.From)
	from, err := findEdition(p, s, name)
	if err != nil {
		return registry.At("--from", err)
	}
	e := registry.Edition{ID: c.Name, Label: orElse(c.Label, c.Name), Source: orElse(c.Source, from.Source), AsOf: asOf,
		Boundaries: orElse(c.Boundaries, from.Boundaries), Synthetic: c.Synthetic || from.Synthetic, Schematic: c.Schematic || from.Schematic}
	o := registry.CopyOptions{From: name, FromRelease: release, Enrolments: c.Release != "", As: registry.Release{ID: c.Release, EnrolmentsAsOf: asOf}, Now: time.Now()}
	switch {
	case release != "" && !o.Enrolments:
		return registry.Invalid("--from", "a release is taken with --release NAME only: name the edition %s, or the release that the enrolments are to be", name)
	case o.Enrolments && release == "":
		o.FromRelease = newestRelease(from)
	}
	bar := p.progress("copying families of " + name)
	o.Progress = func(n int64) { bar.show("families", n, from.Households) }
	err = s.CopyEdition(p.ctx, e, o)
	bar.done()
	if err != nil {
		var fault *registry.Error
		if errors.As(err, &fault) && fault.Field == "from" {
			return registry.At("--from", err)
		}
		return err
	}
	fmt.Fprintf(p.stdout, "Draft edition %s is begun with %s families of %s", c.Name, humanize.Comma(from.Households), name)
	if o.Enrolments {
		fmt.Fprintf(p.stdout, " and the enrolments of %s as %s", registry.StateID(name, o.FromRelease), registry.StateID(c.Name, c.Release))
	}
	fmt.Fprintf(p.stdout, ". Change it by imports (add to what is there by --append), then: kantong edition publish %s\n", c.Name)
	return p.audit(s, "edition create", "from "+registry.StateID(name, o.FromRelease), c.Name)
}

// newestRelease is the published one whose enrolments are of the latest day; of one day, the last published.
func newestRelease(e registry.Edition) (id string) {
	day := registry.Date("")
	for _, r := range e.Releases { // published first to last
		if r.PublishedAt != nil && r.EnrolmentsAsOf >= day {
			id, day = r.ID, r.EnrolmentsAsOf
		}
	}
	return id
}
