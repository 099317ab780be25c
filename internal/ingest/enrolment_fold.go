package ingest

import (
	"strings"

	"kantong/internal/registry"
)

// folder gathers enrolments, and makes one of the rows of several members of a family.
type folder struct {
	list   []folded
	places map[enrolmentKey]int // in list
	held   map[enrolmentKey]struct{}
	people map[personKey]struct{}
	texts  map[string]string
	folded int64
}

// folded is an enrolment with the line of its first row.
type folded struct {
	registry.Enrolment
	line  uint32
	named bool // by NIK
}

// enrolmentKey is what may occur only once.
type enrolmentKey struct {
	household registry.HouseholdID
	program   string
	since     int32 // yyyymmdd; 0 for none
}

// personKey is a member in an enrolment.
type personKey struct {
	place  int
	person registry.MatchHash
}

func newFolder() folder {
	return folder{places: map[enrolmentKey]int{}, held: map[enrolmentKey]struct{}{}, people: map[personKey]struct{}{}, texts: map[string]string{}}
}

// fold takes in an enrolment of a row. Another member of a family that is in the list already is added to it: persons are
// counted, rupiah summed. Else a second row is refused: first is the line of the first, 0 for the draft's own.
func (f *folder) fold(e registry.Enrolment, line int, person registry.MatchHash) (first uint32, reason string) {
	key := enrolmentKey{e.Household, e.Program, dayNumber(e.Since)}
	if _, held := f.held[key]; held {
		return 0, "is already in the draft"
	}
	named := person != (registry.MatchHash{})
	place, twice := f.places[key]
	if !twice {
		place = len(f.list)
		f.places[key] = place
		f.list = append(f.list, folded{e, uint32(line), named})
	}
	known := &f.list[place]
	if _, again := f.people[personKey{place, person}]; twice && (again || !named || !known.named) {
		return known.line, "is given twice"
	}
	if named {
		f.people[personKey{place, person}] = struct{}{}
	}
	if !twice {
		return 0, ""
	}
	if e.Status != known.Status || e.Until != known.Until || e.Decree != known.Decree {
		return known.line, "says something else about the family's benefit than another of its rows"
	}
	persons := max(known.Persons, 1) + max(e.Persons, 1)
	rupiah := max(known.Rupiah, e.Rupiah)
	if known.Rupiah >= 0 && e.Rupiah >= 0 {
		rupiah = known.Rupiah + e.Rupiah
	}
	if persons > registry.MaxMembers || rupiah > maxBenefitRupiah {
		return known.line, "makes, with the family's other rows, more persons or rupiah than there can be"
	}
	known.Persons, known.Rupiah = persons, rupiah
	f.folded++
	return 0, ""
}

// same gives one text for equal ones: a cell is a part of its whole row's text.
func (f *folder) same(text string) string {
	known, ok := f.texts[text]
	if !ok {
		known = strings.Clone(text)
		f.texts[known] = known
	}
	return known
}
