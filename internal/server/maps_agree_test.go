package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"kantong/internal/registry"
)

type mapFigure struct {
	Households *int64
	Value      *float64
	HStatus    string `json:"households_status"`
	VStatus    string `json:"value_status"`
	Code       string
}

// TestMapsAgreeWithGraphQL: for random measures and filters, as every role, what a map shows of each kelurahan is what GraphQL
// answers, and what GraphQL refuses is refused with the same code.
func TestMapsAgreeWithGraphQL(t *testing.T) {
	m := newMapServer(t)
	r := rand.New(rand.NewPCG(4, 97))
	deprivation := func() string { return registry.Deprivation(r.IntN(registry.DeprivationCount)).String() }
	measures := []func() string{
		func() string { return `{"deprivation": "` + deprivation() + `"}` },
		func() string { return `{"exclusion": "AB"}` },
		func() string {
			return fmt.Sprintf(`{"share": {"meeting": {"decile": {"max": %d}}, "people": %t}}`, 1+r.IntN(9), r.IntN(2) == 0)
		},
		func() string { return `{"share": {"meeting": {"elderly": {"min": 2}}}}` }, // not for everybody
	}
	filters := []func() string{
		func() string { return `{}` },
		func() string { return fmt.Sprintf(`{"decile": {"max": %d}}`, 1+r.IntN(9)) },
		func() string { return `{"deprivedIn": ["` + deprivation() + `"]}` },
		func() string { return `{"areas": ["19.71.01"], "headSex": "FEMALE"}` },
		func() string { return `{"or": [{"headSex": "FEMALE"}, {"decile": {"max": 1}}]}` }, // not for everybody
	}
	shown, refused, withheld := 0, 0, 0
	for range 200 {
		key := []string{"", "partner", "planner", "auditor"}[r.IntN(4)]
		one, filter := measures[r.IntN(len(measures))](), filters[r.IntN(len(filters))]()
		var asked struct {
			Data struct {
				Rates []struct {
					Raw struct {
						Value  *float64
						Status string
					}
				}
				Summaries []struct {
					Key     struct{ Area struct{ Code string } }
					Summary struct {
						Households struct {
							Value  *int64
							Status string
						}
					}
				}
			}
			Errors []struct{ Extensions struct{ Code string } }
		}
		body := fmt.Sprintf(`{"query": "query($m: MeasureInput!, $f: HouseholdFilter) { rates(measure: $m) { raw { value status } } summaries(groupBy: [{area: KELURAHAN}], filter: $f) { key { area { code } } summary { households { value status } } } }", "variables": {"m": %s, "f": %s}}`, one, filter)
		if err := json.Unmarshal([]byte(m.post(t, key, body)), &asked); err != nil {
			t.Fatal(err)
		}
		resp, text := m.get(t, key, "/areas.geojson"+query("measure", one, "filter", filter))
		if len(asked.Errors) > 0 {
			if code := asked.Errors[0].Extensions.Code; resp.StatusCode == 200 || !strings.Contains(text, code) {
				t.Errorf("%q, %s, %s: GraphQL says %s, the map %d %.200s", key, one, filter, code, resp.StatusCode, text)
			}
			refused++
			continue
		}
		var drawn struct {
			Features []struct{ Properties mapFigure }
		}
		if err := json.Unmarshal([]byte(text), &drawn); err != nil || resp.StatusCode != 200 || len(drawn.Features) != len(asked.Data.Rates) {
			t.Fatalf("%q, %s, %s: %d %.200s", key, one, filter, resp.StatusCode, text)
		}
		households := map[string]int{} // position, of areas that the filter keeps
		for i, g := range asked.Data.Summaries {
			households[g.Key.Area.Code] = i
		}
		for i, f := range drawn.Features {
			p, want := f.Properties, asked.Data.Rates[i].Raw
			if p.VStatus != want.Status || !same(p.Value, want.Value) {
				t.Errorf("%q, %s, %s: %v %s, GraphQL says %v %s", key, one, p.Code, p.Value, p.VStatus, want.Value, want.Status)
			}
			at, kept := households[p.Code]
			if !kept {
				continue
			}
			if want := asked.Data.Summaries[at].Summary.Households; p.HStatus != want.Status || !same(p.Households, want.Value) {
				t.Errorf("%q, %s, %s: %v %s, GraphQL says %v %s", key, filter, p.Code, p.Households, p.HStatus, want.Value, want.Status)
			}
			if p.Households == nil {
				withheld++
			} else {
				shown++
			}
		}
	}
	if shown < 300 || withheld < 100 || refused < 20 {
		t.Errorf("%d figures shown, %d withheld, %d questions refused: too few to tell", shown, withheld, refused)
	}
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// post asks GraphQL.
func (m *mapServer) post(t *testing.T, key, body string, header ...string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, m.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if m.keys[key] != "" {
		req.Header.Set("Authorization", m.keys[key])
	}
	return read(t, req)
}
