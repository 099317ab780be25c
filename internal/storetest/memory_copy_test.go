package storetest

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

func (m *memory) CopyEdition(ctx context.Context, e registry.Edition, o registry.CopyOptions) error {
	from, err := m.find(ctx, o.From)
	if err != nil {
		return registry.At("from", err)
	}
	original := from.Edition
	for _, l := range from.releases {
		original.Releases = append(original.Releases, l.Release)
	}
	release, err := o.PublishedFrom(&original)
	if err != nil {
		return err
	}
	if o.Enrolments && o.As.ID != "" {
		if err := registry.CheckEditionID("release", o.As.ID); err != nil {
			return err
		}
	}
	if err := m.CreateEdition(ctx, e); err != nil {
		return err
	}
	if o.Progress != nil {
		o.Progress(from.Households)
	}
	if err := ctx.Err(); err != nil {
		delete(m.editions, e.ID)
		return err
	}
	to := m.editions[e.ID]
	to.contents, to.revision = from.contents, 1
	to.areas, to.programs, to.indicators, to.households = slices.Clone(from.areas), slices.Clone(from.programs), slices.Clone(from.indicators), slices.Clone(from.households)
	to.successions = slices.Clone(from.successions)
	to.Households, to.People, to.Located = from.Households, from.People, from.Located
	if m.fault == "a copy loses a household" {
		to.households = to.households[1:]
	}
	to.imports = []registry.Import{o.Import(registry.ImportAreas, from.ContentHash, int64(len(to.areas))), o.Import(registry.ImportIndicators, from.ContentHash, int64(len(to.indicators))),
		o.Import(registry.ImportSuccessions, from.ContentHash, int64(len(to.successions))),
		o.Import(registry.ImportPrograms, from.ContentHash, int64(len(to.programs))), o.Import(registry.ImportHouseholds, from.ContentHash, int64(len(to.households)))}
	if release == nil {
		return nil
	}
	to.releases[o.As.ID] = &leaf{Release: registry.Release{ID: o.As.ID, EnrolmentsAsOf: o.As.EnrolmentsAsOf, Enrolments: release.Enrolments}, enrolments: slices.Clone(from.releases[release.ID].enrolments), unmatched: slices.Clone(from.releases[release.ID].unmatched)}
	to.imports = append(to.imports, o.Import(registry.ImportEnrolments, release.ContentHash, release.Enrolments))
	return nil
}
