package registry

import (
	"encoding/hex"

	"kantong/internal/geo"
)

// UnknownInt marks a whole number that nobody recorded. Zero always means none.
const UnknownInt = -1

// MaxMembers is the largest family the registry takes; more is an error in the file.
const MaxMembers = 200

// HouseholdID identifies a family: the first 16 bytes of a keyed hash of its card number, never the number itself.
type HouseholdID [16]byte

func (id HouseholdID) String() string { return hex.EncodeToString(id[:]) }

// AppendGlobal appends the name of a household of a state, which is GraphQL's id of the node.
func (id HouseholdID) AppendGlobal(to []byte, state string) []byte {
	to = append(append(append(to, "Household:"...), state...), ':')
	return hex.AppendEncode(to, id[:])
}

// ParseHouseholdID reads 32 hexadecimal digits.
func ParseHouseholdID(s string) (id HouseholdID, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) {
		return id, Invalid("id", "%q is not a household id (32 hexadecimal digits)", s)
	}
	copy(id[:], b)
	return id, nil
}

// RecordKey is two 32-bit words of a keyed hash of a household. The disclosure guard sums them over a cell: the first
// word drives the noise of household counts, the second that of people. Sums wrap at 2³².
type RecordKey [2]uint32

// Household is one family (keluarga) of an edition. Everything but ID and Area may be unknown: "" for a class,
// UnknownInt for a number, Unknown for an answer, not Located for a point. No name or card number has a field here.
type Household struct {
	ID      HouseholdID
	Area    AreaCode // kelurahan or desa
	RW, RT  string
	Located bool
	Point   geo.PointE7 // meaningful only if Located

	Members     int // 1..MaxMembers or UnknownInt
	HeadSex     Sex
	HeadAge     int     // years
	Decile      int     // national rank 1..10, UnknownInt when unranked
	Score       float64 // of the ranking model; NaN when unknown
	Expenditure int64   // rupiah a person a month; UnknownInt
	Persons     [PersonKindCount]int

	WorkingAge, Working int
	HeadWorking         Answer
	Savings             Answer // has savings or a sellable asset
	NineYearsSchooling  Answer // an adult has nine years of school
	HealthInsured       Answer // every member has active insurance
	DisabledSupported   Answer // every disabled member gets support

	Tenure, Floor, Wall, Roof, Water, Lighting, Fuel, Sanitation string  // classes of Vocabulary
	FloorAreaM2                                                  float64 // NaN when unknown
	PowerVA                                                      int

	// Deprived and Known are what Derive made of the attributes: a bit in Known says that the condition could be
	// judged, a bit in Deprived that it holds. UNSERVED is never set here, since it follows from enrolments.
	Deprived, Known DeprivationSet

	// MatchKeys are what the family is found by in the next edition and in lists of recipients. Store.PutHouseholds takes
	// them; Store.MatchKeys gives them back, and no other reader does. They are no contents: no hash depends on them.
	MatchKeys []MatchKey
}

// Attribute is a classified property of the dwelling and its allowed classes; Deprived names the classes that count as
// the deprivation.
type Attribute struct {
	Name     string
	Classes  []string
	Deprives Deprivation
	Deprived []string
}

// Vocabulary lists the classified attributes in the order of Household.Classes. Tenure and lighting alone deprive
// nobody of anything: Deprived is empty.
var Vocabulary = [...]Attribute{
	{"tenure", []string{"owned", "rented", "free", "official", "other"}, 0, nil},
	{"floor", []string{"ceramic", "marble", "tile", "cement", "wood", "vinyl", "bamboo", "earth", "other"}, EarthFloor, []string{"earth"}},
	{"wall", []string{"brick", "plastered", "wood", "zinc", "bamboo", "bark", "other"}, WeakWall, []string{"zinc", "bamboo", "bark"}},
	{"roof", []string{"concrete", "tile", "metal", "asbestos", "shingle", "bamboo", "thatch", "other"}, UnfitRoof, []string{"bamboo", "thatch"}},
	{"water", []string{"bottled", "refill", "piped", "borehole", "protected_well", "unprotected_well", "protected_spring", "unprotected_spring", "surface", "rain", "other"}, UnsafeWater, []string{"unprotected_well", "unprotected_spring", "surface"}},
	{"lighting", []string{"grid", "grid_shared", "generator", "none", "other"}, 0, nil},
	{"fuel", []string{"electricity", "gas", "city_gas", "biogas", "kerosene", "charcoal", "wood", "none", "other"}, SolidFuel, []string{"charcoal", "wood"}},
	{"sanitation", []string{"private_septic", "shared_septic", "public", "pit", "none", "other"}, UnimprovedSanitation, []string{"public", "pit", "none", "other"}},
}

// Classes gives pointers to the classified attributes, in the order of Vocabulary.
func (h *Household) Classes() [len(Vocabulary)]*string {
	return [...]*string{&h.Tenure, &h.Floor, &h.Wall, &h.Roof, &h.Water, &h.Lighting, &h.Fuel, &h.Sanitation}
}
