package storetest

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

var copyTests = []storeTest{
	{"a copied edition is the original as a draft", func(b *bench) {
		c := cityContents(12)
		c.households, _ = withKeys(c.households)
		c.unmatched = notFound()
		b.draft("2025-q3")
		b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31"}))
		b.fill("2025-q3", "2025-10", c)
		old := b.publish("2025-q3", "2025-10", 10)
		told := int64(0)
		b.ok(b.CopyEdition(b.ctx, registry.Edition{ID: "2025-q4", Label: "Q4", Source: "made up", AsOf: "2025-12-31", Synthetic: true, Boundaries: "BIG", Schematic: true},
			registry.CopyOptions{From: "2025-q3", Enrolments: true, FromRelease: "2025-10", As: registry.Release{ID: "2026-01", EnrolmentsAsOf: "2026-01-31"}, Progress: func(n int64) { told = n }, Now: at(20)}))
		b.same("edition", b.edition("2025-q4"), registry.Edition{ID: "2025-q4", Label: "Q4", Source: "made up", AsOf: "2025-12-31", Synthetic: true, Boundaries: "BIG", Schematic: true,
			Households: old.Edition.Households, People: old.Edition.People, Located: old.Edition.Located,
			Releases: []registry.Release{{ID: "2026-01", EnrolmentsAsOf: "2026-01-31", Enrolments: old.Release.Enrolments}}})
		b.same("households told of", told, old.Edition.Households)
		b.sameContents("2025-q4", "2026-01", "2025-q3", "2025-10")
		imports, err := b.Imports(b.ctx, "2025-q4")
		b.ok(err)
		rows := map[registry.ImportKind]int64{}
		for _, im := range imports {
			rows[im.Kind] = im.Rows
			if !im.At.Equal(at(20)) || im.Append || im.Rejected != 0 || im.File != "edition 2025-q3" && (im.File != "state 2025-q3+2025-10" || im.Release != "2026-01") {
				b.Errorf("the log says %+v", im)
			}
		}
		b.same("rows in the log", rows, map[registry.ImportKind]int64{registry.ImportAreas: int64(len(c.areas)), registry.ImportHouseholds: 12, registry.ImportPrograms: int64(len(c.programs)),
			registry.ImportIndicators: int64(len(c.indicators)), registry.ImportSuccessions: int64(len(c.successions)), registry.ImportEnrolments: int64(len(c.enrolments))})
		made := b.publish("2025-q4", "2026-01", 30)
		b.same("content hashes", []string{made.Edition.ContentHash, made.Release.ContentHash}, []string{old.Edition.ContentHash, old.Release.ContentHash})
		b.same("sums of record keys", []registry.RecordKey{made.Edition.Keys, made.Edition.LocatedKeys}, []registry.RecordKey{old.Edition.Keys, old.Edition.LocatedKeys})
	}},
	{"a copy is changed by itself", func(b *bench) {
		b.published("2025-q3", "2025-10", 10)
		b.ok(b.CopyEdition(b.ctx, registry.Edition{ID: "2025-q4", Label: "Q4"}, registry.CopyOptions{From: "2025-q3", Now: at(20)}))
		b.same("releases", len(b.edition("2025-q4").Releases), 0)
		was := gathered(b, b.Households(b.ctx, "2025-q3"))
		more := cityContents(40).households
		more = slices.DeleteFunc(more, func(h registry.Household) bool {
			return slices.ContainsFunc(was, func(w registry.Household) bool { return w.ID == h.ID })
		})
		im := registry.Import{Kind: registry.ImportHouseholds, Append: true, At: at(21)}
		b.refused("a household that was copied", b.PutHouseholds(b.ctx, "2025-q4", &im, each(was[:1])), registry.CodeConflict)
		b.ok(b.PutHouseholds(b.ctx, "2025-q4", &im, each(more)))
		programs := b.programs("2025-q4")
		b.ok(b.PutPrograms(b.ctx, "2025-q4", registry.Import{Kind: registry.ImportPrograms, At: at(22)}, programs[:1]))
		b.ok(b.PutAreas(b.ctx, "2025-q4", registry.Import{Kind: registry.ImportAreas, At: at(23)}, b.areas("2025-q3")[:8]))
		b.same("households", len(gathered(b, b.Households(b.ctx, "2025-q4"))), len(was)+len(more))
		b.same("households of the original", gathered(b, b.Households(b.ctx, "2025-q3")), was)
		b.same("programmes of the original", b.programs("2025-q3"), programs)
		b.ok(b.Discard(b.ctx, "2025-q4", ""))
		b.same("households of the original, without the copy", gathered(b, b.Households(b.ctx, "2025-q3")), was)
	}},
	{"what can't be copied leaves nothing", func(b *bench) {
		b.published("2025-q3", "2025-10", 10)
		b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-11"}))
		b.draft("draft")
		try := func(what, id string, o registry.CopyOptions, code registry.Code) {
			b.Helper()
			o.Now = at(20)
			b.refused(what, b.CopyEdition(b.ctx, registry.Edition{ID: id}, o), code)
		}
		try("an edition that is not there", "new", registry.CopyOptions{From: "2024"}, registry.CodeNotFound)
		try("a draft", "new", registry.CopyOptions{From: "draft"}, registry.CodeConflict)
		try("a release that is not there", "new", registry.CopyOptions{From: "2025-q3", Enrolments: true, FromRelease: "2025-12", As: registry.Release{ID: "x"}}, registry.CodeNotFound)
		try("a draft release", "new", registry.CopyOptions{From: "2025-q3", Enrolments: true, FromRelease: "2025-11", As: registry.Release{ID: "x"}}, registry.CodeConflict)
		try("a name that is taken", "draft", registry.CopyOptions{From: "2025-q3"}, registry.CodeConflict)
		try("no name", "", registry.CopyOptions{From: "2025-q3"}, registry.CodeBadUserInput)
		try("a bad name of a release", "new", registry.CopyOptions{From: "2025-q3", Enrolments: true, FromRelease: "2025-10", As: registry.Release{ID: "x y"}}, registry.CodeBadUserInput)
		ctx, cancel := context.WithCancel(b.ctx)
		defer cancel()
		if err := b.CopyEdition(ctx, registry.Edition{ID: "new"}, registry.CopyOptions{From: "2025-q3", Now: at(20), Progress: func(int64) { cancel() }}); err == nil {
			b.Errorf("a copy that was broken off is no error")
		}
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		var names []string
		for _, e := range editions {
			names = append(names, e.ID)
		}
		b.same("editions", names, []string{"2025-q3", "draft"})
		b.same("what is in the draft", len(b.areas("draft")), 0)
	}},
}

// sameContents compares all that two editions and their releases hold.
func (b *bench) sameContents(edition, release, want, wantRelease string) {
	b.Helper()
	b.same("areas", b.areas(edition), b.areas(want))
	b.same("programmes", b.programs(edition), b.programs(want))
	got, err := b.Indicators(b.ctx, edition)
	b.ok(err)
	indicators, err := b.Indicators(b.ctx, want)
	b.ok(err)
	b.same("indicators", got, indicators)
	b.same("successions", b.successions(edition), b.successions(want))
	b.same("households", gathered(b, b.Households(b.ctx, edition)), gathered(b, b.Households(b.ctx, want)))
	b.same("match keys", gathered(b, b.MatchKeys(b.ctx, edition)), gathered(b, b.MatchKeys(b.ctx, want)))
	b.same("enrolments", gathered(b, b.Enrolments(b.ctx, edition, release)), gathered(b, b.Enrolments(b.ctx, want, wantRelease)))
	b.same("unmatched recipients", b.unmatched(edition, release), b.unmatched(want, wantRelease))
}
