package storetest

import (
	"time"

	"kantong/internal/registry"
)

var editionTests = []storeTest{
	{"a new store has no edition", func(b *bench) {
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		b.same("editions", editions, []registry.Edition{})
	}},
	{"a created edition is an empty draft", func(b *bench) {
		now := at(0)
		b.ok(b.CreateEdition(b.ctx, registry.Edition{ID: "2025-q3", Label: "DTSEN 2025-Q3", Source: "Dinas Sosial", AsOf: "2025-09-30",
			Synthetic: true, Boundaries: "BIG 2024", Schematic: true,
			// None of these is read.
			Households: 9, People: 9, Located: 9, ContentHash: "x", PublishedAt: &now, Releases: []registry.Release{{ID: "2025-10"}}}))
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		b.same("editions", editions, []registry.Edition{{ID: "2025-q3", Label: "DTSEN 2025-Q3", Source: "Dinas Sosial", AsOf: "2025-09-30",
			Synthetic: true, Boundaries: "BIG 2024", Schematic: true}})
		b.same("households", gathered(b, b.Households(b.ctx, "2025-q3")), []registry.Household{})
	}},
	{"published editions newest first, then drafts by id", func(b *bench) {
		b.published("b-first", "", 10)
		b.published("a-second", "", 20)
		for _, id := range []string{"ab", "a1", "a-z"} {
			b.draft(id)
		}
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		var got []string
		for _, e := range editions {
			got = append(got, e.ID)
		}
		b.same("editions", got, []string{"a-second", "b-first", "a-z", "a1", "ab"})
	}},
	{"releases published first to last, then drafts", func(b *bench) {
		b.published("2025-q3", "2025-10", 10)
		for _, id := range []string{"a-draft", "2025-09", "2025-11"} {
			b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: id, EnrolmentsAsOf: "2025-11-30"}))
		}
		b.publish("2025-q3", "2025-11", 20)
		b.publish("2025-q3", "2025-09", 30)
		var got []string
		var published []*time.Time
		for _, r := range b.edition("2025-q3").Releases {
			got, published = append(got, r.ID), append(published, r.PublishedAt)
		}
		first, second, third := at(10), at(20), at(30)
		b.same("releases", got, []string{"2025-10", "2025-11", "2025-09", "a-draft"})
		b.same("published", published, []*time.Time{&first, &second, &third, nil})
	}},
	{"a draft release keeps what it was created with", func(b *bench) {
		now := at(0)
		b.draft("2025-q3")
		b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31", Enrolments: 9, ContentHash: "x", PublishedAt: &now}))
		for _, r := range b.edition("2025-q3").Releases {
			if r.ID != "" {
				b.same("release", r, registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31"})
			}
		}
	}},
	{"names are checked", func(b *bench) {
		b.draft("2025-q3")
		b.refused("an edition of a taken name", b.CreateEdition(b.ctx, registry.Edition{ID: "2025-q3"}), registry.CodeConflict)
		b.refused("an edition of no name", b.CreateEdition(b.ctx, registry.Edition{}), registry.CodeBadUserInput)
		b.refused("an edition named with +", b.CreateEdition(b.ctx, registry.Edition{ID: "2025+q3"}), registry.CodeBadUserInput)
		b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-10"}))
		b.refused("a release of a taken name", b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-10"}), registry.CodeConflict)
		b.refused("a release named with a blank", b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025 10"}), registry.CodeBadUserInput)
		b.refused("a release of no edition", b.CreateRelease(b.ctx, "2025-q4", registry.Release{ID: "2025-10"}), registry.CodeNotFound)
		b.published("2025-q4", "", 10)
		b.refused("an edition of a published one's name", b.CreateEdition(b.ctx, registry.Edition{ID: "2025-q4"}), registry.CodeConflict)
	}},
	{"a discarded edition is gone with all in it", func(b *bench) {
		b.draft("kept")
		b.fill("kept", "", cityContents(5))
		b.draft("gone")
		b.ok(b.CreateRelease(b.ctx, "gone", registry.Release{ID: "2025-10"}))
		b.fill("gone", "2025-10", cityContents(12))
		b.ok(b.Discard(b.ctx, "gone", ""))
		_, err := b.Areas(b.ctx, "gone")
		b.refused("its areas", err, registry.CodeNotFound)
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		b.same("number of editions", len(editions), 1)
		b.same("households of another", len(gathered(b, b.Households(b.ctx, "kept"))), 5)

		b.draft("gone") // the name is free again, and nothing of the old comes back
		b.same("households", len(gathered(b, b.Households(b.ctx, "gone"))), 0)
		_, err = list(b.Enrolments(b.ctx, "gone", "2025-10"))
		b.refused("its release", err, registry.CodeNotFound)
		imports, err := b.Imports(b.ctx, "gone")
		b.ok(err)
		b.same("imports", imports, []registry.Import{})
	}},
	{"a discarded release is gone alone", func(b *bench) {
		b.published("2025-q3", "2025-10", 10)
		b.ok(b.CreateRelease(b.ctx, "2025-q3", registry.Release{ID: "2025-11"}))
		before := gathered(b, b.Enrolments(b.ctx, "2025-q3", "2025-10"))
		b.putEnrolments("2025-q3", "2025-11", before)
		b.ok(b.Discard(b.ctx, "2025-q3", "2025-11"))
		_, err := list(b.Enrolments(b.ctx, "2025-q3", "2025-11"))
		b.refused("its enrolments", err, registry.CodeNotFound)
		b.same("enrolments of another", gathered(b, b.Enrolments(b.ctx, "2025-q3", "2025-10")), before)
		b.same("number of releases", len(b.edition("2025-q3").Releases), 1)
	}},
	{"what is published can't be discarded", func(b *bench) {
		b.published("2025-q3", "2025-10", 10)
		b.refused("an edition", b.Discard(b.ctx, "2025-q3", ""), registry.CodeConflict)
		b.refused("a release", b.Discard(b.ctx, "2025-q3", "2025-10"), registry.CodeConflict)
		b.same("households", len(gathered(b, b.Households(b.ctx, "2025-q3"))), 12)
	}},
}

// edition finds one in the list.
func (b *bench) edition(id string) registry.Edition {
	b.Helper()
	editions, err := b.Editions(b.ctx)
	b.ok(err)
	for _, e := range editions {
		if e.ID == id {
			return e
		}
	}
	b.Fatalf("no edition %s in the list", id)
	return registry.Edition{}
}

func (b *bench) putEnrolments(edition, release string, enrolments []registry.Enrolment) {
	b.Helper()
	b.ok(b.PutEnrolments(b.ctx, edition, release, &registry.Import{Kind: registry.ImportEnrolments, Release: release, At: at(0)}, each(enrolments)))
}
