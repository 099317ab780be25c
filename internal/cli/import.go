package cli

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/paulmach/orb"

	"kantong/geodata"
	"kantong/internal/ingest"
	"kantong/internal/registry"
)

type importCommand struct {
	Inspect    importInspect    `cmd:"" help:"Look at a file of families: proposes a mapping and shows what would be stored. Stores nothing."`
	Areas      importAreas      `cmd:"" help:"Boundaries, GeoJSON. Codes by Kemendagri or BPS; what the kelurahan add up to is made from them."`
	Households importHouseholds `cmd:"" help:"Families, or persons folded into families: CSV, XLSX or GeoPackage. Family-card numbers are hashed as they are read; names and NIK are never stored."`
	Programs   importPrograms   `cmd:"" help:"Programmes with their eligibility rules, JSON."`
	Enrolments importEnrolments `cmd:"" help:"Who is in which programme: CSV, XLSX or GeoPackage."`
	Indicators importIndicators `cmd:"" help:"Published figures of areas: CSV, XLSX or GeoPackage."`
}

// importFlags are those of every import.
type importFlags struct {
	File    string `arg:"" help:"The file."`
	Edition string `required:"" placeholder:"NAME" help:"The draft edition it goes into."`
	Append  bool   `help:"Add to what earlier files of this kind put into the draft, instead of replacing it."`
}

type mappingFlag struct {
	Mapping string `placeholder:"FILE" help:"YAML file that maps the file's columns and values to those of the registry, or the name of a ready one: ${mappings}."`
	Sheet   string `placeholder:"NAME" help:"Sheet of a workbook, or layer of a GeoPackage, that has several."`
}

func (f *mappingFlag) read() (*ingest.Mapping, error) {
	var mapping *ingest.Mapping
	if f.Mapping != "" {
		var err error
		if mapping, err = ingest.ReadMapping(f.Mapping); err != nil {
			return nil, err
		}
	}
	return mapping.WithSheet(f.Sheet), nil
}

type (
	importAreas      struct{ importFlags }
	importPrograms   struct{ importFlags }
	importIndicators struct{ importFlags }
	importHouseholds struct {
		importFlags
		mappingFlag
	}
	importEnrolments struct {
		importFlags
		mappingFlag
		Release string `placeholder:"NAME" help:"The draft release it goes into (default: the edition's own)."`
	}
)

func (c *importAreas) Run(p *program) error {
	return p.ingest(c.importFlags, "", func(t ingest.Target) (*ingest.Report, error) { return ingest.Areas(p.ctx, t, c.File) })
}

func (c *importPrograms) Run(p *program) error {
	return p.ingest(c.importFlags, "", func(t ingest.Target) (*ingest.Report, error) { return ingest.Programs(p.ctx, t, c.File) })
}

func (c *importIndicators) Run(p *program) error {
	return p.ingest(c.importFlags, "", func(t ingest.Target) (*ingest.Report, error) { return ingest.Indicators(p.ctx, t, c.File) })
}

func (c *importHouseholds) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.ingest(c.importFlags, "", func(t ingest.Target) (*ingest.Report, error) { return ingest.Households(p.ctx, t, c.File, mapping) })
}

func (c *importEnrolments) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.ingest(c.importFlags, c.Release, func(t ingest.Target) (*ingest.Report, error) {
		return ingest.Enrolments(p.ctx, t, c.File, mapping)
	})
}

// ingest runs one import and shows what became of the file.
func (p *program) ingest(f importFlags, release string, read func(ingest.Target) (*ingest.Report, error)) error {
	return p.withStore(func(s *store) error {
		secrets, err := p.secrets(s)
		if err != nil {
			return err
		}
		bar := p.progress("importing " + f.File)
		report, err := read(ingest.Target{Store: s.Store, Edition: f.Edition, Release: release, Append: f.Append, Secrets: secrets, Known: gazetteer(),
			Now: time.Now(), Progress: func(_ string, done, total int64) { bar.show("bytes", done, total) }})
		bar.done()
		if report != nil {
			p.show(report)
		}
		if err != nil || report.Unchanged {
			return err
		}
		return p.audit(s, "import "+string(report.Kind), filepath.Base(f.File), registry.StateID(f.Edition, release))
	})
}

// gazetteer is what the program itself knows of areas.
func gazetteer() []ingest.KnownArea {
	var out []ingest.KnownArea
	for _, k := range geodata.Areas() {
		known := ingest.KnownArea{Code: k.Code, Name: k.Name, BPSCode: k.BPSCode, Spellings: k.Spellings}
		if k.Point != nil {
			known.Point = orb.Point(*k.Point)
		}
		out = append(out, known)
	}
	return out
}

func (p *program) show(r *ingest.Report) {
	if r.Unchanged {
		fmt.Fprintf(p.stdout, "%s is in the edition already, unchanged: nothing to do.\n", r.File)
		return
	}
	fmt.Fprintf(p.stdout, "%s: %s rows of %s stored, %s rejected.\n", r.File, humanize.Comma(r.Rows), r.Kind, humanize.Comma(r.Rejected))
	if len(r.Reasons) > 0 {
		showReasons(p.stdout, r.Reasons)
		fmt.Fprintf(p.stdout, "  Every rejected row is listed in %s\n", r.RejectedFile)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(p.stdout, "  Note: %s\n", note)
	}
}
