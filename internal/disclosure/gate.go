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
	// Unmatched gives the exact counts of recipients on the state's lists whom no family stands for.
	Unmatched(ctx context.Context, s registry.State) ([]registry.Unmatched, error)
	// Lineage gives what the published ones of these editions say of how areas became others.
	Lineage(ctx context.Context, editions []registry.Edition) (*registry.Lineage, error)
	// Blocks and AddBlocks are those of registry.Store.
	Blocks(ctx context.Context) ([]registry.BlockTree, error)
	AddBlocks(ctx context.Context, trees []registry.BlockTree) error
}

// Rules are what a gate applies to everybody who may not see households.
type Rules struct {
	Policy  Policy
	Budgets *Budgets // nil: no budget
}

// Gate hands out views of published states, each opened once. It is safe for concurrent use.
type Gate struct {
	source    Source
	rules     Rules
	noise     noises
	fresh     sync.Mutex // held by whoever reads anew what is published: who reads first must not write last
	mu        sync.Mutex
	published *publications // replaced as a whole
	opened    map[string]*opened
	order     []string // ids of opened states, least recently used first
	sets      *householdSets
}

type opened struct {
	once      sync.Once
	dataset   *registry.Dataset
	engine    registry.Engine
	unmatched []registry.Unmatched
	err       error

	framing sync.Mutex
	frame   *frame // made when a guard first needs it
	kept    [registry.RoleAuditor + 1]kept
}

// keptStates bounds how many states stay in memory: the newest and a few that somebody compares it with.
const keptStates = 4

// NewGate reads which states are published and opens the newest, so that the first question does not wait.
func NewGate(ctx context.Context, source Source, rules Rules) (*Gate, error) {
	noise, err := newNoises(rules.Policy)
	if err != nil {
		return nil, err
	}
	g := &Gate{source: source, rules: rules, noise: noise, published: newPublications(rules.Policy, nil, nil), opened: map[string]*opened{}, sets: newHouseholdSets()}
	return g, g.Refresh(ctx)
}

// Refresh reads anew which states are published, and opens a newer one before anybody is sent to it: until then, and
// when that fails, questions are answered from the former. States whose programmes were redefined are opened anew too. What
// changed ends the former moment.
func (g *Gate) Refresh(ctx context.Context) error {
	g.fresh.Lock()
	defer g.fresh.Unlock()
	editions, err := g.source.Editions(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(editions, func(a, b registry.Edition) int { return cmp.Compare(b.AsOf, a.AsOf) })
	var states []registry.State
	for _, e := range editions {
		states = append(states, statesOf(e)...)
	}
	versions := make([]string, len(states))
	for i, s := range states {
		if versions[i], err = g.source.Version(ctx, s); err != nil {
			return err
		}
		o := g.peek(s.ID())
		if o != nil {
			o.open(ctx, g.source, s) // waits where somebody is just opening it
			if o.err == nil && o.dataset.Version == versions[i] {
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
	fresh := newPublications(g.rules.Policy, states, versions)
	if fresh.lineage, err = g.source.Lineage(ctx, editions); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if former := g.published; fresh.name != former.name {
		g.published = fresh
		close(former.over)
	}
	return nil
}

// peek gives what was opened of a state, nil when nothing was, without marking it as used.
func (g *Gate) peek(id string) *opened {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opened[id]
}

func (o *opened) open(ctx context.Context, source Source, s registry.State) {
	o.once.Do(func() {
		ctx := context.WithoutCancel(ctx)
		if o.dataset, o.engine, o.err = source.Open(ctx, s); o.err == nil {
			o.unmatched, o.err = source.Unmatched(ctx, s)
		}
	})
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
