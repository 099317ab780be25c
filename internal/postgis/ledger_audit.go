package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// auditTurn is the advisory lock under which the audit log grows: "audit" in ASCII.
const auditTurn = 0x6175646974

// AppendAudit adds entries to the end of the log, in one transaction, and gives them back with Sequence and Hash, and with
// their time as it is kept: in UTC, to the microsecond.
func (l Ledger) AppendAudit(ctx context.Context, entries []registry.AuditEntry) (added []registry.AuditEntry, err error) {
	if len(entries) == 0 {
		return nil, ctx.Err()
	}
	err = l.inTurn(ctx, "$1", func(tx pgx.Tx) error {
		head, err := auditHead(tx.Query(ctx, selectAuditHead))
		if err != nil {
			return err
		}
		lines := &pgx.Batch{}
		for _, e := range entries {
			e.Sequence, e.At = head.Sequence+1, stored(e.At)
			e.Hash = e.Chain(head.Hash)
			head = registry.AuditHead{Sequence: e.Sequence, Hash: e.Hash}
			queueAuditEntry(lines, &e)
			added = append(added, e)
		}
		return tx.SendBatch(ctx, lines).Close()
	}, int64(auditTurn))
	if err != nil {
		return nil, err
	}
	return added, nil
}

func queueAuditEntry(lines *pgx.Batch, e *registry.AuditEntry) {
	lines.Queue(`INSERT INTO kantong.audit (sequence, at, key_id, role, organisation, purpose, action, operation, sha256, fields, states,
		rows, outcome, request_id, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.Sequence, e.At, e.KeyID, e.Role.String(), e.Organisation, e.Purpose, e.Action, e.Operation, e.SHA256, listOf(e.Fields), listOf(e.States),
		e.Rows, string(e.Outcome), e.RequestID, e.Hash[:])
}

const selectAuditHead = "SELECT sequence, hash FROM kantong.audit ORDER BY sequence DESC LIMIT 1"

// AuditHead gives the end of the log.
func (l Ledger) AuditHead(ctx context.Context) (registry.AuditHead, error) {
	head, err := auditHead(l.s.pool.Query(ctx, selectAuditHead))
	return head, failed(ctx, err)
}

// auditHead reads the one row of selectAuditHead; there is none in an empty log.
func auditHead(rows pgx.Rows, err error) (head registry.AuditHead, _ error) {
	if err != nil {
		return head, err
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&head.Sequence, &hash); err != nil {
			return head, err
		}
		copy(head.Hash[:], hash)
	}
	return head, rows.Err()
}

// Audit gives at most first entries after a sequence number. A line that somebody changed so that it can't be read is
// CONFLICT, and named.
func (l Ledger) Audit(ctx context.Context, after int64, first int) ([]registry.AuditEntry, error) {
	list := []registry.AuditEntry{}
	err := l.read(ctx, func(rows pgx.Rows) error {
		e, err := scanAuditEntry(rows)
		if err != nil {
			return &registry.Error{Code: registry.CodeConflict, Message: fmt.Sprintf("line %d of the audit log cannot be read: it was changed", e.Sequence), Cause: err}
		}
		list = append(list, e)
		return nil
	}, `SELECT sequence, at, key_id, role, organisation, purpose, action, operation, sha256, fields, states, rows, outcome, request_id, hash
		FROM kantong.audit WHERE sequence > $1 ORDER BY sequence LIMIT $2`, after, max(first, 0))
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanAuditEntry(rows pgx.Rows) (e registry.AuditEntry, err error) {
	var role string
	var hash []byte
	if err = rows.Scan(&e.Sequence, &e.At, &e.KeyID, &role, &e.Organisation, &e.Purpose, &e.Action, &e.Operation, &e.SHA256,
		&e.Fields, &e.States, &e.Rows, &e.Outcome, &e.RequestID, &hash); err != nil {
		return e, err
	}
	copy(e.Hash[:], hash)
	e.At = e.At.UTC()
	e.Role, err = registry.ParseRole(role)
	return e, err
}
