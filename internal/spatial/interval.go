package spatial

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// intervalTail is what a 90 % interval leaves on either side.
const intervalTail = 0.05

// uncertainty is what the intervals of all areas have in common.
type uncertainty struct {
	rate         float64 // m, of half an event and half a non-event more than there are, so that 0 of many is not certainty
	individual   float64 // v = m(1−m) with that rate
	between      float64 // A: expectation of the variance of true rates, given its estimate
	varianceRate float64 // of m
	varianceOfA  float64
}

// newUncertainty says how well the pooled rate and the variance between areas are known.
//
// The estimate of the variance between areas, Â = (n̄s² − v)/(n̄−1), is below 0 as often as above when areas are alike, and
// an interval that then took it for 0 would be far too narrow. So A is the mean of a normal distribution around Â that is
// cut off at 0, its posterior under a flat prior (as in Morris 1983), and at most v/2, which is Jeffreys' prior.
func newUncertainty(c counted) (u uncertainty) {
	all, areas := float64(c.pool.Base), float64(c.pool.Areas)
	u.rate = (float64(c.pool.Events) + 0.5) / (all + 1)
	u.individual = u.rate * (1 - u.rate)
	u.between = u.individual / 2
	if c.meanBase > 1 {
		estimate := (c.meanBase*c.scatter - c.pool.Rate*(1-c.pool.Rate)) / (c.meanBase - 1)
		deviation := math.Sqrt(u.momentVariance(clamp(estimate, u.individual/2), c.sumOfSquares, all, areas))
		u.between = clamp(cutMean(estimate, deviation), u.individual/2)
	}
	u.varianceRate = (u.between*c.sumOfSquares + (u.individual-u.between)*all) / (all * all)
	u.varianceOfA = u.momentVariance(u.between, c.sumOfSquares, all, areas)
	return u
}

// momentVariance is the variance of Â where the true one is a: 2·Σ n²(a + (v−a)/n)² / (Σn)².
func (u uncertainty) momentVariance(a, sumOfSquares, all, areas float64) float64 {
	rest := u.individual - a
	return 2 * (a*a*sumOfSquares + 2*a*rest*all + rest*rest*areas) / (all * all)
}

// interval is a 90 % interval for the true rate of an area: the 5 % and 95 % points of the beta distribution that has the
// smoothed rate as its mean and as its variance the mean squared error of the smoothed rate (Prasad and Rao 1990),
//
//	g1 + g2 + g3,  D = (v−A)/n
//	g1 = rate(1−rate)/(n + v/A)   the posterior variance, were m and A known
//	g2 = (1−ρ)²·V(m)              for not knowing m
//	g3 = D²/(A+D)³·V(Â)           for not knowing A
//
// of which g2 and g3 count as long as the interval gets no wider than the area's own count would make it. Where 0 or 1 is
// the likeliest rate, the interval reaches it.
//
// In simulation it holds the true rate of 88 to 100 % of the areas of a city of 42 with 20 to 2000 households, whose rates
// around 20 % scatter by 13 to 0 points, and of 86 to 100 % of those below 60 households; raw rates would need intervals
// 1.2 to 4 times as wide. With 8 such areas it is 82 to 87 %: so few can't tell how much they differ.
func (u uncertainty) interval(r Smoothed, n float64) (lower, upper float64) {
	others := u.individual / u.between // how many of its own households the other areas stand for
	// Half an event and half a non-event at least, as in Jeffreys' prior: 0 of 20 is not certainty.
	half := 0.5 / (n + others)
	mean := min(max(r.Rate, half), 1-half)
	binomial := mean * (1 - mean)
	d := (u.individual - u.between) / n
	g1 := binomial / (n + others)
	g2 := (1 - r.Own) * (1 - r.Own) * u.varianceRate
	g3 := d * d / math.Pow(u.between+d, 3) * u.varianceOfA
	variance := max(g1, min(g1+g2+g3, binomial/(n+1)))
	strength := binomial/variance - 1
	events, rest := mean*strength, (1-mean)*strength
	lower, upper = 0, 1
	if events >= 1 {
		lower = mathext.InvRegIncBeta(events, rest, intervalTail)
	}
	if rest >= 1 {
		upper = mathext.InvRegIncBeta(events, rest, 1-intervalTail)
	}
	return min(lower, r.Rate), max(upper, r.Rate)
}

// cutMean is the mean of a normal distribution of which what lies below 0 is cut off.
func cutMean(mean, deviation float64) float64 {
	edge := -mean / deviation
	if edge > 30 { // where the tail is too small for a float, its mean is nearly an exponential's
		return deviation / edge * (1 - 2/(edge*edge))
	}
	density := math.Exp(-edge*edge/2) / math.Sqrt(2*math.Pi)
	return mean + deviation*density/(math.Erfc(edge/math.Sqrt2)/2)
}

func clamp(x, most float64) float64 { return min(max(x, 0), most) }
