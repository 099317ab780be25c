package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"kantong/internal/registry"
)

// Moment is what is published at one time. Views of one moment never mix what was published before with what came after.
type Moment struct {
	gate *Gate
	*publications
	naming func(ctx context.Context, edition string) (state string, err error) // nil: as View reads names
}

// publications are what a gate read of its source. Nobody changes it.
type publications struct {
	states   []registry.State // newest first
	versions []string         // data version of each
	lineage  *registry.Lineage
	name     string
	over     chan struct{} // closed when something else is published
}

// Now gives the present moment. It asks nobody: the gate is told of publications (Refresh).
func (g *Gate) Now() Moment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Moment{gate: g, publications: g.published}
}

// newPublications names what is published by all of it: states with what is said about them, data versions (in which the
// revisions of programmes are), and how figures are protected. Counts are in the hashes of contents; nobody should guess
// exact ones until a name comes out right.
func newPublications(policy Policy, states []registry.State, versions []string) *publications {
	h := sha256.New()
	ids := make([]string, len(states))
	for i := range states {
		s := &states[i]
		e, r := &s.Edition, &s.Release
		ids[i] = s.ID()
		fmt.Fprintf(h, "%q %q %q %q %v %q %v %s %d, %q %s %d, %s %s\n", e.ID, e.Label, e.Source, e.AsOf, e.Synthetic, e.Boundaries, e.Schematic, e.ContentHash, e.PublishedAt.UnixNano(),
			r.ID, r.EnrolmentsAsOf, r.PublishedAt.UnixNano(), s.Hash, versions[i])
	}
	fmt.Fprintln(h, method(policy, states, ids))
	return &publications{states: states, versions: versions, name: hex.EncodeToString(h.Sum(nil)), over: make(chan struct{})}
}

// Name stands for all that is published, and for how figures of it are protected: moments of one name give equal answers,
// also those of other servers of one registry and of this one when it was started anew.
func (m Moment) Name() string { return m.name }

// Over is closed when something else is published: a state, or programmes of one that were redefined. Whoever waits then
// looks at the present moment, in which several things may have come.
func (m Moment) Over() <-chan struct{} { return m.over }

// Version is the data version that a state has in this moment; "" when it is not published in it.
func (m Moment) Version(state string) string {
	for i := range m.states {
		if m.states[i].ID() == state {
			return m.versions[i]
		}
	}
	return ""
}

// Named gives the states that names of editions stand for, in their order.
func (m Moment) Named(editions []string) (states []string, err error) {
	for _, name := range editions {
		s, err := find(m.states, name)
		if err != nil {
			return nil, err
		}
		states = append(states, s.ID())
	}
	return states, nil
}

// Since gives the states that are new since a former moment or have another data version, of each edition the newest; the
// newest of all is the last.
func (m Moment) Since(former Moment) (states []string) {
	editions := map[string]bool{}
	for i := range m.states {
		s := &m.states[i]
		if !editions[s.Edition.ID] && former.Version(s.ID()) != m.versions[i] {
			editions[s.Edition.ID] = true
			states = append(states, s.ID())
		}
	}
	slices.Reverse(states)
	return states
}

// Method names how protected figures of some states are made: it changes with the policy and with the secrets, and tells
// neither, since the sum of an edition's record keys is known to nobody.
func (m Moment) Method(states []string) string { return method(m.gate.rules.Policy, m.states, states) }

func method(policy Policy, published []registry.State, states []string) string {
	h := sha256.New()
	fmt.Fprintf(h, "kantong cell keys 1 %+v\n", policy)
	for _, id := range states {
		if s, err := find(published, id); err == nil {
			fmt.Fprintf(h, "%s %x %x\n", id, s.Edition.Keys, s.Edition.LocatedKeys)
		}
	}
	return "cell-keys-1 " + hex.EncodeToString(h.Sum(nil)[:8])
}
