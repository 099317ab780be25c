package poverty

import (
	"testing"

	"kantong/internal/registry"
)

// sums makes the sums of a poverty line as an engine does.
func sums(line int64, households []registry.Household) registry.Poverty {
	p := registry.Poverty{LineRupiah: line}
	for _, h := range households {
		p.Base.Add(int64(h.Members), registry.RecordKey{})
		p.MembersSquared += int64(h.Members) * int64(h.Members)
		if gap := line - h.Expenditure; gap > 0 {
			p.Poor.Add(int64(h.Members), registry.RecordKey{})
			p.Gap += int64(h.Members) * gap
			p.GapSquared.AddProduct(uint64(h.Members)*uint64(gap), uint64(gap))
			share := uint64(registry.GapUnit * gap / line)
			p.GapFourth.AddProduct(uint64(h.Members), share*share*share*share)
		}
	}
	return p
}

// measuresOf are those of a set of households that are all surveyed.
func measuresOf(line int64, households []registry.Household) Measures {
	p := sums(line, households)
	return FGT(p, p.Base)
}

func of(members int, expenditure int64) registry.Household {
	return registry.Household{Members: members, Expenditure: expenditure}
}

func TestFGT(t *testing.T) {
	t.Run("weighted by people, the line itself is not poor", func(t *testing.T) {
		m := measuresOf(100, []registry.Household{of(3, 50), of(1, 100)})
		if m.Headcount.Value != 0.75 || m.Gap.Value != 0.375 || m.Severity.Value != 0.1875 {
			t.Errorf("%+v", m)
		}
	})
	t.Run("nobody poor is zero, not null", func(t *testing.T) {
		if m := measuresOf(10, []registry.Household{of(3, 50)}); m.Headcount != (registry.Rate{}) || m.Gap != (registry.Rate{}) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("nobody at all is unknown", func(t *testing.T) {
		if m := measuresOf(10, nil); m.Headcount.Status != registry.UnknownFigure || m.Severity.Status != registry.UnknownFigure {
			t.Errorf("%+v", m)
		}
	})
	t.Run("what is withheld stays so", func(t *testing.T) {
		p := sums(100, []registry.Household{of(3, 50)})
		p.Poor = registry.Tally{Status: registry.Suppressed}
		if m := FGT(p, p.Base); m.Headcount.Status != registry.Suppressed || m.Gap.Status != registry.Suppressed || m.Gap.Value != 0 {
			t.Errorf("%+v", m)
		}
	})
}
