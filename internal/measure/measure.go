// Package measure gives any figure that areas can be compared by, in one form: a share of households or of people, a
// deprivation, a programme's exclusion error, or a published indicator. What rates, hot spots, priorities and quadrants are
// computed from passes through here, hence through a view: protected roles get protected numbers.
package measure

import (
	"context"
	"math"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Measure is one of the following; exactly one member is set.
type Measure struct {
	Share       *Share
	Deprivation *registry.Deprivation // households deprived among those of which it is known
	Exclusion   string                // code of a programme: eligible households not reached among the eligible
	Indicator   *Indicator
}

// Share is of the households, or of the people in them, that Meeting keeps among those that Among keeps.
type Share struct {
	Meeting, Among registry.Filter
	People         bool
}

// Indicator is a published figure of areas.
type Indicator struct {
	Code string
	Year int // 0: of each area the newest
}

// Value is a measure in one area or hexagon. A share has Events of Of, both households or both people; an indicator has neither.
type Value struct {
	Area       registry.AreaCode // or else
	Hex        geo.HexID
	Events, Of int64
	Rate       registry.Rate // of an indicator in its unit, status EXACT or UNKNOWN
	Counted    bool          // Events and Of are given
	households int64         // of which Of are the people, or Of itself
}

// Sample is what the rate rests on: how many households with the property of how many. People of one household stand or fall
// together, so a share of people is as sure as one of so many households.
func (v *Value) Sample() (events, of int64) {
	if v.households == v.Of || v.Of == 0 {
		return v.Events, v.Of
	}
	return int64(math.Round(float64(v.Events) / float64(v.Of) * float64(v.households))), v.households
}

// Evaluate gives the values of measures for every area of a level that within keeps, by code, or for every hexagon with a
// household that the measure is about, by Q then R: one list a measure, one call to the engine for all of them. within
// narrows the areas; nil is all. An indicator has no hexagons.
func Evaluate(ctx context.Context, v *registry.View, measures []Measure, by registry.Dimension, within []registry.AreaCode) ([][]Value, error) {
	var queries []registry.SummaryQuery
	first, asked := make([]int, len(measures)), make([]int, len(measures))
	deprivations := -1 // all are counted by one query
	for i := range measures {
		if measures[i].Deprivation != nil && deprivations >= 0 {
			first[i], asked[i] = deprivations, 1
			continue
		}
		list := measures[i].queries(by, within)
		first[i], asked[i] = len(queries), len(list)
		if measures[i].Deprivation != nil {
			deprivations = len(queries)
		}
		queries = append(queries, list...)
	}
	var answers [][]registry.Cell
	if len(queries) > 0 {
		var err error
		if answers, err = v.Summarise(ctx, queries); err != nil {
			return nil, err
		}
	}
	out := make([][]Value, len(measures))
	for i := range measures {
		m := &measures[i]
		if m.Indicator != nil {
			if by.Kind == registry.ByArea {
				out[i] = indicator(v, m.Indicator, by.Level, within)
			}
			continue
		}
		out[i] = m.values(answers[first[i] : first[i]+asked[i]])
	}
	return out, nil
}

func (m *Measure) queries(split registry.Dimension, within []registry.AreaCode) []registry.SummaryQuery {
	by := []registry.Dimension{split}
	places := registry.Filter{Areas: within}
	switch {
	case m.Share != nil:
		among := registry.Join(&m.Share.Among, nil)
		if within != nil {
			among = joined(m.Share.Among, places)
		}
		return []registry.SummaryQuery{{Filter: among, By: by}, {Filter: joined(among, m.Share.Meeting), By: by}}
	case m.Deprivation != nil:
		return []registry.SummaryQuery{{Filter: places, By: by, Measures: registry.MeasureDeprivations}}
	case m.Exclusion != "":
		return targeting.Queries([]string{m.Exclusion}, places, split, targeting.ForExclusion)
	}
	return nil
}

// joined keeps what both keep; a filter that keeps everybody adds nothing.
func joined(a, b registry.Filter) registry.Filter {
	switch {
	case b.Everybody():
		return a
	case a.Everybody():
		return b
	}
	return registry.Join(&a, &b)
}

// values divides the second answer by the first. Of hexagons the second has only those with somebody in them.
func (m *Measure) values(answers [][]registry.Cell) []Value {
	parts := map[registry.Key]registry.Tally{}
	if m.Deprivation == nil {
		for i := range answers[1] {
			parts[answers[1][i].Key] = answers[1][i].Total
		}
	}
	values := make([]Value, 0, len(answers[0]))
	for i := range answers[0] {
		cell := &answers[0][i]
		if cell.Key.NoHex {
			continue
		}
		part, whole := parts[cell.Key], cell.Total
		if m.Deprivation != nil {
			part, whole = cell.Deprived[*m.Deprivation], cell.Known[*m.Deprivation]
		}
		v := Value{Area: cell.Key.Area, Hex: cell.Key.Hex, Rate: registry.Ratio(part, whole), Counted: true, Events: part.Households, Of: whole.Households, households: whole.Households}
		if m.Share != nil && m.Share.People {
			v.Rate, v.Events, v.Of = registry.RatioOfPeople(part, whole), part.People, whole.People
		}
		if !v.Rate.Status.HasValue() {
			v.Events, v.Of, v.households = 0, 0, 0
		}
		v.Events = min(v.Events, v.Of) // protected numbers have noise of their own
		values = append(values, v)
	}
	return values
}

func indicator(v *registry.View, want *Indicator, level registry.AreaLevel, within []registry.AreaCode) []Value {
	newest := map[registry.AreaCode]registry.AreaIndicator{}
	for _, i := range v.Indicators {
		if i.Code == want.Code && (want.Year == 0 || i.Year == want.Year) && i.Year >= newest[i.Area].Year {
			newest[i.Area] = i
		}
	}
	var values []Value
	for _, at := range v.Areas.Level(level) {
		code := v.Areas.Area(at).Code
		if within != nil && !slices.ContainsFunc(within, func(w registry.AreaCode) bool { return code.Within(w) }) {
			continue
		}
		value := Value{Area: code, Rate: registry.Rate{Status: registry.UnknownFigure}}
		if i, ok := newest[code]; ok {
			value.Rate = registry.Rate{Value: i.Value, Status: registry.Exact}
		}
		values = append(values, value)
	}
	return values
}
