package poverty

import (
	"slices"
	"testing"

	"kantong/internal/registry"
)

// TestIdentities are those of the handbook, on a published survey.
func TestIdentities(t *testing.T) {
	s := readSurvey(t, "wbpip_abc_2000_income.csv")
	const line, tolerance = 3_600_000 * unitsOfWelfare, 1e-12
	whole := measuresOf(line, s.households)
	changed := func(change func(*registry.Household)) Measures {
		households := slices.Clone(s.households)
		for i := range households {
			change(&households[i])
		}
		return measuresOf(line, households)
	}
	t.Run("of a union, the mean by people", func(t *testing.T) {
		groups := map[string][]registry.Household{}
		for i, h := range s.households {
			groups[s.areas[i]] = append(groups[s.areas[i]], h)
		}
		var p0, p1, p2 float64
		for _, g := range groups {
			m := measuresOf(line, g)
			share := float64(m.People.People) / float64(whole.People.People)
			p0, p1, p2 = p0+share*m.Headcount.Value, p1+share*m.Gap.Value, p2+share*m.Severity.Value
		}
		compare(t, "the union", whole, &p0, &p1, &p2, tolerance)
		if len(groups) < 2 {
			t.Errorf("%d groups", len(groups))
		}
	})
	t.Run("the headcount does not see how poor the poor are", func(t *testing.T) {
		poorer := changed(func(h *registry.Household) {
			if h.Expenditure < line {
				h.Expenditure /= 2
			}
		})
		if poorer.Headcount != whole.Headcount || poorer.Gap.Value <= whole.Gap.Value || poorer.Severity.Value <= whole.Severity.Value {
			t.Errorf("%+v, before %+v", poorer, whole)
		}
	})
	t.Run("a transfer to people who stay poor lowers the gap by what they get", func(t *testing.T) {
		const transfer = 100_000 * unitsOfWelfare
		reached := 0
		after := changed(func(h *registry.Household) {
			if h.Expenditure < line-transfer {
				h.Expenditure += transfer
				reached += h.Members
			}
		})
		falls := whole.Gap.Value - transfer*float64(reached)/float64(whole.People.People)/line
		compare(t, "after the transfer", after, &whole.Headcount.Value, &falls, nil, tolerance)
	})
	t.Run("nobody poor is zero, nobody at all is null", func(t *testing.T) {
		rich := changed(func(h *registry.Household) { h.Expenditure += line })
		zero := 0.0
		compare(t, "nobody poor", rich, &zero, &zero, &zero, 0)
		if nobody := measuresOf(line, nil); nobody.Headcount.Status.HasValue() || nobody.Gap.Status.HasValue() || nobody.Severity.Status.HasValue() {
			t.Errorf("nobody: %+v", nobody)
		}
	})
}
