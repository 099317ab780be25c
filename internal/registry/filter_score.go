package registry

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// check tells what is wrong with the score, with field "of", "weights" or "atLeast".
func (s *Score) check() error {
	if len(s.Of) == 0 {
		return Invalid("of", "a score needs at least one deprivation")
	}
	var seen DeprivationSet
	for _, d := range s.Of {
		if d >= DeprivationCount {
			return Invalid("of", "%d is not a deprivation", uint8(d))
		}
		if seen.Has(d) {
			return Invalid("of", "%s is there twice: name each deprivation once and give it its whole weight", d)
		}
		seen = seen.With(d)
	}
	if len(s.Weights) != len(s.Of) {
		return Invalid("weights", "%d weights of %d deprivations: give each deprivation its own, in the same order", len(s.Weights), len(s.Of))
	}
	sum := int64(0)
	for _, w := range s.Weights {
		if w < 0 {
			return Invalid("weights", "%d: a weight is not below zero", w)
		}
		if w > math.MaxInt64-sum {
			return Invalid("weights", "the weights add up to more than %d", int64(math.MaxInt64))
		}
		sum += w
	}
	if sum == 0 {
		return Invalid("weights", "at least one weight must be above zero")
	}
	if s.AtLeast < 1 || s.AtLeast > sum {
		return Invalid("atLeast", "%d is outside 1 to %d, the sum of the weights", s.AtLeast, sum)
	}
	return nil
}

// String writes the score: "deprived in at least 33 % of (unsafe water, earth floor)". Weights are shares of their sum and
// are left out where they are equal.
func (s Score) String() string {
	sum := 0.0
	for _, w := range s.Weights {
		sum += float64(w)
	}
	names, shares := words(s.Of), make([]string, len(s.Weights))
	for i, w := range s.Weights {
		shares[i] = percent(float64(w) / sum)
	}
	if len(slices.Compact(slices.Clone(shares))) > 1 {
		for i := range min(len(names), len(shares)) {
			names[i] += " " + shares[i]
		}
	}
	cutoff := "at least " + percent(float64(s.AtLeast)/sum)
	if cutoff == "at least 0 %" { // too little to be written, yet nobody without any deprivation reaches it
		cutoff = "more than 0 %"
	}
	return fmt.Sprintf("deprived in %s of (%s)", cutoff, strings.Join(names, ", "))
}

// percent writes a share to two decimals at most: "33.33 %".
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e4)/1e2, 'f', -1, 64) + " %"
}
