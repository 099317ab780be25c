package changes

import (
	"context"

	"kantong/internal/registry"
)

// publication is what is asked of PublishEdition.
type publication struct {
	Edition, Release string
	AcceptRejected   bool
}

// PublishEdition publishes a draft edition, or a draft release of a published one, for good, and gives the name of the
// state that it made. An empty release is chosen as Store.Publish does. What keeps it from being published is CONFLICT, and
// NOT_FOUND when it is not there.
func (d *Desk) PublishEdition(ctx context.Context, who registry.Viewer, clientID, edition, release string, acceptRejected bool) (state string, err error) {
	p := publication{edition, release, acceptRejected}
	state, err = once(ctx, d, order{who, clientID, "publishEdition", p}, func(ctx context.Context, again bool) (string, error) {
		state, err := d.publish(ctx, p)
		if again && registry.CodeOf(err) == registry.CodeConflict {
			return d.published(ctx, p, err)
		}
		return state, err
	})
	if err == nil {
		d.takeOver(ctx, edition)
	}
	return state, err
}

func (d *Desk) publish(ctx context.Context, p publication) (string, error) {
	secrets, err := d.with.Secrets()
	if err != nil { // where they should be is for the log, not for the network
		return "", &registry.Error{Code: registry.CodeUnavailable, Message: "the server can't read the secrets that a publication needs", Cause: err}
	}
	state, err := d.with.Store.Publish(ctx, p.Edition, p.Release, registry.PublishOptions{AcceptRejected: p.AcceptRejected, Secrets: secrets, Now: d.with.Now()})
	return state.ID(), err
}

// published gives the state that a publication made if it was made, and else why it is refused.
func (d *Desk) published(ctx context.Context, p publication, refused error) (string, error) {
	editions, err := d.with.Store.Editions(ctx)
	if err != nil {
		return "", err
	}
	e := findEdition(editions, p.Edition)
	r, err := e.FindRelease(p.Release)
	if err != nil && p.Release == "" && len(e.Releases) > 0 {
		r, err = &e.Releases[0], nil // a draft edition's only one was published with it, and so was the first
	}
	if err != nil || r.PublishedAt == nil {
		return "", refused
	}
	return registry.StateID(e.ID, r.ID), nil
}

// discard is what is asked of DiscardEdition.
type discard struct{ Edition, Release string }

// DiscardEdition removes a draft edition with all its releases, or the draft release that is named, and gives the name of
// what is gone. CONFLICT when it is published, NOT_FOUND when it is not there.
func (d *Desk) DiscardEdition(ctx context.Context, who registry.Viewer, clientID, edition, release string) (discarded string, err error) {
	return once(ctx, d, order{who, clientID, "discardEdition", discard{edition, release}}, func(ctx context.Context, again bool) (string, error) {
		err := d.with.Store.Discard(ctx, edition, release)
		if again && registry.CodeOf(err) == registry.CodeNotFound {
			err = nil
		}
		return registry.StateID(edition, release), err
	})
}
