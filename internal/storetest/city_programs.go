package storetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// cityPrograms have codes whose bytewise order differs from that of a dictionary, and rules of every shape.
func cityPrograms() []registry.Program {
	rule := func(code string, f registry.Filter) registry.Program {
		return registry.Program{Code: code, Name: "Programme " + code, Pillar: registry.PillarProtection, Funder: "Dinas Sosial",
			FunderKind: registry.FunderGovernment, Year: 2025, Eligibility: f}
	}
	poor, some := intRange(1, 4), atLeast(1)
	region := orb.Polygon{square(cityOrigin[0]+12, cityOrigin[1]+12, 6)}
	return []registry.Program{
		rule("A-1", registry.Filter{}),
		rule("A1", registry.Filter{Decile: poor}),
		rule("AB", registry.Filter{Decile: poor, Or: []registry.Filter{{UnderFive: some}, {Elderly: some}, {Disabled: some}}}),
		rule("A_1", registry.Filter{Not: &registry.Filter{Decile: poor, Not: &registry.Filter{Geocoded: new(bool)}}}),
		rule("BPNT", registry.Filter{Areas: []registry.AreaCode{"19.71.02", "19.71.01.1003"}, NotDeprivedIn: []registry.Deprivation{registry.EarthFloor}}),
		rule("PKH", registry.Filter{DeprivedIn: []registry.Deprivation{registry.Unserved}, And: []registry.Filter{{SchoolAge: some}, {Or: []registry.Filter{}, Not: &registry.Filter{}}}}),
		rule("RTLH", registry.Filter{Where: &registry.Spatial{CoveredBy: region}, DeprivedIn: []registry.Deprivation{registry.UnfitRoof, registry.WeakWall}}),
		rule("Z9", registry.Filter{NotEnrolledIn: []string{"PKH"}, Decile: atMost(6)}),
	}
}

func intRange(from, to int) *registry.IntRange { return &registry.IntRange{Min: &from, Max: &to} }
func atLeast(n int) *registry.IntRange         { return &registry.IntRange{Min: &n} }
func atMost(n int) *registry.IntRange          { return &registry.IntRange{Max: &n} }

func cityEnrolments(r *rand.Rand, d *registry.Dataset, households []registry.Record) []registry.Enrolment {
	out := []registry.Enrolment{}
	for _, h := range households {
		programs := r.Perm(len(d.Programs))[:[]int{0, 0, 1, 1, 2, 3}[r.IntN(6)]]
		for _, p := range programs {
			// The second of two enrolments in one programme has its own status: both, either or neither may be ACTIVE.
			for again := range 1 + r.IntN(5)/4 {
				e := registry.Enrolment{Household: h.ID, Program: d.Programs[p].Code, Persons: registry.UnknownInt, Rupiah: registry.UnknownInt,
					Status: registry.EnrolmentStatus(1 + r.IntN(4))}
				if again > 0 || r.IntN(3) > 0 {
					e.Since = registry.Date(fmt.Sprintf("20%d-0%d-15", 23+again, 1+r.IntN(9)))
				}
				if e.Status == registry.EnrolmentEnded {
					e.Until = "2025-06-30"
				}
				if r.IntN(2) == 0 {
					e.Persons, e.Rupiah, e.Decree = r.IntN(4), r.Int64N(1_000_000), fmt.Sprintf("SK/%d/2025", r.IntN(9))
				}
				out = append(out, e)
			}
		}
	}
	return out
}
