package audit

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kantong/internal/registry"
)

// memory is the part of a registry.Ledger that the log needs, which tests can stop, spoil and tamper with.
type memory struct {
	registry.Ledger
	mu      sync.Mutex
	entries []registry.AuditEntry
	commits []int                                              // entries of each
	before  func(context.Context, []registry.AuditEntry) error // runs before each commit; nil does nothing
}

func (m *memory) AppendAudit(ctx context.Context, entries []registry.AuditEntry) ([]registry.AuditEntry, error) {
	if m.before != nil {
		if err := m.before(ctx, entries); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = chained(append(m.entries, entries...))
	m.commits = append(m.commits, len(entries))
	return m.entries[len(m.entries)-len(entries):], nil
}

func (m *memory) Audit(ctx context.Context, after int64, first int) ([]registry.AuditEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page []registry.AuditEntry
	for _, e := range m.entries {
		if e.Sequence > after && len(page) < first {
			page = append(page, e)
		}
	}
	return page, ctx.Err()
}

func (m *memory) AuditHead(ctx context.Context) (registry.AuditHead, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return headOf(m.entries), ctx.Err()
}

func headOf(entries []registry.AuditEntry) (h registry.AuditHead) {
	if len(entries) > 0 {
		last := entries[len(entries)-1]
		h = registry.AuditHead{Sequence: last.Sequence, Hash: last.Hash}
	}
	return h
}

// chained numbers entries and makes their hashes anew.
func chained(entries []registry.AuditEntry) []registry.AuditEntry {
	var previous [32]byte
	for i := range entries {
		entries[i].Sequence = int64(i) + 1
		entries[i].Hash = entries[i].Chain(previous)
		previous = entries[i].Hash
	}
	return entries
}

// sample gives an entry with everything set.
func sample(n int) registry.AuditEntry {
	return registry.AuditEntry{At: time.Date(2025, 11, 1, 12, 0, n, 1000, time.UTC), KeyID: "k-1", Role: registry.RolePlanner, Organisation: "Bapperida",
		Purpose: "visits", Action: "query", Operation: fmt.Sprintf("Q%d", n), SHA256: "ab", Fields: []string{"households", "areas"},
		States: []string{"2025-q3+2025-10"}, Rows: 20, Outcome: registry.CodeForbidden, RequestID: "r-1"}
}

func samples(n int) (list []registry.AuditEntry) {
	for i := range n {
		list = append(list, sample(i))
	}
	return chained(list)
}

func verified(t *testing.T, ledger registry.Ledger, kept registry.AuditHead) Result {
	t.Helper()
	r, err := Verify(t.Context(), ledger, kept)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
