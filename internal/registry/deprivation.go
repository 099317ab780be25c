package registry

import "math/bits"

// Deprivation is a named yes/no condition of a household; its number is its bit in a DeprivationSet.
type Deprivation uint8

// The deprivations, grouped by pillar. UNSERVED is computed from enrolments, all others from attributes.
const (
	HeadNotWorking Deprivation = iota
	NoWorkingMember
	NoSavings
	ChildOutOfSchool
	NoNineYearsSchooling
	NoHealthInsurance
	StuntedChild
	DisabledUnsupported
	EarthFloor
	WeakWall
	UnfitRoof
	Crowded
	UnsafeWater
	UnimprovedSanitation
	LowPower
	SolidFuel
	Unserved
	DeprivationCount = iota
)

var deprivationTable = [DeprivationCount]struct {
	name   string
	pillar Pillar
}{
	{"HEAD_NOT_WORKING", PillarEconomy}, {"NO_WORKING_MEMBER", PillarEconomy}, {"NO_SAVINGS", PillarEconomy},
	{"CHILD_OUT_OF_SCHOOL", PillarEducation}, {"NO_NINE_YEARS_SCHOOLING", PillarEducation},
	{"NO_HEALTH_INSURANCE", PillarHealth}, {"STUNTED_CHILD", PillarHealth}, {"DISABLED_UNSUPPORTED", PillarHealth},
	{"EARTH_FLOOR", PillarHousing}, {"WEAK_WALL", PillarHousing}, {"UNFIT_ROOF", PillarHousing}, {"CROWDED", PillarHousing},
	{"UNSAFE_WATER", PillarHousing}, {"UNIMPROVED_SANITATION", PillarHousing}, {"LOW_POWER", PillarHousing}, {"SOLID_FUEL", PillarHousing},
	{"UNSERVED", PillarProtection},
}

func (d Deprivation) String() string {
	if int(d) < DeprivationCount {
		return deprivationTable[d].name
	}
	return "INVALID"
}

// Pillar is the chapter of the plan that a deprivation belongs to.
func (d Deprivation) Pillar() Pillar { return deprivationTable[d].pillar }

// ParseDeprivation reads a deprivation's name.
func ParseDeprivation(s string) (Deprivation, error) {
	for d := range Deprivation(DeprivationCount) {
		if deprivationTable[d].name == s {
			return d, nil
		}
	}
	return 0, Invalid("deprivation", "%q is not a deprivation", s)
}

// DeprivationSet is a set of deprivations, one bit each.
type DeprivationSet uint32

// With adds d to the set.
func (s DeprivationSet) With(d Deprivation) DeprivationSet { return s | 1<<d }

// Has tells whether d is in the set.
func (s DeprivationSet) Has(d Deprivation) bool { return s>>d&1 == 1 }

// List gives the members in order; empty, never nil.
func (s DeprivationSet) List() []Deprivation {
	out := make([]Deprivation, 0, bits.OnesCount32(uint32(s)))
	for ; s != 0; s &= s - 1 {
		out = append(out, Deprivation(bits.TrailingZeros32(uint32(s))))
	}
	return out
}
