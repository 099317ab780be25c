package postgis

import (
	"math"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// column is a column of the table of households: put appends a household's value for COPY, take reads it back, nil for
// NULL, which is unknown.
type column struct {
	name string
	put  func(dst []byte, h *registry.Household) ([]byte, error)
	take func(h *registry.Household, v []byte)
}

// householdColumns are all columns but the edition and the geometry, which follows from lon_e7 and lat_e7.
var householdColumns = makeHouseholdColumns()

func makeHouseholdColumns() []column {
	type household = registry.Household
	columns := []column{
		{"id", func(dst []byte, h *household) ([]byte, error) { return appendBytes(dst, h.ID[:]), nil },
			func(h *household, v []byte) { copy(h.ID[:], v) }},
		floatColumn("score", func(h *household) *float64 { return &h.Score }),
		floatColumn("floor_area_m2", func(h *household) *float64 { return &h.FloorAreaM2 }),
		{"lon_e7", func(dst []byte, h *household) ([]byte, error) {
			return appendCoordinate(dst, h.Located, h.Point.Lon), nil
		}, takeLon},
		{"lat_e7", func(dst []byte, h *household) ([]byte, error) {
			return appendCoordinate(dst, h.Located, h.Point.Lat), nil
		}, takeLat},
		intColumn("expenditure_per_capita_rupiah", func(h *household) *int64 { return &h.Expenditure }),
		intColumn("power_va", func(h *household) *int { return &h.PowerVA }),
		bitsColumn("deprived_bits", func(h *household) *registry.DeprivationSet { return &h.Deprived }),
		bitsColumn("known_bits", func(h *household) *registry.DeprivationSet { return &h.Known }),
		smallColumn("members", func(h *household) *int { return &h.Members }),
		smallColumn("head_age", func(h *household) *int { return &h.HeadAge }),
		smallColumn("decile", func(h *household) *int { return &h.Decile }),
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		columns = append(columns, smallColumn(k.Column(), func(h *household) *int { return &h.Persons[k] }))
	}
	columns = append(columns,
		smallColumn("working_age", func(h *household) *int { return &h.WorkingAge }),
		smallColumn("working", func(h *household) *int { return &h.Working }),
		answerColumn("head_working", func(h *household) *registry.Answer { return &h.HeadWorking }),
		answerColumn("savings", func(h *household) *registry.Answer { return &h.Savings }),
		answerColumn("nine_years_schooling", func(h *household) *registry.Answer { return &h.NineYearsSchooling }),
		answerColumn("health_insured", func(h *household) *registry.Answer { return &h.HealthInsured }),
		answerColumn("disabled_supported", func(h *household) *registry.Answer { return &h.DisabledSupported }),
		column{"area_code", func(dst []byte, h *household) ([]byte, error) { return appendBytes(dst, h.Area), nil },
			func(h *household, v []byte) { h.Area = registry.AreaCode(v) }},
		textColumn("rw", func(h *household) *string { return &h.RW }),
		textColumn("rt", func(h *household) *string { return &h.RT }),
		column{"head_sex", func(dst []byte, h *household) ([]byte, error) { return appendText(dst, h.HeadSex.String()), nil }, takeSex},
	)
	for i, a := range registry.Vocabulary {
		columns = append(columns, textColumn(a.Name, func(h *household) *string { return h.Classes()[i] }))
	}
	return columns
}

// columnNames lists householdColumns, each after prefix.
func columnNames(prefix string) []string {
	names := make([]string, len(householdColumns))
	for i, c := range householdColumns {
		names[i] = prefix + c.name
	}
	return names
}

func textColumn(name string, at func(*registry.Household) *string) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) { return appendText(dst, *at(h)), nil },
		func(h *registry.Household, v []byte) { *at(h) = string(v) }}
}

func intColumn[T int | int64](name string, at func(*registry.Household) *T) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) {
			switch v := *at(h); {
			case v == registry.UnknownInt:
				return appendNull(dst), nil
			case T(int32(v)) != v:
				return nil, tooLarge(name, int64(v))
			default:
				return appendInt32(dst, int32(v)), nil
			}
		},
		func(h *registry.Household, v []byte) {
			if *at(h) = registry.UnknownInt; v != nil {
				*at(h) = T(int32Of(v))
			}
		}}
}

func smallColumn(name string, at func(*registry.Household) *int) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) {
			switch v := *at(h); {
			case v == registry.UnknownInt:
				return appendNull(dst), nil
			case int(int16(v)) != v:
				return nil, tooLarge(name, int64(v))
			default:
				return appendInt16(dst, int16(v)), nil
			}
		},
		func(h *registry.Household, v []byte) {
			if *at(h) = registry.UnknownInt; v != nil {
				*at(h) = int(int16Of(v))
			}
		}}
}

func tooLarge(name string, v int64) error {
	return registry.Invalid(name, "%d is too large to store", v)
}

func floatColumn(name string, at func(*registry.Household) *float64) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) {
			if math.IsNaN(*at(h)) {
				return appendNull(dst), nil
			}
			return appendFloat(dst, *at(h)), nil
		},
		func(h *registry.Household, v []byte) {
			if *at(h) = math.NaN(); v != nil {
				*at(h) = floatOf(v)
			}
		}}
}

func answerColumn(name string, at func(*registry.Household) *registry.Answer) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) {
			if *at(h) == registry.Unknown {
				return appendNull(dst), nil
			}
			return appendBool(dst, *at(h) == registry.Yes), nil
		},
		func(h *registry.Household, v []byte) {
			if *at(h) = registry.Unknown; v != nil {
				*at(h) = registry.AnswerOf(boolOf(v))
			}
		}}
}

func bitsColumn(name string, at func(*registry.Household) *registry.DeprivationSet) column {
	return column{name,
		func(dst []byte, h *registry.Household) ([]byte, error) { return appendInt32(dst, int32(*at(h))), nil },
		func(h *registry.Household, v []byte) { *at(h) = registry.DeprivationSet(int32Of(v)) }}
}

func appendCoordinate(dst []byte, located bool, v int32) []byte {
	if !located {
		return appendNull(dst)
	}
	return appendInt32(dst, v)
}

func takeLon(h *registry.Household, v []byte) {
	h.Located, h.Point = v != nil, geo.PointE7{}
	if h.Located {
		h.Point.Lon = int32Of(v)
	}
}

func takeLat(h *registry.Household, v []byte) {
	if h.Located { // the table has both or neither
		h.Point.Lat = int32Of(v)
	}
}

func takeSex(h *registry.Household, v []byte) {
	switch string(v) {
	case "MALE":
		h.HeadSex = registry.SexMale
	case "FEMALE":
		h.HeadSex = registry.SexFemale
	default:
		h.HeadSex = registry.SexUnknown
	}
}
