package model

import (
	"strconv"
	"time"

	"kantong/internal/registry"
)

// Job is the import of an uploaded file.
type Job struct{ registry.Job }

func (j *Job) Kind() string                  { return string(j.Asked.Kind) }
func (j *Job) Edition() string               { return j.Asked.Edition }
func (j *Job) Release() *string              { return optional(j.Asked.Release) }
func (j *Job) File() string                  { return j.Asked.File }
func (j *Job) Bytes() int                    { return int(j.Asked.Bytes) }
func (j *Job) Append() bool                  { return j.Asked.Append }
func (j *Job) DryRun() bool                  { return j.Asked.DryRun }
func (j *Job) CancelRequestedAt() *time.Time { return j.CancelAt }
func (j *Job) StartedAt() *time.Time         { return j.Status.StartedAt }
func (j *Job) EndedAt() *time.Time           { return j.Status.EndedAt }
func (j *Job) Progress() *JobProgress        { return &JobProgress{j.Status.Progress} }

// Report is what became of the file.
func (j *Job) Report() *JobReport {
	if j.Status.Report == nil {
		return nil
	}
	return &JobReport{*j.Status.Report}
}

// Error is why it failed.
func (j *Job) Error() *JobError {
	e := j.Status.Error
	if e == nil {
		return nil
	}
	return &JobError{string(e.Code), optional(e.Field), e.Message}
}

// JobProgress is how far a job is.
type JobProgress struct{ registry.JobProgress }

func (p *JobProgress) Done() int  { return int(p.JobProgress.Done) }
func (p *JobProgress) Total() int { return int(p.JobProgress.Total) }

// JobReport is what became of a file.
type JobReport struct{ registry.JobReport }

func (r *JobReport) Rows() int         { return int(r.JobReport.Rows) }
func (r *JobReport) Rejected() int     { return int(r.JobReport.Rejected) }
func (r *JobReport) Unmatched() int    { return int(r.JobReport.Unmatched) }
func (r *JobReport) Matches() []string { return notNil(r.JobReport.Matches) }
func (r *JobReport) Notes() []string   { return notNil(r.JobReport.Notes) }

// Reasons are why rows were rejected.
func (r *JobReport) Reasons() []JobReason {
	out := make([]JobReason, len(r.JobReport.Reasons))
	for i, reason := range r.JobReport.Reasons {
		out[i] = JobReason{reason}
	}
	return out
}

// JobReason is why rows were rejected.
type JobReason struct{ registry.JobReason }

func (r *JobReason) Count() int { return int(r.JobReason.Count) }

// JobError is why a job failed.
type JobError struct {
	Code    string
	Field   *string
	Message string
}

// JobChange is what cancelJob answers.
type JobChange struct{ Job *Job }

// JobEdge is a job in a list.
type JobEdge struct {
	Cursor string
	Node   *Job
}

// JobConnection is a page of jobs.
type JobConnection struct {
	Edges    []JobEdge
	PageInfo PageInfo
}

// JobPage makes the page of first jobs; list may hold one more, which tells that more follow.
func JobPage(list []registry.Job, first int) *JobConnection {
	c := &JobConnection{Edges: []JobEdge{}}
	if c.PageInfo.HasNextPage = len(list) > first; c.PageInfo.HasNextPage {
		list = list[:first]
	}
	for _, j := range list {
		c.Edges = append(c.Edges, JobEdge{strconv.FormatInt(j.Number, 10), &Job{j}})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c
}
