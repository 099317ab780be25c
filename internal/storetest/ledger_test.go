package storetest

import (
	"testing"

	"kantong/internal/registry"
)

func TestMemoryLedger(t *testing.T) {
	RunLedger(t, func(*testing.T) registry.Ledger { return &memoryLedger{} })
}

// The suite must find each fault of the memory ledger in the named subtest.
func TestSuiteCatchesBrokenLedgers(t *testing.T) {
	for fault, subtest := range map[string]string{
		"a key's areas are lost":            "keys come back whole, newest first",
		"the later end counts":              "the earlier end of a key counts",
		"a time comes back as it was given": "a time counts to the microsecond, in UTC",
		"half a call is added":              "a text that not every database keeps adds nothing",
		"two servers add to one head":       "many add at once",
		"pages overlap":                     "the log is read in pages",
		"a period does not matter":          "accounts don't meet",
		"one is passed over":                "reading goes on from a position",
		"every change is fresh":             "of many who begin a change at once, one begins it",
		"an outcome is dropped":             "a change that has an outcome is not dropped",
		"every job is fresh":                "a job is fresh once",
		"a job is updated in any state":     "a job is updated from the state it is in",
		"a job that ended is cancelled":     "a job that has ended does not change",
		"a page of jobs begins again":       "jobs are read in pages, newest first",
	} {
		t.Run(fault, func(t *testing.T) {
			for _, group := range ledgerTests {
				for _, c := range group {
					if c.name != subtest {
						continue
					}
					r := &recorder{TB: t}
					done := make(chan struct{})
					go func() {
						defer close(done)
						c.run(newLedgerBench(r, &memoryLedger{fault: fault}))
					}()
					if <-done; r.failed {
						return
					}
				}
			}
			t.Errorf("not found by %q", subtest)
		})
	}
}
