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
	Together  *bool
}

// figureAt is a figure of what is followed at a time, in years.
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
	followed := make([][]registry.AreaCode, len(q.Areas))
	for i := range q.Areas {
		followed[i] = q.Areas[i : i+1]
	}
	if valueOr(q.Together, false) && len(q.Areas) > 0 {
		followed = [][]registry.AreaCode{q.Areas}
	}
	figures := make([][]figureAt, len(followed))
	var err error
	if q.Measure.Indicator != nil {
		err = published(newest, &q, followed, figures)
	} else {
		for _, v := range views {
			if err = counted(ctx, v, newest, q.Measure, followed, figures); err != nil {
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
	nodes, out := areasOf(newest, q.Areas), make([]*AreaTrend, len(followed))
	for i, codes := range followed {
		if out[i], err = trendOf(figures[i], direction); err != nil {
			return nil, err
		}
		if out[i].Code, out[i].Codes, out[i].Method = codes[0], codes, how; len(codes) == 1 {
			out[i].Area = nodes.byCode(codes[0])
		}
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

// counted adds the figures of one state. An area that it does not have, and of which nothing is said, has none there.
func counted(ctx context.Context, v, newest *registry.View, in *MeasureInput, followed [][]registry.AreaCode, figures [][]figureAt) error {
	date := dayOf(v)
	day, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return err
	}
	year := float64(day.Year()) + float64(day.YearDay()-1)/365.25
	then := newEarlier(v, newest)
	byLevel := map[registry.AreaLevel][]registry.AreaCode{}
	points := make([]*TrendPoint, len(followed))
	for i, codes := range followed {
		areas, reason := then.areas(codes)
		if areas == nil && reason == "" {
			continue
		}
		p := &TrendPoint{Edition: EditionOf(v), AsOf: &date, Value: &Rate{Status: registry.UnknownFigure}, Areas: append([]registry.AreaCode{}, areas...), Reason: orNull(reason)}
		points[i] = p
		figures[i] = append(figures[i], figureAt{year, p})
		if len(areas) == 1 {
			byLevel[areas[0].Level()] = append(byLevel[areas[0].Level()], areas[0])
		} else if len(areas) > 1 {
			if err := together(ctx, v, in, p); err != nil {
				return err
			}
		}
	}
	for level, codes := range byLevel {
		values, err := evaluate(ctx, v, []*MeasureInput{in}, []string{"measure"}, registry.AreasOf(level), codes)
		if err != nil {
			return err
		}
		for _, p := range points {
			for _, x := range values[0] {
				if p != nil && len(p.Areas) == 1 && p.Areas[0] == x.Area {
					p.Value = new(rate(x.Rate))
				}
			}
		}
	}
	return nil
}

// together gives a point its figure, of several areas as one: of all that lies in them, by the kota or kabupaten that they are in.
func together(ctx context.Context, v *registry.View, in *MeasureInput, p *TrendPoint) error {
	level := registry.LevelKabupatenKota
	for _, code := range p.Areas {
		level = min(level, code.Level())
	}
	around := p.Areas[0].At(level)
	values, err := evaluate(ctx, v, []*MeasureInput{in}, []string{"measure"}, registry.AreasOf(level), p.Areas)
	if err != nil {
		return err
	}
	for _, x := range values[0] {
		if x.Area == around {
			p.Value = new(rate(x.Rate))
		}
	}
	if slices.ContainsFunc(p.Areas, func(code registry.AreaCode) bool { return !code.Within(around) }) {
		p.Areas = []registry.AreaCode{}
		p.Value, p.Reason = &Rate{Status: registry.UnknownFigure}, orNull("the areas lie in several kabupaten or kota, which are not counted as one")
	}
	return nil
}

// earlier tells what areas of the newest state were in another.
type earlier struct {
	v, newest   *registry.View
	territories map[registry.AreaLevel][]targeting.Territory
}

func newEarlier(v, newest *registry.View) *earlier {
	return &earlier{v, newest, map[registry.AreaLevel][]targeting.Territory{}}
}

// areas gives the areas of the earlier state that are the same territory as those of the newest, by code, or the reason why there
// are none; neither where it does not have them and nothing is said.
func (e *earlier) areas(codes []registry.AreaCode) (areas []registry.AreaCode, reason string) {
	for _, code := range codes {
		level := code.Level()
		if _, ok := e.territories[level]; !ok {
			e.territories[level] = targeting.TerritoriesOf(e.v, e.newest, level)
		}
		i := slices.IndexFunc(e.territories[level], func(t targeting.Territory) bool { return slices.Contains(t.Newer, code) })
		if i < 0 {
			if _, ok := e.v.Areas.Find(code); ok {
				areas = append(areas, code)
				continue
			}
			if len(codes) == 1 {
				return nil, ""
			}
			return nil, fmt.Sprintf("edition %s has no area %s, and nothing says what it was made from", e.v.State.ID(), code)
		}
		t := e.territories[level][i]
		if slices.ContainsFunc(t.Newer, func(part registry.AreaCode) bool { return !slices.Contains(codes, part) }) {
			return nil, fmt.Sprintf("edition %s has other boundaries here: ask for %s together (together: true), which were %s then", e.v.State.ID(), listed(t.Newer), listed(t.Older))
		}
		areas = append(areas, t.Older...)
	}
	slices.Sort(areas)
	return slices.Compact(areas), ""
}

// listed writes codes as people do.
func listed(codes []registry.AreaCode) string {
	text := string(codes[0])
	for i, code := range codes[1:] {
		if i == len(codes)-2 {
			text += " and " + string(code)
		} else {
			text += ", " + string(code)
		}
	}
	return text
}

// published adds the figures of a published statistic, one a year: where sources disagree, the last one listed.
func published(v *registry.View, q *TrendQuestion, followed [][]registry.AreaCode, figures [][]figureAt) error {
	in := q.Measure
	switch {
	case in.Indicator.Year != nil:
		return registry.Invalid("measure.indicator.year", "a trend takes all years: leave it out")
	case valueOr(q.Together, false):
		return registry.Invalid("together", "published figures can't be added up: leave it out")
	}
	m := in.measure()
	if err := m.Check(v.Dataset); err != nil {
		return registry.Under("measure", err)
	}
	for i, codes := range followed {
		for _, x := range seriesOf(v, in.Indicator.Code, codes[0]) {
			year := int(x.Year)
			figures[i] = append(figures[i], figureAt{x.Year, &TrendPoint{Edition: EditionOf(v), Year: &year, Value: new(rate(registry.Rate{Value: x.Value})), Areas: codes}})
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
		if value := f.point.Value.Value(); value != nil {
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
