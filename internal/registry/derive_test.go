package registry

import (
	"math"
	"testing"
)

// person sets how many persons of a kind a household has.
func person(h *Household, k PersonKind, n int) { h.Persons[k] = n }

func TestDerive(t *testing.T) {
	const unknown, no, yes = Unknown, No, Yes // the household is deprived: not known, no, yes
	for _, c := range []struct {
		name string
		d    Deprivation
		set  func(*Household)
		want Answer
	}{
		{"head at work", HeadNotWorking, func(h *Household) { h.HeadWorking = Yes }, no},
		{"head not at work", HeadNotWorking, func(h *Household) { h.HeadWorking = No }, yes},
		{"nobody works", NoWorkingMember, func(h *Household) { h.Working = 0 }, yes},
		{"somebody works", NoWorkingMember, func(h *Household) { h.Working = 2 }, no},
		{"the head works, others unknown", NoWorkingMember, func(h *Household) { h.HeadWorking = Yes }, no},
		{"the head does not work, others unknown", NoWorkingMember, func(h *Household) { h.HeadWorking = No }, unknown},
		{"the head works though nobody does", NoWorkingMember, func(h *Household) { h.Working, h.HeadWorking = 0, Yes }, no},
		{"savings", NoSavings, func(h *Household) { h.Savings = Yes }, no},
		{"no savings", NoSavings, func(h *Household) { h.Savings = No }, yes},
		{"no child of school age", ChildOutOfSchool, func(h *Household) { person(h, SchoolAge, 0) }, no},
		{"a child of school age, schooling unknown", ChildOutOfSchool, func(h *Household) { person(h, SchoolAge, 1) }, unknown},
		{"every child at school", ChildOutOfSchool, func(h *Household) { person(h, SchoolAge, 1); person(h, OutOfSchool, 0) }, no},
		{"a child out of school", ChildOutOfSchool, func(h *Household) { person(h, OutOfSchool, 1) }, yes},
		{"nine years of school", NoNineYearsSchooling, func(h *Household) { h.NineYearsSchooling = Yes }, no},
		{"less than nine years of school", NoNineYearsSchooling, func(h *Household) { h.NineYearsSchooling = No }, yes},
		{"insured", NoHealthInsurance, func(h *Household) { h.HealthInsured = Yes }, no},
		{"not insured", NoHealthInsurance, func(h *Household) { h.HealthInsured = No }, yes},
		{"no child under five", StuntedChild, func(h *Household) { person(h, UnderFive, 0) }, no},
		{"a child under five, growth unknown", StuntedChild, func(h *Household) { person(h, UnderFive, 2) }, unknown},
		{"a stunted child", StuntedChild, func(h *Household) { person(h, Stunted, 1) }, yes},
		{"no stunted child", StuntedChild, func(h *Household) { person(h, Stunted, 0) }, no},
		{"nobody disabled", DisabledUnsupported, func(h *Household) { person(h, Disabled, 0) }, no},
		{"nobody disabled, nobody supported", DisabledUnsupported, func(h *Household) { person(h, Disabled, 0); h.DisabledSupported = No }, no},
		{"disabled, support unknown", DisabledUnsupported, func(h *Household) { person(h, Disabled, 1) }, unknown},
		{"disabled without support", DisabledUnsupported, func(h *Household) { person(h, Disabled, 1); h.DisabledSupported = No }, yes},
		{"disabled with support", DisabledUnsupported, func(h *Household) { person(h, Disabled, 1); h.DisabledSupported = Yes }, no},
		{"support of an unknown number", DisabledUnsupported, func(h *Household) { h.DisabledSupported = No }, unknown},
		{"just crowded", Crowded, func(h *Household) { h.Members, h.FloorAreaM2 = 5, 35.9 }, yes},
		{"just not crowded", Crowded, func(h *Household) { h.Members, h.FloorAreaM2 = 5, 36 }, no},
		{"floor area unknown", Crowded, func(h *Household) { h.Members = 5 }, unknown},
		{"members unknown", Crowded, func(h *Household) { h.FloorAreaM2 = 10 }, unknown},
		{"450 VA", LowPower, func(h *Household) { h.PowerVA = 450 }, yes},
		{"900 VA", LowPower, func(h *Household) { h.PowerVA = 900 }, no},
		{"on the grid, power unknown", LowPower, func(h *Household) { h.Lighting = "grid" }, unknown},
		{"on a neighbour's grid, power unknown", LowPower, func(h *Household) { h.Lighting = "grid_shared" }, unknown},
		{"no light", LowPower, func(h *Household) { h.Lighting = "none" }, yes},
		{"a generator, whatever its power", LowPower, func(h *Household) { h.Lighting, h.PowerVA = "generator", 900 }, yes},
	} {
		h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
		c.set(&h)
		h.Derive()
		got := Unknown
		if h.Known.Has(c.d) {
			got = AnswerOf(h.Deprived.Has(c.d))
		}
		if got != c.want {
			t.Errorf("%s: %s is %d, want %d (0 unknown, 1 no, 2 yes)", c.name, c.d, got, c.want)
		}
	}
}

func TestDeriveByClass(t *testing.T) {
	for i, a := range Vocabulary {
		deprived := 0
		for _, class := range a.Classes {
			h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
			*h.Classes()[i] = class
			h.Derive()
			if a.Deprived == nil {
				continue
			}
			if h.Known != DeprivationSet(0).With(a.Deprives) {
				t.Errorf("%s %s: known %v", a.Name, class, h.Known.List())
			}
			if h.Deprived != 0 {
				deprived++
			}
		}
		if deprived != len(a.Deprived) {
			t.Errorf("%s: %d classes deprive, want %v", a.Name, deprived, a.Deprived)
		}
	}
}

func TestDeriveOfNothing(t *testing.T) {
	h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
	h.Deprived, h.Known = 1<<Unserved|1, 1<<Unserved|3
	h.Derive()
	if h.Known != 0 || h.Deprived != 0 {
		t.Errorf("of a household that nobody knows anything of, %v is known and %v deprived", h.Known.List(), h.Deprived.List())
	}
	if err := h.Check(); err != nil {
		t.Error(err)
	}
}

func TestHouseholdCheck(t *testing.T) {
	for _, c := range []struct {
		field string
		set   func(*Household)
	}{
		{"", func(h *Household) {
			h.Members, h.Decile, h.HeadAge, h.WorkingAge, h.Working, h.PowerVA = 1, 1, 0, 0, 0, 0
		}},
		{"", func(h *Household) {
			h.Members, h.Decile, h.HeadAge, h.Expenditure = MaxMembers, 10, 130, MaxExpenditureRupiah
		}},
		{"", func(h *Household) { h.Expenditure, h.FloorAreaM2, h.PowerVA = 0, 100_000, 1_000_000 }},
		{"", func(h *Household) { h.Members = 2; person(h, Elderly, 2) }},
		{"area_code", func(h *Household) { h.Area = "19.71.03" }},
		{"area_code", func(h *Household) { h.Area = "" }},
		{"members", func(h *Household) { h.Members = 0 }},
		{"members", func(h *Household) { h.Members = MaxMembers + 1 }},
		{"decile", func(h *Household) { h.Decile = 0 }},
		{"decile", func(h *Household) { h.Decile = 11 }},
		{"head_age", func(h *Household) { h.HeadAge = 131 }},
		{"working_age", func(h *Household) { h.WorkingAge = -2 }},
		{"working", func(h *Household) { h.Working = 201 }},
		{"power_va", func(h *Household) { h.PowerVA = 1_000_001 }},
		{"expenditure_per_capita_rupiah", func(h *Household) { h.Expenditure = -2 }},
		{"expenditure_per_capita_rupiah", func(h *Household) { h.Expenditure = MaxExpenditureRupiah + 1 }},
		{"floor_area_m2", func(h *Household) { h.FloorAreaM2 = -0.1 }},
		{"floor_area_m2", func(h *Household) { h.FloorAreaM2 = math.Inf(1) }},
		{"elderly", func(h *Household) { h.Members = 2; person(h, Elderly, 3) }},
		{"pregnant", func(h *Household) { person(h, Pregnant, -2) }},
		{"under_five", func(h *Household) { person(h, UnderFive, MaxMembers+1) }},
		{"out_of_school", func(h *Household) { person(h, SchoolAge, 1); person(h, OutOfSchool, 2) }},
		{"stunted", func(h *Household) { person(h, UnderFive, 0); person(h, Stunted, 1) }},
		{"roof", func(h *Household) { h.Roof = "Tile" }},
		{"sanitation", func(h *Household) { h.Sanitation = "septic" }},
	} {
		h := NewHousehold(HouseholdID{1}, "19.71.03.1004")
		c.set(&h)
		err := h.Check()
		if (err == nil) != (c.field == "") || fieldOf(err) != c.field || err != nil && CodeOf(err) != CodeBadUserInput {
			t.Errorf("want a fault of %q, error %v", c.field, err)
		}
	}
}
