package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kantong/internal/measure"
	"kantong/internal/registry"
)

// PrioritiesQuery is what a ranking is asked by: the same question can be put to a server. Variables are input and edition.
const PrioritiesQuery = `query Priorities($input: PriorityInput!, $edition: ID) {
  edition(id: $edition) { label state asOf source dataVersion }
  priorities(input: $input, edition: $edition) {
    ranked { rank rankLow rankHigh probabilityTop score note area { code name parent { name } } contributions { criterion weighted raw { value status } } }
    criteria { criterion measure weight }
    method { name parameters { name value } source }
  }
}`

// ParseInput reads the query's variable input from JSON, as GraphQL's priorities(input: …) takes it; "" is no wish. An error
// names field.
func ParseInput(field, text string) (map[string]any, error) {
	input := map[string]any{}
	if text == "" {
		return input, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&input); err != nil || d.More() || input == nil {
		return nil, registry.Invalid(field, "not a JSON object such as {\"pillar\": \"HOUSING\"}, as in priorities(input: …)")
	}
	return input, nil
}

// Ranking is the answer.
type Ranking struct {
	Edition struct {
		Label, State, AsOf, Source, DataVersion string
	}
	Priorities struct {
		Ranked   []Ranked
		Criteria []struct {
			Criterion, Measure string
			Weight             float64
		}
		Method struct {
			Name, Source string
			Parameters   []struct{ Name, Value string }
		}
	}
}

// Ranked is an area in a ranking.
type Ranked struct {
	Rank, RankLow, RankHigh *int
	ProbabilityTop, Score   *float64
	Note                    *string
	Area                    struct {
		Code, Name string
		Parent     struct{ Name string }
	}
	Contributions []RankedBy
}

// RankedBy is what a criterion adds to an area's score.
type RankedBy struct {
	Criterion string
	Weighted  float64
	Raw       struct {
		Value  *float64
		Status string
	}
}

// Method says how areas were ranked.
func (r *Ranking) Method() string {
	parameters := make([]string, len(r.Priorities.Method.Parameters))
	for i, p := range r.Priorities.Method.Parameters {
		parameters[i] = p.Name + " " + p.Value
	}
	return r.Priorities.Method.Name + " (" + strings.Join(parameters, ", ") + ")"
}

// ParseRanking reads the data of an answer to PrioritiesQuery.
func ParseRanking(data []byte) (*Ranking, error) {
	r := new(Ranking)
	return r, json.Unmarshal(data, r)
}

// Priorities is a ranking as a table, in its order: areas without a rank are last, with a note. The view is that of the ranking's
// state.
func Priorities(v *registry.View, r *Ranking) (Table, error) {
	t := Table{Name: "priorities", Title: "Which areas come first", Geometry: "MULTIPOLYGON", Columns: []Column{
		{"rank", Whole, "", "1 is the most urgent; empty without a figure to rank by"}, {"rank_low", Whole, "", "The rank is at least this in 90 % of the draws"}, {"rank_high", Whole, "", "And at most this"},
		{"probability_top", Number, "share, 0 to 1", "Share of the draws in which the area is among the first (method: top)"}, {"score", Number, "", "Weighted mean of the normalised criteria; more is more urgent"},
	}}
	t.Columns = append(t.Columns, areaColumns()...)
	for i, c := range r.Priorities.Criteria {
		m, err := measure.Parse([]byte(c.Measure))
		if err != nil {
			return t, err
		}
		name := measureName(&m, i)
		if slices.ContainsFunc(t.Columns, func(other Column) bool { return other.Name == name }) { // a direction of its own
			name = fmt.Sprintf("%s_%d", name, i+1)
		}
		t.Columns = append(t.Columns, withStatus(Column{name, Number, "", c.Criterion})...)
		t.Columns = append(t.Columns, Column{name + "_weighted", Number, "", fmt.Sprintf("What it adds to the score; its weight is %.4g", c.Weight)})
	}
	t.Columns = append(t.Columns, Column{Name: "note", Description: "Which figures are missing"})
	rows := make([]Row, len(r.Priorities.Ranked))
	for i := range r.Priorities.Ranked {
		a := &r.Priorities.Ranked[i]
		at, ok := v.Areas.Find(registry.AreaCode(a.Area.Code))
		if !ok {
			return t, fmt.Errorf("a ranking of %s names %s, which %s does not have", r.Edition.State, a.Area.Code, v.State.ID())
		}
		rows[i] = areaRow(v, at)
		rows[i].Values = append([]any{wholeOf(a.Rank), wholeOf(a.RankLow), wholeOf(a.RankHigh), numberOf(a.ProbabilityTop), numberOf(a.Score)}, rows[i].Values...)
		for _, c := range a.Contributions {
			rows[i].Values = append(rows[i].Values, numberOf(c.Raw.Value), c.Raw.Status, c.Weighted)
		}
		note := any(nil)
		if a.Note != nil {
			note = *a.Note
		}
		rows[i].Values = append(rows[i].Values, note)
	}
	t.Rows = rowsOf(rows)
	return t, nil
}

func wholeOf(n *int) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

func numberOf(x *float64) any {
	if x == nil {
		return nil
	}
	return *x
}
