package storetest

import (
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

type filterCase struct {
	name   string
	filter registry.Filter
	want   []int
}

func villageFilters() []filterCase {
	all, none := []int{0, 1, 2, 3, 4, 5, 6, 7}, []int{}
	yes, no := true, false
	text := func(s string) *string { return &s }
	type (
		f = registry.Filter
		d = []registry.Deprivation
		a = []registry.AreaCode
	)
	earth, unserved := registry.EarthFloor, registry.Unserved
	score := func(atLeast, earthWeight, unservedWeight int64) f {
		return f{Score: &registry.Score{Of: d{earth, unserved}, Weights: []int64{earthWeight, unservedWeight}, AtLeast: atLeast}}
	}
	reached := score(1, 1, 1)
	cases := []filterCase{
		{"no condition", f{}, all},
		{"no area at all", f{Areas: a{}}, none},
		{"no alternative at all", f{Or: []f{}}, none},
		{"nothing that must hold", f{And: []f{}}, all},
		{"deprived in none of none", f{NotDeprivedIn: d{}}, all},
		{"deprived in one of none", f{DeprivedIn: d{}}, none},
		{"enrolled in one of none", f{EnrolledIn: []string{}}, none},
		{"enrolled in none of none", f{NotEnrolledIn: []string{}}, all},
		{"an alternative without conditions", f{Or: []f{{}}}, all},
		{"not without conditions", f{Not: &f{}}, none},
		{"an area", f{Areas: a{"19.71.01.1002"}}, []int{2, 3, 5, 6}},
		{"an area and the one around it", f{Areas: a{"19.71.01.1002", "19.71"}}, all},
		{"an area without households", f{Areas: a{"19.71.02"}}, none},
		{"a decile range leaves out the unranked", f{Decile: intRange(1, 4)}, []int{0, 1, 5, 6}},
		{"not a decile range keeps the unranked", f{Not: &f{Decile: intRange(1, 4)}}, []int{2, 3, 4, 7}},
		{"an open range leaves out the unknown", f{Decile: &registry.IntRange{}}, []int{0, 1, 2, 4, 5, 6}},
		{"an unknown size is not zero", f{Members: atMost(2)}, []int{3, 4}},
		{"unknown persons are not zero", f{UnderFive: atMost(5)}, none},
		{"known to be deprived", f{DeprivedIn: d{registry.EarthFloor}}, []int{0, 3}},
		{"known not to be deprived", f{NotDeprivedIn: d{registry.EarthFloor}}, []int{1}},
		{"not known to be deprived", f{Not: &f{DeprivedIn: d{registry.EarthFloor}}}, []int{1, 2, 4, 5, 6, 7}},
		{"unserved is poor without an active enrolment", f{DeprivedIn: d{registry.Unserved}}, []int{1, 5}},
		{"served needs a known decile", f{NotDeprivedIn: d{registry.Unserved}}, []int{0, 2, 4, 6}},
		{"any of two deprivations", f{DeprivedIn: d{registry.EarthFloor, registry.Unserved}}, []int{0, 1, 3, 5}},
		{"none of two deprivations", f{NotDeprivedIn: d{registry.EarthFloor, registry.Unserved}}, none},
		{"known, deprived or not", f{KnownIn: d{earth}}, []int{0, 1, 3}},
		{"known in both", f{KnownIn: d{earth, unserved}}, []int{0, 1}},
		{"known in all of none", f{KnownIn: d{}}, all},
		{"not known in both", f{Not: &f{KnownIn: d{earth, unserved}}}, []int{2, 3, 4, 5, 6, 7}},
		{"a score needs all known, even where what is known reaches it", reached, []int{0, 1}}, // not 3, not 5
		{"a score that both are needed for", score(2, 1, 1), none},
		{"not a score keeps the unknown", f{Not: &reached}, []int{2, 3, 4, 5, 6, 7}},
		{"a score at its cutoff", score(3, 3, 2), []int{0}},
		{"a score just under its cutoff", score(4, 3, 2), none},
		{"a score of the lighter weight", score(2, 3, 2), []int{0, 1}},
		{"a weight of zero wants it known and counts nothing", score(1, 0, 1), []int{1}},
		{"a score of one deprivation", f{Score: &registry.Score{Of: d{unserved}, Weights: []int64{registry.ScoreUnit}, AtLeast: 1}}, []int{1, 5}},
		{"a score of as much weight as there may be", score(math.MaxInt64-1, math.MaxInt64-1, 1), []int{0}},
		{"only ACTIVE is enrolled", f{EnrolledIn: []string{"P1"}}, []int{0, 6}},
		{"enrolled in either", f{EnrolledIn: []string{"P_1", "P1"}}, []int{0, 2, 6}},
		{"not enrolled", f{NotEnrolledIn: []string{"P1"}}, []int{1, 2, 3, 4, 5, 7}},
		{"enrolled in neither", f{NotEnrolledIn: []string{"P_1", "P1"}}, []int{1, 3, 4, 5, 7}},
		{"eligible by decile", f{EligibleFor: "P-1"}, []int{0, 1, 5, 6}},
		{"eligible though never enrolled", f{EligibleFor: "P1", NotEnrolledIn: []string{"P1"}}, []int{3}},
		{"not eligible", f{Not: &f{EligibleFor: "P1"}}, []int{1, 2, 4, 5, 6, 7}},
		{"everybody is eligible", f{EligibleFor: "P_1"}, all},
		{"RT 1 is not RT 01", f{RT: text("1")}, []int{1}},
		{"RT 01 is not RT 1", f{RT: text("01")}, []int{0}},
		{"sex of the head", f{HeadSex: registry.SexFemale}, []int{0}},
		{"located", f{Geocoded: &yes}, []int{0, 1, 2, 4, 5, 6}},
		{"not located", f{Geocoded: &no}, []int{3, 7}},
	}
	box := func(west, south, east, north float64) f {
		return f{Where: &registry.Spatial{BBox: &registry.BBox{West: west, South: south, East: east, North: north}}}
	}
	near := func(p orb.Point, radiusMeters float64) f {
		return f{Where: &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: p[0], Latitude: p[1]}, RadiusMeters: radiusMeters}}}
	}
	in := func(g orb.Geometry) f { return f{Where: &registry.Spatial{CoveredBy: g}} }
	rect := func(x0, y0, x1, y1 int) orb.Ring {
		return ring(villageAt(x0, y0), villageAt(x1, y0), villageAt(x1, y1), villageAt(x0, y1))
	}
	h0, h1, h2 := villageAt(8, 4).point(), villageAt(4, 4).point(), villageAt(12, 4).point()
	world := box(-180, -90, 180, 90)
	return append(cases, []filterCase{
		{"the world is where the located are", world, []int{0, 1, 2, 4, 5, 6}},
		{"no region holds the unlocated", f{Not: &world}, []int{3, 7}},
		{"edges of a box belong", box(h1[0], h1[1], h0[0], h0[1]), []int{0, 1}},
		{"a box may be a point", box(h2[0], h2[1], h2[0], h2[1]), []int{2, 4}},
		{"a box across the antimeridian", box(179, -3, -179, -1), []int{5, 6}},
		{"the antimeridian itself", box(180, -3, -180, -1), []int{5, 6}},
		{"a box up to the antimeridian", box(107, -3, 180, -1), []int{5}},
		{"the long way round", box(h2[0], -90, h1[0], 90), []int{1, 2, 4, 5, 6}},
		{"the edges of a polygon belong", in(orb.Polygon{rect(4, 0, 8, 4)}), []int{0, 1}},
		{"a shared edge belongs to both, west", in(orb.Polygon{rect(0, 0, 8, 8)}), []int{0, 1}},
		{"a shared edge belongs to both, east", in(orb.Polygon{rect(8, 0, 16, 8)}), []int{0, 2, 4}},
		{"a slanting edge belongs", in(orb.Polygon{ring(villageAt(4, 2), villageAt(12, 2), villageAt(12, 6))}), []int{0, 2, 4}},
		{"a corner belongs", in(orb.Polygon{ring(villageAt(8, 4), villageAt(10, 0), villageAt(9, 0))}), []int{0}},
		{"inside a hole is outside", in(orb.Polygon{rect(0, 0, 16, 8), rect(10, 2, 14, 6)}), []int{0, 1}},
		{"the edge of a hole belongs", in(orb.Polygon{rect(0, 0, 16, 8), rect(12, 2, 14, 6)}), []int{0, 1, 2, 4}},
		{"any part of a multipolygon", in(orb.MultiPolygon{{rect(2, 2, 6, 6)}, {rect(10, 2, 14, 6)}}), []int{1, 2, 4}},
		{"an empty polygon holds nobody", in(orb.Polygon{}), none},
		{"an empty multipolygon holds nobody", in(orb.MultiPolygon{}), none},
		{"outside an empty polygon", f{Not: &f{Where: &registry.Spatial{CoveredBy: orb.Polygon{}}}}, all},
		{"the centre of a disc", near(h2, 0.001), []int{2, 4}},
		{"a disc across the antimeridian", near(orb.Point{179.9999, -2}, 100), []int{5, 6}},
		{"a disc around the world", near(h0, registry.MaxRadiusMeters), []int{0, 1, 2, 4, 5, 6}},
	}...)
}
