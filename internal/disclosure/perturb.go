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
func (n *noises) addGap(sum, cell *registry.Poverty) {
	poor := cell.Poor.People
	if poor == 0 {
		return
	}
	scaled := func(x *big.Int, key uint32) *big.Int {
		x.Mul(x, big.NewInt(poor+n.people.deviation(poor, key)))
		return x.Quo(x, big.NewInt(poor))
	}
	keys := cell.Poor.Keys
	sum.Gap += scaled(big.NewInt(cell.Gap), keys[0]+keys[1]).Int64()
	square := new(big.Int).SetUint64(cell.GapSquared.Hi)
	square.Lsh(square, 64).Add(square, new(big.Int).SetUint64(cell.GapSquared.Lo))
	square = scaled(square, keys[0]-keys[1])
	sum.GapSquared = sum.GapSquared.Plus(registry.Uint128{Hi: new(big.Int).Rsh(square, 64).Uint64(), Lo: square.Uint64()})
}
