package pockets

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func TestSurveyOfBlocksIsPlainLoops(t *testing.T) {
	var units [UnitKelurahan + 1]int
	var shown, hidden, suppressedShares int
	for seed := range uint64(4) {
		c := changed(t, 220+seed, 500, asItIs)
		v := c.byBlocks()
		for _, f := range []registry.Filter{{}, {Decile: &registry.IntRange{Max: new(5)}}, {Areas: []registry.AreaCode{"19.71.01", "19.71.02"}}} {
			q := Question{Filter: f, RadiusMeters: 250, MinHouseholds: 8}
			s := survey(t, v, q)
			points, err := v.Points(t.Context(), q.points(f))
			if err != nil {
				t.Fatal(err)
			}
			want := plainBlocks(points, q)
			if len(s.Pockets) != len(want) || !s.Blocks {
				t.Fatalf("%d pockets, want %d", len(s.Pockets), len(want))
			}
			numberOf := map[registry.HouseholdID]int{}
			for _, m := range s.members {
				numberOf[m.id] = m.pocket
			}
			profiles, err := s.Profiles(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			unreached, err := s.Unreached(t.Context(), "AB")
			if err != nil {
				t.Fatal(err)
			}
			for _, members := range want {
				number := numberOf[members[0].ID]
				p := s.Pockets[number]
				compareBlocks(t, p, members)
				compareProfiles(t, profiles[number], members, points)
				units[p.Unit]++
				wantMissed := plainTogether(t, registry.Filter{EligibleFor: "AB", NotEnrolledIn: []string{"AB"}}, 0, members).Total
				if unreached[number] != wantMissed {
					t.Fatalf("unreached %+v, want %+v", unreached[number], wantMissed)
				}
				if wantMissed.Status == registry.Suppressed {
					hidden++
				} else {
					shown++
				}
				for _, m := range profiles[number] {
					if m.Share.Status == registry.Suppressed {
						suppressedShares++
					}
				}
			}
			refused, err := s.Unreached(t.Context(), "Z9")
			for _, tally := range refused {
				if err != nil || tally != (registry.Tally{Status: registry.Suppressed}) {
					t.Fatalf("what a guard refuses: %+v, %v", tally, err)
				}
			}
		}
	}
	if units[UnitBlock] < 10 || units[UnitKelurahan] < 10 || shown < 10 || hidden < 10 || suppressedShares < 10 {
		t.Errorf("compared %v pockets by unit, %d with unreached and %d without, %d suppressed shares", units, shown, hidden, suppressedShares)
	}
}

func compareBlocks(t *testing.T, p *SurveyPocket, members []registry.WeightedPoint) {
	t.Helper()
	if p.Total != plainSum(members) || p.Core.Status != registry.UnknownFigure {
		t.Fatalf("total %+v, core %+v, want %+v and UNKNOWN", p.Total, p.Core, plainSum(members))
	}
	var inAreas registry.Tally
	for _, a := range p.Areas {
		of := slices.DeleteFunc(slices.Clone(members), func(m registry.WeightedPoint) bool { return m.Area != a.Area })
		if a.Total != plainSum(of) {
			t.Fatalf("%+v, want %+v", a, plainSum(of))
		}
		inAreas.Households += a.Total.Households
	}
	if inAreas.Households != p.Total.Households {
		t.Fatalf("%d households in areas, %d in all", inAreas.Households, p.Total.Households)
	}
	ground, err := p.Geometry(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	km2, err := p.AreaKm2(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want float64
	for _, m := range members {
		box, _ := m.Block.Geometry(t.Context())
		want += geo.AreaKm2(box)
		if shape, ok := ground.(orb.MultiPolygon); m.Located && (!ok || !geo.Covers(shape, m.Point)) {
			t.Fatalf("%T does not cover %v", ground, m.Point)
		}
	}
	if unit := p.Unit; members[0].Located != (unit == UnitBlock) || unit == UnitBlock && math.Abs(km2-want) > 1e-9 {
		t.Fatalf("unit %s of %g km², want %g", unit, km2, want)
	}
}

func compareProfiles(t *testing.T, profile []Mark, members, all []registry.WeightedPoint) {
	t.Helper()
	in, ofAll := plainTogether(t, registry.Filter{}, registry.MeasureDeprivations, members), plainTogether(t, registry.Filter{}, registry.MeasureDeprivations, all)
	if len(profile) != registry.DeprivationCount {
		t.Fatalf("a profile of %d deprivations", len(profile))
	}
	for d, mark := range profile {
		share, everybody := registry.Ratio(in.Deprived[d], in.Known[d]), registry.Ratio(ofAll.Deprived[d], ofAll.Known[d])
		lift := registry.Rate{Status: max(share.Status, everybody.Status)}
		switch {
		case lift.Status == registry.Perturbed && everybody.Value == 0:
			lift.Status = registry.UnknownFigure
		case lift.Status == registry.Perturbed:
			lift.Value = math.Round(share.Value/everybody.Value*1000) / 1000
		}
		if mark != (Mark{registry.Deprivation(d), share, lift}) {
			t.Fatalf("%+v, want %+v and %+v", mark, share, lift)
		}
	}
}

func TestGroundOfBlocksEndsWithItsContext(t *testing.T) {
	s := survey(t, changed(t, 221, 400, asItIs).byBlocks(), Question{RadiusMeters: 250, MinHouseholds: 8})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, p := range s.Pockets {
		if _, err := p.Geometry(ctx); (err != nil) != (p.Unit == UnitBlock) {
			t.Errorf("unit %s: %v", p.Unit, err)
		}
	}
}
