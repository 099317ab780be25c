package jobs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"kantong/internal/ingest"
	"kantong/internal/registry"
)

// work runs a job from its beginning to its end.
func (q *Queue) work(ctx context.Context, id string) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{id: id, cancel: cancel, done: make(chan struct{})}
	q.mu.Lock()
	q.running = r
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		q.running = nil
		q.mu.Unlock()
		close(r.done)
	}()
	var j registry.Job
	var begun bool
	err := q.insist(ctx, func(ctx context.Context) (err error) {
		j, err = q.with.Ledger.Job(ctx, id)
		if registry.CodeOf(err) == registry.CodeNotFound { // the ledger is not the one that it was
			j, err = registry.Job{ID: id}, nil
		}
		if err != nil || j.State != registry.JobQueued {
			return err
		}
		now := q.now()
		j.State, j.SeenAt, j.Status.StartedAt, j.Status.Begun = registry.JobRunning, now, &now, j.Status.Begun+1
		j, begun, err = q.with.Ledger.UpdateJob(ctx, registry.JobQueued, j)
		return err
	})
	if err != nil {
		return // the program ends; the job is begun at its next start
	}
	if !begun { // it was cancelled
		q.leave(id)
		q.settle(&j)
		return
	}
	report, err := q.run(inner, &j, cancel)
	if report != nil {
		j.Status.Report = q.report(&j, report)
	}
	switch {
	case err == nil:
		j.Status.Progress.Done = j.Status.Progress.Total // the last steps are told together
		q.end(&j, registry.JobSucceeded, nil)
	case errors.Is(context.Cause(inner), errCancelled):
		q.end(&j, registry.JobCancelled, nil)
	case ctx.Err() != nil: // the server stops, and begins again when it is started
		j.State, j.Status = registry.JobQueued, registry.JobStatus{Begun: j.Status.Begun - 1}
	default:
		q.with.Log.Warn("an import failed", "job", j.ID, "code", registry.CodeOf(err))
		q.end(&j, registry.JobFailed, err)
	}
	q.finish(ctx, &j)
}

// finish records how a run ended, and only then lets the file go. Who reads of the end finds the lists.
func (q *Queue) finish(ctx context.Context, j *registry.Job) {
	if j.State.Ended() {
		q.keepLists(j)
	}
	kept := context.WithoutCancel(ctx)
	record := func(ctx context.Context) error {
		_, _, err := q.with.Ledger.UpdateJob(ctx, registry.JobRunning, *j)
		return err
	}
	if err := record(kept); err != nil && q.insist(ctx, record) != nil {
		return // as after a crash
	}
	if !j.State.Ended() {
		return
	}
	q.told(kept, j)
	q.leave(j.ID)
	q.settle(j)
	if j.State == registry.JobSucceeded && j.Asked.Kind == registry.ImportPrograms && !j.Asked.DryRun {
		if err := q.with.Refresh(kept); err != nil { // programmes of a published edition may have changed
			q.with.Log.Error("the server could not take over the programmes of an import", "job", j.ID, "error", err)
		}
	}
}

// insist does something until it is done, or ctx ends: the ledger may be away for a while.
func (q *Queue) insist(ctx context.Context, do func(ctx context.Context) error) error {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := do(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		q.with.Log.Error("a job can't be recorded; trying again", "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// now is the time as the ledger keeps it.
func (q *Queue) now() time.Time { return q.with.Now().UTC().Truncate(time.Microsecond) }

// end writes the end of a job into it.
func (q *Queue) end(j *registry.Job, state registry.JobState, err error) {
	now := q.now()
	j.State, j.SeenAt, j.Status.EndedAt = state, now, &now
	if err != nil {
		j.Status.Error = q.fault(j, err)
	}
}

// run imports the file of a job.
func (q *Queue) run(ctx context.Context, j *registry.Job, cancel context.CancelCauseFunc) (*ingest.Report, error) {
	secrets, err := q.with.Secrets()
	if err != nil { // where they should be is for the log, not for the network
		q.with.Log.Error("an import needs the secrets, which can't be read", "job", j.ID, "error", err)
		return nil, &registry.Error{Code: registry.CodeUnavailable, Message: "the server can't read the secrets that an import needs", Cause: err}
	}
	a := &j.Asked
	var mapping *ingest.Mapping
	if a.Mapping != "" {
		path := a.Mapping
		if path == registry.OwnMapping {
			path = filepath.Join(q.of(j.ID), mappingFile)
		}
		if mapping, err = ingest.ReadMapping(path); err != nil {
			return nil, err
		}
	}
	report, err := ingest.File(ctx, ingest.Target{Store: q.with.Store, Edition: a.Edition, Release: a.Release, Append: a.Append, DryRun: a.DryRun, Secrets: secrets,
		Known: q.with.Known, Set: a.Set, Progress: q.progress(ctx, j, cancel), Now: q.with.Now()},
		a.Kind, q.input(j), mapping.WithSheet(a.Sheet), ingest.AreaOptions{Layer: a.Layer, Within: a.Within})
	if report != nil && len(report.Findings) > 0 {
		err = errors.Join(err, q.writeFindings(j, report))
	}
	return report, err
}

func (q *Queue) writeFindings(j *registry.Job, report *ingest.Report) error {
	f, err := os.OpenFile(filepath.Join(q.of(j.ID), Findings), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(ingest.WriteFindings(f, report.Findings), f.Close())
}

// progress writes how far a job is, not too often. It ends a run that was cancelled, or given up, at another server.
func (q *Queue) progress(ctx context.Context, j *registry.Job, cancel context.CancelCauseFunc) func(label string, done, total int64) {
	var written time.Time
	return func(label string, done, total int64) {
		if time.Since(written) < progressed {
			return
		}
		written = time.Now()
		told := *j
		told.SeenAt, told.Status.Progress = q.with.Now(), registry.JobProgress{Label: label, Done: done, Total: total}
		recorded, changed, err := q.with.Ledger.UpdateJob(ctx, registry.JobRunning, told)
		switch {
		case err != nil: // the import goes on without
			return
		case !changed || recorded.CancelAt != nil:
			cancel(errCancelled)
			return
		}
		j.SeenAt, j.Status.Progress = told.SeenAt, told.Status.Progress
	}
}
