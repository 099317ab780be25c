package targeting

import "kantong/internal/registry"

// DecileSum is what one decile has and gets.
type DecileSum struct {
	Population int64 // households or people
	Benefits   int64 // rupiah, or households or people enrolled
	Status     registry.FigureStatus
}

// DecileShare is a decile's part of the whole.
type DecileShare struct {
	Decile     int // 1 is the poorest
	Population registry.Rate
	Benefits   registry.Rate
}

// Incidence gives each decile's share of population and of benefits, the poorest first. The deciles are national ones, so
// a city's need not hold a tenth of it each. Whoever has no decile is left out before. A share of nothing is UNKNOWN; a
// withheld decile withholds all.
func Incidence(deciles [10]DecileSum) [10]DecileShare {
	total := sumDeciles(deciles[:])
	var out [10]DecileShare
	for i, d := range deciles {
		out[i] = DecileShare{Decile: i + 1, Population: part(d.Population, total.Population, d, total), Benefits: part(d.Benefits, total.Benefits, d, total)}
	}
	return out
}

// CGH is the measure of Coady, Grosh and Hoddinott (2004): the share of benefits that the poorest get, divided by the
// share of the population that they are. 1 is neutral, 2 gives them twice what chance would. The poorest are the deciles up
// to bottom, 1 to 10, and their share is counted in the same population, not taken to be bottom tenths. UNKNOWN where
// nothing is given or nobody is there.
func CGH(deciles [10]DecileSum, bottom int) (registry.Rate, error) {
	if bottom < 1 || bottom > 10 {
		return registry.Rate{}, registry.Invalid("bottom", "must be a decile, 1 to 10, not %d", bottom)
	}
	poorest, total := sumDeciles(deciles[:bottom]), sumDeciles(deciles[:])
	benefits, population := part(poorest.Benefits, total.Benefits, poorest, total), part(poorest.Population, total.Population, poorest, total)
	out := registry.Rate{Status: max(benefits.Status, population.Status)}
	if out.Status.HasValue() {
		if population.Value == 0 {
			return registry.Rate{Status: registry.UnknownFigure}, nil
		}
		out.Value = benefits.Value / population.Value
	}
	return out, nil
}

// sumDeciles adds deciles; the sum is as firm as its weakest part.
func sumDeciles(deciles []DecileSum) (sum DecileSum) {
	for _, d := range deciles {
		sum.Population += d.Population
		sum.Benefits += d.Benefits
		sum.Status = max(sum.Status, d.Status)
	}
	return sum
}

// part divides by the rule for shares of tallies, whatever the unit.
func part(amount, whole int64, a, b DecileSum) registry.Rate {
	return registry.Ratio(registry.Tally{Households: amount, Status: a.Status}, registry.Tally{Households: whole, Status: b.Status})
}
