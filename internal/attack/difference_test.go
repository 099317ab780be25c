package attack

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// target is a household that an attacker is after: what he knows of it, and the bit he wants, which only the referee knows.
type target struct {
	area, kecamatan     string
	longitude, latitude float64
	decile, members     int // the smallest size of its band
	bit                 bool
}

// terms is a figure that an attacker computes: some counts less others.
type terms struct{ plus, minus []m }

// difference is an attack that asks twice, with the target and without it.
type difference struct {
	name    string
	targets func(*city) []target
	ask     func(target) terms
}

const (
	wanted  = "UNSAFE_WATER"
	metre   = 1 / 111_195.0 // in degrees of latitude; near enough to degrees of longitude on the equator
	program = "SEMBAKO"
)

var memberBands = []int{1, 2, 3, 4, 5, 7}

func bandOf(members int) (first int) {
	for _, b := range memberBands {
		if members >= b {
			first = b
		}
	}
	return first
}

func sizes(first int) m {
	i := slices.Index(memberBands, first)
	if i == len(memberBands)-1 {
		return m{"members": m{"min": first}}
	}
	return m{"members": m{"min": first, "max": memberBands[i+1] - 1}}
}

func targetOf(h *registry.Household) target {
	p := h.Point.Point()
	return target{area: string(h.Area), kecamatan: string(h.Area.Parent()), longitude: p[0], latitude: p[1], decile: h.Decile, members: bandOf(h.Members),
		bit: h.Deprived.Has(registry.UnsafeWater)}
}

// neighbours are targets with a location that nobody shares, as many with the bit as without.
func neighbours(c *city) (list []target) {
	const half = 40
	at := map[geo.PointE7]int{}
	for i := range c.households {
		at[c.households[i].Point]++
	}
	taken := map[bool]int{}
	for i := range c.households {
		h := &c.households[i]
		t := targetOf(h)
		if h.Located && h.Known.Has(registry.UnsafeWater) && at[h.Point] == 1 && taken[t.bit] < half && alone(c, h) {
			taken[t.bit]++
			list = append(list, t)
		}
	}
	return list
}

// planted changes a city so that some cells hold one household each: of the deciles below, one household a kelurahan is
// left, of a size that no other of its kecamatan and decile has, and its two bits are fair coins.
func planted(c city, seed uint64) city {
	c = c.clone()
	coin := rand.New(rand.NewPCG(seed, 2))
	left := map[[2]any]bool{}
	nth := map[registry.AreaCode]int{}
	chosen := map[registry.HouseholdID]bool{}
	for i := range c.households {
		h := &c.households[i]
		if h.Decile != 2 && h.Decile != 5 && h.Decile != 7 && h.Decile != 9 {
			continue
		}
		if key := [2]any{h.Area, h.Decile}; left[key] || !h.Located || h.Members < 1 {
			h.Decile = []int{1, 3, 4, 6, 8, 10}[coin.IntN(6)]
		} else {
			left[key] = true
			if nth[h.Area] == 0 {
				nth[h.Area.Parent()]++
				nth[h.Area] = nth[h.Area.Parent()]
			}
			h.Members = memberBands[nth[h.Area]%len(memberBands)]
			h.Water = []string{"piped", "surface"}[coin.IntN(2)]
			chosen[h.ID] = coin.IntN(2) == 1
		}
		h.Derive()
	}
	c.enrolments = slices.DeleteFunc(c.enrolments, func(e registry.Enrolment) bool {
		_, ok := chosen[e.Household]
		return ok && e.Program == program
	})
	for id, is := range chosen {
		if is {
			c.enrolments = append(c.enrolments, registry.Enrolment{Household: id, Program: program, Status: registry.EnrolmentActive})
		}
	}
	c.sort()
	return c
}

// alone tells whether nobody else lives within a few metres.
func alone(c *city, h *registry.Household) bool {
	for i := range c.households {
		o := &c.households[i]
		if o.Located && o.ID != h.ID && math.Hypot(float64(o.Point.Lon-h.Point.Lon), float64(o.Point.Lat-h.Point.Lat))*1e-7 < 6*metre {
			return false
		}
	}
	return true
}

// unique are targets who are the only ones of their cell, so that the cell's figure is theirs.
func unique(cell func(*registry.Household) (any, bool), bit func(*city) func(*registry.Household) bool) func(*city) []target {
	return func(c *city) (list []target) {
		bitOf := func(h *registry.Household) bool { return h.Deprived.Has(registry.UnsafeWater) }
		if bit != nil {
			bitOf = bit(c)
		}
		byCell := map[any][]*registry.Household{}
		for i := range c.households {
			h := &c.households[i]
			if key, ok := cell(h); ok {
				byCell[key] = append(byCell[key], h)
			}
		}
		for i := range c.households {
			h := &c.households[i]
			if key, ok := cell(h); ok && len(byCell[key]) == 1 && h.Located && h.Known.Has(registry.UnsafeWater) {
				t := targetOf(h)
				t.bit = bitOf(h)
				list = append(list, t)
			}
		}
		return list
	}
}

// byDecile is a household's kelurahan and decile, byQI its kecamatan, decile and size.
func byDecile(h *registry.Household) (any, bool) {
	return [2]any{h.Area, h.Decile}, h.Decile > 1
}

func byQI(h *registry.Household) (any, bool) {
	return [3]any{h.Area.Parent(), h.Decile, bandOf(h.Members)}, h.Decile >= 1 && h.Members >= 1
}

// receives gives the bit of being in the programme.
func receives(c *city) func(*registry.Household) bool {
	enrolled := c.enrolled()
	return func(h *registry.Household) bool { return enrolled[h.ID][program] }
}

// children lists the kelurahan of a kecamatan, or the kecamatan of the city, but for one.
func others(c *city, level registry.AreaLevel, but string) (codes []string) {
	for _, i := range c.areas.Level(level) {
		if code := string(c.areas.Area(i).Code); code != but {
			codes = append(codes, code)
		}
	}
	return codes
}

func differences(c *city) []difference {
	water := isX(wanted)
	hole := func(t target, outer float64) m { // a square of the surroundings without the target's house
		return in(polygon(square(t.longitude, t.latitude, outer), square(t.longitude, t.latitude, 3*metre)))
	}
	decileOf := unique(byDecile, nil)
	found := neighbours(c)
	neighbours := func(*city) []target { return found }
	return []difference{
		{"one house", neighbours, func(t target) terms {
			return terms{[]m{both(box(t.longitude-3*metre, t.latitude-3*metre, t.longitude+3*metre, t.latitude+3*metre), water)}, nil}
		}},
		{"nested polygons", neighbours, func(t target) terms {
			return terms{[]m{both(in(polygon(square(t.longitude, t.latitude, 800*metre))), water)}, []m{both(hole(t, 800*metre), water)}}
		}},
		{"sliding boxes", neighbours, func(t target) terms {
			slide := func(east float64) m {
				return both(box(t.longitude-900*metre, t.latitude-3*metre, east, t.latitude+3*metre), water)
			}
			return terms{[]m{slide(t.longitude + 3*metre)}, []m{slide(t.longitude - 3*metre)}}
		}},
		{"radius around a house", neighbours, func(t target) terms {
			return terms{[]m{both(m{"where": m{"near": m{"point": m{"longitude": t.longitude, "latitude": t.latitude}, "radiusMeters": 3}}}, water)}, nil}
		}},
		{"kelurahan without its ground", neighbours, func(t target) terms {
			return terms{[]m{both(at(t.area), water)}, []m{both(at(t.area), water, m{"geocoded": false}), both(at(t.area), hole(t, 0.2), water)}}
		}},
		{"city without its ground", neighbours, func(t target) terms {
			return terms{[]m{water}, []m{both(water, m{"geocoded": false}), both(hole(t, 0.5), water)}}
		}},
		{"city without other kecamatan", unique(byQI, nil), func(t target) terms {
			cell := both(deciles(t.decile, t.decile), sizes(t.members), water)
			return terms{[]m{cell}, []m{both(m{"areas": others(c, registry.LevelKecamatan, t.kecamatan)}, cell)}}
		}},
		{"kecamatan without its other kelurahan", decileOf, func(t target) terms {
			cell := both(deciles(t.decile, t.decile), water)
			siblings := slices.DeleteFunc(others(c, registry.LevelKelurahan, t.area), func(code string) bool { return code[:8] != t.kecamatan })
			return terms{[]m{both(at(t.kecamatan), cell)}, []m{both(m{"areas": siblings}, cell)}}
		}},
		{"one more decile", decileOf, func(t target) terms {
			return terms{[]m{both(at(t.area), deciles(1, t.decile), water)}, []m{both(at(t.area), deciles(1, t.decile-1), water)}}
		}},
		{"complement of a condition", decileOf, func(t target) terms {
			d := both(at(t.area), deciles(t.decile, t.decile))
			return terms{[]m{d}, []m{both(d, notX(wanted))}}
		}},
		{"complement of a condition and a decile", decileOf, func(t target) terms {
			upTo := func(d int) m { return both(at(t.area), deciles(1, d)) }
			return terms{[]m{upTo(t.decile), both(upTo(t.decile-1), notX(wanted))}, []m{upTo(t.decile - 1), both(upTo(t.decile), notX(wanted))}}
		}},
		{"complement of a programme", unique(byDecile, receives), func(t target) terms {
			d := both(at(t.area), deciles(t.decile, t.decile))
			return terms{[]m{d}, []m{both(d, notInP(program))}}
		}},
		{"eligible and not enrolled", unique(func(h *registry.Household) (any, bool) {
			return [2]any{h.Area.Parent(), [2]int{h.Decile, bandOf(h.Members)}}, h.Decile >= 1 && h.Decile <= 5 && h.Members >= 1
		}, receives), func(t target) terms {
			d := both(at(t.kecamatan), deciles(t.decile, t.decile), sizes(t.members))
			return terms{[]m{both(d, m{"eligibleFor": program})}, []m{both(d, notInP(program))}}
		}},
		{"all attributes of a size", unique(byQI, nil), func(t target) terms {
			d := both(at(t.kecamatan), deciles(t.decile, t.decile), water)
			return terms{[]m{both(d, m{"members": m{"min": 1}})}, []m{
				both(d, m{"members": m{"min": cmp.Or(next(t.members), 300)}}), both(d, m{"members": m{"min": 1, "max": t.members - 1}})}}
		}},
	}
}

// next is where the band of sizes after one begins; 0 after the last.
func next(first int) int {
	if i := slices.Index(memberBands, first) + 1; i < len(memberBands) {
		return memberBands[i]
	}
	return 0
}

// attack guesses the bit of every target. A figure that is withheld counts as nothing, one that is refused ends the guess.
func (d *difference) attack(c client, targets []target) (guesses []bool, figures int) {
	var filters []m
	var asked []terms
	for _, t := range targets {
		q := d.ask(t)
		asked = append(asked, q)
		filters = append(append(filters, q.plus...), q.minus...)
	}
	answers := c.counts(filters...)
	for _, q := range asked {
		sum := 0
		for i, f := range answers[:len(q.plus)+len(q.minus)] {
			if !f.known() {
				continue
			}
			figures++
			if i < len(q.plus) {
				sum += *f.Value
			} else {
				sum -= *f.Value
			}
		}
		answers = answers[len(q.plus)+len(q.minus):]
		guesses = append(guesses, sum > 0)
	}
	return guesses, figures
}

// accuracy is the mean of how often the guess is right with the bit and without it: one half for a guess by chance. It is
// given with its standard error by chance.
func accuracy(targets []target, guesses []bool) (right, by float64) {
	var n, hits [2]float64
	for i, t := range targets {
		k := 0
		if t.bit {
			k = 1
		}
		n[k]++
		if guesses[i] == t.bit {
			hits[k]++
		}
	}
	return (hits[0]/n[0] + hits[1]/n[1]) / 2, math.Sqrt(1/n[0]+1/n[1]) / 4
}

// TestDifferences makes every attack of this kind as a planner, who must find every bit, and as those who must not. What is
// left to a partner is chance and what the noise of a very small cell leaves.
func TestDifferences(t *testing.T) {
	t.Parallel()
	c := planted(demoCity(6000, 1), 1)
	w := setup{editions: []city{c}}.start(t)
	for _, d := range differences(&c) {
		targets := d.targets(&c)
		guesses, _ := d.attack(w.client(t, planner), targets)
		if right, by := accuracy(targets, guesses); right < 1 || !(by < 0.12) {
			t.Errorf("%s: as planner %.3f of %d targets are found, with error %.3f: the attack proves nothing", d.name, right, len(targets), by)
		}
		for role, key := range map[string]string{"partner": partner, "public": public} {
			guesses, figures := d.attack(w.client(t, key), targets)
			right, by := accuracy(targets, guesses)
			t.Logf("%-40s %-8s %5d figures shown, %.3f of %d targets found ± %.3f", d.name, role, figures, right, len(targets), by)
			if right > 0.5+allowance+3*by {
				t.Errorf("%s: as %s %.3f of %d targets are found; chance is 0.5 ± %.3f", d.name, role, right, len(targets), by)
			}
		}
	}
}

// allowance is what a cell of one household may give away: the noise of a count of one leaves more than that of others,
// since nobody stays nobody.
const allowance = 0.03
