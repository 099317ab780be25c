package poverty

import (
	"math"
	"math/rand/v2"
	"testing"

	"kantong/internal/registry"
)

func tally(households int64) registry.Tally { return registry.Tally{Households: households} }

// equalHouseholds are of two people each, so many of them with half of a line of 100 and the others with twice as much.
func equalHouseholds(poor, others int) (list []registry.Household) {
	for range poor {
		list = append(list, of(2, 50))
	}
	for range others {
		list = append(list, of(2, 200))
	}
	return list
}

func TestIntervals(t *testing.T) {
	const z = 1.6448536269514722
	near := func(t *testing.T, got Interval, lower, upper float64) {
		t.Helper()
		if got.Lower.Status != registry.Exact || got.Upper.Status != registry.Exact ||
			math.Abs(got.Lower.Value-lower) > 1e-9 || math.Abs(got.Upper.Value-upper) > 1e-9 {
			t.Errorf("%+v, want %g to %g", got, lower, upper)
		}
	}
	t.Run("of a sample of many", func(t *testing.T) {
		// 3 poor of 10, all households alike, so n is 10: Wilson's interval by his formula, and s/√n around the means.
		m := FGT(sums(100, equalHouseholds(3, 7)), tally(1e15))
		middle, half := (0.3+z*z/20)/(1+z*z/10), z*math.Sqrt(0.3*0.7/10+z*z/400)/(1+z*z/10)
		near(t, m.HeadcountInterval, middle-half, middle+half)
		half = z * math.Sqrt((0.3*0.25-0.15*0.15)/10)
		near(t, m.GapInterval, 0.15-half, 0.15+half)
		half = z * math.Sqrt((0.3*0.0625-0.075*0.075)/10)
		near(t, m.SeverityInterval, 0.075-half, 0.075+half)
	})
	t.Run("of half of all", func(t *testing.T) {
		m := FGT(sums(100, equalHouseholds(3, 7)), tally(20)) // as of twice as many
		middle, half := (0.3+z*z/40)/(1+z*z/20), z*math.Sqrt(0.3*0.7/20+z*z/1600)/(1+z*z/20)
		near(t, m.HeadcountInterval, middle-half, middle+half)
		half = z * math.Sqrt((0.3*0.25-0.15*0.15)/20)
		near(t, m.GapInterval, 0.15-half, 0.15+half)
	})
	t.Run("of a census", func(t *testing.T) {
		m := measuresOf(100, equalHouseholds(3, 7))
		for _, pair := range [][2]Interval{
			{m.HeadcountInterval, {m.Headcount, m.Headcount}}, {m.GapInterval, {m.Gap, m.Gap}}, {m.SeverityInterval, {m.Severity, m.Severity}},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%+v, want %+v", pair[0], pair[1])
			}
		}
	})
	t.Run("unequal households are fewer", func(t *testing.T) {
		// (9+1+1+1)² / (81+1+1+1) = 144/84 households of equal size.
		m := FGT(sums(100, []registry.Household{of(9, 50), of(1, 200), of(1, 200), of(1, 200)}), tally(1e15))
		half := z * math.Sqrt((0.75*0.25-0.375*0.375)*84/144)
		near(t, m.GapInterval, max(0, 0.375-half), 0.375+half)
	})
	t.Run("within 0 and 1", func(t *testing.T) {
		one := FGT(sums(100, []registry.Household{of(1, 0), of(1, 0), of(1, 95)}), tally(1000))
		if one.GapInterval.Upper.Value != 1 || one.HeadcountInterval.Upper.Value != 1 || one.HeadcountInterval.Lower.Value < 0.4 {
			t.Errorf("%+v", one)
		}
	})
	t.Run("none of the surveyed is poor", func(t *testing.T) {
		m := FGT(sums(100, equalHouseholds(0, 10)), tally(1000))
		if m.HeadcountInterval.Lower.Value != 0 || m.HeadcountInterval.Upper.Value < 0.1 || m.GapInterval != m.HeadcountInterval || m.SeverityInterval != m.HeadcountInterval {
			t.Errorf("%+v", m)
		}
	})
	t.Run("one household tells nothing about others", func(t *testing.T) {
		m := FGT(sums(100, equalHouseholds(1, 0)), tally(10))
		if m.Headcount.Value != 1 || m.HeadcountInterval != noInterval(registry.UnknownFigure) || m.SeverityInterval != noInterval(registry.UnknownFigure) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("nobody at all", func(t *testing.T) {
		if m := FGT(registry.Poverty{LineRupiah: 100}, tally(10)); m.GapInterval != noInterval(registry.UnknownFigure) {
			t.Errorf("%+v", m)
		}
	})
}

func TestProtectedIntervals(t *testing.T) {
	perturbed := func(p registry.Poverty) registry.Poverty {
		p.Base.Status, p.Poor.Status = registry.Perturbed, registry.Perturbed
		return p
	}
	all := registry.Tally{Households: 1000, Status: registry.Perturbed}
	t.Run("three decimals, outward", func(t *testing.T) {
		for poor := 20; poor < 80; poor += 6 { // an even number: then no measure needs rounding itself
			p := sums(100, equalHouseholds(poor, 100-poor))
			m, exact := FGT(perturbed(p), all), FGT(p, tally(1000))
			for _, pair := range [][2]Interval{{m.HeadcountInterval, exact.HeadcountInterval}, {m.GapInterval, exact.GapInterval}, {m.SeverityInterval, exact.SeverityInterval}} {
				want := Interval{registry.Rate{Value: math.Floor(pair[1].Lower.Value*1000) / 1000, Status: registry.Perturbed},
					registry.Rate{Value: math.Ceil(pair[1].Upper.Value*1000) / 1000, Status: registry.Perturbed}}
				if pair[0] != want {
					t.Errorf("%d poor: %+v, want %+v", poor, pair[0], want)
				}
			}
		}
	})
	t.Run("as fine as the published measures tell", func(t *testing.T) {
		// Two gaps that are published as the same must not be told apart by the middle of their intervals.
		p := perturbed(sums(100, equalHouseholds(30, 70)))
		before := FGT(p, all)
		p.Gap += p.Gap / 1000
		if after := FGT(p, all); after.Gap != before.Gap || after.GapInterval.Lower != before.GapInterval.Lower {
			t.Errorf("%+v, before %+v", after, before)
		}
	})
	t.Run("noise makes more surveyed than there are", func(t *testing.T) {
		m := FGT(perturbed(sums(100, equalHouseholds(30, 70))), registry.Tally{Households: 97, Status: registry.Perturbed})
		if i := m.HeadcountInterval; i.Lower.Value > 0.3 || i.Upper.Value < 0.3 || i.Upper.Value-i.Lower.Value > 0.0021 {
			t.Errorf("%+v", i)
		}
	})
	t.Run("noise makes people of nobody's size", func(t *testing.T) {
		p := perturbed(sums(100, equalHouseholds(30, 70)))
		p.MembersSquared = 0
		if m := FGT(p, all); m.HeadcountInterval != FGT(perturbed(sums(100, equalHouseholds(30, 70))), all).HeadcountInterval {
			t.Errorf("%+v", m.HeadcountInterval)
		}
	})
	t.Run("what is withheld has no interval", func(t *testing.T) {
		p := perturbed(sums(100, equalHouseholds(30, 70)))
		if m := FGT(p, registry.Tally{Status: registry.Suppressed}); m.Headcount.Status != registry.Perturbed || m.GapInterval != noInterval(registry.Suppressed) {
			t.Errorf("%+v", m)
		}
		p.Poor = registry.Tally{Status: registry.Suppressed}
		if m := FGT(p, all); m.HeadcountInterval != noInterval(registry.Suppressed) || m.SeverityInterval != noInterval(registry.Suppressed) {
			t.Errorf("%+v", m)
		}
	})
}

// TestCoverage draws samples of a finite population, in which large households are poorer, and counts how often the
// intervals hold the measures of all.
func TestCoverage(t *testing.T) {
	const (
		households = 1200
		line       = 900_000
		draws      = 2000
	)
	r := rand.New(rand.NewPCG(20, 25))
	population := make([]registry.Household, households)
	for i := range population {
		members := 1 + r.IntN(4) + r.IntN(4)
		population[i] = of(members, int64(1_800_000*math.Exp(0.6*r.NormFloat64()-0.08*float64(members))))
	}
	truth := measuresOf(line, population)
	t.Logf("P0 %.3f, P1 %.3f, P2 %.3f", truth.Headcount.Value, truth.Gap.Value, truth.Severity.Value)
	for _, surveyed := range []int{150, 400, 900} {
		var held [3]int
		for range draws {
			for i := range surveyed { // the first of a shuffled list
				j := i + r.IntN(households-i)
				population[i], population[j] = population[j], population[i]
			}
			m := FGT(sums(line, population[:surveyed]), tally(households))
			for k, c := range [3]struct {
				interval Interval
				truth    registry.Rate
			}{{m.HeadcountInterval, truth.Headcount}, {m.GapInterval, truth.Gap}, {m.SeverityInterval, truth.Severity}} {
				if c.interval.Lower.Value <= c.truth.Value && c.truth.Value <= c.interval.Upper.Value {
					held[k]++
				}
			}
		}
		for k, n := range held {
			share := float64(n) / draws
			t.Logf("%d surveyed: P%d held in %.1f %%", surveyed, k, share*100)
			if share < 0.86 || share > 0.94 {
				t.Errorf("%d surveyed: the interval of P%d holds it in %.1f %% of draws, want 86 to 94 %%", surveyed, k, share*100)
			}
		}
	}
}
