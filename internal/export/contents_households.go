package export

import (
	"iter"
	"math"

	"kantong/internal/registry"
)

// householdTable has the columns of an import; coordinates are columns where there is no geometry.
func householdTable(list iter.Seq2[registry.Household, error], coordinates bool) Table {
	t := Table{Name: "households", Title: "Families, by their ids", Geometry: "POINT"}
	columns := contentColumns()
	for _, c := range columns {
		if coordinates || c.Name != "longitude" && c.Name != "latitude" {
			t.Columns = append(t.Columns, c.Column)
		}
	}
	t.Rows = func(yield func(Row, error) bool) {
		for h, err := range list {
			row := Row{Values: make([]any, 0, len(columns))}
			for _, c := range columns {
				if coordinates || c.Name != "longitude" && c.Name != "latitude" {
					row.Values = append(row.Values, c.of(&h))
				}
			}
			if h.Located {
				row.Geometry = h.Point.Point()
			}
			if !yield(row, err) {
				return
			}
		}
	}
	return t
}

// contentColumn is an attribute of a household as a file has it.
type contentColumn struct {
	Column
	of func(*registry.Household) any
}

func contentColumns() []contentColumn {
	whole := func(name, unit string, of func(*registry.Household) int) contentColumn {
		return contentColumn{Column{name, Whole, unit, ""}, func(h *registry.Household) any { return known(of(h)) }}
	}
	words := func(name string, of func(*registry.Household) string) contentColumn {
		return contentColumn{Column{Name: name}, func(h *registry.Household) any { return text(of(h)) }}
	}
	number := func(name, unit string, of func(*registry.Household) float64) contentColumn {
		return contentColumn{Column{name, Number, unit, ""}, func(h *registry.Household) any {
			if x := of(h); !math.IsNaN(x) {
				return x
			}
			return nil
		}}
	}
	answer := func(name string, of func(*registry.Household) registry.Answer) contentColumn {
		return words(name, func(h *registry.Household) string {
			return map[registry.Answer]string{registry.Yes: "yes", registry.No: "no"}[of(h)]
		})
	}
	place := func(name string, axis int) contentColumn {
		return contentColumn{Column{name, Number, "degrees", ""}, func(h *registry.Household) any {
			if h.Located {
				return h.Point.Point()[axis]
			}
			return nil
		}}
	}
	list := []contentColumn{
		words("id", func(h *registry.Household) string { return h.ID.String() }), words("area_code", func(h *registry.Household) string { return string(h.Area) }),
		words("rw", func(h *registry.Household) string { return h.RW }), words("rt", func(h *registry.Household) string { return h.RT }), place("longitude", 0), place("latitude", 1),
		whole("members", "people", func(h *registry.Household) int { return h.Members }),
		words("head_sex", func(h *registry.Household) string {
			return map[registry.Sex]string{registry.SexMale: "male", registry.SexFemale: "female"}[h.HeadSex]
		}),
		whole("head_age", "years", func(h *registry.Household) int { return h.HeadAge }), whole("decile", "", func(h *registry.Household) int { return h.Decile }),
		number("score", "", func(h *registry.Household) float64 { return h.Score }),
		{Column{"expenditure_per_capita_rupiah", Whole, "rupiah a person a month", ""}, func(h *registry.Household) any { return known64(h.Expenditure) }},
		number("floor_area_m2", "m²", func(h *registry.Household) float64 { return h.FloorAreaM2 }), whole("power_va", "VA", func(h *registry.Household) int { return h.PowerVA }),
		whole("working_age", "people", func(h *registry.Household) int { return h.WorkingAge }), whole("working", "people", func(h *registry.Household) int { return h.Working }),
		answer("head_working", func(h *registry.Household) registry.Answer { return h.HeadWorking }), answer("savings", func(h *registry.Household) registry.Answer { return h.Savings }),
		answer("nine_years_schooling", func(h *registry.Household) registry.Answer { return h.NineYearsSchooling }),
		answer("health_insured", func(h *registry.Household) registry.Answer { return h.HealthInsured }), answer("disabled_supported", func(h *registry.Household) registry.Answer { return h.DisabledSupported }),
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		list = append(list, whole(k.Column(), "people", func(h *registry.Household) int { return h.Persons[k] }))
	}
	for i := range registry.Vocabulary {
		list = append(list, words(registry.Vocabulary[i].Name, func(h *registry.Household) string { return *h.Classes()[i] }))
	}
	return list
}
