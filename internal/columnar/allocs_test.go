package columnar

import (
	"context"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// TestNoAllocationByRow asks the same questions of a small and of a larger city: what is allocated must not grow with the
// households, and what grows with the answer is the answer.
func TestNoAllocationByRow(t *testing.T) {
	small, large := newBigCity(t, 2_000, 9).build(t), newBigCity(t, 40_000, 9).build(t)
	one, two := 1, 2
	rt := "003"
	some := &registry.IntRange{Min: &one}
	ring := orb.Ring{{106, -2.3}, {106.02, -2.3}, {106.03, -2.27}, {106.01, -2.28}, {106, -2.3}}
	filters := map[string]registry.Filter{
		"numbers and places": {Members: some, UnderFive: some, RT: &rt},
		"sets":               {Decile: &registry.IntRange{Max: &two}, DeprivedIn: []registry.Deprivation{registry.Unserved, 3}, NotEnrolledIn: []string{"PKH"}, HeadSex: registry.SexMale},
		"scores":             {KnownIn: []registry.Deprivation{1, registry.Unserved}, Score: &registry.Score{Of: []registry.Deprivation{0, 2, registry.Unserved}, Weights: []int64{3, 2, 1}, AtLeast: 3}},
		"box":                {Where: &registry.Spatial{BBox: &registry.BBox{West: 106, South: -2.3, East: 106.02, North: -2.28}}},
		"polygon":            {Where: &registry.Spatial{CoveredBy: orb.Polygon{ring}}},
		"disc":               {Where: &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: 106.01, Latitude: -2.29}, RadiusMeters: 900}}},
		"nested":             {Or: []registry.Filter{{Elderly: some}, {Not: &registry.Filter{Areas: []registry.AreaCode{"19.01.01.1003"}}}}, Not: &registry.Filter{Decile: some}},
		"rule":               {EligibleFor: "PKH"},
	}
	for name, f := range filters {
		t.Run(name, func(t *testing.T) {
			queries := []registry.SummaryQuery{{Filter: f, Measures: registry.MeasureAll, Lines: []int64{500_000}, By: []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKelurahan}, {Kind: registry.ByDecile}}}}
			if s, l := allocations(t, small, queries), allocations(t, large, queries); l > s+8 {
				t.Errorf("%v allocations on 2 000 households, %v on 40 000", s, l)
			}
		})
	}
}

func allocations(t *testing.T, e *Engine, q []registry.SummaryQuery) float64 {
	return testing.AllocsPerRun(5, func() {
		if _, err := e.Summarise(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	})
}
