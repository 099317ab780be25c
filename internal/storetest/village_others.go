package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// villageOthers are orders, cells and details of the village.
func villageOthers() []villageCase {
	summary := func(name string, q registry.SummaryQuery, check func([]registry.Cell) string) villageCase {
		return villageCase{name, func(ctx context.Context, e registry.Engine) error {
			cells, err := e.Summarise(ctx, []registry.SummaryQuery{q})
			if err != nil {
				return err
			}
			if diff := check(cells[0]); diff != "" {
				return fmt.Errorf("(-got +want)\n%s", diff)
			}
			return nil
		}}
	}
	counts := func(name string, q registry.SummaryQuery, want ...int64) villageCase {
		return summary(name, q, func(cells []registry.Cell) string {
			var got []int64
			for _, c := range cells {
				got = append(got, c.Total.Households)
			}
			return cmp.Diff(got, want)
		})
	}
	by := func(kind registry.DimensionKind) []registry.Dimension { return []registry.Dimension{{Kind: kind}} }
	byArea := func(l registry.AreaLevel) []registry.Dimension {
		return []registry.Dimension{{Kind: registry.ByArea, Level: l}}
	}
	east := []registry.AreaCode{"19.71.01.1002"}
	nearFirst := villageAt(4, 4).point()
	return []villageCase{
		{"ids order as unsigned bytes", func(ctx context.Context, e registry.Engine) error {
			return wantHouseholds(ctx, e, registry.RowsQuery{}, []int{0, 1, 2, 3, 4, 5, 6, 7})
		}},
		{"nearest first, ties by id, unlocated last", func(ctx context.Context, e registry.Engine) error {
			return wantHouseholds(ctx, e, registry.RowsQuery{Near: &nearFirst}, []int{1, 0, 2, 4, 5, 6, 3, 7})
		}},
		{"poorest first, ties by deprivations, unranked last", func(ctx context.Context, e registry.Engine) error {
			return wantHouseholds(ctx, e, registry.RowsQuery{ByNeed: true}, []int{0, 5, 6, 1, 2, 4, 3, 7})
		}},
		{"after a need come those of the same need with a later id", func(ctx context.Context, e registry.Engine) error {
			return wantHouseholds(ctx, e, registry.RowsQuery{ByNeed: true, After: &registry.RowKey{Order: registry.Need(3, 0)}}, []int{6, 1, 2, 4, 3, 7})
		}},
		{"enrolments in order of programme, bytewise, then since", villageEnrolments},
		counts("everything is one cell", registry.SummaryQuery{}, 8),
		counts("nobody is one cell too", registry.SummaryQuery{Filter: registry.Filter{Or: []registry.Filter{}}}, 0),
		counts("every kelurahan, the empty one too", registry.SummaryQuery{By: byArea(registry.LevelKelurahan)}, 4, 4, 0),
		counts("a level that the edition lacks", registry.SummaryQuery{By: byArea(registry.LevelProvinsi)}),
		counts("areas around the filter's", registry.SummaryQuery{Filter: registry.Filter{Areas: east}, By: byArea(registry.LevelKecamatan)}, 4),
		counts("areas of an empty list", registry.SummaryQuery{Filter: registry.Filter{Areas: []registry.AreaCode{}}, By: byArea(registry.LevelKecamatan)}),
		counts("areas of two lists that must both hold", registry.SummaryQuery{
			Filter: registry.Filter{Areas: []registry.AreaCode{"19.71.01"}, And: []registry.Filter{{And: []registry.Filter{{Areas: east}}}}},
			By:     byArea(registry.LevelKelurahan)}, 4),
		counts("areas of an alternative don't restrict", registry.SummaryQuery{
			Filter: registry.Filter{Or: []registry.Filter{{Areas: east}}}, By: byArea(registry.LevelKelurahan)}, 0, 4, 0),
		counts("unranked first, then deciles", registry.SummaryQuery{By: by(registry.ByDecile)}, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
		counts("programmes bytewise, only ACTIVE", registry.SummaryQuery{By: by(registry.ByProgram)}, 0, 2, 1),
		counts("sexes", registry.SummaryQuery{By: by(registry.BySex)}, 7, 0, 1),
		counts("the first dimension is slowest", registry.SummaryQuery{Filter: registry.Filter{Areas: []registry.AreaCode{"19.71.01"}},
			By: append(byArea(registry.LevelKelurahan), registry.Dimension{Kind: registry.BySex})}, 3, 0, 1, 4, 0, 0),
		summary("people of unknown households are none", registry.SummaryQuery{}, func(cells []registry.Cell) string {
			return cmp.Diff(cells[0].Total.People, int64(18))
		}),
		summary("a poverty line is strict", registry.SummaryQuery{Lines: []int64{550_000}}, func(cells []registry.Cell) string {
			p := cells[0].Poverty[0]
			p.Base.Keys, p.Poor.Keys = registry.RecordKey{}, registry.RecordKey{}
			return cmp.Diff(p, registry.Poverty{LineRupiah: 550_000, Base: registry.Tally{Households: 3, People: 10},
				Poor: registry.Tally{Households: 2, People: 5}, Gap: 1_050_000, GapSquared: registry.Uint128{Lo: 412_500_000_000},
				MembersSquared: 3*3 + 5*5 + 2*2, GapFourth: registry.Uint128{Lo: 3*1489*1489*1489*1489 + 2*13405*13405*13405*13405}})
		}),
		summary("rupiah of ACTIVE enrolments, a household once", registry.SummaryQuery{Measures: registry.MeasureBenefits}, func(cells []registry.Cell) string {
			got := slices.Clone(cells[0].Benefits)
			for i := range got {
				got[i].Recorded.Keys = registry.RecordKey{}
			}
			return cmp.Diff(got, []registry.Benefit{{}, {Recorded: registry.Tally{Households: 2, People: 6}, Rupiah: 1_000_000}, {}})
		}),
		summary("deprivations known and true", registry.SummaryQuery{Measures: registry.MeasureDeprivations}, func(cells []registry.Cell) string {
			c := cells[0]
			return cmp.Diff([]int64{c.Known[registry.EarthFloor].Households, c.Deprived[registry.EarthFloor].Households,
				c.Known[registry.Unserved].Households, c.Deprived[registry.Unserved].Households}, []int64{3, 2, 6, 2})
		}),
		summary("keys add up and wrap", registry.SummaryQuery{}, func(cells []registry.Cell) string {
			var want registry.RecordKey
			for n := range 8 {
				k := citySecrets.RecordKey(villageID(n))
				want = registry.RecordKey{want[0] + k[0], want[1] + k[1]}
			}
			return cmp.Diff(cells[0].Total.Keys, want)
		}),
		summary("hexagons in order, the unlocated last", registry.SummaryQuery{By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 500}}}, villageHexagons),
		summary("RT as recorded, by kelurahan, those without one too", registry.SummaryQuery{By: []registry.Dimension{registry.PlacesOf(registry.UnitRT)}}, func(cells []registry.Cell) string {
			got := []string{}
			for _, c := range cells {
				got = append(got, fmt.Sprintf("%s %q %d", c.Key.Area, c.Key.Place.RT, c.Total.Households))
			}
			return cmp.Diff(got, []string{`19.71.01.1001 "" 2`, `19.71.01.1001 "01" 1`, `19.71.01.1001 "1" 1`, `19.71.01.1002 "" 4`})
		}),
		summary("an RW has no RT", registry.SummaryQuery{By: []registry.Dimension{registry.PlacesOf(registry.UnitRW)}}, func(cells []registry.Cell) string {
			return cmp.Diff([]registry.Key{cells[0].Key, cells[1].Key}, []registry.Key{{Area: "19.71.01.1001"}, {Area: "19.71.01.1002"}})
		}),
	}
}

// villageHexagons wants the five places of the village, two of them the same, and the cell of the two unlocated.
func villageHexagons(cells []registry.Cell) string {
	var sizes []int64
	for i, c := range cells {
		sizes = append(sizes, c.Total.Households)
		if c.Key.NoHex != (i == len(cells)-1) {
			return "the cell of the unlocated is not the last one"
		}
		if i > 0 && !c.Key.NoHex {
			a, b := cells[i-1].Key.Hex, c.Key.Hex
			if a.Q > b.Q || a.Q == b.Q && a.R >= b.R {
				return fmt.Sprintf("hexagon %v after %v", b, a)
			}
		}
	}
	slices.Sort(sizes)
	return cmp.Diff(sizes, []int64{1, 1, 1, 1, 2, 2})
}

func villageEnrolments(ctx context.Context, e registry.Engine) error {
	list, err := e.Details(ctx, []registry.HouseholdID{villageID(6), villageID(2), villageID(7)}, registry.DetailEnrolments)
	if err != nil {
		return err
	}
	got := []string{}
	for _, d := range list {
		for _, e := range d.Enrolments {
			got = append(got, e.Program+" "+string(e.Since))
		}
	}
	if diff := cmp.Diff(got, []string{"P1 2024-01-01", "P1 2025-01-01", "P1 2025-01-01", "P_1 2024-01-01"}); diff != "" {
		return fmt.Errorf("(-got +want)\n%s", diff)
	}
	if list[2].Enrolments == nil {
		return fmt.Errorf("enrolments of a household without any are nil, want empty")
	}
	return nil
}
