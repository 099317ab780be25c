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
// would give the counts away. Each sum of gaps has noise of its own.
func (n *noises) addGap(sum, cell *registry.Poverty, s share) {
	keys := cell.Poor.Keys
	scaled := func(x registry.Uint128, key uint32) registry.Uint128 { return n.scaled(x, cell.Poor.People, key, s) }
	sum.Gap += int64(scaled(registry.Uint128{Lo: uint64(cell.Gap)}, keys[0]+keys[1]).Lo)
	sum.GapSquared = sum.GapSquared.Plus(scaled(cell.GapSquared, keys[0]-keys[1]))
	sum.GapFourth = sum.GapFourth.Plus(scaled(cell.GapFourth, keys[0]-2*keys[1]))
}

// addMembers adds the squares of the sizes of a cell's households, as addGap does.
func (n *noises) addMembers(sum, cell *registry.Poverty, s share) {
	keys := cell.Base.Keys
	sum.MembersSquared += int64(n.scaled(registry.Uint128{Lo: uint64(cell.MembersSquared)}, cell.Base.People, keys[0]+2*keys[1], s).Lo)
}

// scaled is a sum over people as if there were as many more or fewer as the noise of the key says, and a share of that.
func (n *noises) scaled(x registry.Uint128, people int64, key uint32, s share) registry.Uint128 {
	if people == 0 || s.numerator == 0 {
		return registry.Uint128{}
	}
	product := new(big.Int).SetUint64(x.Hi)
	product.Lsh(product, 64).Add(product, new(big.Int).SetUint64(x.Lo))
	product.Mul(product, big.NewInt((people+n.people.deviation(people, key))*s.numerator))
	product.Quo(product, big.NewInt(people*s.denominator))
	return registry.Uint128{Hi: new(big.Int).Rsh(product, 64).Uint64(), Lo: product.Uint64()}
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
