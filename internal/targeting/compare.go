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
	Within               [2][]registry.AreaCode // of the older and the newer state: only those in these areas; nil for all
	Place                []registry.Dimension   // an area level; none: all together
	Joined               []Territory            // of that level, inside Within: places of their own, instead of their areas
}

// The sides of a pair.
const (
	olderSide = iota
	newerSide
)

// Turnover is how many households a place has in both states. Those that stayed, and came in, are counted where they live in the
// newer state; those that left, and those before, where they lived. So before − left is after − cameIn but for families that
// moved within the city.
type Turnover struct {
	Area                                registry.AreaCode // "" of all together; of a territory the lowest code that it has in the newer state
	Before, After, Stayed, CameIn, Left registry.Tally
}

func inOlder(p *Pair, f registry.Filter) registry.Filter {
	return registry.Filter{InState: &registry.InState{State: p.OlderName, Filter: f}}
}

func inNewer(p *Pair, f registry.Filter) registry.Filter {
	return registry.Filter{InState: &registry.InState{State: p.NewerName, Filter: f}}
}

func notIn(f registry.Filter) registry.Filter { return registry.Filter{Not: &f} }

// queries ask one state for the filter of the pair and further conditions, by place and further dimensions: first for all places,
// then for each territory. gather makes one answer of theirs.
func (p *Pair) queries(side int, conditions []registry.Filter, by ...registry.Dimension) []registry.SummaryQuery {
	ask := func(areas []registry.AreaCode, by []registry.Dimension) registry.SummaryQuery {
		f := p.Filter
		if areas != nil {
			f = registry.Join(&f, &registry.Filter{Areas: areas})
		}
		for i := range conditions {
			f = registry.Join(&f, &conditions[i])
		}
		return registry.SummaryQuery{Filter: f, By: by}
	}
	out := []registry.SummaryQuery{ask(p.Within[side], append(slices.Clone(p.Place), by...))}
	for i := range p.Joined {
		out = append(out, ask(p.Joined[i].side(side), by))
	}
	return out
}

// gather takes the answers to queries off a list: the cells of all places, those of territories last, with their codes.
func (p *Pair) gather(side int, answers *[][]registry.Cell) []registry.Cell {
	mine := (*answers)[:1+len(p.Joined)]
	*answers = (*answers)[len(mine):]
	if len(p.Joined) == 0 {
		return mine[0]
	}
	cells := slices.DeleteFunc(slices.Clone(mine[0]), func(c registry.Cell) bool {
		return slices.ContainsFunc(p.Joined, func(t Territory) bool { return slices.Contains(t.side(side), c.Key.Area) })
	})
	for i := range p.Joined {
		for _, c := range mine[1+i] {
			c.Key.Area = p.Joined[i].Code()
			cells = append(cells, c)
		}
	}
	return cells
}

// Turnovers gives those of several pairs of the same states, by one call to each engine: of each pair one by area that any of
// the states has, or by territory, by code. A state that does not have an area has UNKNOWN there.
func Turnovers(ctx context.Context, pairs []*Pair) ([][]Turnover, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	var now, then []registry.SummaryQuery
	for _, p := range pairs {
		for _, conditions := range [][]registry.Filter{nil, {inOlder(p, registry.Filter{})}, {notIn(inOlder(p, registry.Filter{}))}} {
			now = append(now, p.queries(newerSide, conditions)...)
		}
		for _, conditions := range [][]registry.Filter{nil, {notIn(inNewer(p, registry.Filter{}))}} {
			then = append(then, p.queries(olderSide, conditions)...)
		}
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
	for i, p := range pairs {
		found := map[registry.AreaCode]*Turnover{}
		at := func(area registry.AreaCode) *Turnover {
			if found[area] == nil {
				none := registry.Tally{Status: registry.UnknownFigure}
				found[area] = &Turnover{area, none, none, none, none, none}
			}
			return found[area]
		}
		all, stayed, cameIn := p.gather(newerSide, &after), p.gather(newerSide, &after), p.gather(newerSide, &after)
		for k := range all {
			t := at(all[k].Key.Area)
			t.After, t.Stayed, t.CameIn = all[k].Total, stayed[k].Total, cameIn[k].Total
		}
		were, left := p.gather(olderSide, &before), p.gather(olderSide, &before)
		for k := range were {
			t := at(were[k].Key.Area)
			t.Before, t.Left = were[k].Total, left[k].Total
		}
		for _, t := range found {
			out[i] = append(out[i], *t)
		}
		slices.SortFunc(out[i], func(a, b Turnover) int { return cmp.Compare(a.Area, b.Area) })
	}
	return out, nil
}
