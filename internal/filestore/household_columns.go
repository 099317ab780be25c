package filestore

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// column is a column of the table of households. Texts and codes are spelt as in the API, so that people can read the
// table; an unknown value is NULL.
type column struct {
	name, kind string // kind is a GeoPackage type
	get        func(h *registry.Household) any
	set        func(h *registry.Household, v any) bool // false for a value that get never gives; nil for a column never read
}

// householdColumns are all columns but the key and the edition.
var householdColumns = makeHouseholdColumns()

func makeHouseholdColumns() []column {
	type household = registry.Household
	columns := []column{
		{"geom", "POINT", pointOf, setPoint},
		{"id", "TEXT NOT NULL", func(h *household) any { return h.ID.String() }, setID},
		textColumn("area_code", func(h *household) *registry.AreaCode { return &h.Area }),
		textColumn("rw", func(h *household) *string { return &h.RW }),
		textColumn("rt", func(h *household) *string { return &h.RT }),
		integerColumn("members", func(h *household) *int { return &h.Members }),
		{"head_sex", "TEXT", func(h *household) any { return orNull(h.HeadSex.String(), "") }, setSex},
		integerColumn("head_age", func(h *household) *int { return &h.HeadAge }),
		integerColumn("decile", func(h *household) *int { return &h.Decile }),
		realColumn("score", func(h *household) *float64 { return &h.Score }),
		integerColumn("expenditure_per_capita_rupiah", func(h *household) *int64 { return &h.Expenditure }),
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		columns = append(columns, integerColumn(k.Column(), func(h *household) *int { return &h.Persons[k] }))
	}
	columns = append(columns,
		integerColumn("working_age", func(h *household) *int { return &h.WorkingAge }),
		integerColumn("working", func(h *household) *int { return &h.Working }),
		answerColumn("head_working", func(h *household) *registry.Answer { return &h.HeadWorking }),
		answerColumn("savings", func(h *household) *registry.Answer { return &h.Savings }),
		answerColumn("nine_years_schooling", func(h *household) *registry.Answer { return &h.NineYearsSchooling }),
		answerColumn("health_insured", func(h *household) *registry.Answer { return &h.HealthInsured }),
		answerColumn("disabled_supported", func(h *household) *registry.Answer { return &h.DisabledSupported }),
		realColumn("floor_area_m2", func(h *household) *float64 { return &h.FloorAreaM2 }),
		integerColumn("power_va", func(h *household) *int { return &h.PowerVA }),
	)
	for i, a := range registry.Vocabulary {
		columns = append(columns, textColumn(a.Name, func(h *household) *string { return h.Classes()[i] }))
	}
	return append(columns,
		bitsColumn("deprived_bits", func(h *household) *registry.DeprivationSet { return &h.Deprived }),
		bitsColumn("known_bits", func(h *household) *registry.DeprivationSet { return &h.Known }),
		column{"deprived_in", "TEXT", func(h *household) any { return namesOf(h.Deprived) }, nil},
	)
}

func textColumn[T ~string](name string, at func(*registry.Household) *T) column {
	return column{name, "TEXT",
		func(h *registry.Household) any { return orNull(string(*at(h)), "") },
		func(h *registry.Household, v any) bool {
			s, ok := v.(string)
			*at(h) = T(s)
			return ok || v == nil
		}}
}

func integerColumn[T int | int64](name string, at func(*registry.Household) *T) column {
	return column{name, "INTEGER",
		func(h *registry.Household) any { return orNull(int64(*at(h)), registry.UnknownInt) },
		func(h *registry.Household, v any) bool {
			n, ok := v.(int64)
			if v == nil {
				n, ok = registry.UnknownInt, true
			}
			*at(h) = T(n)
			return ok
		}}
}

func realColumn(name string, at func(*registry.Household) *float64) column {
	return column{name, "REAL",
		func(h *registry.Household) any {
			if math.IsNaN(*at(h)) {
				return nil
			}
			return *at(h)
		},
		func(h *registry.Household, v any) bool {
			f, ok := v.(float64)
			if v == nil {
				f, ok = math.NaN(), true
			}
			*at(h) = f
			return ok
		}}
}

func answerColumn(name string, at func(*registry.Household) *registry.Answer) column {
	return column{name, "BOOLEAN",
		func(h *registry.Household) any {
			if *at(h) == registry.Unknown {
				return nil
			}
			return *at(h) == registry.Yes
		},
		func(h *registry.Household, v any) bool {
			n, ok := v.(int64)
			*at(h) = registry.Unknown
			if ok {
				*at(h) = registry.AnswerOf(n == 1)
			}
			return ok || v == nil
		}}
}

func bitsColumn(name string, at func(*registry.Household) *registry.DeprivationSet) column {
	return column{name, "INTEGER",
		func(h *registry.Household) any { return int64(*at(h)) },
		func(h *registry.Household, v any) bool {
			n, ok := v.(int64)
			*at(h) = registry.DeprivationSet(n)
			return ok
		}}
}

func pointOf(h *registry.Household) any {
	if !h.Located {
		return nil
	}
	blob, err := geopackage.AppendPoint(nil, h.Point.Point())
	if err != nil { // only a coordinate that is not finite could fail, and integers are
		panic(err)
	}
	return blob
}

func setPoint(h *registry.Household, v any) bool {
	h.Point = geo.PointE7{}
	if h.Located = v != nil; !h.Located {
		return true
	}
	blob, _ := v.([]byte)
	g, _, err := geopackage.DecodeGeometry(blob)
	p, ok := g.(orb.Point)
	h.Point.Lon, h.Point.Lat = geo.ToE7(p)
	return err == nil && ok
}

func setID(h *registry.Household, v any) bool {
	text, ok := v.(string)
	id, err := registry.ParseHouseholdID(text)
	h.ID = id
	return ok && err == nil
}

func setSex(h *registry.Household, v any) (ok bool) {
	name, isText := v.(string)
	if !isText {
		h.HeadSex = registry.SexUnknown
		return v == nil
	}
	sex, err := registry.ParseSex(name)
	h.HeadSex = sex
	return err == nil
}

// namesOf lists a set for people: "EARTH_FLOOR, LOW_POWER"; NULL when it is empty.
func namesOf(set registry.DeprivationSet) any {
	var b strings.Builder
	for _, d := range set.List() {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(d.String())
	}
	return orNull(b.String(), "")
}
