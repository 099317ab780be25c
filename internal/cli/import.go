package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
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
	Areas      importAreas      `cmd:"" help:"Boundaries: GeoJSON, GeoPackage, or a Shapefile in a zip archive, in degrees, UTM or Web Mercator. Codes by Kemendagri or BPS; what the kelurahan add up to is made from them."`
	Households importHouseholds `cmd:"" help:"Families, or persons folded into families: CSV, XLSX or GeoPackage. Card numbers, NIK and other ids become keyed hashes as they are read, by which the family is found again; names are never stored."`
	Programs   importPrograms   `cmd:"" help:"Programmes with their eligibility rules: JSON, or a table of a GeoPackage or XLSX with rules as JSON."`
	Points     importPoints     `cmd:"" help:"Where families live: coordinates that come later than the families, by any of their numbers. CSV, XLSX or GeoPackage."`
	Enrolments importEnrolments `cmd:"" help:"Who is in which programme: the list of a decree, say. Families are found by any of their numbers. CSV, XLSX or GeoPackage."`
	Indicators importIndicators `cmd:"" help:"Published figures of areas: CSV, XLSX or GeoPackage."`

	Successions importSuccessions `cmd:"" help:"What areas were made from: code, predecessor, decree, date. A row for each kelurahan or kecamatan of the edition that was split off, merged or given another code, and each area of earlier boundaries that it came from. CSV, XLSX or GeoPackage."`
}

// fileFlags are those of every import, importFlags of every one that may replace what is there.
type (
	fileFlags struct {
		File    string `arg:"" help:"The file."`
		Edition string `required:"" placeholder:"NAME" help:"The draft edition it goes into."`
		DryRun  bool   `help:"Read and check everything, report, and store nothing."`
	}
	importFlags struct {
		fileFlags
		Append bool `help:"Add to what earlier files of this kind put into the draft, instead of replacing it."`
	}
)

type sheetFlag struct {
	Sheet string `placeholder:"NAME" help:"Sheet of a workbook, or layer of a GeoPackage, that has several."`
}

type mappingFlag struct {
	Mapping string `placeholder:"FILE" help:"YAML file that maps the file's columns and values to those of the registry, or the name of a ready one: ${mappings}."`
	sheetFlag
}

func (f *sheetFlag) read() *ingest.Mapping { return (*ingest.Mapping)(nil).WithSheet(f.Sheet) }

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
	importAreas struct {
		importFlags
		Layer  string `placeholder:"NAME" help:"The layer to read of a file that has several."`
		Within string `placeholder:"CODE" help:"Read areas within this one only, e.g. 19.71 of a file of the whole country."`
		Map    string `placeholder:"FILE" help:"Write what is odd about the boundaries to this file, GeoJSON, to look at in QGIS; also when they are refused."`
	}
	importPrograms struct {
		importFlags
		sheetFlag
	}
	importIndicators struct {
		importFlags
		sheetFlag
	}
	importSuccessions struct {
		importFlags
		sheetFlag
	}
	importHouseholds struct {
		importFlags
		mappingFlag
	}
	importEnrolments struct {
		importFlags
		mappingFlag
		Release string            `placeholder:"NAME" help:"The draft release it goes into (default: the edition's own)."`
		Set     map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"What holds for every row, where the list has no column for it: program=PKH, decree=\"SK 12/2025\", period=\"Oktober 2025\", status, since, until, persons or rupiah. May be repeated."`
	}
	importPoints struct {
		fileFlags
		mappingFlag
	}
)

func (c *importPoints) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.ingestFile(registry.ImportPoints, importFlags{fileFlags: c.fileFlags}, mapping, ingest.Target{})
}

func (c *importAreas) Run(p *program) error {
	opts := ingest.AreaOptions{Layer: c.Layer, Always: c.Map != ""}
	if c.Within != "" {
		code, err := registry.ParseAreaCode(c.Within)
		if err != nil {
			return registry.At("--within", err)
		}
		opts.Within = code
	}
	return p.ingest(c.importFlags, ingest.Target{}, func(t ingest.Target) (*ingest.Report, error) {
		report, err := ingest.Areas(p.ctx, t, c.File, opts)
		if report != nil && c.Map != "" {
			err = errors.Join(err, p.writeMap(c.Map, report))
		}
		return report, err
	})
}

// writeMap writes the findings of a report to a file.
func (p *program) writeMap(path string, r *ingest.Report) error {
	var b bytes.Buffer
	err := ingest.WriteFindings(&b, r.Findings)
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		return registry.Invalid("--map", "can't be written: %w", err)
	}
	r.Notes = append(r.Notes, fmt.Sprintf("%d findings are on the map %s", len(r.Findings), path))
	return nil
}

func (c *importPrograms) Run(p *program) error {
	return p.ingestFile(registry.ImportPrograms, c.importFlags, c.read(), ingest.Target{})
}

func (c *importIndicators) Run(p *program) error {
	return p.ingestFile(registry.ImportIndicators, c.importFlags, c.read(), ingest.Target{})
}

func (c *importSuccessions) Run(p *program) error {
	return p.ingestFile(registry.ImportSuccessions, c.importFlags, c.read(), ingest.Target{})
}

func (c *importHouseholds) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.ingestFile(registry.ImportHouseholds, c.importFlags, mapping, ingest.Target{})
}

func (c *importEnrolments) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	return p.ingestFile(registry.ImportEnrolments, c.importFlags, mapping, ingest.Target{Release: c.Release, Set: c.Set})
}

// ingestFile is ingest of a file of a kind that takes no options of its own; mapping may be nil.
func (p *program) ingestFile(kind registry.ImportKind, f importFlags, mapping *ingest.Mapping, t ingest.Target) error {
	return p.ingest(f, t, func(t ingest.Target) (*ingest.Report, error) {
		return ingest.File(p.ctx, t, kind, f.File, mapping, ingest.AreaOptions{})
	})
}

// ingest runs one import and shows what became of the file.
func (p *program) ingest(f importFlags, t ingest.Target, read func(ingest.Target) (*ingest.Report, error)) error {
	return p.withStore(func(s *store) (err error) {
		t.Store, t.Edition, t.Append, t.DryRun, t.Known, t.Now = s.Store, f.Edition, f.Append, f.DryRun, gazetteer(), time.Now()
		if t.Secrets, err = p.secrets(s); err != nil {
			return err
		}
		bar := p.progress("importing " + f.File)
		t.Progress = bar.step
		report, err := read(t)
		bar.done()
		if report != nil {
			p.show(report)
		}
		if err != nil || report.Unchanged || report.DryRun {
			return err
		}
		return p.audit(s, "import "+string(report.Kind), filepath.Base(f.File), registry.StateID(f.Edition, t.Release))
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
	switch {
	case r.DryRun:
		fmt.Fprintf(p.stdout, "%s: %s rows of %s would be stored, %s rejected; nothing was stored.\n", r.File, humanize.Comma(r.Rows), r.Kind, humanize.Comma(r.Rejected))
	case r.Unchanged:
		fmt.Fprintf(p.stdout, "%s is in the edition already, unchanged: nothing to do.\n", r.File)
	default:
		fmt.Fprintf(p.stdout, "%s: %s rows of %s stored, %s rejected.\n", r.File, humanize.Comma(r.Rows), r.Kind, humanize.Comma(r.Rejected))
	}
	if len(r.Reasons) > 0 {
		showReasons(p.stdout, r.Reasons, cmp.Or(r.Places, "line"))
		fmt.Fprintf(p.stdout, "  Every rejected row is listed in %s\n", r.RejectedFile)
	}
	var matches []string
	if r.Families != nil {
		matches = r.Families.Lines()
	}
	if r.Recipients != nil {
		matches = append(matches, r.Recipients.Lines()...)
	}
	for _, line := range matches {
		fmt.Fprintf(p.stdout, "  %s\n", line)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(p.stdout, "  Note: %s\n", note)
	}
}
