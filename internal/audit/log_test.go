package audit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestWrite(t *testing.T) {
	m := &memory{}
	l := NewLog(m)
	for n := range 3 {
		if err := l.Write(t.Context(), sample(n)); err != nil {
			t.Fatal(err)
		}
		if len(m.entries) != n+1 {
			t.Fatalf("%d entries are written after %d", len(m.entries), n+1)
		}
	}
	if diff := cmp.Diff(m.entries, samples(3)); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}

// gate stops commits until it is opened.
type gate struct{ entered, open chan struct{} }

func stopped(m *memory) gate {
	g := gate{make(chan struct{}, 100), make(chan struct{})}
	m.before = func(context.Context, []registry.AuditEntry) error {
		g.entered <- struct{}{}
		<-g.open
		return nil
	}
	return g
}

// write starts callers, each with its own entry, and waits until all of them have joined the next batch.
func write(ctx context.Context, l *Log, from, to int) (ended *sync.WaitGroup, errs []error) {
	ended, errs = &sync.WaitGroup{}, make([]error, to-from)
	for n := from; n < to; n++ {
		ended.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[n-from] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[n-from] = l.Write(ctx, sample(n))
		})
	}
	return ended, errs
}

// joined waits until n callers wait for the next commit.
func joined(l *Log, n int) {
	for waiting := -1; waiting != n; runtime.Gosched() {
		l.mu.Lock()
		if waiting = 0; l.waiting != nil {
			waiting = len(l.waiting.entries)
		}
		l.mu.Unlock()
	}
}

// TestCallersShareACommit: what comes during one commit is written by the next, all of it.
func TestCallersShareACommit(t *testing.T) {
	m := &memory{}
	l, g := NewLog(m), stopped(m)
	first, _ := write(t.Context(), l, 0, 1)
	<-g.entered
	others, errs := write(t.Context(), l, 1, 9)
	joined(l, 8)
	if len(m.entries) > 0 {
		t.Error("written before its commit")
	}
	close(g.open)
	first.Wait()
	others.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if !slices.Equal(m.commits, []int{1, 8}) {
		t.Errorf("commits of %v entries", m.commits)
	}
	if r := verified(t, m, registry.AuditHead{}); r.Entries != 9 || r.Fault != nil {
		t.Errorf("%+v", r)
	}
}

// TestCancelledCallersAreWritten: what an entry records has happened, whether its caller still waits or not.
func TestCancelledCallersAreWritten(t *testing.T) {
	m := &memory{}
	l, g := NewLog(m), stopped(m)
	ctx, cancel := context.WithCancel(t.Context())
	first, _ := write(ctx, l, 0, 1)
	<-g.entered
	others, errs := write(ctx, l, 1, 4)
	joined(l, 3)
	cancel()
	close(g.open)
	first.Wait()
	others.Wait()
	if err := l.Write(ctx, sample(4)); err != nil {
		t.Errorf("with a context that has ended before: %v", err)
	}
	if err := errors.Join(errs...); err != nil || len(m.entries) != 5 {
		t.Errorf("%d entries, %v", len(m.entries), err)
	}
}

// TestCommitsEnd, also when a ledger doesn't answer.
func TestCommitsEnd(t *testing.T) {
	m := &memory{before: func(ctx context.Context, _ []registry.AuditEntry) error {
		if _, ok := ctx.Deadline(); !ok {
			return errors.New("no deadline")
		}
		return nil
	}}
	if err := NewLog(m).Write(t.Context(), sample(0)); err != nil {
		t.Error(err)
	}
}

// TestFailures are told to everybody whose entry was in the commit, and the log goes on after them.
func TestFailures(t *testing.T) {
	broken := registry.Errorf(registry.CodeUnavailable, "", "the disk is full")
	for name, fail := range map[string]func() error{
		"an error": func() error { return broken },
		"a panic":  func() error { panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			l, g := NewLog(m), stopped(m)
			first, _ := write(t.Context(), l, 0, 1)
			<-g.entered
			m.before = func(context.Context, []registry.AuditEntry) error { return fail() }
			others, errs := write(t.Context(), l, 1, 4)
			joined(l, 3)
			close(g.open)
			first.Wait()
			others.Wait()
			if slices.Contains(errs, nil) {
				t.Errorf("errors %v", errs)
			}
			if name == "an error" && registry.CodeOf(errs[0]) != registry.CodeUnavailable {
				t.Errorf("error %v", errs[0])
			}
			m.before = nil
			if err := l.Write(t.Context(), sample(4)); err != nil || len(m.entries) != 2 {
				t.Errorf("afterwards: %d entries, %v", len(m.entries), err)
			}
		})
	}
}

// TestClientsCantSpoilACommit: no text that a client chose may keep a ledger from taking the batch.
func TestClientsCantSpoilACommit(t *testing.T) {
	e := sample(0)
	e.Purpose, e.Operation, e.Fields = "a\x00b\xff", strings.Repeat("ä", textBytes), []string{"\xc3"}
	m := &memory{}
	if err := NewLog(m).Write(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	got := m.entries[0]
	if got.Purpose != "a�b�" || got.Fields[0] != "�" || got.Operation != strings.Repeat("ä", textBytes/2) {
		t.Errorf("%q %q %q", got.Purpose, got.Fields, got.Operation)
	}
	for n := textBytes - 4; n < textBytes+4; n++ {
		if text := clipped(strings.Repeat("x", n) + "漢字"); !utf8.ValidString(text) || len(text) > textBytes || len(text) < min(n, textBytes-2) {
			t.Errorf("%d bytes and more are cut to %d, %q", n, len(text), text[n-1:])
		}
	}
}

// TestSecretsAreHidden in what clients choose, before it is cut; hashes stay as they are.
func TestSecretsAreHidden(t *testing.T) {
	for text, want := range map[string]string{
		"1971040101200001":                                    "(hidden)",
		"card 1971 0401 0120 0001, please":                    "card (hidden), please",
		"1971.04-01_01200001":                                 "(hidden)",
		"1971/0401/0120/0001":                                 "(hidden)",
		"Q1971040101200001":                                   "Q(hidden)",
		"19710401012000011971040101200002":                    "(hidden)",
		"my key is kantong_" + strings.Repeat("x", 43):        "my key is (hidden)",
		"197104010120001":                                     "197104010120001",
		"households of 19.71.04.1006":                         "households of 19.71.04.1006",
		"backup of 2025-11-24T02:12:22Z":                      "backup of 2025-11-24T02:12:22Z",
		"kantong_data":                                        "kantong_data",
		strings.Repeat("x", textBytes-8) + "1971040101200001": strings.Repeat("x", textBytes-8) + "(hidden)",
	} {
		hash := strings.Repeat("7", 64)
		e := tidied(registry.AuditEntry{Organisation: text, Purpose: text, Operation: text, SHA256: hash, RequestID: hash[:16]})
		if e.Organisation != want || e.Purpose != want || e.Operation != want {
			t.Errorf("%q became %q, %q, %q", text, e.Organisation, e.Purpose, e.Operation)
		}
		if e.SHA256 != hash || e.RequestID != hash[:16] {
			t.Errorf("%q, %q are no secrets", e.SHA256, e.RequestID)
		}
	}
}
