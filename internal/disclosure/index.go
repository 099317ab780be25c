package disclosure

import (
	"slices"

	"kantong/internal/registry"
)

// The published multidimensional index is one attribute with two bands, the poor and the others that could be judged. It is
// asked for the poor, or for both bands: of whom all indicators are known, which is the base of every share of the index.
//
// Both bands together are counted as a sum of two cells, like any range. So the judged less the poor is the figure that
// the other band has of its own, or what coarsen makes of it, and never a number that would be withheld. Neither the poor
// nor the judged show where the others are too few: that whoever is judged there is poor, is about each of them.
// Who could not be judged tells about the registry, not about a family, and need not be many.

// indexConditions reads the conditions on multidimensional poverty.
func indexConditions(f *registry.Filter) (list []condition, err error) {
	index := registry.PlanIndex()
	judged, poor := registry.Filter{KnownIn: index.Of}, registry.Filter{Score: &index}
	if len(f.KnownIn) > 0 {
		if !slices.Equal(f.KnownIn, index.Of) {
			return nil, limit("knownIn", "whether something is known is answered of the published index, multidimensional without input: otherwise use deprivedIn or notDeprivedIn, which ask for it too")
		}
		others := registry.Filter{KnownIn: index.Of, Not: &poor}
		list = append(list, condition{attribute: attribute{kind: indexAttribute}, bands: []band{{bandNo, others}, {bandYes, poor}}, whole: judged, path: "knownIn"})
	}
	if f.Score != nil {
		if !slices.Equal(f.Score.Of, index.Of) || !slices.Equal(f.Score.Weights, index.Weights) || f.Score.AtLeast != index.AtLeast {
			return nil, limit("score", "one index is published, multidimensional without input: ask for that, or for %s and the others one at a time", f.Score.Of[0])
		}
		list = append(list, condition{attribute: attribute{kind: indexAttribute}, bands: []band{{bandYes, poor}}, whole: poor, path: "score"})
	}
	return list, nil
}

// dropIndex is the drop for a condition on the index. What counts is who is judged and not poor: for the poor those that
// the judged hold beyond them, for the judged themselves those that they hold beyond the poor.
func dropIndex(c *condition, rest registry.Filter) (filter registry.Filter, inside bool) {
	index := registry.PlanIndex()
	base := registry.Filter{KnownIn: index.Of}
	if inside = c.has(bandNo); inside {
		base = registry.Filter{Score: &index}
	}
	return registry.Join(&rest, &base), inside
}
