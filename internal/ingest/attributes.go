package ingest

import (
	"math"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// attribute is a column of a household file that sets one thing by itself. set gets a value that is not unknown and
// returns why it can't be used, "" when all is well.
type attribute struct {
	name string
	set  func(h *registry.Household, value string) (reason string)
}

// placeColumns are the columns that together say which household it is and where; see households.go.
var placeColumns = []string{"kk", "household_id", "id", "nik", "id_dtks", "id_p3ke", "area_code", "kelurahan", "kecamatan",
	"longitude", "latitude", "coordinates", "rt_rw", "toilet", "excreta"}

// mayRepeat tells whether several columns of a file may give the attribute.
func mayRepeat(attribute string) bool { return attribute == personPrefix+"difficulty" }

// toiletClasses and excretaClasses are what forms ask in two questions and the registry holds in one, sanitation: who uses
// the toilet, and where it empties.
var (
	toiletClasses  = []string{"own", "shared", "public", "none"}
	excretaClasses = []string{"septic", "pit", "other"}
)

// sanitationOf joins the two; "" where one says nothing that the other doesn't need.
func sanitationOf(toilet, excreta string) string {
	switch {
	case toilet == "none" || toilet == "public":
		return toilet
	case toilet == "own" && excreta == "septic":
		return "private_septic"
	case toilet == "shared" && excreta == "septic":
		return "shared_septic"
	case toilet != "" && excreta != "":
		return excreta
	}
	return ""
}

// checkValue tells why a value can't be one of an attribute; "" when it can.
func checkValue(attribute, value string) (reason string) {
	oneOf := func(classes []string) string {
		if slices.Contains(classes, strings.ToLower(value)) {
			return ""
		}
		return "is not one of " + strings.Join(classes, ", ")
	}
	switch attribute {
	case "toilet":
		return oneOf(toiletClasses)
	case "excreta":
		return oneOf(excretaClasses)
	}
	if a := personAttribute(attribute); a != nil {
		return a.set(&person{}, value)
	}
	if a := householdAttribute(attribute); a != nil {
		h := registry.NewHousehold(registry.HouseholdID{}, "")
		return a.set(&h, value)
	}
	return ""
}

// householdAttributes lists the attributes by the names that files and mappings use.
func householdAttributes() []attribute {
	list := []attribute{
		{"rw", func(h *registry.Household, v string) (reason string) { h.RW, reason = parseLabel(v); return reason }},
		{"rt", func(h *registry.Household, v string) (reason string) { h.RT, reason = parseLabel(v); return reason }},
		{"head_sex", func(h *registry.Household, v string) (reason string) { h.HeadSex, reason = parseSex(v); return reason }},
		{"expenditure_per_capita_rupiah", func(h *registry.Household, v string) (reason string) {
			h.Expenditure, reason = parseCount(v)
			return reason
		}},
		count("members", func(h *registry.Household) *int { return &h.Members }),
		count("head_age", func(h *registry.Household) *int { return &h.HeadAge }),
		count("decile", func(h *registry.Household) *int { return &h.Decile }),
		count("working_age", func(h *registry.Household) *int { return &h.WorkingAge }),
		count("working", func(h *registry.Household) *int { return &h.Working }),
		count("power_va", func(h *registry.Household) *int { return &h.PowerVA }),
		number("score", func(h *registry.Household) *float64 { return &h.Score }),
		number("floor_area_m2", func(h *registry.Household) *float64 { return &h.FloorAreaM2 }),
		answer("head_working", func(h *registry.Household) *registry.Answer { return &h.HeadWorking }),
		answer("savings", func(h *registry.Household) *registry.Answer { return &h.Savings }),
		answer("nine_years_schooling", func(h *registry.Household) *registry.Answer { return &h.NineYearsSchooling }),
		answer("health_insured", func(h *registry.Household) *registry.Answer { return &h.HealthInsured }),
		answer("disabled_supported", func(h *registry.Household) *registry.Answer { return &h.DisabledSupported }),
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		list = append(list, count(k.Column(), func(h *registry.Household) *int { return &h.Persons[k] }))
	}
	for i := range registry.Vocabulary {
		list = append(list, class(i))
	}
	return list
}

// householdAttribute gives an attribute by name; nil when there is none.
func householdAttribute(name string) *attribute {
	for _, a := range householdAttributes() {
		if a.name == name {
			return &a
		}
	}
	return nil
}

// householdColumnNames are all names that a household file's columns may have.
func householdColumnNames() []string {
	names := append([]string(nil), placeColumns...)
	for _, a := range householdAttributes() {
		names = append(names, a.name)
	}
	return names
}

func count(name string, field func(*registry.Household) *int) attribute {
	return attribute{name, func(h *registry.Household, value string) string {
		n, reason := parseCount(value)
		if reason == "" && n > math.MaxInt32 {
			reason = "is too large"
		}
		if reason == "" {
			*field(h) = int(n)
		}
		return reason
	}}
}

func number(name string, field func(*registry.Household) *float64) attribute {
	return attribute{name, func(h *registry.Household, value string) string {
		f, reason := parseNumber(value, false)
		if reason == "" {
			*field(h) = f
		}
		return reason
	}}
}

func answer(name string, field func(*registry.Household) *registry.Answer) attribute {
	return attribute{name, func(h *registry.Household, value string) (reason string) {
		*field(h), reason = parseAnswer(value)
		return reason
	}}
}

// class reads a classified attribute, given by its position in registry.Vocabulary.
func class(i int) attribute {
	classes := registry.Vocabulary[i].Classes
	reason := "is not one of " + strings.Join(classes, ", ")
	return attribute{registry.Vocabulary[i].Name, func(h *registry.Household, value string) string {
		k := slices.Index(classes, value)
		if k < 0 {
			k = slices.Index(classes, strings.ToLower(value))
		}
		switch {
		case k < 0 && looksLikeIdentityNumber(value):
			return isIdentityNumber
		case k < 0:
			return reason
		}
		*h.Classes()[i] = classes[k] // not value, which is a part of the whole row's text
		return ""
	}}
}
