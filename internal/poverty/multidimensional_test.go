package poverty

import (
	"math"
	"math/rand/v2"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// cells are those of an index of two indicators, in people: everybody, judged, poor, and of the poor those deprived in
// each. There are half as many households.
func cells(status registry.FigureStatus, everybody, judged, poor, first, second int64) (all, base, of registry.Cell) {
	tally := func(people int64) registry.Tally {
		return registry.Tally{Households: people / 2, People: people, Status: status}
	}
	of.Deprived = make([]registry.Tally, registry.DeprivationCount)
	of.Deprived[indicators[0]], of.Deprived[indicators[1]] = tally(first), tally(second)
	all.Total, base.Total, of.Total = tally(everybody), tally(judged), tally(poor)
	return all, base, of
}

func twoIndicators(t *testing.T) registry.Score {
	t.Helper()
	s, err := NewIndex(indicators[:2], []float64{3, 1}, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMultidimensional(t *testing.T) {
	index := twoIndicators(t)
	rate := func(x float64) registry.Rate { return registry.Rate{Value: x} }
	unknown, hidden := registry.Rate{Status: registry.UnknownFigure}, registry.Rate{Status: registry.Suppressed}
	check := func(t *testing.T, f Figures, h, a, m0, lowest, highest registry.Rate) {
		t.Helper()
		for what, pair := range map[string][2]registry.Rate{"H": {f.HeadcountRatio, h}, "A": {f.Intensity, a}, "M0": {f.AdjustedHeadcount, m0},
			"the lower bound": {f.LowestHeadcountRatio, lowest}, "the upper bound": {f.HighestHeadcountRatio, highest}} {
			if pair[0] != pair[1] {
				t.Errorf("%s is %+v, want %+v", what, pair[0], pair[1])
			}
		}
	}
	each := func(t *testing.T, what string, list []registry.Rate, want ...registry.Rate) {
		t.Helper()
		for j := range want {
			if list[j] != want[j] {
				t.Errorf("%s %d is %+v, want %+v", what, j, list[j], want[j])
			}
		}
	}
	of := func(status registry.FigureStatus, everybody, judged, poor, first, second int64) Figures {
		all, base, cell := cells(status, everybody, judged, poor, first, second)
		return Multidimensional(index, all, base, cell)
	}
	t.Run("weighted by people", func(t *testing.T) {
		f := of(registry.Exact, 100, 80, 20, 20, 8)
		check(t, f, rate(0.25), rate(0.85), rate(0.2125), rate(0.2), rate(0.4))
		each(t, "censored headcount", f.Censored, rate(0.25), rate(0.1))
		each(t, "contribution", f.Contributions, rate(15.0/17), rate(2.0/17))
		if want := (registry.Tally{Households: 10, People: 20}); f.LeftOut != want || f.Judged.Households != 40 || f.Poor.Households != 10 {
			t.Errorf("%+v left out of %+v, poor %+v", f.LeftOut, f.Judged, f.Poor)
		}
	})
	t.Run("nobody poor", func(t *testing.T) {
		f := of(registry.Exact, 100, 80, 0, 0, 0)
		check(t, f, rate(0), unknown, rate(0), rate(0), rate(0.2))
		each(t, "censored headcount", f.Censored, rate(0), rate(0))
		each(t, "contribution", f.Contributions, unknown, unknown)
	})
	t.Run("nobody judged", func(t *testing.T) {
		f := Multidimensional(index, registry.Cell{Total: registry.Tally{Households: 3, People: 9}}, registry.Cell{}, registry.Cell{})
		check(t, f, unknown, unknown, unknown, unknown, unknown)
		each(t, "censored headcount", f.Censored, unknown, unknown)
		each(t, "contribution", f.Contributions, unknown, unknown)
		if f.LeftOut != (registry.Tally{Households: 3, People: 9}) {
			t.Errorf("%+v left out", f.LeftOut)
		}
	})
	t.Run("nobody at all", func(t *testing.T) {
		check(t, Multidimensional(index, registry.Cell{}, registry.Cell{}, registry.Cell{}), unknown, unknown, unknown, unknown, unknown)
	})
	t.Run("the poor are withheld", func(t *testing.T) {
		all, base, poor := cells(registry.Perturbed, 100, 80, 0, 0, 0)
		poor.Total.Status, poor.Deprived[indicators[0]].Status, poor.Deprived[indicators[1]].Status = registry.Suppressed, registry.Suppressed, registry.Suppressed
		f := Multidimensional(index, all, base, poor)
		check(t, f, hidden, hidden, hidden, hidden, hidden)
		each(t, "censored headcount", f.Censored, hidden, hidden)
		each(t, "contribution", f.Contributions, hidden, hidden)
		if f.LeftOut.Households != 10 || f.LeftOut.Status != registry.Perturbed {
			t.Errorf("%+v left out", f.LeftOut)
		}
	})
	t.Run("one indicator is withheld", func(t *testing.T) {
		all, base, poor := cells(registry.Perturbed, 100, 80, 20, 20, 0)
		poor.Deprived[indicators[1]].Status = registry.Suppressed
		f := Multidimensional(index, all, base, poor)
		protected := func(x float64) registry.Rate { return registry.Rate{Value: x, Status: registry.Perturbed} }
		check(t, f, protected(0.25), hidden, hidden, protected(0.2), protected(0.4))
		each(t, "censored headcount", f.Censored, protected(0.25), hidden)
		each(t, "contribution", f.Contributions, hidden, hidden)
	})
	t.Run("everybody is withheld", func(t *testing.T) {
		all, base, poor := cells(registry.Perturbed, 0, 80, 20, 20, 8)
		all.Total.Status = registry.Suppressed
		f := Multidimensional(index, all, base, poor)
		if f.HeadcountRatio.Status != registry.Perturbed || f.LowestHeadcountRatio != hidden || f.HighestHeadcountRatio != hidden || f.LeftOut != (registry.Tally{Status: registry.Suppressed}) {
			t.Errorf("%+v", f)
		}
	})
}

// TestInconsistentCells: noise may make more poor than judged, and more judged than there are; no figure is impossible.
func TestInconsistentCells(t *testing.T) {
	index := twoIndicators(t)
	r := rand.New(rand.NewPCG(3, 4))
	thousandth := func(x float64) bool { return math.Abs(x*1000-math.Round(x*1000)) < 1e-9 }
	for range 20_000 {
		f := Multidimensional(func() (registry.Score, registry.Cell, registry.Cell, registry.Cell) {
			all, base, poor := cells(registry.Perturbed, r.Int64N(60), 1+r.Int64N(60), r.Int64N(60), r.Int64N(60), r.Int64N(60))
			return index, all, base, poor
		}())
		sum := 0.0
		for _, x := range f.Contributions {
			sum += x.Value
		}
		for _, x := range append([]registry.Rate{f.HeadcountRatio, f.Intensity, f.AdjustedHeadcount, f.LowestHeadcountRatio, f.HighestHeadcountRatio}, append(f.Censored, f.Contributions...)...) {
			if !(x.Value >= 0 && x.Value <= 1) || !thousandth(x.Value) || x.Status != registry.Perturbed && (x.Status != registry.UnknownFigure || x.Value != 0) {
				t.Fatalf("%+v in %+v", x, f)
			}
		}
		switch {
		case f.Contributions[0].Status.HasValue() && math.Abs(sum-1) > 1e-9:
			t.Fatalf("contributions add up to %g: %+v", sum, f)
		case f.LowestHeadcountRatio.Value > f.HeadcountRatio.Value, f.HeadcountRatio.Value > f.HighestHeadcountRatio.Value:
			t.Fatalf("H is not between its bounds: %+v", f)
		case f.AdjustedHeadcount.Value > f.HeadcountRatio.Value, f.Censored[0].Value > f.HeadcountRatio.Value:
			t.Fatalf("a part of the poor is more than them: %+v", f)
		case f.LeftOut.Households < 0 || f.LeftOut.People < 0:
			t.Fatalf("%+v", f)
		}
	}
}

// plain are the figures of some households by the definition, in floats.
type plain struct {
	all, judged, poor, m0 float64
	censored              []float64
	households, left      int64
}

func (p *plain) add(h *registry.Household, known, deprived registry.DeprivationSet, of []registry.Deprivation, weights []float64, cutoff float64) {
	people := max(0, float64(h.Members))
	p.all += people
	sum, score := 0.0, 0.0
	for j, d := range of {
		if !known.Has(d) {
			p.left++
			return
		}
		sum += weights[j]
		if deprived.Has(d) {
			score += weights[j]
		}
	}
	p.households++
	p.judged += people
	if score/sum < cutoff-1e-9 {
		return
	}
	p.poor += people
	p.m0 += people * score / sum
	for j, d := range of {
		if deprived.Has(d) {
			p.censored[j] += people
		}
	}
}

// TestFiguresOfCities compares random indexes over random cities, by filter and split, with a plain loop over households.
func TestFiguresOfCities(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	cellsSeen, withPoor, withLeft := 0, 0, 0
	for seed := range uint64(3) {
		d, records, enrolments := storetest.City(seed, 700)
		active := map[registry.HouseholdID]bool{}
		for _, e := range enrolments {
			active[e.Household] = active[e.Household] || e.Status == registry.EnrolmentActive
		}
		both := engines(t, d, records, enrolments)
		for range 40 {
			of := make([]registry.Deprivation, 0, 6)
			for _, x := range r.Perm(registry.DeprivationCount)[:1+r.IntN(6)] {
				of = append(of, registry.Deprivation(x))
			}
			weights := make([]float64, len(of))
			for j := range weights {
				weights[j] = float64(1 + r.IntN(4)) // so that households reach a cutoff exactly
			}
			cutoff := []float64{1.0 / 3, 0.5, 0.25, 1, 1 - r.Float64()}[r.IntN(5)]
			index, err := NewIndex(of, weights, cutoff)
			if err != nil {
				t.Fatal(err)
			}
			most := 1 + r.IntN(12)
			filter := []registry.Filter{{}, {HeadSex: registry.SexFemale}, {Members: &registry.IntRange{Max: &most}}}[r.IntN(3)]
			by := [][]registry.Dimension{nil, {registry.AreasOf(registry.LevelKelurahan)}, {{Kind: registry.BySex}, {Kind: registry.ByDecile}}, {registry.HexesOf(1000)}}[r.IntN(4)]
			hexes := by != nil && by[0].Kind == registry.ByHex
			want := map[registry.Key]*plain{}
			for i := range records {
				h := &records[i].Household
				if filter.HeadSex != registry.SexUnknown && h.HeadSex != filter.HeadSex || filter.Members != nil && !filter.Members.Contains(h.Members) {
					continue
				}
				var key registry.Key
				switch {
				case hexes && h.Located:
					key.Hex = d.HexGrid(1000).Cell(h.Point.Point())
				case hexes:
					key.NoHex = true
				case len(by) == 1:
					key.Area = h.Area
				case len(by) == 2:
					key.Sex, key.Decile = h.HeadSex, max(0, h.Decile)
				}
				known, deprived := h.Known, h.Deprived
				if h.Decile != registry.UnknownInt {
					known = known.With(registry.Unserved)
					if h.Decile <= 4 && !active[h.ID] {
						deprived = deprived.With(registry.Unserved)
					}
				}
				if want[key] == nil {
					want[key] = &plain{censored: make([]float64, len(of))}
				}
				want[key].add(h, known, deprived, of, weights, cutoff)
			}
			for name, e := range both {
				got := figuresOf(t, e, index, filter, by...)
				for key, f := range got {
					p := want[key]
					if p == nil {
						p = &plain{censored: make([]float64, len(of))}
					}
					p.check(t, name+" "+index.String(), f, index, weights)
					cellsSeen++
					if p.poor > 0 && p.left > 0 {
						withPoor++
					}
					if p.left > 0 && p.judged == 0 {
						withLeft++
					}
				}
				for key := range want {
					if _, ok := got[key]; !ok {
						t.Errorf("%s: no cell of %+v", name, key)
					}
				}
			}
		}
	}
	t.Logf("%d cells, %d with poor and left out, %d with nobody judged", cellsSeen, withPoor, withLeft)
	if withPoor < 500 || withLeft < 50 {
		t.Error("the cities test too little")
	}
}

func (p *plain) check(t *testing.T, what string, f Figures, index registry.Score, weights []float64) {
	t.Helper()
	near := func(name string, got registry.Rate, part, whole float64) {
		t.Helper()
		switch {
		case whole == 0 && got == registry.Rate{Status: registry.UnknownFigure}:
		case whole == 0, got.Status != registry.Exact, !(math.Abs(got.Value-part/whole) <= 2e-11):
			t.Errorf("%s: %s is %+v, want %g of %g", what, name, got, part, whole)
		}
	}
	bounded := p.all
	if p.judged == 0 {
		bounded = 0
	}
	near("H", f.HeadcountRatio, p.poor, p.judged)
	near("A", f.Intensity, p.m0, p.poor)
	near("M0", f.AdjustedHeadcount, p.m0, p.judged)
	near("the lower bound", f.LowestHeadcountRatio, p.poor, bounded)
	near("the upper bound", f.HighestHeadcountRatio, p.poor+p.all-p.judged, bounded)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	for j := range index.Of {
		near("a censored headcount", f.Censored[j], p.censored[j], p.judged)
		near("a contribution", f.Contributions[j], weights[j]/sum*p.censored[j], p.m0)
	}
	if f.Judged.Households != p.households || f.LeftOut.Households != p.left {
		t.Errorf("%s: %d judged and %d left out, want %d and %d", what, f.Judged.Households, f.LeftOut.Households, p.households, p.left)
	}
}
