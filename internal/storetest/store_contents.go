package storetest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// sort brings contents into the order that readers give them in.
func (c *contents) sort() {
	slices.SortFunc(c.areas, func(a, b registry.Area) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(c.programs, func(a, b registry.Program) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(c.indicators, func(a, b registry.AreaIndicator) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Year, b.Year))
	})
	slices.SortFunc(c.successions, compareSuccessions)
	slices.SortFunc(c.households, func(a, b registry.Household) int { return slices.Compare(a.ID[:], b.ID[:]) })
	slices.SortFunc(c.enrolments, func(a, b registry.Enrolment) int {
		return cmp.Or(slices.Compare(a.Household[:], b.Household[:]), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Since, b.Since))
	})
}

func compareSuccessions(a, b registry.Succession) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Predecessor, b.Predecessor))
}

// shuffled gives the same contents in another order.
func (c contents) shuffled() contents {
	return contents{shuffled(c.areas), shuffled(c.programs), shuffled(c.indicators), shuffled(c.households), shuffled(c.enrolments), shuffled(c.unmatched), shuffled(c.successions)}
}

var contentTests = []storeTest{
	{"areas come back whole, by code", func(b *bench) {
		want := cityContents(0).areas
		want[0].BPSCode, want[0].Name, want[0].Source = "", "Désa “Tanjung” 'X'", ""
		want[1].Boundary = orb.MultiPolygon{{{{1.0 / 3, -1.0 / 7}, {106.123456789012, 0}, {106, 0.1 + 0.2}, {1.0 / 3, -1.0 / 7}}}}
		b.draft("e")
		b.ok(b.PutAreas(b.ctx, "e", registry.Import{Kind: registry.ImportAreas, At: at(0)}, shuffled(want)))
		b.same("areas", b.areas("e"), want)
		b.fillRest("e")
		b.publish("e", "", 10)
		b.same("areas of the published edition", b.areas("e"), want)
	}},
	{"areas are replaced or added to", func(b *bench) {
		all := cityContents(0).areas
		b.draft("e")
		put := func(more bool, list ...registry.Area) error {
			return b.PutAreas(b.ctx, "e", registry.Import{Kind: registry.ImportAreas, Append: more, At: at(0)}, list)
		}
		b.ok(put(false, all[3:6]...))
		b.ok(put(false, all[2:4]...))
		b.same("replaced", b.areas("e"), all[2:4])
		b.ok(put(true, all[0], all[6]))
		b.same("added to", b.areas("e"), []registry.Area{all[0], all[2], all[3], all[6]})
		b.refused("the same area again", put(true, all[7], all[6]), registry.CodeConflict, registry.CodeBadUserInput)
		b.refused("an area twice", put(false, all[7], all[7]), registry.CodeConflict, registry.CodeBadUserInput)
		b.same("after what was refused", b.areas("e"), []registry.Area{all[0], all[2], all[3], all[6]})
	}},
	{"programmes come back whole, by code bytewise", func(b *bench) {
		want := cityContents(0).programs
		budget, unit, none := int64(9_007_199_254_740_993), int64(2_400_000), int64(0)
		want[1].BudgetRupiah, want[1].UnitCostRupiah, want[1].Funder, want[1].FunderKind, want[1].Source = &budget, &unit, "Yayasan 'X'", registry.FunderCivilSociety, "SK 12/2025"
		want[2].BudgetRupiah, want[2].Pillar, want[2].Year = &none, registry.PillarEducation, 2024
		b.draft("e")
		b.ok(b.PutPrograms(b.ctx, "e", registry.Import{Kind: registry.ImportPrograms, At: at(0)}, shuffled(want)))
		b.same("programmes", b.programs("e"), want)
	}},
	{"programmes are replaced or added to", func(b *bench) {
		all := cityContents(0).programs
		b.draft("e")
		put := func(more bool, list ...registry.Program) error {
			return b.PutPrograms(b.ctx, "e", registry.Import{Kind: registry.ImportPrograms, Append: more, At: at(0)}, list)
		}
		b.ok(put(false, all[3:6]...))
		b.ok(put(false, all[2:4]...))
		b.same("replaced", b.programs("e"), all[2:4])
		b.ok(put(true, all[0], all[6]))
		b.same("added to", b.programs("e"), []registry.Program{all[0], all[2], all[3], all[6]})
		b.refused("a programme twice", put(false, all[7], all[7]), registry.CodeConflict, registry.CodeBadUserInput)
		var tooMany []registry.Program
		for i := range registry.MaxPrograms + 1 {
			p := all[0]
			p.Code = fmt.Sprintf("P%d", i)
			tooMany = append(tooMany, p)
		}
		b.refused("more programmes than there may be", put(false, tooMany...), registry.CodeBadUserInput)
		b.same("after what was refused", b.programs("e"), []registry.Program{all[0], all[2], all[3], all[6]})
		b.ok(put(false, tooMany[1:]...))
		b.same("as many as there may be", len(b.programs("e")), registry.MaxPrograms)
	}},
	{"indicators come back whole, by area, code bytewise, year", func(b *bench) {
		want := cityContents(0).indicators
		b.draft("e")
		b.ok(b.PutIndicators(b.ctx, "e", registry.Import{Kind: registry.ImportIndicators, At: at(0)}, shuffled(want)))
		b.same("indicators", b.indicators("e"), want)
	}},
	{"indicators are replaced or added to", func(b *bench) {
		all := cityContents(0).indicators
		b.draft("e")
		put := func(more bool, list ...registry.AreaIndicator) error {
			return b.PutIndicators(b.ctx, "e", registry.Import{Kind: registry.ImportIndicators, Append: more, At: at(0)}, list)
		}
		b.ok(put(false, all[3:6]...))
		b.ok(put(false, all[2:4]...))
		b.same("replaced", b.indicators("e"), all[2:4])
		b.ok(put(true, all[6], all[0]))
		b.same("added to", b.indicators("e"), []registry.AreaIndicator{all[0], all[2], all[3], all[6]})
		b.ok(put(false))
		b.same("replaced by none", b.indicators("e"), []registry.AreaIndicator{})
	}},
	{"successions come back whole, by code and predecessor", func(b *bench) {
		want := cityContents(0).successions
		b.draft("e")
		b.same("of a new draft", b.successions("e"), []registry.Succession{})
		b.ok(b.PutSuccessions(b.ctx, "e", registry.Import{Kind: registry.ImportSuccessions, At: at(0)}, shuffled(want)))
		b.same("successions", b.successions("e"), want)
	}},
	{"successions are replaced or added to", func(b *bench) {
		all := cityContents(0).successions
		b.draft("e")
		put := func(more bool, list ...registry.Succession) error {
			return b.PutSuccessions(b.ctx, "e", registry.Import{Kind: registry.ImportSuccessions, Append: more, At: at(0)}, list)
		}
		b.ok(put(false, all[:3]...))
		b.ok(put(false, all[1:2]...))
		b.same("replaced", b.successions("e"), all[1:2])
		b.ok(put(true, all[2], all[0]))
		b.same("added to", b.successions("e"), all[:3])
		b.refused("the same again", put(true, all[3], all[1]), registry.CodeConflict)
		b.refused("one twice", put(false, all[3], all[3]), registry.CodeConflict)
		for name, bad := range map[string]registry.Succession{
			"no code":        {Code: "19.71.1", Predecessor: "19.71.01"},
			"no predecessor": {Code: "19.71.01", Predecessor: ""},
			"another level":  {Code: "19.71.01.1001", Predecessor: "19.71.01"},
			"a city":         {Code: "19.71", Predecessor: "19.71"},
			"no date":        {Code: "19.71.01", Predecessor: "19.71.02", Date: "2025-02-30"},
		} {
			b.refused(name, put(false, all[3], bad), registry.CodeBadUserInput)
		}
		b.same("after what was refused", b.successions("e"), all[:3])
		b.ok(put(false))
		b.same("replaced by none", b.successions("e"), []registry.Succession{})
	}},
	{"editions don't mix", func(b *bench) {
		c := cityContents(6)
		b.draft("a")
		b.draft("b")
		b.fill("a", "", c)
		b.fill("b", "", contents{areas: c.areas[:2], programs: c.programs[:1], indicators: c.indicators[:1], households: c.households[:3]})
		b.same("areas", len(b.areas("a")), len(c.areas))
		b.same("programmes", len(b.programs("a")), len(c.programs))
		b.same("indicators", len(b.indicators("a")), len(c.indicators))
		b.same("successions", b.successions("a"), c.successions)
		b.same("successions of the other", b.successions("b"), []registry.Succession{})
		b.same("households of one", gathered(b, b.Households(b.ctx, "a")), c.households)
		b.same("households of the other", gathered(b, b.Households(b.ctx, "b")), c.households[:3])
		b.same("enrolments", len(gathered(b, b.Enrolments(b.ctx, "b", ""))), 0)
	}},
	{"imports are logged, oldest first", func(b *bench) {
		b.draft("e")
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-10"}))
		c := cityContents(4)
		log := []registry.Import{
			{Kind: registry.ImportAreas, File: "areas.geojson", SHA256: "aa", Rows: 18, Rejected: 1, At: at(1)},
			{Kind: registry.ImportPrograms, File: "z.csv", SHA256: "bb", Rows: 8, At: at(2)},
			{Kind: registry.ImportIndicators, File: "a.csv", SHA256: "cc", Rows: 11, At: at(3)},
			{Kind: registry.ImportHouseholds, File: "h.csv", SHA256: "dd", At: at(4)},
			{Kind: registry.ImportHouseholds, File: "h2.csv", SHA256: "ee", Append: true, At: at(5)},
			{Kind: registry.ImportEnrolments, Release: "2025-10", File: "e.csv", SHA256: "ff", Rows: 3, At: at(6)},
		}
		b.ok(b.PutAreas(b.ctx, "e", log[0], c.areas))
		b.ok(b.PutPrograms(b.ctx, "e", log[1], c.programs))
		b.ok(b.PutIndicators(b.ctx, "e", log[2], c.indicators))
		// The counts are known only when the file has been read.
		filling := log[3]
		b.ok(b.PutHouseholds(b.ctx, "e", &filling, func(yield func(registry.Household, error) bool) {
			if yield(c.households[0], nil) {
				filling.Rows, filling.Rejected = 1, 2
			}
		}))
		log[3].Rows, log[3].Rejected = 1, 2
		b.ok(b.PutHouseholds(b.ctx, "e", &log[4], each(c.households[1:])))
		b.ok(b.PutEnrolments(b.ctx, "e", "2025-10", &log[5], each(c.enrolments)))
		got, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("imports", got, log)
	}},
}

func (b *bench) areas(edition string) []registry.Area {
	b.Helper()
	out, err := b.Areas(b.ctx, edition)
	b.ok(err)
	return out
}

func (b *bench) programs(edition string) []registry.Program {
	b.Helper()
	out, _, err := b.Programs(b.ctx, edition)
	b.ok(err)
	return out
}

func (b *bench) indicators(edition string) []registry.AreaIndicator {
	b.Helper()
	out, err := b.Indicators(b.ctx, edition)
	b.ok(err)
	return out
}

func (b *bench) successions(edition string) []registry.Succession {
	b.Helper()
	out, err := b.Successions(b.ctx, edition)
	b.ok(err)
	return out
}

// fillRest puts everything but areas into a draft.
func (b *bench) fillRest(edition string) {
	b.Helper()
	c := cityContents(4)
	b.ok(b.PutPrograms(b.ctx, edition, registry.Import{Kind: registry.ImportPrograms, At: at(0)}, c.programs))
	b.ok(b.PutHouseholds(b.ctx, edition, &registry.Import{Kind: registry.ImportHouseholds, At: at(0)}, each(c.households)))
}
