// Package poverty holds the measures of poverty: pure functions from the sums that an engine gives to the figures that
// people read.
package poverty

import (
	"math"

	"kantong/internal/registry"
)

// Measures are the Foster–Greer–Thorbecke measures P0, P1 and P2 over people,
//
//	P_α = Σ_{y<z} w·((z−y)/z)^α / Σ w
//
// with w the members of a household, y its expenditure per capita and z the poverty line (Foster, Greer and Thorbecke
// 1984). A rate of nobody has no value and status UNKNOWN.
type Measures struct {
	People                   registry.Tally // of known expenditure
	Headcount, Gap, Severity registry.Rate
}

// FGT divides the sums of one poverty line.
func FGT(p registry.Poverty) Measures {
	m := Measures{People: p.Base, Headcount: registry.RatioOfPeople(p.Poor, p.Base)}
	m.Gap, m.Severity = m.Headcount, m.Headcount // the same status
	if m.Headcount.Status.HasValue() {
		z, people := float64(p.LineRupiah), float64(p.Base.People)
		m.Gap.Value = float64(p.Gap) / z / people
		m.Severity.Value = p.GapSquared.Float64() / z / z / people
		if m.Headcount.Status == registry.Perturbed {
			// As fine as shares are: the gaps of two lines that nobody stands between would tell how many are poor.
			m.Gap.Value, m.Severity.Value = min(1, math.Round(m.Gap.Value*1000)/1000), min(1, math.Round(m.Severity.Value*1000)/1000)
		}
	}
	return m
}
