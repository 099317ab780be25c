package graph_test

import (
	"slices"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// newFixtureWithFormer is a fixture with an edition before its own, "former": since then families came, left, moved, became
// poorer, and enrolled.
func newFixtureWithFormer(t testing.TB) *fixture {
	t.Helper()
	d, records, enrolments := storetest.City(7, 1200)
	then := *d
	then.State.Edition.ID, then.State.Edition.AsOf, then.State.Release.EnrolmentsAsOf, then.State.Hash, then.Version = "former", "2025-06-30", "2025-07-31", "former", "former"
	f := &fixture{former: &fixture{dataset: &then}}
	kelurahan := then.Areas.Level(registry.LevelKelurahan)
	for i, h := range records {
		if i%7 != 0 { // the others left
			f.records = append(f.records, h)
		}
		if i%5 == 0 { // came in
			continue
		}
		if i%3 == 0 && h.Decile > 1 {
			h.Decile--
		}
		if i%11 == 0 && h.Decile == registry.UnknownInt {
			h.Decile = 4
		}
		if i%13 == 0 {
			h.Area = then.Areas.Area(kelurahan[i%len(kelurahan)]).Code
		}
		f.former.records = append(f.former.records, h)
	}
	of := func(records []registry.Record, keep func(registry.Enrolment) bool) []registry.Enrolment {
		there := map[registry.HouseholdID]bool{}
		for _, h := range records {
			there[h.ID] = true
		}
		return slices.DeleteFunc(slices.Clone(enrolments), func(e registry.Enrolment) bool { return !there[e.Household] || !keep(e) })
	}
	f.former.enrolments = of(f.former.records, func(e registry.Enrolment) bool { return e.Household[2]%4 != 0 })
	f.enrolments = of(f.records, func(e registry.Enrolment) bool { return e.Household[3]%5 != 0 })
	g := newFixtureOf(t, d, f.records, f.enrolments)
	g.former = f.former
	if err := g.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return g
}
