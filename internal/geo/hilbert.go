package geo

import "github.com/paulmach/orb"

// HilbertIndex is the place of p on a Hilbert curve through the box b: positions near
// each other on the curve are near each other on the ground. Positions outside b count
// as on its nearest side.
func HilbertIndex(p orb.Point, b orb.Bound) uint64 {
	return Hilbert(
		gridStep(p[0], b.Min[0], b.Max[0]),
		gridStep(p[1], b.Min[1], b.Max[1]))
}

func gridStep(v, low, high float64) uint32 {
	const steps = 1<<32 - 1
	t := (v - low) / (high - low) * steps
	switch {
	case !(t > 0):
		return 0
	case t >= steps:
		return steps
	}
	return uint32(t)
}

// Hilbert is the place of a cell on the Hilbert curve through the 2³² × 2³² grid
// (J. Skilling's and Wikipedia's xy2d: turn each quadrant so that the curve joins up).
func Hilbert(x, y uint32) uint64 {
	var index uint64
	for bit := 31; bit >= 0; bit-- {
		right, upper := x>>bit&1, y>>bit&1
		index = index<<2 | uint64((3*right)^upper)
		if upper == 0 {
			if right == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return index
}
