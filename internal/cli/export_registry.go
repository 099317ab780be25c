package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/export"
	"kantong/internal/registry"
)

type exportRegistry struct {
	Edition string `required:"" placeholder:"EDITION" help:"A published edition, or a state with its release (2025-q3+2025-10); of an edition alone the newest release."`
	Out     string `required:"" placeholder:"DIR" help:"A new directory for areas.geojson, households.csv, programs.json, enrolments.csv and indicators.csv; or a file that ends in .gpkg, which holds all of them as layers."`
	Purpose string `required:"" placeholder:"TEXT" help:"What it is for; it is kept in the audit log."`
}

// Run writes an edition as it is stored. Families go by their ids: importing the files under the same secrets gives the same edition.
func (c *exportRegistry) Run(p *program) error {
	if n := len(strings.TrimSpace(c.Purpose)); n < 4 || n > 200 {
		return registry.Invalid("--purpose", "say what it is for, in 4 to 200 characters")
	}
	if _, err := os.Lstat(c.Out); err == nil {
		return registry.Conflict("--out", "%s is there already", c.Out)
	}
	return p.withStore(func(s *store) error {
		e, r, err := p.findPublished(s, c.Edition)
		if err != nil {
			return err
		}
		state := registry.StateID(e.ID, r.ID)
		contents, about, err := p.contentsOf(s, e, r)
		if err != nil {
			return err
		}
		var parts []string // files or layers
		oneFile := strings.EqualFold(filepath.Ext(c.Out), ".gpkg")
		err = p.whole([]string{c.Out}, func(paths []string) (err error) {
			if oneFile {
				parts, err = contents.CreateGeoPackage(p.ctx, paths[0], about)
			} else if err = os.Mkdir(paths[0], 0o700); err == nil {
				parts, err = contents.WriteDir(p.ctx, paths[0], about)
			}
			if err != nil {
				return err
			}
			return p.auditEntry(s, registry.AuditEntry{Action: "export registry", Operation: filepath.Base(c.Out), Purpose: strings.TrimSpace(c.Purpose), States: []string{state}, Rows: e.Households})
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Wrote %s: %s families, %s enrolments to %s. Content hashes: %s, %s\n", state, humanize.Comma(e.Households), humanize.Comma(r.Enrolments), c.Out, e.ContentHash, r.ContentHash)
		for _, part := range parts {
			kind, path, more := strings.TrimSuffix(part, filepath.Ext(part)), filepath.Join(c.Out, part), ""
			switch {
			case oneFile && kind == "areas":
				path, more = c.Out, " --layer areas"
			case oneFile:
				path, more = c.Out, " --sheet "+part
			}
			if kind == "enrolments" && r.ID != "" {
				more += " --release " + r.ID
			}
			fmt.Fprintf(p.stdout, "  kantong import %s %s --edition DRAFT%s\n", kind, path, more)
		}
		return nil
	})
}

// findPublished finds a published edition and one of its published releases, by default the last.
func (p *program) findPublished(s *store, name string) (registry.Edition, registry.Release, error) {
	edition, release := registry.SplitStateID(name)
	e, err := findEdition(p, s, edition)
	if err != nil {
		return e, registry.Release{}, err
	}
	for i := len(e.Releases) - 1; i >= 0; i-- {
		if r := e.Releases[i]; r.PublishedAt != nil && (r.ID == release || !strings.Contains(name, "+")) {
			return e, r, nil
		}
	}
	return e, registry.Release{}, registry.NotFound("--edition", "no published edition or state is named %q", name)
}

func (p *program) contentsOf(s *store, e registry.Edition, r registry.Release) (*export.Contents, export.About, error) {
	contents := &export.Contents{Households: counted(p, "writing families", s.Households(p.ctx, e.ID), new(int64), e.Households), Enrolments: counted(p, "writing enrolments", s.Enrolments(p.ctx, e.ID, r.ID), new(int64), r.Enrolments)}
	var err error
	if contents.Areas, err = s.Areas(p.ctx, e.ID); err != nil {
		return nil, nil, err
	}
	revision := int64(0)
	if contents.Programs, revision, err = s.Programs(p.ctx, e.ID); err != nil {
		return nil, nil, err
	}
	contents.Indicators, err = s.Indicators(p.ctx, e.ID)
	state := registry.State{Edition: e, Release: r, Hash: registry.StateHash(e.ContentHash, r.ContentHash)}
	v := &registry.View{Dataset: &registry.Dataset{State: state, Version: registry.Version(state, revision)}}
	about := export.NewAbout(v, registry.Viewer{Role: registry.RoleAdmin}, "A whole edition of the registry", time.Now())
	return contents, append(about, export.Fact{Name: "content_hash", Value: e.ContentHash}, export.Fact{Name: "enrolments_hash", Value: r.ContentHash}), err
}
