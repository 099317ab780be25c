package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// Rewind returns g by the right-hand rule of RFC 7946, outer rings counter-clockwise and
// holes clockwise, and how many rings it turned. The result shares no memory with g.
func Rewind(g orb.Geometry) (out orb.Geometry, turned int) {
	if g == nil {
		return nil, 0
	}
	out = orb.Clone(g)
	return out, rewindInPlace(out)
}

func rewindInPlace(g orb.Geometry) (turned int) {
	switch g := g.(type) {
	case orb.Ring:
		turned += rewindRing(g, 0)
	case orb.Polygon:
		for i, ring := range g {
			turned += rewindRing(ring, i)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			turned += rewindInPlace(polygon)
		}
	case orb.Collection:
		for _, part := range g {
			turned += rewindInPlace(part)
		}
	}
	return turned
}

func rewindRing(ring orb.Ring, index int) int {
	if !wrongWay(ring, index) {
		return 0
	}
	ring.Reverse()
	return 1
}

// wrongWay tells that the index-th ring of a polygon turns against the right-hand rule.
// A ring without area turns no way.
func wrongWay(ring orb.Ring, index int) bool {
	turn := ringTurn(ring)
	return (index == 0 && turn < 0) || (index > 0 && turn > 0)
}

// ringTurn is the sign of a ring's planar area: +1 counter-clockwise, -1 clockwise, 0
// without area. It is exact, so that turning a ring twice gives the ring.
func ringTurn(ring orb.Ring) int {
	if len(ring) < 3 {
		return 0
	}
	sum, size := 0.0, 0.0
	origin := ring[0]
	for i := 1; i+1 < len(ring); i++ {
		left := (ring[i][0] - origin[0]) * (ring[i+1][1] - origin[1])
		right := (ring[i][1] - origin[1]) * (ring[i+1][0] - origin[0])
		sum += left - right
		size += math.Abs(left) + math.Abs(right)
	}
	bound := size * epsilon * float64(2*len(ring)+8)
	switch {
	case sum > bound && bound > tiniestBound && !math.IsInf(size, 0):
		return 1
	case -sum > bound && bound > tiniestBound && !math.IsInf(size, 0):
		return -1
	}
	return ringTurnExact(ring)
}

func ringTurnExact(ring orb.Ring) int {
	sum := new(big.Rat)
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	for i, a := range ring {
		b := ring[0]
		if i+1 < len(ring) {
			b = ring[i+1]
		}
		if !finite(a) || !finite(b) {
			return 0
		}
		sum.Add(sum, new(big.Rat).Mul(rat(a[0]), rat(b[1])))
		sum.Sub(sum, new(big.Rat).Mul(rat(a[1]), rat(b[0])))
	}
	return sum.Sign()
}
