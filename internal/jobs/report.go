package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kantong/internal/ingest"
	"kantong/internal/registry"
)

// Bounds of a report in the ledger.
const (
	maxListed    = 200
	maxTextBytes = 2000
)

// report is what the ledger keeps of a report. Paths of the server's disk are not in it.
func (q *Queue) report(j *registry.Job, r *ingest.Report) *registry.JobReport {
	out := &registry.JobReport{Rows: r.Rows, Rejected: r.Rejected, Unchanged: r.Unchanged, DryRun: r.DryRun, Places: cmp.Or(r.Places, "line"), Findings: len(r.Findings),
		Reasons: []registry.JobReason{}, Matches: []string{}, Notes: []string{}}
	for _, reason := range r.Reasons[:min(len(r.Reasons), maxListed)] {
		out.Reasons = append(out.Reasons, registry.JobReason{Column: clipped(reason.Column), Reason: clipped(reason.Reason), Count: reason.Count, FirstLine: reason.FirstLine})
	}
	if n := len(r.Reasons) - len(out.Reasons); n > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d further reasons are in the list of rejected rows", n))
	}
	if r.Families != nil {
		out.Matches = r.Families.Lines()
	}
	if r.Recipients != nil {
		out.Unmatched = r.Recipients.Unmatched
		matches := *r.Recipients
		if matches.List != "" {
			matches.List = Unmatched
		}
		out.Matches = append(out.Matches, matches.Lines()...)
	}
	for _, note := range r.Notes[:min(len(r.Notes), maxListed)] {
		out.Notes = append(out.Notes, q.public(j, note))
	}
	return out
}

// public is a text without the server's paths, and not too long.
func (q *Queue) public(j *registry.Job, text string) string {
	for _, path := range []string{q.input(j), q.of(j.ID), q.path} {
		text = strings.ReplaceAll(text, path, j.Asked.File)
	}
	return clipped(text)
}

func clipped(text string) string {
	if len(text) <= maxTextBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxTextBytes], "") + "…"
}

// fault is what the ledger keeps of an error: nothing of one that is no fault of who asked.
func (q *Queue) fault(j *registry.Job, err error) *registry.JobError {
	var e *registry.Error
	if !errors.As(err, &e) || e.Code == registry.CodeInternal {
		q.with.Log.Error("an import failed on our side", "job", j.ID, "error", err)
		return &registry.JobError{Code: registry.CodeInternal, Message: "something failed on our side; the log names job " + j.ID}
	}
	return &registry.JobError{Code: e.Code, Field: e.Field, Message: q.public(j, e.Message)}
}

// audited records that a file was taken. What can't be recorded is not taken.
func (q *Queue) audited(ctx context.Context, u *Upload, j *registry.Job) error {
	err := q.with.Audit.Write(ctx, registry.AuditEntry{At: q.with.Now(), KeyID: u.Who.KeyID, Role: u.Who.Role, Organisation: u.Who.Organisation, Purpose: strings.TrimSpace(u.Who.Purpose),
		Action: "upload", Operation: j.ID + " " + j.Asked.File, States: []string{registry.StateID(j.Asked.Edition, j.Asked.Release)}, RequestID: j.ID})
	if err != nil {
		return registry.Errorf(registry.CodeUnavailable, "", "the audit log can't be written, and nothing is taken without it: %w", err)
	}
	return nil
}

// told records how a job ended. It has ended, so a failure is only logged.
func (q *Queue) told(ctx context.Context, j *registry.Job) {
	e := registry.AuditEntry{At: q.with.Now(), KeyID: j.KeyID, Role: registry.RoleAdmin, Action: "import " + string(j.Asked.Kind), Operation: j.ID + " " + j.Asked.File,
		States: []string{registry.StateID(j.Asked.Edition, j.Asked.Release)}, RequestID: j.ID}
	switch {
	case j.Status.Error != nil:
		e.Outcome = j.Status.Error.Code
	case j.State != registry.JobSucceeded:
		e.Outcome = registry.Code(j.State)
	case j.Asked.DryRun:
		e.Action = "rehearse " + string(j.Asked.Kind)
	}
	keys, err := q.with.Ledger.Keys(ctx)
	if i := slices.IndexFunc(keys, func(k registry.APIKey) bool { return k.ID == j.KeyID }); i >= 0 {
		e.Organisation = keys[i].Organisation
	}
	if err = errors.Join(err, q.with.Audit.Write(ctx, e)); err != nil {
		q.with.Log.Error("the end of a job is not in the audit log", "job", j.ID, "error", err)
	}
}
