package demo

import (
	"fmt"
	"math"
	"sort"
	"strconv"

	"kantong/internal/registry"
)

// making is a household with what its enrolments need to know and no one else may.
type making struct {
	household registry.Household
	poverty   float64 // hidden: standard normal over the city, more or less; above 0 is poorer
	quarter   *quarter
	hamlet    *hamlet
	index     int // in the quarter
}

// The model of spending: ln(rupiah a person a month) falls with hidden poverty around a middle above the poverty line of
// 2025, 956 990 rupiah; a survey finds it with noise.
const (
	povertyLineRupiah = 956_990
	spendingMiddle    = 0.45
	spendingSlope     = 0.42
	spendingNoise     = 0.25
	surveyedShare     = 0.04
)

// decilesUpTo are the shares of the registry in national deciles up to 1, 2, 3 …: a welfare registry holds mostly the
// lower ones.
var decilesUpTo = []float64{0.13, 0.29, 0.45, 0.59, 0.71, 0.80, 0.87, 0.93, 0.97, 1}

// make makes the j-th household of a quarter.
func (m *making) make(q *quarter, j int, secrets registry.Secrets) {
	roll := newDice(q.seed.state, 3, uint64(j))
	id := secrets.HouseholdID("demo", strconv.Itoa(q.firstNumber+j))
	m.household, m.quarter, m.index = registry.NewHousehold(id, q.code), q, j
	h := &m.household
	h.Members = q.members(j)

	at := roll.float() * q.ofHamlet[len(q.ofHamlet)-1]
	m.hamlet = &q.hamlets[min(sort.SearchFloat64s(q.ofHamlet, at), len(q.hamlets)-1)]
	m.place(&roll)
	m.poverty = q.poverty + m.hamlet.poverty + 0.08*float64(h.Members-2) + 0.85*roll.normal()
	m.rank(&roll)
	m.family(&roll)
	m.dwelling(&roll)
	m.forget(&roll)
	h.Derive()
}

// place sets point, RW and RT. A household without a location still lives somewhere and has an address.
func (m *making) place(roll *dice) {
	h := &m.household
	rw, rt := m.hamlet.rw, m.hamlet.firstRT+roll.integer(0, m.hamlet.rts-1)
	if m.quarter.shape != nil {
		h.Point, h.Located = m.quarter.dwelling(m.hamlet, roll), m.quarter.located(m.index)
		rw, rt = m.quarter.address(h.Point)
		if !h.Located {
			h.Point.Lon, h.Point.Lat = 0, 0
		}
	}
	if !roll.chance(0.01) {
		h.RW, h.RT = fmt.Sprintf("%03d", rw), fmt.Sprintf("%03d", rt)
	}
}

// rank sets decile, score (the model's ln of rupiah a person a month) and, for a few, the spending a survey found.
func (m *making) rank(roll *dice) {
	h := &m.household
	score := math.Log(povertyLineRupiah) + spendingMiddle - spendingSlope*m.poverty
	poorerShare := math.Erfc(m.poverty/math.Sqrt2) / 2
	if !roll.chance(0.02) {
		h.Score = math.Round(score*1000) / 1000
		h.Decile = 1 + min(sort.SearchFloat64s(decilesUpTo, poorerShare), len(decilesUpTo)-1)
	}
	found := math.Exp(score + spendingNoise*roll.normal())
	if roll.chance(surveyedShare) {
		h.Expenditure = int64(math.Round(found/1000)) * 1000
	}
}

// has draws whether a condition holds: base log odds, more with poverty, more where the hamlet is known for it.
func (m *making) has(roll *dice, d registry.Deprivation, base, slope float64) bool {
	return roll.chance(logistic(base + slope*m.poverty + m.hamlet.odds[d]))
}

// forget loses some of what was recorded.
func (m *making) forget(roll *dice) {
	h := &m.household
	for _, n := range []struct {
		value *int
		share float64
	}{{&h.HeadAge, 0.01}, {&h.Working, 0.015}, {&h.PowerVA, 0.02}, {&h.Persons[registry.OutOfSchool], 0.015},
		{&h.Persons[registry.Stunted], 0.03}, {&h.Persons[registry.Disabled], 0.015}, {&h.Persons[registry.Pregnant], 0.01}} {
		if roll.chance(n.share) {
			*n.value = registry.UnknownInt
		}
	}
	for _, a := range []struct {
		value *registry.Answer
		share float64
	}{{&h.HeadWorking, 0.01}, {&h.Savings, 0.03}, {&h.NineYearsSchooling, 0.02}, {&h.HealthInsured, 0.03}} {
		if roll.chance(a.share) {
			*a.value = registry.Unknown
		}
	}
	for _, class := range h.Classes() {
		if roll.chance(0.012) {
			*class = ""
		}
	}
	if roll.chance(0.03) {
		h.FloorAreaM2 = math.NaN()
	}
	if roll.chance(0.005) {
		h.HeadSex = registry.SexUnknown
	}
}
