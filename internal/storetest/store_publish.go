package storetest

import (
	"slices"

	"kantong/internal/registry"
)

// refusal is what Publish answers to a draft that is not fit.
var refusal = []registry.Code{registry.CodeConflict, registry.CodeBadUserInput}

var publishTests = []storeTest{
	{"publication gives the state with its counts and hashes", func(b *bench) {
		c := cityContents(40)
		b.draft("e")
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31"}))
		b.fill("e", "2025-10", c.shuffled())
		state := b.publish("e", "2025-10", 10)

		now := at(10)
		want := registry.Edition{ID: "e", Label: "Edition e", Source: "made up", AsOf: "2025-09-30", Households: 40, ContentHash: c.editionHash(), PublishedAt: &now}
		for _, h := range c.households {
			if h.Members != registry.UnknownInt {
				want.People += int64(h.Members)
			}
			if h.Located {
				want.Located++
			}
		}
		sums := b.keySums("e")
		want.Keys, want.LocatedKeys = sums[0], sums[1]
		release := registry.Release{ID: "2025-10", EnrolmentsAsOf: "2025-10-31", Enrolments: int64(len(c.enrolments)), ContentHash: c.releaseHash(), PublishedAt: &now}
		b.same("state", state, registry.State{Edition: want, Release: release, Hash: registry.StateHash(want.ContentHash, release.ContentHash)})
		want.Releases = []registry.Release{release}
		b.same("edition in the list", b.edition("e"), want)
	}},
	{"an edition's own release has no name", func(b *bench) {
		state := b.published("e", "", 10)
		b.same("state", state.ID(), "e")
		releases := b.edition("e").Releases
		if len(releases) != 1 || releases[0].ID != "" || releases[0].PublishedAt == nil {
			b.Errorf("releases %+v, want the unnamed one", releases)
		}
	}},
	{"another release of a published edition", func(b *bench) {
		first := b.published("e", "2025-10", 10)
		c := cityContents(12)
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11", EnrolmentsAsOf: "2025-11-30"}))
		b.putEnrolments("e", "2025-11", c.enrolments[2:])
		second := b.publish("e", "2025-11", 20)

		c.enrolments = c.enrolments[2:]
		now := at(20)
		release := registry.Release{ID: "2025-11", EnrolmentsAsOf: "2025-11-30", Enrolments: int64(len(c.enrolments)), ContentHash: c.releaseHash(), PublishedAt: &now}
		b.same("state", second, registry.State{Edition: first.Edition, Release: release, Hash: registry.StateHash(first.Edition.ContentHash, release.ContentHash)})
		b.same("enrolments of the first", gathered(b, b.Enrolments(b.ctx, "e", "2025-10")), cityContents(12).enrolments)
		b.same("enrolments of the second", gathered(b, b.Enrolments(b.ctx, "e", "2025-11")), c.enrolments)
	}},
	{"a release without enrolments", func(b *bench) {
		b.draft("e")
		c := cityContents(3)
		c.enrolments = nil
		b.fill("e", "", c)
		b.same("enrolments", b.publish("e", "", 10).Release.Enrolments, int64(0))
	}},
	{"progress ends with the number of households", func(b *bench) {
		b.draft("e")
		b.fill("e", "", cityContents(40))
		var steps []int64
		_, err := b.Publish(b.ctx, "e", "", registry.PublishOptions{Secrets: citySecrets, Now: at(10), Progress: func(n int64) { steps = append(steps, n) }})
		b.ok(err)
		if len(steps) == 0 || !slices.IsSorted(steps) || steps[len(steps)-1] != 40 {
			b.Errorf("progress %v, want rising numbers up to 40", steps)
		}
	}},
	{"what is not fit for publication", func(b *bench) {
		whole := cityContents(12)
		stranger := whole.enrolments[0]
		stranger.Household[0] ^= 0x7f
		unheardOf := whole.enrolments[0]
		unheardOf.Program = "NO-SUCH"
		for name, change := range map[string]func(*contents){
			"no areas":      func(c *contents) { c.areas = nil },
			"no households": func(c *contents) { c.households, c.enrolments = nil, nil },
			"a succession of no area": func(c *contents) {
				c.successions = append(slices.Clone(c.successions), registry.Succession{Code: "19.71.09", Predecessor: "19.71.01"})
			},
			"an enrolment of no one":    func(c *contents) { c.enrolments = append(c.enrolments, stranger) },
			"an enrolment in no scheme": func(c *contents) { c.enrolments = append(c.enrolments, unheardOf) },
		} {
			c := cityContents(12)
			change(&c)
			b.draft("e")
			b.fill("e", "", c)
			_, err := b.Publish(b.ctx, "e", "", registry.PublishOptions{AcceptRejected: true, Secrets: citySecrets, Now: at(10)})
			b.refused(name, err, refusal...)
			b.same(name+": published", b.edition("e").PublishedAt == nil, true)
			b.fill("e", "", whole) // it is a draft still, and can be mended
			b.publish("e", "", 10)
			b.same(name+": once mended", b.edition("e").PublishedAt != nil, true)
			b = b.fresh()
		}
	}},
	{"a release that is not fit for publication", func(b *bench) {
		b.published("e", "2025-10", 10)
		enrolments := cityContents(12).enrolments
		bad := enrolments[0]
		bad.Household[3] ^= 0x7f
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11"}))
		b.putEnrolments("e", "2025-11", append(enrolments[1:3:3], bad))
		_, err := b.Publish(b.ctx, "e", "2025-11", registry.PublishOptions{Secrets: citySecrets, Now: at(20)})
		b.refused("an enrolment of no one", err, refusal...)
		b.putEnrolments("e", "2025-11", enrolments[1:3])
		b.publish("e", "2025-11", 20)
	}},
	{"rejected rows must be accepted", func(b *bench) {
		c := cityContents(12)
		b.draft("e")
		b.fill("e", "", c)
		b.ok(b.PutHouseholds(b.ctx, "e", &registry.Import{Kind: registry.ImportHouseholds, Rows: 12, Rejected: 3, At: at(1)}, each(c.households)))
		_, err := b.Publish(b.ctx, "e", "", registry.PublishOptions{Secrets: citySecrets, Now: at(10)})
		b.refused("households were rejected", err, refusal...)
		_, err = b.Publish(b.ctx, "e", "", registry.PublishOptions{AcceptRejected: true, Secrets: citySecrets, Now: at(10)})
		b.ok(err)

		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11"}))
		im := registry.Import{Kind: registry.ImportEnrolments, Release: "2025-11", Rejected: 1, At: at(11)}
		b.ok(b.PutEnrolments(b.ctx, "e", "2025-11", &im, each(c.enrolments)))
		_, err = b.Publish(b.ctx, "e", "2025-11", registry.PublishOptions{Secrets: citySecrets, Now: at(12)})
		b.refused("enrolments were rejected", err, refusal...)
		_, err = b.Publish(b.ctx, "e", "2025-11", registry.PublishOptions{AcceptRejected: true, Secrets: citySecrets, Now: at(12)})
		b.ok(err)
	}},
	{"what is published never changes", func(b *bench) {
		state := b.published("e", "2025-10", 10)
		c := cityContents(12)
		for what, err := range map[string]error{
			"areas":       b.PutAreas(b.ctx, "e", registry.Import{Kind: registry.ImportAreas, At: at(20)}, c.areas[:1]),
			"indicators":  b.PutIndicators(b.ctx, "e", registry.Import{Kind: registry.ImportIndicators, At: at(20)}, nil),
			"successions": b.PutSuccessions(b.ctx, "e", registry.Import{Kind: registry.ImportSuccessions, At: at(20)}, nil),
			"households":  b.putHouseholds("e", true, each(cityContents(40).households[20:21])),
			"enrolments":  b.PutEnrolments(b.ctx, "e", "2025-10", &registry.Import{Kind: registry.ImportEnrolments, At: at(20)}, each(c.enrolments[:1])),
		} {
			b.refused(what, err, registry.CodeConflict)
		}
		_, err := b.Publish(b.ctx, "e", "2025-10", registry.PublishOptions{Secrets: citySecrets, Now: at(20)})
		b.refused("a second publication", err, registry.CodeConflict)
		want := state.Edition
		want.Releases = []registry.Release{state.Release}
		b.same("edition", b.edition("e"), want)
		b.same("areas", b.areas("e"), c.areas)
		b.same("indicators", b.indicators("e"), c.indicators)
		b.same("successions", b.successions("e"), c.successions)
		b.same("households", gathered(b, b.Households(b.ctx, "e")), c.households)
		b.same("enrolments", gathered(b, b.Enrolments(b.ctx, "e", "2025-10")), c.enrolments)
	}},
	{"programmes of a published edition have a revision", func(b *bench) {
		state := b.published("e", "", 10)
		programs, before, err := b.Programs(b.ctx, "e")
		b.ok(err)
		last := before
		for i := range 3 {
			programs[0].Name = "renamed"
			programs[1].Eligibility = registry.Filter{Decile: atMost(i + 1)}
			b.ok(b.PutPrograms(b.ctx, "e", registry.Import{Kind: registry.ImportPrograms, At: at(20 + i)}, programs))
			got, revision, err := b.Programs(b.ctx, "e")
			b.ok(err)
			b.same("programmes", got, programs)
			if revision <= last {
				b.Errorf("revision %d after %d: each change must raise it", revision, last)
			}
			last = revision
		}
		b.same("content hash", b.edition("e").ContentHash, state.Edition.ContentHash)
	}},
	{"programmes of another revision are not replaced", func(b *bench) {
		b.draft("e")
		all := cityContents(0).programs
		replace := func(revision int64, list []registry.Program) error {
			return b.PutPrograms(b.ctx, "e", registry.Import{Kind: registry.ImportPrograms, At: at(0), Replaces: &revision}, list)
		}
		for revision := range int64(3) { // 0 is that of an edition that had none yet
			b.refused("the next revision", replace(revision+1, all), registry.CodeConflict)
			b.ok(replace(revision, all[:revision+1]))
			got, next, err := b.Programs(b.ctx, "e")
			b.ok(err)
			b.same("programmes", got, all[:revision+1])
			b.same("revision", next, revision+1)
			b.refused("the revision before", replace(revision, all), registry.CodeConflict)
			b.same("programmes after what was refused", b.programs("e"), all[:revision+1])
		}
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("last import", imports[len(imports)-1], registry.Import{Kind: registry.ImportPrograms, At: at(0)})
	}},
}
