package spatial

import "kantong/internal/registry"

// Smoothed is the rate of an area, as counted and drawn towards the rate of all areas together: the more, the fewer
// people or households the area has.
type Smoothed struct {
	Status Status  // COMPUTED, or NO_VALUE: not known, or nobody to have a rate
	Raw    float64 // events / base
	Rate   float64
	Own    float64 // the share of Raw in Rate, 0 to 1; the rest is the rate of all
}

// SmoothedShare is a share with a 90 % interval for the true one, which holds Rate; see SmoothBinomial.
type SmoothedShare struct {
	Smoothed
	Lower, Upper float64
}

// mostBase bounds events and base, so that their sums stay exact.
const mostBase = 1_000_000_000_000

// Pool is what all areas with a base say together.
type Pool struct {
	Areas           int
	Events, Base    int64
	Rate            float64 // m
	BetweenVariance float64 // of the areas' true rates, by moments; 0 where counts scatter no more than chance makes them
}

// SmoothBinomial smooths shares by binomial empirical Bayes (Martuzzi and Elliott 1996), with e events of n in an area:
//
//	r_i = e_i/n_i, m = Σe/Σn, v = m(1−m), n̄ = mean n, s² = Σ n_i(r_i−m)²/Σn
//	ρ_i = (n_i·s² − (n_i/n̄)·v) / ((n_i−1)·s² + ((n̄−n_i)/n̄)·v), clamped to 0…1
//	Rate = ρ_i·r_i + (1−ρ_i)·m
//
// ρ is 0 wherever its numerator isn't positive: counts then scatter no more than chance makes them (for large areas both
// parts are negative, and the bare quotient would be above 1). So with s² = 0, Rate is m. An area whose base is 0, or that
// isn't known (nil: all are), has no rate and counts nowhere, in n̄ neither: nobody lives there of whom to say something.
//
// The interval is the middle 90 % of a beta distribution with the smoothed rate as its mean and its mean squared error
// (Prasad and Rao 1990) as its variance, so that not knowing m and the variance between areas counts too; see interval.
//
// It refuses lists of different lengths and events that are not 0 to base. Protected counts have noise of their own, so
// clamp them before.
func SmoothBinomial(events, base []int64, known []bool) ([]SmoothedShare, Pool, error) {
	areas, err := countAreas(events, base, known, true)
	if err != nil {
		return nil, Pool{}, err
	}
	p, common := areas.pool, newUncertainty(areas)
	m, mean, s2 := p.Rate, areas.meanBase, areas.scatter
	v := m * (1 - m)
	if mean > 1 {
		p.BetweenVariance = min(v, max(0, (mean*s2-v)/(mean-1)))
	}
	results := make([]SmoothedShare, len(base))
	for i := range results {
		if !areas.counts[i] {
			results[i].Status = NoValue
			continue
		}
		n := float64(base[i])
		r := Smoothed{Status: Computed, Raw: float64(events[i]) / n}
		if above, below := n*s2-n/mean*v, (n-1)*s2+(mean-n)/mean*v; above > 0 && below > 0 {
			r.Own = min(1, above/below)
		}
		r.Rate = r.Own*r.Raw + (1-r.Own)*m
		results[i].Smoothed = r
		results[i].Lower, results[i].Upper = common.interval(r, n)
	}
	return results, p, nil
}

// SmoothPoisson smooths rates of rare events by Marshall's global empirical Bayes (Marshall 1991):
//
//	a = max(0, s² − m/n̄), Rate = m + (r_i−m)·a/(a + m/n_i)
//
// with r, m, n̄ and s² as in SmoothBinomial, and no interval. Events may exceed the base.
func SmoothPoisson(events, base []int64, known []bool) ([]Smoothed, Pool, error) {
	areas, err := countAreas(events, base, known, false)
	if err != nil {
		return nil, Pool{}, err
	}
	p := areas.pool
	if p.Areas > 0 {
		p.BetweenVariance = max(0, areas.scatter-p.Rate/areas.meanBase)
	}
	results := make([]Smoothed, len(base))
	for i := range results {
		if !areas.counts[i] {
			results[i].Status = NoValue
			continue
		}
		r := Smoothed{Status: Computed, Raw: float64(events[i]) / float64(base[i])}
		if p.BetweenVariance > 0 {
			r.Own = p.BetweenVariance / (p.BetweenVariance + p.Rate/float64(base[i]))
		}
		r.Rate = p.Rate + (r.Raw-p.Rate)*r.Own
		results[i] = r
	}
	return results, p, nil
}

// counted are the areas that have a base, and the sums over them.
type counted struct {
	counts       []bool
	pool         Pool
	meanBase     float64 // n̄
	scatter      float64 // s²
	sumOfSquares float64 // Σ n²
}

func countAreas(events, base []int64, known []bool, shares bool) (c counted, err error) {
	if len(events) != len(base) {
		return c, registry.Invalid("events", "%d areas have events, %d a base", len(events), len(base))
	}
	if c.counts, err = checkKnown(known, len(base)); err != nil {
		return c, err
	}
	for i, n := range base {
		if !c.counts[i] {
			continue
		}
		if min(n, events[i]) < 0 || max(n, events[i]) > mostBase {
			return c, registry.Invalid("events", "area %d has %d events of %d; both must be 0 to %d", i, events[i], n, int64(mostBase))
		}
		if shares && events[i] > n {
			return c, registry.Invalid("events", "area %d has %d events of only %d", i, events[i], n)
		}
		if c.counts[i] = n > 0; c.counts[i] {
			c.pool.Areas++
			c.pool.Events += events[i]
			c.pool.Base += n
			c.sumOfSquares += float64(n) * float64(n)
		}
	}
	if c.pool.Areas == 0 {
		return c, nil
	}
	all := float64(c.pool.Base)
	c.pool.Rate, c.meanBase = float64(c.pool.Events)/all, all/float64(c.pool.Areas)
	for i, n := range base {
		if c.counts[i] {
			distance := float64(events[i])/float64(n) - c.pool.Rate
			c.scatter += float64(n) / all * distance * distance
		}
	}
	return c, nil
}
