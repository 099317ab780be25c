package storetest

import (
	"context"
	"errors"
	"iter"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// edgeHouseholds are a city's with the extremes of every attribute among them.
func edgeHouseholds() []registry.Household {
	list := cityContents(60).households
	blank := registry.NewHousehold(list[3].ID, list[3].Area)
	blank.Derive()
	list[3] = blank
	full := &list[4]
	full.Located, full.Point = true, geo.PointE7{Lon: -1800000000, Lat: 900000000}
	full.RW, full.RT = " 01", "Ä'\"\\%_ "
	full.Members, full.Expenditure, full.PowerVA, full.HeadAge = registry.MaxMembers, registry.MaxExpenditureRupiah, 1_000_000, 130
	full.Score, full.FloorAreaM2 = -0.1-0.2, 5e-324
	full.Derive()
	list[5].Located, list[5].Point = true, geo.PointE7{}
	zero := &list[6]
	zero.Expenditure, zero.HeadAge, zero.Working, zero.Score, zero.FloorAreaM2 = 0, 0, 0, 0, 0
	zero.Persons = [registry.PersonKindCount]int{}
	zero.Derive()
	return list
}

var householdTests = []storeTest{
	{"households come back whole, by id", func(b *bench) {
		want := edgeHouseholds()
		b.draft("e")
		b.fill("e", "", cityContents(0))
		b.ok(b.putHouseholds("e", false, each(shuffled(want))))
		b.same("households", gathered(b, b.Households(b.ctx, "e")), want)
		b.publish("e", "", 10)
		b.same("households of the published edition", gathered(b, b.Households(b.ctx, "e")), want)
	}},
	{"households are replaced or added to", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all[3:9])))
		b.ok(b.putHouseholds("e", false, each(all[5:12])))
		b.same("replaced", gathered(b, b.Households(b.ctx, "e")), all[5:12])
		b.ok(b.putHouseholds("e", true, each(all[:5])))
		b.same("added to", gathered(b, b.Households(b.ctx, "e")), all[:12])
		b.ok(b.putHouseholds("e", false, each(all[:0])))
		b.same("replaced by none", gathered(b, b.Households(b.ctx, "e")), all[:0])
	}},
	{"an id is taken once", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all[:10])))
		again := all[4]
		again.Members = 1
		for name, put := range map[string]error{
			"twice in a file": b.putHouseholds("e", false, each(append(all[12:15:15], all[12]))),
			"already there":   b.putHouseholds("e", true, each(append(all[12:15:15], again))),
		} {
			b.refused(name, put, registry.CodeConflict)
			var e *registry.Error
			if errors.As(put, &e) && e.Field != "id" {
				b.Errorf("%s: field %q, want id", name, e.Field)
			}
		}
		b.same("households", gathered(b, b.Households(b.ctx, "e")), all[:10])
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("number of imports", len(imports), 1)
	}},
	{"a file that breaks off stores nothing", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all[:10])))
		for _, more := range []bool{false, true} {
			if err := b.putHouseholds("e", more, breaking(all[10:13])); !errors.Is(err, errUnreadable) {
				b.Errorf("append %v: error %v, want the sequence's own", more, err)
			}
		}
		b.same("households", gathered(b, b.Households(b.ctx, "e")), all[:10])
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("number of imports", len(imports), 1)
	}},
	{"a cancelled import stores nothing", func(b *bench) {
		all := cityContents(20).households
		b.draft("e")
		b.ok(b.putHouseholds("e", false, each(all[:10])))
		ctx, cancel := context.WithCancel(b.ctx)
		err := b.PutHouseholds(ctx, "e", &registry.Import{Kind: registry.ImportHouseholds, Append: true, At: at(1)}, func(yield func(registry.Household, error) bool) {
			for i, h := range all[10:] {
				if i == 3 {
					cancel()
				}
				if !yield(h, nil) {
					return
				}
			}
		})
		if !errors.Is(err, context.Canceled) {
			b.Errorf("error %v, want the context's own", err)
		}
		b.same("households", gathered(b, b.Households(b.ctx, "e")), all[:10])
	}},
	{"reading may stop early", func(b *bench) {
		b.published("e", "", 10)
		for range 20 {
			for range b.Households(b.ctx, "e") {
				break
			}
			for range b.Records(b.ctx, "e") {
				break
			}
			for range b.Enrolments(b.ctx, "e", "") {
				break
			}
		}
		b.draft("f")
		b.same("households", len(gathered(b, b.Households(b.ctx, "e"))), 12)
	}},
	{"records carry the keys of the secret", func(b *bench) {
		b.published("e", "", 10)
		var want []registry.Record
		for _, h := range cityContents(12).households {
			want = append(want, registry.Record{Household: h, Key: citySecrets.RecordKey(h.ID)})
		}
		b.same("records", gathered(b, b.Records(b.ctx, "e")), want)
	}},
	{"a draft has no records", func(b *bench) {
		b.draft("e")
		b.fill("e", "", cityContents(4))
		if _, err := list(b.Records(b.ctx, "e")); err == nil {
			b.Error("records of a draft are no error")
		}
	}},
	{"attributes in the order asked for, nil for strangers", func(b *bench) {
		all := edgeHouseholds()
		b.draft("e")
		b.fill("e", "", cityContents(0))
		b.ok(b.putHouseholds("e", false, each(shuffled(all))))
		var ids []registry.HouseholdID
		var want []*registry.Household
		for i := len(all) - 1; i >= 0; i -= 2 {
			stranger := all[i].ID
			stranger[9] ^= 0x3c
			ids = append(ids, all[i].ID, stranger)
			want = append(want, &all[i], nil)
		}
		ids, want = append(ids, ids[0]), append(want, want[0])
		ask := func(what string) {
			got, err := b.Attributes(b.ctx, "e", ids)
			b.ok(err)
			b.same(what, got, want)
			got, err = b.Attributes(b.ctx, "e", nil)
			b.ok(err)
			b.same("of nobody", got, want[:0])
		}
		ask("of a draft")
		b.publish("e", "", 10)
		ask("of a published edition")
	}},
}

func (b *bench) putHouseholds(edition string, more bool, seq iter.Seq2[registry.Household, error]) error {
	return b.PutHouseholds(b.ctx, edition, &registry.Import{Kind: registry.ImportHouseholds, Append: more, At: at(0)}, seq)
}
