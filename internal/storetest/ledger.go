package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"kantong/internal/registry"
)

// RunLedger tries everything that registry.Ledger promises. open gives an empty ledger of its own for every call and
// closes it by a cleanup of t. What happens when a process is killed, or a line of the log is changed behind the ledger's
// back, is for the back-end's own tests.
func RunLedger(t *testing.T, open func(t *testing.T) registry.Ledger) {
	for _, group := range ledgerTests {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(newLedgerBench(t, open(t))) })
		}
	}
}

var ledgerTests = [][]ledgerTest{apiKeyTests, auditTests, spendingTests, changeTests, jobTests, {{"a cancelled context", cancelledLedger}}}

type ledgerTest struct {
	name string
	run  func(*ledgerBench)
}

// ledgerBench is one subtest's ledger and what is done with it again and again. Of the bench it has what needs no store.
type ledgerBench struct {
	*bench
	registry.Ledger
}

func newLedgerBench(t testing.TB, l registry.Ledger) *ledgerBench {
	return &ledgerBench{&bench{TB: t, ctx: t.Context()}, l}
}

// atOnce is how many do the same at the same time.
const atOnce = 8

// together runs do so many times at once, each with its number, and wants no error.
func (b *ledgerBench) together(do func(i int) error) {
	b.Helper()
	var all sync.WaitGroup
	errs := make([]error, atOnce)
	for i := range errs {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	b.ok(errors.Join(errs...))
}

// cancelledLedger wants nothing to be read or written for a caller who has left.
func cancelledLedger(b *ledgerBench) {
	key, change, account := ledgerKey("k-a", 1), ledgerChange("c-1"), registry.Account{Organisation: "o", Edition: "e", Period: "2025-11"}
	b.addKeys(key)
	b.addEntries(auditEntry(1))
	_, _, err := b.BeginChange(b.ctx, change)
	b.ok(err)
	job := b.addJob(ledgerJob("i-1"))

	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	for method, call := range map[string]func() error{
		"AddKey":      func() error { return b.AddKey(ctx, ledgerKey("k-b", 2)) },
		"Keys":        func() error { _, err := b.Keys(ctx); return err },
		"RevokeKey":   func() error { return b.RevokeKey(ctx, key.ID, at(1)) },
		"ExpireKey":   func() error { return b.ExpireKey(ctx, key.ID, at(1)) },
		"KeyByHash":   func() error { _, err := b.KeyByHash(ctx, key.SHA256); return err },
		"AppendAudit": func() error { _, err := b.AppendAudit(ctx, []registry.AuditEntry{auditEntry(2)}); return err },
		"Audit":       func() error { _, err := b.Audit(ctx, 0, 1); return err },
		"AuditHead":   func() error { _, err := b.AuditHead(ctx); return err },
		"Spend":       func() error { return b.Spend(ctx, account, []uint64{1}) },
		"Spent":       func() error { _, _, err := b.Spent(ctx, account, 0); return err },
		"BeginChange": func() error { _, _, err := b.BeginChange(ctx, ledgerChange("c-2")); return err },
		"EndChange":   func() error { return b.EndChange(ctx, change.KeyID, change.ClientID, []byte("1")) },
		"AddJob":      func() error { _, _, err := b.AddJob(ctx, ledgerJob("i-2")); return err },
		"Job":         func() error { _, err := b.Job(ctx, job.ID); return err },
		"Jobs":        func() error { _, err := b.Jobs(ctx, 0, 1); return err },
		"OpenJobs":    func() error { _, err := b.OpenJobs(ctx); return err },
		"UpdateJob":   func() error { _, _, err := b.UpdateJob(ctx, registry.JobQueued, ledgerJob("i-1")); return err },
		"CancelJob":   func() error { _, err := b.CancelJob(ctx, job.ID, at(1)); return err },
		"SeeJobs":     func() error { return b.SeeJobs(ctx, job.Server, at(1)) },
		"DropChange":  func() error { return b.DropChange(ctx, change.KeyID, change.ClientID) },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			b.Errorf("%s: error %v, want the context's own", method, err)
		}
	}
	b.wantKeys(key)
	if log := b.wholeLog(); len(log) != 1 {
		b.Errorf("%d lines of the log, want 1", len(log))
	}
	b.wantSpent(account, nil)
	b.wantBegun(ledgerChange("c-2"), true)
	b.wantBegun(change, false)
	jobs, err := b.Jobs(b.ctx, 0, 10)
	b.ok(err)
	b.same("jobs", jobs, []registry.Job{job})
}

// sorted is a list in order, to compare what comes in no order.
func sorted(list []uint64) []uint64 { return slices.Sorted(slices.Values(list)) }
