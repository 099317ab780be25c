package demo

import (
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestProgramsAreInOrderAndValid(t *testing.T) {
	list := newCity(t, 24_000, 1).Programs()
	if len(list) != 6 || len(list) != len(practices) {
		t.Fatalf("%d programmes, %d practices", len(list), len(practices))
	}
	if !slices.IsSortedFunc(list, func(a, b registry.Program) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("programmes are not sorted by code")
	}
	funders := map[registry.FunderKind]bool{}
	for i, p := range list {
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", p.Code, err)
		}
		if p.Code != practices[i].code {
			t.Errorf("practice %s stands where programme %s does", practices[i].code, p.Code)
		}
		if p.Year != 2025 || p.BudgetRupiah == nil || *p.BudgetRupiah < *p.UnitCostRupiah || p.Source == "" || p.Funder == "" {
			t.Errorf("incomplete: %+v", p)
		}
		funders[p.FunderKind] = true
	}
	if len(funders) < 2 {
		t.Error("government alone pays")
	}
}

func TestEligible(t *testing.T) {
	household := func(decile int, change func(*registry.Household)) *registry.Household {
		h := registry.NewHousehold(registry.HouseholdID{}, "19.71.01.1004")
		h.Decile, h.Members, h.Persons = decile, 3, [registry.PersonKindCount]int{}
		change(&h)
		h.Derive()
		return &h
	}
	as := func(*registry.Household) {}
	for _, c := range []struct {
		name string
		h    *registry.Household
		want string
	}{
		{"decile 5", household(5, as), "PBI-JKN SEMBAKO"},
		{"decile 6", household(6, as), ""},
		{"unranked", household(registry.UnknownInt, func(h *registry.Household) { h.Persons[registry.SchoolAge] = 1 }), ""},
		{"no component", household(1, as), "PBI-JKN SEMBAKO"},
		{"pupil", household(4, func(h *registry.Household) { h.Persons[registry.SchoolAge] = 1 }), "PBI-JKN PIP PKH SEMBAKO"},
		{"pupil above the limit", household(5, func(h *registry.Household) { h.Persons[registry.SchoolAge] = 1 }), "PBI-JKN SEMBAKO"},
		{"pregnant", household(4, func(h *registry.Household) { h.Persons[registry.Pregnant] = 1 }), "PBI-JKN PKH SEMBAKO"},
		{"disability not recorded", household(4, func(h *registry.Household) { h.Persons[registry.Disabled] = registry.UnknownInt }), "PBI-JKN SEMBAKO"},
		{"thatch", household(3, func(h *registry.Household) { h.Roof = "thatch" }), "PBI-JKN RTLH SEMBAKO"},
		{"thatch above the limit", household(5, func(h *registry.Household) { h.Roof = "thatch" }), "PBI-JKN SEMBAKO"},
		{"river water", household(5, func(h *registry.Household) { h.Water = "surface" }), "AIR-BERSIH PBI-JKN SEMBAKO"},
	} {
		got := ""
		for _, p := range programs(100) {
			if eligible(&p.Eligibility, c.h) {
				got += " " + p.Code
			}
		}
		if got != "" {
			got = got[1:]
		}
		if got != c.want {
			t.Errorf("%s: eligible for %q, want %q", c.name, got, c.want)
		}
	}
}
