package attack

import (
	"math"
	"sync"
)

// The attacker knows the method and its parameters. deviates and spread are the default policy's.
const (
	deviates = 15
	spread   = 25
)

// noise gives how likely each result is for a true count: most even (maximum entropy) among those from 0 to count+deviates
// that keep the mean and have the variance, or three quarters of the largest variance where a small count allows no
// more. It is computed from that definition alone; the published tables also make probabilities rise up to no change,
// which moves some of them by less than a hundredth.
func noise(count int) []float64 { return noiseRows()[min(count, deviates)] }

var noiseRows = sync.OnceValue(func() [][]float64 {
	rows := [][]float64{{1}}
	for count := 1; count <= deviates; count++ {
		rows = append(rows, solveNoise(count))
	}
	return rows
})

// result is the probability of a result for a true count.
func result(shown, count int) float64 {
	p := noise(count)
	i := shown - count + min(count, deviates) // rows begin with the largest decrease
	if i < 0 || i >= len(p) {
		return 0
	}
	return p[i]
}

// solveNoise finds a and b of p ∝ exp(a·v + b·v²) by Newton's method with steps that are halved while they make it worse.
func solveNoise(count int) []float64 {
	target := math.Min(spread, 0.75*float64(count)*deviates)
	var a, b float64
	row := func(a, b float64) (p []float64, mean, square, third, fourth float64) {
		sum := 0.0
		for v := -count; v <= deviates; v++ {
			p = append(p, math.Exp(a*float64(v)+b*float64(v*v)))
			sum += p[len(p)-1]
		}
		for i := range p {
			v := float64(i - count)
			p[i] /= sum
			mean, square, third, fourth = mean+p[i]*v, square+p[i]*v*v, third+p[i]*v*v*v, fourth+p[i]*v*v*v*v
		}
		return p, mean, square, third, fourth
	}
	off := func(mean, square float64) float64 { return math.Hypot(mean, (square-target)/10) }
	for range 500 {
		_, mean, square, third, fourth := row(a, b)
		if off(mean, square) < 1e-11 {
			break
		}
		// The derivatives of the two means are their covariances.
		aa, ab, bb := square-mean*mean, third-mean*square, fourth-square*square
		det := aa*bb - ab*ab
		da, db := (bb*mean-ab*(square-target))/det, (aa*(square-target)-ab*mean)/det
		for step := 1.0; step > 1e-9; step /= 2 {
			if _, m, s, _, _ := row(a-step*da, b-step*db); off(m, s) < off(mean, square) {
				a, b = a-step*da, b-step*db
				break
			}
		}
	}
	p, _, _, _, _ := row(a, b)
	return p
}
