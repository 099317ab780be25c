package storetest

import (
	"context"
	"crypto/sha256"
	"runtime"
	"slices"
	"testing"
	"time"

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
		"published editions can be written":  "what is published never changes",
		"any enrolment is published":         "what is not fit for publication",
		"append replaces":                    "indicators are replaced or added to",
		"half a file is stored":              "a file that breaks off stores nothing",
		"ids are not unique":                 "an id is taken once",
		"an unknown decile comes back as 0":  "households come back whole, by id",
		"programmes are sorted without case": "programmes come back whole, by code bytewise",
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

func TestMemoryLedger(t *testing.T) {
	RunLedger(t, func(*testing.T) registry.Ledger { return &memoryLedger{} })
}

// memoryLedger is the plainest ledger there can be.
type memoryLedger struct{ keys []registry.APIKey }

func (l *memoryLedger) AddKey(ctx context.Context, k registry.APIKey) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if slices.ContainsFunc(l.keys, func(o registry.APIKey) bool { return o.ID == k.ID }) {
		return registry.Conflict("id", "key %s is there", k.ID)
	}
	l.keys = append(l.keys, k)
	slices.SortFunc(l.keys, func(a, b registry.APIKey) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return nil
}

func (l *memoryLedger) Keys(ctx context.Context) ([]registry.APIKey, error) { return l.keys, ctx.Err() }

func (l *memoryLedger) RevokeKey(ctx context.Context, id string, when time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range l.keys {
		if l.keys[i].ID == id {
			l.keys[i].RevokedAt = &when
			return nil
		}
	}
	return registry.NotFound("id", "no key %s", id)
}

func (l *memoryLedger) KeyByHash(ctx context.Context, hash [sha256.Size]byte) (registry.APIKey, error) {
	if err := ctx.Err(); err != nil {
		return registry.APIKey{}, err
	}
	for _, k := range l.keys {
		if k.SHA256 == hash && k.RevokedAt == nil {
			return k, nil
		}
	}
	return registry.APIKey{}, registry.NotFound("key", "no such key")
}
