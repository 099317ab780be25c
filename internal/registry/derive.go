package registry

import (
	"math"
	"slices"
)

// NewHousehold is a household of which nothing is known but where it belongs.
func NewHousehold(id HouseholdID, area AreaCode) Household {
	h := Household{ID: id, Area: area, Members: UnknownInt, HeadAge: UnknownInt, Decile: UnknownInt, Score: math.NaN(),
		Expenditure: UnknownInt, WorkingAge: UnknownInt, Working: UnknownInt, FloorAreaM2: math.NaN(), PowerVA: UnknownInt}
	for k := range h.Persons {
		h.Persons[k] = UnknownInt
	}
	return h
}

// MinFloorAreaM2 is the floor space a person below which a dwelling is crowded (BPS).
const MinFloorAreaM2 = 7.2

// LowPowerVA is the largest connection that counts as low power.
const LowPowerVA = 450

// Derive sets Deprived and Known from the attributes. A condition is known when what it needs was recorded; a household
// with no school-age child is known not to have a child out of school, and so on for stunting and disability.
func (h *Household) Derive() {
	h.Deprived, h.Known = 0, 0
	judge := func(d Deprivation, known, deprived bool) {
		if known {
			h.Known = h.Known.With(d)
			if deprived {
				h.Deprived = h.Deprived.With(d)
			}
		}
	}
	lacks := func(d Deprivation, has Answer) { judge(d, has != Unknown, has == No) }
	lacks(HeadNotWorking, h.HeadWorking)
	lacks(NoSavings, h.Savings)
	lacks(NoNineYearsSchooling, h.NineYearsSchooling)
	lacks(NoHealthInsurance, h.HealthInsured)

	judge(NoWorkingMember, h.Working != UnknownInt || h.HeadWorking == Yes, h.Working == 0 && h.HeadWorking != Yes)
	some := func(d Deprivation, part, whole PersonKind) {
		judge(d, h.Persons[part] != UnknownInt || h.Persons[whole] == 0, h.Persons[part] > 0)
	}
	some(ChildOutOfSchool, OutOfSchool, SchoolAge)
	some(StuntedChild, Stunted, UnderFive)
	judge(DisabledUnsupported, h.Persons[Disabled] == 0 || h.Persons[Disabled] > 0 && h.DisabledSupported != Unknown,
		h.Persons[Disabled] > 0 && h.DisabledSupported == No)

	for i, class := range h.Classes() {
		if a := Vocabulary[i]; a.Deprived != nil {
			judge(a.Deprives, *class != "", slices.Contains(a.Deprived, *class))
		}
	}
	judge(Crowded, h.Members > 0 && !math.IsNaN(h.FloorAreaM2), h.FloorAreaM2 < MinFloorAreaM2*float64(h.Members))
	dark := h.Lighting != "" && h.Lighting != "grid" && h.Lighting != "grid_shared"
	judge(LowPower, dark || h.PowerVA != UnknownInt, dark || h.PowerVA <= LowPowerVA)
}

// Check tells what makes the household impossible, naming the attribute; nil when nothing does.
func (h *Household) Check() error {
	if h.Area.Level() != LevelKelurahan {
		return Invalid("area_code", "%q is not the code of a kelurahan or desa", h.Area)
	}
	limits := []struct {
		name     string
		v        int
		min, max int
	}{
		{"members", h.Members, 1, MaxMembers}, {"decile", h.Decile, 1, 10}, {"head_age", h.HeadAge, 0, 130},
		{"working_age", h.WorkingAge, 0, MaxMembers}, {"working", h.Working, 0, MaxMembers}, {"power_va", h.PowerVA, 0, 1_000_000},
	}
	for _, l := range limits {
		if l.v != UnknownInt && (l.v < l.min || l.v > l.max) {
			return Invalid(l.name, "%d is outside %d to %d", l.v, l.min, l.max)
		}
	}
	if h.Expenditure < UnknownInt || h.Expenditure > MaxExpenditureRupiah {
		return Invalid("expenditure_per_capita_rupiah", "%d is outside 0 to %d", h.Expenditure, int64(MaxExpenditureRupiah))
	}
	if h.FloorAreaM2 < 0 || h.FloorAreaM2 > 100_000 {
		return Invalid("floor_area_m2", "%g is outside 0 to 100000", h.FloorAreaM2)
	}
	most := MaxMembers
	if h.Members != UnknownInt {
		most = h.Members
	}
	for k, n := range h.Persons {
		if n != UnknownInt && (n < 0 || n > most) {
			return Invalid(personColumns[k], "%d is outside 0 to the number of members, %d", n, most)
		}
	}
	for _, part := range [][2]PersonKind{{OutOfSchool, SchoolAge}, {Stunted, UnderFive}} {
		if p, w := h.Persons[part[0]], h.Persons[part[1]]; p != UnknownInt && w != UnknownInt && p > w {
			return Invalid(personColumns[part[0]], "%d is more than %s, %d", p, personColumns[part[1]], w)
		}
	}
	for i, class := range h.Classes() {
		if *class != "" && !slices.Contains(Vocabulary[i].Classes, *class) {
			return Invalid(Vocabulary[i].Name, "%q is not one of %s", *class, listNames(Vocabulary[i].Classes))
		}
	}
	return nil
}

// MaxExpenditureRupiah keeps an expenditure, and the square of a poverty gap, inside 64 bits.
const MaxExpenditureRupiah = 1_000_000_000

// personColumns names Persons as files and databases spell them.
var personColumns = [PersonKindCount]string{"under_five", "school_age", "out_of_school", "elderly", "disabled", "pregnant", "stunted"}

// Column is the kind's name as files and databases spell it: lower case with underscores.
func (k PersonKind) Column() string { return personColumns[k] }
