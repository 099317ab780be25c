package disclosure

import "kantong/internal/registry"

// Policy is what an agency decides about disclosure. The defaults are for a city's registry; Report shows what another
// choice would do to the figures. None of it is ever part of an answer.
type Policy struct {
	// Households is the noise on counts of households. People is that on counts of people, and Persons on counts of people of
	// one kind (children under five, pupils …): a family of five must hide as well as a family of one, so they are wider, in
	// steps of one person.
	Households, People, Persons Noise
	// A figure shows when it and what is left of its base are at least this many households after noise.
	FloorPublic, FloorPartner int64
	// CellBudget is how many distinct cells an organisation is shown of one edition in a month; 0 is no limit.
	CellBudget int
}

// How many times wider the noise on people is: more than nine families in ten are not larger, and have no more of a kind.
const (
	peopleFactor  = 5
	personsFactor = 2
)

// DefaultPolicy is D = 15, V = 25, nothing kept unperturbed; floors 10 for the public and 5 for partners.
func DefaultPolicy() Policy {
	return NewPolicy(Noise{MaxDeviation: 15, Variance: 25})
}

// NewPolicy is the default policy with another noise on households, and that on people to match.
func NewPolicy(n Noise) Policy {
	wider := func(factor int) Noise {
		return Noise{MaxDeviation: n.MaxDeviation * factor, Variance: n.Variance * float64(factor*factor)}
	}
	return Policy{Households: n, People: wider(peopleFactor), Persons: wider(personsFactor), FloorPublic: 10, FloorPartner: 5, CellBudget: 250_000}
}

// minBase is how many registered households a node has of which anything is said.
const minBase = 20

// floor is the least count that a role is shown.
func (p *Policy) floor(r registry.Role) int64 {
	if r == registry.RolePartner {
		return p.FloorPartner
	}
	return p.FloorPublic
}

// attributes is how many attributes a role may combine on nodes of a level; blocks are below every level.
func attributes(r registry.Role, finest registry.AreaLevel, blocks bool) int {
	limit := 3
	switch {
	case blocks:
		limit = 1
	case finest == registry.LevelKelurahan:
		limit = 2
	}
	if r != registry.RolePartner {
		limit = min(limit, 2)
	}
	return limit
}
