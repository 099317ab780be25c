package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kantong/internal/disclosure"
	"kantong/internal/geo"
	"kantong/internal/pockets"
	"kantong/internal/registry"
)

type reportPockets struct {
	Out           string  `placeholder:"FILE" help:"A file that ends in .csv, .geojson or .md; without it a table is printed as Markdown."`
	MaxDecile     *int    `placeholder:"N" help:"Families of deciles 1 to N; 0 is everybody (default 4, where the filter names no deciles)."`
	Filter        string  `placeholder:"JSON" help:"Further conditions, as a programme's rule is written: {\"deprivedIn\": [\"UNSAFE_WATER\"]}."`
	RadiusMeters  float64 `default:"150" placeholder:"M" help:"How far neighbours are from each other at most (default ${default})."`
	MinHouseholds int     `default:"15" placeholder:"N" help:"How many families live within the radius at least (default ${default})."`
	Edition       string  `placeholder:"EDITION" help:"Edition or state; the newest when not given."`
	Role          string  `default:"planner" enum:"public,partner,planner" help:"With figures as this role sees them (${enum}; default ${default})."`
	Purpose       string  `placeholder:"TEXT" help:"What they are for: needed for pockets of fewer than five families, which are as good as rows. It is kept in the audit log."`
	engineFlags
	protectionFlags
}

func (c *reportPockets) Run(p *program) error {
	write, ok := map[string]func(*pocketReport) ([]byte, error){"": (*pocketReport).markdown, ".md": (*pocketReport).markdown, ".csv": (*pocketReport).csv, ".geojson": (*pocketReport).geojson}[strings.ToLower(filepath.Ext(c.Out))]
	if !ok || c.Out != "" && filepath.Ext(c.Out) == "" {
		return registry.Invalid("--out", "%s ends neither in .csv nor in .geojson nor in .md", c.Out)
	}
	q, err := c.question()
	if err != nil {
		return err
	}
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return err
	}
	return p.withGate(c.engineFlags, c.protectionFlags, func(s *store, gate *disclosure.Gate) error {
		shown := new(registry.Shown)
		v, err := gate.Now().View(p.ctx, registry.Viewer{Role: role, Purpose: c.Purpose, Shown: shown}, c.Edition)
		if err != nil {
			return err
		}
		bar := p.progress("looking for pockets")
		q.Progress = func(done, total int) { bar.show("parts", int64(done), int64(total)) }
		survey, err := pockets.TakeSurvey(p.ctx, v, q)
		bar.done()
		if err != nil {
			return err
		}
		profiles, err := survey.Profiles(p.ctx)
		if err != nil {
			return err
		}
		text, err := write(&pocketReport{p.ctx, v, &q, survey, profiles})
		if err != nil {
			return err
		}
		if err := p.auditEntry(s, registry.AuditEntry{Action: "report pockets", Operation: q.Filter.String(), Purpose: c.Purpose, States: []string{v.State.ID()}, Rows: shown.Count()}); err != nil {
			return err
		}
		return c.write(p, text, len(survey.Pockets))
	})
}

func (c *reportPockets) question() (pockets.Question, error) {
	q := pockets.Question{RadiusMeters: c.RadiusMeters, MinHouseholds: c.MinHouseholds}
	if c.Filter != "" {
		f, err := registry.ParseFilter([]byte(c.Filter))
		if err != nil {
			return q, registry.Under("--filter", err)
		}
		q.Filter = f
	}
	most := 4
	switch {
	case c.MaxDecile == nil && q.Filter.Decile != nil:
		return q, nil
	case c.MaxDecile != nil && q.Filter.Decile != nil:
		return q, registry.Invalid("--max-decile", "the filter names deciles already: leave one of the two out")
	case c.MaxDecile != nil:
		most = *c.MaxDecile
	}
	switch {
	case most < 0 || most > 10:
		return q, registry.Invalid("--max-decile", "%d is no decile: 1 to 10, or 0 for everybody", most)
	case most > 0:
		q.Filter.Decile = &registry.IntRange{Max: &most}
	}
	return q, nil
}

func (c *reportPockets) write(p *program, text []byte, n int) error {
	if c.Out == "" {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := os.WriteFile(c.Out, text, 0o600); err != nil {
		return registry.Errorf(registry.CodeUnavailable, "--out", "can't write %s: %w", c.Out, err)
	}
	fmt.Fprintf(p.stdout, "Wrote %d pockets to %s.\n", n, c.Out)
	return nil
}

// pocketReport is the pockets of a view, to be written down.
type pocketReport struct {
	ctx      context.Context
	view     *registry.View
	question *pockets.Question
	survey   *pockets.Survey
	profiles [][]pockets.Mark
}

// about says what the table rests on.
func (r *pocketReport) about() string {
	e := &r.view.State.Edition
	about := fmt.Sprintf("%s (%s), as of %s; source: %s. Families %s; density clusters (DBSCAN), at least %d within %g m.", e.Label, r.view.State.ID(), e.AsOf, e.Source,
		r.question.Filter.String(), r.question.MinHouseholds, r.question.RadiusMeters)
	for _, n := range r.survey.Notes {
		about += " " + n
	}
	return about
}

func (r *pocketReport) where(p *pockets.SurveyPocket) string {
	names := make([]string, len(p.Areas))
	for i, a := range p.Areas {
		at, _ := r.view.Areas.Find(a.Area)
		names[i] = r.view.Areas.Area(at).Name
	}
	if p.RT != "" {
		names = append(names, "RW "+p.RW+" RT "+p.RT)
	}
	return strings.Join(names, ", ")
}

// marks are the deprivations by which a pocket stands out most, at least a tenth above what is usual.
func marks(profile []pockets.Mark) string {
	list := slices.Clone(profile)
	slices.SortStableFunc(list, func(a, b pockets.Mark) int { return cmp.Compare(b.Lift.Value, a.Lift.Value) })
	var words []string
	for _, m := range list[:min(3, len(list))] {
		if m.Lift.Status.HasValue() && m.Lift.Value >= 1.1 {
			words = append(words, fmt.Sprintf("%s %.0f %% (× %.1f)", m.Deprivation, 100*m.Share.Value, m.Lift.Value))
		}
	}
	return strings.Join(words, ", ")
}

func (r *pocketReport) markdown() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Pockets\n\n%s\n\n| pocket | families | people | in | stands out by |\n|---|---|---|---|---|\n", r.about())
	for i, p := range r.survey.Pockets {
		fmt.Fprintf(&b, "| %s | %d | %d | %s | %s |\n", p.ID, p.Total.Households, p.Total.People, r.where(p), marks(r.profiles[i]))
	}
	return b.Bytes(), r.ctx.Err()
}

// csv has a line for each pocket, and what it rests on in a column of its own.
func (r *pocketReport) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"pocket", "unit", "households", "people", "status", "area_km2", "longitude", "latitude", "in", "stands_out_by", "basis"})
	about := r.about()
	for i, p := range r.survey.Pockets {
		km2, err := p.AreaKm2(r.ctx)
		if err != nil {
			return nil, err
		}
		_ = w.Write([]string{p.ID, p.Unit.String(), fmt.Sprint(p.Total.Households), fmt.Sprint(p.Total.People), p.Total.Status.String(),
			decimal(&km2), fmt.Sprintf("%.7f", p.Center[0]), fmt.Sprintf("%.7f", p.Center[1]), r.where(p), marks(r.profiles[i]), about})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// geojson has a feature for each pocket: its hull or ground, or its centre where it has none.
func (r *pocketReport) geojson() ([]byte, error) {
	type properties struct {
		Unit        string `json:"unit"`
		Households  int64  `json:"households"`
		People      int64  `json:"people"`
		Status      string `json:"status"`
		In          string `json:"in"`
		StandsOutBy string `json:"stands_out_by"`
	}
	type feature struct {
		Type       string          `json:"type"`
		ID         string          `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties properties      `json:"properties"`
	}
	features := make([]feature, len(r.survey.Pockets))
	for i, p := range r.survey.Pockets {
		shape, err := p.Geometry(r.ctx)
		if err != nil {
			return nil, err
		}
		if shape == nil {
			shape = p.Center
		}
		features[i] = feature{"Feature", p.ID, geo.MarshalGeometry(shape), properties{p.Unit.String(), p.Total.Households, p.Total.People, p.Total.Status.String(), r.where(p), marks(r.profiles[i])}}
	}
	return json.Marshal(map[string]any{"type": "FeatureCollection", "basis": r.about(), "features": features})
}
