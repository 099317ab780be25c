package demo

import (
	"iter"
	"math"

	"kantong/internal/registry"
)

// Exact shares of every city.
const (
	peoplePerHousehold = 2.125 // 51 000 people in 24 000 families
	unlocatedShare     = 0.07
)

// Options say which city to make.
type Options struct {
	Households int
	Seed       uint64
	Areas      *registry.Areas  // households live in its kelurahan; one without a boundary has households without a location
	Secrets    registry.Secrets // makes the ids, of kind "demo" and a running number from 1
}

// City is a synthetic registry. It is immutable and safe for concurrent use.
type City struct {
	options  Options
	quarters []*quarter // by area code
	programs []registry.Program
}

// New plans the city: how many households, people and missing locations each kelurahan has, and where its hamlets lie.
// It is BAD_USER_INPUT for a number of households below 1 and for areas without a kelurahan.
func New(o Options) (*City, error) {
	if o.Households < 1 {
		return nil, registry.Invalid("households", "%d: a city needs at least one household", o.Households)
	}
	if o.Areas == nil || len(o.Areas.Level(registry.LevelKelurahan)) == 0 {
		return nil, registry.Invalid("areas", "a city needs at least one kelurahan")
	}
	c := &City{options: o, programs: programs(o.Households)}
	for _, at := range o.Areas.Level(registry.LevelKelurahan) {
		c.quarters = append(c.quarters, newQuarter(o.Areas.Area(at), o.Seed, len(c.programs)))
	}
	c.allot()
	settle(c.quarters)
	return c, nil
}

// allot gives each quarter its households, people and missing locations; all three add up exactly.
func (c *City) allot() {
	n := len(c.quarters)
	households := apportion(c.options.Households, crowding(c.quarters), nil)

	weights, limits := make([]float64, n), make([]int, n)
	for i, q := range c.quarters {
		weights[i] = q.character.families * float64(households[i])
		limits[i] = (len(sizeShares) - 1) * households[i]
	}
	extra := int(math.Round(peoplePerHousehold*float64(c.options.Households))) - c.options.Households
	extras := apportion(extra, weights, limits)

	hidden := int(math.Round(unlocatedShare * float64(c.options.Households)))
	for i, q := range c.quarters {
		weights[i], limits[i] = float64(households[i])*q.unmapped, households[i]
		if q.shape == nil {
			weights[i], limits[i] = 0, 0
			hidden -= households[i]
		}
	}
	unlocated := apportion(max(hidden, 0), weights, limits)

	first := 1
	for i, q := range c.quarters {
		if q.shape == nil {
			unlocated[i] = households[i]
		}
		q.populate(first, households[i], households[i]+extras[i], unlocated[i])
		first += households[i]
	}
}

// Households makes every household, derived and valid, by area code and then number. It never yields an error.
func (c *City) Households() iter.Seq2[registry.Household, error] {
	return func(yield func(registry.Household, error) bool) {
		c.each(func(m *making) bool { return yield(m.household, nil) })
	}
}

// each makes the households one after the other in the same memory.
func (c *City) each(visit func(*making) bool) {
	var m making
	for _, q := range c.quarters {
		for j := range q.households {
			m.make(q, j, c.options.Secrets)
			if !visit(&m) {
				return
			}
		}
	}
}

// Programs gives the six programmes by code. Rules and benefits are those of mid-2025; budgets are made up in
// proportion to the city.
func (c *City) Programs() []registry.Program { return append([]registry.Program(nil), c.programs...) }
