package targeting

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"kantong/internal/registry"
)

// Omission is what becomes of the ranking when one criterion is left out and the others keep their proportions.
type Omission struct {
	Criterion string
	Leaders   []registry.AreaCode // first without it, by code; empty when nothing is left to rank by
	Entered   []registry.AreaCode // at most Top without it, but not with it; by code
	Left      []registry.AreaCode // the other way round
	Spearman  registry.Rate       // correlation of the two orders, −1 to 1; UNKNOWN where an order has no differences
	Largest   RankChange          // the area that moves most, the lowest code of equals; zero when none moves
}

// RankChange is a move in the ranking.
type RankChange struct {
	Area     registry.AreaCode
	From, To int
}

// sensitivity leaves out each criterion that counts.
func (t *scoreTable) sensitivity(top int) []Omission {
	scores, ranks := t.ranked(t.weights)
	var out []Omission
	for i, c := range t.criteria {
		if t.weights[i] == 0 {
			continue
		}
		without := slices.Clone(t.weights)
		without[i] = 0
		o := Omission{Criterion: c.Name, Spearman: registry.Rate{Status: registry.UnknownFigure}}
		if slices.Max(without) > 0 {
			otherScores, otherRanks := t.ranked(without)
			o.compare(t.areas, ranks, otherRanks, int32(top))
			o.Spearman = spearman(scores, otherScores)
		}
		out = append(out, o)
	}
	return out
}

// compare tells how ranks change. An area that has no rank on either side is at the end there and does not move.
func (o *Omission) compare(areas []registry.AreaCode, with, without []int32, top int32) {
	largest := int32(0)
	for i, area := range areas {
		before, after := with[i] > 0 && with[i] <= top, without[i] > 0 && without[i] <= top
		switch {
		case after && !before:
			o.Entered = append(o.Entered, area)
		case before && !after:
			o.Left = append(o.Left, area)
		}
		if without[i] == 1 {
			o.Leaders = append(o.Leaders, area)
		}
		if move := max(with[i]-without[i], without[i]-with[i]); move > largest && with[i] > 0 && without[i] > 0 {
			largest = move
			o.Largest = RankChange{area, int(with[i]), int(without[i])}
		}
	}
}

// spearman correlates the mean ranks of the scores that both sides have.
func spearman(a, b []float64) registry.Rate {
	var both [2][]float64
	for i := range a {
		if x, y := a[i], b[i]; x == x && y == y { // rounded like ranks, so that equal scores are equal here too
			both[0] = append(both[0], math.Round(x*1e12))
			both[1] = append(both[1], math.Round(y*1e12))
		}
	}
	for _, list := range both {
		meanRanks(slices.Clone(list), list, make([]int, len(list)))
		if len(list) < 2 || slices.Min(list) == slices.Max(list) {
			return registry.Rate{Status: registry.UnknownFigure}
		}
	}
	return registry.Rate{Value: stat.Correlation(both[0], both[1], nil)}
}
