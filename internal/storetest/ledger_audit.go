package storetest

import (
	"fmt"
	"math"
	"time"

	"kantong/internal/registry"
)

var auditTests = []ledgerTest{
	{"an empty log has a head of zeros", func(b *ledgerBench) {
		head, err := b.AuditHead(b.ctx)
		b.ok(err)
		b.same("head", head, registry.AuditHead{})
		b.wantLines(0, 10)
	}},
	{"entries come back whole", func(b *ledgerBench) {
		all, none := auditEntry(1), registry.AuditEntry{At: at(2), Role: registry.RoleAuditor}
		none.Rows = math.MaxInt64
		added := b.addEntries(all, none)
		for i, want := range []registry.AuditEntry{all, none} {
			want.Sequence, want.Hash = int64(i+1), added[i].Hash
			b.same("what was added", added[i], want)
		}
		b.same("the log", b.wholeLog(), added)
	}},
	{"every role acts", func(b *ledgerBench) {
		for r := registry.RolePublic; r <= registry.RoleAuditor; r++ {
			e := auditEntry(int(r))
			e.Role = r
			b.addEntries(e)
		}
		for i, e := range b.wholeLog() {
			b.same("role", e.Role, registry.RolePublic+registry.Role(i))
		}
	}},
	{"lists keep their borders", func(b *ledgerBench) {
		lists := [][]string{nil, {}, {""}, {"", ""}, {"a,b", "c"}, {"a", "b,c"}, {`{"x"}`, `[null]`, "NULL", "null"}, {"<>&\u2028'\"\\", "\x01\t\n"}}
		for _, list := range lists {
			b.addEntries(registry.AuditEntry{At: at(1), Fields: list}, registry.AuditEntry{At: at(1), States: list})
		}
		for i, e := range b.wholeLog() {
			if want := lists[i/2]; i%2 == 0 {
				b.same("fields", e.Fields, want)
			} else {
				b.same("states", e.States, want)
			}
		}
	}},
	{"a time counts to the microsecond, in UTC", func(b *ledgerBench) {
		jakarta := time.FixedZone("WIB", 7*60*60)
		e := registry.AuditEntry{At: time.Date(2025, 11, 1, 15, 0, 0, 123456789, jakarta)}
		want := time.Date(2025, 11, 1, 8, 0, 0, 123456000, time.UTC)
		added := b.addEntries(e)
		for _, got := range []time.Time{added[0].At, b.wholeLog()[0].At} {
			if got != want { // with the place
				b.Errorf("%s, want %s", got, want)
			}
		}
	}},
	{"Sequence and Hash are the ledger's", func(b *ledgerBench) {
		e := auditEntry(1)
		e.Sequence, e.Hash = 77, [32]byte{1}
		if added := b.addEntries(e); added[0].Sequence != 1 || added[0].Hash == e.Hash {
			b.Errorf("added %+v", added[0])
		}
		if e.Sequence != 77 {
			b.Error("the caller's entry was written to")
		}
		b.wholeLog()
	}},
	{"the chain goes on from call to call", func(b *ledgerBench) {
		for n := range 5 {
			entries := make([]registry.AuditEntry, n)
			for i := range entries {
				entries[i] = auditEntry(10*n + i)
			}
			b.addEntries(entries...)
		}
		if log := b.wholeLog(); len(log) != 1+2+3+4 {
			b.Errorf("%d lines", len(log))
		}
	}},
	{"the log is read in pages", func(b *ledgerBench) {
		for i := range 7 {
			b.addEntries(auditEntry(i))
		}
		b.wantLines(0, 3, 1, 2, 3)
		b.wantLines(3, 3, 4, 5, 6)
		b.wantLines(6, 3, 7)
		b.wantLines(7, 3)
		b.wantLines(100, 3)
		b.wantLines(-5, 2, 1, 2)
		b.wantLines(0, 0)
		b.wantLines(0, -1)
		b.wantLines(2, math.MaxInt32, 3, 4, 5, 6, 7)
	}},
	{"a text that not every database keeps adds nothing", func(b *ledgerBench) {
		b.addEntries(auditEntry(0))
		for _, text := range []string{"a\x00b", "\xff", "caf\xe9"} {
			purpose, field := auditEntry(2), auditEntry(3)
			purpose.Purpose, field.Fields = text, []string{"summary", text}
			for _, bad := range []registry.AuditEntry{purpose, field} {
				_, err := b.AppendAudit(b.ctx, []registry.AuditEntry{auditEntry(1), bad})
				b.refused(fmt.Sprintf("%q", text), err, registry.CodeBadUserInput)
			}
		}
		if log := b.wholeLog(); len(log) != 1 {
			b.Errorf("%d lines, want 1", len(log))
		}
	}},
	{"many add at once", func(b *ledgerBench) {
		const calls = 20
		b.together(func(i int) error {
			for n := range calls {
				mine := auditEntry(1)
				mine.RequestID = fmt.Sprintf("%d-%d", i, n)
				added, err := b.AppendAudit(b.ctx, []registry.AuditEntry{mine, mine})
				if err != nil {
					return err
				}
				if added[1].Sequence != added[0].Sequence+1 {
					return fmt.Errorf("the lines of one call are %d and %d", added[0].Sequence, added[1].Sequence)
				}
			}
			return nil
		})
		requests := map[string]int{}
		for _, e := range b.wholeLog() {
			requests[e.RequestID]++
		}
		if len(requests) != atOnce*calls {
			b.Errorf("lines of %d requests, want %d", len(requests), atOnce*calls)
		}
		for id, n := range requests {
			if n != 2 {
				b.Errorf("%d lines of request %s", n, id)
			}
		}
	}},
}

// auditEntry has something else than the zero value in every member that a caller fills in.
func auditEntry(minutes int) registry.AuditEntry {
	return registry.AuditEntry{At: at(minutes).Add(7 * time.Microsecond), KeyID: "k-a", Role: registry.RolePlanner, Organisation: "Dinas 'Sosial'",
		Purpose: "verifikasi “PKH” ke rumah\n", Action: "query", Operation: "Rumah_tangga", SHA256: "00ff", Fields: []string{"households", "summary"},
		States: []string{"2025-q3+2025-10", "2025-q2"}, Rows: 25, Outcome: registry.CodeDisclosureLimit, RequestID: "r/1"}
}

func (b *ledgerBench) addEntries(entries ...registry.AuditEntry) []registry.AuditEntry {
	b.Helper()
	added, err := b.AppendAudit(b.ctx, entries)
	b.ok(err)
	if len(added) != len(entries) {
		b.Fatalf("%d entries were added, want %d", len(added), len(entries))
	}
	return added
}

// wholeLog reads the log and makes sure that it is a chain without a gap that ends where the ledger says.
func (b *ledgerBench) wholeLog() []registry.AuditEntry {
	b.Helper()
	log, err := b.Audit(b.ctx, 0, math.MaxInt32)
	b.ok(err)
	var head registry.AuditHead
	for i, e := range log {
		if e.Sequence != int64(i+1) || e.Hash != e.Chain(head.Hash) {
			b.Fatalf("line %d has the number %d and the hash %x, want %x", i+1, e.Sequence, e.Hash, e.Chain(head.Hash))
		}
		head = registry.AuditHead{Sequence: e.Sequence, Hash: e.Hash}
	}
	got, err := b.AuditHead(b.ctx)
	b.ok(err)
	b.same("the head", got, head)
	return log
}

func (b *ledgerBench) wantLines(after int64, first int, want ...int64) {
	b.Helper()
	page, err := b.Audit(b.ctx, after, first)
	b.ok(err)
	var got []int64
	for _, e := range page {
		got = append(got, e.Sequence)
	}
	b.same(fmt.Sprintf("the first %d lines after %d", first, after), got, want)
}
