package filestore

import (
	"errors"
	"sync"
	"testing"
)

// TestTwoProgramsAddToOneLog has a command write beside a running server: both add to one chain.
func TestTwoProgramsAddToOneLog(t *testing.T) {
	const each = 30
	dir := t.TempDir()
	s := openStore(t, dir)
	beside, err := OpenLedger(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	var all sync.WaitGroup
	ledgers := []*Ledger{s.ledger, beside, s.ledger, beside}
	errs := make([]error, len(ledgers))
	for i, l := range ledgers {
		all.Go(func() {
			for range each {
				_, err := l.AppendAudit(t.Context(), someEntries(2))
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if log := auditLog(t, s); len(log) != 2*each*len(ledgers) || brokenLine(log) != 0 {
		t.Errorf("of %d lines, line %d is broken", len(log), brokenLine(log))
	}
}
