package storetest

import (
	"slices"

	"kantong/internal/registry"
)

// editionHash is what every store must find for these contents, which are in canonical order.
func (c contents) editionHash() string {
	hash := registry.NewContentHash()
	for i := range c.areas {
		hash.Area(&c.areas[i])
	}
	for i := range c.households {
		hash.Household(&c.households[i])
	}
	for i := range c.indicators {
		hash.Indicator(&c.indicators[i])
	}
	for i := range c.successions {
		hash.Succession(&c.successions[i])
	}
	return hash.Hex()
}

func (c contents) releaseHash() string {
	hash := registry.NewContentHash()
	for i := range c.enrolments {
		hash.Enrolment(&c.enrolments[i])
	}
	for i := range c.unmatched {
		hash.Unmatched(&c.unmatched[i])
	}
	return hash.Hex()
}

var hashTests = []storeTest{
	{"equal contents have equal hashes in whatever order they came", func(b *bench) {
		whole := cityContents(40)
		want := registry.StateHash(whole.editionHash(), whole.releaseHash())
		b.draft("at-once")
		b.fill("at-once", "", whole)
		b.same("hash of contents in order", b.publish("at-once", "", 10).Hash, want)

		other := b.fresh()
		mixed := whole.shuffled()
		other.draft("in-parts")
		first, rest := mixed, mixed
		first.households, rest.households = mixed.households[:25], mixed.households[25:]
		first.enrolments, rest.enrolments = mixed.enrolments[:10], mixed.enrolments[10:]
		other.fill("in-parts", "", first)
		other.ok(other.putHouseholds("in-parts", true, each(rest.households)))
		other.ok(other.PutEnrolments(b.ctx, "in-parts", "", &registry.Import{Kind: registry.ImportEnrolments, Append: true, At: at(1)}, each(rest.enrolments)))
		other.same("hash of contents in parts and no order", other.publish("in-parts", "", 99).Hash, want)
	}},
	{"a hash does not depend on secrets or programmes", func(b *bench) {
		c := cityContents(12)
		b.draft("e")
		b.fill("e", "", c)
		c.programs[0].Name = "renamed"
		b.ok(b.PutPrograms(b.ctx, "e", registry.Import{Kind: registry.ImportPrograms, At: at(1)}, c.programs))
		state, err := b.Publish(b.ctx, "e", "", registry.PublishOptions{Secrets: registry.Secrets{Record: []byte("another")}, Now: at(10)})
		b.ok(err)
		b.same("hash", state.Hash, registry.StateHash(c.editionHash(), c.releaseHash()))
	}},
	{"a hash tells one changed field", func(b *bench) {
		for name, change := range map[string]func(*contents){
			"household":     func(c *contents) { c.households[7].HeadAge++ },
			"location":      func(c *contents) { c.households[5].Located = !c.households[5].Located },
			"area":          func(c *contents) { c.areas[3].Name += "x" },
			"indicator":     func(c *contents) { c.indicators[2].Value += 0.001 },
			"succession":    func(c *contents) { c.successions[1].Decree += "x" },
			"no succession": func(c *contents) { c.successions = nil },
			"enrolment":     func(c *contents) { c.enrolments[4].Rupiah++ },
		} {
			plain, c := cityContents(12), cityContents(12)
			c.households = slices.Clone(c.households)
			change(&c)
			b.draft("e")
			b.fill("e", "", c)
			hash := b.publish("e", "", 10).Hash
			b.same(name, hash, registry.StateHash(c.editionHash(), c.releaseHash()))
			if hash == registry.StateHash(plain.editionHash(), plain.releaseHash()) {
				b.Errorf("%s: the hash has not changed", name)
			}
			b = b.fresh()
		}
	}},
}
