package disclosure

import "math"

// vector holds a value for each of the three conditions, or its factor.
type vector [3]float64

func (v vector) dot(w vector) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

const (
	tolerance = 1e-12 // of the conditions, in standard deviations
	mostSteps = 100   // usual are 5 to 15
)

// minimise is Newton's method with steps halved until they help.
func (r *row) minimise(rising, staying bool) bool {
	var factors vector // all equally likely
	if r.zero >= 0 {
		// Near the normal distribution, which with a small variance would be so narrow that nothing but 0 has a weight.
		factors[1] = -0.5 * min(1, 4*r.target)
	}
	value := r.evaluate(factors, rising, staying)
	for range mostSteps {
		gradient, curvature := r.derivatives(staying)
		if max(math.Abs(gradient[0]), math.Abs(gradient[1]), math.Abs(gradient[2])) <= tolerance {
			return true
		}
		step, ok := solve3(curvature, gradient)
		if !ok {
			return false
		}
		slope := gradient.dot(step)
		size := 1.0
		if slope > 0.25 { // far away a full step could end where but one deviation has a weight and no way leads back
			size = 1 / (1 + math.Sqrt(slope))
		}
		for ; ; size /= 2 {
			if size < 1e-9 {
				return false
			}
			next := vector{factors[0] - size*step[0], factors[1] - size*step[1], factors[2] - size*step[2]}
			// The last term is rounding: near the end nothing can be gained beyond it.
			if v := r.evaluate(next, rising, staying); v <= value-1e-4*size*slope+1e-14*(1+math.Abs(value)) {
				factors, value = next, v
				break
			}
		}
	}
	return false
}

// evaluate sets the probabilities that belong to factors and gives the function to minimise.
func (r *row) evaluate(factors vector, rising, staying bool) float64 {
	if !staying {
		factors[2] = 0
	}
	copy(r.pooled, r.conditions)
	if rising {
		r.pool(factors)
	}
	largest := math.Inf(-1)
	for i := range r.p {
		r.p[i] = factors.dot(r.pooled[i])
		largest = max(largest, r.p[i])
	}
	sum := 0.0
	for i := range r.p {
		r.p[i] = math.Exp(r.p[i] - largest)
		sum += r.p[i]
	}
	for i := range r.p {
		r.p[i] /= sum
	}
	return largest + math.Log(sum)
}

type pool struct {
	from  int
	size  float64
	sum   vector
	value float64 // mean of what the factors make of it
}

// pool joins neighbours up to no change until the values of pools rise: isotonic regression by pooling adjacent
// violators.
func (r *row) pool(factors vector) {
	pools := r.pools[:0]
	for i := 0; i <= r.zero; i++ {
		last := pool{i, 1, r.conditions[i], factors.dot(r.conditions[i])}
		for len(pools) > 0 && pools[len(pools)-1].value > last.value {
			before := pools[len(pools)-1]
			pools = pools[:len(pools)-1]
			for k := range last.sum {
				last.sum[k] += before.sum[k]
			}
			last.from, last.size = before.from, last.size+before.size
			last.value = factors.dot(last.sum) / last.size
		}
		pools = append(pools, last)
	}
	for _, p := range pools {
		for i := range int(p.size) {
			r.pooled[p.from+i] = vector{p.sum[0] / p.size, p.sum[1] / p.size, p.sum[2] / p.size}
		}
	}
	r.pools = pools
}

// derivatives are the means of the conditions, and their covariances.
func (r *row) derivatives(staying bool) (gradient vector, curvature [3]vector) {
	for i, p := range r.p {
		for k, x := range r.pooled[i] {
			gradient[k] += p * x
			for l, y := range r.pooled[i][:k+1] {
				curvature[k][l] += p * x * y
			}
		}
	}
	if !staying {
		gradient[2], curvature[2] = 0, vector{0, 0, 1}
	}
	for k := range curvature {
		for l := range k + 1 {
			curvature[k][l] -= gradient[k] * gradient[l]
			curvature[l][k] = curvature[k][l]
		}
		curvature[k][k] *= 1 + 1e-12 // pools can leave too few values for a matrix of full rank
	}
	return gradient, curvature
}

// solve3 solves a symmetric positive definite system by Cholesky's method; false when it is none.
func solve3(m [3]vector, right vector) (x vector, ok bool) {
	for k := range 3 {
		for l := range k + 1 {
			sum := m[k][l]
			for j := range l {
				sum -= m[k][j] * m[l][j]
			}
			if k != l {
				m[k][l] = sum / m[l][l]
			} else if !(sum > 0) {
				return x, false
			} else {
				m[k][k] = math.Sqrt(sum)
			}
		}
	}
	x = right
	for k := range 3 {
		for j := range k {
			x[k] -= m[k][j] * x[j]
		}
		x[k] /= m[k][k]
	}
	for k := 2; k >= 0; k-- {
		for j := k + 1; j < 3; j++ {
			x[k] -= m[j][k] * x[j]
		}
		x[k] /= m[k][k]
	}
	return x, true
}
