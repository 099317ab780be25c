package registry

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestDatasetCheckFilter(t *testing.T) {
	index, err := NewAreas([]Area{{Code: "19"}, {Code: "19.71", Boundary: orb.MultiPolygon{{{{106, -2.3}, {106.3, -2.3}, {106.3, -2}, {106, -2}, {106, -2.3}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Dataset{State: State{Edition: Edition{ID: "2025-q3"}}, Areas: index, Programs: []Program{{Code: "BPNT"}, {Code: "PKH"}}}
	// 80 degrees east is beside the city only when the axes are swapped.
	near := func(lon, lat float64) Filter { return in(Spatial{Near: &Near{Position{lon, lat}, 10}}) }
	for _, c := range []struct {
		name   string
		filter *Filter
		code   Code
		field  string
	}{
		{"no filter", nil, "", ""},
		{"what exists", &Filter{Areas: []AreaCode{"19.71", "19"}, EnrolledIn: []string{"PKH"}, NotEnrolledIn: []string{"BPNT"}, EligibleFor: "PKH"}, "", ""},
		{"an unknown area", &Filter{Areas: []AreaCode{"19.71", "19.72"}}, CodeNotFound, "areas[1]"},
		{"an unknown programme to be in", &Filter{Or: []Filter{{EnrolledIn: []string{"PKH", "X"}}}}, CodeNotFound, "or[0].enrolledIn"},
		{"an unknown programme not to be in", &Filter{Not: &Filter{NotEnrolledIn: []string{"X"}}}, CodeNotFound, "not.notEnrolledIn"},
		{"an unknown programme to be eligible for", &Filter{And: []Filter{{EligibleFor: "X"}}}, CodeNotFound, "and[0].eligibleFor"},
		{"what Check finds", &Filter{Decile: ranged(2, 1)}, CodeBadUserInput, "decile"},
		{"a disc elsewhere", func() *Filter { f := near(10, 20); return &f }(), "", ""},
	} {
		wantError(t, c.name, d.CheckFilter(c.filter), c.code, c.field)
	}
	if i, ok := d.Program("PKH"); !ok || i != 1 {
		t.Errorf("PKH is found at %d, %v", i, ok)
	}
}

// Only a city near enough to the equator's and Greenwich's diagonal has swapped coordinates that are still on the globe.
func TestSwappedAxes(t *testing.T) {
	index, err := NewAreas([]Area{{Code: "19", Boundary: orb.MultiPolygon{{{{40, 10}, {41, 10}, {41, 11}, {40, 11}, {40, 10}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Dataset{Areas: index}
	swapped := orb.Polygon{{{10.2, 40.2}, {10.8, 40.2}, {10.8, 40.8}, {10.2, 40.2}}}
	for _, c := range []struct {
		name   string
		filter Filter
		code   Code
		field  string
	}{
		{"a disc in the city", in(Spatial{Near: &Near{Position{40.5, 10.5}, 10}}), "", ""},
		{"a disc with axes swapped", in(Spatial{Near: &Near{Position{10.5, 40.5}, 10}}), CodeInvalidGeometry, "where.near.point"},
		{"a polygon with axes swapped", Filter{Or: []Filter{in(Spatial{CoveredBy: swapped})}}, CodeInvalidGeometry, "or[0].where.coveredBy"},
		{"a polygon far from either", in(Spatial{CoveredBy: orb.Polygon{{{70, 1}, {71, 1}, {71, 2}, {70, 1}}}}), "", ""},
		{"a polygon around both", in(Spatial{CoveredBy: orb.Polygon{{{0, 0}, {60, 0}, {60, 60}, {0, 60}, {0, 0}}}}), "", ""},
	} {
		wantError(t, c.name, d.CheckFilter(&c.filter), c.code, c.field)
	}
	nowhere, err := NewAreas(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Dataset{Areas: nowhere}).CheckNotSwapped(swapped.Bound()); err != nil {
		t.Errorf("without a map: %v", err)
	}
}
