package graph_test

import (
	"encoding/json"
	"slices"
	"testing"

	"kantong/internal/registry"
)

// TestMeasuresCanBeAsked: what the list says of a measure can be asked as it says, and the figures that it counts are there.
func TestMeasuresCanBeAsked(t *testing.T) {
	f := newFixture(t)
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePlanner} {
		a, text, _ := f.ask(t, role, `{ measures { code measure breaks areas withFigure } }`, nil)
		var list struct {
			Measures []struct {
				Code, Measure     string
				Breaks            []float64
				Areas, WithFigure int
			}
		}
		unmarshal(t, a.Data, &list)
		if len(list.Measures) < registry.DeprivationCount+5 {
			t.Fatalf("%.500s", text)
		}
		classed := 0
		for _, m := range list.Measures {
			var input any
			unmarshal(t, json.RawMessage(m.Measure), &input)
			a, text, _ := f.ask(t, role, `query($m: MeasureInput!) { hotspots(measure: $m, permutations: 99) { areas { value { value } } } }`, map[string]any{"m": input})
			if len(a.Errors) > 0 {
				t.Fatalf("%s: %s", m.Code, text)
			}
			var spots struct {
				Hotspots struct {
					Areas []struct{ Value struct{ Value *float64 } }
				}
			}
			unmarshal(t, a.Data, &spots)
			var values []float64
			for _, area := range spots.Hotspots.Areas {
				if area.Value.Value != nil {
					values = append(values, *area.Value.Value)
				}
			}
			if len(values) != m.WithFigure || len(spots.Hotspots.Areas) != m.Areas {
				t.Errorf("%s, %s: %d of %d figures, the list says %d of %d", role, m.Code, len(values), len(spots.Hotspots.Areas), m.WithFigure, m.Areas)
			}
			if len(m.Breaks) > 0 {
				classed++
				if !slices.IsSorted(m.Breaks) || m.Breaks[0] <= slices.Min(values)-1e-12 || m.Breaks[len(m.Breaks)-1] > slices.Max(values)+1e-12 || len(m.Breaks) > 4 {
					t.Errorf("%s, %s: breaks %v of %v", role, m.Code, m.Breaks, values)
				}
			}
		}
		if classed < 10 {
			t.Errorf("%s: only %d measures have classes", role, classed)
		}
	}
}
