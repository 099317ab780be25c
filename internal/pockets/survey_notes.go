package pockets

import (
	"fmt"
	"strconv"
)

// notes says what a reader of the survey should know.
func (s *Survey) notes(seen *seen, tooFew []*group, tooSmall int) []string {
	notes := []string{}
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	unlocated, least := s.Unlocated.Households, spaced(int64(s.question.MinHouseholds))
	all := s.Located.Households + unlocated
	switch {
	case all == 0 && seen.withheld == 0:
		add("The filter keeps no household.")
	case len(s.Pockets) == 0 && s.Located.Households > 0:
		add("No pocket: nowhere do %s of these households live within %s m of one of them.", least, strconv.FormatFloat(s.question.RadiusMeters, 'f', -1, 64))
	}
	if s.Blocks {
		add("Figures are of blocks of twenty and more households: a block belongs to a pocket with all its ground when its centre does. Profiles are of all households in the blocks, not only of those that the filter keeps.")
	}
	if tooSmall > 0 {
		add("Left out: %s of fewer than %s households, since those at the border live nearer to another.", counted(int64(tooSmall), "pocket", "pockets"), least)
	}
	if s.Blocks && 2*seen.withheld > len(seen.allBlocks) {
		add("Of most blocks the figure is withheld. Where few households of a block are kept, those blocks show whose figure deviates upwards: totals are then too high, and single pockets may be chance. A wider filter, or rates by kelurahan, tell more.")
	}
	if seen.withheld > 0 {
		add("Left out: %s, because their figures are withheld.", counted(int64(seen.withheld), "block", "blocks"))
	}
	switch {
	case unlocated > 0 && s.Blocks:
		add("No location is recorded for about %s of %s households: the blocks they are counted in form pockets by kelurahan.", spaced(unlocated), spaced(all))
	case unlocated > 0:
		add("No location is recorded for %s of %s households: they form pockets by neighbourhood unit (RT) where it is recorded, by kelurahan elsewhere.", spaced(unlocated), spaced(all))
	}
	for _, unit := range []Unit{UnitRT, UnitKelurahan} {
		var units, households int64
		for _, g := range tooFew {
			if g.unit == unit {
				units++
				households += g.households
			}
		}
		if units > 0 {
			what, where := " without a location", spaced(units)+" kelurahan"
			switch {
			case unit == UnitRT:
				where = counted(units, "neighbourhood unit", "neighbourhood units")
			case !s.Blocks:
				what += " and without a neighbourhood unit"
			}
			add("Left out: %s, in %s with fewer than %s of them.", counted(households, "household", "households")+what, where, least)
		}
	}
	return notes
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return spaced(n) + " " + many
}

// spaced writes a number that is not negative with a space before each three digits: 24 000.
func spaced(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}
