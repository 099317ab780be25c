package demo

import (
	"math"

	"kantong/internal/registry"
)

// material gives an attribute its classes: those of a sound dwelling and those that deprive, with the log odds of the
// latter and how they rise with poverty.
type material struct {
	deprives    registry.Deprivation
	base, slope float64
	sound, poor []weighted
}

// The attributes of the dwelling; their classes are those of registry.Vocabulary.
var (
	floors = material{registry.EarthFloor, -3.7, 0.9,
		[]weighted{{"ceramic", 0.45}, {"cement", 0.4}, {"tile", 0.1}, {"wood", 0.05}}, []weighted{{"earth", 1}}}
	walls = material{registry.WeakWall, -2.9, 0.8,
		[]weighted{{"plastered", 0.55}, {"wood", 0.3}, {"brick", 0.15}}, []weighted{{"zinc", 0.6}, {"bamboo", 0.25}, {"bark", 0.15}}}
	roofs = material{registry.UnfitRoof, -3.4, 0.8,
		[]weighted{{"metal", 0.6}, {"asbestos", 0.2}, {"tile", 0.12}, {"concrete", 0.05}, {"shingle", 0.03}}, []weighted{{"thatch", 0.7}, {"bamboo", 0.3}}}
	waters = material{registry.UnsafeWater, -2.5, 0.6,
		[]weighted{{"refill", 0.4}, {"piped", 0.2}, {"borehole", 0.2}, {"protected_well", 0.15}, {"bottled", 0.05}},
		[]weighted{{"unprotected_well", 0.65}, {"surface", 0.3}, {"unprotected_spring", 0.05}}}
	fuels = material{registry.SolidFuel, -3.1, 0.8,
		[]weighted{{"gas", 0.93}, {"electricity", 0.03}, {"kerosene", 0.03}, {"none", 0.01}}, []weighted{{"wood", 0.9}, {"charcoal", 0.1}}}
	toilets = material{registry.UnimprovedSanitation, -2.2, 0.7,
		[]weighted{{"private_septic", 0.85}, {"shared_septic", 0.15}}, []weighted{{"pit", 0.45}, {"none", 0.3}, {"public", 0.2}, {"other", 0.05}}}
	lightings = material{registry.LowPower, -1.3, 0.8,
		[]weighted{{"grid", 1}}, []weighted{{"grid", 0.85}, {"grid_shared", 0.1}, {"none", 0.03}, {"generator", 0.02}}}
)

// draw gives a class, and whether it is a poor one.
func (m *making) draw(roll *dice, a *material) (class string, poor bool) {
	if m.has(roll, a.deprives, a.base, a.slope) {
		return roll.pick(a.poor), true
	}
	return roll.pick(a.sound), false
}

// dwelling sets what the household lives in.
func (m *making) dwelling(roll *dice) {
	h := &m.household
	h.Floor, _ = m.draw(roll, &floors)
	h.Wall, _ = m.draw(roll, &walls)
	h.Roof, _ = m.draw(roll, &roofs)
	h.Water, _ = m.draw(roll, &waters)
	h.Fuel, _ = m.draw(roll, &fuels)
	h.Sanitation, _ = m.draw(roll, &toilets)
	h.Tenure = m.tenure(roll)

	lighting, weak := m.draw(roll, &lightings)
	h.Lighting, h.PowerVA = lighting, connection(lighting, weak, roll)

	perPerson := roll.between(registry.MinFloorAreaM2, 26)
	if m.has(roll, registry.Crowded, -2.6+0.3*float64(h.Members-2), 0.6) {
		perPerson = roll.between(4, registry.MinFloorAreaM2)
		h.FloorAreaM2 = math.Floor(perPerson * float64(h.Members))
	} else {
		h.FloorAreaM2 = math.Ceil(perPerson*float64(h.Members)) + 6
	}
}

func (m *making) tenure(roll *dice) string {
	rented := m.quarter.character.rented
	return roll.pick([]weighted{{"owned", 0.8 - rented}, {"rented", rented}, {"free", 0.17}, {"official", 0.01}, {"other", 0.02}})
}

// connection is the power of the dwelling in VA; a generator's is not recorded.
func connection(lighting string, weak bool, roll *dice) int {
	switch {
	case lighting == "none":
		return 0
	case lighting == "generator":
		return registry.UnknownInt
	case weak:
		return registry.LowPowerVA
	case roll.chance(0.6):
		return 900
	case roll.chance(0.75):
		return 1300
	}
	return 2200
}
