// Package targeting compares whom a programme means with whom it reaches.
package targeting

import (
	"cmp"
	"math/bits"
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
	Enrolled           registry.Tally // whether eligible or not
	Reach              registry.Rate  // EnrolledEligible / Eligible
	Exclusion          registry.Rate  // NotReached / Eligible
	Inclusion          registry.Rate  // EnrolledIneligible / all enrolled
}

// Parts says which figures of a Coverage are wanted; each costs a question of its own.
type Parts uint8

// The parts, a bit each, in the order of their questions.
const (
	PartEligible Parts = 1 << iota
	PartEnrolledEligible
	PartNotReached
	PartEnrolledIneligible
	PartEnrolled // for Inclusion
	AllParts     = 1<<iota - 1
)

// What the rates and orders of a Coverage are made of.
const (
	ForReach     = PartEligible | PartEnrolledEligible
	ForExclusion = PartEligible | PartNotReached
	ForInclusion = PartEnrolled | PartEnrolledIneligible
)

// Queries asks for the wanted parts of each programme, among the households a filter keeps, split by a dimension: areas of a
// level, or hexagons.
func Queries(programs []string, within registry.Filter, by registry.Dimension, want Parts) []registry.SummaryQuery {
	var queries []registry.SummaryQuery
	for _, p := range programs {
		eligible := registry.Filter{EligibleFor: p}
		for i, f := range []registry.Filter{
			eligible,
			{EligibleFor: p, EnrolledIn: []string{p}},
			{EligibleFor: p, NotEnrolledIn: []string{p}},
			{EnrolledIn: []string{p}, Not: &eligible},
			{EnrolledIn: []string{p}},
		} {
			if want>>i&1 == 0 {
				continue
			}
			f.And = []registry.Filter{within}
			queries = append(queries, registry.SummaryQuery{Filter: f, By: []registry.Dimension{by}})
		}
	}
	return queries
}

// Coverages reads the answers to Queries: for each programme one Coverage an area, in the order of the cells. Figures
// that were not asked for are zero.
func Coverages(answers [][]registry.Cell, want Parts) [][]Coverage {
	var out [][]Coverage
	for n := bits.OnesCount8(uint8(want)); n > 0 && len(answers) >= n; answers = answers[n:] {
		list := make([]Coverage, len(answers[0]))
		for i := range list {
			var tallies [5]registry.Tally
			next := 0
			for part := range tallies {
				if want>>part&1 == 1 {
					tallies[part] = answers[next][i].Total
					next++
				}
			}
			c := Coverage{Area: answers[0][i].Key.Area, Eligible: tallies[0], EnrolledEligible: tallies[1], NotReached: tallies[2], EnrolledIneligible: tallies[3], Enrolled: tallies[4]}
			c.Reach = registry.Ratio(c.EnrolledEligible, c.Eligible)
			c.Exclusion = registry.Ratio(c.NotReached, c.Eligible)
			c.Inclusion = registry.Ratio(c.EnrolledIneligible, c.Enrolled)
			list[i] = c
		}
		out = append(out, list)
	}
	return out
}

// InclusionWith is the inclusion error with recipients whom no family stands for: they count on both sides.
func (c *Coverage) InclusionWith(unmatched registry.Tally) registry.Rate {
	with := func(t registry.Tally) registry.Tally {
		return registry.Tally{Households: t.Households + unmatched.Households, Status: max(t.Status, unmatched.Status)}
	}
	return registry.Ratio(with(c.EnrolledIneligible), with(c.Enrolled))
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
