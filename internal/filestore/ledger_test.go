package filestore

import (
	"context"
	"database/sql"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// TestLedgerOfTheFirstVersion opens a file as this program's first version made it.
func TestLedgerOfTheFirstVersion(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LedgerFile)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := openLedgerPool(path, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TABLE api_keys (id TEXT PRIMARY KEY, role TEXT NOT NULL, organisation TEXT NOT NULL, sha256 BLOB NOT NULL UNIQUE,
		created_at TEXT NOT NULL, revoked_at TEXT) WITHOUT ROWID;
		INSERT INTO api_keys VALUES ('k-old', 'PLANNER', 'Dinas Sosial', zeroblob(32), '2025-11-01T08:30:00.123456Z', NULL)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	old := registry.APIKey{ID: "k-old", Role: registry.RolePlanner, Organisation: "Dinas Sosial", CreatedAt: testTime}
	added := registry.APIKey{ID: "k-new", Purpose: "peta", Areas: []registry.AreaCode{"19.71"}, SHA256: [32]byte{1}, CreatedAt: testTime.Add(1e9), ExpiresAt: &testTime}
	want := []registry.APIKey{old}
	for range 2 { // the second time nothing is to be added
		s := openStore(t, dir)
		if got, err := s.Ledger().Keys(t.Context()); err != nil || !cmp.Equal(got, want) {
			t.Errorf("keys %v: %s", err, cmp.Diff(got, want))
		}
		if len(want) == 1 {
			if err := s.Ledger().AddKey(t.Context(), added); err != nil {
				t.Fatal(err)
			}
			want = []registry.APIKey{added, old}
		}
		if _, err := s.Ledger().AppendAudit(t.Context(), make([]registry.AuditEntry, 2)); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := openStore(t, dir)
	if log := auditLog(t, s); len(log) != 4 || brokenLine(log) != 0 {
		t.Errorf("the log is %+v", log)
	}
}

// TestLedgerIsBackedUp copies the ledger of a store that is in use.
func TestLedgerIsBackedUp(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	s := openStore(t, dir)
	if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(3)); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), dir, to); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(auditLog(t, openStore(t, to)), auditLog(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestAuditIsNotRewritten tries what SQL there is to change the log.
func TestAuditIsNotRewritten(t *testing.T) {
	s := openStore(t, t.TempDir())
	before, err := s.Ledger().AppendAudit(t.Context(), someEntries(5))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"UPDATE audit SET rows = 0 WHERE sequence = 3",
		"UPDATE audit SET sequence = 6 WHERE sequence = 5",
		"DELETE FROM audit WHERE sequence = 5",
		"DELETE FROM audit",
		"INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 3",
		"REPLACE INTO audit SELECT * FROM audit WHERE sequence = 5",
		"INSERT INTO audit SELECT * FROM audit WHERE sequence = 5 ON CONFLICT DO UPDATE SET rows = 0",
		"INSERT INTO audit SELECT 7, at, key_id, role, organisation, purpose, action, operation, sha256, fields, states, rows, outcome, request_id, hash FROM audit",
	} {
		if _, err := s.ledger.writer.Exec(text); err == nil || !strings.Contains(err.Error(), "the audit log is only added to") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if diff := cmp.Diff(auditLog(t, s), before); diff != "" {
		t.Errorf("the log changed:\n%s", diff)
	}
}

// TestChangedLineIsFound takes the triggers away, as whoever has the file can, and changes one line.
func TestChangedLineIsFound(t *testing.T) {
	for column, value := range map[string]string{
		"at": "'2025-11-01T08:30:00.123457Z'", "key_id": "'k-b'", "role": "'PARTNER'", "organisation": "''", "purpose": "purpose || ' '",
		"action": "'mutation'", "operation": "'Other'", "sha256": "''", "fields": `'["households"]'`, "states": "'[]'", "rows": "rows - 1",
		"outcome": "'FORBIDDEN'", "request_id": "'r-2'", "hash": "zeroblob(32)",
	} {
		t.Run(column, func(t *testing.T) {
			s := openStore(t, t.TempDir())
			if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(5)); err != nil {
				t.Fatal(err)
			}
			rewrite(t, s, "UPDATE audit SET "+column+" = "+value+" WHERE sequence = 3")
			if line := brokenLine(auditLog(t, s)); line != 3 {
				t.Errorf("the chain breaks at line %d, want 3", line)
			}
		})
	}
}

// TestUnreadableLineIsNamed changes a line to what no program wrote.
func TestUnreadableLineIsNamed(t *testing.T) {
	for _, change := range []string{"role = 'KING'", "at = 'today'", "fields = '['", "states = '3'", "rows = 'many'"} {
		s := openStore(t, t.TempDir())
		if _, err := s.Ledger().AppendAudit(t.Context(), someEntries(5)); err != nil {
			t.Fatal(err)
		}
		rewrite(t, s, "UPDATE audit SET "+change+" WHERE sequence = 3")
		_, err := s.Ledger().Audit(t.Context(), 0, 10)
		if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), "line 3 ") {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// rewrite changes the log without its triggers.
func rewrite(t *testing.T, s *Store, text string) {
	t.Helper()
	err := inTransaction(t.Context(), s.ledger.writer, nil, func(tx *sql.Tx) error {
		_, err := tx.Exec("DROP TRIGGER audit_is_not_changed; " + text)
		return err
	})
	if err != nil {
		t.Fatal(err)
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
	log, err := s.Ledger().Audit(context.Background(), 0, math.MaxInt32)
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
