package targeting

import (
	"math"
	"slices"
	"testing"

	"kantong/internal/registry"
)

func figure(v float64) registry.Rate { return registry.Rate{Value: v} }

func TestQuadrant(t *testing.T) {
	unknown := registry.Rate{Status: registry.Suppressed}
	main := func(own, reference registry.Rate) Standing { return Standing{own, reference, MoreIsWorse} }
	supporting := func(own, reference registry.Rate) Standing { return Standing{own, reference, LessIsWorse} }
	for _, c := range []struct {
		name             string
		main, supporting Standing
		want             Quadrant
	}{
		{"both worse", main(figure(5), figure(4)), supporting(figure(80), figure(90)), 1},
		{"main only", main(figure(5), figure(4)), supporting(figure(95), figure(90)), 2},
		{"supporting only", main(figure(3), figure(4)), supporting(figure(80), figure(90)), 3},
		{"neither", main(figure(3), figure(4)), supporting(figure(95), figure(90)), 4},
		{"equal is not worse", main(figure(math.Nextafter(0.3, 1)), figure(0.3)), supporting(figure(80), figure(90)), 3},
		{"equal is not worse, both", main(figure(4), figure(4)), supporting(figure(0), figure(0)), 4},
		{"main missing", main(unknown, figure(4)), supporting(figure(80), figure(90)), 0},
		{"reference missing", main(figure(5), figure(4)), supporting(figure(80), unknown), 0},
		{"not a number", main(figure(math.NaN()), figure(4)), supporting(figure(80), figure(90)), 0},
		{"no orientation", Standing{figure(5), figure(4), ""}, supporting(figure(80), figure(90)), 0},
	} {
		if got := QuadrantOf(c.main, c.supporting); got != c.want {
			t.Errorf("%s: %d, expected %d", c.name, got, c.want)
		}
	}
}

func TestTrend(t *testing.T) {
	for _, c := range []struct {
		name        string
		series      Series
		orientation Orientation
		slope       registry.Rate
		tolerance   float64
		reading     Reading
	}{
		{"none", nil, MoreIsWorse, registry.Rate{Status: registry.UnknownFigure}, 0, ReadingUnknown},
		{"one figure", Series{{2024, 4}}, MoreIsWorse, registry.Rate{Status: registry.UnknownFigure}, 0, ReadingUnknown},
		// Mean year 2021, mean 4.5: (−2·0.5 + 0·0 + 2·−0.5) / (4 + 0 + 4); 0.5 % of 4.5.
		{"falls, with a gap, in any order", Series{{2023, 4}, {2019, 5}, {2021, 4.5}}, MoreIsWorse, figure(-0.25), 0.0225, ReadingBetter},
		{"rises", Series{{2022, 4}, {2023, 5}, {2024, 9}}, MoreIsWorse, figure(2.5), 0.03, ReadingWorse},
		{"rises, and should", Series{{2022, 4}, {2023, 5}, {2024, 9}}, LessIsWorse, figure(2.5), 0.03, ReadingBetter},
		{"within the tolerance", Series{{2022, 4}, {2024, 4.02}}, MoreIsWorse, figure(0.01), 0.02005, ReadingUnchanged},
		{"at the tolerance", Series{{2021, 3.97}, {2024, 4.03}}, MoreIsWorse, figure(0.02), 0.02, ReadingUnchanged},
		{"at zero", Series{{2022, 0}, {2024, 0}}, MoreIsWorse, figure(0), 0, ReadingUnchanged},
	} {
		got, err := TrendOf(c.series, c.orientation)
		if err != nil || got.Years != len(c.series) || got.Reading != c.reading || got.SlopePerYear.Status != c.slope.Status ||
			!near(got.SlopePerYear.Value, c.slope.Value) || !near(got.TolerancePerYear, c.tolerance) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestSeriesRefused(t *testing.T) {
	good := Series{{2023, 2}, {2022, 1}}
	for _, c := range []struct {
		field          string
		own, reference Series
		orientation    Orientation
	}{
		{"series", Series{{2022, math.NaN()}}, good, MoreIsWorse},
		{"series", Series{{2022, 1}, {2022, 2}}, good, MoreIsWorse},
		{"reference", good, Series{{2022, math.Inf(1)}}, MoreIsWorse},
		{"orientation", good, good, "UP"},
	} {
		_, first := RelevanceOf(c.own, c.reference, c.orientation)
		_, second := EffectivenessOf(c.own, c.reference, c.orientation)
		_, third := TrendOf(c.own, c.orientation)
		if c.field == "reference" {
			third = first
		}
		for _, err := range []error{first, second, third} {
			if e, ok := err.(*registry.Error); !ok || e.Code != registry.CodeBadUserInput || e.Field != c.field {
				t.Errorf("%s: %v", c.field, err)
			}
		}
	}
	if !slices.Equal(good, Series{{2023, 2}, {2022, 1}}) {
		t.Error("the series was changed")
	}
}

func TestRelevance(t *testing.T) {
	province := Series{{2020, 5}, {2021, 5}, {2022, 4.8}, {2023, 4.5}}
	for _, c := range []struct {
		name        string
		own         Series
		orientation Orientation
		years       int
		first, last registry.Rate
		position    Reading
		gap         GapReading
	}{
		{"nothing in common", Series{{2019, 4}}, MoreIsWorse, 0, registry.Rate{Status: registry.UnknownFigure}, registry.Rate{Status: registry.UnknownFigure}, ReadingUnknown, GapUnknown},
		{"one year", Series{{2024, 1}, {2023, 4}}, MoreIsWorse, 1, figure(-0.5), figure(-0.5), ReadingBetter, GapUnknown},
		{"ahead, the others catch up", Series{{2021, 4}, {2023, 4}}, MoreIsWorse, 2, figure(-1), figure(-0.5), ReadingBetter, GapNarrows},
		{"behind where more is better", Series{{2021, 4}, {2023, 3}}, LessIsWorse, 2, figure(-1), figure(-1.5), ReadingWorse, GapWidens},
		{"overtaken by as much", Series{{2020, 4}, {2023, 5.5}}, MoreIsWorse, 2, figure(-1), figure(1), ReadingWorse, GapUnchanged},
		{"equal", Series{{2022, 5}, {2023, 4.5}}, MoreIsWorse, 2, figure(0.2), figure(0), ReadingEqual, GapNarrows},
	} {
		got, err := RelevanceOf(c.own, province, c.orientation)
		if err != nil || got.Years != c.years || got.Position != c.position || got.Gap != c.gap || got.FirstGap.Status != c.first.Status ||
			!near(got.FirstGap.Value, c.first.Value) || !near(got.LastGap.Value, c.last.Value) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	if got, err := RelevanceOf(Series{{2021, 4.1}, {2022, 0.4}}, Series{{2021, 4}, {2022, 0.3}}, MoreIsWorse); err != nil || got.Gap != GapUnchanged {
		t.Errorf("the same distance but for rounding: %+v, %v", got, err)
	}
	got, _ := RelevanceOf(Series{{2021, 4}, {2023, 4}}, province, MoreIsWorse)
	if got.FirstYear != 2021 || got.LastYear != 2023 || got.Own.Value != 4 || got.Reference.Value != 4.5 {
		t.Errorf("%+v", got)
	}
}

func TestEffectiveness(t *testing.T) {
	province := Series{{2020, 9}, {2021, 5}, {2022, 4.5}, {2023, 4}} // −0.5 a year from 2021
	for _, c := range []struct {
		name        string
		own         Series
		orientation Orientation
		difference  registry.Rate
		reading     Reading
	}{
		{"one year in common", Series{{2023, 4}, {2024, 5}}, MoreIsWorse, registry.Rate{Status: registry.UnknownFigure}, ReadingUnknown},
		{"falls faster", Series{{2021, 8}, {2022, 7}, {2023, 6}}, MoreIsWorse, figure(-0.5), ReadingBetter},
		{"falls more slowly", Series{{2021, 5}, {2023, 4.8}}, MoreIsWorse, figure(0.4), ReadingWorse},
		{"falls, and should rise", Series{{2021, 8}, {2022, 7}, {2023, 6}}, LessIsWorse, figure(-0.5), ReadingWorse},
		{"the same", Series{{2021, 7}, {2023, 6.02}}, MoreIsWorse, figure(0.01), ReadingEqual},
	} {
		got, err := EffectivenessOf(c.own, province, c.orientation)
		if err != nil || got.Reading != c.reading || got.Difference.Status != c.difference.Status || !near(got.Difference.Value, c.difference.Value) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if got.Own.Years != got.Reference.Years {
			t.Errorf("%s: over different years: %+v", c.name, got)
		}
	}
}

func TestIncidence(t *testing.T) {
	var deciles [10]DecileSum
	for i, benefits := range []int64{30, 20, 10, 0, 40} {
		deciles[i] = DecileSum{Population: 10, Benefits: benefits}
	}
	got := Incidence(deciles)
	if got[0] != (DecileShare{1, figure(0.2), figure(0.3)}) || got[4] != (DecileShare{5, figure(0.2), figure(0.4)}) || got[9] != (DecileShare{10, figure(0), figure(0)}) {
		t.Errorf("%+v", got)
	}
	for bottom, want := range map[int]float64{1: 1.5, 2: 1.25, 4: 0.75, 10: 1} {
		if cgh, err := CGH(deciles, bottom); err != nil || !near(cgh.Value, want) || cgh.Status != registry.Exact {
			t.Errorf("bottom %d: %+v, %v", bottom, cgh, err)
		}
	}
	for _, bottom := range []int{0, 11} {
		if _, err := CGH(deciles, bottom); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("bottom %d: %v", bottom, err)
		}
	}
}

func TestIncidenceOfNothing(t *testing.T) {
	var nobody [10]DecileSum
	if cgh, err := CGH(nobody, 4); err != nil || cgh.Status != registry.UnknownFigure || Incidence(nobody)[0].Benefits.Status != registry.UnknownFigure {
		t.Errorf("%+v, %v", cgh, err)
	}
	richOnly := nobody
	richOnly[9] = DecileSum{Population: 5, Benefits: 5}
	if cgh, err := CGH(richOnly, 4); err != nil || cgh.Status != registry.UnknownFigure {
		t.Errorf("no poor: %+v, %v", cgh, err)
	}
	withheld := richOnly
	withheld[0] = DecileSum{Status: registry.Suppressed}
	if cgh, err := CGH(withheld, 4); err != nil || cgh != (registry.Rate{Status: registry.Suppressed}) {
		t.Errorf("withheld: %+v, %v", cgh, err)
	}
}
