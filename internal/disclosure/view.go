package disclosure

import (
	"context"

	"kantong/internal/registry"
)

// View gives what a viewer may see of an edition (its newest state), of a state, or of the newest state for "". NOT_FOUND
// when nothing of that name is published.
func (m Moment) View(ctx context.Context, viewer registry.Viewer, edition string) (*registry.View, error) {
	o, err := m.open(ctx, edition)
	if err != nil {
		return nil, err
	}
	v := &registry.View{Dataset: o.dataset}
	v.Total, v.Located = m.gate.totals(viewer, o.dataset.State.Edition)
	var f *frame
	if v.Engine, f, err = m.engine(ctx, o, viewer); err != nil {
		return nil, err
	}
	v.Unmatched = m.gate.unmatched(o, f, viewer)
	return v, nil
}

// open opens the state that a name stands for.
func (m Moment) open(ctx context.Context, edition string) (*opened, error) {
	state, err := find(m.states, edition)
	if err != nil {
		return nil, err
	}
	o := m.gate.entry(state.ID())
	o.open(ctx, m.gate.source, state)
	if o.err != nil {
		m.gate.forget(state.ID(), o)
		return nil, o.err
	}
	return o, nil
}

// engine is the engine as the viewer sees it, with the frame of what is not exact.
func (m Moment) engine(ctx context.Context, o *opened, viewer registry.Viewer) (registry.Engine, *frame, error) {
	g, exact := m.gate, &across{o.engine, m}
	if viewer.Role > registry.RoleAuditor {
		return nil, nil, registry.Errorf(registry.CodeForbidden, "", "this key is of a role that this version does not know")
	}
	if viewer.Role.SeesHouseholds() && len(viewer.Areas) == 0 {
		return &witness{exact, viewer}, nil, nil
	}
	f, err := g.frame(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	guard := &Guard{engine: exact, data: o.dataset, others: m, frame: f, noise: g.noise, role: viewer.Role, floor: g.rules.Policy.floor(viewer.Role), kept: &o.kept[viewer.Role]}
	switch {
	case viewer.Role.SeesHouseholds():
		guard.role, guard.floor, guard.kept = registry.RolePublic, g.rules.Policy.floor(registry.RolePublic), &o.kept[registry.RolePublic]
		return &witness{&scoped{exact, guard, viewer.Areas}, viewer}, f, nil
	case viewer.Role == registry.RolePartner:
		guard.account = g.rules.Budgets.of(viewer.Organisation, o.dataset.State.Edition.ID)
	}
	return guard, f, nil
}

// frame gives the blocks of a state, and freezes those of areas that had none.
func (g *Gate) frame(ctx context.Context, o *opened) (*frame, error) {
	o.framing.Lock()
	defer o.framing.Unlock()
	if o.frame != nil {
		return o.frame, nil
	}
	for {
		trees, err := g.source.Blocks(ctx)
		if err != nil {
			return nil, err
		}
		f, fresh, err := newFrame(ctx, o.dataset, o.engine, trees)
		if err != nil {
			return nil, err
		}
		if len(fresh) == 0 {
			o.frame = f
			return f, nil
		}
		if err := g.source.AddBlocks(ctx, fresh); err != nil { // another server may have frozen others meanwhile: read again
			return nil, err
		}
	}
}

// totals gives the counts of a whole edition as a viewer may see them.
func (g *Gate) totals(viewer registry.Viewer, e registry.Edition) (total, located registry.Tally) {
	total = registry.Tally{Households: e.Households, People: e.People, Keys: e.Keys}
	located = registry.Tally{Households: e.Located, Keys: e.LocatedKeys}
	if !viewer.Role.SeesHouseholds() || len(viewer.Areas) > 0 {
		floor := g.rules.Policy.floor(viewer.Role)
		base := e.Households
		if e.Located > 0 { // that none has a location is said of the file, not of any family
			located = g.noise.protect(located, base, floor)
		}
		return g.noise.protect(total, base, floor), located
	}
	return total, located
}

// protect is the figure of a cell that has no attribute, as a guard shows it.
func (n *noises) protect(t registry.Tally, base, floor int64) registry.Tally {
	households, people := n.perturb(t, false)
	if base < minBase || households < floor {
		return registry.Tally{Status: registry.Suppressed}
	}
	if t.People > 0 {
		people = max(people, households) // as in a guard's answers
	}
	return registry.Tally{Households: households, People: people, Status: registry.Perturbed}
}

// Published is a state with its data version.
type Published struct {
	State          registry.State
	Version        string
	Total, Located registry.Tally
}

// Editions gives the newest state of every published edition, with former its other states after it, newest edition first,
// with counts as the viewer may see them.
func (m Moment) Editions(viewer registry.Viewer, former bool) (out []Published) {
	for i, s := range m.states {
		if i > 0 && m.states[i-1].Edition.ID == s.Edition.ID && !former {
			continue
		}
		p := Published{State: s, Version: m.versions[i]}
		p.Total, p.Located = m.gate.totals(viewer, s.Edition)
		out = append(out, p)
	}
	return out
}

func find(published []registry.State, edition string) (registry.State, error) {
	id, release := registry.SplitStateID(edition)
	for _, s := range published {
		if edition == "" || s.Edition.ID == id && (release == "" || s.Release.ID == release) {
			return s, nil
		}
	}
	if edition == "" {
		return registry.State{}, registry.NotFound("edition", "no edition is published yet: see `kantong edition publish`, or `kantong demo` for a demonstration city")
	}
	return registry.State{}, registry.NotFound("edition", "no published edition or state is named %q", edition)
}
