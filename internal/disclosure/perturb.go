package disclosure

import (
	"math/big"

	"kantong/internal/registry"
)

// noises are the tables of a policy.
type noises struct{ households, people, persons *table }

func newNoises(p Policy) (n noises, err error) {
	if n.households, err = newTable(p.Households); err != nil {
		return n, err
	}
	if n.people, err = newTable(p.People); err != nil {
		return n, err
	}
	n.persons, err = newTable(p.Persons)
	return n, err
}

// of is the perturbed number of households of a set.
func (t *table) of(set registry.Tally) int64 {
	return set.Households + t.deviation(set.Households, set.Keys[0])
}

// perturb gives a cell's households and people with their noise. The noise of people has a key of its own, so that one
// does not tell the other.
func (n *noises) perturb(t registry.Tally, persons bool) (households, people int64) {
	table := n.people
	if persons {
		table = n.persons
	}
	return n.households.of(t), t.People + table.deviation(t.People, t.Keys[1])
}

// addGap adds the poverty gap of a cell as if so many people more or fewer had it: an exact mean beside perturbed counts
// would give the counts away. Gap and squared gap have noise of their own.
func (n *noises) addGap(sum, cell *registry.Poverty, s share) {
	poor := cell.Poor.People
	if poor == 0 || s.numerator == 0 {
		return
	}
	scaled := func(x *big.Int, key uint32) *big.Int {
		x.Mul(x, big.NewInt((poor+n.people.deviation(poor, key))*s.numerator))
		return x.Quo(x, big.NewInt(poor*s.denominator))
	}
	keys := cell.Poor.Keys
	sum.Gap += scaled(big.NewInt(cell.Gap), keys[0]+keys[1]).Int64()
	square := new(big.Int).SetUint64(cell.GapSquared.Hi)
	square.Lsh(square, 64).Add(square, new(big.Int).SetUint64(cell.GapSquared.Lo))
	square = scaled(square, keys[0]-keys[1])
	sum.GapSquared = sum.GapSquared.Plus(registry.Uint128{Hi: new(big.Int).Rsh(square, 64).Uint64(), Lo: square.Uint64()})
}

// share is what of a cell's numbers goes into a sum.
type share struct{ numerator, denominator int64 }

func (s share) of(n int64) int64 { return n * s.numerator / s.denominator }

// coarsen rounds a cell of fewer households than least, at random but always alike, to nothing or to least, so that on
// average nothing is lost. Sums of overlapping groups can be subtracted from each other; what is left of them is then no
// figure that would be withheld by itself, and no zero that is known to be one.
func coarsen(households, least int64, keys registry.RecordKey) share {
	switch {
	case households >= least:
		return share{1, 1}
	case households > 0 && int64(mix(uint64(keys[0])<<32|uint64(keys[1]))%uint64(least)) < households:
		return share{least, households}
	}
	return share{0, 1}
}
