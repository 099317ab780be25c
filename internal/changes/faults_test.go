package changes

import (
	"context"
	"sync"
	"time"

	"kantong/internal/registry"
)

// faults make the next write fail once: as if the program had died at that moment, or the database had been lost.
type faults struct {
	mu     sync.Mutex
	at     moment
	before func() // runs at the beginning of a write; may be nil
}

type moment int

const (
	never moment = iota
	beforeTheWrite
	afterTheWrite
	beforeTheOutcome // of the change is recorded
)

var errLost = registry.Errorf(registry.CodeUnavailable, "", "the database was lost")

// strike tells whether to fail now.
func (f *faults) strike(at moment) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at == never || f.at != at {
		return false
	}
	f.at = never
	return true
}

func (f *faults) write(do func() error) error {
	if f.before != nil {
		f.before()
	}
	if f.strike(beforeTheWrite) {
		return errLost
	}
	if err := do(); err != nil {
		return err
	}
	if f.strike(afterTheWrite) {
		return errLost
	}
	return nil
}

type faultyStore struct {
	registry.Store
	*faults
}

func (s faultyStore) PutPrograms(ctx context.Context, edition string, im registry.Import, programs []registry.Program) error {
	return s.write(func() error { return s.Store.PutPrograms(ctx, edition, im, programs) })
}

func (s faultyStore) Publish(ctx context.Context, edition, release string, o registry.PublishOptions) (state registry.State, err error) {
	err = s.write(func() error {
		state, err = s.Store.Publish(ctx, edition, release, o)
		return err
	})
	return state, err
}

func (s faultyStore) Discard(ctx context.Context, edition, release string) error {
	return s.write(func() error { return s.Store.Discard(ctx, edition, release) })
}

type faultyLedger struct {
	registry.Ledger
	*faults
}

func (l faultyLedger) AddKey(ctx context.Context, k registry.APIKey) error {
	return l.write(func() error { return l.Ledger.AddKey(ctx, k) })
}

func (l faultyLedger) RevokeKey(ctx context.Context, id string, at time.Time) error {
	return l.write(func() error { return l.Ledger.RevokeKey(ctx, id, at) })
}

func (l faultyLedger) EndChange(ctx context.Context, keyID, clientID string, result []byte) error {
	if l.strike(beforeTheOutcome) {
		return errLost
	}
	return l.Ledger.EndChange(ctx, keyID, clientID, result)
}
