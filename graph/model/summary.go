package model

import (
	"context"

	"kantong/internal/registry"
)

// Summary is the figures of one cell, among the summaries of its level in the query.
type Summary struct {
	cell  registry.Cell
	level *summaries
}

type summaries struct {
	memo
	view    *registry.View
	queries []registry.SummaryQuery // that the level was asked with
}

func (s *Summary) Edition() *Edition { return EditionOf(s.level.view) }
func (s *Summary) Households() Count { return households(s.cell.Total) }
func (s *Summary) People() Count     { return people(s.cell.Total) }
func (s *Summary) Geocoded() Rate    { return rate(registry.Ratio(s.cell.Located, s.cell.Total)) }

// AnsweredFor is nil when the figures are for the region that was asked for.
func (s *Summary) AnsweredFor() *AnsweredFor {
	if s.cell.Counted == nil {
		return nil
	}
	return &AnsweredFor{s.cell.Counted}
}

// DecileCount is the households of a decile.
type DecileCount struct {
	Decile             *int
	Households, People Count
}

// Deciles come unranked first, then 1 to 10.
func (s *Summary) Deciles() []DecileCount {
	out := make([]DecileCount, len(s.cell.Deciles))
	for d, t := range s.cell.Deciles {
		out[d] = DecileCount{decile(d), households(t), people(t)}
	}
	return out
}

var deciles = [...]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

// decile gives nil for 0, the unranked.
func decile(d int) *int {
	if d == 0 {
		return nil
	}
	return &deciles[d]
}

// DeprivationCount is the households with a condition.
type DeprivationCount struct {
	Deprivation       registry.Deprivation
	Pillar            registry.Pillar
	Households, Known Count
	Rate              Rate
}

func (s *Summary) Deprivations() []DeprivationCount {
	out := make([]DeprivationCount, len(s.cell.Deprived))
	for i, t := range s.cell.Deprived {
		d := registry.Deprivation(i)
		out[i] = DeprivationCount{d, d.Pillar(), households(t), households(s.cell.Known[i]), rate(registry.Ratio(t, s.cell.Known[i]))}
	}
	return out
}

// ProgramCount is the households in a programme.
type ProgramCount struct {
	Program    *Program
	Households Count
}

func (s *Summary) Programs(ctx context.Context) ([]ProgramCount, error) {
	nodes, err := once(ctx, &s.level.memo, func() ([]*Program, error) {
		return Programs(s.level.view, func(*registry.Program) bool { return true }), nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]ProgramCount, len(s.cell.Enrolled))
	for i, t := range s.cell.Enrolled {
		out[i] = ProgramCount{nodes[i], households(t)}
	}
	return out, nil
}

// CompositionCount is the people of a kind.
type CompositionCount struct {
	Kind               registry.PersonKind
	People, Households Count
}

func (s *Summary) Composition() []CompositionCount {
	out := make([]CompositionCount, len(s.cell.Persons))
	for k, t := range s.cell.Persons {
		out[k] = CompositionCount{registry.PersonKind(k), people(t), households(t)}
	}
	return out
}
