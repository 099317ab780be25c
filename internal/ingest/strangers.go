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
	s := strangers{job: j, secrets: j.Secrets, area: t.column("area_code"), kelurahan: t.column("kelurahan"), kecamatan: t.column("kecamatan"),
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
	s.matches.Recipients++
	sum := s.sums[[2]string{e.Program, string(area)}]
	if sum == nil {
		sum = &registry.Unmatched{Program: e.Program, Area: area}
		s.sums[[2]string{e.Program, string(area)}] = sum
	}
	sum.Recipients++
	record := s.secrets.RecordKey(registry.HouseholdID(who.name))
	sum.Keys = registry.RecordKey{sum.Keys[0] + record[0], sum.Keys[1] + record[1]}
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
