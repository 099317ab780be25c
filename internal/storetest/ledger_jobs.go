package storetest

import (
	"fmt"
	"sync/atomic"
	"time"

	"kantong/internal/registry"
)

var jobTests = []ledgerTest{
	{"a job comes back whole", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		got, err := b.Job(b.ctx, "i-1")
		b.ok(err)
		b.same("job", got, j)
		_, err = b.Job(b.ctx, "i-2")
		b.refused("Job", err, registry.CodeNotFound)
	}},
	{"a job is fresh once", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		again := ledgerJob("i-2")
		again.ClientID, again.Request = j.ClientID, "another"
		got, fresh, err := b.AddJob(b.ctx, again)
		b.ok(err)
		b.same("fresh", fresh, false)
		b.same("what is recorded", got, j)
		_, err = b.Job(b.ctx, "i-2")
		b.refused("Job", err, registry.CodeNotFound)
	}},
	{"ids of two keys for jobs don't meet", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		other := ledgerJob("i-2")
		other.ClientID, other.KeyID = j.ClientID, "k-b"
		b.addJob(other)
		other.KeyID, other.ClientID = "k-c", "client-c"
		_, _, err := b.AddJob(b.ctx, other)
		b.refused("AddJob of an id that is taken", err, registry.CodeConflict)
	}},
	{"jobs are read in pages, newest first", func(b *ledgerBench) {
		var all []registry.Job
		for i := range 7 {
			all = append(all, b.addJob(ledgerJob(fmt.Sprintf("i-%d", i))))
		}
		var got []registry.Job
		for before := int64(0); len(got) <= len(all); {
			page, err := b.Jobs(b.ctx, before, 3)
			b.ok(err)
			if len(page) == 0 { // the end
				break
			}
			got, before = append(got, page...), page[len(page)-1].Number
		}
		if len(got) != len(all) {
			b.Fatalf("%d jobs, want %d", len(got), len(all))
		}
		for i := range got {
			b.same("job", got[i], all[len(all)-1-i])
		}
	}},
	{"a job is updated from the state it is in", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		j.State, j.SeenAt, j.Status.Begun = registry.JobRunning, at(7), 1
		started := at(6)
		j.Status.StartedAt, j.Status.Progress = &started, registry.JobProgress{Label: "importing", Done: 5, Total: 10}
		b.wantUpdate(registry.JobRunning, j, false)
		b.wantUpdate(registry.JobQueued, j, true)
		b.wantUpdate(registry.JobQueued, j, false)
		ended := at(8)
		j.State, j.Status.EndedAt = registry.JobSucceeded, &ended
		j.Status.Report = &registry.JobReport{Rows: 3, Rejected: 1, Reasons: []registry.JobReason{{Column: "nik", Reason: "is \"odd\"\x00 é", Count: 1, FirstLine: 2}}}
		changed := j
		changed.KeyID, changed.Request, changed.Server, changed.Asked.File = "k-z", "z", "z", "z" // these are not written
		got, ok, err := b.UpdateJob(b.ctx, registry.JobRunning, changed)
		b.ok(err)
		b.same("changed", ok, true)
		b.same("job", got, j)
		got, err = b.Job(b.ctx, "i-1")
		b.ok(err)
		b.same("job", got, j)
		_, _, err = b.UpdateJob(b.ctx, registry.JobQueued, ledgerJob("i-none"))
		b.refused("UpdateJob", err, registry.CodeNotFound)
	}},
	{"a job that has ended does not change", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		j.State = registry.JobFailed
		j.Status.Error = &registry.JobError{Code: registry.CodeConflict, Field: "edition", Message: "it is published"}
		b.wantUpdate(registry.JobQueued, j, true)
		again := j
		again.State = registry.JobQueued
		got, changed, err := b.UpdateJob(b.ctx, registry.JobFailed, again)
		b.ok(err)
		b.same("changed", changed, false)
		b.same("job", got, j)
		got, err = b.CancelJob(b.ctx, j.ID, at(9))
		b.ok(err)
		b.same("cancelled after its end", got, j)
		b.ok(b.SeeJobs(b.ctx, j.Server, at(9)))
		got, err = b.Job(b.ctx, j.ID)
		b.ok(err)
		b.same("seen after its end", got, j)
	}},
	{"a queued job ends when it is cancelled, a running one is asked to", func(b *ledgerBench) {
		queued, running := b.addJob(ledgerJob("i-1")), b.addJob(ledgerJob("i-2"))
		running.State = registry.JobRunning
		b.wantUpdate(registry.JobQueued, running, true)
		when := at(9)
		queued.State, queued.CancelAt, queued.Status.EndedAt = registry.JobCancelled, &when, &when
		got, err := b.CancelJob(b.ctx, queued.ID, when)
		b.ok(err)
		b.same("queued", got, queued)
		running.CancelAt = &when
		for minutes := 9; minutes < 11; minutes++ { // the first time counts
			got, err = b.CancelJob(b.ctx, running.ID, at(minutes))
			b.ok(err)
			b.same("running", got, running)
		}
		running.State = registry.JobCancelled
		b.wantUpdate(registry.JobRunning, running, true)
		_, err = b.CancelJob(b.ctx, "i-none", when)
		b.refused("CancelJob", err, registry.CodeNotFound)
	}},
	{"open jobs are those that have not ended, oldest first", func(b *ledgerBench) {
		one, two, three := b.addJob(ledgerJob("i-1")), b.addJob(ledgerJob("i-2")), b.addJob(ledgerJob("i-3"))
		two.State = registry.JobSucceeded
		b.wantUpdate(registry.JobQueued, two, true)
		three.State = registry.JobRunning
		b.wantUpdate(registry.JobQueued, three, true)
		got, err := b.OpenJobs(b.ctx)
		b.ok(err)
		b.same("open jobs", got, []registry.Job{one, three})
	}},
	{"a sign of life is for the jobs of one server", func(b *ledgerBench) {
		mine, other := ledgerJob("i-1"), ledgerJob("i-2")
		other.Server = "another"
		mine, other = b.addJob(mine), b.addJob(other)
		b.ok(b.SeeJobs(b.ctx, mine.Server, at(20)))
		mine.SeenAt = at(20)
		got, err := b.OpenJobs(b.ctx)
		b.ok(err)
		b.same("open jobs", got, []registry.Job{mine, other})
	}},
	{"a time of a job counts to the microsecond, in UTC", func(b *ledgerBench) {
		j := ledgerJob("i-1")
		j.At = at(1).Add(1234 * time.Nanosecond).In(time.FixedZone("WIB", 7*3600))
		got, _, err := b.AddJob(b.ctx, j)
		b.ok(err)
		if want := at(1).Add(time.Microsecond); !got.At.Equal(want) || got.At.Location() != time.UTC {
			b.Errorf("%v, want %v", got.At, want)
		}
	}},
	{"of many who add a job under one id at once, one adds it", func(b *ledgerBench) {
		var added atomic.Int32
		b.together(func(i int) error {
			j := ledgerJob(fmt.Sprintf("i-%d", i))
			j.ClientID = "client-0001"
			_, fresh, err := b.AddJob(b.ctx, j)
			if fresh {
				added.Add(1)
			}
			return err
		})
		b.same("how many added it", added.Load(), int32(1))
		got, err := b.Jobs(b.ctx, 0, 10)
		b.ok(err)
		b.same("jobs", len(got), 1)
	}},
	{"of many who begin a job at once, one begins it", func(b *ledgerBench) {
		j := b.addJob(ledgerJob("i-1"))
		j.State = registry.JobRunning
		var begun atomic.Int32
		b.together(func(int) error {
			_, changed, err := b.UpdateJob(b.ctx, registry.JobQueued, j)
			if changed {
				begun.Add(1)
			}
			return err
		})
		b.same("how many began it", begun.Load(), int32(1))
	}},
}

func ledgerJob(id string) registry.Job {
	return registry.Job{ID: id, KeyID: "k-a", ClientID: "client-" + id, Request: "9f86d081", Server: "server", At: at(3), SeenAt: at(4), State: registry.JobQueued,
		Asked: registry.JobRequest{Kind: registry.ImportEnrolments, Edition: "e", Release: "r", Append: true, Mapping: "umum", Within: "19.71",
			Set: map[string]string{"program": "PKH", "decree": "SK \"12\"/2025"}, File: "décret 1.csv", Bytes: 1 << 40}}
}

// addJob records a job and gives it as it is recorded: the same, with a number.
func (b *ledgerBench) addJob(j registry.Job) registry.Job {
	b.Helper()
	got, fresh, err := b.AddJob(b.ctx, j)
	b.ok(err)
	b.same("fresh", fresh, true)
	if got.Number <= 0 {
		b.Errorf("number %d", got.Number)
	}
	j.Number = got.Number
	b.same("job", got, j)
	return j
}

// wantUpdate updates a job.
func (b *ledgerBench) wantUpdate(from registry.JobState, j registry.Job, wantChanged bool) {
	b.Helper()
	got, changed, err := b.UpdateJob(b.ctx, from, j)
	b.ok(err)
	b.same("changed", changed, wantChanged)
	if wantChanged {
		b.same("job", got, j)
	}
}
