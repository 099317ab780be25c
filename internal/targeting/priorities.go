package targeting

import (
	"slices"

	"kantong/internal/registry"
)

// Orientation says which end of an indicator is the bad one.
type Orientation string

// The orientations. There is no default: an indicator read the wrong way round sends money to the wrong place.
const (
	MoreIsWorse Orientation = "MORE_IS_WORSE"
	LessIsWorse Orientation = "LESS_IS_WORSE"
)

// sign makes larger values the worse ones; 0 for an unknown orientation.
func (o Orientation) sign() float64 {
	switch o {
	case MoreIsWorse:
		return 1
	case LessIsWorse:
		return -1
	}
	return 0
}

// Normalisation brings criteria of different units to one scale, on which more is always more urgent. It looks only at
// the areas that have a value.
type Normalisation string

// The normalisations.
const (
	NormaliseMinMax Normalisation = "MIN_MAX" // 0 for the best area, 1 for the worst, in proportion between them
	NormaliseZScore Normalisation = "Z_SCORE" // standard deviations (of all n areas) above the mean
	NormaliseRank   Normalisation = "RANK"    // (rank−1)/(n−1), 0 for the best area, equal values share their mean rank
)

// Basis says what a criterion's values are, and so how uncertain they are.
type Basis string

// The bases. Shares and counts of households are resampled in every draw, published figures are taken as they are.
const (
	PublishedFigure Basis = "PUBLISHED"
	HouseholdShare  Basis = "SHARE"
	HouseholdCount  Basis = "COUNT"
)

// Observation is a criterion's value in one area.
type Observation struct {
	Value  float64               // PUBLISHED: the figure
	Events int64                 // SHARE and COUNT: the households that have the property
	Of     int64                 // SHARE and COUNT: all households asked about it; 0 is a missing value
	Status registry.FigureStatus // SUPPRESSED and UNKNOWN are missing values
}

// Criterion is an indicator by which areas are ranked.
type Criterion struct {
	Name        string // for notes
	Weight      float64
	Orientation Orientation
	Basis       Basis
	Values      []Observation // one an area, in the order of the question's areas
}

// Bounds and defaults of a priority question.
const (
	DefaultDraws = 1000
	MaxDraws     = 10_000
	maxAreaDraws = 1_000_000 // areas × draws: with five criteria under a second, and 4 MB

	// DefaultConcentration is the κ with which weights are drawn: a weight ω₀ varies with a standard deviation of
	// √(ω₀(1−ω₀)/(κ+1)), so that one of five equal weights is mostly between 0.12 and 0.31. That is about how far
	// people who agree on the criteria differ about the weights.
	DefaultConcentration = 50
	maxConcentration     = 1e6
	maxValue             = 1e100 // so that no sum of squares overflows
)

// PriorityQuestion asks which areas come first.
type PriorityQuestion struct {
	Areas         []registry.AreaCode
	Criteria      []Criterion
	Normalisation Normalisation
	Top           int     // how many areas are at the top in Sensitivity, 1 or more
	Draws         int     // 0 leaves uncertainty out, MaxDraws at most
	Concentration float64 // κ, 1 to 1e6; not looked at without draws
	Seed          uint64
}

// Priorities answers a PriorityQuestion.
type Priorities struct {
	Areas       []Priority        // by rank, then code; those without a rank last
	Criteria    []CriterionWeight // in the order of the question
	Sensitivity []Omission        // one for each criterion that counts, in the order of the question
}

// CriterionWeight is the weight a criterion counts with. Weights add up to 1.
type CriterionWeight struct {
	Name   string
	Weight float64
	Note   string // why it does not count, or empty
}

// Priority is the place of one area.
type Priority struct {
	Area          registry.AreaCode
	Score         float64          // the sum of Weighted; 0 to 1 unless Z_SCORE; more is more urgent
	Rank          int              // 1 is the most urgent; equal scores share the lowest rank; 0: no value to rank it by
	Contributions []Contribution   // in the order of the criteria
	Note          string           // which values are missing, or empty
	Uncertainty   *RankUncertainty // nil without draws and without a rank
}

// Contribution is what one criterion adds to an area's score.
type Contribution struct {
	Criterion  string
	Raw        registry.Rate // as measured
	Normalised float64       // 0 where Raw has no value or the criterion does not count
	Weight     float64       // in this area: where values are missing, the weights of the others are scaled up to add up to 1
	Weighted   float64       // Weight × Normalised
}

// RankUncertainty is how firm a rank is when weights and measurements vary.
type RankUncertainty struct {
	Low, High int     // the rank is in this range in 90 % of the draws: their 5 % and 95 % quantiles
	ranks     []int32 // of the draws, ascending
}

// InTop is the share of the draws in which the rank is at most k.
func (u *RankUncertainty) InTop(k int) float64 {
	within, _ := slices.BinarySearchFunc(u.ranks, k, func(r int32, k int) int {
		if int(r) <= k {
			return -1
		}
		return 1
	})
	return float64(within) / float64(len(u.ranks))
}

// Prioritise ranks areas by the weighted mean of their normalised criteria.
//
// A criterion that is the same everywhere can't rank areas and counts with weight 0; when all of them are, every area has
// score 0 and rank 1. An area's missing value is not guessed: its remaining weights are scaled up, with a note. An area
// without any value that counts has no rank and stands at the end.
//
// The answer depends on the question alone: not on the order of areas, on time or on the number of processors.
// Errors name areas, criteria[i].…, normalisation, top, draws or concentration.
func Prioritise(q PriorityQuestion) (Priorities, error) {
	if err := q.check(); err != nil {
		return Priorities{}, err
	}
	t := newScoreTable(q)
	out := Priorities{Areas: t.priorities(), Criteria: t.weightsUsed(), Sensitivity: t.sensitivity(q.Top)}
	if q.Draws > 0 {
		for i, u := range t.uncertainty(q) {
			out.Areas[i].Uncertainty = u
		}
	}
	sortPriorities(out.Areas)
	return out, nil
}
