// Package targeting compares whom a programme means with whom it reaches.
package targeting

import (
	"cmp"
	"slices"

	"kantong/internal/registry"
)

// Coverage is how far a programme reaches the households that its rule means, in one area.
type Coverage struct {
	Area               registry.AreaCode
	Eligible           registry.Tally // the rule keeps them
	EnrolledEligible   registry.Tally
	NotReached         registry.Tally // eligible, not enrolled
	EnrolledIneligible registry.Tally
	Reach              registry.Rate // EnrolledEligible / Eligible
	Exclusion          registry.Rate // NotReached / Eligible
	Inclusion          registry.Rate // EnrolledIneligible / all enrolled
}

// parts is how many summary queries one programme needs.
const parts = 5

// Queries asks what Coverages needs of each programme, among the households a filter keeps, by area of a level.
func Queries(programs []string, within registry.Filter, level registry.AreaLevel) []registry.SummaryQuery {
	queries := make([]registry.SummaryQuery, 0, parts*len(programs))
	for _, p := range programs {
		eligible := registry.Filter{EligibleFor: p}
		for _, f := range []registry.Filter{
			eligible,
			{EligibleFor: p, EnrolledIn: []string{p}},
			{EligibleFor: p, NotEnrolledIn: []string{p}},
			{EnrolledIn: []string{p}, Not: &eligible},
			{EnrolledIn: []string{p}},
		} {
			f.And = []registry.Filter{within}
			queries = append(queries, registry.SummaryQuery{Filter: f, By: []registry.Dimension{{Kind: registry.ByArea, Level: level}}})
		}
	}
	return queries
}

// Coverages reads the answers to Queries: for each programme one Coverage an area, in the order of the cells.
func Coverages(answers [][]registry.Cell) [][]Coverage {
	var out [][]Coverage
	for ; len(answers) >= parts; answers = answers[parts:] {
		list := make([]Coverage, len(answers[0]))
		for i := range list {
			c := Coverage{Area: answers[0][i].Key.Area, Eligible: answers[0][i].Total, EnrolledEligible: answers[1][i].Total,
				NotReached: answers[2][i].Total, EnrolledIneligible: answers[3][i].Total}
			c.Reach = registry.Ratio(c.EnrolledEligible, c.Eligible)
			c.Exclusion = registry.Ratio(c.NotReached, c.Eligible)
			c.Inclusion = registry.Ratio(c.EnrolledIneligible, answers[4][i].Total)
			list[i] = c
		}
		out = append(out, list)
	}
	return out
}

// SortByNotReached puts most households not reached first; withheld ones last; ties by code.
func SortByNotReached(list []Coverage) {
	sortDescending(list, func(c *Coverage) (float64, registry.FigureStatus) {
		return float64(c.NotReached.Households), c.NotReached.Status
	})
}

// SortByExclusion puts the largest exclusion error first; withheld ones and those of nobody last; ties by code.
func SortByExclusion(list []Coverage) {
	sortDescending(list, func(c *Coverage) (float64, registry.FigureStatus) { return c.Exclusion.Value, c.Exclusion.Status })
}

func sortDescending(list []Coverage, figure func(*Coverage) (float64, registry.FigureStatus)) {
	slices.SortFunc(list, func(a, b Coverage) int {
		va, sa := figure(&a)
		vb, sb := figure(&b)
		switch {
		case sa.HasValue() != sb.HasValue():
			if sa.HasValue() {
				return -1
			}
			return 1
		case sa.HasValue() && va != vb:
			return cmp.Compare(vb, va)
		}
		return cmp.Compare(a.Area, b.Area)
	})
}
