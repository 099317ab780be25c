package ingest

import (
	"context"
	"iter"
	"slices"

	"kantong/internal/registry"
)

// rehearsal is a store that reads through and keeps nothing: what an import puts into it is counted as in any store, checked
// as far as the import does that, and gone with the rehearsal. Dry runs and inspections are imports into one.
type rehearsal struct {
	registry.Store
	family func(*registry.Household) // is shown each household; may be nil

	// What drafts would hold of the kinds that a report reads back.
	areas       map[string][]registry.Area
	successions map[string][]registry.Succession
}

func newRehearsal(s registry.Store, family func(*registry.Household)) *rehearsal {
	return &rehearsal{s, family, map[string][]registry.Area{}, map[string][]registry.Succession{}}
}

// check refuses what a store refuses before it reads a row.
func (s *rehearsal) check(ctx context.Context, kind registry.ImportKind, edition, release string) error {
	list, err := s.Editions(ctx)
	if err != nil {
		return err
	}
	return registry.CheckImport(list, kind, edition, release)
}

func (s *rehearsal) PutAreas(ctx context.Context, edition string, im registry.Import, list []registry.Area) error {
	if err := s.check(ctx, registry.ImportAreas, edition, ""); err != nil {
		return err
	}
	return hold(ctx, s.areas, edition, im, list, s.Store.Areas)
}

// Areas gives those that were put, and else the store's.
func (s *rehearsal) Areas(ctx context.Context, edition string) ([]registry.Area, error) {
	if list, ok := s.areas[edition]; ok {
		return list, nil
	}
	return s.Store.Areas(ctx, edition)
}

func (s *rehearsal) PutSuccessions(ctx context.Context, edition string, im registry.Import, list []registry.Succession) error {
	if err := s.check(ctx, registry.ImportSuccessions, edition, ""); err != nil {
		return err
	}
	return hold(ctx, s.successions, edition, im, list, s.Store.Successions)
}

// Successions gives those that were put, and else the store's.
func (s *rehearsal) Successions(ctx context.Context, edition string) ([]registry.Succession, error) {
	if list, ok := s.successions[edition]; ok {
		return list, nil
	}
	return s.Store.Successions(ctx, edition)
}

// hold sets what a draft would hold after an import: its list, behind what the store has when it is appended.
func hold[T any](ctx context.Context, held map[string][]T, edition string, im registry.Import, list []T, stored func(context.Context, string) ([]T, error)) error {
	var before []T
	if im.Append {
		var err error
		if before, err = stored(ctx, edition); err != nil {
			return err
		}
	}
	held[edition] = slices.Concat(before, list)
	return nil
}

func (s *rehearsal) PutPrograms(ctx context.Context, edition string, _ registry.Import, _ []registry.Program) error {
	return s.check(ctx, registry.ImportPrograms, edition, "")
}

func (s *rehearsal) PutIndicators(ctx context.Context, edition string, _ registry.Import, _ []registry.AreaIndicator) error {
	return s.check(ctx, registry.ImportIndicators, edition, "")
}

func (s *rehearsal) PutHouseholds(ctx context.Context, edition string, _ *registry.Import, list iter.Seq2[registry.Household, error]) error {
	if err := s.check(ctx, registry.ImportHouseholds, edition, ""); err != nil {
		return err
	}
	return readAll(list, s.family)
}

func (s *rehearsal) PutPoints(ctx context.Context, edition string, _ *registry.Import, list iter.Seq2[registry.HouseholdPoint, error]) error {
	if err := s.check(ctx, registry.ImportPoints, edition, ""); err != nil {
		return err
	}
	return readAll(list, nil)
}

func (s *rehearsal) PutEnrolments(ctx context.Context, edition, release string, _ *registry.Import, list iter.Seq2[registry.Enrolment, error]) error {
	if err := s.check(ctx, registry.ImportEnrolments, edition, release); err != nil {
		return err
	}
	return readAll(list, nil)
}

// readAll reads a sequence to its end or first error.
func readAll[T any](list iter.Seq2[T, error], see func(*T)) error {
	for v, err := range list {
		if err != nil {
			return err
		}
		if see != nil {
			see(&v)
		}
	}
	return nil
}

// File imports a file of any kind. mapping may be nil; of it, programmes, indicators and successions take the sheet only, and areas nothing, who
// alone take options.
func File(ctx context.Context, t Target, kind registry.ImportKind, path string, mapping *Mapping, areas AreaOptions) (*Report, error) {
	switch kind {
	case registry.ImportAreas:
		return Areas(ctx, t, path, areas)
	case registry.ImportHouseholds:
		return Households(ctx, t, path, mapping)
	case registry.ImportPrograms:
		return Programs(ctx, t, path, mapping)
	case registry.ImportPoints:
		return Points(ctx, t, path, mapping)
	case registry.ImportEnrolments:
		return Enrolments(ctx, t, path, mapping)
	case registry.ImportIndicators:
		return Indicators(ctx, t, path, mapping)
	case registry.ImportSuccessions:
		return Successions(ctx, t, path, mapping)
	}
	return nil, registry.Invalid("kind", "there is no kind of import %q", kind)
}
