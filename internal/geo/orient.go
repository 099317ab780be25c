package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orient tells on which side of the line a→b the point c lies: +1 left, -1 right, 0 on
// it. The answer is exact for finite coordinates, whatever their size, so it is also
// canonical: orient(b, a, c) is always -orient(a, b, c). Coordinates that are not finite
// give 0.
//
// The float determinant decides when it exceeds its error bound (J. R. Shewchuk,
// "Adaptive Precision Floating-Point Arithmetic", 1997, bound ccwerrboundA); exact
// arithmetic decides the rest.
func orient(a, b, c orb.Point) int {
	left := (a[0] - c[0]) * (b[1] - c[1])
	right := (a[1] - c[1]) * (b[0] - c[0])
	det := left - right
	bound := (math.Abs(left) + math.Abs(right)) * orientErrorBound
	if det > bound && bound > tiniestBound {
		return 1
	}
	if -det > bound && bound > tiniestBound {
		return -1
	}
	return orientExact(a, b, c)
}

const (
	epsilon          = 1.0 / (1 << 53)
	orientErrorBound = (3 + 16*epsilon) * epsilon
	// Below this, products may have lost bits to underflow and the bound says nothing.
	tiniestBound = 1e-290
)

func orientExact(a, b, c orb.Point) int {
	x1, exact1 := difference(a[0], c[0])
	y1, exact2 := difference(b[1], c[1])
	x2, exact3 := difference(a[1], c[1])
	y2, exact4 := difference(b[0], c[0])
	if exact1 && exact2 && exact3 && exact4 {
		if sign, ok := compareProducts(x1, y1, x2, y2); ok {
			return sign
		}
	}
	return orientBig(a, b, c)
}

// difference returns a-b and whether that is exact (Knuth's TwoSum). It nearly always is
// for positions of one city.
func difference(a, b float64) (float64, bool) {
	d := a - b
	bVirtual := a - d
	aVirtual := d + bVirtual
	return d, (a-aVirtual)+(bVirtual-b) == 0
}

// compareProducts returns the sign of x1·y1 - x2·y2, exactly, when ok. Rounding is
// monotone, so different rounded products tell; equal ones leave it to what rounding
// dropped, which a fused multiply-add recovers.
func compareProducts(x1, y1, x2, y2 float64) (sign int, ok bool) {
	p, q := x1*y1, x2*y2
	if !productSafe(p, x1, y1) || !productSafe(q, x2, y2) {
		return 0, false
	}
	if p == q {
		p, q = math.FMA(x1, y1, -p), math.FMA(x2, y2, -q)
	}
	switch {
	case p > q:
		return 1, true
	case p < q:
		return -1, true
	}
	return 0, true
}

// productSafe tells that p = x·y neither overflowed nor lost bits to underflow.
func productSafe(p, x, y float64) bool {
	if x == 0 || y == 0 {
		return true
	}
	size := math.Abs(p)
	return size > 1e-250 && size < 1e300
}

func orientBig(a, b, c orb.Point) int {
	if !finite(a) || !finite(b) || !finite(c) {
		return 0
	}
	sub := func(x, y float64) *big.Rat {
		d := new(big.Rat).SetFloat64(x)
		return d.Sub(d, new(big.Rat).SetFloat64(y))
	}
	left, right := sub(a[0], c[0]), sub(a[1], c[1])
	left.Mul(left, sub(b[1], c[1]))
	right.Mul(right, sub(b[0], c[0]))
	return left.Cmp(right)
}

func finite(p orb.Point) bool {
	return !math.IsNaN(p[0]) && !math.IsInf(p[0], 0) && !math.IsNaN(p[1]) && !math.IsInf(p[1], 0)
}
