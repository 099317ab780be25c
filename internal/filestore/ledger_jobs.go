package filestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"kantong/internal/registry"
)

const selectJobs = `SELECT number, id, key_id, client_id, request, server, at, asked, state, seen_at, coalesce(cancel_at, ''), status FROM jobs `

// AddJob records a job, or gives the one that has its ids already.
func (l *Ledger) AddJob(ctx context.Context, j registry.Job) (recorded registry.Job, fresh bool, err error) {
	asked, status, err := jobTexts(&j)
	if err != nil {
		return registry.Job{}, false, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, key_id, client_id, request, server, at, asked, state, seen_at, cancel_at, status)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_id, client_id) DO NOTHING`,
			j.ID, j.KeyID, j.ClientID, j.Request, j.Server, stamp(j.At), asked, string(j.State), stamp(j.SeenAt), stampOrNull(j.CancelAt), status)
		if isTaken(err) {
			return registry.Conflict("id", "there is a job %s already", j.ID)
		}
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return err
		}
		fresh = added > 0
		recorded, err = scanJob(tx.QueryRowContext(ctx, selectJobs+"WHERE key_id = ? AND client_id = ?", j.KeyID, j.ClientID))
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
func (l *Ledger) Job(ctx context.Context, id string) (j registry.Job, err error) {
	err = inTransaction(ctx, l.readers, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) error {
		j, err = findJob(ctx, tx, id)
		return err
	})
	return j, err
}

func findJob(ctx context.Context, tx *sql.Tx, id string) (registry.Job, error) {
	j, err := scanJob(tx.QueryRowContext(ctx, selectJobs+"WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return j, registry.NotFound("id", "there is no job %q", id)
	}
	return j, err
}

// Jobs gives jobs, newest first.
func (l *Ledger) Jobs(ctx context.Context, before int64, first int) ([]registry.Job, error) {
	return l.jobs(ctx, "WHERE number < ?1 OR ?1 = 0 ORDER BY number DESC LIMIT ?2", before, first)
}

// OpenJobs gives the jobs that have not ended, oldest first.
func (l *Ledger) OpenJobs(ctx context.Context) ([]registry.Job, error) {
	return l.jobs(ctx, "WHERE state IN ('QUEUED', 'RUNNING') ORDER BY number")
}

func (l *Ledger) jobs(ctx context.Context, where string, args ...any) ([]registry.Job, error) {
	list := []registry.Job{}
	err := l.read(ctx, func(rows *sql.Rows) error {
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
func (l *Ledger) UpdateJob(ctx context.Context, from registry.JobState, j registry.Job) (recorded registry.Job, changed bool, err error) {
	_, status, err := jobTexts(&j)
	if err != nil {
		return registry.Job{}, false, err
	}
	recorded, err = l.changeJob(ctx, j.ID, func(tx *sql.Tx) error {
		if from.Ended() {
			return nil
		}
		result, err := tx.ExecContext(ctx, "UPDATE jobs SET state = ?, seen_at = ?, status = ? WHERE id = ? AND state = ?",
			string(j.State), stamp(j.SeenAt), status, j.ID, string(from))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		changed = n > 0
		return err
	})
	return recorded, changed && err == nil, err
}

// CancelJob records that a job was asked to end; one that is queued has ended by it.
func (l *Ledger) CancelJob(ctx context.Context, id string, at time.Time) (registry.Job, error) {
	return l.changeJob(ctx, id, func(tx *sql.Tx) error {
		j, err := findJob(ctx, tx, id)
		if err != nil || j.State.Ended() || j.CancelAt != nil {
			return err
		}
		if j.State == registry.JobQueued {
			ended := at.UTC().Truncate(time.Microsecond)
			j.State, j.Status.EndedAt = registry.JobCancelled, &ended
		}
		_, status, err := jobTexts(&j)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE jobs SET state = ?, cancel_at = ?, status = ? WHERE id = ?", string(j.State), stamp(at), status, id)
		return err
	})
}

// changeJob runs do and gives the job as it is then.
func (l *Ledger) changeJob(ctx context.Context, id string, do func(tx *sql.Tx) error) (recorded registry.Job, err error) {
	err = l.write(ctx, func(tx *sql.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		recorded, err = findJob(ctx, tx, id)
		return err
	})
	if err != nil {
		return registry.Job{}, err
	}
	return recorded, nil
}

// SeeJobs is a sign of life of a server.
func (l *Ledger) SeeJobs(ctx context.Context, server string, at time.Time) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE jobs SET seen_at = ? WHERE server = ? AND state IN ('QUEUED', 'RUNNING')", stamp(at), server)
		return err
	})
}

func scanJob(row interface{ Scan(...any) error }) (j registry.Job, err error) {
	var at, asked, state, seen, cancel, status string
	if err = row.Scan(&j.Number, &j.ID, &j.KeyID, &j.ClientID, &j.Request, &j.Server, &at, &asked, &state, &seen, &cancel, &status); err != nil {
		return j, err
	}
	j.State = registry.JobState(state)
	if j.At, err = time.Parse(stampLayout, at); err != nil {
		return j, err
	}
	if j.SeenAt, err = time.Parse(stampLayout, seen); err != nil {
		return j, err
	}
	if j.CancelAt, err = stampOrNil(cancel); err != nil {
		return j, err
	}
	if err = json.Unmarshal([]byte(asked), &j.Asked); err != nil {
		return j, err
	}
	return j, json.Unmarshal([]byte(status), &j.Status)
}
