package storetest

import (
	"errors"

	"kantong/internal/registry"
)

var enrolmentTests = []storeTest{
	{"enrolments come back whole, by household, programme, since", func(b *bench) {
		want := cityContents(40)
		b.draft("e")
		b.fill("e", "", want.shuffled())
		b.same("enrolments", gathered(b, b.Enrolments(b.ctx, "e", "")), want.enrolments)
		b.publish("e", "", 10)
		b.same("enrolments of the published edition", gathered(b, b.Enrolments(b.ctx, "e", "")), want.enrolments)
	}},
	{"enrolments are replaced or added to", func(b *bench) {
		all := cityContents(40).enrolments
		b.draft("e")
		put := func(more bool, list []registry.Enrolment) {
			b.Helper()
			b.ok(b.PutEnrolments(b.ctx, "e", "", &registry.Import{Kind: registry.ImportEnrolments, Append: more, At: at(0)}, each(list)))
		}
		put(false, all[3:9])
		put(false, all[5:12])
		b.same("replaced", gathered(b, b.Enrolments(b.ctx, "e", "")), all[5:12])
		put(true, all[:5])
		b.same("added to", gathered(b, b.Enrolments(b.ctx, "e", "")), all[:12])
		put(false, nil)
		b.same("replaced by none", gathered(b, b.Enrolments(b.ctx, "e", "")), all[:0])
	}},
	{"a file of enrolments that breaks off stores nothing", func(b *bench) {
		all := cityContents(40).enrolments
		b.draft("e")
		b.putEnrolments("e", "", all[:5])
		for _, more := range []bool{false, true} {
			err := b.PutEnrolments(b.ctx, "e", "", &registry.Import{Kind: registry.ImportEnrolments, Append: more, At: at(0)}, breaking(all[5:8]))
			if !errors.Is(err, errUnreadable) {
				b.Errorf("append %v: error %v, want the sequence's own", more, err)
			}
		}
		b.same("enrolments", gathered(b, b.Enrolments(b.ctx, "e", "")), all[:5])
		imports, err := b.Imports(b.ctx, "e")
		b.ok(err)
		b.same("number of imports", len(imports), 1)
	}},
	{"releases don't mix", func(b *bench) {
		all := cityContents(40).enrolments
		b.draft("e")
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-10"}))
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11"}))
		b.putEnrolments("e", "", all[:3])
		b.putEnrolments("e", "2025-10", all[2:8])
		b.putEnrolments("e", "2025-11", all[8:])
		b.same("the edition's own", gathered(b, b.Enrolments(b.ctx, "e", "")), all[:3])
		b.same("one release", gathered(b, b.Enrolments(b.ctx, "e", "2025-10")), all[2:8])
		b.same("the other", gathered(b, b.Enrolments(b.ctx, "e", "2025-11")), all[8:])
	}},
}
