package pockets

import (
	"bytes"
	"context"

	"kantong/internal/registry"
)

// Profiles tells for every pocket, in order, how it stands out: a mark for every deprivation in order. Of blocks it asks the
// guard, for each pocket as a whole and for everybody, since of a single block a guard often says nothing.
func (s *Survey) Profiles(ctx context.Context) ([][]Mark, error) {
	profiles := make([][]Mark, len(s.Pockets))
	if !s.Blocks {
		for i, p := range s.Pockets {
			profiles[i] = p.profile
		}
		return profiles, nil
	}
	cells, err := s.together(ctx, registry.Filter{}, registry.MeasureDeprivations, s.blocks)
	if err != nil || len(cells) == 0 {
		return profiles, err
	}
	everybody := ratesOf(&cells[0])
	for i := range profiles {
		in := ratesOf(&cells[i+1])
		profiles[i] = in.profile(&everybody)
	}
	return profiles, nil
}

// together counts what a filter keeps in a set of blocks, and then in each pocket. It asks for nothing where there is no pocket.
func (s *Survey) together(ctx context.Context, f registry.Filter, m registry.Measures, first []*registry.Block) ([]registry.Cell, error) {
	if len(s.Pockets) == 0 {
		return nil, nil
	}
	groups := [][]*registry.Block{first}
	for _, p := range s.Pockets {
		groups = append(groups, p.blocks)
	}
	return s.blocks[0].Together(ctx, f, m, groups)
}

// Unreached counts for every pocket, in order, its households that a programme means and does not reach; of blocks, those
// of all who live in them. It asks the engine once more. SUPPRESSED is the answer where a guard shows no number, be it of a
// pocket or of any. A programme that the edition does not have is NOT_FOUND with field "program".
func (s *Survey) Unreached(ctx context.Context, program string) ([]registry.Tally, error) {
	if _, ok := s.view.Program(program); !ok {
		return nil, registry.NotFound("program", "edition %s has no programme %q", s.view.State.ID(), program)
	}
	missed := registry.Filter{EligibleFor: program, NotEnrolledIn: []string{program}}
	if s.Blocks {
		return s.ofBlocks(ctx, missed)
	}
	points, err := s.view.Points(ctx, s.question.points(registry.Join(&s.question.Filter, &missed)))
	if err != nil {
		return nil, underFilter(err)
	}
	tallies := make([]registry.Tally, len(s.Pockets))
	next := 0
	for i, p := range byID(points) {
		if err := lookEvery(ctx, i); err != nil {
			return nil, err
		}
		for next < len(s.members) && bytes.Compare(s.members[next].id[:], p.ID[:]) < 0 {
			next++
		}
		if next < len(s.members) && s.members[next].id == p.ID {
			of := &tallies[s.members[next].pocket]
			of.Households += p.Households
			of.People += p.People
		}
	}
	return tallies, nil
}

// ofBlocks counts in every pocket of blocks the households that a filter keeps. What a guard refuses to count is SUPPRESSED.
func (s *Survey) ofBlocks(ctx context.Context, f registry.Filter) ([]registry.Tally, error) {
	tallies := make([]registry.Tally, len(s.Pockets))
	cells, err := s.together(ctx, f, 0, nil)
	refused := registry.CodeOf(err) == registry.CodeDisclosureLimit
	if err != nil && !refused {
		return nil, err
	}
	for i := range tallies {
		if refused {
			tallies[i].Status = registry.Suppressed
		} else {
			tallies[i] = cells[i+1].Total
		}
	}
	return tallies, nil
}

// SameAs gives, for every pocket of a later survey in turn, the pocket of an earlier one that it continues: of households and
// of blocks the one that Match finds; of a neighbourhood unit or a kelurahan the one of the same name, even if other families
// live there. Both surveys should ask the same question, as the same viewer.
func SameAs(earlier, later *Survey) []Pair {
	before, after := earlier.found(), later.found()
	places, placesAt := earlier.places(before)
	pairs := make([]Pair, len(later.Pockets))
	others, othersAt := later.places(after)
	for _, pair := range Match(places, others) {
		if pair.Earlier >= 0 {
			pair.Earlier = placesAt[pair.Earlier]
		}
		pair.Later = othersAt[pair.Later]
		pairs[pair.Later] = pair
	}
	named := map[name]int{}
	for i, p := range earlier.Pockets {
		named[p.name()] = i
	}
	for i, p := range later.Pockets {
		if !p.Unit.named() {
			continue
		}
		pairs[i] = Pair{Earlier: -1, Later: i}
		if k, was := named[p.name()]; was {
			shared := Match(Found{before.Points, before.Pockets[k : k+1]}, Found{after.Points, after.Pockets[i : i+1]})[0]
			pairs[i] = Pair{k, i, shared.Households, shared.Share}
		}
	}
	return pairs
}

// found is the pockets of the survey in the form that Match takes.
func (s *Survey) found() Found {
	f := Found{make([]Point, len(s.members)), make([]Pocket, len(s.Pockets))}
	for i, p := range s.Pockets {
		f.Pockets[i].Households = p.Total.Households
	}
	for i, m := range s.members {
		f.Points[i] = Point{ID: m.id, Households: m.households}
		f.Pockets[m.pocket].Members = append(f.Pockets[m.pocket].Members, i)
	}
	return f
}

// places are those of the pockets that have no name, with the position of each.
func (s *Survey) places(all Found) (f Found, at []int) {
	f.Points = all.Points
	for i, p := range s.Pockets {
		if !p.Unit.named() {
			f.Pockets = append(f.Pockets, all.Pockets[i])
			at = append(at, i)
		}
	}
	return f, at
}

// name tells apart the pockets that are units of the administration.
type name struct {
	unit   Unit
	area   registry.AreaCode
	rw, rt string
}

func (p *SurveyPocket) name() name { return name{p.Unit, p.Area, p.RW, p.RT} }
