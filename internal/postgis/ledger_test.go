package postgis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// TestAuditIsNotRewritten tries what SQL there is to change the log, as the owner of the table.
func TestAuditIsNotRewritten(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(5)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"UPDATE kantong.audit SET rows = 0 WHERE sequence = 3",
		"DELETE FROM kantong.audit WHERE sequence = 5",
		"DELETE FROM kantong.audit",
		"TRUNCATE kantong.audit",
		"INSERT INTO kantong.audit SELECT * FROM kantong.audit WHERE sequence = 5 ON CONFLICT (sequence) DO UPDATE SET rows = 0",
		"MERGE INTO kantong.audit a USING kantong.audit b ON a.sequence = b.sequence WHEN MATCHED THEN DELETE",
	} {
		if _, err := s.pool.Exec(t.Context(), text); err == nil || !strings.Contains(err.Error(), "audit is only added to") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if log := auditLog(t, s); len(log) != 5 || brokenLine(log) != 0 {
		t.Errorf("the log is %+v", log)
	}
}

// TestChangedLineIsFound disables the trigger, as the owner of the table can, and changes one line.
func TestChangedLineIsFound(t *testing.T) {
	needServer(t)
	for column, value := range map[string]string{
		"at": "at + interval '1 microsecond'", "key_id": "'k-b'", "role": "'PARTNER'", "organisation": "''", "purpose": "purpose || ' '",
		"action": "'mutation'", "operation": "'Other'", "sha256": "''", "fields": "'{households}'", "states": "'{}'", "rows": "rows - 1",
		"outcome": "'FORBIDDEN'", "request_id": "'r-2'", "hash": `'\x0000000000000000000000000000000000000000000000000000000000000000'`,
	} {
		t.Run(column, func(t *testing.T) {
			s := openStore(t, freshDatabase(t))
			if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(5)); err != nil {
				t.Fatal(err)
			}
			run(t, s, "ALTER TABLE kantong.audit DISABLE TRIGGER audit_only_grows")
			run(t, s, "UPDATE kantong.audit SET "+column+" = "+value+" WHERE sequence = 3")
			if line := brokenLine(auditLog(t, s)); line != 3 {
				t.Errorf("the chain breaks at line %d, want 3", line)
			}
		})
	}
}

// TestUnreadableLineIsNamed changes a line to what no program wrote.
func TestUnreadableLineIsNamed(t *testing.T) {
	s := openStore(t, freshDatabase(t))
	if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(5)); err != nil {
		t.Fatal(err)
	}
	run(t, s, "ALTER TABLE kantong.audit DISABLE TRIGGER audit_only_grows")
	for _, change := range []string{"role = 'KING'", "at = 'infinity'", "fields = '{NULL}'", "states = '{a,NULL}'"} {
		run(t, s, "UPDATE kantong.audit SET "+change+" WHERE sequence = 3")
		_, err := s.Ledger().Audit(t.Context(), 0, 10)
		if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), "line 3 ") {
			t.Errorf("%s: %v", change, err)
		}
		run(t, s, "UPDATE kantong.audit a SET at = b.at, role = b.role, fields = b.fields, states = b.states FROM kantong.audit b WHERE a.sequence = 3 AND b.sequence = 2")
	}
}

// TestConnectionLostWhileAppending breaks the connection around the commit: the caller knows what is stored, and the chain
// goes on.
func TestConnectionLostWhileAppending(t *testing.T) {
	direct := freshDatabase(t)
	proxy := startProxy(t, direct)
	s := openStore(t, proxy.url)
	proxy.cutAtCommit.Store(true)
	if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(2)); err != nil {
		t.Errorf("stored, but the caller hears: %v", err)
	}
	proxy.loseCommit.Store(true)
	_, err := s.Ledger().AppendAudit(t.Context(), someEntries(2))
	wantCode(t, "a commit that never came", err, registry.CodeUnavailable)
	if proxy.cutAtCommit.Load() || proxy.loseCommit.Load() {
		t.Error("no commit was seen")
	}
	if _, err := openStore(t, direct).Ledger().AppendAudit(t.Context(), someEntries(1)); err != nil {
		t.Error(err)
	}
	if log := auditLog(t, s); len(log) != 3 || brokenLine(log) != 0 {
		t.Errorf("the log is %+v", log)
	}
}

// someEntries are entries with something in every member.
func someEntries(n int) []registry.AuditEntry {
	return slices.Repeat([]registry.AuditEntry{{At: testTime, KeyID: "k-a", Role: registry.RolePlanner, Organisation: "Dinas Sosial", Purpose: "verifikasi",
		Action: "query", Operation: "Rumah", SHA256: "00ff", Fields: []string{"households", "summary"}, States: []string{"2025-q3"}, Rows: 25,
		Outcome: registry.CodeDisclosureLimit, RequestID: "r-1"}}, n)
}

func auditLog(t testing.TB, s *Store) []registry.AuditEntry {
	t.Helper()
	log, err := s.Ledger().Audit(t.Context(), 0, math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// brokenLine is the number of the first line that does not follow from the one before, 0 when all do.
func brokenLine(log []registry.AuditEntry) int {
	var previous [32]byte
	for i, e := range log {
		if e.Sequence != int64(i+1) || e.Chain(previous) != e.Hash {
			return i + 1
		}
		previous = e.Hash
	}
	return 0
}
