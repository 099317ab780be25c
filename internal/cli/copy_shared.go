package cli

import (
	"maps"
	"slices"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// copyShared copies what belongs to no edition: how areas are parted into blocks, and by prints which secrets made ids and
// record keys. Where the target's are others, nothing is copied at all.
func (p *program) copyShared(from, to *store, prints func() error) error {
	trees, err := from.Blocks(p.ctx)
	if err == nil {
		err = p.checkBlocks(trees, to)
	}
	if err == nil {
		err = prints()
	}
	if err == nil {
		err = to.AddBlocks(p.ctx, trees)
	}
	if err == nil { // a server of the target may have been faster
		err = p.checkBlocks(trees, to)
	}
	return err
}

// checkBlocks is CONFLICT when a store parts an area in another way than trees do.
func (p *program) checkBlocks(trees []registry.BlockTree, to *store) error {
	list, err := to.Blocks(p.ctx)
	if err != nil {
		return err
	}
	there := map[registry.AreaCode]registry.BlockTree{}
	for _, t := range list {
		there[t.Area] = t
	}
	for _, want := range trees {
		if got, ok := there[want.Area]; ok && !sameTree(got, want) {
			return registry.Conflict("--to", "area %s is parted into other blocks for counting there than in --from, once and for good: figures would be cut differently, and two cuts of the same families give away more than one. Copy into an empty store", want.Area)
		}
	}
	return nil
}

func sameTree(a, b registry.BlockTree) bool {
	return a.Area == b.Area && slices.Equal(a.Splits, b.Splits) && slices.EqualFunc(a.Places, b.Places, slices.Equal[[]registry.Place])
}

// copyFingerprints is CONFLICT when the secrets at hand, or those that made the target's ids, are not the original's. A
// store that an older program filled has no fingerprints; then nothing is compared.
func (p *program) copyFingerprints(from, to *store, secrets registry.Secrets) error {
	made, err := from.Fingerprints(p.ctx)
	if err != nil || len(made) == 0 {
		return err
	}
	there, err := to.Fingerprints(p.ctx)
	if err != nil {
		return err
	}
	here := access.Fingerprints(secrets)
	switch {
	case !maps.Equal(here, made):
		return registry.Conflict("--secrets", "the keys there (%s) are not those that made the ids and record keys of --from (%s); say by --secrets where those are", short(here), short(made))
	case len(there) == 0:
		return to.SetFingerprints(p.ctx, made)
	case !maps.Equal(there, made):
		return registry.Conflict("--to", "other keys (%s) made the ids there than those of --from (%s), so a family would have two ids; copy into an empty store", short(there), short(made))
	}
	return nil
}
