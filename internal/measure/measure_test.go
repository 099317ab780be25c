package measure_test

import (
	"testing"

	"kantong/internal/geo"
	"kantong/internal/measure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestEvaluate compares every kind of measure with counts of its own.
func TestEvaluate(t *testing.T) {
	d, records, enrolments := storetest.City(3, 800)
	engine := storetest.NewReference(d, records, enrolments)
	v := &registry.View{Dataset: d, Engine: engine}
	two, dep, program := 2, registry.UnsafeWater, d.Programs[0].Code
	poor := registry.Filter{Decile: &registry.IntRange{Max: &two}}
	women := registry.Filter{HeadSex: registry.SexFemale}
	within := []registry.AreaCode{"19.71.01"}
	lists, err := measure.Evaluate(t.Context(), v, []measure.Measure{
		{Share: &measure.Share{Meeting: poor}},
		{Indicator: &measure.Indicator{Code: d.Indicators[0].Code}},
		{Share: &measure.Share{Meeting: poor, Among: women, People: true}},
		{Deprivation: &dep},
		{Exclusion: program},
	}, registry.AreasOf(registry.LevelKelurahan), within)
	if err != nil {
		t.Fatal(err)
	}
	count := func(list ...registry.Filter) registry.Tally {
		t.Helper()
		answers, err := engine.Summarise(t.Context(), []registry.SummaryQuery{{Filter: registry.Filter{And: list}}})
		if err != nil {
			t.Fatal(err)
		}
		return answers[0][0].Total
	}
	areas := d.Areas.Within(mustFind(t, d, "19.71.01"), registry.LevelKelurahan)
	for i, at := range areas {
		in := registry.Filter{Areas: []registry.AreaCode{d.Areas.Area(at).Code}}
		eligible := registry.Filter{EligibleFor: program}
		for k, want := range [][2]int64{
			0: {count(in, poor).Households, count(in).Households},
			2: {count(in, women, poor).People, count(in, women).People},
			3: {count(in, registry.Filter{DeprivedIn: []registry.Deprivation{dep}}).Households, count(in, registry.Filter{KnownIn: []registry.Deprivation{dep}}).Households},
			4: {count(in, eligible, registry.Filter{NotEnrolledIn: []string{program}}).Households, count(in, eligible).Households},
		} {
			got := lists[k][i]
			if k == 1 {
				if got.Counted || got.Rate.Status != registry.UnknownFigure {
					t.Errorf("a figure of the city is one of %s: %+v", got.Area, got)
				}
				continue
			}
			if got.Area != in.Areas[0] || got.Events != want[0] || got.Of != want[1] {
				t.Errorf("measure %d in %s: %+v, want %d of %d", k, in.Areas[0], got, want[0], want[1])
			}
		}
	}
	if len(lists[0]) != len(areas) || len(lists[1]) != len(areas) {
		t.Errorf("%d and %d values of %d areas", len(lists[0]), len(lists[1]), len(areas))
	}
}

// TestEvaluateHexagons finds in each hexagon those of its households that a share and an exclusion are about.
func TestEvaluateHexagons(t *testing.T) {
	d, records, enrolments := storetest.City(3, 800)
	engine := storetest.NewReference(d, records, enrolments)
	v := &registry.View{Dataset: d, Engine: engine}
	two, grid := 2, d.HexGrid(500)
	lists, err := measure.Evaluate(t.Context(), v, []measure.Measure{
		{Share: &measure.Share{Meeting: registry.Filter{Decile: &registry.IntRange{Max: &two}}}},
		{Exclusion: d.Programs[0].Code},
		{Indicator: &measure.Indicator{Code: d.Indicators[0].Code}},
	}, registry.HexesOf(500), nil)
	if err != nil {
		t.Fatal(err)
	}
	all, poor := map[geo.HexID]int64{}, map[geo.HexID]int64{}
	for i := range records {
		if h := &records[i].Household; h.Located {
			all[grid.Cell(h.Point.Point())]++
			if h.Decile >= 1 && h.Decile <= 2 {
				poor[grid.Cell(h.Point.Point())]++
			}
		}
	}
	nobodyPoor := 0
	for _, x := range lists[0] {
		if x.Of != all[x.Hex] || x.Events != poor[x.Hex] {
			t.Errorf("%v: %d of %d, want %d of %d", x.Hex, x.Events, x.Of, poor[x.Hex], all[x.Hex])
		}
		if x.Events == 0 {
			nobodyPoor++
		}
	}
	if len(lists[0]) != len(all) || nobodyPoor == 0 || len(lists[1]) == 0 || lists[2] != nil {
		t.Errorf("%d hexagons of %d, %d without a poor household, %d with an eligible one", len(lists[0]), len(all), nobodyPoor, len(lists[1]))
	}
}

func mustFind(t *testing.T, d *registry.Dataset, code registry.AreaCode) registry.AreaCode {
	t.Helper()
	if _, ok := d.Areas.Find(code); !ok {
		t.Fatalf("no area %s", code)
	}
	return code
}
