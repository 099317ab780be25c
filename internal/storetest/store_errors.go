package storetest

import (
	"context"
	"errors"

	"kantong/internal/registry"
)

// calls makes every call that names an edition, and gives the errors by method.
func (b *bench) calls(ctx context.Context, edition, release string) map[string]error {
	c := cityContents(2)
	out := map[string]error{
		"CreateRelease":  b.CreateRelease(ctx, edition, registry.Release{ID: "new"}),
		"Discard":        b.Discard(ctx, edition, release),
		"PutAreas":       b.PutAreas(ctx, edition, registry.Import{Kind: registry.ImportAreas, At: at(0)}, c.areas),
		"PutPrograms":    b.PutPrograms(ctx, edition, registry.Import{Kind: registry.ImportPrograms, At: at(0)}, c.programs),
		"PutIndicators":  b.PutIndicators(ctx, edition, registry.Import{Kind: registry.ImportIndicators, At: at(0)}, c.indicators),
		"PutSuccessions": b.PutSuccessions(ctx, edition, registry.Import{Kind: registry.ImportSuccessions, At: at(0)}, c.successions),
		"PutHouseholds":  b.PutHouseholds(ctx, edition, &registry.Import{Kind: registry.ImportHouseholds, At: at(0)}, each(c.households)),
		"PutEnrolments":  b.PutEnrolments(ctx, edition, release, &registry.Import{Kind: registry.ImportEnrolments, At: at(0)}, each(c.enrolments)),
		"PutPoints":      b.PutPoints(ctx, edition, &registry.Import{Kind: registry.ImportPoints, At: at(0)}, each([]registry.HouseholdPoint{})),
	}
	_, out["Publish"] = b.Publish(ctx, edition, release, registry.PublishOptions{Secrets: citySecrets, Now: at(0)})
	_, out["Imports"] = b.Imports(ctx, edition)
	_, out["Areas"] = b.Areas(ctx, edition)
	_, _, out["Programs"] = b.Programs(ctx, edition)
	_, out["Indicators"] = b.Indicators(ctx, edition)
	_, out["Successions"] = b.Successions(ctx, edition)
	_, out["Households"] = list(b.Households(ctx, edition))
	_, out["Records"] = list(b.Records(ctx, edition))
	_, out["Enrolments"] = list(b.Enrolments(ctx, edition, release))
	_, out["MatchKeys"] = list(b.MatchKeys(ctx, edition))
	_, out["Unmatched"] = b.Unmatched(ctx, edition, release)
	_, out["Attributes"] = b.Attributes(ctx, edition, []registry.HouseholdID{{1}})
	return out
}

var errorTests = []storeTest{
	{"an edition that is not there", func(b *bench) {
		b.published("e", "", 10)
		for method, err := range b.calls(b.ctx, "no-such", "") {
			b.refused(method, err, registry.CodeNotFound)
		}
	}},
	{"a release that is not there", func(b *bench) {
		b.published("published", "", 10)
		b.draft("draft")
		b.fill("draft", "", cityContents(4))
		for _, edition := range []string{"published", "draft"} {
			_, err := b.Publish(b.ctx, edition, "no-such", registry.PublishOptions{Secrets: citySecrets, Now: at(20)})
			b.refused("Publish", err, registry.CodeNotFound)
			b.refused("Discard", b.Discard(b.ctx, edition, "no-such"), registry.CodeNotFound)
			b.refused("PutEnrolments", b.PutEnrolments(b.ctx, edition, "no-such", &registry.Import{Kind: registry.ImportEnrolments, At: at(0)}, each([]registry.Enrolment{})), registry.CodeNotFound)
			_, err = list(b.Enrolments(b.ctx, edition, "no-such"))
			b.refused("Enrolments", err, registry.CodeNotFound)
			_, err = b.Unmatched(b.ctx, edition, "no-such")
			b.refused("Unmatched", err, registry.CodeNotFound)
		}
	}},
	{"a cancelled context", func(b *bench) {
		b.draft("e")
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-10"}))
		b.fill("e", "2025-10", cityContents(4))
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		errs := b.calls(ctx, "e", "2025-10")
		_, errs["Editions"] = b.Editions(ctx)
		errs["CreateEdition"] = b.CreateEdition(ctx, registry.Edition{ID: "f"})
		_, errs["Blocks"] = b.Blocks(ctx)
		errs["AddBlocks"] = b.AddBlocks(ctx, someTrees())
		_, errs["Fingerprints"] = b.Fingerprints(ctx)
		errs["SetFingerprints"] = b.SetFingerprints(ctx, map[string]string{"record": "0"})
		for method, err := range errs {
			if method == "Records" { // which a draft does not have in the first place
				continue
			}
			if !errors.Is(err, context.Canceled) {
				b.Errorf("%s: error %v, want the context's own", method, err)
			}
		}
		b.same("households", gathered(b, b.Households(b.ctx, "e")), cityContents(4).households)
		editions, err := b.Editions(b.ctx)
		b.ok(err)
		b.same("number of editions", len(editions), 1)
		b.same("blocks", b.blocks(), []registry.BlockTree{})
		b.same("fingerprints", b.fingerprints(), map[string]string{})
	}},
}
