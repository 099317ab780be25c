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
	People                                           registry.Tally // of known expenditure
	Headcount, Gap, Severity                         registry.Rate
	HeadcountInterval, GapInterval, SeverityInterval Interval
}

// FGT divides the sums of one poverty line over a set of households, of which all counts also those without a known
// expenditure.
func FGT(p registry.Poverty, all registry.Tally) Measures {
	m := Measures{People: p.Base, Headcount: registry.RatioOfPeople(p.Poor, p.Base)}
	m.Gap, m.Severity = m.Headcount, m.Headcount // the same status
	status := m.Headcount.Status
	if !status.HasValue() {
		none := noInterval(status)
		m.HeadcountInterval, m.GapInterval, m.SeverityInterval = none, none, none
		return m
	}
	z, people := float64(p.LineRupiah), float64(p.Base.People)
	gap, severity := float64(p.Gap)/z/people, p.GapSquared.Float64()/z/z/people
	fourth := p.GapFourth.Float64() / math.Pow(registry.GapUnit, 4) / people
	m.Gap.Value, m.Severity.Value = gap, severity
	if status == registry.Perturbed {
		// As fine as shares are: the gaps of two lines that nobody stands between would tell how many are poor.
		m.Gap.Value, m.Severity.Value = min(1, math.Round(gap*1000)/1000), min(1, math.Round(severity*1000)/1000)
	}
	m.addIntervals(&p, all, max(0, severity-gap*gap), max(0, fourth-severity*severity))
	return m
}
