package filestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kantong/internal/registry"
)

// AppendAudit adds entries to the end of the log, in one transaction, and gives them back with Sequence and Hash, and with
// their time as it is kept: in UTC, to the microsecond.
func (l *Ledger) AppendAudit(ctx context.Context, entries []registry.AuditEntry) (added []registry.AuditEntry, err error) {
	if len(entries) == 0 {
		return nil, ctx.Err()
	}
	for i := range entries {
		if err := registry.Under(fmt.Sprintf("entries[%d]", i), checkAuditText(&entries[i])); err != nil {
			return nil, err
		}
	}
	err = l.add(ctx, func(tx *sql.Tx) error {
		head, err := scanHead(tx.StmtContext(ctx, l.lastEntry).QueryRowContext(ctx))
		if err != nil {
			return err
		}
		statement, unwatched := tx.StmtContext(ctx, l.addEntry), context.WithoutCancel(ctx)
		add := func(values ...any) error {
			_, err := statement.ExecContext(unwatched, values...)
			return err
		}
		for _, e := range entries {
			e.Sequence, e.At = head.Sequence+1, e.At.UTC().Truncate(time.Microsecond)
			e.Hash = e.Chain(head.Hash)
			if err := addAuditEntry(add, &e); err != nil {
				return err
			}
			head = registry.AuditHead{Sequence: e.Sequence, Hash: e.Hash}
			added = append(added, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func addAuditEntry(add func(...any) error, e *registry.AuditEntry) error {
	fields, err := json.Marshal(e.Fields)
	if err != nil {
		return err
	}
	states, err := json.Marshal(e.States)
	if err != nil {
		return err
	}
	return add(e.Sequence, stamp(e.At), e.KeyID, e.Role.String(), e.Organisation, e.Purpose, e.Action, e.Operation, e.SHA256,
		string(fields), string(states), e.Rows, string(e.Outcome), e.RequestID, e.Hash[:])
}

// checkAuditText refuses text that not every store keeps, or not byte by byte: JSON makes another of it.
func checkAuditText(e *registry.AuditEntry) error {
	texts := []string{e.KeyID, e.Organisation, e.Purpose, e.Action, e.Operation, e.SHA256, string(e.Outcome), e.RequestID}
	for _, text := range slices.Concat(texts, e.Fields, e.States) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return registry.Invalid("", "a text is not valid UTF-8, or holds a zero byte")
		}
	}
	return nil
}

// AuditHead gives the end of the log.
func (l *Ledger) AuditHead(ctx context.Context) (head registry.AuditHead, err error) {
	err = inTransaction(ctx, l.readers, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) error {
		head, err = scanHead(tx.QueryRowContext(ctx, selectLastEntry))
		return err
	})
	return head, err
}

// scanHead reads the last entry; of an empty log, nothing.
func scanHead(row *sql.Row) (head registry.AuditHead, err error) {
	var hash []byte
	if err = row.Scan(&head.Sequence, &hash); errors.Is(err, sql.ErrNoRows) {
		return head, nil
	}
	copy(head.Hash[:], hash)
	return head, err
}

const (
	selectLastEntry = "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
	insertEntry     = `INSERT INTO audit (sequence, at, key_id, role, organisation, purpose, action, operation, sha256,
		fields, states, rows, outcome, request_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// Audit gives at most first entries after a sequence number. A line that somebody changed so that it can't be read is
// CONFLICT, and named.
func (l *Ledger) Audit(ctx context.Context, after int64, first int) ([]registry.AuditEntry, error) {
	list := []registry.AuditEntry{}
	err := l.read(ctx, func(rows *sql.Rows) error {
		e, err := scanAuditEntry(rows)
		if err != nil {
			return &registry.Error{Code: registry.CodeConflict, Message: fmt.Sprintf("line %d of the audit log cannot be read: it was changed", e.Sequence), Cause: err}
		}
		list = append(list, e)
		return nil
	}, `SELECT sequence, at, key_id, role, organisation, purpose, action, operation, sha256, fields, states, rows, outcome, request_id, hash
		FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?`, after, max(first, 0))
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanAuditEntry(rows *sql.Rows) (e registry.AuditEntry, err error) {
	var at, role, fields, states string
	var hash []byte
	if err = rows.Scan(&e.Sequence, &at, &e.KeyID, &role, &e.Organisation, &e.Purpose, &e.Action, &e.Operation, &e.SHA256,
		&fields, &states, &e.Rows, &e.Outcome, &e.RequestID, &hash); err != nil {
		return e, err
	}
	copy(e.Hash[:], hash)
	if e.At, err = time.Parse(stampLayout, at); err != nil {
		return e, err
	}
	if e.Role, err = registry.ParseRole(role); err != nil {
		return e, err
	}
	if err = json.Unmarshal([]byte(fields), &e.Fields); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(states), &e.States)
}
