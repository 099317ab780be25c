package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/internal/ingest"
	"kantong/internal/registry"
)

type importInspect struct {
	File string `arg:"" help:"The file: CSV, XLSX or GeoPackage."`
	mappingFlag
	Edition string `placeholder:"NAME" help:"Place families in the areas of this edition, with their boundaries, instead of those that the program knows by name."`
	Out     string `placeholder:"FILE" help:"Write the mapping here, to edit it and to import with it."`
}

func (c *importInspect) Run(p *program) error {
	mapping, err := c.read()
	if err != nil {
		return err
	}
	options := ingest.InspectOptions{Sheet: c.Sheet, Known: gazetteer(), AsOf: time.Now()}
	if c.Mapping != "" {
		options.Mapping = mapping
	}
	if c.Edition != "" {
		if err := p.withStore(func(s *store) error { return placesOf(p, s, c.Edition, &options) }); err != nil {
			return err
		}
	}
	bar := p.progress("inspecting " + c.File)
	options.Progress = bar.step
	found, err := ingest.Inspect(p.ctx, c.File, options)
	bar.done()
	if err != nil {
		return err
	}
	p.showInspection(c, found)
	if c.Out != "" {
		return writeNew(c.Out, found.Mapping)
	}
	return nil
}

// placesOf takes the areas and the day of an edition.
func placesOf(p *program, s *store, edition string, o *ingest.InspectOptions) error {
	list, err := s.Editions(p.ctx)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.ID != edition {
			continue
		}
		if o.AsOf, err = time.Parse(time.DateOnly, string(e.AsOf)); err != nil {
			return err
		}
		o.Areas, err = s.Areas(p.ctx, edition)
		return err
	}
	return registry.NotFound("edition", "there is no edition %s", edition)
}

// writeNew writes a file that must not be there yet: what somebody edited is not lost.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return registry.Invalid("out", "can't be written: %w", err)
	}
	_, err = f.Write(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (p *program) showInspection(c *importInspect, i *ingest.Inspection) {
	w := p.stdout
	rows := "families"
	if i.Persons {
		rows = "persons, who are folded into families"
	}
	where := string(i.Format)
	if i.Sheet != "" {
		where += fmt.Sprintf(", %q", i.Sheet)
	}
	if i.HeaderRow > 1 {
		where += fmt.Sprintf(", names of columns in row %d", i.HeaderRow)
	}
	fmt.Fprintf(w, "%s (%s): rows are %s.\n", c.File, where, rows)
	if i.Ready != "" {
		fmt.Fprintf(w, "The nearest ready mapping is %s.\n", i.Ready)
	}
	showColumns(w, i.Columns)
	showValues(w, i.Columns)
	showSamples(w, i)
	if i.Problem != "" {
		fmt.Fprintf(w, "\nIt can't be imported so: %s\n", i.Problem)
	} else {
		fmt.Fprintf(w, "\n%s families would be stored, %s rows rejected.\n", humanize.Comma(i.Rows), humanize.Comma(i.Rejected))
	}
	showReasons(w, i.Reasons, "line")
	for _, note := range i.Notes {
		if !strings.HasPrefix(note, "not stored, personal data") && !strings.HasPrefix(note, "ignored columns") { // shown above
			fmt.Fprintf(w, "  Note: %s\n", note)
		}
	}
	switch {
	case c.Out != "":
		fmt.Fprintf(w, "\nThe mapping is in %s. Check it, then: kantong import households %s --edition NAME --mapping %s\n", c.Out, c.File, c.Out)
	case c.Mapping == "":
		fmt.Fprintln(w, "\nNothing was stored. --out FILE writes this mapping, to edit it and to import with it.")
	default:
		fmt.Fprintln(w, "\nNothing was stored.")
	}
}

func showColumns(w io.Writer, columns []ingest.ProposedColumn) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\n  COLUMN\tIS\tWHY")
	for _, c := range columns {
		if c.Name == "" {
			continue
		}
		is := c.Attribute
		if is == "" {
			is = "-"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", c.Name, is, c.Why)
	}
	_ = t.Flush()
}

// maxValuesShown is how many values of a column the terminal gets; the file has all.
const maxValuesShown = 20

func showValues(w io.Writer, columns []ingest.ProposedColumn) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\n  VALUE\tOF\tROWS\tMEANS\t")
	any := false
	for _, c := range columns {
		for n, v := range c.Values {
			if n == maxValuesShown {
				fmt.Fprintf(t, "  …\t%s\t\t%d more\t\n", c.Attribute, len(c.Values)-n)
				break
			}
			means := v.Meaning
			if means == "" {
				means = "unknown"
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", v.Value, c.Attribute, humanize.Comma(v.Count), means, v.Why)
			any = true
		}
	}
	if any {
		_ = t.Flush()
	}
}

// showSamples shows rows as they would be stored, attribute by attribute, and of how many families each is known.
func showSamples(w io.Writer, i *ingest.Inspection) {
	if len(i.Samples) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n  As stored\tknown of")
	for n := range i.Samples {
		fmt.Fprintf(t, "\t%d", n+1)
	}
	fmt.Fprintf(t, "\n  area_code\t100%%")
	for n := range i.Samples {
		fmt.Fprintf(t, "\t%s", ingest.Shown(&i.Samples[n], "area_code"))
	}
	fmt.Fprintln(t)
	var unknown []string
	for _, k := range i.Known {
		if k.Known == 0 {
			unknown = append(unknown, k.Attribute)
			continue
		}
		fmt.Fprintf(t, "  %s\t%d%%", k.Attribute, k.Known*100/i.Rows)
		for n := range i.Samples {
			value := ingest.Shown(&i.Samples[n], k.Attribute)
			if value == "" {
				value = "·"
			}
			fmt.Fprintf(t, "\t%s", value)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
	if unknown != nil {
		fmt.Fprintf(w, "  Unknown of every family: %s\n", strings.Join(unknown, ", "))
	}
}

func showReasons(w io.Writer, reasons []ingest.Reason, places string) {
	if len(reasons) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  ROWS\tCOLUMN\tREASON\tFIRST "+strings.ToUpper(places))
	for _, reason := range reasons {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%d\n", humanize.Comma(reason.Count), reason.Column, reason.Reason, reason.FirstLine)
	}
	_ = t.Flush()
}
