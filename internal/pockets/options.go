package pockets

import (
	"math"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Point is a household, or a block of them, at a place.
type Point struct {
	// ID is the household's; for a block any bytes that name it alone, and name it in other editions too.
	ID         registry.HouseholdID
	At         geo.PointE7
	Households int64 // 1 for a household
	People     int64 // 0 where nobody recorded how many
}

// Weight says what the minimum of a pocket counts.
type Weight uint8

// The weights.
const (
	Households Weight = iota
	People
)

func (w Weight) of(p *Point) int64 {
	if w == People {
		return p.People
	}
	return p.Households
}

// Options say what counts as a pocket.
type Options struct {
	RadiusMeters float64 // how far neighbours are from each other at most, above 0
	MinWeight    int64   // what neighbours weigh together at least, 1 or more
	By           Weight
	// Progress, if given, hears on the goroutine of Find how much of the work is done: now and then, and all at the end.
	Progress func(done, total int)
}

func (o *Options) check() error {
	switch {
	case !(o.RadiusMeters > 0) || math.IsInf(o.RadiusMeters, 1):
		return registry.Invalid("radiusMeters", "%g is no distance: give how many metres apart neighbours may be, more than 0", o.RadiusMeters)
	case o.By > People:
		return registry.Invalid("by", "a pocket is counted by households or by people")
	case o.MinWeight < 1 && o.By == People:
		return registry.Invalid("minPeople", "%d is too few: give how many people live within the radius, 1 or more", o.MinWeight)
	case o.MinWeight < 1:
		return registry.Invalid("minHouseholds", "%d is too few: give how many households live within the radius, 1 or more", o.MinWeight)
	}
	return nil
}

// checkPoints refuses points that are not on the globe, and weights that are negative or overflow when summed.
func checkPoints(points []Point) error {
	var households, people int64
	for i := range points {
		p := &points[i]
		switch {
		case p.At.Lat < -quarterTurn || p.At.Lat > quarterTurn || p.At.Lon < -halfTurn || p.At.Lon > halfTurn:
			return registry.Invalid("points", "%s lies at %d, %d, which is no longitude and latitude in 1e-7 degrees", p.ID, p.At.Lon, p.At.Lat)
		case p.Households < 0 || p.People < 0:
			return registry.Invalid("points", "%s has %d households and %d people: neither may be below 0", p.ID, p.Households, p.People)
		case p.Households > math.MaxInt64-households || p.People > math.MaxInt64-people:
			return registry.Invalid("points", "with %s there are more households or people than can be counted", p.ID)
		}
		households += p.Households
		people += p.People
	}
	return nil
}
