// Package changes carries out what administrators ask for over the network: programmes, publications, API keys. Every
// change has an id of the client's own making, so that a client that got no answer can ask again and change nothing twice.
//
// A change is begun in the ledger, made in the store, and its outcome recorded in the ledger. These are not one
// transaction. When the program dies in between, the change is begun and has no outcome; asked again, it is made so that
// all ends as if it had been made once: what is already as asked counts as made.
package changes

import (
	"context"
	"time"

	"kantong/internal/registry"
)

// Store is the part of a registry.Store that changes need.
type Store interface {
	Editions(ctx context.Context) ([]registry.Edition, error)
	Areas(ctx context.Context, edition string) ([]registry.Area, error)
	Imports(ctx context.Context, edition string) ([]registry.Import, error)
	Programs(ctx context.Context, edition string) ([]registry.Program, int64, error)
	PutPrograms(ctx context.Context, edition string, im registry.Import, programs []registry.Program) error
	Publish(ctx context.Context, edition, release string, o registry.PublishOptions) (registry.State, error)
	Discard(ctx context.Context, edition, release string) error
}

// Options is what a Desk works with. Every member is needed.
type Options struct {
	Store   Store
	Ledger  registry.Ledger
	Secrets func() (registry.Secrets, error)
	Cancel  func(ctx context.Context, job string) (registry.Job, error) // ends a job, as jobs.Queue does
	Refresh func(ctx context.Context) error                             // makes the server take over what is published
	Now     func() time.Time
	// Log gets what failed after a change was durable, and so is no failure of the change.
	Log func(ctx context.Context, message string, err error)
}

// Desk makes changes. It is safe for concurrent use, and several programs may make changes to one store at once.
//
// All its methods that change something answer alike. Asked again under a client's id with the same arguments they change
// nothing and give the first answer; with other arguments, or from another method, it is CONFLICT of field "clientId". A
// second caller waits while the first is at it. A change that was refused is forgotten, so that it can be asked for again
// under the same id after mending the input. One that failed for another reason, UNAVAILABLE or an error that is not a
// registry.Error, may have been made: ask again with the same arguments to find out. A change that was begun is carried to
// its end even when ctx ends. Of two servers that are asked for one change at the same moment, one may refuse it because the
// other has just made it.
type Desk struct {
	with  Options
	turns turns
}

// NewDesk makes a desk.
func NewDesk(o Options) *Desk { return &Desk{with: o} }

// takeOver makes the server answer from an edition as it is now, if it is published. The change stands, so a failure is
// only logged: the server goes on to answer from what it had.
func (d *Desk) takeOver(ctx context.Context, edition string) {
	ctx = context.WithoutCancel(ctx)
	editions, err := d.with.Store.Editions(ctx)
	if err == nil && findEdition(editions, edition).PublishedAt != nil {
		err = d.with.Refresh(ctx)
	}
	if err != nil {
		d.with.Log(ctx, "the server could not take over the change of edition "+edition, err)
	}
}

// findEdition gives the edition of an id, the zero value when there is none.
func findEdition(editions []registry.Edition, id string) registry.Edition {
	for _, e := range editions {
		if e.ID == id {
			return e
		}
	}
	return registry.Edition{}
}
