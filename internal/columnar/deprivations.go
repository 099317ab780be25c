package columnar

import (
	"kantong/internal/registry"
)

// deprivations gives what row i of a block is deprived in, and of which deprivations that is known.
func (e *Engine) deprivations(b, i int) (deprived, known registry.DeprivationSet) {
	for d := range registry.Deprivation(registry.DeprivationCount) {
		deprived |= registry.DeprivationSet(e.deprived(b, d)>>i&1) << d
		known |= registry.DeprivationSet(e.known(b, d)>>i&1) << d
	}
	return deprived, known
}

// allDeprivations is deprivations, prepared for all households at once: most have few and are unknown in few, so taking
// each word for all its rows is some six times as fast as looking into every word for each row.
func (e *Engine) allDeprivations() func(b, i int) (deprived, known registry.DeprivationSet) {
	type sets struct{ deprived, unknown registry.DeprivationSet }
	rows := make([]sets, len(e.blocks)*blockRows)
	for b := range e.blocks {
		of := (*[blockRows]sets)(rows[b*blockRows:])
		for d := range registry.Deprivation(registry.DeprivationCount) {
			for m := e.deprived(b, d); m != 0; m &= m - 1 {
				of[lowest(m)].deprived |= 1 << d
			}
			for m := e.blocks[b].all() &^ e.known(b, d); m != 0; m &= m - 1 {
				of[lowest(m)].unknown |= 1 << d
			}
		}
	}
	return func(b, i int) (deprived, known registry.DeprivationSet) {
		r := &rows[b*blockRows+i]
		return r.deprived, ^r.unknown & (1<<registry.DeprivationCount - 1)
	}
}
