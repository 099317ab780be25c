package poverty

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"kantong/internal/registry"
)

// sums makes the sums of a poverty line as an engine does.
func sums(line int64, households []registry.Household) registry.Poverty {
	p := registry.Poverty{LineRupiah: line}
	for _, h := range households {
		p.Base.Add(int64(h.Members), registry.RecordKey{})
		if gap := line - h.Expenditure; gap > 0 {
			p.Poor.Add(int64(h.Members), registry.RecordKey{})
			p.Gap += int64(h.Members) * gap
			p.GapSquared.AddProduct(uint64(h.Members)*uint64(gap), uint64(gap))
		}
	}
	return p
}

// TestHandbook is the four-number example of the World Bank's handbook.
func TestHandbook(t *testing.T) {
	const path = "../../../shared/truth/poverty/handbook_fgt.json"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("SKIPPED: the published example is not beside this checkout: %v", err)
	}
	var file struct {
		Cases []struct {
			Expenditure           []int64
			Line                  int64
			P0, P1, P2, Tolerance float64
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("no case read: %v", err)
	}
	for _, c := range file.Cases {
		var households []registry.Household
		for _, e := range c.Expenditure {
			households = append(households, registry.Household{Members: 1, Expenditure: e})
		}
		m := FGT(sums(c.Line, households))
		for _, pair := range [][2]float64{{m.Headcount.Value, c.P0}, {m.Gap.Value, c.P1}, {m.Severity.Value, c.P2}} {
			if math.Abs(pair[0]-pair[1]) > c.Tolerance {
				t.Errorf("%g, published %g", pair[0], pair[1])
			}
		}
	}
}

func TestFGT(t *testing.T) {
	of := func(members int, expenditure int64) registry.Household {
		return registry.Household{Members: members, Expenditure: expenditure}
	}
	t.Run("weighted by people, the line itself is not poor", func(t *testing.T) {
		m := FGT(sums(100, []registry.Household{of(3, 50), of(1, 100)}))
		if m.Headcount.Value != 0.75 || m.Gap.Value != 0.375 || m.Severity.Value != 0.1875 {
			t.Errorf("%+v", m)
		}
	})
	t.Run("nobody poor is zero, not null", func(t *testing.T) {
		if m := FGT(sums(10, []registry.Household{of(3, 50)})); m.Headcount != (registry.Rate{}) || m.Gap != (registry.Rate{}) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("nobody at all is unknown", func(t *testing.T) {
		if m := FGT(sums(10, nil)); m.Headcount.Status != registry.UnknownFigure || m.Severity.Status != registry.UnknownFigure {
			t.Errorf("%+v", m)
		}
	})
	t.Run("what is withheld stays so", func(t *testing.T) {
		p := sums(100, []registry.Household{of(3, 50)})
		p.Poor = registry.Tally{Status: registry.Suppressed}
		if m := FGT(p); m.Headcount.Status != registry.Suppressed || m.Gap.Status != registry.Suppressed || m.Gap.Value != 0 {
			t.Errorf("%+v", m)
		}
	})
}
