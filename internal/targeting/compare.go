package targeting

import (
	"cmp"
	"context"
	"slices"

	"kantong/internal/registry"
)

// Pair is two states that are compared, each through a view of it. Households are matched by id. Who came and who left is
// told by whether the other state has the household at all; Filter says which households, in each state by what that state
// says of them.
type Pair struct {
	Older, Newer         *registry.View
	OlderName, NewerName string // that filters name them by
	Filter               registry.Filter
	Place                []registry.Dimension // an area level; none: all together
}

// Turnover is how many households a place has in both states. Those that stayed, and came in, are counted where they live in the
// newer state; those that left, and those before, where they lived. So before − left is after − cameIn but for families that
// moved within the city.
type Turnover struct {
	Area                                registry.AreaCode // "" of all together
	Before, After, Stayed, CameIn, Left registry.Tally
}

func inOlder(p *Pair, f registry.Filter) registry.Filter {
	return registry.Filter{InState: &registry.InState{State: p.OlderName, Filter: f}}
}

func inNewer(p *Pair, f registry.Filter) registry.Filter {
	return registry.Filter{InState: &registry.InState{State: p.NewerName, Filter: f}}
}

func notIn(f registry.Filter) registry.Filter { return registry.Filter{Not: &f} }

// query asks for the filter of the pair and further conditions, by place and further dimensions.
func (p *Pair) query(conditions []registry.Filter, by ...registry.Dimension) registry.SummaryQuery {
	f := p.Filter
	for i := range conditions {
		f = registry.Join(&f, &conditions[i])
	}
	return registry.SummaryQuery{Filter: f, By: append(slices.Clone(p.Place), by...)}
}

// Turnovers gives those of several pairs of the same states, by one call to each engine: of each pair one by area that any of
// the states has, by code. A state that does not have an area has UNKNOWN there.
func Turnovers(ctx context.Context, pairs []*Pair) ([][]Turnover, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	var now, then []registry.SummaryQuery
	for _, p := range pairs {
		now = append(now, p.query(nil), p.query([]registry.Filter{inOlder(p, registry.Filter{})}), p.query([]registry.Filter{notIn(inOlder(p, registry.Filter{}))}))
		then = append(then, p.query(nil), p.query([]registry.Filter{notIn(inNewer(p, registry.Filter{}))}))
	}
	after, err := pairs[0].Newer.Summarise(ctx, now)
	if err != nil {
		return nil, err
	}
	before, err := pairs[0].Older.Summarise(ctx, then)
	if err != nil {
		return nil, err
	}
	out := make([][]Turnover, len(pairs))
	for i := range pairs {
		found := map[registry.AreaCode]*Turnover{}
		at := func(area registry.AreaCode) *Turnover {
			if found[area] == nil {
				none := registry.Tally{Status: registry.UnknownFigure}
				found[area] = &Turnover{area, none, none, none, none, none}
			}
			return found[area]
		}
		for k := range after[3*i] {
			t := at(after[3*i][k].Key.Area)
			t.After, t.Stayed, t.CameIn = after[3*i][k].Total, after[3*i+1][k].Total, after[3*i+2][k].Total
		}
		for k := range before[2*i] {
			t := at(before[2*i][k].Key.Area)
			t.Before, t.Left = before[2*i][k].Total, before[2*i+1][k].Total
		}
		for _, t := range found {
			out[i] = append(out[i], *t)
		}
		slices.SortFunc(out[i], func(a, b Turnover) int { return cmp.Compare(a.Area, b.Area) })
	}
	return out, nil
}
