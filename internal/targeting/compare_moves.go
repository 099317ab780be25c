package targeting

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

// Move counts households of both states that are in a decile of one and a decile of the other; 0 is unranked.
type Move struct {
	From, To   int
	Households registry.Tally
}

// DecileMoves are the moves that occur, or are shown, by From, then To, with those who stay in their decile. Poorer and LessPoor
// add them up; of protected figures they leave out what is withheld, so that there may be more. Protected figures do not tell
// what became of those who were unranked.
type DecileMoves struct {
	Moves            []Move
	Poorer, LessPoor registry.Tally
}

// DecileMoves gives those of each area of the newer state, or territory, by its code; "" is all together.
func (p *Pair) DecileMoves(ctx context.Context) (map[registry.AreaCode]*DecileMoves, error) {
	by := registry.Dimension{Kind: registry.ByDecile}
	queries := p.queries(newerSide, []registry.Filter{inOlder(p, registry.Filter{})}, by)
	for d := 1; d <= 10; d++ {
		queries = append(queries, p.queries(newerSide, []registry.Filter{inOlder(p, registry.Filter{Decile: &registry.IntRange{Min: &d, Max: &d}})}, by)...)
	}
	found, err := p.Newer.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	answers := make([][]registry.Cell, 11)
	for from := range answers {
		answers[from] = p.gather(newerSide, &found)
	}
	out := map[registry.AreaCode]*DecileMoves{}
	exact := true
	for from := range answers {
		for i := range answers[from] {
			exact = exact && answers[from][i].Total.Status == registry.Exact
		}
	}
	for i := range answers[0] {
		key := &answers[0][i].Key
		m := out[key.Area]
		if m == nil {
			m = &DecileMoves{Moves: []Move{}}
			out[key.Area] = m
		}
		unranked := answers[0][i].Total
		for from := 1; from <= 10; from++ {
			t := answers[from][i].Total
			unranked.Households -= t.Households
			m.add(from, key.Decile, t)
		}
		if exact {
			m.add(0, key.Decile, unranked)
		}
	}
	for _, m := range out {
		slices.SortStableFunc(m.Moves, func(a, b Move) int { return a.From - b.From })
		if !exact {
			m.Poorer.Status, m.LessPoor.Status = sumStatus(m.Poorer), sumStatus(m.LessPoor)
		}
	}
	return out, nil
}

func (m *DecileMoves) add(from, to int, t registry.Tally) {
	if !t.Status.HasValue() || t.Households <= 0 {
		return
	}
	m.Moves = append(m.Moves, Move{from, to, registry.Tally{Households: t.Households, Status: t.Status}})
	switch {
	case from == 0 || to == 0 || from == to:
	case to < from:
		m.Poorer.Households += t.Households
	default:
		m.LessPoor.Households += t.Households
	}
}

// sumStatus is that of a sum of protected figures of which none may have been shown.
func sumStatus(t registry.Tally) registry.FigureStatus {
	if t.Households == 0 {
		return registry.Suppressed
	}
	return registry.Perturbed
}

// ProgramTurnover is who is enrolled in a programme in one of the states only, whether they were in the registry or not:
// NewlyEnrolled by where they live in the newer state, NoLonger by where they lived in the older one.
type ProgramTurnover struct {
	Program                 string // code
	NewlyEnrolled, NoLonger registry.Tally
}

// Enrolled gives the turnover of every programme of either state, by code, for each area of either or territory, by its code; "" is all together. A state
// that does not have a programme, or the area, has enrolled nobody: then the other's number is UNKNOWN.
func (p *Pair) Enrolled(ctx context.Context) (map[registry.AreaCode][]ProgramTurnover, error) {
	codes := p.programs()
	answers := [2]map[registry.Key]registry.Tally{{}, {}} // by area, and position among codes
	for i, side := range []struct {
		side  int
		view  *registry.View
		other *registry.View
		in    func(*Pair, registry.Filter) registry.Filter
	}{{newerSide, p.Newer, p.Older, inOlder}, {olderSide, p.Older, p.Newer, inNewer}} {
		var queries []registry.SummaryQuery
		var of []int
		for k, code := range codes {
			if _, ok := side.view.Program(code); !ok {
				continue
			}
			conditions := []registry.Filter{{EnrolledIn: []string{code}}}
			if _, ok := side.other.Program(code); ok {
				conditions = append(conditions, notIn(side.in(p, registry.Filter{EnrolledIn: []string{code}})))
			}
			queries, of = append(queries, p.queries(side.side, conditions)...), append(of, k)
		}
		cells, err := side.view.Summarise(ctx, queries)
		if err != nil {
			return nil, err
		}
		for _, k := range of {
			for _, c := range p.gather(side.side, &cells) {
				answers[i][registry.Key{Area: c.Key.Area, Program: k}] = c.Total
			}
		}
	}
	out := map[registry.AreaCode][]ProgramTurnover{}
	for _, side := range answers {
		for key := range side {
			out[key.Area] = nil
		}
	}
	at := func(side map[registry.Key]registry.Tally, key registry.Key) registry.Tally {
		if t, ok := side[key]; ok {
			return t
		}
		return registry.Tally{Status: registry.UnknownFigure}
	}
	for area := range out {
		for k, code := range codes {
			key := registry.Key{Area: area, Program: k}
			out[area] = append(out[area], ProgramTurnover{code, at(answers[0], key), at(answers[1], key)})
		}
	}
	return out, nil
}

// programs are the codes of either state, sorted.
func (p *Pair) programs() (codes []string) {
	for _, v := range []*registry.View{p.Older, p.Newer} {
		for i := range v.Programs {
			codes = append(codes, v.Programs[i].Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
