package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/registry"
)

type editionCommand struct {
	Create  editionCreate  `cmd:"" help:"Begin a draft edition, or with --release a draft release of enrolments."`
	List    editionList    `cmd:"" help:"List drafts and published editions."`
	Show    editionShow    `cmd:"" help:"Show what an edition holds and what it was made from."`
	Publish editionPublish `cmd:"" help:"Publish a draft: from then on it never changes."`
	Discard editionDiscard `cmd:"" help:"Remove a draft."`
}

type editionCreate struct {
	Name       string `arg:"" help:"Its name, e.g. 2025-q3."`
	From       string `placeholder:"STATE" help:"Begin with all that this published edition holds, to be changed by imports: areas and what they came from, families, programmes and indicators; with --release its enrolments, too."`
	Release    string `help:"Begin this release of enrolments of the edition, e.g. 2025-10. With --from, begin it with that state's enrolments."`
	Label      string `help:"Title (default: the name)."`
	Source     string `help:"Where the registry comes from, e.g. \"DTSEN, Kemensos\"."`
	AsOf       string `placeholder:"DATE" help:"As of which day it is (default: today)."`
	Boundaries string `help:"Where the boundaries come from, e.g. \"HDX COD-AB Indonesia, BPS 2020\"."`
	Synthetic  bool   `help:"Its households are made up."`
	Schematic  bool   `help:"Its boundaries are not surveyed."`
}

func (c *editionCreate) Run(p *program) error {
	asOf := registry.Date(time.Now().Format(time.DateOnly))
	if c.AsOf != "" {
		var err error
		if asOf, err = registry.ParseDate(c.AsOf); err != nil {
			return registry.Under("--as-of", err)
		}
	}
	return p.withStore(func(s *store) error {
		if c.From != "" {
			return c.copy(p, s, asOf)
		}
		if c.Release != "" {
			if err := s.CreateRelease(p.ctx, c.Name, registry.Release{ID: c.Release, EnrolmentsAsOf: asOf}); err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "Draft release %s is begun. Next: kantong import enrolments FILE --edition %s --release %s\n", registry.StateID(c.Name, c.Release), c.Name, c.Release)
			return p.audit(s, "edition create", "", registry.StateID(c.Name, c.Release))
		}
		e := registry.Edition{ID: c.Name, Label: orElse(c.Label, c.Name), Source: orElse(c.Source, "not stated"), AsOf: asOf,
			Boundaries: orElse(c.Boundaries, "not stated"), Synthetic: c.Synthetic, Schematic: c.Schematic}
		if err := s.CreateEdition(p.ctx, e); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Draft edition %s is begun. Next: kantong import areas FILE --edition %s\n", c.Name, c.Name)
		return p.audit(s, "edition create", "", c.Name)
	})
}

type editionList struct{}

func (*editionList) Run(p *program) error {
	return p.withStore(func(s *store) error {
		editions, err := s.Editions(p.ctx)
		if err != nil {
			return err
		}
		if len(editions) == 0 {
			fmt.Fprintln(p.stdout, "There is no edition yet. Begin with: kantong edition create NAME")
			return nil
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "STATE\tSTATUS\tAS OF\tFAMILIES\tPEOPLE\tENROLMENTS\tLABEL")
		for _, e := range editions {
			if len(e.Releases) == 0 {
				fmt.Fprintf(t, "%s\tdraft\t%s\t%s\t%s\t\t%s\n", e.ID, e.AsOf, humanize.Comma(e.Households), humanize.Comma(e.People), e.Label)
			}
			for _, r := range e.Releases {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", registry.StateID(e.ID, r.ID), status(e, r), e.AsOf,
					humanize.Comma(e.Households), humanize.Comma(e.People), humanize.Comma(r.Enrolments), e.Label)
			}
		}
		return t.Flush()
	})
}

func status(e registry.Edition, r registry.Release) string {
	if e.PublishedAt == nil || r.PublishedAt == nil {
		return "draft"
	}
	return "published " + r.PublishedAt.Format(time.DateOnly)
}

type editionShow struct {
	Name string `arg:"" help:"Its name."`
}

func (c *editionShow) Run(p *program) error {
	return p.withStore(func(s *store) error {
		e, err := findEdition(p, s, c.Name)
		if err != nil {
			return err
		}
		imports, err := s.Imports(p.ctx, c.Name)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{{"edition", e.ID}, {"label", e.Label}, {"source", e.Source}, {"as of", string(e.AsOf)},
			{"boundaries", e.Boundaries + map[bool]string{true: " (schematic)"}[e.Schematic]},
			{"synthetic", map[bool]string{true: "yes: no row stands for a family", false: "no"}[e.Synthetic]},
			{"families", humanize.Comma(e.Households)}, {"people", humanize.Comma(e.People)},
			{"with a location", humanize.Comma(e.Located)}, {"content hash", orElse(e.ContentHash, "(draft)")}} {
			fmt.Fprintf(t, "%s\t%s\n", line[0], line[1])
		}
		for _, r := range e.Releases {
			unmatched, err := s.Unmatched(p.ctx, e.ID, r.ID)
			if err != nil {
				return err
			}
			strangers := int64(0)
			for _, u := range unmatched {
				strangers += u.Recipients
			}
			fmt.Fprintf(t, "release\t%s: %s enrolments, %s\n", orElse(r.ID, "(unnamed)"), humanize.Comma(r.Enrolments), status(e, r))
			if strangers > 0 {
				fmt.Fprintf(t, "\t%s recipients are no family of the edition\n", humanize.Comma(strangers))
			}
		}
		for _, im := range imports {
			fmt.Fprintf(t, "from\t%s: %s rows of %s, %s rejected\n", im.File, humanize.Comma(im.Rows), im.Kind, humanize.Comma(im.Rejected))
		}
		return t.Flush()
	})
}

func findEdition(p *program, s *store, name string) (registry.Edition, error) {
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return registry.Edition{}, err
	}
	for _, e := range editions {
		if e.ID == name {
			return e, nil
		}
	}
	return registry.Edition{}, registry.NotFound("", "there is no edition %q; see: kantong edition list", name)
}

type editionPublish struct {
	Name           string `arg:"" help:"Its name."`
	Release        string `help:"The release of enrolments to publish with it, or on top of it."`
	AcceptRejected bool   `help:"Publish although rows of its files were rejected."`
}

func (c *editionPublish) Run(p *program) error {
	return p.withStore(func(s *store) error {
		secrets, err := p.secrets(s)
		if err != nil {
			return err
		}
		bar := p.progress("publishing")
		state, err := s.Publish(p.ctx, c.Name, c.Release, registry.PublishOptions{AcceptRejected: c.AcceptRejected, Secrets: secrets,
			Now: time.Now(), Progress: func(n int64) { bar.show("families", n, 0) }})
		bar.done()
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Published %s: %s families, %s people, %s enrolments. Hash %s\n", state.ID(), humanize.Comma(state.Edition.Households),
			humanize.Comma(state.Edition.People), humanize.Comma(state.Release.Enrolments), state.Hash)
		return p.audit(s, "edition publish", "", state.ID())
	})
}

type editionDiscard struct {
	Name    string `arg:"" help:"Its name."`
	Release string `help:"Only this draft release."`
}

func (c *editionDiscard) Run(p *program) error {
	return p.withStore(func(s *store) error {
		if err := s.Discard(p.ctx, c.Name, c.Release); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Discarded the draft %s.\n", registry.StateID(c.Name, c.Release))
		return p.audit(s, "edition discard", "", registry.StateID(c.Name, c.Release))
	})
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
