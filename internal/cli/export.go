package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/disclosure"
	"kantong/internal/export"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

type exportCommand struct {
	Areas      exportAreas      `cmd:"" help:"Areas with figures."`
	Unreached  exportUnreached  `cmd:"" help:"The families that a programme means and does not reach, the poorest and most deprived first."`
	Priorities exportPriorities `cmd:"" help:"The ranking of areas, with what makes it."`
	Registry   exportRegistry   `cmd:"" help:"A whole edition in the form in which it is imported, for the office itself."`
}

// exportFlags are those of every export of a table.
type exportFlags struct {
	Out     string `required:"" placeholder:"FILE" help:"A file that ends in .csv, .xlsx, .geojson or .gpkg. Beside a .csv file, FILE-metadata.json says what it rests on; the others hold that themselves."`
	Edition string `placeholder:"EDITION" help:"Edition or state; the newest when not given."`
	Role    string `default:"planner" enum:"public,partner,planner" help:"With figures as this role sees them (${enum}; default ${default})."`
	Purpose string `placeholder:"TEXT" help:"What it is for; it is kept in the audit log. Families are listed for a stated purpose only."`
	engineFlags
	protectionFlags
}

type exportAreas struct {
	Level   string   `default:"kelurahan" help:"Of which areas (default ${default})."`
	Within  string   `placeholder:"CODE" help:"Only those inside of this area."`
	Filter  string   `placeholder:"JSON" help:"Count the families that a filter keeps, written as a programme's rule: {\"decile\": {\"max\": 4}}."`
	Measure []string `sep:"none" placeholder:"JSON" help:"A measure, as in GraphQL: {\"deprivation\": \"UNSAFE_WATER\"}. Give it as often as you like; without any, the poorest deciles and every deprivation."`
	exportFlags
}

type exportUnreached struct {
	Program string `required:"" placeholder:"CODE" help:"The programme."`
	Filter  string `placeholder:"JSON" help:"Only families that a filter keeps, written as a programme's rule."`
	exportFlags
}

type exportPriorities struct {
	Input string `default:"{}" placeholder:"JSON" help:"By what, and how, as in GraphQL's priorities(input: …): {\"pillar\": \"HOUSING\"}."`
	exportFlags
}

// made makes a table of a view, and adds to what it rests on.
type made func(v *registry.View, gate *disclosure.Gate, about *export.About) (export.Table, error)

func (c *exportAreas) Run(p *program) error {
	q := tiles.Question{}
	var err error
	if q.Filter, err = filterFlag(c.Filter); err != nil {
		return err
	}
	for i, text := range c.Measure {
		m, err := measure.Parse([]byte(text))
		if err != nil {
			return registry.Under(fmt.Sprintf("--measure[%d]", i), err)
		}
		q.Measures = append(q.Measures, m)
	}
	q = export.OrDefault(q)
	level, err := registry.ParseAreaLevel(strings.ToUpper(c.Level))
	if err != nil {
		return err
	}
	return c.run(p, "areas", func(v *registry.View, _ *disclosure.Gate, about *export.About) (export.Table, error) {
		about.Asked(q.Filter, q.Measures)
		return export.Areas(p.ctx, v, level, registry.AreaCode(c.Within), q)
	})
}

func (c *exportUnreached) Run(p *program) error {
	f, err := filterFlag(c.Filter)
	if err != nil {
		return err
	}
	return c.run(p, "unreached "+c.Program, func(v *registry.View, _ *disclosure.Gate, about *export.About) (export.Table, error) {
		about.Asked(f, nil)
		return export.Unreached(p.ctx, v, c.Program, f)
	})
}

func (c *exportPriorities) Run(p *program) error {
	input, err := export.ParseInput("--input", c.Input)
	if err != nil {
		return err
	}
	return c.run(p, "priorities", func(v *registry.View, gate *disclosure.Gate, about *export.About) (export.Table, error) {
		role, _ := registry.ParseRole(strings.ToUpper(c.Role)) // parsed before
		exec := graph.NewExecutor(&graph.Resolver{Gate: gate, Limits: graph.DefaultLimits()}, graph.Options{Log: p.log, RequestID: func(context.Context) string { return "export" }})
		answer := exec.Run(access.WithViewer(p.ctx, access.Viewer{Role: role, Purpose: c.Purpose}), export.PrioritiesQuery, map[string]any{"input": input, "edition": v.State.ID()}, false)
		if err := graph.Fault(answer); err != nil {
			return export.Table{}, err
		}
		ranking, err := export.ParseRanking(answer.Data)
		if err != nil {
			return export.Table{}, err
		}
		about.Method(ranking.Method())
		return export.Priorities(v, ranking)
	})
}

func filterFlag(text string) (f registry.Filter, err error) {
	if text != "" {
		f, err = registry.ParseFilter([]byte(text))
	}
	return f, registry.Under("--filter", err)
}

// run writes a table of a view. What it shows is in the audit log before the file has its name.
func (c *exportFlags) run(p *program, what string, table made) error {
	format, err := export.ParseFormat("--out", c.Out)
	if err != nil {
		return err
	}
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return err
	}
	return p.withGate(c.engineFlags, c.protectionFlags, func(s *store, gate *disclosure.Gate) error {
		who := registry.Viewer{Role: role, Purpose: c.Purpose, Shown: new(registry.Shown)}
		v, err := gate.Now().View(p.ctx, who, c.Edition)
		if err != nil {
			return err
		}
		about := export.About{}
		t, err := table(v, gate, &about)
		if err != nil {
			return err
		}
		about = append(export.NewAbout(v, who, t.Title, time.Now()), about...)
		t.Rows = iter.Seq2[export.Row, error](counted(p, "writing "+c.Out, t.Rows, new(int64), 0))
		files := []string{c.Out}
		if format == export.CSV {
			files = []string{c.Out + export.CSVMetadataEnding, c.Out} // the table comes last
		}
		rows := int64(0)
		err = p.whole(files, func(paths []string) (err error) {
			if format == export.CSV {
				if err := writeMetadata(paths[0], filepath.Base(c.Out), t, about); err != nil {
					return err
				}
			}
			if rows, err = export.Create(p.ctx, paths[len(paths)-1], format, t, about); err != nil {
				return err
			}
			return p.auditEntry(s, registry.AuditEntry{Action: "export", Operation: what, Purpose: strings.TrimSpace(c.Purpose), States: []string{v.State.ID()}, Rows: who.Shown.Count()})
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Wrote %s rows to %s.\n", humanize.Comma(rows), c.Out)
		return nil
	})
}

func writeMetadata(path, address string, t export.Table, about export.About) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(export.WriteCSVMetadata(file, address, t, about), file.Close())
}

// whole makes files under other names beside their own, and renames them when all are complete: what has its name is whole.
func (p *program) whole(files []string, make func(paths []string) error) (err error) {
	paths := []string{}
	defer func() {
		for _, path := range paths {
			_ = os.RemoveAll(filepath.Dir(path))
		}
	}()
	for _, file := range files {
		dir, err := os.MkdirTemp(cmp.Or(filepath.Dir(file), "."), ".kantong-export-*")
		if err != nil {
			return registry.Errorf(registry.CodeUnavailable, "--out", "can't write to %s: %w", filepath.Dir(file), err)
		}
		paths = append(paths, filepath.Join(dir, "part"+filepath.Ext(file)))
	}
	if err := make(paths); err != nil {
		return err
	}
	for i, file := range files {
		if err := os.Rename(paths[i], file); err != nil {
			return registry.Errorf(registry.CodeUnavailable, "--out", "can't write %s: %w", file, err)
		}
	}
	return nil
}
