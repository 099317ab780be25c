package registry

import (
	"reflect"
	"testing"
)

func ranged(from, to int) *IntRange { return &IntRange{Min: &from, Max: &to} }
func least(n int) *IntRange         { return &IntRange{Min: &n} }
func most(n int) *IntRange          { return &IntRange{Max: &n} }

// scored is a score of the first of three deprivations.
func scored(atLeast int64, weights ...int64) Filter {
	of := []Deprivation{UnsafeWater, EarthFloor, Crowded}[:len(weights)]
	return Filter{Score: &Score{Of: of, Weights: weights, AtLeast: atLeast}}
}

func TestFilterString(t *testing.T) {
	yes, no, rt := true, false, "007"
	for _, c := range []struct {
		want   string
		filter Filter
	}{
		{"every household", Filter{}},
		{"every household", Filter{And: []Filter{}}},
		{"decile 1–4", Filter{Decile: ranged(1, 4)}},
		{"decile 3", Filter{Decile: ranged(3, 3)}},
		{"at least 5 members", Filter{Members: least(5)}},
		{"at most 2 of school age", Filter{SchoolAge: most(2)}},
		{"any known number of elderly", Filter{Elderly: &IntRange{}}},
		{"in 19.71.03 or 19.71.04", Filter{Areas: []AreaCode{"19.71.03", "19.71.04"}}},
		{"in nothing", Filter{Areas: []AreaCode{}}},
		{"deprived in unsafe water or earth floor", Filter{DeprivedIn: []Deprivation{UnsafeWater, EarthFloor}}},
		{"not deprived in solid fuel", Filter{NotDeprivedIn: []Deprivation{SolidFuel}}},
		{"known: unsafe water and earth floor", Filter{KnownIn: []Deprivation{UnsafeWater, EarthFloor}}},
		{"known: nothing", Filter{KnownIn: []Deprivation{}}},
		{"deprived in at least 33 % of (unsafe water, earth floor)", scored(660_000_000_000, ScoreUnit, ScoreUnit)},
		{"deprived in at least 33 % of (unsafe water 50 %, earth floor 33.33 %, crowded 16.67 %)", scored(1_980, 3_000, 2_000, 1_000)},
		{"deprived in at least 33.33 % of (unsafe water, earth floor, crowded)", scored(333_333_333_334, 333_333_333_333, 333_333_333_333, 333_333_333_334)},
		{"deprived in at least 100 % of (unsafe water 0 %, earth floor 100 %)", scored(7, 0, 7)},
		{"deprived in more than 0 % of (unsafe water, earth floor)", scored(1, ScoreUnit, ScoreUnit)},
		{"enrolled in PKH_1 or BPNT", Filter{EnrolledIn: []string{"PKH_1", "BPNT"}}},
		{"not enrolled in PKH", Filter{NotEnrolledIn: []string{"PKH"}}},
		{"eligible for PKH", Filter{EligibleFor: "PKH"}},
		{"headed by a woman", Filter{HeadSex: SexFemale}},
		{"headed by a man", Filter{HeadSex: SexMale}},
		{"with a location", Filter{Geocoded: &yes}},
		{"without a location and RT 007", Filter{Geocoded: &no, RT: &rt}},
		{"in the box 106 to 106.2 east, -2.2 to -2 north", Filter{Where: &Spatial{BBox: &BBox{106, -2.2, 106.2, -2}}}},
		{"within 250 m of 106.1, -2.1", Filter{Where: &Spatial{Near: &Near{Position{106.1, -2.1}, 250}}}},
		{"decile 1–4 and (at least 1 under five or at least 1 elderly)", Filter{Decile: ranged(1, 4), Or: []Filter{{UnderFive: least(1)}, {Elderly: least(1)}}}},
		{"(nobody)", Filter{Or: []Filter{}}},
		{"((decile 1 and at least 3 members) or decile 2)", Filter{Or: []Filter{{Decile: ranged(1, 1), Members: least(3)}, {Decile: ranged(2, 2)}}}},
		{"decile 1 and (at least 3 members and headed by a woman)", Filter{And: []Filter{{Decile: ranged(1, 1)}, {Members: least(3), HeadSex: SexFemale}}}},
		{"not (decile 5–10)", Filter{Not: &Filter{Decile: ranged(5, 10)}}},
		{"in state 2025-q2", Filter{InState: &InState{State: "2025-q2"}}},
		{"decile 2 and in state 2025-q2+2025-08 (decile 1 and headed by a woman)", Filter{Decile: ranged(2, 2), InState: &InState{State: "2025-q2+2025-08", Filter: Filter{Decile: ranged(1, 1), HeadSex: SexFemale}}}},
		{"not (every household)", Filter{Not: &Filter{}}},
	} {
		if got := c.filter.String(); got != c.want {
			t.Errorf("%s\nreads %q\nwant  %q", c.filter.JSON(), got, c.want)
		}
	}
}

// TestEverybody sets each condition of a filter by itself: whoever adds one must tell Everybody, or guards would take a
// filtered question for one about all.
func TestEverybody(t *testing.T) {
	if !(&Filter{}).Everybody() || !(&Filter{And: []Filter{}, NotDeprivedIn: []Deprivation{}}).Everybody() {
		t.Error("no condition keeps not everybody")
	}
	kind := reflect.TypeFor[Filter]()
	for i := range kind.NumField() {
		var f Filter
		field := reflect.ValueOf(&f).Elem().Field(i)
		switch field.Kind() {
		case reflect.Pointer:
			field.Set(reflect.New(field.Type().Elem()))
		case reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		case reflect.String:
			field.SetString("x")
		case reflect.Uint8:
			field.SetUint(1)
		default:
			t.Fatalf("%s is of a kind this test does not know", kind.Field(i).Name)
		}
		if f.Everybody() {
			t.Errorf("a condition on %s keeps everybody", kind.Field(i).Name)
		}
	}
}
