package registry

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestCheckBy(t *testing.T) {
	index, err := NewAreas([]Area{{Code: "19.71"}, {Code: "19.71.01.1001", AreaKm2: 100}, {Code: "19.71.01.1002", AreaKm2: 20}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Dataset{Areas: index, Programs: make([]Program, MaxPrograms)}
	area, decile, sex := Dimension{Kind: ByArea, Level: LevelKelurahan}, Dimension{Kind: ByDecile}, Dimension{Kind: BySex}
	for _, c := range []struct {
		name  string
		by    []Dimension
		code  Code
		field string
	}{
		{"one", []Dimension{area}, "", ""},
		{"three", []Dimension{area, decile, sex}, "", ""},
		{"none", nil, CodeBadUserInput, ""},
		{"four", []Dimension{area, decile, sex, {Kind: ByProgram}}, CodeBadUserInput, ""},
		{"one twice", []Dimension{area, decile, {Kind: ByArea, Level: LevelKecamatan}}, CodeBadUserInput, "[2]"},
		{"coarse hexagons", []Dimension{{Kind: ByHex, EdgeMeters: 500}}, "", ""},
		{"hexagons too fine", []Dimension{{Kind: ByHex, EdgeMeters: 10}}, CodeComplexity, ""},
		{"hexagons too fine for another split", []Dimension{{Kind: ByHex, EdgeMeters: 100}, {Kind: ByDeprivation}, {Kind: ByProgram}}, CodeComplexity, ""},
	} {
		wantError(t, c.name, d.CheckBy(c.by), c.code, c.field)
	}
}

func TestCheckOrder(t *testing.T) {
	here, nowhere := orb.Point{106, -6}, orb.Point{106, -96}
	for _, c := range []struct {
		name  string
		query RowsQuery
		code  Code
		field string
	}{
		{"by id", RowsQuery{}, "", ""},
		{"by need", RowsQuery{ByNeed: true}, "", ""},
		{"nearest first", RowsQuery{Near: &here}, "", ""},
		{"nearest to nowhere", RowsQuery{Near: &nowhere}, CodeInvalidGeometry, "near.latitude"},
		{"both", RowsQuery{Near: &here, ByNeed: true}, CodeBadUserInput, "near"},
	} {
		wantError(t, c.name, c.query.CheckOrder(), c.code, c.field)
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		part, whole Tally
		want, share Rate
	}{
		{Tally{Households: 1, People: 6}, Tally{Households: 4, People: 8}, Rate{Value: 0.25}, Rate{Value: 0.75}},
		{Tally{}, Tally{Households: 4}, Rate{}, Rate{Status: UnknownFigure}},
		{Tally{}, Tally{}, Rate{Status: UnknownFigure}, Rate{Status: UnknownFigure}},
		{Tally{Households: 1, People: 1, Status: Perturbed}, Tally{Households: 2, People: 2}, Rate{0.5, Perturbed}, Rate{0.5, Perturbed}},
		{Tally{Status: Suppressed}, Tally{Households: 2, People: 2}, Rate{Status: Suppressed}, Rate{Status: Suppressed}},
		{Tally{Households: 1, People: 1}, Tally{Status: Suppressed}, Rate{Status: Suppressed}, Rate{Status: Suppressed}},
	} {
		if got := Ratio(c.part, c.whole); got != c.want {
			t.Errorf("%+v of %+v is %+v, want %+v", c.part, c.whole, got, c.want)
		}
		if got := RatioOfPeople(c.part, c.whole); got != c.share {
			t.Errorf("people of %+v of %+v are %+v, want %+v", c.part, c.whole, got, c.share)
		}
	}
}
