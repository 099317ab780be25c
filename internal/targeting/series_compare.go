package targeting

import (
	"math"

	"kantong/internal/registry"
)

// GapReading tells how the distance to a reference develops.
type GapReading string

// The readings of a gap.
const (
	GapUnknown   GapReading = "UNKNOWN" // fewer than two years in common
	GapNarrows   GapReading = "NARROWS"
	GapWidens    GapReading = "WIDENS"
	GapUnchanged GapReading = "UNCHANGED"
)

// Relevance is the own line beside that of the province or nation, in the years that both have.
type Relevance struct {
	Years          int // in common
	FirstYear      int // 0 without a year in common
	LastYear       int
	Own, Reference registry.Rate // of the last year in common; UNKNOWN without one
	Position       Reading       // of Own beside Reference: BETTER, WORSE, EQUAL
	FirstGap       registry.Rate // Own − Reference in the first year in common
	LastGap        registry.Rate // and in the last
	Gap            GapReading    // by the size of the two, whichever side is ahead
}

// RelevanceOf compares a series with a reference's. Errors name series, reference and orientation.
func RelevanceOf(own, reference Series, o Orientation) (Relevance, error) {
	a, b, err := inCommon(own, reference, o)
	if err != nil {
		return Relevance{}, err
	}
	none := registry.Rate{Status: registry.UnknownFigure}
	r := Relevance{Years: len(a), Own: none, Reference: none, FirstGap: none, LastGap: none, Position: ReadingUnknown, Gap: GapUnknown}
	if len(a) == 0 {
		return r, nil
	}
	last := len(a) - 1
	r.FirstYear, r.LastYear = int(a[0].Year), int(a[last].Year)
	r.Own, r.Reference = registry.Rate{Value: a[last].Value}, registry.Rate{Value: b[last].Value}
	r.Position = Standing{r.Own, r.Reference, o}.reading()
	r.FirstGap = registry.Rate{Value: a[0].Value - b[0].Value}
	r.LastGap = registry.Rate{Value: a[last].Value - b[last].Value}
	if last > 0 {
		size := max(math.Abs(a[0].Value), math.Abs(b[0].Value), math.Abs(a[last].Value), math.Abs(b[last].Value))
		r.Gap = readGap(math.Abs(r.FirstGap.Value), math.Abs(r.LastGap.Value), size)
	}
	return r, nil
}

// readGap compares sizes of gaps to the 12th digit of the figures that they are differences of.
func readGap(first, last, size float64) GapReading {
	switch {
	case math.Abs(last-first) <= sameDigits*size:
		return GapUnchanged
	case last < first:
		return GapNarrows
	}
	return GapWidens
}

// Effectiveness is the own slope beside the reference's, both over the years in common.
type Effectiveness struct {
	Own, Reference Trend
	Difference     registry.Rate // Own − Reference slope, in the indicator's unit a year; UNKNOWN under two years in common
	Reading        Reading       // BETTER: the own line improves faster or worsens more slowly; EQUAL within the own trend's tolerance
}

// EffectivenessOf compares two slopes. Errors name series, reference and orientation.
func EffectivenessOf(own, reference Series, o Orientation) (Effectiveness, error) {
	a, b, err := inCommon(own, reference, o)
	if err != nil {
		return Effectiveness{}, err
	}
	e := Effectiveness{Own: a.trend(o), Reference: b.trend(o), Difference: registry.Rate{Status: registry.UnknownFigure}, Reading: ReadingUnknown}
	if len(a) >= 2 {
		e.Difference = registry.Rate{Value: e.Own.SlopePerYear.Value - e.Reference.SlopePerYear.Value}
		e.Reading = readSlope(e.Difference.Value*o.sign(), e.Own.TolerancePerYear, ReadingEqual)
	}
	return e, nil
}
