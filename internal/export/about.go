package export

import (
	"fmt"
	"strings"
	"time"

	"kantong/internal/audit"
	"kantong/internal/measure"
	"kantong/internal/registry"
)

// Fact is one thing to know about a file.
type Fact struct{ Name, Value string }

// About is what a file rests on, in the order in which people read it.
type About []Fact

// NewAbout says from what state a table was made, for whom, and what to keep in mind.
func NewAbout(v *registry.View, who registry.Viewer, title string, now time.Time) About {
	e, r := &v.State.Edition, &v.State.Release
	a := About{{"title", title}, {"state", v.State.ID()}, {"edition", e.Label}, {"as_of", string(e.AsOf)}}
	a.add("enrolments_as_of", string(r.EnrolmentsAsOf))
	a.add("source", e.Source)
	a.add("boundaries", e.Boundaries)
	if e.Synthetic {
		a.add("warning", "The families are synthetic: made by a generator, no row stands for a family.")
	}
	if e.Schematic {
		a.add("warning", "The boundaries are schematic, not surveyed.")
	}
	a.add("data_version", v.Version)
	a.add("role", roleOf(who))
	if who.Role.SeesHouseholds() {
		a.add("purpose", audit.Hide(strings.TrimSpace(who.Purpose)))
	}
	a.add("protection", protection(who))
	a.add("exported_at", now.UTC().Format(time.RFC3339))
	return a
}

func (a *About) add(name, value string) {
	if value != "" {
		*a = append(*a, Fact{name, value})
	}
}

// Asked adds the question: households that a filter keeps, and measures.
func (a *About) Asked(f registry.Filter, measures []measure.Measure) {
	a.add("filter", string(f.JSON()))
	a.add("filter_in_words", f.String())
	for i := range measures {
		a.add("measure", string(measures[i].JSON()))
	}
}

// Method adds how the table was computed.
func (a *About) Method(text string) { a.add("method", text) }

// columns adds what the columns mean.
func (a About) columns(t *Table) About {
	list := append(About(nil), a...)
	for _, c := range t.Columns {
		meaning := c.Description
		if c.Unit != "" {
			meaning += " (" + c.Unit + ")"
		}
		list.add("column "+c.Name, meaning)
	}
	return list
}

func roleOf(who registry.Viewer) string {
	if len(who.Areas) == 0 {
		return who.Role.String()
	}
	areas := make([]string, len(who.Areas))
	for i, c := range who.Areas {
		areas[i] = string(c)
	}
	return fmt.Sprintf("%s, limited to %s", who.Role, strings.Join(areas, ", "))
}

func protection(who registry.Viewer) string {
	switch {
	case who.Role.SeesHouseholds() && len(who.Areas) == 0:
		return "Figures are exact. Exact figures of small groups, and rows, are for the stated purpose only: keep this file inside the agency."
	case who.Role.SeesHouseholds():
		return "Figures are exact inside of these areas, and elsewhere those that everybody sees. Rows are for the stated purpose only: keep this file inside the agency."
	}
	return "Each figure deviates at random by a few families, always alike, and small ones are withheld, so that none gives a family away. Parts need not add up to their whole."
}
