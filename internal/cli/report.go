package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

type reportCommand struct {
	Priorities reportPriorities `cmd:"" help:"Write the ranking of areas, with its reasons, as a table."`
	Pockets    reportPockets    `cmd:"" help:"Write where poor families live close together, as a table or a map layer. It takes registries of any size."`
}

type reportPriorities struct {
	Out     string `placeholder:"FILE" help:"A file that ends in .csv or .md; without it the table is printed as Markdown."`
	Pillar  string `default:"all" enum:"all,economy,education,health,housing,protection" help:"By the deprivations of one pillar of the plan, or of all five alike (${enum}; default ${default})."`
	Level   string `default:"kelurahan" enum:"kelurahan,kecamatan" help:"Of which areas (${enum}; default ${default})."`
	Edition string `placeholder:"EDITION" help:"Edition or state; the newest when not given."`
	Role    string `default:"planner" enum:"public,partner,planner" help:"With figures as this role sees them (${enum}; default ${default})."`
	engineFlags
	protectionFlags
}

// prioritiesQuery is what the report asks: the same question can be put to a server.
const prioritiesQuery = `query Priorities($input: PriorityInput!, $edition: ID) {
  edition(id: $edition) { label state asOf source }
  priorities(input: $input, edition: $edition) {
    ranked { rank rankLow rankHigh probabilityTop score note area { code name parent { name } } contributions { criterion weighted raw { value status } } }
    method { name parameters { name value } source }
  }
}`

// ranking is the answer.
type ranking struct {
	Edition struct {
		Label, State, AsOf, Source string
	}
	Priorities struct {
		Ranked []struct {
			Rank, RankLow, RankHigh *int
			ProbabilityTop, Score   *float64
			Note                    *string
			Area                    struct {
				Code, Name string
				Parent     struct{ Name string }
			}
			Contributions []struct {
				Criterion string
				Weighted  float64
				Raw       struct {
					Value  *float64
					Status string
				}
			}
		}
		Method struct {
			Name, Source string
			Parameters   []struct{ Name, Value string }
		}
	}
}

func (c *reportPriorities) Run(p *program) error {
	write := markdown
	switch extension := strings.ToLower(filepath.Ext(c.Out)); {
	case c.Out == "" || extension == ".md":
	case extension == ".csv":
		write = commaSeparated
	default:
		return registry.Invalid("--out", "%s ends neither in .csv nor in .md", c.Out)
	}
	var found ranking
	if err := c.ask(p, &found); err != nil {
		return err
	}
	text, err := write(&found)
	if err != nil {
		return err
	}
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

func (c *reportPriorities) ask(p *program, found *ranking) error {
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
		return err
	}
	return p.withExecutor("report", c.engineFlags, c.protectionFlags, func(exec graph.Executor) error {
		answer := exec.Run(access.WithViewer(p.ctx, access.Viewer{Role: role}), prioritiesQuery, variables, false)
		if len(answer.Errors) > 0 {
			return errors.New(answer.Errors[0].Message)
		}
		return json.Unmarshal(answer.Data, found)
	})
}

// about says what the table rests on.
func (r *ranking) about() string {
	parameters := make([]string, len(r.Priorities.Method.Parameters))
	for i, p := range r.Priorities.Method.Parameters {
		parameters[i] = p.Name + " " + p.Value
	}
	return fmt.Sprintf("%s (%s), as of %s; source: %s. Method: %s (%s).", r.Edition.Label, r.Edition.State, r.Edition.AsOf, r.Edition.Source,
		r.Priorities.Method.Name, strings.Join(parameters, ", "))
}

func markdown(r *ranking) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Priority areas\n\n%s\n\n| rank | 90 %% of draws | area | in | score | most for it |\n|---|---|---|---|---|---|\n", r.about())
	for _, a := range r.Priorities.Ranked {
		if a.Rank == nil {
			fmt.Fprintf(&b, "| – | – | %s | %s | – | no figures |\n", a.Area.Name, a.Area.Parent.Name)
			continue
		}
		interval := "–"
		if a.RankLow != nil && a.RankHigh != nil {
			interval = fmt.Sprintf("%d–%d", *a.RankLow, *a.RankHigh)
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %.3f | %s |\n", *a.Rank, interval, a.Area.Name, a.Area.Parent.Name, *a.Score, r.reasons(a.Area.Code))
	}
	return b.Bytes(), nil
}

// reasons are the three criteria that add most to an area's score.
func (r *ranking) reasons(code string) string {
	for _, a := range r.Priorities.Ranked {
		if a.Area.Code != code {
			continue
		}
		list := a.Contributions
		var out []string
		for range min(3, len(list)) {
			best := 0
			for i := range list {
				if list[i].Weighted > list[best].Weighted {
					best = i
				}
			}
			if c := list[best]; c.Weighted > 0 && c.Raw.Value != nil {
				out = append(out, fmt.Sprintf("%s (%.0f %%)", strings.TrimPrefix(c.Criterion, "households deprived in "), 100**c.Raw.Value))
			}
			list = append(append(list[:0:0], list[:best]...), list[best+1:]...)
		}
		return strings.Join(out, ", ")
	}
	return ""
}

// commaSeparated has a line for each area, and what it rests on in a column of its own, so that no line travels without.
func commaSeparated(r *ranking) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := []string{"rank", "rank_low", "rank_high", "probability_top", "score", "code", "area", "parent"}
	if len(r.Priorities.Ranked) > 0 {
		for _, c := range r.Priorities.Ranked[0].Contributions {
			header = append(header, c.Criterion, c.Criterion+" (contribution)")
		}
	}
	_ = w.Write(append(header, "basis"))
	for _, a := range r.Priorities.Ranked {
		line := []string{whole(a.Rank), whole(a.RankLow), whole(a.RankHigh), decimal(a.ProbabilityTop), decimal(a.Score), a.Area.Code, a.Area.Name, a.Area.Parent.Name}
		for _, c := range a.Contributions {
			line = append(line, decimal(c.Raw.Value), decimal(&c.Weighted))
		}
		_ = w.Write(append(line, r.about()))
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', 6, 64)
}
