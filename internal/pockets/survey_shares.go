package pockets

import (
	"math"
	"math/bits"

	"kantong/internal/registry"
)

// sum adds up figures. Withheld ones are left out; when all are, so is the sum.
type sum struct {
	shown    registry.Tally
	any      bool                  // something is shown
	withheld registry.FigureStatus // of what isn't, SUPPRESSED before UNKNOWN; EXACT for nothing
}

func (s *sum) add(households, people int64, status registry.FigureStatus) {
	if !status.HasValue() {
		if s.withheld != registry.Suppressed {
			s.withheld = status
		}
		return
	}
	s.any = true
	s.shown.Households += households
	s.shown.People += people
	s.shown.Status = max(s.shown.Status, status)
}

// tally is the sum; EXACT zero of nothing at all.
func (s *sum) tally() registry.Tally {
	if !s.any {
		return registry.Tally{Status: s.withheld}
	}
	return s.shown
}

// shares adds up, for every deprivation, the households that are deprived and those of which it is unknown, since few are.
type shares struct {
	households        int64
	deprived, unknown [registry.DeprivationCount]int64
}

const allDeprivations = registry.DeprivationSet(1<<registry.DeprivationCount - 1)

func (s *shares) add(deprived, known registry.DeprivationSet) {
	s.households++
	for m := uint32(deprived & allDeprivations); m != 0; m &= m - 1 {
		s.deprived[bits.TrailingZeros32(m)&31]++
	}
	for m := uint32(allDeprivations &^ known); m != 0; m &= m - 1 {
		s.unknown[bits.TrailingZeros32(m)&31]++
	}
}

// rates are, for every deprivation, the deprived households among those of which it is known.
type rates [registry.DeprivationCount]registry.Rate

func (s *shares) rates() (r rates) {
	for d := range r {
		r[d] = registry.Ratio(registry.Tally{Households: s.deprived[d]}, registry.Tally{Households: s.households - s.unknown[d]})
	}
	return r
}

// ratesOf takes them from a cell with its deprivations.
func ratesOf(c *registry.Cell) (r rates) {
	for d := range r {
		r[d] = registry.Ratio(c.Deprived[d], c.Known[d])
	}
	return r
}

// profile compares with everybody.
func (r *rates) profile(everybody *rates) []Mark {
	marks := make([]Mark, len(r))
	for d := range marks {
		marks[d] = Mark{registry.Deprivation(d), r[d], lift(r[d], everybody[d])}
	}
	return marks
}

// lift has the status of a share of both, and is UNKNOWN where nobody is deprived at all.
func lift(share, ofEverybody registry.Rate) registry.Rate {
	status := max(share.Status, ofEverybody.Status)
	switch {
	case !status.HasValue():
		return registry.Rate{Status: status}
	case ofEverybody.Value == 0:
		return registry.Rate{Status: registry.UnknownFigure}
	case status == registry.Perturbed: // no finer than the shares
		return registry.Rate{Value: math.Round(share.Value/ofEverybody.Value*1000) / 1000, Status: status}
	}
	return registry.Rate{Value: share.Value / ofEverybody.Value, Status: status}
}
