package model

import (
	"kantong/internal/poverty"
	"kantong/internal/registry"
)

// Poverty is the measures of one line.
type Poverty struct {
	LineRupiah                                       int64
	People                                           Count
	Headcount, Gap, Severity                         Rate
	HeadcountInterval, GapInterval, SeverityInterval *Interval
	Method                                           *Method
}

// Poverty is nil where no household has its expenditure recorded.
func (s *Summary) Poverty(lineRupiah int64) (*Poverty, error) {
	if lineRupiah <= 0 || lineRupiah > registry.MaxExpenditureRupiah {
		return nil, registry.Invalid("lineRupiah", "%d is outside 1 to %d", lineRupiah, int64(registry.MaxExpenditureRupiah))
	}
	for _, p := range s.cell.Poverty {
		if p.LineRupiah != lineRupiah {
			continue
		}
		if p.Base.Status.HasValue() && p.Base.People == 0 {
			return nil, nil
		}
		m := poverty.FGT(p, s.cell.Total)
		return &Poverty{LineRupiah: lineRupiah, People: people(m.People), Headcount: rate(m.Headcount), Gap: rate(m.Gap), Severity: rate(m.Severity),
			HeadcountInterval: interval(m.HeadcountInterval), GapInterval: interval(m.GapInterval), SeverityInterval: interval(m.SeverityInterval),
			Method: method("Foster–Greer–Thorbecke, weighted by people; 90 % intervals by Wilson and by normal approximation, effective size by Kish, finite population", "Foster, Greer and Thorbecke 1984; Wilson 1927; Kish 1965",
				"lineRupiah", lineRupiah, "surveyedHouseholds", s.surveyed(p.Base), "edition", s.level.view.State.ID())}, nil
	}
	return nil, nil
}

// surveyed says how many households the figures rest on, where that may be told.
func (s *Summary) surveyed(base registry.Tally) any {
	if !base.Status.HasValue() {
		return base.Status
	}
	return base.Households
}

func interval(i poverty.Interval) *Interval {
	return &Interval{Lower: figure(i.Lower), Upper: figure(i.Upper), Status: i.Lower.Status}
}
