package corner

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
)

// Being is an interface of the schema.
type Being interface{ IsBeing() }

// Named is another.
type Named interface{ IsNamed() }

// Any is a union of the schema.
type Any interface{ IsAny() }

// Thing is an object with a field of every kind.
type Thing struct {
	Fate Fate
	Flag bool
	Tags []string
}

// NewThing makes a thing.
func NewThing(f Fate) *Thing {
	return &Thing{f, f%2 == 0, list(f.Of("tags", 0)&^1, Fate.text)}
}

func thingOrNone(f Fate) *Thing {
	if f.strikes("null") {
		return nil
	}
	return NewThing(f)
}

func (*Thing) IsBeing() {}
func (*Thing) IsNamed() {}
func (*Thing) IsAny()   {}

func (t *Thing) of(field string) Fate { return t.Fate.Of(field, 0).fall() }

func (t *Thing) ID() string      { return fmt.Sprintf("%x", uint16(t.of("id"))) }
func (t *Thing) Name() *string   { return maybe(t.of("name"), t.of("name").text()) }
func (t *Thing) Count() *int     { return maybe(t.of("count"), int(t.Fate%1000)) }
func (t *Thing) Ratio() *float64 { return maybe(t.of("ratio"), float64(t.Fate%1000)/7) }
func (t *Thing) Moody() Moody    { return Moody(t.of("moody")) }
func (t *Thing) Moods() []Moody  { return list(t.of("moods"), func(f Fate) Moody { return Moody(f) }) }
func (t *Thing) Notes() []*string {
	return list(t.of("notes"), func(f Fate) *string { return maybe(f, f.text()) })
}
func (t *Thing) Numbers() []int {
	return list(t.of("numbers"), func(f Fate) int { return -int(f % 9) })
}
func (t *Thing) Colour() Colour    { return AllColour[t.of("colour")%3] }
func (t *Thing) Leaf() Leaf        { return *NewLeaf(t.of("leaf")) }
func (t *Thing) LeafOrNone() *Leaf { return leafOrNone(t.of("leafOrNone")) }
func (t *Thing) Leaves() []Leaf {
	return list(t.of("leaves"), func(f Fate) Leaf { return *NewLeaf(f) })
}
func (t *Thing) MaybeLeaves() []*Leaf  { return list(t.of("maybeLeaves"), leafOrNone) }
func (t *Thing) StrictLeaves() []*Leaf { return list(t.of("strictLeaves"), leafOrNone) }
func (t *Thing) Words() [][]string {
	return list(t.of("words"), func(f Fate) []string { return list(f, Fate.text) })
}
func (t *Thing) Self() *Thing           { return thingOrNone(t.of("self")) }
func (t *Thing) Beings() []Being        { return list(t.of("beings"), beingOrNone) }
func (t *Thing) Being() Being           { return beingOrNone(t.of("being")) }
func (t *Thing) Loud() string           { return t.of("loud").text() }
func (t *Thing) LoudThing() *Thing      { return thingOrNone(t.of("loudThing")) }
func (t *Thing) Risky() (string, error) { return t.of("risky").text(), t.of("risky").fail() }
func (t *Thing) Shade() Shade           { return Shade(t.of("shade")) }
func (t *Thing) Shades() []Shade        { return list(t.of("shades"), func(f Fate) Shade { return Shade(f) }) }
func (t *Thing) MaybeShades() []*Shade {
	return list(t.of("maybeShades"), func(f Fate) *Shade { return maybe(f, Shade(f)) })
}
func (t *Thing) Colours() []Colour {
	return list(t.of("colours"), func(f Fate) Colour { return AllColour[f%3] })
}
func (t *Thing) MaybeColours() []*Colour {
	return list(t.of("maybeColours"), func(f Fate) *Colour { return maybe(f, AllColour[f%3]) })
}
func (t *Thing) Grid() [][]Leaf {
	return list(t.of("grid"), func(f Fate) []Leaf { return list(f, func(f Fate) Leaf { return *NewLeaf(f) }) })
}

// Any is a thing or a leaf.
func (t *Thing) Any() Any {
	if f := t.of("any"); f%2 == 0 {
		return NewThing(f)
	}
	return NewLeaf(t.of("any"))
}

func beingOrNone(f Fate) Being {
	switch {
	case f.strikes("null"):
		return nil
	case f%2 == 0:
		return NewThing(f)
	}
	return NewLeaf(f)
}

// Below and the following take a context, and see to it that it is the one of their field.
func (t *Thing) Below(ctx context.Context) (*Thing, error) { return t.at(ctx, "below") }
func (t *Thing) Aside(ctx context.Context) (*Thing, error) { return t.at(ctx, "aside") }

func (t *Thing) at(ctx context.Context, name string) (*Thing, error) {
	fc := graphql.GetFieldContext(ctx)
	if fc.Field.Name != name || fc.Object != "Thing" {
		return nil, fmt.Errorf("%s has the context of %s.%s", name, fc.Object, fc.Field.Name)
	}
	f := t.of(name)
	if err := f.fail(); err != nil {
		return nil, fmt.Errorf("%w, called %s", err, fc.Path())
	}
	return thingOrNone(f), nil
}

func (t *Thing) Others(ctx context.Context, n int, strict *Strict) ([]*Thing, error) {
	return t.some(ctx, "others", n)
}
func (t *Thing) SomeOthers(ctx context.Context, n int) ([]*Thing, error) {
	return t.some(ctx, "someOthers", n)
}

func (t *Thing) some(ctx context.Context, name string, n int) ([]*Thing, error) {
	var out []*Thing
	for i := range n % 4 {
		out = append(out, thingOrNone(t.of(name).Of("element", i)))
	}
	_, err := t.at(ctx, name)
	return out, err
}

func (t *Thing) Argued(n int, strict Strict) int { return n + int(strict) + int(t.of("argued")%5) }

func (t *Thing) RiskyLeaf(strict *Strict) (*Leaf, error) {
	f := t.of("riskyLeaf")
	return leafOrNone(f), f.fail()
}
