package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

const selectJobs = "SELECT number, id, key_id, client_id, request, server, at, asked, state, seen_at, cancel_at, status FROM kantong.job "

// AddJob records a job, or gives the one that has its ids already.
func (l Ledger) AddJob(ctx context.Context, j registry.Job) (recorded registry.Job, fresh bool, err error) {
	asked, status, err := jobTexts(&j)
	if err != nil {
		return registry.Job{}, false, err
	}
	err = l.s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO kantong.job (id, key_id, client_id, request, server, at, asked, state, seen_at, cancel_at, status)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (key_id, client_id) DO NOTHING`,
			j.ID, j.KeyID, j.ClientID, j.Request, j.Server, stored(j.At), asked, string(j.State), stored(j.SeenAt), storedOrNull(j.CancelAt), status)
		if isTaken(err) {
			return registry.Conflict("id", "there is a job %s already", j.ID)
		}
		if err != nil {
			return err
		}
		fresh = tag.RowsAffected() > 0
		recorded, err = scanJob(tx.QueryRow(ctx, selectJobs+"WHERE key_id = $1 AND client_id = $2", j.KeyID, j.ClientID))
		return err
	})
	if err != nil {
		return registry.Job{}, false, err
	}
	return recorded, fresh, nil
}

// jobTexts are the parts of a job that are kept as JSON.
func jobTexts(j *registry.Job) (asked, status string, err error) {
	a, err := json.Marshal(j.Asked)
	if err != nil {
		return "", "", err
	}
	s, err := json.Marshal(j.Status)
	return string(a), string(s), err
}

// Job gives a job.
func (l Ledger) Job(ctx context.Context, id string) (registry.Job, error) {
	list, err := l.jobs(ctx, "WHERE id = $1", id)
	if err == nil && len(list) == 0 {
		err = noJob(id)
	}
	if err != nil {
		return registry.Job{}, err
	}
	return list[0], nil
}

func noJob(id string) error { return registry.NotFound("id", "there is no job %q", id) }

// Jobs gives jobs, newest first.
func (l Ledger) Jobs(ctx context.Context, before int64, first int) ([]registry.Job, error) {
	return l.jobs(ctx, "WHERE number < $1 OR $1 = 0 ORDER BY number DESC LIMIT $2", before, first)
}

// OpenJobs gives the jobs that have not ended, oldest first.
func (l Ledger) OpenJobs(ctx context.Context) ([]registry.Job, error) {
	return l.jobs(ctx, "WHERE state IN ('QUEUED', 'RUNNING') ORDER BY number")
}

func (l Ledger) jobs(ctx context.Context, where string, args ...any) ([]registry.Job, error) {
	list := []registry.Job{}
	err := l.read(ctx, func(rows pgx.Rows) error {
		j, err := scanJob(rows)
		list = append(list, j)
		return err
	}, selectJobs+where, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// UpdateJob writes how a job goes, if it is still in the state from.
func (l Ledger) UpdateJob(ctx context.Context, from registry.JobState, j registry.Job) (recorded registry.Job, changed bool, err error) {
	_, status, err := jobTexts(&j)
	if err != nil {
		return registry.Job{}, false, err
	}
	recorded, err = l.changeJob(ctx, j.ID, func(tx pgx.Tx, is registry.Job) error {
		if is.State != from || from.Ended() {
			return nil
		}
		changed = true
		_, err := tx.Exec(ctx, "UPDATE kantong.job SET state = $2, seen_at = $3, status = $4 WHERE id = $1", j.ID, string(j.State), stored(j.SeenAt), status)
		return err
	})
	return recorded, changed && err == nil, err
}

// CancelJob records that a job was asked to end; one that is queued has ended by it.
func (l Ledger) CancelJob(ctx context.Context, id string, at time.Time) (registry.Job, error) {
	return l.changeJob(ctx, id, func(tx pgx.Tx, j registry.Job) error {
		if j.State.Ended() || j.CancelAt != nil {
			return nil
		}
		if j.State == registry.JobQueued {
			ended := stored(at)
			j.State, j.Status.EndedAt = registry.JobCancelled, &ended
		}
		_, status, err := jobTexts(&j)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE kantong.job SET state = $2, cancel_at = $3, status = $4 WHERE id = $1", id, string(j.State), stored(at), status)
		return err
	})
}

// changeJob runs do on a job that nobody else changes meanwhile, and gives the job as it is then.
func (l Ledger) changeJob(ctx context.Context, id string, do func(tx pgx.Tx, is registry.Job) error) (recorded registry.Job, err error) {
	err = l.s.write(ctx, func(tx pgx.Tx) error {
		is, err := scanJob(tx.QueryRow(ctx, selectJobs+"WHERE id = $1 FOR UPDATE", id))
		if errors.Is(err, pgx.ErrNoRows) {
			return noJob(id)
		}
		if err != nil {
			return err
		}
		if err := do(tx, is); err != nil {
			return err
		}
		recorded, err = scanJob(tx.QueryRow(ctx, selectJobs+"WHERE id = $1", id))
		return err
	})
	if err != nil {
		return registry.Job{}, err
	}
	return recorded, nil
}

// SeeJobs is a sign of life of a server.
func (l Ledger) SeeJobs(ctx context.Context, server string, at time.Time) error {
	return l.s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE kantong.job SET seen_at = $2 WHERE server = $1 AND state IN ('QUEUED', 'RUNNING')", server, stored(at))
		return err
	})
}

func scanJob(row pgx.Row) (j registry.Job, err error) {
	var asked, state, status string
	if err = row.Scan(&j.Number, &j.ID, &j.KeyID, &j.ClientID, &j.Request, &j.Server, &j.At, &asked, &state, &j.SeenAt, &j.CancelAt, &status); err != nil {
		return j, err
	}
	j.State, j.At, j.SeenAt, j.CancelAt = registry.JobState(state), j.At.UTC(), j.SeenAt.UTC(), inUTC(j.CancelAt)
	if err = json.Unmarshal([]byte(asked), &j.Asked); err != nil {
		return j, err
	}
	return j, json.Unmarshal([]byte(status), &j.Status)
}
