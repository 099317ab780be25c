package registry

// Sex of the head of the household.
type Sex uint8

// SexUnknown is the zero value.
const (
	SexUnknown Sex = iota
	SexMale
	SexFemale
)

var sexNames = []string{"", "MALE", "FEMALE"}

func (s Sex) String() string { return nameOf(sexNames, s) }

// ParseSex reads MALE or FEMALE.
func ParseSex(s string) (Sex, error) { return parseName[Sex](sexNames, "sex", s) }

// Answer is a yes or no that may be missing. Unknown is never counted as no.
type Answer uint8

// Unknown is the zero value.
const (
	Unknown Answer = iota
	No
	Yes
)

// AnswerOf is Yes for true and No for false.
func AnswerOf(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// Pillar is a chapter of the city's poverty-reduction plan.
type Pillar uint8

// The pillars in the order of the plan.
const (
	PillarEconomy Pillar = iota + 1
	PillarEducation
	PillarHealth
	PillarHousing
	PillarProtection
)

var pillarNames = []string{"", "ECONOMY", "EDUCATION", "HEALTH", "HOUSING", "PROTECTION"}

func (p Pillar) String() string { return nameOf(pillarNames, p) }

// ParsePillar reads a pillar's name.
func ParsePillar(s string) (Pillar, error) { return parseName[Pillar](pillarNames, "pillar", s) }

// FunderKind says who pays for a programme.
type FunderKind uint8

// The kinds of funders.
const (
	FunderGovernment FunderKind = iota + 1
	FunderCivilSociety
	FunderPrivate
)

var funderNames = []string{"", "GOVERNMENT", "CIVIL_SOCIETY", "PRIVATE"}

func (k FunderKind) String() string { return nameOf(funderNames, k) }

// ParseFunderKind reads a funder kind's name.
func ParseFunderKind(s string) (FunderKind, error) {
	return parseName[FunderKind](funderNames, "funderKind", s)
}

// EnrolmentStatus is where an enrolment stands. Only ACTIVE counts as enrolled.
type EnrolmentStatus uint8

// The states of an enrolment.
const (
	EnrolmentProposed EnrolmentStatus = iota + 1
	EnrolmentActive
	EnrolmentSuspended
	EnrolmentEnded
)

var enrolmentNames = []string{"", "PROPOSED", "ACTIVE", "SUSPENDED", "ENDED"}

func (s EnrolmentStatus) String() string { return nameOf(enrolmentNames, s) }

// ParseEnrolmentStatus reads a status's name.
func ParseEnrolmentStatus(s string) (EnrolmentStatus, error) {
	return parseName[EnrolmentStatus](enrolmentNames, "status", s)
}

// Role says what a viewer may see.
type Role uint8

// The roles; the zero value sees the least.
const (
	RolePublic Role = iota
	RolePartner
	RolePlanner
	RoleAdmin
	RoleAuditor
	// RoleUnknown is one that this version does not know: it may do nothing at all.
	RoleUnknown Role = 255
)

var roleNames = []string{"PUBLIC", "PARTNER", "PLANNER", "ADMIN", "AUDITOR"}

func (r Role) String() string { return nameOf(roleNames, r) }

// ParseRole reads a role's name in capitals.
func ParseRole(s string) (Role, error) { return parseName[Role](roleNames, "role", s) }

// SeesHouseholds tells whether the role gets exact figures and household rows.
func (r Role) SeesHouseholds() bool { return r == RolePlanner || r == RoleAdmin }

// Has tells whether the role may do what another one may: ADMIN all that PLANNER does, PLANNER all that PARTNER does,
// everybody what PUBLIC does. AUDITOR stands aside: nobody else has it, and it has only itself and PUBLIC.
func (r Role) Has(other Role) bool {
	switch {
	case r > RoleAuditor:
		return false
	case other == RolePublic, r == other:
		return true
	}
	return r != RoleAuditor && other != RoleAuditor && r > other
}

// FigureStatus says how much a number can be trusted to be the number. The zero value is EXACT.
type FigureStatus uint8

// A SUPPRESSED or UNKNOWN figure has no value.
const (
	Exact FigureStatus = iota
	Perturbed
	Suppressed
	UnknownFigure
)

var figureNames = []string{"EXACT", "PERTURBED", "SUPPRESSED", "UNKNOWN"}

func (s FigureStatus) String() string { return nameOf(figureNames, s) }

// ParseFigureStatus reads a status's name.
func ParseFigureStatus(s string) (FigureStatus, error) {
	return parseName[FigureStatus](figureNames, "status", s)
}

// HasValue tells whether a figure of this status has a number at all.
func (s FigureStatus) HasValue() bool { return s <= Perturbed }

func nameOf[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return "INVALID"
}

func parseName[T ~uint8](names []string, field, s string) (T, error) {
	for i, n := range names {
		if n != "" && n == s {
			return T(i), nil
		}
	}
	return 0, Invalid(field, "%q is not one of %s", s, listNames(names))
}

func listNames(names []string) string {
	out := ""
	for _, n := range names {
		if n != "" && out != "" {
			out += ", "
		}
		out += n
	}
	return out
}

// PersonKind is a group of people counted in each household.
type PersonKind uint8

// School age is 7–18, elderly 60 and over. OutOfSchool is a part of SchoolAge, Stunted of UnderFive.
const (
	UnderFive PersonKind = iota
	SchoolAge
	OutOfSchool
	Elderly
	Disabled
	Pregnant
	Stunted
	PersonKindCount = iota
)

var personKindNames = []string{"UNDER_FIVE", "SCHOOL_AGE", "OUT_OF_SCHOOL", "ELDERLY", "DISABLED", "PREGNANT", "STUNTED"}

func (k PersonKind) String() string { return nameOf(personKindNames, k) }

// ParsePersonKind reads a person kind's name.
func ParsePersonKind(s string) (PersonKind, error) {
	return parseName[PersonKind](personKindNames, "personKind", s)
}
