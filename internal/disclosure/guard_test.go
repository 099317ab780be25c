package disclosure_test

import (
	"testing"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestGuardWithholds asks guard and engine the same and compares every tally: those of ten households or more are the
// engine's, all others are withheld, zeros too.
func TestGuardWithholds(t *testing.T) {
	engine, _ := city(t)
	guard := disclosure.NewGuard(engine, nil, registry.RolePublic)
	queries := []registry.SummaryQuery{
		{Measures: registry.MeasureAll, Lines: []int64{956_990}, By: []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKelurahan}}},
		{Measures: registry.MeasureAll, Filter: registry.Filter{HeadSex: registry.SexFemale}, By: []registry.Dimension{{Kind: registry.ByDecile}, {Kind: registry.ByDeprivation}}},
	}
	truth, err := engine.Summarise(t.Context(), queries)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := guard.Summarise(t.Context(), queries)
	if err != nil {
		t.Fatal(err)
	}
	withheld, open := 0, 0
	compare := func(is, want registry.Tally) {
		t.Helper()
		if want.Households < disclosure.FloorHouseholds {
			withheld++
			if is != (registry.Tally{Status: registry.Suppressed}) {
				t.Errorf("%+v shows as %+v", want, is)
			}
			return
		}
		open++
		if want.Keys = (registry.RecordKey{}); is != want {
			t.Errorf("%+v shows as %+v", want, is)
		}
	}
	for q := range truth {
		for i, c := range truth[q] {
			s := shown[q][i]
			compare(s.Total, c.Total)
			compare(s.Located, c.Located)
			for k, list := range [][]registry.Tally{c.Deciles, c.Deprived, c.Known, c.Enrolled, c.Persons} {
				protected := [][]registry.Tally{s.Deciles, s.Deprived, s.Known, s.Enrolled, s.Persons}[k]
				for j := range list {
					compare(protected[j], list[j])
				}
			}
			for j, p := range c.Poverty {
				compare(s.Poverty[j].Base, p.Base)
				compare(s.Poverty[j].Poor, p.Poor)
				if s.Poverty[j].Poor.Status == registry.Suppressed && (s.Poverty[j].Gap != 0 || s.Poverty[j].GapSquared != (registry.Uint128{})) {
					t.Errorf("the poverty gap of withheld households shows: %+v", s.Poverty[j])
				}
			}
		}
	}
	if withheld < 100 || open < 100 {
		t.Errorf("%d withheld and %d open tallies: the city tests too little", withheld, open)
	}
	again, err := engine.Summarise(t.Context(), queries)
	if err != nil || again[0][0].Total != truth[0][0].Total || again[0][0].Deciles[1] != truth[0][0].Deciles[1] {
		t.Error("the guard changed what the engine holds")
	}
}

// TestGuardRefuses rows and whatever is finer than a kelurahan, however deep in the filter it hides.
func TestGuardRefuses(t *testing.T) {
	engine, d := city(t)
	text := "003"
	where := registry.Filter{Where: &registry.Spatial{BBox: &registry.BBox{West: 106, South: -3, East: 107, North: -2}}}
	for role, want := range map[registry.Role]registry.Code{registry.RolePublic: registry.CodeUnauthenticated, registry.RolePartner: registry.CodeForbidden, registry.RoleAuditor: registry.CodeForbidden} {
		g := disclosure.NewGuard(engine, d.Programs, role)
		_, err1 := g.Rows(t.Context(), registry.RowsQuery{First: 1})
		_, err2 := g.Points(t.Context(), registry.Filter{})
		_, err3 := g.Details(t.Context(), []registry.HouseholdID{{}}, 0)
		for _, err := range []error{err1, err2, err3} {
			if registry.CodeOf(err) != want {
				t.Errorf("%s: %v", role, err)
			}
		}
		for field, q := range map[string]registry.SummaryQuery{
			"where":             {Filter: where},
			"and[0].or[0].rt":   {Filter: registry.Filter{And: []registry.Filter{{Or: []registry.Filter{{RT: &text}}}}}},
			"or[0].eligibleFor": {Filter: registry.Filter{Or: []registry.Filter{{EligibleFor: "RTLH"}}}}, // its rule has a region
			"not.rw":            {Filter: registry.Filter{Not: &registry.Filter{RW: &text}}},
			"groupBy.hex":       {By: []registry.Dimension{{Kind: registry.ByHex, EdgeMeters: 500}}},
		} {
			_, err := g.Summarise(t.Context(), []registry.SummaryQuery{q})
			var e *registry.Error
			if registry.CodeOf(err) != registry.CodeDisclosureLimit {
				t.Errorf("%s, %s: %v", role, field, err)
			} else if e = err.(*registry.Error); e.Field != field {
				t.Errorf("field %q, want %q", e.Field, field)
			}
		}
	}
}

func city(t *testing.T) (registry.Engine, *registry.Dataset) {
	t.Helper()
	d, households, enrolments := storetest.City(5, 500)
	return storetest.NewReference(d, households, enrolments), d
}
