package ingest

import (
	"context"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// enrolmentColumns are all names that an enrolment file's columns may have.
var enrolmentColumns = []string{"kk", "household_id", "id", "program", "status", "since", "until", "persons", "rupiah", "decree"}

// maxBenefitRupiah bounds one benefit, so that the sum over a country stays inside 64 bits.
const maxBenefitRupiah = 10_000_000_000

// maxDecree is how many bytes the number of a decree may have.
const maxDecree = 128

// Enrolments imports a CSV file of enrolments, one row for a household in a programme in a period. Households are
// identified as in Households, and must be in the edition, as must the programmes. status is ACTIVE when not given.
func Enrolments(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportEnrolments, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged {
		return j.report, nil
	}
	r, err := newEnrolmentReader(j, mapping)
	if err != nil {
		return nil, err
	}
	return j.finish(t.Store.PutEnrolments(ctx, t.Edition, t.Release, &j.im, r.all))
}

// enrolmentReader makes enrolments of rows.
type enrolmentReader struct {
	*table
	identity   *identity
	households map[registry.HouseholdID]struct{}
	programs   map[string]uint8 // code → position
	codes      []string
	seen       map[enrolmentKey]uint32 // line; 0 for what the draft held before
	program, status, since, until,
	persons, rupiah, decree int // columns, -1 for none
}

// enrolmentKey is what may occur only once.
type enrolmentKey struct {
	household registry.HouseholdID
	program   uint8
	since     int32 // yyyymmdd; 0 for none
}

func newEnrolmentReader(j *job, mapping *Mapping) (*enrolmentReader, error) {
	t, err := openTable(j, enrolmentColumns, mapping)
	if err != nil {
		return nil, err
	}
	r := &enrolmentReader{table: t, households: map[registry.HouseholdID]struct{}{}, programs: map[string]uint8{},
		seen: map[enrolmentKey]uint32{}, status: t.column("status"), since: t.column("since"), until: t.column("until"),
		persons: t.column("persons"), rupiah: t.column("rupiah"), decree: t.column("decree")}
	if r.identity, err = newIdentity(t, j); err != nil {
		return nil, err
	}
	if r.program, err = t.require("program"); err != nil {
		return nil, err
	}
	return r, r.seeDraft()
}

// seeDraft remembers what enrolments may name and, when appending, what is already there.
func (r *enrolmentReader) seeDraft() error {
	j := r.job
	programs, _, err := j.Store.Programs(j.ctx, j.Edition)
	if err != nil {
		return err
	}
	for i, p := range programs {
		r.programs[p.Code] = uint8(i)
		r.codes = append(r.codes, p.Code)
	}
	for h, err := range j.Store.Households(j.ctx, j.Edition) {
		if err != nil {
			return err
		}
		r.households[h.ID] = struct{}{}
	}
	switch {
	case len(r.programs) == 0:
		return registry.Invalid("edition", "%s has no programmes yet; import them first", j.Edition)
	case len(r.households) == 0:
		return registry.Invalid("edition", "%s has no households yet; import them first", j.Edition)
	case !j.Append:
		return nil
	}
	for e, err := range j.Store.Enrolments(j.ctx, j.Edition, j.Release) {
		if err != nil {
			return err
		}
		r.seen[enrolmentKey{e.Household, r.programs[e.Program], dayNumber(e.Since)}] = 0
	}
	return nil
}

// all gives the enrolments of the file and counts them in the job's import.
func (r *enrolmentReader) all(yield func(registry.Enrolment, error) bool) {
	im := &r.job.im
	im.Rows = 0
	err := r.rows(func(line int, fields []string) error {
		e, fault := r.enrolment(line, fields)
		if fault != nil {
			r.reject(line, fault)
			return nil
		}
		im.Rows++
		if !yield(e, nil) {
			return errStopped
		}
		return nil
	})
	im.Rejected = r.job.rejects.count
	if err == nil && im.Rows == 0 {
		err = r.job.refuseEmpty("enrolments")
	}
	if err != nil && err != errStopped {
		yield(registry.Enrolment{}, err)
	}
}

// enrolment makes an enrolment of a row.
func (r *enrolmentReader) enrolment(line int, fields []string) (e registry.Enrolment, f *fault) {
	e = registry.Enrolment{Status: registry.EnrolmentActive, Persons: registry.UnknownInt, Rupiah: registry.UnknownInt}
	if e.Household, f = r.identity.read(r.table, fields); f != nil {
		return e, f
	}
	wrong := func(column int, reason string) (registry.Enrolment, *fault) {
		return e, &fault{column: column, value: r.cell(fields, column), reason: reason}
	}
	if _, known := r.households[e.Household]; !known {
		return wrong(r.identity.column, "is no household of the edition")
	}
	code := r.cell(fields, r.program)
	program, known := r.programs[code]
	switch {
	case code == "":
		return wrong(r.program, isMissing)
	case !known:
		return wrong(r.program, "is no programme of the edition")
	}
	e.Program = r.codes[program]
	if v := r.cell(fields, r.status); v != "" {
		status, err := registry.ParseEnrolmentStatus(strings.ToUpper(v))
		if err != nil {
			return wrong(r.status, "is not one of PROPOSED, ACTIVE, SUSPENDED, ENDED")
		}
		e.Status = status
	}
	var reason string
	if e.Since, reason = parseDay(r.cell(fields, r.since)); reason != "" {
		return wrong(r.since, reason)
	}
	if e.Until, reason = parseDay(r.cell(fields, r.until)); reason != "" {
		return wrong(r.until, reason)
	}
	if e.Since != "" && e.Until != "" && e.Until < e.Since {
		return wrong(r.until, "is before since")
	}
	if v := r.cell(fields, r.persons); v != "" {
		n, reason := parseCount(v)
		if reason == "" && n > registry.MaxMembers {
			reason = "is more than a household can have members"
		}
		if reason != "" {
			return wrong(r.persons, reason)
		}
		e.Persons = int(n)
	}
	if v := r.cell(fields, r.rupiah); v != "" {
		if e.Rupiah, reason = parseCount(v); reason == "" && e.Rupiah > maxBenefitRupiah {
			reason = "is more than any benefit"
		}
		if reason != "" {
			return wrong(r.rupiah, reason)
		}
	}
	switch v := r.cell(fields, r.decree); {
	case looksLikeIdentityNumber(v):
		return wrong(r.decree, isIdentityNumber)
	case len(v) > maxDecree:
		return wrong(r.decree, "is longer than 128 bytes")
	default:
		e.Decree = strings.Clone(v)
	}
	key := enrolmentKey{e.Household, program, dayNumber(e.Since)}
	if first, twice := r.seen[key]; twice {
		return e, r.faultTwice(r.identity.column, fields, first)
	}
	r.seen[key] = uint32(line)
	return e, nil
}

// parseDay reads a day; "" is no day.
func parseDay(value string) (day registry.Date, reason string) {
	if value == "" {
		return "", ""
	}
	day, err := registry.ParseDate(value)
	if err != nil {
		return "", "is not a date such as 2025-10-31"
	}
	return registry.Date(strings.Clone(string(day))), ""
}

// dayNumber is a day as yyyymmdd; 0 for no day.
func dayNumber(day registry.Date) int32 {
	n, err := strconv.ParseInt(strings.ReplaceAll(string(day), "-", ""), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
