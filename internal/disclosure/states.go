package disclosure

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"kantong/internal/registry"
)

// Another state is an attribute of a household, with two bands: there, and not there. With conditions on what the household is
// like there, it is an attribute for each set of attributes that they are on, with a band for each of their combined bands. A
// range of them is counted as a sum of these cells, like any range, so that no two ranges differ by a figure that is not one.
//
// The rest of one of these bands is whoever is not there and whoever is there in another band. It is one cell more, which nests
// with the others: not there, within the rest, within all. So it counts what the rest holds beyond those not there, too.

// thereDrop is the condition on another state without one of its own conditions.
type thereDrop struct {
	filter registry.Filter
	inside bool // as of a drop
}

// elsewhere is a condition on another state as a question that is asked there.
type elsewhere struct {
	conditions []condition // by attribute
	guard      *Guard      // that reads it
	index      int         // of the attribute: which state, and which attributes of it
}

// there reads what is asked of another state.
func (g *Guard) there(ctx context.Context, in *registry.InState) (e elsewhere, err error) {
	o, err := g.others.other(ctx, in.State)
	if err != nil {
		return e, registry.At("state", err)
	}
	if err := o.dataset.CheckFilter(&in.Filter); err != nil {
		return e, registry.Under("filter", err)
	}
	e.guard = &Guard{data: o.dataset, role: g.role}
	q, err := e.guard.read(ctx, &in.Filter)
	switch {
	case err != nil:
		return e, registry.Under("filter", err)
	case q.areas != nil:
		return e, limit("filter.areas", "where households lived in another state is told to a planner's key only: leave areas out there, and name those of this state")
	case q.where != nil:
		return e, limit("filter.where", "where households lived in another state is told to a planner's key only: leave where out")
	}
	e.conditions = q.conditions
	slices.SortFunc(e.conditions, func(a, b condition) int {
		return cmp.Or(cmp.Compare(a.attribute.kind, b.attribute.kind), cmp.Compare(a.attribute.index, b.attribute.index))
	})
	h := sha256.New()
	fmt.Fprintf(h, "%q", o.dataset.State.ID())
	for _, c := range e.conditions {
		fmt.Fprintf(h, " %q", e.guard.name(c.attribute))
	}
	e.index = int(binary.BigEndian.Uint64(h.Sum(nil)) >> 1)
	return e, nil
}

// names says what is combined, in the words of the API.
func (e *elsewhere) names(state string) []string {
	list := []string{"inState " + state}
	for _, c := range e.conditions {
		list = append(list, e.guard.name(c.attribute)+" in "+state)
	}
	return list
}

// stateCondition reads a condition on another state.
func (g *Guard) stateCondition(ctx context.Context, in *registry.InState) (condition, error) {
	e, err := g.there(ctx, in)
	if err != nil {
		return condition{}, err
	}
	asked := func(f registry.Filter) registry.Filter {
		return registry.Filter{InState: &registry.InState{State: in.State, Filter: f}}
	}
	c := condition{attribute: attribute{stateAttribute, e.index}, whole: asked(in.Filter), path: "inState", names: e.names(in.State)}
	combined := []band{{bandYes, registry.Filter{}}}
	for _, of := range e.conditions {
		var finer []band
		for _, b := range combined {
			for _, more := range of.bands {
				finer = append(finer, band{b.number<<8 | more.number, conjunction(b.filter, more.filter)})
			}
		}
		combined = finer
	}
	for _, b := range combined {
		c.bands = append(c.bands, band{b.number, asked(b.filter)})
	}
	q := question{conditions: e.conditions}
	for i := range e.conditions {
		filter, inside := dropOf(&e.conditions[i], q.filterOf(e.conditions[i].attribute))
		c.there = append(c.there, thereDrop{asked(filter), inside})
	}
	return c, nil
}

// restCondition reads the complement of a condition on another state.
func (g *Guard) restCondition(ctx context.Context, in *registry.InState) (condition, error) {
	e, err := g.there(ctx, in)
	if err != nil {
		return condition{}, err
	}
	whole := registry.Filter{Not: &registry.Filter{InState: in}}
	c := condition{attribute: attribute{stateAttribute, e.index}, bands: []band{{bandNo, whole}}, whole: whole, path: "not.inState", names: e.names(in.State)}
	switch {
	case len(e.conditions) == 0:
		return c, nil
	case len(e.conditions) > 1 || len(e.conditions[0].bands) != 1:
		return c, limit("filter", "the complement of another state is answered with one category there at most: ask for one decile, one programme, one deprivation")
	}
	c.attribute.kind, c.bands[0].number = restAttribute, e.conditions[0].bands[0].number
	c.there = []thereDrop{{registry.Filter{Not: &registry.Filter{InState: &registry.InState{State: in.State}}}, true}}
	return c, nil
}

// conjunction keeps what both keep; one that keeps everybody adds nothing.
func conjunction(a, b registry.Filter) registry.Filter {
	if a.Everybody() {
		return b
	}
	return registry.Join(&a, &b)
}
