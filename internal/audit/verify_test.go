package audit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kantong/internal/registry"
)

// TestChangedLinesAreFound, whatever was changed in them.
func TestChangedLinesAreFound(t *testing.T) {
	for name, change := range map[string]func(e *registry.AuditEntry){
		"time":         func(e *registry.AuditEntry) { e.At = e.At.Add(time.Microsecond) },
		"key":          func(e *registry.AuditEntry) { e.KeyID = "" },
		"role":         func(e *registry.AuditEntry) { e.Role = registry.RoleAdmin },
		"organisation": func(e *registry.AuditEntry) { e.Organisation = "Walhi" },
		"purpose":      func(e *registry.AuditEntry) { e.Purpose = "survey" },
		"action":       func(e *registry.AuditEntry) { e.Action = "mutation" },
		"operation":    func(e *registry.AuditEntry) { e.Operation += "x" },
		"moved text":   func(e *registry.AuditEntry) { e.Action, e.Operation = e.Action+e.Operation[:1], e.Operation[1:] },
		"query":        func(e *registry.AuditEntry) { e.SHA256 = "ac" },
		"field":        func(e *registry.AuditEntry) { e.Fields = []string{"areas"} },
		"moved field": func(e *registry.AuditEntry) {
			e.Fields, e.States = e.Fields[:1], append([]string{e.Fields[1]}, e.States...)
		},
		"state":   func(e *registry.AuditEntry) { e.States = nil },
		"rows":    func(e *registry.AuditEntry) { e.Rows = 0 },
		"outcome": func(e *registry.AuditEntry) { e.Outcome = "" },
		"request": func(e *registry.AuditEntry) { e.RequestID = "" },
		"hash":    func(e *registry.AuditEntry) { e.Hash[31] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{entries: samples(5)}
			change(&m.entries[2])
			r := verified(t, m, registry.AuditHead{})
			if want := (Fault{3, Changed}); r.Fault == nil || *r.Fault != want || r.Entries != 2 || r.Head != headOf(m.entries[:2]) {
				t.Errorf("%+v, fault %v", r, r.Fault)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	const n = 2*pageEntries + 500
	for name, c := range map[string]struct {
		tamper func(list []registry.AuditEntry) []registry.AuditEntry
		kept   int // the head of so many entries was kept before; 0: none
		want   string
	}{
		"untouched":                {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l }},
		"untouched, a head":        {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l }, kept: n},
		"untouched, an early head": {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l }, kept: 1},
		"first missing":            {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l[1:] }, want: "line 1 is missing"},
		"missing between pages": {tamper: func(l []registry.AuditEntry) []registry.AuditEntry {
			return slices.Delete(l, pageEntries, pageEntries+2)
		}, want: "line 1001 is missing"},
		"twice":                    {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return slices.Insert(l, 8, l[7]) }, want: "line 8 is out of order"},
		"changed in the last page": {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { l[n-1].Rows++; return l }, want: "line 2500 was changed"},
		"two exchanged": {tamper: func(l []registry.AuditEntry) []registry.AuditEntry {
			l[4], l[5] = l[5], l[4]
			l[4].Sequence, l[5].Sequence = 5, 6
			return l
		}, want: "line 5 was changed"},
		"end removed, no head":     {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l[:n-1] }},
		"end removed":              {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return l[:n-1] }, kept: n, want: "line 2500 is gone"},
		"emptied":                  {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { return nil }, kept: 10, want: "line 1 is gone"},
		"made anew, no head":       {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { l[3].Rows++; return chained(l) }},
		"made anew":                {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { l[3].Rows++; return chained(l) }, kept: 2000, want: "line 2000 is not what it was"},
		"made anew after the head": {tamper: func(l []registry.AuditEntry) []registry.AuditEntry { l[30].Rows++; return chained(l) }, kept: 30},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{entries: samples(n)}
			kept := headOf(m.entries[:c.kept])
			m.entries = c.tamper(m.entries)
			r := verified(t, m, kept)
			got := ""
			if r.Fault != nil {
				got = r.Fault.String()
			}
			if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("%q, want %q", got, c.want)
			}
			if c.want == "" && (r.Entries != int64(len(m.entries)) || r.Head != headOf(m.entries)) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestRemovedEndOfALedgerThatKnowsIt: one that keeps its head apart from the lines tells by itself that some are gone.
func TestRemovedEndOfALedgerThatKnowsIt(t *testing.T) {
	m := &headed{memory{entries: samples(5)}, headOf(samples(6))}
	if r := verified(t, m, registry.AuditHead{}); r.Fault == nil || *r.Fault != (Fault{6, Removed}) {
		t.Errorf("%+v", r)
	}
}

// TestUnreadableLines are named, after the faults of those before them.
func TestUnreadableLines(t *testing.T) {
	m := &unreadable{memory{entries: samples(1500)}, 1300}
	if r := verified(t, m, registry.AuditHead{}); r.Fault == nil || *r.Fault != (Fault{1300, Unreadable}) || r.Entries != 1299 {
		t.Errorf("%+v, fault %v", r, r.Fault)
	}
	m.entries[1200].Rows++
	if r := verified(t, m, registry.AuditHead{}); r.Fault == nil || *r.Fault != (Fault{1201, Changed}) {
		t.Errorf("%+v, fault %v", r, r.Fault)
	}
}

// unreadable has a line that its store can't make an entry of.
type unreadable struct {
	memory
	line int64
}

func (u *unreadable) Audit(ctx context.Context, after int64, first int) ([]registry.AuditEntry, error) {
	page, err := u.memory.Audit(ctx, after, first)
	if slices.ContainsFunc(page, func(e registry.AuditEntry) bool { return e.Sequence == u.line }) {
		return nil, registry.Conflict("", "line %d cannot be read", u.line)
	}
	return page, err
}

// TestLedgersThatAreAway are an error, not a fault.
func TestLedgersThatAreAway(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Verify(ctx, &memory{entries: samples(3)}, registry.AuditHead{}); !errors.Is(err, context.Canceled) || r.Fault != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

type headed struct {
	memory
	head registry.AuditHead
}

func (h *headed) AuditHead(context.Context) (registry.AuditHead, error) { return h.head, nil }

func TestHeadText(t *testing.T) {
	zeros, hash := strings.Repeat("0", 64), strings.Repeat("3f9a", 16)
	want := registry.AuditHead{Sequence: 1042}
	for i := range want.Hash {
		want.Hash[i] = []byte{0x3f, 0x9a}[i%2]
	}
	if text := HeadText(want); text != "kantong-audit 1042 "+hash {
		t.Errorf("%q", text)
	}
	for text, want := range map[string]registry.AuditHead{
		HeadText(want):                 want,
		HeadText(registry.AuditHead{}): {},
		" kantong-audit 1042\n" + strings.ToUpper(hash[:32]) + "\n" + hash[32:]: want,
		"kantong-audit 0 " + zeros: {},
	} {
		if got, err := ParseHead(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1042 " + hash, "kantong-audit " + hash, "kantong-audit 1042", "kantong-audit -1 " + hash, "kantong-audit x " + hash,
		"kantong-audit 1 " + hash[2:], "kantong-audit 1 " + hash + "00", "kantong-audit 1 " + hash[2:] + "xy", "kantong-audit 0 " + hash, "kantong-audit 99999999999999999999 " + hash} {
		if got, err := ParseHead(text); registry.CodeOf(err) != registry.CodeBadUserInput || got != (registry.AuditHead{}) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}
