package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kantong/internal/registry"
)

// personPrefix begins the names of attributes of persons.
const personPrefix = "person_"

// person is what a row of a person-level file says. What it doesn't say is unknown: the zero values, and the whole span of
// ages.
type person struct {
	head                                                    registry.Answer
	sex                                                     registry.Sex
	ages                                                    ages
	inSchool, disabled, pregnant, stunted, working, insured registry.Answer
	nineYears                                               registry.Answer // of schooling
	difficulties                                            int             // that were answered
	born                                                    time.Time       // zero when unknown
}

// ages is the span in which an age lies, in years, both ends included.
type ages struct{ from, to int }

const maxAge = 130

func (a ages) known() bool { return a != ages{} }

// within tells whether the age lies in a span: yes, no, or unknown where the spans only overlap.
func (a ages) within(from, to int) registry.Answer {
	switch {
	case a == ages{}, a.from < from && a.to >= from, a.from <= to && a.to > to:
		return registry.Unknown
	}
	return registry.AnswerOf(a.from >= from && a.to <= to)
}

// ageBands are the columns that P3KE has for the age, each answered with yes or no.
var ageBands = []ages{{0, 6}, {7, 12}, {13, 15}, {16, 18}, {19, 21}, {22, 59}, {60, maxAge}}

func (a ages) column() string {
	if a.to == maxAge {
		return fmt.Sprintf("%saged_%d_up", personPrefix, a.from)
	}
	return fmt.Sprintf("%saged_%d_%d", personPrefix, a.from, a.to)
}

// schoolings are levels of schooling: those completed, and in_… for those attended now.
var schoolings = []string{"none", "in_primary", "primary", "in_junior", "junior", "in_senior", "senior", "in_higher", "higher"}

// relations are those of a member to the family.
var relations = []string{"head", "other"}

// difficulties follow the short set of the Washington Group: a lot of difficulty, or "cannot do at all", in one domain
// is a disability.
var difficulties = []string{"none", "some", "severe"}

type personSetter struct {
	name string
	set  func(p *person, value string) (reason string)
}

// personAttributes lists what a row of a person-level file may say of the person.
func personAttributes() []personSetter {
	answer := func(name string, field func(*person) *registry.Answer) personSetter {
		return personSetter{personPrefix + name, func(p *person, v string) (reason string) {
			*field(p), reason = parseAnswer(v)
			return reason
		}}
	}
	class := func(name string, classes []string, take func(p *person, class string)) personSetter {
		return personSetter{personPrefix + name, func(p *person, v string) string {
			i := slices.Index(classes, strings.ToLower(v))
			if i < 0 {
				return "is not one of " + strings.Join(classes, ", ")
			}
			take(p, classes[i])
			return ""
		}}
	}
	list := []personSetter{
		class("relation", relations, func(p *person, c string) { p.head = registry.AnswerOf(c == "head") }),
		{personPrefix + "sex", func(p *person, v string) (reason string) { p.sex, reason = parseSex(v); return reason }},
		{personPrefix + "birth_date", func(p *person, v string) (reason string) { p.born, reason = parseBirthDate(v); return reason }},
		{personPrefix + "age", func(p *person, v string) string {
			n, reason := parseCount(v)
			if reason == "" && n > maxAge {
				reason = fmt.Sprintf("is outside 0 to %d", maxAge)
			}
			if reason == "" {
				p.ages = ages{int(n), int(n)}
			}
			return reason
		}},
		answer("in_school", func(p *person) *registry.Answer { return &p.inSchool }),
		class("schooling", schoolings, func(p *person, c string) {
			p.nineYears = registry.AnswerOf(slices.Index(schoolings, c) >= slices.Index(schoolings, "junior"))
			if strings.HasPrefix(c, "in_") && p.inSchool == registry.Unknown {
				p.inSchool = registry.Yes
			}
		}),
		answer("disabled", func(p *person) *registry.Answer { return &p.disabled }),
		class("difficulty", difficulties, func(p *person, c string) {
			p.difficulties++
			if c == "severe" {
				p.disabled = registry.Yes
			}
		}),
		answer("pregnant", func(p *person) *registry.Answer { return &p.pregnant }),
		answer("stunted", func(p *person) *registry.Answer { return &p.stunted }),
		answer("working", func(p *person) *registry.Answer { return &p.working }),
		answer("insured", func(p *person) *registry.Answer { return &p.insured }),
	}
	for _, band := range ageBands {
		list = append(list, personSetter{band.column(), func(p *person, v string) string {
			a, reason := parseAnswer(v)
			if a == registry.Yes && p.ages.known() && p.ages.within(band.from, band.to) == registry.No {
				return "contradicts another age of the same person"
			}
			if a == registry.Yes && !p.ages.known() {
				p.ages = band
			}
			return reason
		}})
	}
	return list
}

func personAttribute(name string) *personSetter {
	for _, a := range personAttributes() {
		if a.name == name {
			return &a
		}
	}
	return nil
}

func personColumnNames() (names []string) {
	for _, a := range personAttributes() {
		names = append(names, a.name)
	}
	return names
}

// birthDateForms are how offices write days.
var birthDateForms = []string{time.DateOnly, time.DateTime, "02/01/2006", "2/1/2006", "02-01-2006", "2-1-2006", "2006/01/02", "02.01.2006"}

func parseBirthDate(value string) (time.Time, string) {
	for _, form := range birthDateForms {
		if t, err := time.Parse(form, value); err == nil {
			return t, ""
		}
	}
	return time.Time{}, "is not a date such as 2015-10-31 or 31/10/2015 (day first)"
}

// ageOn is the age in whole years of somebody born on a day.
func ageOn(day, born time.Time) (years int, ok bool) {
	years = day.Year() - born.Year()
	if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
		years--
	}
	return years, years >= 0 && years <= maxAge
}
