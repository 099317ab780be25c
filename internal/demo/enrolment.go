package demo

import (
	"fmt"
	"iter"

	"kantong/internal/registry"
)

// Benefits of a year in rupiah as of mid-2025, averages where they differ by age or school.
const (
	pbiRupiah    = 504_000    // a person: 42 000 a month
	pupilRupiah  = 750_000    // a pupil, PIP
	foodRupiah   = 2_400_000  // a family: 200 000 a month
	houseRupiah  = 20_000_000 // a house
	waterRupiah  = 4_500_000  // a connection
	infantRupiah = 3_000_000  // PKH: a pregnant woman or a small child
	schoolRupiah = 1_350_000  // PKH: a pupil
	oldRupiah    = 2_400_000  // PKH: an old or disabled person
	pkhPersons   = 4          // PKH: the most that count in a family
)

// Enrolments makes every enrolment, by household in the order of Households and then by programme code, at most one for
// each pair. It never yields an error.
func (c *City) Enrolments() iter.Seq2[registry.Enrolment, error] {
	return func(yield func(registry.Enrolment, error) bool) {
		c.each(func(m *making) bool {
			roll := newDice(m.quarter.seed.state, 4, uint64(m.index))
			known := 0.6 * roll.normal() // some families know the office, some the office does not know
			for p := range c.programs {
				e, ok := m.enrol(&c.programs[p], p, known, &roll)
				if ok && !yield(e, nil) {
					return false
				}
			}
			return true
		})
	}
}

// EnrolmentsAsOf are those that had begun by a day, with the proposals, as an office would have published them then.
func (c *City) EnrolmentsAsOf(day registry.Date) iter.Seq2[registry.Enrolment, error] {
	return func(yield func(registry.Enrolment, error) bool) {
		for e, err := range c.Enrolments() {
			if e.Since <= day && !yield(e, err) {
				return
			}
		}
	}
}

// enrol decides about one programme.
func (m *making) enrol(program *registry.Program, p int, known float64, roll *dice) (registry.Enrolment, bool) {
	h, how := &m.household, practices[p]
	entitled := eligible(&program.Eligibility, h)
	chance := how.leak * nearLimit(h.Decile)
	switch {
	case entitled:
		chance = logistic(how.odds + m.quarter.reach[p] + m.hamlet.reach + known + 0.15*m.poverty)
	case how.needsPupil && h.Persons[registry.SchoolAge] < 1:
		chance = 0
	}
	if program.Pillar == registry.PillarHealth && h.HealthInsured == registry.No {
		chance *= 0.35 // or all its members would be insured
	}
	status := registry.EnrolmentProposed
	switch got := roll.chance(chance); {
	case got:
		status = statusOf(roll.float())
	case !entitled || !roll.chance(0.06):
		return registry.Enrolment{}, false
	}
	e := registry.Enrolment{Household: h.ID, Program: program.Code, Status: status}
	e.Persons, e.Rupiah = benefit(program.Code, h)
	how.date(&e, roll)
	e.Decree = fmt.Sprintf("DEMO-SK/%s/%s/%d", program.Code, m.quarter.code.Parent(), 1+m.index%4)
	return e, true
}

// nearLimit weighs mistakes: most are about families just above the limit.
func nearLimit(decile int) float64 {
	switch {
	case decile == registry.UnknownInt:
		return 1
	case decile <= 6:
		return 1.6
	case decile <= 8:
		return 0.7
	}
	return 0.2
}

func statusOf(u float64) registry.EnrolmentStatus {
	switch {
	case u < 0.91:
		return registry.EnrolmentActive
	case u < 0.95:
		return registry.EnrolmentSuspended
	case u < 0.98:
		return registry.EnrolmentEnded
	}
	return registry.EnrolmentProposed
}

// date sets the period, and what of a year's benefit was paid in it. A proposed enrolment has neither.
func (how *practice) date(e *registry.Enrolment, roll *dice) {
	last := programYear
	if e.Status == registry.EnrolmentEnded {
		last--
	}
	year, quarter := roll.integer(how.firstYear, last), roll.integer(0, 2)
	e.Since = registry.Date(fmt.Sprintf("%d-%02d-01", year, 1+3*quarter))
	switch e.Status {
	case registry.EnrolmentProposed:
		e.Since, e.Rupiah = "", registry.UnknownInt
	case registry.EnrolmentSuspended:
		e.Rupiah /= 2
	case registry.EnrolmentEnded:
		e.Until, e.Rupiah = "2025-03-31", e.Rupiah/4
	}
}

// benefit is the number of persons reached and the rupiah of a year. An unknown count adds nobody.
func benefit(code string, h *registry.Household) (persons int, rupiah int64) {
	count := func(k registry.PersonKind) int { return max(h.Persons[k], 0) }
	switch code {
	case "AIR-BERSIH":
		return h.Members, waterRupiah
	case "PBI-JKN":
		return h.Members, pbiRupiah * int64(h.Members)
	case "PIP":
		return count(registry.SchoolAge), pupilRupiah * int64(count(registry.SchoolAge))
	case "RTLH":
		return h.Members, houseRupiah
	case "SEMBAKO":
		return h.Members, foodRupiah
	}
	for _, group := range []struct {
		n      int
		rupiah int64
	}{{count(registry.Pregnant) + count(registry.UnderFive), infantRupiah},
		{count(registry.Elderly) + count(registry.Disabled), oldRupiah}, {count(registry.SchoolAge), schoolRupiah}} {
		n := min(group.n, pkhPersons-persons, h.Members-persons)
		persons += n
		rupiah += int64(n) * group.rupiah
	}
	if persons == 0 { // a ground that has gone or was not recorded, such as a child who left school
		return 1, schoolRupiah
	}
	return persons, rupiah
}
