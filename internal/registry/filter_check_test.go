package registry

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// wantError wants an Error with this code and field, or none where code is "".
func wantError(t *testing.T, what string, err error, code Code, field string) {
	t.Helper()
	if CodeOf(err) != code || fieldOf(err) != field {
		t.Errorf("%s: %s at %q (%v), want %s at %q", what, CodeOf(err), fieldOf(err), err, code, field)
	}
}

func in(s Spatial) Filter { return Filter{Where: &s} }

func TestFilterCheck(t *testing.T) {
	square := orb.Polygon{{{106, -2}, {107, -2}, {107, -1}, {106, -1}, {106, -2}}}
	bowTie := orb.Polygon{{{106, -2}, {107, -1}, {107, -2}, {106, -1}, {106, -2}}}
	far := orb.Polygon{{{106, -2}, {181, -2}, {107, -1}, {106, -2}}}
	nan := math.NaN()
	near := func(lon, lat, radius float64) Filter {
		return in(Spatial{Near: &Near{Position{lon, lat}, radius}})
	}
	box := func(west, south, east, north float64) Filter {
		return in(Spatial{BBox: &BBox{west, south, east, north}})
	}
	for _, c := range []struct {
		name   string
		filter Filter
		code   Code
		field  string
	}{
		{"nothing", Filter{}, "", ""},
		{"empty lists", Filter{Areas: []AreaCode{}, Or: []Filter{}, And: []Filter{}, DeprivedIn: []Deprivation{}}, "", ""},
		{"an area that may not exist", Filter{Areas: []AreaCode{"99.99"}}, "", ""},
		{"an open range", Filter{Decile: &IntRange{}, Members: ranged(0, 0)}, "", ""},
		{"no code", Filter{Areas: []AreaCode{"19.71", "19.7"}}, CodeBadUserInput, "areas[1]"},
		{"a range below zero", Filter{Members: least(-1)}, CodeBadUserInput, "members.min"},
		{"a range up to below zero", Filter{Pregnant: most(-1)}, CodeBadUserInput, "pregnant.max"},
		{"a range that ends before it begins", Filter{OutOfSchool: ranged(2, 1)}, CodeBadUserInput, "outOfSchool"},
		{"nested", Filter{And: []Filter{{}, {Or: []Filter{{Not: &Filter{Decile: ranged(2, 1)}}}}}}, CodeBadUserInput, "and[1].or[0].not.decile"},
		{"known to be", Filter{KnownIn: []Deprivation{EarthFloor, Unserved, EarthFloor}}, "", ""},
		{"known of what is not there", Filter{KnownIn: []Deprivation{EarthFloor, DeprivationCount}}, CodeBadUserInput, "knownIn[1]"},
		{"deprived in what is not there", Filter{DeprivedIn: []Deprivation{255}}, CodeBadUserInput, "deprivedIn[0]"},
		{"not deprived in what is not there", Filter{NotDeprivedIn: []Deprivation{DeprivationCount}}, CodeBadUserInput, "notDeprivedIn[0]"},
		{"known of too many", Filter{KnownIn: repeat(EarthFloor, MaxFilterList+1)}, CodeComplexity, "knownIn"},
		{"a score", scored(2, 1, 1), "", ""},
		{"a score of the lowest cutoff", scored(1, 0, 3, 0), "", ""},
		{"a score of the highest sum", scored(math.MaxInt64, math.MaxInt64-1, 0, 1), "", ""},
		{"a score of nothing", Filter{Score: &Score{AtLeast: 1}}, CodeBadUserInput, "score.of"},
		{"a score of what is not there", Filter{Score: &Score{Of: []Deprivation{DeprivationCount}, Weights: []int64{1}, AtLeast: 1}}, CodeBadUserInput, "score.of"},
		{"a score that counts twice", Filter{Score: &Score{Of: []Deprivation{1, 2, 1}, Weights: []int64{1, 1, 1}, AtLeast: 1}}, CodeBadUserInput, "score.of"},
		{"a score with a weight too few", Filter{Score: &Score{Of: []Deprivation{1, 2}, Weights: []int64{1}, AtLeast: 1}}, CodeBadUserInput, "score.weights"},
		{"a score with a weight too many", Filter{Score: &Score{Of: []Deprivation{1}, Weights: []int64{1, 1}, AtLeast: 1}}, CodeBadUserInput, "score.weights"},
		{"a score with a weight below zero", scored(1, 2, -1), CodeBadUserInput, "score.weights"},
		{"a score without weight", scored(1, 0, 0), CodeBadUserInput, "score.weights"},
		{"a score of too much weight", scored(1, math.MaxInt64, 0, 1), CodeBadUserInput, "score.weights"},
		{"a score that everybody reaches", scored(0, 1, 1), CodeBadUserInput, "score.atLeast"},
		{"a score that nobody reaches", Filter{Or: []Filter{scored(3, 1, 1)}}, CodeBadUserInput, "or[0].score.atLeast"},
		{"another state", Filter{Not: &Filter{InState: &InState{State: "2025-q2"}}}, "", ""},
		{"another state without a name", Filter{InState: &InState{}}, CodeBadUserInput, "inState.state"},
		{"a fault in another state", Filter{Or: []Filter{{InState: &InState{State: "x", Filter: Filter{Decile: ranged(2, 1)}}}}}, CodeBadUserInput, "or[0].inState.filter.decile"},
		{"a third state", Filter{InState: &InState{State: "x", Filter: Filter{Not: &Filter{InState: &InState{State: "y"}}}}}, CodeBadUserInput, "inState.filter.not.inState"},
		{"no region", in(Spatial{}), CodeBadUserInput, "where"},
		{"two regions", in(Spatial{BBox: &BBox{}, CoveredBy: square}), CodeBadUserInput, "where"},
		{"a box", box(106, -2, 107, -1), "", ""},
		{"a box of one point", box(106, -2, 106, -2), "", ""},
		{"a box across the antimeridian", box(179, -2, -179, -1), "", ""},
		{"a box upside down", box(106, -1, 107, -2), CodeInvalidGeometry, "where.bbox"},
		{"a box off the globe, west", box(-180.1, 0, 0, 0), CodeInvalidGeometry, "where.bbox.west"},
		{"a box off the globe, east", box(0, 0, nan, 0), CodeInvalidGeometry, "where.bbox.east"},
		{"a box off the globe, south", box(0, -91, 0, 0), CodeInvalidGeometry, "where.bbox.south"},
		{"a box off the globe, north", box(0, 0, 0, math.Inf(1)), CodeInvalidGeometry, "where.bbox.north"},
		{"a disc", near(106, -2, 0.5), "", ""},
		{"the widest disc", near(180, -90, MaxRadiusMeters), "", ""},
		{"a disc of nothing", near(106, -2, 0), CodeBadUserInput, "where.near.radiusMeters"},
		{"a disc of no number", near(106, -2, nan), CodeBadUserInput, "where.near.radiusMeters"},
		{"a disc around more than the Earth", near(106, -2, MaxRadiusMeters+1), CodeBadUserInput, "where.near.radiusMeters"},
		{"a disc at no longitude", near(181, -2, 1), CodeInvalidGeometry, "where.near.point.longitude"},
		{"a disc at swapped coordinates", near(-2, 106, 1), CodeInvalidGeometry, "where.near.point.latitude"},
		{"a polygon", in(Spatial{CoveredBy: square}), "", ""},
		{"a multipolygon", in(Spatial{CoveredBy: orb.MultiPolygon{square}}), "", ""},
		{"a point for a polygon", in(Spatial{CoveredBy: orb.Point{106, -2}}), CodeInvalidGeometry, "where.coveredBy"},
		{"a polygon that crosses itself", in(Spatial{CoveredBy: bowTie}), CodeInvalidGeometry, "where.coveredBy"},
		{"a polygon off the globe", in(Spatial{CoveredBy: orb.MultiPolygon{far}}), CodeInvalidGeometry, "where.coveredBy"},
		{"an area list too long", Filter{Areas: repeat(AreaCode("19"), MaxFilterList+1)}, CodeComplexity, "areas"},
		{"an area list just short enough", Filter{Areas: repeat(AreaCode("19"), MaxFilterList)}, "", ""},
		{"a programme list too long", Filter{Not: &Filter{NotEnrolledIn: repeat("PKH", MaxFilterList+1)}}, CodeComplexity, "not.notEnrolledIn"},
		{"as many filters as there may be", Filter{Or: make([]Filter, MaxFilterNodes-1)}, "", ""},
		{"too many filters", Filter{Or: make([]Filter, MaxFilterNodes)}, CodeComplexity, "or[63]"},
		{"as deep as may be", nested(MaxFilterDepth), "", ""},
		{"too deep", nested(MaxFilterDepth + 1), CodeComplexity, strings.TrimSuffix(strings.Repeat("not.", MaxFilterDepth+1), ".")},
		{"too many vertices", in(Spatial{CoveredBy: comb(MaxGeometryVertices)}), CodeComplexity, "where.coveredBy"},
		{"too many vertices together", Filter{Or: []Filter{in(Spatial{CoveredBy: comb(6000)}), in(Spatial{CoveredBy: comb(6000)})}}, CodeComplexity, "or[1].where.coveredBy"},
	} {
		wantError(t, c.name, c.filter.Check(), c.code, c.field)
	}
}

func repeat[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func nested(depth int) (f Filter) {
	for range depth {
		inner := f
		f = Filter{Not: &inner}
	}
	return f
}

// comb is a valid polygon with more than n vertices.
func comb(n int) orb.Polygon {
	ring := orb.Ring{{0, 0}}
	for i := range n {
		ring = append(ring, orb.Point{float64(i+1) / float64(n), 1 + float64(i%2)})
	}
	return orb.Polygon{append(ring, orb.Point{1, 0}, orb.Point{0, 0})}
}

// The fault itself is the cause, with its place, for whoever wants to show it on a map.
func TestGeometryFaultIsTheCause(t *testing.T) {
	bowTie := orb.Polygon{{{106, -2}, {107, -1}, {107, -2}, {106, -1}, {106, -2}}}
	var fault *geo.Fault
	if err := Under("where", CheckRegion(bowTie)); !errors.As(err, &fault) || fault.At != (orb.Point{106.5, -1.5}) {
		t.Errorf("fault %+v of %v", fault, err)
	}
}

func TestFilterWalkAndJoin(t *testing.T) {
	f := Filter{And: []Filter{{Not: &Filter{}}}, Or: []Filter{{}, {And: []Filter{{EligibleFor: "PKH"}}}}, Not: &Filter{}}
	var paths []string
	_ = f.Walk(func(path string, _ *Filter) error { paths = append(paths, path); return nil })
	if got, want := strings.Join(paths, " "), " and[0] and[0].not or[0] or[1] or[1].and[0] not"; got != want {
		t.Errorf("visited %q, want %q", got, want)
	}
	if !f.UsesEligibility() || (&Filter{}).UsesEligibility() {
		t.Error("a rule deep inside is missed, or one found where there is none")
	}
	a, b := Filter{Decile: ranged(1, 4)}, Filter{Members: least(3)}
	for want, got := range map[string]Filter{"every household": Join(nil, nil), "decile 1–4": Join(&a, nil), "at least 3 members": Join(nil, &b),
		"decile 1–4 and at least 3 members": Join(&a, &b)} {
		if got.String() != want {
			t.Errorf("joined to %q, want %q", got, want)
		}
	}
}
