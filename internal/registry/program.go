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

// Check tells what is wrong with the programme, naming the field: the first of its faults.
func (p *Program) Check() error {
	if faults := p.Faults(); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// Faults gives everything that is wrong with the programme, in the order of its fields, each an Error that names its field.
// Of a rule it is the first fault; whether the areas and programmes that it names exist is for Dataset.CheckFilter.
func (p *Program) Faults() (faults []error) {
	for _, check := range []struct {
		wrong bool
		fault *Error
	}{
		{!programCode.MatchString(p.Code), Invalid("code", "%q is not a programme code: capitals, digits, - and _, at most 32", p.Code)},
		{p.Name == "", Invalid("name", "a programme needs a name")},
		{p.Pillar == 0, Invalid("pillar", "a programme needs a pillar")},
		{p.FunderKind == 0, Invalid("funderKind", "a programme needs a funder kind")},
		{p.BudgetRupiah != nil && *p.BudgetRupiah < 0, Invalid("budgetRupiah", "must not be negative")},
		{p.UnitCostRupiah != nil && *p.UnitCostRupiah <= 0, Invalid("unitCostRupiah", "must be above zero")},
		{p.Year < 1945 || p.Year > 2200, Invalid("year", "%d is not a year of a programme", p.Year)},
	} {
		if check.wrong {
			faults = append(faults, check.fault)
		}
	}
	if p.Eligibility.UsesEligibility() {
		return append(faults, Invalid("eligibility", "an eligibility rule can't rest on another programme's eligibility"))
	}
	if len(p.Eligibility.OtherStates()) > 0 {
		return append(faults, RuleOfOtherStates("eligibility"))
	}
	if err := p.Eligibility.Check(); err != nil {
		faults = append(faults, Under("eligibility", err))
	}
	return faults
}

// RuleOfOtherStates refuses a rule that rests on another state, which may be a draft where the programme is read.
func RuleOfOtherStates(field string) error {
	return Invalid(field, "an eligibility rule can't rest on another state: leave inState out")
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
