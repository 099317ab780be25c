package corner

import "context"

// Resolver resolves the roots, and what a model does not.
type Resolver struct{}

func root(field string, seed int) Fate { return Fate(seed).Of(field, 0).fall() }

func thing(field string, seed int) (*Thing, error) {
	f := root(field, seed)
	return thingOrNone(f), f.fail()
}

func (Resolver) One(_ context.Context, seed int) (*Thing, error)     { return thing("one", seed) }
func (Resolver) Perhaps(_ context.Context, seed int) (*Thing, error) { return thing("perhaps", seed) }
func (Resolver) Change(_ context.Context, seed int) (*Thing, error)  { return thing("change", seed) }

func (Resolver) Many(_ context.Context, seed, n int) ([]*Thing, error) {
	return list(root("many", seed+n), thingOrNone), nil
}
func (Resolver) Some(_ context.Context, seed, n int) ([]*Thing, error) {
	return list(root("some", seed+n), thingOrNone), nil
}
func (Resolver) Leaf(_ context.Context, seed int) (*Leaf, error) {
	return leafOrNone(root("leaf", seed)), nil
}
func (Resolver) Forget(_ context.Context, seed int) (*Leaf, error) {
	return leafOrNone(root("forget", seed)), nil
}
func (Resolver) Leaves(_ context.Context, seed, n int) ([]*Leaf, error) {
	return list(root("leaves", seed+n), leafOrNone), nil
}
func (Resolver) Being(_ context.Context, seed int) (Being, error) {
	return beingOrNone(root("being", seed)), nil
}
func (Resolver) Word(_ context.Context, seed int) (string, error) {
	f := root("word", seed)
	return f.text(), f.fail()
}

// Resolved is a field with a resolver of its own.
func (Resolver) Resolved(_ context.Context, t *Thing) (*Thing, error) {
	f := t.of("resolved")
	return thingOrNone(f), f.fail()
}
