package demo

import (
	"math"
	"math/bits"
	"testing"

	"kantong/internal/registry"
)

// The shape of the problem: what a planner should be able to find in the synthetic city.

func TestPoorHouseholdsAreDeprivedOfMore(t *testing.T) {
	var n, sx, sy, sxx, syy, sxy float64
	for h := range newCity(t, 24_000, 1).Households() {
		if h.Decile == registry.UnknownInt {
			continue
		}
		x, y := float64(h.Decile), float64(bits.OnesCount32(uint32(h.Deprived)))
		n, sx, sy, sxx, syy, sxy = n+1, sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
	}
	r := (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
	t.Logf("correlation of decile and number of deprivations: %.3f", r)
	if r > -0.3 {
		t.Errorf("correlation of decile and number of deprivations: %.3f", r)
	}
}

func TestEveryKecamatanHasItsCharacter(t *testing.T) {
	counts, households := map[registry.AreaCode]*[registry.DeprivationCount]int{}, map[registry.AreaCode]int{}
	for h := range newCity(t, 24_000, 1).Households() {
		k := h.Area.Parent()
		if counts[k] == nil {
			counts[k] = new([registry.DeprivationCount]int)
		}
		households[k]++
		for _, d := range h.Deprived.List() {
			counts[k][d]++
		}
	}
	for _, c := range []struct {
		d    registry.Deprivation
		most registry.AreaCode
	}{
		{registry.WeakWall, "19.71.01"}, {registry.UnfitRoof, "19.71.01"}, {registry.NoSavings, "19.71.01"},
		{registry.Crowded, "19.71.02"}, {registry.NoHealthInsurance, "19.71.02"},
		{registry.UnsafeWater, "19.71.03"}, {registry.UnimprovedSanitation, "19.71.03"},
		{registry.Crowded, "19.71.04"}, {registry.NoHealthInsurance, "19.71.04"},
		{registry.EarthFloor, "19.71.05"}, {registry.SolidFuel, "19.71.05"}, {registry.LowPower, "19.71.05"},
		{registry.UnsafeWater, "19.71.06"},
		{registry.ChildOutOfSchool, "19.71.07"}, {registry.NoNineYearsSchooling, "19.71.07"},
	} {
		inside := float64(counts[c.most][c.d]) / float64(households[c.most])
		city, n := 0, 0
		for k := range counts {
			city += counts[k][c.d]
			n += households[k]
		}
		if all := float64(city) / float64(n); inside < 1.12*all {
			t.Errorf("%s: %.3f in %s, %.3f in the city", c.d, inside, c.most, all)
		}
	}
}

func TestSomethingIsAlwaysUnknown(t *testing.T) {
	const n = 24_000
	undecided, surveyed := 0, 0
	var unknown [registry.DeprivationCount]int
	var poor int
	for h := range newCity(t, n, 1).Households() {
		if h.Decile == registry.UnknownInt {
			undecided++
		}
		if h.Expenditure != registry.UnknownInt {
			surveyed++
			if h.Expenditure < povertyLineRupiah {
				poor++
			}
		}
		for d := range registry.Unserved {
			if !h.Known.Has(d) {
				unknown[d]++
			}
		}
	}
	share := func(k int) float64 { return float64(k) / n }
	if s := share(undecided); s < 0.01 || s > 0.03 {
		t.Errorf("%.3f are unranked", s)
	}
	if s := share(surveyed); s < 0.03 || s > 0.05 {
		t.Errorf("%.3f were surveyed", s)
	}
	if s := float64(poor) / float64(surveyed); s < 0.1 || s > 0.35 {
		t.Errorf("%.3f of the surveyed are below the line", s)
	}
	for d, k := range unknown[:registry.Unserved] { // UNSERVED follows from enrolments
		if s := share(k); s == 0 || s > 0.045 {
			t.Errorf("%s is unknown for %.4f", registry.Deprivation(d), s)
		}
	}
}
