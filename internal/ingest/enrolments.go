package ingest

import (
	"context"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// Enrolments imports a CSV file of enrolments, one row for a recipient in a programme in a period. A row names its family by
// any number that the edition knows it by; rows of several members are folded into one enrolment. Programmes must be in the
// edition. status is ACTIVE when not given. Recipients who are no family of the edition are counted by programme and area; a row of
// an export that holds such a count (unmatched_recipients) names no family.
func Enrolments(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportEnrolments, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged && !j.DryRun {
		return j.report, nil
	}
	r, err := newEnrolmentReader(j, mapping)
	if err != nil {
		return nil, err
	}
	return j.finish(j.Store.PutEnrolments(ctx, t.Edition, t.Release, &j.im, r.all))
}

// enrolmentReader makes enrolments of rows.
type enrolmentReader struct {
	*finder
	folder
	programs  []registry.Program // by code
	strangers strangers
	program, status, since, until, period,
	persons, rupiah, decree field
}

func newEnrolmentReader(j *job, mapping *Mapping) (*enrolmentReader, error) {
	t, err := openTable(j, enrolmentColumns, mapping)
	if err != nil {
		return nil, err
	}
	r := &enrolmentReader{folder: newFolder()}
	if r.programs, _, err = j.Store.Programs(j.ctx, j.Edition); err != nil {
		return nil, err
	}
	if len(r.programs) == 0 {
		return nil, registry.Invalid("edition", "%s has no programmes yet; import them first", j.Edition)
	}
	if r.finder, err = newFinder(t, j); err != nil {
		return nil, err
	}
	if err := r.findFields(); err != nil {
		return nil, err
	}
	if r.strangers, err = newStrangers(t, j); err != nil || !j.Append {
		return r, err
	}
	for e, err := range j.Store.Enrolments(j.ctx, j.Edition, j.Release) {
		if err != nil {
			return nil, err
		}
		r.held[enrolmentKey{e.Household, e.Program, dayNumber(e.Since)}] = struct{}{}
	}
	return r, nil
}

// all gives the enrolments of the file and counts them in the job's import.
func (r *enrolmentReader) all(yield func(registry.Enrolment, error) bool) {
	err := r.rows(func(line int, fields []string) error {
		if fault := r.row(line, fields); fault != nil {
			r.reject(line, fault)
		}
		return nil
	})
	j := r.job
	j.im.Rows, j.im.Rejected, j.im.Unmatched = int64(len(r.list)), j.rejects.count, r.strangers.counts()
	r.strangers.matches.Folded = r.folded
	j.report.Recipients = &r.strangers.matches
	if err == nil && len(r.list) == 0 {
		err = r.strangers.refuseNone("enrolments")
	}
	for i := range r.list {
		if err != nil || !yield(r.list[i].Enrolment, nil) {
			break
		}
	}
	if err != nil {
		yield(registry.Enrolment{}, err)
	}
}

// row takes in a row.
func (r *enrolmentReader) row(line int, fields []string) *fault {
	var e registry.Enrolment
	for _, f := range r.fields() {
		value := r.get(fields, f)
		if reason := r.set(&e, f.name, value); reason != "" {
			return &fault{column: f.column, value: value, reason: reason}
		}
	}
	if e.Since != "" && e.Until != "" && e.Until < e.Since {
		return &fault{column: r.until.column, value: r.get(fields, r.until), reason: "is before since"}
	}
	if r.cell(fields, r.strangers.count) != "" {
		return r.strangers.addCount(r.table, fields, &e)
	}
	found, bad := r.find(fields)
	switch {
	case bad != nil:
		return bad
	case found.ambiguous:
		r.strangers.matches.Ambiguous++
		return r.faultAmbiguous(fields)
	case !found.known:
		r.strangers.add(r.table, line, fields, found, &e)
		return nil
	}
	e.Household = found.family
	first, reason := r.fold(e, line, found.person)
	switch {
	case reason == "":
		r.strangers.matches.Matched++
		return nil
	case first == 0:
		return faultTwice(r.keys[0].column, r.cell(fields, r.keys[0].column), 0)
	}
	f := faultTwice(r.keys[0].column, r.cell(fields, r.keys[0].column), first)
	f.reason = reason
	return f
}

// dayNumber is a day as yyyymmdd; 0 for no day.
func dayNumber(day registry.Date) int32 {
	n, err := strconv.ParseInt(strings.ReplaceAll(string(day), "-", ""), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
