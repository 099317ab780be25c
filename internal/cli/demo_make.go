package cli

import (
	"fmt"
	"iter"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/geodata"
	"kantong/internal/demo"
	"kantong/internal/ingest"
	"kantong/internal/registry"
)

const demoSeed = 1971 // the code of the city

// makeDemo makes and publishes the synthetic city: the edition unless it is there, and releases.
func (p *program) makeDemo(s *store, c *demoCommand, edition bool, releases []registry.Release) error {
	start := time.Now()
	secrets, err := p.secrets(s)
	if err != nil {
		return err
	}
	if c.Households < 1 {
		return registry.Invalid("--households", "%d: a city needs at least one family", c.Households)
	}
	fmt.Fprintf(p.stdout, "Making a demonstration city of %s families (once; later starts reuse it) …\n", humanize.Comma(int64(c.Households)))
	if edition {
		if err := s.CreateEdition(p.ctx, registry.Edition{ID: demoEdition, Label: "Kota Pangkalpinang (demonstration)", Synthetic: true, AsOf: "2025-09-30", Boundaries: c.boundaries(), Schematic: c.Areas == "",
			Source: "synthetic: made by kantong demo; totals follow press figures of December 2024, no row stands for a family"}); err != nil {
			return err
		}
		if err := p.demoAreas(s, c.Areas, secrets); err != nil {
			return err
		}
	}
	list, err := s.Areas(p.ctx, demoEdition)
	if err != nil {
		return err
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		return err
	}
	city, err := demo.New(demo.Options{Households: c.Households, Seed: demoSeed, Areas: areas, Secrets: secrets})
	if err != nil {
		return err
	}
	if edition {
		if err := p.demoRows(s, city, int64(c.Households)); err != nil {
			return err
		}
	}
	var state registry.State
	for _, r := range releases {
		if state, err = p.demoRelease(s, city, r, int64(c.Households), secrets); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.stdout, "Made %s families with %s people in %.1f s.\n", humanize.Comma(state.Edition.Households), humanize.Comma(state.Edition.People), time.Since(start).Seconds())
	return nil
}

// demoRelease stores and publishes the enrolments of one day; the first publishes the edition with them.
func (p *program) demoRelease(s *store, city *demo.City, r registry.Release, households int64, secrets registry.Secrets) (registry.State, error) {
	if err := s.CreateRelease(p.ctx, demoEdition, r); err != nil {
		return registry.State{}, err
	}
	im := demoImport(registry.ImportEnrolments, 0)
	im.Release = r.ID
	if err := s.PutEnrolments(p.ctx, demoEdition, r.ID, &im, counted(p, "making enrolments", city.EnrolmentsAsOf(r.EnrolmentsAsOf), &im.Rows, 0)); err != nil {
		return registry.State{}, err
	}
	bar := p.progress("publishing")
	defer bar.done()
	return s.Publish(p.ctx, demoEdition, r.ID, registry.PublishOptions{Secrets: secrets, Now: time.Now(),
		Progress: func(n int64) { bar.show("families", n, households) }})
}

func (p *program) demoAreas(s *store, file string, secrets registry.Secrets) error {
	if file != "" {
		report, err := ingest.Areas(p.ctx, ingest.Target{Store: s.Store, Edition: demoEdition, Secrets: secrets, Known: gazetteer(), Now: time.Now()}, file, ingest.AreaOptions{})
		if report != nil {
			p.show(report)
		}
		return err
	}
	areas, err := geodata.SchematicAreas()
	if err != nil {
		return err
	}
	return s.PutAreas(p.ctx, demoEdition, demoImport(registry.ImportAreas, len(areas)), areas)
}

// demoRows stores indicators, programmes and households.
func (p *program) demoRows(s *store, city *demo.City, households int64) error {
	indicators := geodata.Indicators()
	if err := s.PutIndicators(p.ctx, demoEdition, demoImport(registry.ImportIndicators, len(indicators)), indicators); err != nil {
		return err
	}
	programs := city.Programs()
	if err := s.PutPrograms(p.ctx, demoEdition, demoImport(registry.ImportPrograms, len(programs)), programs); err != nil {
		return err
	}
	im := demoImport(registry.ImportHouseholds, 0)
	return s.PutHouseholds(p.ctx, demoEdition, &im, counted(p, "making families", city.Households(), &im.Rows, households))
}

func demoImport(kind registry.ImportKind, rows int) registry.Import {
	return registry.Import{Kind: kind, File: "kantong demo", Rows: int64(rows), At: time.Now()}
}

// counted passes a stream on, counts it and shows how far it is.
func counted[T any](p *program, what string, rows iter.Seq2[T, error], n *int64, total int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		bar := p.progress(what)
		defer bar.done()
		for row, err := range rows {
			if err == nil {
				err = p.ctx.Err()
			}
			*n++
			if *n%1000 == 0 {
				bar.show("rows", *n, total)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
