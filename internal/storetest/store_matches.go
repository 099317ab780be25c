package storetest

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func compareHouseholdKeys(a, b registry.HouseholdKey) int {
	return cmp.Or(bytes.Compare(a.Household[:], b.Household[:]), registry.CompareMatchKeys(a.MatchKey, b.MatchKey))
}

// withKeys gives households keys of every kind, and gives the keys as MatchKeys must: some have none, and some share one.
func withKeys(households []registry.Household) (out []registry.Household, keys []registry.HouseholdKey) {
	ids := citySecrets.Identities()
	out = slices.Clone(households)
	for i := range out {
		h := &out[i]
		for k, kind := range registry.MatchKinds[:i%(len(registry.MatchKinds)+1)] {
			h.MatchKeys = append(h.MatchKeys, ids.Match(kind, string(rune('a'+i/2*k))), ids.Match(kind, h.ID.String()))
		}
		for _, k := range h.MatchKeys {
			keys = append(keys, registry.HouseholdKey{Household: h.ID, MatchKey: k})
		}
	}
	slices.SortFunc(keys, compareHouseholdKeys)
	return out, keys
}

// of keeps the keys of some households.
func of(keys []registry.HouseholdKey, households []registry.Household) (out []registry.HouseholdKey) {
	for _, k := range keys {
		if slices.ContainsFunc(households, func(h registry.Household) bool { return h.ID == k.Household }) {
			out = append(out, k)
		}
	}
	return out
}

var matchTests = []storeTest{
	{"match keys come back whole, by household, kind, hash", func(b *bench) {
		c := cityContents(60)
		plain := c.households
		keyed, keys := withKeys(plain)
		c.households = keyed
		b.draft("e")
		b.fill("e", "", c.shuffled())
		b.same("keys", gathered(b, b.MatchKeys(b.ctx, "e")), keys)
		b.same("households", gathered(b, b.Households(b.ctx, "e")), plain)
		b.same("households with their keys", len(gathered(b, registry.WithMatchKeys(b.Households(b.ctx, "e"), b.MatchKeys(b.ctx, "e")))), len(keyed))
		for i, h := range gathered(b, registry.WithMatchKeys(b.Households(b.ctx, "e"), b.MatchKeys(b.ctx, "e"))) {
			slices.SortFunc(keyed[i].MatchKeys, registry.CompareMatchKeys)
			b.same("a household with its keys", h, keyed[i])
		}
		state := b.publish("e", "", 10)
		b.same("keys of the published edition", gathered(b, b.MatchKeys(b.ctx, "e")), keys)
		c.households = plain
		b.same("hash", state.Edition.ContentHash, c.editionHash())
	}},
	{"match keys come and go with their households", func(b *bench) {
		all, keys := withKeys(cityContents(20).households)
		b.draft("e")
		b.draft("f")
		b.ok(b.putHouseholds("f", false, each(all)))
		b.ok(b.putHouseholds("e", false, each(all[3:9])))
		b.ok(b.putHouseholds("e", false, each(all[5:12])))
		b.same("replaced", gathered(b, b.MatchKeys(b.ctx, "e")), of(keys, all[5:12]))
		b.ok(b.putHouseholds("e", true, each(all[:5])))
		b.same("added to", gathered(b, b.MatchKeys(b.ctx, "e")), of(keys, all[:12]))
		if err := b.putHouseholds("e", false, breaking(all[13:])); !errors.Is(err, errUnreadable) {
			b.Errorf("error %v, want the sequence's own", err)
		}
		b.same("after a file that broke off", gathered(b, b.MatchKeys(b.ctx, "e")), of(keys, all[:12]))
		b.ok(b.Discard(b.ctx, "e", ""))
		b.draft("e")
		b.same("after the draft was discarded", gathered(b, b.MatchKeys(b.ctx, "e")), []registry.HouseholdKey{})
		b.ok(b.putHouseholds("e", false, each(cityContents(20).households)))
		b.same("of others", gathered(b, b.MatchKeys(b.ctx, "e")), []registry.HouseholdKey{})
		b.same("of another draft", gathered(b, b.MatchKeys(b.ctx, "f")), keys)
	}},
	{"reading match keys may stop early", func(b *bench) {
		all, _ := withKeys(cityContents(20).households)
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all)))
		for range 20 {
			for range registry.WithMatchKeys(b.Households(b.ctx, "e"), b.MatchKeys(b.ctx, "e")) {
				break
			}
		}
		b.draft("f")
	}},
}

// locations are points for some households of a list, not all of which have one.
func locations(households []registry.Household) (points []registry.HouseholdPoint) {
	for i, h := range households {
		if i%3 == 0 {
			points = append(points, registry.HouseholdPoint{Household: h.ID, Point: geo.PointE7{Lon: 1061000000 + int32(i), Lat: -21000000}})
		}
	}
	return points
}

var pointTests = []storeTest{
	{"points come later", func(b *bench) {
		c := cityContents(40)
		keyed, keys := withKeys(c.households)
		points := locations(c.households)
		want := slices.Clone(c.households)
		located := int64(0)
		for i := range want {
			if i%3 == 0 {
				want[i].Located, want[i].Point = true, points[i/3].Point
			}
			if want[i].Located {
				located++
			}
		}
		filled := c
		filled.households = keyed
		b.draft("e")
		b.fill("e", "", filled)
		im := registry.Import{Kind: registry.ImportPoints, File: "points.csv", Append: true, At: at(1)}
		b.ok(b.PutPoints(b.ctx, "e", &im, each(points)))
		b.same("households", gathered(b, b.Households(b.ctx, "e")), want)
		b.same("keys", gathered(b, b.MatchKeys(b.ctx, "e")), keys)
		b.same("located", b.edition("e").Located, located)
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("last import", imports[len(imports)-1], im)
		c.households = want
		b.same("hash", b.publish("e", "", 10).Edition.ContentHash, c.editionHash())
		b.same("published", gathered(b, b.Households(b.ctx, "e")), want)
		b.refused("points of a published edition", b.PutPoints(b.ctx, "e", &im, each(points)), registry.CodeConflict)
	}},
	{"points of strangers, or that break off, store nothing", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		im := registry.Import{Kind: registry.ImportPoints, Append: true, At: at(1)}
		b.refused("before any household", b.PutPoints(b.ctx, "e", &im, each(locations(all))), registry.CodeNotFound)
		b.ok(b.putHouseholds("e", false, each(all[:18])))
		b.refused("of a stranger", b.PutPoints(b.ctx, "e", &im, each(locations(all))), registry.CodeNotFound)
		if err := b.PutPoints(b.ctx, "e", &im, breaking(locations(all[:18]))); !errors.Is(err, errUnreadable) {
			b.Errorf("error %v, want the sequence's own", err)
		}
		b.same("households", gathered(b, b.Households(b.ctx, "e")), all[:18])
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("number of imports", len(imports), 1)
	}},
	{"who replaces households forgets their points", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all[:10])))
		im := registry.Import{Kind: registry.ImportPoints, Append: true, Rejected: 3, At: at(1)}
		b.ok(b.PutPoints(b.ctx, "e", &im, each(locations(all[:10]))))
		b.ok(b.putHouseholds("e", true, each(all[10:12])))
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("imports after more households", len(imports), 3)
		b.ok(b.putHouseholds("e", false, each(all)))
		b.same("households", gathered(b, b.Households(b.ctx, "e")), all)
		imports, err = b.Imports(b.ctx, "e")
		b.ok(err)
		for _, im := range imports {
			if im.Kind == registry.ImportPoints {
				b.Errorf("imports %+v: points among them", imports)
			}
		}
	}},
}

// notFound are counts of recipients.
func notFound() []registry.Unmatched {
	return []registry.Unmatched{
		{Program: "BPNT", Recipients: 3, Keys: registry.RecordKey{1<<32 - 1, 5}},
		{Program: "BPNT", Area: "19.71.01.1001", Recipients: 40_000_000_000, Keys: registry.RecordKey{7, 1<<32 - 1}},
		{Program: "PKH", Area: "19.71.01.1001", Recipients: 1, Keys: registry.RecordKey{1, 2}},
		{Program: "PKH", Area: "19.71.01.1003", Recipients: 2},
	}
}

func (b *bench) unmatched(edition, release string) []registry.Unmatched {
	b.Helper()
	list, err := b.Unmatched(b.ctx, edition, release)
	b.ok(err)
	return list
}

var unmatchedTests = []storeTest{
	{"recipients not found are counted by programme and area", func(b *bench) {
		c := cityContents(12)
		b.draft("e")
		b.fill("e", "", c)
		put := func(more bool, list []registry.Unmatched) {
			b.Helper()
			im := registry.Import{Kind: registry.ImportEnrolments, Append: more, At: at(0), Unmatched: list}
			b.ok(b.PutEnrolments(b.ctx, "e", "", &im, each(c.enrolments[:0])))
		}
		b.same("none", b.unmatched("e", ""), []registry.Unmatched{})
		put(false, notFound()[1:])
		put(false, shuffled(notFound()))
		b.same("replaced", b.unmatched("e", ""), notFound())
		put(true, []registry.Unmatched{{Program: "BPNT", Recipients: 4, Keys: registry.RecordKey{2, 2}}, {Program: "BLT", Area: "19.71.01.1001", Recipients: 9}})
		want := append([]registry.Unmatched{{Program: "BLT", Area: "19.71.01.1001", Recipients: 9}}, notFound()...)
		want[1].Recipients, want[1].Keys = 7, registry.RecordKey{1, 7}
		b.same("added to", b.unmatched("e", ""), want)
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("logged", imports[len(imports)-1].Unmatched, []registry.Unmatched{})
		put(false, nil)
		b.same("replaced by none", b.unmatched("e", ""), []registry.Unmatched{})
	}},
	{"recipients not found belong to their release", func(b *bench) {
		c := cityContents(12)
		b.published("e", "2025-10", 10)
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11"}))
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-12"}))
		put := func(release string, more bool) error {
			im := registry.Import{Kind: registry.ImportEnrolments, Release: release, Append: more, At: at(0), Unmatched: notFound()}
			return b.PutEnrolments(b.ctx, "e", release, &im, each(c.enrolments))
		}
		b.ok(put("2025-11", false))
		b.ok(put("2025-12", false))
		c.unmatched = notFound()
		state := b.publish("e", "2025-11", 20)
		b.same("hash", state.Release.ContentHash, c.releaseHash())
		if c.unmatched = nil; state.Release.ContentHash == c.releaseHash() {
			b.Error("the hash does not tell who was not found")
		}
		b.refused("once it is published", put("2025-11", true), registry.CodeConflict)
		b.same("of the published release", b.unmatched("e", "2025-11"), notFound())
		b.same("of a former one", b.unmatched("e", "2025-10"), []registry.Unmatched{})
		b.ok(b.Discard(b.ctx, "e", "2025-12"))
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-12"}))
		b.same("of one that was discarded", b.unmatched("e", "2025-12"), []registry.Unmatched{})
		b.draft("d")
		b.fill("d", "", cityContents(4))
		im := registry.Import{Kind: registry.ImportEnrolments, At: at(0), Unmatched: notFound()}
		b.ok(b.PutEnrolments(b.ctx, "d", "", &im, each(c.enrolments[:0])))
		b.ok(b.Discard(b.ctx, "d", ""))
		b.draft("d")
		b.ok(b.PutEnrolments(b.ctx, "d", "", &registry.Import{Kind: registry.ImportEnrolments, At: at(0)}, each(c.enrolments[:0])))
		b.same("of a draft that was discarded", b.unmatched("d", ""), []registry.Unmatched{})
	}},
}
