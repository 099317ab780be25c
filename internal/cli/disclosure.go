package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
	"go.opentelemetry.io/otel/trace/noop"

	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
)

type disclosureCommand struct {
	Report disclosureReport `cmd:"" help:"Compare the figures that the public and partners are shown with the exact ones, to choose noise and floors. It is for the agency alone."`
}

type disclosureReport struct {
	Edition string `placeholder:"NAME" help:"Edition or state to compare (default: the newest)."`
	JSON    bool   `name:"json" help:"Print it as JSON, for programs."`
	Out     string `placeholder:"FILE" help:"Write it to this file, readable by its owner only, in place of printing it."`
	engineFlags
	protectionFlags
}

func (c *disclosureReport) Run(p *program) error {
	return p.withGate(c.engineFlags, c.protectionFlags, func(s *store, gate *disclosure.Gate) error {
		bar := p.progress("comparing")
		r, err := gate.Now().Report(p.ctx, c.Edition, func(done, total int64) { bar.show("areas and blocks", done, total) })
		bar.done()
		if err != nil {
			return err
		}
		if err := c.write(p, r); err != nil {
			return err
		}
		return p.audit(s, "disclosure report", "", r.State)
	})
}

// withGate opens what is published for a report, and shows how far it is read.
func (p *program) withGate(engine engineFlags, protection protectionFlags, do func(*store, *disclosure.Gate) error) error {
	return p.withStore(func(s *store) error {
		src, err := p.source(s, engine, observe.Observer{Metrics: observe.NewMetrics(), Tracer: noop.NewTracerProvider().Tracer("")})
		if err != nil {
			return err
		}
		src.read = shownReading{src.read, p}
		gate, err := protection.gate(p.ctx, src, nil)
		if err != nil {
			return err
		}
		return do(s, gate)
	})
}

// shownReading is a store that shows how far the families are read.
type shownReading struct {
	registry.Store
	program *program
}

func (s shownReading) Records(ctx context.Context, edition string) iter.Seq2[registry.Record, error] {
	return counted(s.program, "reading families", s.Store.Records(ctx, edition), new(int64), 0)
}

func (c *disclosureReport) write(p *program, r *disclosure.Report) error {
	var text strings.Builder
	if err := c.print(&text, r); err != nil {
		return err
	}
	if c.Out == "" {
		_, err := io.WriteString(p.stdout, text.String())
		return err
	}
	if err := os.WriteFile(c.Out, []byte(text.String()), 0o600); err != nil {
		return registry.Invalid("--out", "can't write %s: %w", c.Out, err)
	}
	fmt.Fprintf(p.stdout, "Written to %s. It tells how far figures were moved: keep it inside the agency.\n", c.Out)
	return nil
}

// reportJSON is a report with the choices it is about.
type reportJSON struct {
	NoiseDeviation int     `json:"noiseDeviation"`
	NoiseVariance  float64 `json:"noiseVariance"`
	FloorPublic    int64   `json:"floorPublic"`
	FloorPartner   int64   `json:"floorPartner"`
	*disclosure.Report
}

func (c *disclosureReport) print(w io.Writer, r *disclosure.Report) error {
	if !c.JSON {
		return printReport(w, r)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(reportJSON{r.Policy.Households.MaxDeviation, r.Policy.Households.Variance, r.Policy.FloorPublic, r.Policy.FloorPartner, r})
}

// printReport is for a planner: a table a role, then what it means.
func printReport(w io.Writer, r *disclosure.Report) error {
	p := &r.Policy
	fmt.Fprintf(w, "What protection does to the figures of %s\n", r.State)
	fmt.Fprintf(w, "Noise: at most %d families, variance %g. Floors: %d for the public, %d for partners.\n",
		p.Households.MaxDeviation, p.Households.Variance, p.FloorPublic, p.FloorPartner)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	role, level := "", ""
	for i := range r.Tables {
		u := &r.Tables[i]
		if u.Role != role {
			role, level = u.Role, ""
			fmt.Fprintf(t, "\n%s\n", role)
			fmt.Fprintln(t, "LEVEL\tTABLE\tFIGURES\tWITHHELD\tOFF BY\tMEDIAN\t9 IN 10 UNDER\tMEAN\tRANK ORDER")
		}
		name := ""
		if u.Level != level {
			level = u.Level
			name = fmt.Sprintf("%s (%s)", level, humanize.Comma(int64(u.Places)))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, u.Table, humanize.Comma(int64(u.Figures)), percent(&u.Suppressed),
			meanError(u), percent(u.MedianRelativeError), percent(u.NinetiethRelativeError),
			percent(u.MeanRelativeError), correlation(u.SpearmanRankCorrelation))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n"+meaning(r))
	return err
}

func meanError(u *disclosure.Utility) string {
	if u.MeanAbsoluteError == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %s", *u.MeanAbsoluteError, strings.TrimPrefix(u.Unit, "percentage "))
}

func correlation(r *float64) string {
	if r == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *r)
}

func percent(share *float64) string {
	if share == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

// meaning says in words what the table says in numbers.
func meaning(r *disclosure.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, `WITHHELD is the share of figures that are not shown (SUPPRESSED): after noise they, or what they leave of the
whole that they are a part of, are fewer families than the floor, %d for the public and %d for partners; or the
place has fewer than %d families. None at all is withheld as well: else a zero would tell about everybody.
OFF BY is by how much the figures that show differ from the true ones, on average. MEDIAN, 9 IN 10 UNDER and MEAN
are that difference in per cent of the true figure: half of the figures are closer than MEDIAN. RANK ORDER compares
the order of the places with the true order: 1 is the same, 0 has nothing to do with it. A dash: fewer than three.
`, r.Policy.FloorPublic, r.Policy.FloorPartner, disclosure.MinBase)
	if u := r.Find(registry.RolePartner, registry.LevelKelurahan.String(), disclosure.TableFamilies); u != nil && u.MeanAbsoluteError != nil && r.MedianKelurahan > 0 {
		off, of := *u.MeanAbsoluteError, float64(r.MedianKelurahan)
		fmt.Fprintf(&b, `
A kelurahan of the median size has about %s families. Its count is off by %.1f on average, which is %.1f %%, and never
by more than %d. The noise is hardly less on a small part of it: of a tenth, %.0f families, being off by as much is
%.1f %%. So a figure is good for what is much larger than the noise. Two figures of which one is to be called larger
should differ by %.0f or more; ratios and rankings of small groups are better read per kecamatan.
`, humanize.Comma(int64(r.MedianKelurahan)), off, 100*off/of, r.Policy.Households.MaxDeviation, of/10, 100*off/(of/10),
			math.Ceil(2*math.Sqrt(2*r.Policy.Households.Variance)))
	}
	b.WriteString(`
Keep this report inside the agency: who knows how far figures were moved can move some of them back.
`)
	return b.String()
}
