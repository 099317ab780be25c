package model

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// MaxTrendEditions is how many states one trend compares.
const MaxTrendEditions = 4

// TrendQuestion is the arguments of trend.
type TrendQuestion struct {
	Areas     []registry.AreaCode
	Measure   *MeasureInput
	Direction *targeting.Orientation
}

// figureAt is a figure of an area at a time, in years.
type figureAt struct {
	year  float64
	point *TrendPoint
}

// Trends follows a measure through views, each of another state, in any order.
func Trends(ctx context.Context, views []*registry.View, q TrendQuestion) ([]*AreaTrend, error) {
	slices.SortStableFunc(views, func(a, b *registry.View) int { return cmp.Compare(dayOf(a), dayOf(b)) })
	newest := views[len(views)-1]
	if err := checkAreas(newest, q.Areas); err != nil {
		return nil, err
	}
	figures := map[registry.AreaCode][]figureAt{}
	var err error
	if q.Measure.Indicator != nil {
		err = published(newest, q.Measure, q.Areas, figures)
	} else {
		for _, v := range views {
			if err = counted(ctx, v, &q, figures); err != nil {
				break
			}
		}
	}
	if err != nil {
		return nil, err
	}
	direction := valueOr(q.Direction, targeting.MoreIsWorse)
	states := make([]string, len(views))
	for i, v := range views {
		states[i] = v.State.ID()
	}
	how := method("straight line by least squares", "kantong", "unchanged", "up to 0.5 % a year of the mean size", "measure", q.Measure.measure(), "direction", direction, "editions", fmt.Sprint(states))
	nodes, out := areasOf(newest, q.Areas), make([]*AreaTrend, len(q.Areas))
	for i, code := range q.Areas {
		if out[i], err = trendOf(figures[code], direction); err != nil {
			return nil, err
		}
		out[i].Code, out[i].Area, out[i].Method = code, nodes.byCode(code), how
	}
	return out, nil
}

// dayOf is the day that a state's figures are as of: that of its enrolments where it is later.
func dayOf(v *registry.View) registry.Date {
	return max(v.State.Edition.AsOf, v.State.Release.EnrolmentsAsOf)
}

func checkAreas(v *registry.View, codes []registry.AreaCode) error {
	if len(codes) > registry.MaxFirst {
		return registry.Invalid("areas", "%d areas; at most %d at once", len(codes), registry.MaxFirst)
	}
	seen := map[registry.AreaCode]bool{}
	for i, code := range codes {
		if !hasArea(v, code) {
			return registry.NotFound(fmt.Sprintf("areas[%d]", i), "edition %s has neither an area %s nor a figure of it", v.State.ID(), code)
		}
		if seen[code] {
			return registry.Invalid(fmt.Sprintf("areas[%d]", i), "%s is there twice", code)
		}
		seen[code] = true
	}
	return nil
}

// hasArea tells whether an edition has an area, or a published figure of it: those may be of the province around a city.
func hasArea(v *registry.View, code registry.AreaCode) bool {
	_, ok := v.Areas.Find(code)
	return ok || slices.ContainsFunc(v.Indicators, func(i registry.AreaIndicator) bool { return i.Area == code })
}

// counted adds the figures of one state. An area that it does not have has none there.
func counted(ctx context.Context, v *registry.View, q *TrendQuestion, figures map[registry.AreaCode][]figureAt) error {
	byLevel := map[registry.AreaLevel][]registry.AreaCode{}
	for _, code := range q.Areas {
		if _, ok := v.Areas.Find(code); ok {
			byLevel[code.Level()] = append(byLevel[code.Level()], code)
		}
	}
	date := dayOf(v)
	day, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return err
	}
	year := float64(day.Year()) + float64(day.YearDay()-1)/365.25
	for level, codes := range byLevel {
		values, err := evaluate(ctx, v, []*MeasureInput{q.Measure}, []string{"measure"}, registry.AreasOf(level), codes)
		if err != nil {
			return err
		}
		for _, x := range values[0] {
			figures[x.Area] = append(figures[x.Area], figureAt{year, &TrendPoint{Edition: EditionOf(v), AsOf: &date, Value: new(rate(x.Rate))}})
		}
	}
	return nil
}

// published adds the figures of a published statistic, one a year: where sources disagree, the last one listed.
func published(v *registry.View, in *MeasureInput, areas []registry.AreaCode, figures map[registry.AreaCode][]figureAt) error {
	if in.Indicator.Year != nil {
		return registry.Invalid("measure.indicator.year", "a trend takes all years: leave it out")
	}
	m := in.measure()
	if err := m.Check(v.Dataset); err != nil {
		return registry.Under("measure", err)
	}
	for _, code := range areas {
		for _, x := range seriesOf(v, in.Indicator.Code, code) {
			year := int(x.Year)
			figures[code] = append(figures[code], figureAt{x.Year, &TrendPoint{Edition: EditionOf(v), Year: &year, Value: new(rate(registry.Rate{Value: x.Value}))}})
		}
	}
	return nil
}

// seriesOf is a published figure of an area by year.
func seriesOf(v *registry.View, indicator string, area registry.AreaCode) (s targeting.Series) {
	for _, i := range v.Indicators { // by area, code and year
		if i.Code != indicator || i.Area != area {
			continue
		}
		if n := len(s); n > 0 && s[n-1].Year == float64(i.Year) {
			s = s[:n-1]
		}
		s = append(s, targeting.YearValue{Year: float64(i.Year), Value: i.Value})
	}
	return s
}

func trendOf(figures []figureAt, direction targeting.Orientation) (*AreaTrend, error) {
	slices.SortStableFunc(figures, func(a, b figureAt) int { return cmp.Compare(a.year, b.year) })
	t := &AreaTrend{Points: []*TrendPoint{}, Reading: targeting.ReadingUnknown}
	var series targeting.Series
	for _, f := range figures {
		t.Points = append(t.Points, f.point)
		if value := f.point.Value.Value; value != nil {
			if n := len(series); n > 0 && series[n-1].Year == f.year { // two states of one day: the later one counts
				series = series[:n-1]
			}
			series = append(series, targeting.YearValue{Year: f.year, Value: *value})
		}
	}
	if len(series) < 2 {
		return t, nil
	}
	found, err := targeting.TrendOf(series, direction)
	if err != nil {
		return nil, err
	}
	change := series[len(series)-1].Value - series[0].Value
	t.Change, t.SlopePerYear, t.Reading = &change, &found.SlopePerYear.Value, found.Reading
	return t, nil
}
