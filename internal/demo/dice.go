package demo

import (
	"hash/fnv"
	"math"
)

// dice is a SplitMix64 generator (Steele, Lea and Flood, 2014). Every household has dice of its own, seeded by what it
// is rather than by what came before, so that any household can be made alone.
type dice struct{ state uint64 }

// mix is SplitMix64's finaliser.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// newDice makes dice of a chain of numbers.
func newDice(parts ...uint64) dice {
	var state uint64
	for _, p := range parts {
		state = mix(state+0x9e3779b97f4a7c15) ^ mix(p+0x632be59bd9b4e019)
	}
	return dice{state}
}

// textSeed turns a code into a seed.
func textSeed(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// float is uniform in [0, 1).
func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

// between is uniform in [low, high).
func (d *dice) between(low, high float64) float64 { return low + (high-low)*d.float() }

// integer is uniform in low to high, both included.
func (d *dice) integer(low, high int) int { return low + int(d.float()*float64(high-low+1)) }

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.float() < p }

// normal is standard normal (Box and Muller).
func (d *dice) normal() float64 {
	return math.Sqrt(-2*math.Log(1-d.float())) * math.Cos(2*math.Pi*d.float())
}

// logistic turns log odds into a probability.
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// weighted is a class with its share.
type weighted struct {
	class string
	share float64
}

// pick draws a class by its share; shares need not add up to 1.
func (d *dice) pick(list []weighted) string {
	total := 0.0
	for _, w := range list {
		total += w.share
	}
	at := d.float() * total
	for _, w := range list[:len(list)-1] {
		if at < w.share {
			return w.class
		}
		at -= w.share
	}
	return list[len(list)-1].class
}
