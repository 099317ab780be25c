package storetest

import (
	"runtime"
	"testing"

	"kantong/internal/registry"
)

func TestMemoryStore(t *testing.T) {
	RunStore(t, func(*testing.T) registry.Store { return newMemory() })
}

// recorder notes a failure instead of failing.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Error(...any)          { r.failed = true }
func (r *recorder) Fatal(...any)          { r.failed = true; runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

// The suite must find each fault of the memory store in the named subtest.
func TestSuiteCatchesBrokenStores(t *testing.T) {
	for fault, subtest := range map[string]string{
		"any succession is published":          "what is not fit for publication",
		"published editions can be written":    "what is published never changes",
		"any enrolment is published":           "what is not fit for publication",
		"append replaces":                      "indicators are replaced or added to",
		"half a file is stored":                "a file that breaks off stores nothing",
		"ids are not unique":                   "an id is taken once",
		"an unknown decile comes back as 0":    "households come back whole, by id",
		"programmes are sorted without case":   "programmes come back whole, by code bytewise",
		"a point leaves nothing else":          "points come later",
		"the last tree wins":                   "the first tree of an area stays",
		"fingerprints are added to":            "fingerprints are replaced, all of them",
		"a copy loses a household":             "a copied edition is the original as a draft",
		"keys of the located are those of all": "an edition's sums are those of its records",
	} {
		t.Run(fault, func(t *testing.T) {
			for _, group := range storeTests {
				for _, c := range group {
					if c.name != subtest {
						continue
					}
					r := &recorder{TB: t}
					done := make(chan struct{})
					go func() {
						defer close(done)
						c.run(newBench(r, func() registry.Store {
							m := newMemory()
							m.fault = fault
							return m
						}))
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
