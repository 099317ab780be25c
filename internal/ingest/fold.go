package ingest

import (
	"fmt"
	"time"

	"kantong/internal/registry"
)

// maxFamilies bounds what folding keeps in memory: about 800 bytes a family with its numbers, wherever in the file its members
// stand.
const maxFamilies = 500_000

// The ages of persons who are counted; registry.PersonKind has the others.
const (
	workingAgeFrom, workingAgeTo = 15, 64
	adultFrom                    = 18
	fertileFrom, fertileTo       = 10, 54 // outside of which nobody is counted as pregnant who is not said to be
)

// family is what the rows of one family read so far say together.
type family struct {
	household registry.Household
	line      int // of its first row
	members   int
	heads     int
	head      person // meaningful if heads is 1
	counts    [registry.PersonKindCount]tally
	working, workingAge,
	nineYears, uninsured tally
	noRelation int // members whose relation is unknown
	keys       []registry.MatchKey
	broken     bool
}

// tally counts members by answer; those left over said no.
type tally struct{ yes, unknown uint16 }

func (t *tally) add(a registry.Answer) {
	switch a {
	case registry.Yes:
		t.yes++
	case registry.Unknown:
		t.unknown++
	}
}

// count is the number of members; unknown for one is unknown for all, never zero.
func (t tally) count() int {
	if t.unknown > 0 {
		return registry.UnknownInt
	}
	return int(t.yes)
}

// any is whether there is one: yes as soon as one is known, no only when all are.
func (t tally) any() registry.Answer {
	switch {
	case t.yes > 0:
		return registry.Yes
	case t.unknown > 0:
		return registry.Unknown
	}
	return registry.No
}

// familyFolder makes families of persons, in whatever order these stand in the file.
type familyFolder struct {
	*householdReader
	on       time.Time // the day on which ages are taken
	setters  []personSetter
	columns  [][]int // of each setter
	asked    int     // columns that tell of difficulties
	families map[registry.HouseholdID]*family
	order    []*family
	persons  int64
	differ   int64 // rows that say of their family what an earlier one said otherwise
}

func newFamilyFolder(r *householdReader) (*familyFolder, error) {
	on, err := r.job.asOf()
	if err != nil {
		return nil, err
	}
	f := &familyFolder{householdReader: r, on: on, families: map[registry.HouseholdID]*family{}, asked: len(r.several[personPrefix+"difficulty"])}
	for _, a := range personAttributes() {
		if columns := r.several[a.name]; len(columns) > 0 {
			f.setters, f.columns = append(f.setters, a), append(f.columns, columns)
		}
	}
	return f, nil
}

// each gives the families when all rows have been read, by their first row.
func (f *familyFolder) each(take func(h *registry.Household, keys []registry.MatchKey) error) error {
	var scratch registry.Household
	err := f.rows(func(line int, fields []string) error {
		id, fault := f.identity.read(f.table, fields)
		if fault != nil {
			f.reject(line, fault)
			return nil
		}
		fam := f.families[id]
		if fam == nil {
			if len(f.order) == maxFamilies {
				return registry.Invalid("file", "%s has persons of more than %d families; import it in parts, with --append", f.job.im.File, maxFamilies)
			}
			fam = &family{line: line}
			f.families[id], f.order = fam, append(f.order, fam)
		}
		if fault := f.add(fam, &scratch, id, fields); fault != nil {
			f.reject(line, fault)
			fam.broken = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, fam := range f.order {
		if fault := f.close(fam); fault != nil {
			f.reject(fam.line, fault)
			continue
		}
		f.persons += int64(fam.members)
		if err := take(&fam.household, fam.keys); err != nil {
			return err
		}
	}
	return nil
}

// notes reports what was folded.
func (f *familyFolder) notes() {
	f.job.note("folded %s into %s", plural(f.persons, "person"), families(f.job.im.Rows))
	if f.differ > 0 {
		f.job.note("%s of their family what an earlier row said otherwise; the earlier one was taken", say(f.differ, "row"))
	}
}

func say(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun + " says"
	}
	return fmt.Sprintf("%d %ss say", n, noun)
}

// add takes a row into its family.
func (f *familyFolder) add(fam *family, scratch *registry.Household, id registry.HouseholdID, fields []string) *fault {
	first := fam.members == 0
	into := scratch
	if first {
		into = &fam.household
	}
	if fault := f.read(into, id, fields); fault != nil {
		return fault
	}
	switch {
	case !first && into.Area != fam.household.Area:
		return &fault{column: -1, reason: "is in another kelurahan than the first row of its family"}
	case !first && fill(&fam.household, into):
		f.differ++
	}
	var p person
	for i, s := range f.setters {
		for _, column := range f.columns[i] {
			if value := f.cell(fields, column); value != "" {
				if reason := s.set(&p, value); reason != "" {
					return &fault{column: column, value: value, reason: reason}
				}
			}
		}
	}
	if !p.born.IsZero() {
		years, ok := ageOn(f.on, p.born)
		if !ok {
			return &fault{column: f.column(personPrefix + "birth_date"), value: "date", reason: "makes an age outside 0 to 130 on the day of the edition"}
		}
		p.ages = ages{years, years}
	}
	if p.disabled == registry.Unknown && f.asked > 0 && p.difficulties == f.asked {
		p.disabled = registry.No
	}
	fam.take(&p)
	f.keys.list = fam.keys
	f.keys.readPerson(f.table, fields, p.head)
	fam.keys = f.keys.list
	return nil
}

// take counts a member.
func (fam *family) take(p *person) {
	fam.members++
	switch p.head {
	case registry.Yes:
		fam.heads++
		fam.head = *p
	case registry.Unknown:
		fam.noRelation++
	}
	of := func(group, part registry.Answer) registry.Answer { // both must hold
		switch {
		case group == registry.No || part == registry.No:
			return registry.No
		case group == registry.Yes && part == registry.Yes:
			return registry.Yes
		}
		return registry.Unknown
	}
	small, pupil := p.ages.within(0, 4), p.ages.within(7, 18)
	fam.counts[registry.UnderFive].add(small)
	fam.counts[registry.SchoolAge].add(pupil)
	fam.counts[registry.OutOfSchool].add(of(pupil, not(p.inSchool)))
	fam.counts[registry.Elderly].add(p.ages.within(60, maxAge))
	fam.counts[registry.Disabled].add(p.disabled)
	fam.counts[registry.Stunted].add(of(small, p.stunted))
	pregnant := p.pregnant
	if pregnant == registry.Unknown && (p.sex == registry.SexMale || p.ages.within(fertileFrom, fertileTo) == registry.No) {
		pregnant = registry.No
	}
	fam.counts[registry.Pregnant].add(pregnant)
	fam.workingAge.add(p.ages.within(workingAgeFrom, workingAgeTo))
	fam.working.add(p.working)
	fam.nineYears.add(of(p.ages.within(adultFrom, maxAge), p.nineYears))
	fam.uninsured.add(not(p.insured))
}

func not(a registry.Answer) registry.Answer {
	switch a {
	case registry.Yes:
		return registry.No
	case registry.No:
		return registry.Yes
	}
	return registry.Unknown
}

// close makes the household of what was counted. What the file says of the family itself goes before what its members
// add up to; if it says another number of members, some are not in the file, and nothing is counted.
func (f *familyFolder) close(fam *family) *fault {
	h := &fam.household
	if fam.broken {
		return &fault{column: -1, reason: "is of a family with a row that was rejected"}
	}
	if f.match.isHeld(h.ID, fam.keys) {
		return &fault{column: f.identity.column, value: "id", reason: "is already in the draft"}
	}
	if h.Members == registry.UnknownInt {
		h.Members = fam.members
	}
	if h.Members == fam.members {
		for k, t := range fam.counts {
			keep(&h.Persons[k], t.count())
		}
		keep(&h.WorkingAge, fam.workingAge.count())
		keep(&h.Working, fam.working.count())
		keepAnswer(&h.NineYearsSchooling, fam.nineYears.any())
		keepAnswer(&h.HealthInsured, not(fam.uninsured.any()))
	}
	if fam.heads == 1 {
		if h.HeadSex == registry.SexUnknown {
			h.HeadSex = fam.head.sex
		}
		if a := fam.head.ages; a.known() && a.from == a.to {
			keep(&h.HeadAge, a.from)
		}
		keepAnswer(&h.HeadWorking, fam.head.working)
	}
	h.Derive()
	if err := h.Check(); err != nil {
		return f.faultOf(err, make([]string, len(f.names)))
	}
	return nil
}

func keep(field *int, n int) {
	if *field == registry.UnknownInt {
		*field = n
	}
}

func keepAnswer(field *registry.Answer, a registry.Answer) {
	if *field == registry.Unknown {
		*field = a
	}
}
