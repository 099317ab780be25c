package ingest

import (
	"slices"

	"kantong/internal/registry"
)

// strangers counts the rows of a list that name no family of the edition.
type strangers struct {
	job                        *job
	matches                    RecipientMatches
	secrets                    registry.Secrets
	places                     *places
	names                      map[[2]string]int // areas by kelurahan alone
	area, kelurahan, kecamatan int               // columns, -1 for none
	count                      int               // the column that counts recipients, -1 for none
	seen                       map[strangerKey]struct{}
	sums                       map[[2]string]*registry.Unmatched // by programme and area
}

// strangerKey is a recipient of a programme.
type strangerKey struct {
	name    registry.MatchHash
	program string
}

func newStrangers(t *table, j *job) (strangers, error) {
	j.unmatched = newList(j.report.File + ".unmatched.csv")
	s := strangers{job: j, secrets: j.Secrets, area: t.column("area_code"), kelurahan: t.column("kelurahan"), kecamatan: t.column("kecamatan"), count: t.column("unmatched_recipients"),
		names: map[[2]string]int{}, seen: map[strangerKey]struct{}{}, sums: map[[2]string]*registry.Unmatched{}}
	if s.area < 0 && s.kelurahan < 0 {
		return s, nil
	}
	var err error
	if s.places, err = newPlaces(j); err != nil {
		return s, err
	}
	for _, i := range s.places.areas.Level(registry.LevelKelurahan) {
		addName(s.names, s.places.areas.Area(i).Name, "", i)
	}
	return s, nil
}

// add counts a row. Who receives counts once for each programme.
func (s *strangers) add(t *table, line int, fields []string, who sought, e *registry.Enrolment) {
	s.matches.Unmatched++
	area, detail := s.areaOf(t, fields), ""
	if e.Program != "" {
		detail = " (" + e.Program + ")"
	}
	column := t.keys[0].column
	s.job.unmatched.add(line, t.names[column], t.shown[column], "is no family of the edition", detail)
	key := strangerKey{who.name, e.Program}
	if _, again := s.seen[key]; again || e.Status != registry.EnrolmentActive {
		return
	}
	s.seen[key] = struct{}{}
	s.sum(registry.Unmatched{Program: e.Program, Area: area, Recipients: 1, Keys: s.secrets.RecordKey(registry.HouseholdID(who.name))})
}

func (s *strangers) sum(u registry.Unmatched) {
	s.matches.Recipients += u.Recipients
	at := [2]string{u.Program, string(u.Area)}
	if former := s.sums[at]; former != nil {
		u = registry.AddUnmatched([]registry.Unmatched{*former, u})[0]
	}
	s.sums[at] = &u
}

// addCount takes in a row that is no recipient, but counts them. Whoever they were is not known any more, so the sum of their keys
// is made of the count.
func (s *strangers) addCount(t *table, fields []string, e *registry.Enrolment) *fault {
	for _, k := range t.keys {
		if value := t.cell(fields, k.column); value != "" {
			return &fault{column: k.column, value: value, reason: "names a family in a row that counts recipients who are none"}
		}
	}
	value := t.cell(fields, s.count)
	n, reason := parseCount(value)
	switch {
	case reason != "":
	case n == 0:
		reason = "is no recipient"
	case n > maxRecipients:
		reason = "is more than a list can have"
	case e.Status != registry.EnrolmentActive:
		reason = "counts recipients whose status is not ACTIVE"
	}
	if reason != "" {
		return &fault{column: s.count, value: value, reason: reason}
	}
	u := registry.Unmatched{Program: e.Program, Area: s.areaOf(t, fields), Recipients: n}
	if said := t.cell(fields, s.area); u.Area == "" && said != "" {
		return &fault{column: s.area, value: said, reason: "is no kelurahan or desa of the edition"}
	}
	u.Keys = s.secrets.RekeyUnmatched(u)
	s.sum(u)
	return nil
}

// areaOf gives the kelurahan of a row; "" where it is not said, or not one of the edition.
func (s *strangers) areaOf(t *table, fields []string) registry.AreaCode {
	if s.places == nil {
		return ""
	}
	area, reason := s.places.byCode(t.cell(fields, s.area))
	if reason != "" {
		area, reason = s.places.byName(t.cell(fields, s.kelurahan), t.cell(fields, s.kecamatan))
	}
	if reason != "" && t.cell(fields, s.kecamatan) == "" {
		if i, ok := s.names[[2]string{plainName(t.cell(fields, s.kelurahan)), ""}]; ok && i != ambiguous {
			area, reason = i, ""
		}
	}
	if reason != "" {
		return ""
	}
	return s.places.areas.Area(area).Code
}

// maxRecipients bounds a count, so that sums stay inside 64 bits.
const maxRecipients = 1_000_000_000

// counts gives the recipients, by programme and area.
func (s *strangers) counts() (list []registry.Unmatched) {
	for _, sum := range s.sums {
		list = append(list, *sum)
	}
	slices.SortFunc(list, registry.CompareUnmatched)
	return list
}

// refuseNone is the error for a list of which nothing can be stored.
func (s *strangers) refuseNone(what string) error {
	if s.matches.Unmatched == 0 {
		return s.job.refuseEmpty(what)
	}
	s.job.rejects.all = true
	return registry.Invalid("file", "none of the numbers of %s is that of a family of edition %s: is it the right list, and the right edition? The draft is as it was", s.job.im.File, s.job.Edition)
}
