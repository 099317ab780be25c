// Package jobs imports files that administrators upload to a running server, one after the other, in the background.
//
// What was asked for and how it goes is in the ledger; the file is in a directory of uploads, which belongs to one server, and is
// deleted as soon as its job has ended. An import is one transaction, so a server that stops in the middle leaves nothing
// half: at its next start it runs the job again from the file. Of several servers on one ledger each runs the jobs whose
// files it has.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"kantong/internal/audit"
	"kantong/internal/ingest"
	"kantong/internal/registry"
)

// Bounds.
const (
	// MaxWaiting is how many jobs of a server may be queued or running.
	MaxWaiting = 16
	// KeepLists is how long after the end of a job its lists can be fetched.
	KeepLists = 7 * 24 * time.Hour
	// LostAfter is how long a server may give no sign of life before its jobs are given up.
	LostAfter = time.Hour

	maxBegun   = 3 // a file that ends the server each time is not tried for ever
	atOnce     = 4 // uploads that are received at the same time
	beat       = 10 * time.Second
	progressed = time.Second // between two writes of the progress
	cancelWait = 10 * time.Second
)

// Options is what a Queue works with. Every member but Dir is needed.
type Options struct {
	Dir      string // of uploads; without one no files are taken
	MaxBytes int64  // of a file
	Store    registry.Store
	Ledger   registry.Ledger
	Audit    *audit.Log
	Secrets  func() (registry.Secrets, error)
	Known    []ingest.KnownArea              // the gazetteer
	Refresh  func(ctx context.Context) error // makes the server take over what is published: programmes may change
	Now      func() time.Time
	Log      *slog.Logger
}

// Queue takes uploads and runs their jobs. It is safe for concurrent use.
type Queue struct {
	with Options
	*directory
	wake      chan struct{}
	receiving chan struct{} // uploads under way

	recording sync.Mutex // of jobs, one at a time

	mu      sync.Mutex // of what follows
	waiting []string   // ids of jobs, in the order of their numbers
	running *run       // nil when none is
}

// run is a job at work.
type run struct {
	id     string
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when its end is recorded
}

// errCancelled is why a run was ended by somebody who asked for it.
var errCancelled = errors.New("the job was cancelled")

// Open takes the directory of uploads, which is made if it is not there, and takes up the jobs that the server left in it.
// CONFLICT when another server has it. The caller closes the queue after Run has returned.
func Open(ctx context.Context, o Options) (*Queue, error) {
	q := &Queue{with: o, wake: make(chan struct{}, 1), receiving: make(chan struct{}, atOnce)}
	if o.Dir == "" {
		return q, nil
	}
	var err error
	if q.directory, err = openDirectory(o.Dir); err != nil {
		return nil, err
	}
	if err := q.takeUp(ctx); err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

// Close gives the directory back.
func (q *Queue) Close() error {
	if q.directory == nil {
		return nil
	}
	return q.directory.close()
}

// takeUp finds the jobs that are to be run again, ends those whose file is gone, and removes files that nobody needs.
func (q *Queue) takeUp(ctx context.Context) error {
	open, err := q.with.Ledger.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range open {
		from := j.State
		switch {
		case j.Server != q.name:
			continue
		case j.CancelAt != nil:
			q.end(&j, registry.JobCancelled, nil)
		case !q.hasFile(&j):
			q.end(&j, registry.JobFailed, registry.Errorf(registry.CodeUnavailable, "file", "the file is gone from the server's directory of uploads; nothing of it was stored, upload it again"))
		case j.Status.Begun >= maxBegun:
			q.end(&j, registry.JobFailed, registry.Errorf(registry.CodeUnavailable, "file", "the import was begun %d times, and the server stopped each time; nothing of it was stored", j.Status.Begun))
		default:
			j.State = registry.JobQueued
			q.waiting = append(q.waiting, j.ID)
		}
		j.SeenAt = q.with.Now()
		if _, _, err := q.with.Ledger.UpdateJob(ctx, from, j); err != nil {
			return err
		}
		if j.State.Ended() {
			q.told(ctx, &j)
		}
	}
	return q.sweep(ctx, true)
}

// Run works on jobs until ctx ends. A job that is at work then is left to be run again.
func (q *Queue) Run(ctx context.Context) {
	if q.directory == nil {
		return
	}
	var keeping sync.WaitGroup
	keeping.Go(func() { q.keep(ctx) })
	defer keeping.Wait()
	for {
		for id := q.next(); id != "" && ctx.Err() == nil; id = q.next() {
			q.work(ctx, id)
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
	}
}

// next gives the job to work on, which stays in front of the queue; "" for none.
func (q *Queue) next() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return ""
	}
	return q.waiting[0]
}

// leave takes a job off the queue.
func (q *Queue) leave(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(w string) bool { return w == id })
}

// keep gives signs of life, hears what other servers want of the jobs here, gives up those of servers that are gone, and
// removes lists when their time is over.
func (q *Queue) keep(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for swept := q.with.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := q.look(ctx)
		if now := q.with.Now(); err == nil && now.Sub(swept) > time.Hour {
			swept, err = now, q.sweep(ctx, false)
		}
		if err != nil && ctx.Err() == nil {
			q.with.Log.Error("the jobs of uploads can't be looked after", "error", err)
		}
	}
}

// look is one round of keep.
func (q *Queue) look(ctx context.Context) error {
	now := q.with.Now()
	if err := q.with.Ledger.SeeJobs(ctx, q.name, now); err != nil {
		return err
	}
	open, err := q.with.Ledger.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range open {
		switch {
		case j.Server == q.name && j.CancelAt != nil:
			q.stop(j.ID)
		case j.Server != q.name && now.Sub(j.SeenAt) > LostAfter:
			from := j.State
			q.end(&j, registry.JobFailed, registry.Errorf(registry.CodeUnavailable, "", "the server that has the file has given no sign of life since %s; upload it again", j.SeenAt.Format(time.DateTime)))
			if _, changed, err := q.with.Ledger.UpdateJob(ctx, from, j); err != nil {
				return err
			} else if changed {
				q.told(ctx, &j)
			}
		}
	}
	return nil
}

// stop ends the run of a job, if it is at work here.
func (q *Queue) stop(id string) *run {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running == nil || q.running.id != id {
		return nil
	}
	q.running.cancel(errCancelled)
	return q.running
}

// Cancel ends a job, wherever it is: one that is queued at once, one that runs as soon as its server hears of it. It waits a
// little for that, and gives the job as it is then. CONFLICT of field "id" when it ended otherwise before, NOT_FOUND when there
// is none.
func (q *Queue) Cancel(ctx context.Context, id string) (registry.Job, error) {
	j, err := q.with.Ledger.CancelJob(ctx, id, q.with.Now())
	if err != nil {
		return j, err
	}
	if j.State == registry.JobCancelled && q.directory != nil && j.Server == q.name {
		q.leave(id)
		q.remove(id)
	}
	if r := q.stop(id); r != nil {
		select {
		case <-r.done:
		case <-ctx.Done():
		case <-time.After(cancelWait):
		}
		if j, err = q.with.Ledger.Job(ctx, id); err != nil {
			return j, err
		}
	}
	if j.State.Ended() && j.State != registry.JobCancelled {
		return j, registry.Conflict("id", "job %s has ended already: %s", id, j.State)
	}
	return j, nil
}
