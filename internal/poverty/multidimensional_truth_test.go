package poverty

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"iter"
	"math"
	"os"
	"slices"
	"testing"

	"kantong/internal/columnar"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// indicators are conditions that households can be made to have one by one. UNSERVED follows from enrolments.
var indicators = []registry.Deprivation{registry.Unserved, registry.NoSavings, registry.NoNineYearsSchooling, registry.NoHealthInsurance, registry.ChildOutOfSchool,
	registry.StuntedChild, registry.EarthFloor, registry.UnsafeWater, registry.SolidFuel, registry.LowPower}

// deprivedHousehold is a household of which all indicators are known, and that is deprived in some; the i-th of a list.
func deprivedHousehold(t *testing.T, d *registry.Dataset, i, members int, deprived []bool) (registry.Record, []registry.Enrolment) {
	t.Helper()
	is := func(x registry.Deprivation) bool {
		at := slices.Index(indicators, x)
		return at < len(deprived) && deprived[at]
	}
	one := func(deprived bool, yes, no string) string {
		if deprived {
			return yes
		}
		return no
	}
	var id registry.HouseholdID
	binary.BigEndian.PutUint64(id[:], uint64(i+1))
	areas := d.Areas.Level(registry.LevelKelurahan)
	h := registry.NewHousehold(id, d.Areas.Area(areas[i%len(areas)]).Code)
	h.Members, h.Decile, h.PowerVA = members, 1, 900
	h.Savings, h.NineYearsSchooling, h.HealthInsured = registry.AnswerOf(!is(registry.NoSavings)), registry.AnswerOf(!is(registry.NoNineYearsSchooling)), registry.AnswerOf(!is(registry.NoHealthInsurance))
	h.Floor, h.Water, h.Fuel = one(is(registry.EarthFloor), "earth", "tile"), one(is(registry.UnsafeWater), "surface", "piped"), one(is(registry.SolidFuel), "wood", "gas")
	h.Persons[registry.SchoolAge], h.Persons[registry.OutOfSchool], h.Persons[registry.UnderFive], h.Persons[registry.Stunted] = 1, 0, 1, 0
	if is(registry.ChildOutOfSchool) {
		h.Persons[registry.OutOfSchool] = 1
	}
	if is(registry.StuntedChild) {
		h.Persons[registry.Stunted] = 1
	}
	if is(registry.LowPower) {
		h.PowerVA = 450
	}
	h.Derive()
	var enrolments []registry.Enrolment
	if !is(registry.Unserved) {
		enrolments = append(enrolments, registry.Enrolment{Household: id, Program: d.Programs[0].Code, Status: registry.EnrolmentActive, Persons: registry.UnknownInt, Rupiah: registry.UnknownInt})
	}
	return registry.Record{Household: h}, enrolments
}

func allOf[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// engines are those that answer from the same contents: the brute-force reference, and the one in memory.
func engines(t *testing.T, d *registry.Dataset, records []registry.Record, enrolments []registry.Enrolment) map[string]registry.Engine {
	t.Helper()
	byID := slices.SortedFunc(slices.Values(records), func(a, b registry.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	byHousehold := slices.Clone(enrolments)
	slices.SortStableFunc(byHousehold, func(a, b registry.Enrolment) int { return bytes.Compare(a.Household[:], b.Household[:]) })
	inMemory, err := columnar.Build(d, allOf(byID), allOf(byHousehold), nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]registry.Engine{"reference": storetest.NewReference(d, records, enrolments), "columnar": inMemory}
}

// figuresOf asks an engine for everybody, the judged and the poor in one call, and gives the figures of each cell of everybody.
func figuresOf(t *testing.T, e registry.Engine, score registry.Score, filter registry.Filter, by ...registry.Dimension) map[registry.Key]Figures {
	t.Helper()
	answers, err := e.Summarise(t.Context(), append([]registry.SummaryQuery{{Filter: filter, By: by}}, Queries(score, filter, by)...))
	if err != nil {
		t.Fatalf("%s of %s by %v: %v", score, filter, by, err)
	}
	find := func(cells []registry.Cell, key registry.Key) registry.Cell {
		i := slices.IndexFunc(cells, func(c registry.Cell) bool { return c.Key == key })
		if i < 0 {
			return registry.Cell{} // hexagons without anybody are left out
		}
		return cells[i]
	}
	out := map[registry.Key]Figures{}
	for _, all := range answers[0] {
		out[all.Key] = Multidimensional(score, all, find(answers[1], all.Key), find(answers[2], all.Key))
	}
	return out
}

// alkireFoster is a published population: who is deprived in what, and what comes of it.
type alkireFoster struct {
	name               string
	deprived           [][]bool
	members            []int // 1 each when nil
	weights            []float64
	cutoff             float64
	h, a, m0           float64
	censored, shares   []float64
	uncensored, scores []float64
	tolerance          float64
}

func published01(rows [][]int) (list [][]bool) {
	for _, row := range rows {
		var deprived []bool
		for _, x := range row {
			deprived = append(deprived, x == 1)
		}
		list = append(list, deprived)
	}
	return list
}

// readAlkireFoster brings the published cases into one form.
func readAlkireFoster(t *testing.T) (list []alkireFoster, dimensions map[string]float64, dimensionTolerance float64) {
	t.Helper()
	text, err := os.ReadFile("testdata/alkire_foster.json")
	if err != nil {
		t.Fatal(err)
	}
	type result struct{ H, A, M0 float64 }
	var file struct {
		Cases []struct {
			result
			Name          string
			Achievements  [][]float64
			Cutoffs       []float64
			Weights       []float64
			K             float64
			Deprivations  [][]int
			A1, A2        []int
			B1, B2        []int
			HouseholdSize []int     `json:"household_size"`
			Scores        []float64 `json:"scores"`
			ScoresX       []float64 `json:"scores_X"`
			ScoresX2      []float64 `json:"scores_X2"`
			X, X2         result
			Censored      []float64          `json:"censored_headcounts"`
			Uncensored    []float64          `json:"uncensored_headcounts"`
			Contributions []float64          `json:"contributions"`
			ByDimension   map[string]float64 `json:"dimension_contribution"`
			Tolerance     json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		one := alkireFoster{name: c.Name, deprived: published01(c.Deprivations), members: c.HouseholdSize, weights: c.Weights, cutoff: c.K, h: c.H, a: c.A, m0: c.M0,
			censored: c.Censored, uncensored: c.Uncensored, shares: c.Contributions, scores: c.Scores}
		if err := json.Unmarshal(c.Tolerance, &one.tolerance); err != nil {
			var tolerances map[string]float64
			if err := json.Unmarshal(c.Tolerance, &tolerances); err != nil {
				t.Fatal(err)
			}
			one.tolerance, dimensions, dimensionTolerance = tolerances["H,A,M0"], c.ByDimension, tolerances["contribution"]
		}
		for i, row := range c.Achievements {
			for j, y := range row {
				if one.deprived[i][j] != (y < c.Cutoffs[j]) {
					t.Errorf("%s: household %d, indicator %d is not as published", c.Name, i, j)
				}
			}
		}
		if c.A1 != nil {
			for i := range c.A1 {
				one.deprived = append(one.deprived, published01([][]int{{c.A1[i], c.A2[i], c.B1[i], c.B2[i]}})...)
			}
		}
		if c.ScoresX == nil {
			list = append(list, one)
			continue
		}
		for _, part := range []struct {
			name   string
			scores []float64
			result
		}{{" X", c.ScoresX, c.X}, {" X2", c.ScoresX2, c.X2}} { // quarters of the weights: of four indicators that count alike
			one.name, one.weights, one.scores, one.deprived = c.Name+part.name, []float64{1, 1, 1, 1}, part.scores, nil
			one.h, one.a, one.m0 = part.H, part.A, part.M0
			for _, s := range part.scores {
				one.deprived = append(one.deprived, []bool{s > 0, s > 0.25, s > 0.5, s > 0.75})
			}
			list = append(list, one)
		}
	}
	return list, dimensions, dimensionTolerance
}

// TestPublishedIndexes asks both engines about households that have the published deprivations.
func TestPublishedIndexes(t *testing.T) {
	cases, dimensions, dimensionTolerance := readAlkireFoster(t)
	d, _, _ := storetest.City(1, 1)
	compared := 0
	near := func(t *testing.T, what string, got registry.Rate, want, tolerance float64) {
		t.Helper()
		compared++
		if got.Status != registry.Exact || !(math.Abs(got.Value-want) <= tolerance) {
			t.Errorf("%s is %+v, published %g", what, got, want)
		}
	}
	for _, c := range cases {
		index, err := NewIndex(indicators[:len(c.weights)], c.weights, c.cutoff)
		if err != nil {
			t.Fatal(err)
		}
		var records []registry.Record
		var enrolments []registry.Enrolment
		for i, deprived := range c.deprived {
			members := 1
			if c.members != nil {
				members = c.members[i]
			}
			r, e := deprivedHousehold(t, d, i, members, deprived)
			records, enrolments = append(records, r), append(enrolments, e...)
		}
		for name, e := range engines(t, d, records, enrolments) {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				f := figuresOf(t, e, index, registry.Filter{})[registry.Key{}]
				near(t, "H", f.HeadcountRatio, c.h, c.tolerance)
				near(t, "A", f.Intensity, c.a, c.tolerance)
				near(t, "M0", f.AdjustedHeadcount, c.m0, c.tolerance)
				for j, want := range c.censored {
					near(t, "a censored headcount", f.Censored[j], want, c.tolerance)
				}
				sum := 0.0
				for j := range f.Contributions {
					if sum += f.Contributions[j].Value; c.shares != nil {
						near(t, "a contribution", f.Contributions[j], c.shares[j], c.tolerance)
					}
				}
				near(t, "the sum of contributions", registry.Rate{Value: sum}, 1, c.tolerance)
				if len(c.weights) == 10 { // two indicators of health, two of education, six of living
					of := func(from, to int) (sum float64) {
						for _, r := range f.Contributions[from:to] {
							sum += r.Value
						}
						return sum
					}
					for name, sum := range map[string]float64{"health": of(0, 2), "education": of(2, 4), "living": of(4, 10)} {
						near(t, name, registry.Rate{Value: sum}, dimensions[name], dimensionTolerance)
					}
				}
				answers, err := e.Summarise(t.Context(), []registry.SummaryQuery{{Measures: registry.MeasureDeprivations}})
				if err != nil {
					t.Fatal(err)
				}
				for j, want := range c.uncensored {
					near(t, "an uncensored headcount", registry.RatioOfPeople(answers[0][0].Deprived[indicators[j]], answers[0][0].Total), want, c.tolerance)
				}
				for i, want := range c.scores { // of each household by itself: all of its indicators count
					alone, err := NewIndex(index.Of, c.weights, 1e-6)
					if err != nil {
						t.Fatal(err)
					}
					near(t, "a score", figuresOf(t, e, alone, registry.Filter{Areas: []registry.AreaCode{records[i].Area}})[registry.Key{}].AdjustedHeadcount, want, 2e-12)
				}
			})
		}
	}
	if want := 2 * (16 + 4 + 8 + 8 + 11); len(cases) != 5 || compared != want {
		t.Errorf("%d cases, %d comparisons, want 5 and %d", len(cases), compared, want)
	}
}
