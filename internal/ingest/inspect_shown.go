package ingest

import (
	"math"
	"strconv"

	"kantong/internal/registry"
)

// Shown writes an attribute of a household as a file would have it; "" when it is unknown.
func Shown(h *registry.Household, attribute string) string {
	whole := func(n int) string {
		if n == registry.UnknownInt {
			return ""
		}
		return strconv.Itoa(n)
	}
	real := func(f float64) string {
		if math.IsNaN(f) {
			return ""
		}
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	answer := func(a registry.Answer) string { return [...]string{"", "no", "yes"}[a] }
	switch attribute {
	case "area_code":
		return string(h.Area)
	case "rw":
		return h.RW
	case "rt":
		return h.RT
	case "location":
		if !h.Located {
			return ""
		}
		p := h.Point.Point()
		return strconv.FormatFloat(p[0], 'f', 5, 64) + " " + strconv.FormatFloat(p[1], 'f', 5, 64)
	case "head_sex":
		return h.HeadSex.String()
	case "expenditure_per_capita_rupiah":
		if h.Expenditure == registry.UnknownInt {
			return ""
		}
		return strconv.FormatInt(h.Expenditure, 10)
	case "members":
		return whole(h.Members)
	case "head_age":
		return whole(h.HeadAge)
	case "decile":
		return whole(h.Decile)
	case "working_age":
		return whole(h.WorkingAge)
	case "working":
		return whole(h.Working)
	case "power_va":
		return whole(h.PowerVA)
	case "score":
		return real(h.Score)
	case "floor_area_m2":
		return real(h.FloorAreaM2)
	case "head_working":
		return answer(h.HeadWorking)
	case "savings":
		return answer(h.Savings)
	case "nine_years_schooling":
		return answer(h.NineYearsSchooling)
	case "health_insured":
		return answer(h.HealthInsured)
	case "disabled_supported":
		return answer(h.DisabledSupported)
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		if k.Column() == attribute {
			return whole(h.Persons[k])
		}
	}
	for i, class := range h.Classes() {
		if registry.Vocabulary[i].Name == attribute {
			return *class
		}
	}
	return ""
}
