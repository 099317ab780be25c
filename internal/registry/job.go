package registry

import (
	"regexp"
	"time"
)

// JobState says how far a job is.
type JobState string

// The states of jobs. The last three are ends: a job that has ended never changes.
const (
	JobQueued    JobState = "QUEUED"
	JobRunning   JobState = "RUNNING"
	JobSucceeded JobState = "SUCCEEDED"
	JobFailed    JobState = "FAILED"
	JobCancelled JobState = "CANCELLED"
)

// Ended tells whether a job of this state never changes any more.
func (s JobState) Ended() bool { return s != JobQueued && s != JobRunning }

// Job is the import of an uploaded file, as the ledger keeps it. The file is not in it: only the server that took it has it.
type Job struct {
	Number   int64  // jobs accepted later have higher ones; the ledger gives it
	ID       string // public name, e.g. "i-3f9a2c4e5b6d7f80"
	KeyID    string // of the key that asked
	ClientID string // of the client's making; ids of two keys don't meet
	Request  string // hash of what was asked, the file's contents among it
	Server   string // who has the file: the name of a directory of uploads
	At       time.Time
	Asked    JobRequest

	State    JobState
	SeenAt   time.Time  // last sign of life of the server that has the file
	CancelAt *time.Time // when it was asked to end before its end; nil: never
	Status   JobStatus
}

// JobRequest is what was asked. It names nobody.
type JobRequest struct {
	Kind    ImportKind        `json:"kind"`
	Edition string            `json:"edition"`
	Release string            `json:"release,omitempty"` // of enrolments
	Append  bool              `json:"append"`
	DryRun  bool              `json:"dryRun"`
	Mapping string            `json:"mapping,omitempty"` // name of a ready one, or OwnMapping
	Sheet   string            `json:"sheet,omitempty"`
	Layer   string            `json:"layer,omitempty"`
	Within  AreaCode          `json:"within,omitempty"`
	Set     map[string]string `json:"set,omitempty"`
	File    string            `json:"file"` // base name
	Bytes   int64             `json:"bytes"`
}

// OwnMapping stands for a mapping that came with the file. No ready one has this name.
const OwnMapping = "(a file)"

// JobStatus is how a job goes, and how it went.
type JobStatus struct {
	Begun     int         `json:"begun"` // how often it was begun: a server that stops in the middle begins again
	StartedAt *time.Time  `json:"startedAt"`
	EndedAt   *time.Time  `json:"endedAt"`
	Progress  JobProgress `json:"progress"`
	Report    *JobReport  `json:"report"` // nil until it ended, and where nothing could be read
	Error     *JobError   `json:"error"`  // of a job that failed
}

// JobProgress is how far a running job is.
type JobProgress struct {
	Label string `json:"label"` // what it is doing
	Done  int64  `json:"done"`  // bytes, rows or areas: whatever it goes through
	Total int64  `json:"total"` // 0 for unknown
}

// JobError is why a job failed, as an Error says it.
type JobError struct {
	Code    Code   `json:"code"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// JobReport is what became of a file. Rejected rows are counted once, under the first fault found in them.
type JobReport struct {
	Rows      int64       `json:"rows"` // stored, or of a dry run, that would be
	Rejected  int64       `json:"rejected"`
	Unmatched int64       `json:"unmatched"` // rows of enrolments and points that name no family of the edition
	Unchanged bool        `json:"unchanged"` // the draft held this file already
	DryRun    bool        `json:"dryRun"`    // nothing was stored
	Places    string      `json:"places"`    // what firstLine counts: line, row or record
	Reasons   []JobReason `json:"reasons"`   // most frequent first
	Matches   []string    `json:"matches"`   // how families were found again, one sentence each
	Notes     []string    `json:"notes"`     // what a person should know, one sentence each
	Findings  int         `json:"findings"`  // about boundaries; the list is a file of its own
}

// JobReason is why rows were rejected.
type JobReason struct {
	Column    string `json:"column"` // as the file names it; "" when the row as a whole is at fault
	Reason    string `json:"reason"`
	Count     int64  `json:"count"`
	FirstLine int    `json:"firstLine"` // counted from 1
}

var clientIDs = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,64}$`)

// CheckClientID refuses what can't be the id of a client's making for a change or job; field names the argument.
func CheckClientID(field, id string) error {
	if !clientIDs.MatchString(id) {
		return Invalid(field, "%q is not an id of a change: 8 to 64 letters, digits, and . _ : -", id)
	}
	return nil
}

func (s JobState) String() string { return string(s) }

// ParseJobState reads the name of a state.
func ParseJobState(s string) (JobState, error) {
	for _, known := range []JobState{JobQueued, JobRunning, JobSucceeded, JobFailed, JobCancelled} {
		if string(known) == s {
			return known, nil
		}
	}
	return "", Invalid("state", "%q is not a state of jobs", s)
}
