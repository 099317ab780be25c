package storetest

import "kantong/internal/registry"

// keySums are the sums of the record keys that a published edition must have: of all its records, and of the located.
func (b *bench) keySums(edition string) [2]registry.RecordKey {
	b.Helper()
	var all, located registry.Tally
	for _, r := range gathered(b, b.Records(b.ctx, edition)) {
		all.Add(0, r.Key)
		if r.Located {
			located.Add(0, r.Key)
		}
	}
	return [2]registry.RecordKey{all.Keys, located.Keys}
}

func sumsOf(e registry.Edition) [2]registry.RecordKey {
	return [2]registry.RecordKey{e.Keys, e.LocatedKeys}
}

// keyTests sum the keys of every world that has households, nobody located among them.
var keyTests = []storeTest{
	{"an edition's sums are those of its records", func(b *bench) {
		minutes := 10
		for _, w := range worlds() {
			if len(w.households) == 0 {
				continue
			}
			c := contents{programs: w.dataset.Programs, enrolments: w.enrolments}
			for i := range w.dataset.Areas.Len() {
				c.areas = append(c.areas, *w.dataset.Areas.Area(i))
			}
			for _, r := range w.households {
				c.households = append(c.households, r.Household)
			}
			id := w.dataset.State.Edition.ID
			b.draft(id)
			b.fill(id, "", c.shuffled())
			b.same(w.name+": of a draft", sumsOf(b.edition(id)), [2]registry.RecordKey{})
			state := b.publish(id, "", minutes)
			want := b.keySums(id)
			b.same(w.name+": of the state", sumsOf(state.Edition), want)
			b.same(w.name+": in the list", sumsOf(b.edition(id)), want)
			if want[0] == (registry.RecordKey{}) || want[0] == want[1] || (want[1] == registry.RecordKey{}) != (state.Edition.Located == 0) {
				b.Errorf("%s: sums %v tell nothing", w.name, want)
			}
			minutes += 10
		}
	}},
	{"another release keeps the sums", func(b *bench) {
		b.published("e", "2025-10", 10)
		want := b.keySums("e")
		b.ok(b.CreateRelease(b.ctx, "e", registry.Release{ID: "2025-11"}))
		b.same("while it is a draft", sumsOf(b.edition("e")), want)
		// Its secrets are not asked: the keys are those of the edition.
		state, err := b.Publish(b.ctx, "e", "2025-11", registry.PublishOptions{Secrets: registry.Secrets{Record: []byte("another")}, Now: at(20)})
		b.ok(err)
		b.same("of its state", sumsOf(state.Edition), want)
		b.same("in the list", sumsOf(b.edition("e")), want)
		b.same("of the records", b.keySums("e"), want)
	}},
}
