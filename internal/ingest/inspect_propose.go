package ingest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"kantong/internal/registry"
)

// ready is a ready mapping with its name.
type ready struct {
	name string
	*Mapping
}

// readyOf gives the ready mappings of a kind. They are read once, and never changed.
func readyOf(persons bool) []ready {
	if persons {
		return readyPersons()
	}
	return readyFamilies()
}

var (
	readyPersons  = sync.OnceValue(func() []ready { return readReady(true) })
	readyFamilies = sync.OnceValue(func() []ready { return readReady(false) })
)

func readReady(persons bool) (list []ready) {
	for _, name := range ReadyMappings() {
		m, err := ReadMapping(name)
		if err != nil {
			panic(name + ": " + err.Error()) // it is part of the program, and tested
		}
		if m.persons == persons {
			list = append(list, ready{name, m})
		}
	}
	return list
}

// best gives the ready mapping that knows most of the columns, and how many.
func (s *survey) best(list []ready) (best ready, most int) {
	for _, r := range list {
		n := 0
		for _, c := range s.columns {
			if r.source(c.name) != "" {
				n++
			}
		}
		if n > most {
			best, most = r, n
		}
	}
	return best, most
}

// arePersons tells whether a row is a person: columns tell of persons, and families repeat.
func (s *survey) arePersons() bool {
	relation, personal, repeated, identified := false, false, false, false
	for _, c := range s.columns {
		for _, r := range readyOf(true) {
			attribute := r.columns[r.source(c.name)]
			relation = relation || attribute == personPrefix+"relation"
			personal = personal || strings.HasPrefix(attribute, personPrefix)
		}
		if c.keys != nil {
			identified = true
			repeated = repeated || 5*c.repeats > min(c.filled, maxSeenKeys)
		}
	}
	return personal && repeated || relation && !identified
}

// propose fills in what the columns are taken for, and what their values mean.
func (s *survey) propose(out *Inspection) {
	list := readyOf(s.arePersons())
	base, _ := s.best(list)
	if base.Mapping == nil {
		base = list[0]
	}
	out.Ready, out.Persons = base.name, base.persons
	sources := []ready{base}
	for _, r := range list {
		if r.name != base.name {
			sources = append(sources, r)
		}
	}
	names := householdColumnNames()
	if out.Persons {
		names = append(names, personColumnNames()...)
	}
	taken := map[string]string{}
	columns := make([]ProposedColumn, len(s.columns))
	for _, i := range base.order(s.table.Names) {
		c := &s.columns[i]
		columns[i] = s.column(c, sources, names, taken)
		if a := columns[i].Attribute; a != "" {
			taken[a] = c.name
			columns[i].Values, columns[i].More = c.meanings(a, sources)
		}
	}
	s.settle(columns)
	out.Columns = columns
}

// column proposes what one column is.
func (s *survey) column(c *columnSurvey, sources []ready, names []string, taken map[string]string) ProposedColumn {
	p := ProposedColumn{Name: c.name}
	for _, r := range sources {
		if source := r.source(c.name); source != "" {
			p.Attribute, p.Why = r.columns[source], "as in the ready mapping "+r.name
			break
		}
	}
	own := strings.ToLower(c.name)
	switch {
	case c.name == "":
		return ProposedColumn{Why: "has no name"}
	case p.Attribute == "" && slices.Contains(names, own):
		p.Attribute, p.Why = own, "by its name"
	case p.Attribute == "" && keyAttribute(c.name) == attributeNIK: // which of its members' it is, its name tells
		p.Why = "read by its name; becomes a keyed hash, by which the family is found again"
	case p.Attribute == "" && keyAttribute(c.name) != "":
		p.Attribute, p.Why = keyAttribute(c.name), "by its name"
	}
	if p.Attribute == "area_code" || p.Attribute == "kelurahan" || p.Attribute == "" && !isPersonal(c.name) && len(columnWords(c.name)) > 0 {
		switch {
		case c.areCodes():
			p.Attribute, p.Why = "area_code", "its values are codes of kelurahan"
		case p.Attribute == "area_code" && c.codes == 0 && c.filled > 0:
			p.Attribute, p.Why = "", "not read: none of its values is the code of a kelurahan"
		}
	}
	switch {
	case p.Attribute == "" && p.Why == "" && (isPersonal(c.name) || c.identities > 0):
		p.Why = "not read: personal data"
	case p.Attribute == "" && p.Why == "":
		p.Why = "not read: nothing here says what it is"
	case p.Attribute != "" && taken[p.Attribute] != "" && !mayRepeat(p.Attribute):
		p.Why, p.Attribute = fmt.Sprintf("not read: %s is taken from %s", p.Attribute, taken[p.Attribute]), ""
	case p.Attribute == "rt_rw":
		p.Why += "; only RT and RW are taken, nothing else of it is kept"
	case p.Attribute == personPrefix+"birth_date":
		p.Why += "; only the age is taken"
	case isKeyAttribute(p.Attribute) && p.Attribute != attributeID:
		p.Why += "; becomes a keyed hash"
	}
	return p
}

// settle takes back what makes no sense together: an own number beside card numbers, half a position, a position twice.
func (s *survey) settle(columns []ProposedColumn) {
	at := map[string]int{}
	for i, c := range columns {
		if c.Attribute != "" {
			at[c.Attribute] = i
		}
	}
	drop := func(attribute, why string) {
		if i, ok := at[attribute]; ok {
			columns[i] = ProposedColumn{Name: columns[i].Name, Why: "not read: " + why}
			delete(at, attribute)
		}
	}
	has := func(attribute string) bool { _, ok := at[attribute]; return ok }
	if has("kk") {
		drop("id", "families are told apart by their card numbers")
	}
	if has("longitude") != has("latitude") {
		drop("longitude", "there is no latitude")
		drop("latitude", "there is no longitude")
	}
	if has("longitude") {
		drop("coordinates", "longitude and latitude have columns of their own")
	}
	if has("rt") && has("rw") {
		drop("rt_rw", "RT and RW have columns of their own")
	}
}

// meanings lists the values that a mapping has to tell of. A column of numbers has none.
func (c *columnSurvey) meanings(attribute string, sources []ready) (list []ProposedValue, more bool) {
	if slices.Contains(placeColumns, attribute) && attribute != "toilet" && attribute != "excreta" || attribute == personPrefix+"birth_date" || c.identities > 0 {
		return nil, false
	}
	classified := false
	for _, value := range c.frequent() {
		p := ProposedValue{Value: value, Count: c.values[value]}
		key := valueKey(value)
		for i, r := range sources {
			class, ok := r.values[attribute][key]
			code := isDigits(key)
			if ok && r.source(c.name) == "" && code || ok && i > 0 && code {
				continue // a code of another kind of file, or of a column of another name
			}
			if ok {
				p.Meaning, p.Why = class, "as in "+r.name
				break
			}
		}
		switch {
		case p.Why != "":
		case checkValue(attribute, value) == "":
			p.Meaning = value
		case isDigits(key):
			p.Why = "a code: nothing here says what it means"
		default:
			p.Why = "nothing here says what it means"
		}
		classified = classified || p.Why != ""
		list = append(list, p)
	}
	if isClassified(attribute) {
		return list, c.more
	}
	if !classified {
		return nil, false
	}
	return slices.DeleteFunc(list, func(p ProposedValue) bool { return p.Why == "" }), false
}

// isClassified tells whether an attribute has few values, of which it is worth telling what they mean.
func isClassified(attribute string) bool {
	for _, v := range registry.Vocabulary {
		if v.Name == attribute {
			return true
		}
	}
	switch attribute {
	case "toilet", "excreta", "head_sex", "head_working", "savings":
		return true
	}
	return strings.HasPrefix(attribute, personPrefix) && attribute != personPrefix+"age" && attribute != personPrefix+"birth_date"
}

// describe tells what a given mapping makes of the columns.
func (s *survey) describe(out *Inspection, m *Mapping) {
	names := householdColumnNames()
	if m.persons {
		names = append(names, personColumnNames()...)
	}
	for i := range s.columns {
		c := &s.columns[i]
		p := ProposedColumn{Name: c.name, Why: "not read"}
		if a := m.attribute(c.name); slices.Contains(names, a) {
			p.Attribute, p.Why = a, "by its name"
			if m.source(c.name) != "" {
				p.Why = "as the mapping says"
			}
			p.Values, p.More = c.meanings(a, []ready{{"the mapping", m}})
		}
		out.Columns = append(out.Columns, p)
	}
}
