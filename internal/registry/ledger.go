package registry

import (
	"context"
	"time"
)

// Ledger keeps what must not travel with a copied registry: keys, the audit log, budgets, and which changes and
// imports were asked for. Acknowledged writes survive a crash of the process. Errors are those of Store.
type Ledger interface {
	// AddKey stores a key; CONFLICT when the id is taken.
	AddKey(ctx context.Context, k APIKey) error
	// Keys gives all keys, newest first, ended ones too.
	Keys(ctx context.Context) ([]APIKey, error)
	// RevokeKey ends a key at once; revoking again is no error, NOT_FOUND for an unknown id.
	RevokeKey(ctx context.Context, id string, at time.Time) error
	// ExpireKey ends a key at a moment to come, unless it ends earlier already; NOT_FOUND for an unknown id.
	ExpireKey(ctx context.Context, id string, at time.Time) error
	// KeyByHash gives a key that is not revoked, be it expired; NOT_FOUND otherwise.
	KeyByHash(ctx context.Context, sha256 [32]byte) (APIKey, error)

	// AppendAudit adds entries to the end of the log, all or none, and gives them back with Sequence and Hash set. Entries of
	// all servers form one chain.
	AppendAudit(ctx context.Context, entries []AuditEntry) ([]AuditEntry, error)
	// Audit gives at most first entries after a sequence number, by sequence; before 1 is nothing.
	Audit(ctx context.Context, after int64, first int) ([]AuditEntry, error)
	// AuditHead gives the end of the chain; the zero value for an empty log.
	AuditHead(ctx context.Context) (AuditHead, error)

	// Spend records that an account has been shown cells; those it was shown before count once.
	Spend(ctx context.Context, a Account, cells []uint64) error
	// Spent gives the cells recorded for an account after a position, in no order, and the position to go on from; 0 is the
	// beginning. A cell may come twice when two servers recorded it.
	Spent(ctx context.Context, a Account, after int64) (cells []uint64, position int64, err error)

	// BeginChange records that a change was asked for under a client's id, unless it was already: then it gives what is
	// recorded, and fresh is false.
	BeginChange(ctx context.Context, c Change) (recorded Change, fresh bool, err error)
	// EndChange records the outcome of a change that was begun; NOT_FOUND when it was not.
	EndChange(ctx context.Context, keyID, clientID string, result []byte) error
	// DropChange forgets a change that was begun and failed, so that it can be asked for again; no error when there is none.
	DropChange(ctx context.Context, keyID, clientID string) error

	// AddJob records a job as it is given, but for its Number, unless its key has one under the client's id already: then it
	// gives what is recorded, and fresh is false.
	AddJob(ctx context.Context, j Job) (recorded Job, fresh bool, err error)
	// Job gives a job; NOT_FOUND for an unknown id.
	Job(ctx context.Context, id string) (Job, error)
	// Jobs gives at most first jobs, newest first, that were recorded before the one of a number; 0 begins with the newest.
	Jobs(ctx context.Context, before int64, first int) ([]Job, error)
	// OpenJobs gives the jobs that have not ended, oldest first.
	OpenJobs(ctx context.Context) ([]Job, error)
	// UpdateJob writes State, SeenAt and Status of a job whose state is from; else changed is false, and nothing is written.
	// It gives what is recorded then. NOT_FOUND for an unknown id.
	UpdateJob(ctx context.Context, from JobState, j Job) (recorded Job, changed bool, err error)
	// CancelJob records that a job was asked to end, unless it ended or was asked already, and gives what is recorded then. A
	// job that is queued has ended by it. NOT_FOUND for an unknown id.
	CancelJob(ctx context.Context, id string, at time.Time) (Job, error)
	// SeeJobs is a sign of life of a server for its jobs that have not ended.
	SeeJobs(ctx context.Context, server string, at time.Time) error
}

// APIKey is a key as it is kept: never the key, only its hash.
type APIKey struct {
	ID           string // public name of the key, e.g. "k-3f9a2c"
	Role         Role
	Organisation string
	Purpose      string     // what the organisation wants it for
	Areas        []AreaCode // limits a planner's key; empty is no limit
	SHA256       [32]byte
	CreatedAt    time.Time
	ExpiresAt    *time.Time // nil: never
	RevokedAt    *time.Time
}

// Account is what a budget of cells is kept for.
type Account struct {
	Organisation string
	Edition      string
	Period       string // e.g. "2025-11"; a new period begins with a full budget
}

// Change is a mutation that a client asked for under an id of its own, so that asking again changes nothing.
type Change struct {
	KeyID    string // of the key that asked; ids of two keys don't meet
	ClientID string
	Request  string // hash of what was asked
	Result   []byte // JSON; nil until it ended
	At       time.Time
}
