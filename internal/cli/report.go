package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/export"
	"kantong/internal/registry"
)

type reportCommand struct {
	Priorities reportPriorities `cmd:"" help:"Write the ranking of areas, with its reasons, as a table."`
	Pockets    reportPockets    `cmd:"" help:"Write where poor families live close together, as a table or a map layer. It takes registries of any size."`
}

type reportPriorities struct {
	Out     string `placeholder:"FILE" help:"A file that ends in .md; without it the table is printed as Markdown. For other files see kantong export priorities."`
	Pillar  string `default:"all" enum:"all,economy,education,health,housing,protection" help:"By the deprivations of one pillar of the plan, or of all five alike (${enum}; default ${default})."`
	Level   string `default:"kelurahan" enum:"kelurahan,kecamatan" help:"Of which areas (${enum}; default ${default})."`
	Edition string `placeholder:"EDITION" help:"Edition or state; the newest when not given."`
	Role    string `default:"planner" enum:"public,partner,planner" help:"With figures as this role sees them (${enum}; default ${default})."`
	engineFlags
	protectionFlags
}

func (c *reportPriorities) Run(p *program) error {
	if extension := strings.ToLower(filepath.Ext(c.Out)); c.Out != "" && extension != ".md" {
		return registry.Invalid("--out", "%s does not end in .md; for a table use kantong export priorities", c.Out)
	}
	found, err := c.ask(p)
	if err != nil {
		return err
	}
	text := markdown(found)
	if c.Out == "" {
		_, err = p.stdout.Write(text)
		return err
	}
	if err := os.WriteFile(c.Out, text, 0o644); err != nil {
		return registry.Errorf(registry.CodeUnavailable, "--out", "can't write %s: %w", c.Out, err)
	}
	fmt.Fprintf(p.stdout, "Wrote %d areas to %s.\n", len(found.Priorities.Ranked), c.Out)
	return nil
}

func (c *reportPriorities) ask(p *program) (found *export.Ranking, err error) {
	input := map[string]any{"level": strings.ToUpper(c.Level)}
	if c.Pillar != "all" {
		input["pillar"] = strings.ToUpper(c.Pillar)
	}
	variables := map[string]any{"input": input}
	if c.Edition != "" {
		variables["edition"] = c.Edition
	}
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return nil, err
	}
	return found, p.withExecutor("report", c.engineFlags, c.protectionFlags, func(exec graph.Executor) error {
		answer := exec.Run(access.WithViewer(p.ctx, access.Viewer{Role: role}), export.PrioritiesQuery, variables, false)
		if len(answer.Errors) > 0 {
			return errors.New(answer.Errors[0].Message)
		}
		found, err = export.ParseRanking(answer.Data)
		return err
	})
}

// aboutRanking says what the table rests on.
func aboutRanking(r *export.Ranking) string {
	return fmt.Sprintf("%s (%s), as of %s; source: %s. Method: %s.", r.Edition.Label, r.Edition.State, r.Edition.AsOf, r.Edition.Source, r.Method())
}

func markdown(r *export.Ranking) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Priority areas\n\n%s\n\n| rank | 90 %% of draws | area | in | score | most for it |\n|---|---|---|---|---|---|\n", aboutRanking(r))
	for _, a := range r.Priorities.Ranked {
		if a.Rank == nil {
			fmt.Fprintf(&b, "| – | – | %s | %s | – | no figures |\n", a.Area.Name, a.Area.Parent.Name)
			continue
		}
		interval := "–"
		if a.RankLow != nil && a.RankHigh != nil {
			interval = fmt.Sprintf("%d–%d", *a.RankLow, *a.RankHigh)
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %.3f | %s |\n", *a.Rank, interval, a.Area.Name, a.Area.Parent.Name, *a.Score, reasons(&a))
	}
	return b.Bytes()
}

// reasons are the three criteria that add most to an area's score.
func reasons(a *export.Ranked) string {
	list := slices.Clone(a.Contributions)
	slices.SortStableFunc(list, func(a, b export.RankedBy) int { return cmp.Compare(b.Weighted, a.Weighted) })
	var out []string
	for _, c := range list[:min(3, len(list))] {
		if c.Weighted > 0 && c.Raw.Value != nil {
			out = append(out, fmt.Sprintf("%s (%.0f %%)", strings.TrimPrefix(c.Criterion, "households deprived in "), 100**c.Raw.Value))
		}
	}
	return strings.Join(out, ", ")
}

func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', 6, 64)
}
