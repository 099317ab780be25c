package ingest

import (
	"slices"
	"strings"

	"kantong/internal/registry"
)

// field is where the rows of a file say something: in a column, or all alike.
type field struct {
	name     string
	column   int // -1 for none
	constant string
}

// get gives what a row says.
func (r *enrolmentReader) get(fields []string, f field) string {
	if f.column < 0 {
		return f.constant
	}
	return r.cell(fields, f.column)
}

// fields lists them in the order in which rows are read: period fills what since and until leave open.
func (r *enrolmentReader) fields() []field {
	return []field{r.program, r.status, r.since, r.until, r.period, r.persons, r.rupiah, r.decree}
}

// findFields finds out where the file says what, and checks what holds for all rows.
func (r *enrolmentReader) findFields() error {
	for name := range r.job.Set {
		if !slices.Contains(settable, name) {
			return registry.Invalid("--set", "%q can't be set; it is one of %s", name, strings.Join(settable, ", "))
		}
	}
	for name, f := range map[string]*field{"program": &r.program, "status": &r.status, "since": &r.since, "until": &r.until, "period": &r.period,
		"persons": &r.persons, "rupiah": &r.rupiah, "decree": &r.decree} {
		*f = field{name, r.column(name), strings.TrimSpace(r.job.Set[name])}
		if f.constant != "" && f.column >= 0 {
			return registry.Invalid("--set", "%s is set to %q, but the file has it in column %s: leave one of them out", name, f.constant, r.names[f.column])
		}
	}
	if r.program.column < 0 && r.program.constant == "" {
		return registry.Invalid("header", "there is no column program; if all rows are of one programme, say which: --set program=CODE")
	}
	var e registry.Enrolment
	for _, f := range r.fields() {
		if f.constant == "" {
			continue
		}
		if reason := r.set(&e, f.name, f.constant); reason != "" {
			return registry.Invalid("--set", "%s: %q %s", f.name, shown(f.constant), reason)
		}
	}
	return nil
}

// set sets what a field says, "" included.
func (r *enrolmentReader) set(e *registry.Enrolment, name, value string) (reason string) {
	switch name {
	case "program":
		e.Program, reason = r.programOf(value)
	case "status":
		e.Status, reason = parseStatus(value)
	case "since":
		e.Since, reason = parseDay(value)
	case "until":
		e.Until, reason = parseDay(value)
	case "persons":
		e.Persons, reason = parsePersons(value)
	case "rupiah":
		e.Rupiah, reason = parseRupiah(value)
	case "decree":
		e.Decree, reason = r.same(value), parseDecree(value)
	case "period":
		if value == "" {
			return ""
		}
		var since, until registry.Date
		if since, until, reason = parsePeriod(value); e.Since == "" && e.Until == "" {
			e.Since, e.Until = since, until
		}
	}
	return reason
}

// programOf finds a programme by its code, or its name.
func (r *enrolmentReader) programOf(value string) (code, reason string) {
	if value == "" {
		return "", isMissing
	}
	for _, is := range []func(p registry.Program) bool{
		func(p registry.Program) bool { return p.Code == value },
		func(p registry.Program) bool {
			return strings.EqualFold(p.Code, value) || strings.EqualFold(p.Name, value)
		},
	} {
		if i := slices.IndexFunc(r.programs, is); i >= 0 {
			return r.programs[i].Code, ""
		}
	}
	return "", "is no programme of the edition"
}
