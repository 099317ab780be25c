package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// villageID is the id of the village's household number n, 0 to 7: from all zero to all ff, rising as unsigned bytes.
func villageID(n int) (id registry.HouseholdID) {
	for i := range id {
		id[i] = byte(n * 0xff / 7)
	}
	return id
}

// villageAt is a place in lattice units from the village's south-west corner.
func villageAt(x, y int) lattice { return lattice{106*128 + x, -2*128 + y} }

// village is small enough to know by heart, so that what is wanted of it is written down and not computed:
//
//	                            decile  members  RT    floor    enrolments                place
//	0  1001  shared edge        1       3        "01"  earth    P1 active, and once more  (8,4)
//	1  1001  inside             4       ?        "1"   ceramic  P1 ended                  (4,4)
//	2  1002  inside             5       5        ?     ?        P_1 active, P1 suspended  (12,4)
//	3  1002  nowhere            ?       2        ?     earth                              -
//	4  1001  stands in 1002     10      1        ?     ?                                  (12,4), with 2
//	5  1002  at 180 east        2       4        ?     ?                                  antimeridian
//	6  1002  at 180 west        3       3        ?     ?        P1 ended, then active     antimeridian
//	7  1001  nowhere            ?       ?        ?     ?                                  -
//
// Kelurahan 1001 is the square from (0,0) to (8,8), 1002 its eastern neighbour; 19.71.02.1001 has no household.
func village() world {
	box := func(x int) orb.MultiPolygon {
		return orb.MultiPolygon{{ring(villageAt(x, 0), villageAt(x+8, 0), villageAt(x+8, 8), villageAt(x, 8))}}
	}
	rule := func(code string, f registry.Filter) registry.Program {
		return registry.Program{Code: code, Name: code, Pillar: registry.PillarHousing, FunderKind: registry.FunderGovernment, Year: 2025, Eligibility: f}
	}
	w := world{name: "village"}
	w.dataset = dataset("village", []registry.Area{{Code: "19.71", Name: "Kota"},
		{Code: "19.71.01", Name: "West"}, {Code: "19.71.01.1001", Boundary: box(0)}, {Code: "19.71.01.1002", Boundary: box(8)},
		{Code: "19.71.02", Name: "East"}, {Code: "19.71.02.1001"},
	}, []registry.Program{
		rule("P-1", registry.Filter{Decile: intRange(1, 4)}),
		rule("P1", registry.Filter{DeprivedIn: []registry.Deprivation{registry.EarthFloor}}),
		rule("P_1", registry.Filter{}),
	})
	for n := range 8 {
		h := registry.NewHousehold(villageID(n), "19.71.01.1001")
		if slices.Contains([]int{2, 3, 5, 6}, n) {
			h.Area = "19.71.01.1002"
		}
		at, located := map[int]orb.Point{0: villageAt(8, 4).point(), 1: villageAt(4, 4).point(), 2: villageAt(12, 4).point(),
			4: villageAt(12, 4).point(), 5: {180, -2}, 6: {-180, -2}}[n]
		if h.Located = located; located {
			h.Point.Lon, h.Point.Lat = geo.ToE7(at)
		}
		unknown := registry.UnknownInt
		h.Decile = []int{1, 4, 5, unknown, 10, 2, 3, unknown}[n]
		h.Members = []int{3, unknown, 5, 2, 1, 4, 3, unknown}[n]
		h.Expenditure = []int64{500_000, 300_000, 550_000, 100_000, -1, -1, -1, -1}[n]
		h.RT = []string{"01", "1", "", "", "", "", "", ""}[n]
		h.Floor = []string{"earth", "ceramic", "", "earth", "", "", "", ""}[n]
		if n == 0 {
			h.HeadSex = registry.SexFemale
		}
		h.Derive()
		w.households = append(w.households, registry.Record{Household: h, Key: citySecrets.RecordKey(h.ID)})
	}
	enrol := func(n int, program string, status registry.EnrolmentStatus, since registry.Date, rupiah int64) {
		w.enrolments = append(w.enrolments, registry.Enrolment{Household: villageID(n), Program: program, Status: status, Since: since, Persons: -1, Rupiah: rupiah})
	}
	enrol(0, "P1", registry.EnrolmentActive, "", 600_000)
	enrol(0, "P1", registry.EnrolmentActive, "2025-01-01", 400_000)
	enrol(1, "P1", registry.EnrolmentEnded, "", 500_000)
	enrol(2, "P_1", registry.EnrolmentActive, "2024-01-01", registry.UnknownInt)
	enrol(2, "P1", registry.EnrolmentSuspended, "2025-01-01", 300_000)
	enrol(6, "P1", registry.EnrolmentEnded, "2024-01-01", 100_000)
	enrol(6, "P1", registry.EnrolmentActive, "2025-01-01", 0)
	return w
}

// villageCase is one thing that an engine on the village must do.
type villageCase struct {
	name  string
	check func(context.Context, registry.Engine) error
}

func villageCases() []villageCase {
	var out []villageCase
	for _, c := range villageFilters() {
		out = append(out, villageCase{c.name, func(ctx context.Context, e registry.Engine) error {
			return wantHouseholds(ctx, e, registry.RowsQuery{Filter: c.filter}, c.want)
		}})
	}
	return append(out, villageOthers()...)
}

// wantHouseholds asks for all rows and compares the households' numbers, in order.
func wantHouseholds(ctx context.Context, e registry.Engine, q registry.RowsQuery, want []int) error {
	q.First = 100
	pages, err := e.Rows(ctx, q)
	if err != nil {
		return err
	}
	got := []int{}
	for _, row := range pages[0].Rows {
		for n := range 8 {
			if villageID(n) == row.ID {
				got = append(got, n)
			}
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("households %v, want %v, filter %s", got, want, q.Filter.JSON())
	}
	return nil
}
