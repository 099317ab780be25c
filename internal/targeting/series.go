package targeting

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"kantong/internal/registry"
)

// Reading is what a planner reads from figures.
type Reading string

// The readings. Better and worse follow the indicator's orientation.
const (
	ReadingUnknown   Reading = "UNKNOWN" // too few figures
	ReadingBetter    Reading = "BETTER"
	ReadingWorse     Reading = "WORSE"
	ReadingUnchanged Reading = "UNCHANGED" // of a trend: within its tolerance
	ReadingEqual     Reading = "EQUAL"     // of two figures, or of two slopes within their tolerance
)

// YearValue is the figure of one time. A time without a figure is left out of a series.
type YearValue struct {
	Year  float64 // or part of one: 2025.5
	Value float64
}

// Series is one indicator of one place, a figure a year, in any order.
type Series []YearValue

// unchangedPerYear is the tolerance of a trend: a slope below half a percent a year of the series' mean size reads as
// unchanged. At 4 % poor that is 0.02 points a year, the last digit that is published.
const unchangedPerYear = 0.005

// Trend is the direction of a series: the slope of the straight line fitted by least squares.
type Trend struct {
	Years            int           // figures used
	SlopePerYear     registry.Rate // in the indicator's unit; UNKNOWN under two figures
	TolerancePerYear float64       // slopes up to this size are UNCHANGED: 0.5 % of the mean size of the figures
	Reading          Reading
}

// TrendOf fits a line to a series. Errors name series and orientation.
func TrendOf(s Series, o Orientation) (Trend, error) {
	sorted, err := s.sorted("series", o)
	if err != nil {
		return Trend{}, err
	}
	return sorted.trend(o), nil
}

// trend takes a checked series.
func (s Series) trend(o Orientation) Trend {
	if len(s) < 2 {
		return Trend{Years: len(s), SlopePerYear: registry.Rate{Status: registry.UnknownFigure}, Reading: ReadingUnknown}
	}
	var years, values []float64
	size := 0.0
	for _, p := range s {
		years = append(years, p.Year-s[0].Year)
		values = append(values, p.Value)
		size += math.Abs(p.Value)
	}
	_, slope := stat.LinearRegression(years, values, nil, false)
	t := Trend{Years: len(s), SlopePerYear: registry.Rate{Value: slope}, TolerancePerYear: unchangedPerYear * size / float64(len(s))}
	t.Reading = readSlope(slope*o.sign(), t.TolerancePerYear, ReadingUnchanged)
	return t
}

// readSlope reads a slope of which more is worse.
func readSlope(worsening, tolerance float64, within Reading) Reading {
	switch {
	case math.Abs(worsening) <= tolerance || equal(math.Abs(worsening), tolerance):
		return within
	case worsening > 0:
		return ReadingWorse
	}
	return ReadingBetter
}

// sorted checks a series and puts its years in order. field is what errors call it.
func (s Series) sorted(field string, o Orientation) (Series, error) {
	if o.sign() == 0 {
		return nil, registry.Invalid("orientation", "%q is not one of MORE_IS_WORSE, LESS_IS_WORSE", o)
	}
	s = slices.Clone(s)
	slices.SortFunc(s, func(a, b YearValue) int { return cmp.Compare(a.Year, b.Year) })
	for i, p := range s {
		switch {
		case !(math.Abs(p.Value) <= maxValue):
			return nil, registry.Invalid(field, "the figure of %g is not a number: leave the year out", p.Year)
		case i > 0 && p.Year == s[i-1].Year:
			return nil, registry.Invalid(field, "%g stands twice: choose one figure a year", p.Year)
		}
	}
	return s, nil
}

// inCommon keeps the years that both series have.
func inCommon(own, reference Series, o Orientation) (a, b Series, err error) {
	if own, err = own.sorted("series", o); err != nil {
		return nil, nil, err
	}
	if reference, err = reference.sorted("reference", o); err != nil {
		return nil, nil, err
	}
	for i, j := 0, 0; i < len(own) && j < len(reference); {
		switch cmp.Compare(own[i].Year, reference[j].Year) {
		case -1:
			i++
		case 1:
			j++
		default:
			a, b = append(a, own[i]), append(b, reference[j])
			i, j = i+1, j+1
		}
	}
	return a, b, nil
}
