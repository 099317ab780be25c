package model

import (
	"context"
	"slices"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// CompareQuestion is the arguments of compare, with a view of each edition.
type CompareQuestion struct {
	Editions []string
	Views    []*registry.View
	Filter   *registry.Filter
	By       *registry.AreaLevel
	Within   []registry.AreaCode
}

// Comparison is of two states.
type Comparison struct {
	Older, Newer *Edition
	Total        *Changes
	Areas        []*Changes
	Method       *Method
}

// Changes are those of a place, among those of its level.
type Changes struct {
	Area                                *Area      // nil of all together, and of several
	Territory                           *Territory // nil where the area is the same in both states
	Before, After, Stayed, CameIn, Left Count
	code                                registry.AreaCode
	level                               *changesLevel
}

type changesLevel struct {
	memo
	pair *targeting.Pair
}

// Compare answers with one call to the engine of each state.
func Compare(ctx context.Context, q CompareQuestion) (*Comparison, error) {
	older, newer := q.Views[0], q.Views[1]
	if dayOf(older) > dayOf(newer) {
		return nil, registry.Invalid("editions", "%s is of %s and %s of %s: name the older first", q.Editions[0], dayOf(older), q.Editions[1], dayOf(newer))
	}
	pair := &targeting.Pair{Older: older, Newer: newer, OlderName: q.Editions[0], NewerName: q.Editions[1], Filter: registry.Join(q.Filter, nil)}
	if q.By != nil {
		if err := checkScope(newer, q.By, nil); err != nil {
			return nil, err
		}
	}
	widened, err := within(pair, valueOf(q.By, q.Within), q.Within)
	if err != nil {
		return nil, err
	}
	levels := []*changesLevel{{pair: pair}}
	pairs := []*targeting.Pair{pair}
	if q.By != nil {
		byArea := *pair
		byArea.Place = []registry.Dimension{registry.AreasOf(*q.By)}
		for _, t := range targeting.TerritoriesOf(older, newer, *q.By) {
			if pair.Within[1] == nil || slices.ContainsFunc(pair.Within[1], t.Newer[0].Within) {
				byArea.Joined = append(byArea.Joined, t)
			}
		}
		levels, pairs = append(levels, &changesLevel{pair: &byArea}), append(pairs, &byArea)
	}
	found, err := targeting.Turnovers(ctx, pairs)
	if err != nil {
		return nil, ofComparison(err)
	}
	about := pair.Filter
	if pair.Within[1] != nil {
		about = registry.Join(&about, &registry.Filter{Areas: pair.Within[1]})
	}
	out := &Comparison{Older: EditionOf(older), Newer: EditionOf(newer), Total: levels[0].changes(found[0][0]), Areas: []*Changes{},
		Method: method("the same households in two states, matched by the keyed hash of their card numbers", "kantong", "older", older.State.ID(), "newer", newer.State.ID(), "filter", about.String(),
			"areas", "by code: those who stayed or came in where they live in the newer state, those who left where they lived in the older one; areas that were split, merged or given another code since are counted together")}
	out.Total.Territory = territory(pair, widened)
	if q.By == nil {
		return out, nil
	}
	var codes []registry.AreaCode
	for _, t := range found[1] {
		codes = append(codes, t.Area)
	}
	nodes := [2]*areas{areasOf(newer, codes), areasOf(older, codes)}
	for _, t := range found[1] {
		c := levels[1].changes(t)
		if i := slices.IndexFunc(levels[1].pair.Joined, func(j targeting.Territory) bool { return j.Code() == t.Area }); i >= 0 {
			joined := &levels[1].pair.Joined[i]
			if c.Territory = territory(pair, joined); len(joined.Newer) == 1 {
				c.Area = c.Territory.Newer[0]
			}
		} else if c.Area = nodes[0].byCode(t.Area); c.Area == nil {
			c.Area = nodes[1].byCode(t.Area)
		}
		out.Areas = append(out.Areas, c)
	}
	return out, nil
}

// within narrows a pair to areas of either state, each with those of the other that are the same territory. Where that takes in
// more than was asked for, it is told.
func within(pair *targeting.Pair, by *registry.AreaLevel, codes []registry.AreaCode) (widened *targeting.Territory, err error) {
	if codes != nil && len(codes) == 0 {
		return nil, checkScope(pair.Newer, by, codes)
	}
	known := map[registry.AreaLevel][]targeting.Territory{}
	joined := false
	all := targeting.Territory{}
	for i, code := range codes {
		level := code.Level()
		if _, ok := known[level]; !ok {
			known[level] = targeting.TerritoriesOf(pair.Older, pair.Newer, level)
		}
		k := slices.IndexFunc(known[level], func(t targeting.Territory) bool { return t.Has(code) })
		if k < 0 {
			for _, v := range []*registry.View{pair.Older, pair.Newer} {
				if err := checkWithin(v, *by, i, code); err != nil {
					return nil, err
				}
			}
			all.Older, all.Newer = append(all.Older, code), append(all.Newer, code)
			continue
		}
		if err := checkFiner(*by, i, code); err != nil {
			return nil, err
		}
		t := &known[level][k]
		if slices.Contains(all.Newer, t.Newer[0]) { // by another of its areas
			continue
		}
		joined = true
		all.Older, all.Newer, all.Because = append(all.Older, t.Older...), append(all.Newer, t.Newer...), append(all.Because, t.Because...)
	}
	if pair.Within = [2][]registry.AreaCode{all.Older, all.Newer}; !joined {
		return nil, nil
	}
	return &all, nil
}

// territory is one with its areas as each state has them; nil for nil.
func territory(pair *targeting.Pair, t *targeting.Territory) *Territory {
	if t == nil {
		return nil
	}
	list := func(v *registry.View, codes []registry.AreaCode) []*Area {
		codes = slices.Sorted(slices.Values(codes))
		level := areasOf(v, codes)
		out := make([]*Area, len(codes))
		for i, code := range codes {
			out[i] = level.byCode(code)
		}
		return out
	}
	return &Territory{list(pair.Older, t.Older), list(pair.Newer, t.Newer), successions(t.Because)}
}

// valueOf is the level to check areas against: that of the finest when none is asked for.
func valueOf(by *registry.AreaLevel, within []registry.AreaCode) *registry.AreaLevel {
	if by != nil {
		return by
	}
	finest := registry.LevelProvinsi
	for _, code := range within {
		finest = max(finest, code.Level())
	}
	return &finest
}

func (l *changesLevel) changes(t targeting.Turnover) *Changes {
	return &Changes{code: t.Area, level: l, Before: households(t.Before), After: households(t.After), Stayed: households(t.Stayed), CameIn: households(t.CameIn), Left: households(t.Left)}
}

// DecileChanges are the moves between deciles of a place.
type DecileChanges struct {
	Moves            []DecileMove
	Poorer, LessPoor Count
}

// DecileMove is from one decile to another; nil is unranked.
type DecileMove struct {
	From, To   *int
	Households Count
}

// Deciles asks once for all places of the level. It is nil where the newer state does not have the area.
func (c *Changes) Deciles(ctx context.Context) (*DecileChanges, error) {
	all, err := once(ctx, &c.level.memo, func() (map[registry.AreaCode]*targeting.DecileMoves, error) { return c.level.pair.DecileMoves(ctx) })
	if err != nil {
		return nil, ofComparison(err)
	}
	found := all[c.code]
	if found == nil {
		return nil, nil
	}
	out := &DecileChanges{Moves: make([]DecileMove, len(found.Moves)), Poorer: households(found.Poorer), LessPoor: households(found.LessPoor)}
	for i, m := range found.Moves {
		out.Moves[i] = DecileMove{decile(m.From), decile(m.To), households(m.Households)}
	}
	return out, nil
}

// ProgramChanges are who came into a programme and who left it.
type ProgramChanges struct {
	Program                         *Program
	NewlyEnrolled, NoLongerEnrolled Count
}

// Programs asks once for all places of the level.
func (c *Changes) Programs(ctx context.Context) ([]ProgramChanges, error) {
	type answer struct {
		byArea map[registry.AreaCode][]targeting.ProgramTurnover
		nodes  map[string]*Program
	}
	all, err := once(ctx, &c.level.memo, func() (a answer, err error) {
		a.byArea, err = c.level.pair.Enrolled(ctx)
		a.nodes = map[string]*Program{}
		for _, v := range []*registry.View{c.level.pair.Older, c.level.pair.Newer} { // of both the newer's
			for _, p := range Programs(v, func(*registry.Program) bool { return true }) {
				a.nodes[p.Code()] = p
			}
		}
		return a, err
	})
	if err != nil {
		return nil, ofComparison(err)
	}
	out := make([]ProgramChanges, len(all.byArea[c.code]))
	for i, t := range all.byArea[c.code] {
		out[i] = ProgramChanges{all.nodes[t.Program], households(t.NewlyEnrolled), households(t.NoLonger)}
	}
	return out, nil
}

// ofComparison completes the field of an error. Conditions of a comparison's own are refused where the filter asks for others.
func ofComparison(err error) error {
	if registry.CodeOf(err) == registry.CodeDisclosureLimit {
		return registry.At("filter", err)
	}
	return underFilter(err)
}
