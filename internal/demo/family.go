package demo

import "kantong/internal/registry"

// family sets who lives in the household: the head, then a spouse, children, grandchildren or parents, each with an age
// from which all counts follow, and what they do and lack.
func (m *making) family(roll *dice) {
	h := &m.household
	h.Persons = [registry.PersonKindCount]int{}
	h.WorkingAge, h.Working = 0, 0
	h.HeadAge, h.HeadSex = headAge(h.Members, roll), registry.SexMale
	women := 0.16
	if h.Members == 1 {
		women = 0.55
	}
	if roll.chance(women) {
		h.HeadSex = registry.SexFemale
	}
	idle := -1.9
	if h.HeadAge >= 65 {
		idle = 0.4
	}
	h.HeadWorking = registry.AnswerOf(!m.has(roll, registry.HeadNotWorking, idle, 0.4))
	m.count(person{h.HeadAge, h.HeadSex == registry.SexFemale && h.Members > 1, h.HeadWorking == registry.Yes}, roll)
	for k := 1; k < h.Members; k++ {
		p := relative(h.HeadAge, h.HeadSex, k == 1, roll)
		p.works = p.age >= 19 && p.age < 70 && !m.has(roll, registry.NoWorkingMember, 0, 0.25)
		m.count(p, roll)
	}
	h.Savings = registry.AnswerOf(!m.has(roll, registry.NoSavings, -0.4, 0.8))
	h.NineYearsSchooling = registry.AnswerOf(!m.has(roll, registry.NoNineYearsSchooling, -1.3, 0.8))
	h.HealthInsured = registry.AnswerOf(!m.has(roll, registry.NoHealthInsurance, -1.7, 0.4))
	if h.Persons[registry.Disabled] > 0 {
		h.DisabledSupported = registry.AnswerOf(!m.has(roll, registry.DisabledUnsupported, 0.2, 0.4))
	}
}

// person is a member as far as counts need it.
type person struct {
	age    int
	mother bool // a woman who may be expecting, given her age
	works  bool
}

// headAge is an age in years: half of those who live alone are old.
func headAge(members int, roll *dice) int {
	switch {
	case members == 1 && roll.chance(0.45):
		return roll.integer(60, 86)
	case members == 1:
		return roll.integer(20, 59)
	}
	return min(max(int(46+13*roll.normal()), 19), 88)
}

// relative is a member next to the head; the second member is often the spouse.
func relative(headAge int, headSex registry.Sex, second bool, roll *dice) person {
	spouse := 0.1
	if headSex == registry.SexMale {
		spouse = 0.75
	}
	switch {
	case second && roll.chance(spouse):
		age := min(max(headAge+roll.integer(-8, 3), 18), 90)
		return person{age: age, mother: headSex == registry.SexMale}
	case roll.chance(0.07):
		return person{age: min(headAge+roll.integer(18, 30), 95)}
	case headAge >= 52 && roll.chance(0.45):
		return person{age: roll.integer(0, 17)} // grandchild
	}
	age := headAge - roll.integer(19, 38)
	if age < 0 {
		age = roll.integer(0, 6)
	}
	return person{age: age}
}

// count adds a member to the household's numbers.
func (m *making) count(p person, roll *dice) {
	h := &m.household
	add := func(k registry.PersonKind, yes bool) {
		if yes {
			h.Persons[k]++
		}
	}
	small, pupil, old := p.age < 5, p.age >= 7 && p.age <= 18, p.age >= 60
	add(registry.UnderFive, small)
	add(registry.Stunted, small && m.has(roll, registry.StuntedChild, -1.9, 0.4))
	add(registry.SchoolAge, pupil)
	add(registry.OutOfSchool, pupil && m.has(roll, registry.ChildOutOfSchool, -2.8, 0.6))
	add(registry.Elderly, old)
	add(registry.Pregnant, p.mother && p.age >= 18 && p.age <= 42 && roll.chance(0.07))
	disabled := 0.02
	if old {
		disabled = 0.06
	}
	add(registry.Disabled, roll.chance(disabled))
	if p.age >= 15 && p.age <= 64 {
		h.WorkingAge++
		if p.works {
			h.Working++
		}
	}
}
