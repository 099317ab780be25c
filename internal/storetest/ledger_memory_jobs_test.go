package storetest

import (
	"context"
	"slices"
	"time"

	"kantong/internal/registry"
)

func (l *memoryLedger) AddJob(ctx context.Context, j registry.Job) (recorded registry.Job, fresh bool, err error) {
	err = l.locked(ctx, func() error {
		for _, o := range l.jobs {
			if o.KeyID == j.KeyID && o.ClientID == j.ClientID && l.fault != "every job is fresh" {
				recorded = o
				return nil
			}
			if o.ID == j.ID {
				return registry.Conflict("id", "job %s is there", j.ID)
			}
		}
		j.Number, j.At = int64(len(l.jobs)+1), j.At.UTC().Truncate(time.Microsecond)
		l.jobs = append(l.jobs, j)
		recorded, fresh = j, true
		return nil
	})
	return recorded, fresh, err
}

// job runs do on the job of an id.
func (l *memoryLedger) job(ctx context.Context, id string, do func(*registry.Job)) (j registry.Job, err error) {
	err = l.locked(ctx, func() error {
		i := slices.IndexFunc(l.jobs, func(j registry.Job) bool { return j.ID == id })
		if i < 0 {
			return registry.NotFound("id", "no job %s", id)
		}
		do(&l.jobs[i])
		j = l.jobs[i]
		return nil
	})
	return j, err
}

func (l *memoryLedger) Job(ctx context.Context, id string) (registry.Job, error) {
	return l.job(ctx, id, func(*registry.Job) {})
}

func (l *memoryLedger) Jobs(ctx context.Context, before int64, first int) (page []registry.Job, err error) {
	err = l.locked(ctx, func() error {
		for _, j := range slices.Backward(l.jobs) {
			if before == 0 || j.Number < before || j.Number == before && l.fault == "a page of jobs begins again" {
				page = append(page, j)
			}
		}
		page = page[:min(first, len(page))]
		return nil
	})
	return page, err
}

func (l *memoryLedger) OpenJobs(ctx context.Context) (list []registry.Job, err error) {
	err = l.locked(ctx, func() error {
		list = slices.DeleteFunc(slices.Clone(l.jobs), func(j registry.Job) bool { return j.State.Ended() })
		return nil
	})
	return list, err
}

func (l *memoryLedger) UpdateJob(ctx context.Context, from registry.JobState, j registry.Job) (recorded registry.Job, changed bool, err error) {
	recorded, err = l.job(ctx, j.ID, func(is *registry.Job) {
		if changed = is.State == from && !from.Ended() || l.fault == "a job is updated in any state"; changed {
			is.State, is.SeenAt, is.Status = j.State, j.SeenAt, j.Status
		}
	})
	return recorded, changed, err
}

func (l *memoryLedger) CancelJob(ctx context.Context, id string, when time.Time) (registry.Job, error) {
	return l.job(ctx, id, func(j *registry.Job) {
		if j.CancelAt != nil || j.State.Ended() && l.fault != "a job that ended is cancelled" {
			return
		}
		if j.CancelAt = &when; j.State == registry.JobQueued {
			j.State, j.Status.EndedAt = registry.JobCancelled, &when
		}
	})
}

func (l *memoryLedger) SeeJobs(ctx context.Context, server string, when time.Time) error {
	return l.locked(ctx, func() error {
		for i := range l.jobs {
			if j := &l.jobs[i]; j.Server == server && !j.State.Ended() {
				j.SeenAt = when
			}
		}
		return nil
	})
}
