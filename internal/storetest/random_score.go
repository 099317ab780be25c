package storetest

import (
	"math"
	"math/rand/v2"

	"kantong/internal/registry"
)

// randomScore is often of equal weights, often with weights of zero among them, and its cutoff is mostly what some household
// reaches exactly or misses by one.
func randomScore(r *rand.Rand, households []registry.Record) *registry.Score {
	s := &registry.Score{}
	for _, d := range r.Perm(registry.DeprivationCount)[:randomLength(r)] {
		s.Of = append(s.Of, registry.Deprivation(d))
	}
	s.Weights = randomWeights(r, len(s.Of))
	all, some := int64(0), int64(0)
	like := r.IntN(max(1, len(households)))
	for i, w := range s.Weights {
		all += w
		deprived := r.IntN(2) == 0
		if len(households) > 0 && s.Of[i] != registry.Unserved {
			deprived = households[like].Deprived.Has(s.Of[i])
		}
		if deprived {
			some += w
		}
	}
	s.AtLeast = some
	switch r.IntN(6) {
	case 0:
		s.AtLeast = 1 + r.Int64N(all)
	case 1:
		s.AtLeast = some - 1
	case 2:
		s.AtLeast = min(some, all-1) + 1
	}
	s.AtLeast = max(1, s.AtLeast)
	return s
}

// randomLength is mostly short: of many conditions hardly any household has all known.
func randomLength(r *rand.Rand) int {
	return []int{1, 2, 2, 3, 3, 4, 5, 8, registry.DeprivationCount}[r.IntN(9)]
}

// randomWeights are of a sum above zero that is no more than 64 bits hold.
func randomWeights(r *rand.Rand, n int) []int64 {
	most := []int64{1, 3, 1000, registry.ScoreUnit, math.MaxInt64 / int64(n)}[r.IntN(5)]
	equal := r.IntN(2) == 0
	weights := make([]int64, n)
	for i := range weights {
		weights[i] = most
		if !equal {
			weights[i] = r.Int64N(most) // zero now and then
		}
	}
	if !equal {
		weights[r.IntN(n)] = most
	}
	return weights
}
