package demo

import "kantong/internal/registry"

// odds are shifts of log odds by deprivation.
type odds [registry.DeprivationCount]float64

// character is what makes the poor of one part of a city differ from those of another.
type character struct {
	poverty  float64 // shift of the hidden poverty, in standard deviations
	families float64 // weight of family members beyond the first
	rented   float64 // share of rented dwellings
	odds     odds
}

const (
	river = iota
	coast
	edge
	oldTown
	schooling
)

var characters = [...]character{
	river: {poverty: 0.20, families: 1.05, rented: 0.12, odds: odds{
		registry.UnsafeWater: 1.5, registry.UnimprovedSanitation: 1.3, registry.StuntedChild: 0.5, registry.WeakWall: 0.3}},
	coast: {poverty: 0.15, families: 1.1, rented: 0.06, odds: odds{
		registry.NoSavings: 0.8, registry.WeakWall: 1.5, registry.UnfitRoof: 1.1, registry.HeadNotWorking: 0.3, registry.NoNineYearsSchooling: 0.3}},
	edge: {poverty: 0.10, families: 1.1, rented: 0.05, odds: odds{
		registry.EarthFloor: 1.6, registry.SolidFuel: 1.5, registry.LowPower: 1.1, registry.UnsafeWater: 0.3}},
	oldTown: {poverty: -0.15, families: 0.9, rented: 0.35, odds: odds{
		registry.Crowded: 1.5, registry.NoHealthInsurance: 1.0, registry.UnimprovedSanitation: 0.4}},
	schooling: {poverty: 0, families: 1, rented: 0.2, odds: odds{
		registry.ChildOutOfSchool: 1.4, registry.NoNineYearsSchooling: 1.2, registry.NoWorkingMember: 0.5, registry.Crowded: 0.4}},
}

// knownCharacters are those of Pangkalpinang's kecamatan: Bukit Intan by the sea, Pangkal Balam and Gabek on the river
// and its port, Gerunggang on the edge, Taman Sari and Rangkui in the old centre, Girimaya.
var knownCharacters = map[registry.AreaCode]int{
	"19.71.01": coast, "19.71.02": oldTown, "19.71.03": river, "19.71.04": oldTown, "19.71.05": edge, "19.71.06": river, "19.71.07": schooling,
}

// characterOf is that of a kelurahan's kecamatan; for a kecamatan that is not known, one by chance.
func characterOf(kelurahan registry.AreaCode, seed uint64) character {
	kecamatan := kelurahan.Parent()
	if k, ok := knownCharacters[kecamatan]; ok {
		return characters[k]
	}
	roll := newDice(seed, textSeed(string(kecamatan)))
	return characters[roll.integer(0, len(characters)-1)]
}

// fishing are the kelurahan of Bukit Intan that face the sea: Air Itam, Temberan and Sinar Bulan.
var fishing = map[registry.AreaCode]bool{"19.71.01.1007": true, "19.71.01.1009": true, "19.71.01.1010": true}

// strengthOf tells how much of its kecamatan's character a kelurahan has.
func strengthOf(kelurahan registry.AreaCode, roll *dice) float64 {
	strength := roll.between(0.4, 1.1)
	if fishing[kelurahan] {
		return strength + 0.6
	}
	return strength
}
