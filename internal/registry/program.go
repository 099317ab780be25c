package registry

import (
	"regexp"
	"time"
)

// MaxPrograms is how many programmes an edition may have: enrolments are bits of a 64-bit word in every engine.
const MaxPrograms = 64

// Program is a programme of a funder, with the rule that says who is eligible. The rule is data: a household filter.
type Program struct {
	Code           string // e.g. "PKH"; unique within an edition
	Name           string
	Pillar         Pillar
	Funder         string
	FunderKind     FunderKind
	BudgetRupiah   *int64 // a year; nil when not published
	UnitCostRupiah *int64 // for one household a year; nil when unknown
	Year           int
	Eligibility    Filter
	Source         string
}

var programCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{0,31}$`)

// Check tells what is wrong with the programme, naming the field.
func (p *Program) Check() error {
	switch {
	case !programCode.MatchString(p.Code):
		return Invalid("code", "%q is not a programme code: capitals, digits, - and _, at most 32", p.Code)
	case p.Name == "":
		return Invalid("name", "a programme needs a name")
	case p.Pillar == 0:
		return Invalid("pillar", "a programme needs a pillar")
	case p.FunderKind == 0:
		return Invalid("funderKind", "a programme needs a funder kind")
	case p.Year < 1945 || p.Year > 2200:
		return Invalid("year", "%d is not a year of a programme", p.Year)
	case p.BudgetRupiah != nil && *p.BudgetRupiah < 0:
		return Invalid("budgetRupiah", "must not be negative")
	case p.UnitCostRupiah != nil && *p.UnitCostRupiah <= 0:
		return Invalid("unitCostRupiah", "must be above zero")
	case p.Eligibility.UsesEligibility():
		return Invalid("eligibility", "an eligibility rule can't rest on another programme's eligibility")
	}
	return Under("eligibility", p.Eligibility.Check())
}

// Enrolment says that a household gets, got or should get a programme.
type Enrolment struct {
	Household    HouseholdID
	Program      string // programme code
	Status       EnrolmentStatus
	Since, Until Date   // "" when unknown or open
	Persons      int    // persons reached; UnknownInt
	Rupiah       int64  // benefit in the period; UnknownInt
	Decree       string // number of the decree (SK) it rests on
}

// AreaIndicator is a published figure of an area, such as BPS's poverty rate of the city.
type AreaIndicator struct {
	Area   AreaCode
	Code   string // e.g. "p0_percent"
	Year   int
	Value  float64
	Unit   string
	Source string
	URL    string
	Note   string
}

// Date is a calendar day written 2025-10-31; "" is no date. Dates compare as text.
type Date string

// ParseDate checks that s is a real day.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", Invalid("date", "%q is not a date; expected a form like 2025-10-31", s)
	}
	return Date(s), nil
}
