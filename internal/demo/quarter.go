package demo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// quarter is a kelurahan with its plan.
type quarter struct {
	code      registry.AreaCode
	seed      dice // never rolled itself; households' dice start from it
	character character
	poverty   float64   // hidden poverty added to every household
	unmapped  float64   // weight of missing locations
	reach     []float64 // by programme: log odds that an eligible household gets it

	shape    *geo.Prepared // nil without a boundary
	areaKm2  float64
	middle   orb.Point // inside the shape
	hamlets  []hamlet
	ofHamlet []float64 // cumulative shares

	firstNumber int // of its first household in the city
	households  int
	sizesUpTo   []int // households of at most 1, 2, 3 … members
	unlocated   int
	bySize      shuffle
	byLocation  shuffle
}

// hamlet is a cluster of dwellings, which is also an RW or a part of one.
type hamlet struct {
	center       orb.Point
	spreadMeters float64
	poverty      float64
	reach        float64 // log odds of getting any programme
	odds         odds
	rw           int
	firstRT, rts int
}

func newQuarter(area *registry.Area, seed uint64, programs int) *quarter {
	roll := newDice(seed, textSeed(string(area.Code)))
	q := &quarter{code: area.Code, seed: newDice(seed, textSeed(string(area.Code)), 1), character: characterOf(area.Code, seed)}
	strength := strengthOf(area.Code, &roll)
	q.poverty = q.character.poverty*strength + roll.between(-0.3, 0.3)
	q.unmapped = roll.between(0.4, 1.6)
	common := roll.between(-0.5, 0.5)
	q.reach = make([]float64, programs)
	for i := range q.reach {
		q.reach[i] = common + roll.between(-0.5, 0.5)
	}
	q.hamlets = make([]hamlet, roll.integer(5, 8))
	share := 0.0
	for i := range q.hamlets {
		q.hamlets[i] = newHamlet(q.character, strength, i == 0, &roll)
		share += roll.between(0.5, 1.5)
		q.ofHamlet = append(q.ofHamlet, share)
	}
	if len(area.Boundary) > 0 {
		q.shape, q.areaKm2, q.middle = geo.Prepare(area.Boundary), geo.AreaKm2(area.Boundary), geo.LabelPoint(area.Boundary)
	}
	return q
}

// newHamlet makes a hamlet without its place. A pocket is poorer, has more of the character and is reached less.
func newHamlet(c character, strength float64, pocket bool, roll *dice) hamlet {
	h := hamlet{poverty: roll.between(-0.4, 0.3), reach: roll.between(-0.3, 0.4), rts: roll.integer(3, 6)}
	if pocket {
		h.poverty += 0.9
		h.reach -= 0.7
		strength += 0.7
	}
	for d, shift := range c.odds {
		h.odds[d] = shift * strength
	}
	return h
}

// populate sets the numbers: of the first household, of households, of their members, of those without a location.
func (q *quarter) populate(first, households, people, unlocated int) {
	q.firstNumber, q.households, q.unlocated = first, households, unlocated
	roll := q.seed
	q.bySize, q.byLocation = newShuffle(households, roll), newShuffle(households, dice{roll.next()})
	upTo := 0
	for _, n := range familySizes(households, people) {
		upTo += n
		q.sizesUpTo = append(q.sizesUpTo, upTo)
	}
}

// members is the size of the j-th household.
func (q *quarter) members(j int) int {
	rank := q.bySize.rank(j)
	return 1 + slices.IndexFunc(q.sizesUpTo, func(upTo int) bool { return rank < upTo })
}

// located tells whether the j-th household has a location.
func (q *quarter) located(j int) bool { return q.byLocation.rank(j) >= q.unlocated }

// crowding weighs quarters by how many households they hold: large ones more, but far less than in proportion, and those
// near the centre more than those far out. Without a shape a quarter weighs as the average one does.
func crowding(quarters []*quarter) []float64 {
	center, typical := cityCenter(quarters)
	weights := make([]float64, len(quarters))
	sum, shaped := 0.0, 0
	for i, q := range quarters {
		if q.shape != nil {
			weights[i] = math.Sqrt(q.areaKm2) * math.Exp(-geo.DistanceMeters(q.middle, center)/(2*typical))
			sum += weights[i]
			shaped++
		}
	}
	for i, q := range quarters {
		switch {
		case shaped == 0:
			weights[i] = 1
		case q.shape == nil:
			weights[i] = sum / float64(shaped)
		}
	}
	return weights
}

// cityCenter is the mean of the quarters' middles, small (dense) quarters counting more, and the mean distance from it,
// at least a metre.
func cityCenter(quarters []*quarter) (center orb.Point, typicalMeters float64) {
	sum, n := 0.0, 0.0
	for _, q := range quarters {
		if q.shape != nil {
			w := 1 / q.areaKm2
			center[0] += w * q.middle[0]
			center[1] += w * q.middle[1]
			sum += w
		}
	}
	if sum == 0 {
		return center, 1
	}
	center = orb.Point{center[0] / sum, center[1] / sum}
	for _, q := range quarters {
		if q.shape != nil {
			typicalMeters += geo.DistanceMeters(q.middle, center)
			n++
		}
	}
	return center, max(typicalMeters/n, 1)
}
