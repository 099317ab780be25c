package disclosure

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"kantong/internal/registry"
)

// Source opens what a store holds. The gate is the only one that keeps what Open returns.
type Source interface {
	// Editions gives all editions as registry.Store does.
	Editions(ctx context.Context) ([]registry.Edition, error)
	// Version gives what Dataset.Version of the state would be, without opening it.
	Version(ctx context.Context, s registry.State) (string, error)
	// Open makes a state ready for questions.
	Open(ctx context.Context, s registry.State) (*registry.Dataset, registry.Engine, error)
}

// Gate hands out views of published states, each opened once. It is safe for concurrent use.
type Gate struct {
	source Source
	mu     sync.Mutex
	states []registry.State // newest first; replaced as a whole
	opened map[string]*opened
	order  []string // ids of opened states, least recently used first
}

type opened struct {
	once    sync.Once
	dataset *registry.Dataset
	engine  registry.Engine
	err     error
}

// keptStates bounds how many states stay in memory: the newest and a few that somebody compares it with.
const keptStates = 4

// NewGate reads which states are published and opens the newest, so that the first question does not wait.
func NewGate(ctx context.Context, source Source) (*Gate, error) {
	g := &Gate{source: source, opened: map[string]*opened{}}
	return g, g.Refresh(ctx)
}

// Refresh reads anew which states are published, and opens a newer one before anybody is sent to it: until then, and
// when that fails, questions are answered from the former. States whose programmes were redefined are opened anew too.
func (g *Gate) Refresh(ctx context.Context) error {
	editions, err := g.source.Editions(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(editions, func(a, b registry.Edition) int { return cmp.Compare(b.AsOf, a.AsOf) })
	var states []registry.State
	for _, e := range editions {
		states = append(states, statesOf(e)...)
	}
	for i, s := range states {
		o := g.peek(s.ID())
		if o != nil {
			version, err := g.source.Version(ctx, s)
			if err != nil {
				return err
			}
			o.open(ctx, g.source, s) // waits where somebody is just opening it
			if o.err == nil && o.dataset.Version == version {
				continue
			}
		} else if i > 0 {
			continue // opened when somebody asks
		}
		fresh := &opened{}
		fresh.open(ctx, g.source, s)
		if fresh.err != nil {
			return fresh.err
		}
		g.mu.Lock()
		g.opened[s.ID()] = fresh
		g.touch(s.ID())
		g.mu.Unlock()
	}
	g.mu.Lock()
	g.states = states
	g.mu.Unlock()
	return nil
}

// peek gives what was opened of a state, nil when nothing was, without marking it as used.
func (g *Gate) peek(id string) *opened {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opened[id]
}

func (o *opened) open(ctx context.Context, source Source, s registry.State) {
	o.once.Do(func() { o.dataset, o.engine, o.err = source.Open(context.WithoutCancel(ctx), s) })
}

// statesOf gives the published states of an edition, newest release first. Newest is the latest day that figures are as
// of: correcting last month's enrolments must not move the map back by a month. Of one day, the last published.
func statesOf(e registry.Edition) (states []registry.State) {
	releases := e.Releases
	e.Releases = nil
	for i := len(releases) - 1; i >= 0; i-- {
		if r := releases[i]; e.PublishedAt != nil && r.PublishedAt != nil {
			states = append(states, registry.State{Edition: e, Release: r, Hash: registry.StateHash(e.ContentHash, r.ContentHash)})
		}
	}
	slices.SortStableFunc(states, func(a, b registry.State) int {
		return cmp.Compare(b.Release.EnrolmentsAsOf, a.Release.EnrolmentsAsOf)
	})
	return states
}

// Moment is what is published at one time. Views of one moment never mix what was published before with what came after.
type Moment struct {
	gate   *Gate
	states []registry.State // newest first
}

// Now gives the present moment.
func (g *Gate) Now() Moment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Moment{g, g.states}
}

// View gives a role's view of an edition (its newest state), of a state, or of the newest state for "". NOT_FOUND when
// nothing of that name is published.
func (m Moment) View(ctx context.Context, role registry.Role, edition string) (*registry.View, error) {
	state, err := m.find(edition)
	if err != nil {
		return nil, err
	}
	o := m.gate.entry(state.ID())
	o.open(ctx, m.gate.source, state)
	if o.err != nil {
		m.gate.forget(state.ID(), o)
		return nil, o.err
	}
	v := &registry.View{Dataset: o.dataset, Engine: o.engine}
	v.Total, v.Located = Totals(role, state.Edition)
	if !role.SeesHouseholds() {
		v.Engine = NewGuard(o.engine, o.dataset.Programs, role)
	}
	return v, nil
}

// Totals gives the counts of a whole edition as a role may see them.
func Totals(role registry.Role, e registry.Edition) (total, located registry.Tally) {
	total = registry.Tally{Households: e.Households, People: e.People}
	located = registry.Tally{Households: e.Located}
	if !role.SeesHouseholds() {
		total, located = withhold(total), withhold(located)
	}
	return total, located
}

// Published is an edition's newest state with its data version.
type Published struct {
	State          registry.State
	Version        string
	Total, Located registry.Tally
}

// Editions gives the newest state of every published edition, newest first, with counts as the role may see them.
func (m Moment) Editions(ctx context.Context, role registry.Role) ([]Published, error) {
	var out []Published
	for i, s := range m.states {
		if i > 0 && m.states[i-1].Edition.ID == s.Edition.ID {
			continue
		}
		version, err := m.gate.source.Version(ctx, s)
		if err != nil {
			return nil, err
		}
		p := Published{State: s, Version: version}
		p.Total, p.Located = Totals(role, s.Edition)
		out = append(out, p)
	}
	return out, nil
}

func (m Moment) find(edition string) (registry.State, error) {
	id, release := registry.SplitStateID(edition)
	for _, s := range m.states {
		if edition == "" || s.Edition.ID == id && (release == "" || s.Release.ID == release) {
			return s, nil
		}
	}
	if edition == "" {
		return registry.State{}, registry.NotFound("edition", "no edition is published yet: see `kantong edition publish`, or `kantong demo` for a demonstration city")
	}
	return registry.State{}, registry.NotFound("edition", "no published edition or state is named %q", edition)
}

// entry finds or makes the entry of a state and marks it as used.
func (g *Gate) entry(id string) *opened {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.opened[id]
	if o == nil {
		o = &opened{}
		g.opened[id] = o
	}
	g.touch(id)
	return o
}

// touch marks a state as used last and drops the one that was not used for longest. g.mu is held.
func (g *Gate) touch(id string) {
	if n := len(g.order); n > 0 && g.order[n-1] == id {
		return
	}
	g.order = append(slices.DeleteFunc(g.order, func(other string) bool { return other == id }), id)
	if len(g.order) > keptStates {
		delete(g.opened, g.order[0])
		g.order = slices.Delete(g.order, 0, 1)
	}
}

// forget lets a state that failed to open be tried again.
func (g *Gate) forget(id string, o *opened) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened[id] == o {
		delete(g.opened, id)
	}
}
