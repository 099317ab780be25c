package disclosure

import (
	"slices"

	"kantong/internal/registry"
)

// placesPerPart bounds the filter of a part, so that a question's own conditions fit beside it: see MaxFilterNodes.
const placesPerPart = 24

// placeGroup is a run of neighbourhood units with their households in one state.
type placeGroup struct {
	places     []registry.Place
	households int
}

// unlocatedBlocks gives the blocks of households without a location: the frozen groups of neighbourhood units, then the
// units that are in none. A group that is too small joins the next one, the last the one before it. All have enough, but
// for one that is alone.
//
// Units that nobody lives in are left out, and the rest is named by the units that are there: the state does not
// change, and "none of these" could be too long for a filter.
func unlocatedBlocks(tree registry.BlockTree, households map[registry.Place]int) (blocks []*block) {
	var groups []placeGroup
	grouped := map[registry.Place]bool{}
	for _, places := range tree.Places {
		groups = append(groups, placeGroupOf(places, households))
		for _, place := range places {
			grouped[place] = true
		}
	}
	rest := slices.DeleteFunc(sortedPlaces(households), func(p registry.Place) bool { return grouped[p] })
	groups = mergeSmall(append(mergeSmall(groups), placeGroupOf(rest, households)))
	for _, g := range groups {
		blocks = append(blocks, g.block(tree.Area, len(groups) == 1))
	}
	return blocks
}

// placeGroupOf counts the households of units, without those units that nobody lives in.
func placeGroupOf(places []registry.Place, households map[registry.Place]int) (g placeGroup) {
	for _, place := range places {
		if n := households[place]; n > 0 {
			g.places = append(g.places, place)
			g.households += n
		}
	}
	return g
}

// mergeSmall joins groups until each has enough households, or only one is left. One of nobody goes.
func mergeSmall(groups []placeGroup) (merged []placeGroup) {
	var open placeGroup
	for _, g := range groups {
		open = joinGroups(open, g)
		if open.households >= blockHouseholds {
			merged, open = append(merged, open), placeGroup{}
		}
	}
	switch last := len(merged) - 1; {
	case open.households == 0:
	case last < 0:
		merged = append(merged, open)
	default:
		merged[last] = joinGroups(merged[last], open)
	}
	return merged
}

func joinGroups(a, b placeGroup) placeGroup {
	return placeGroup{slices.Concat(a.places, b.places), a.households + b.households}
}

// block is the group as a block of an area; all tells that nobody else there is without a location.
func (g *placeGroup) block(area registry.AreaCode, all bool) *block {
	b := &block{households: int64(g.households)}
	if all {
		b.parts = []registry.Filter{unlocatedIn(area)}
		return b
	}
	for places := range slices.Chunk(g.places, placesPerPart) {
		part := unlocatedIn(area)
		for _, p := range places {
			part.Or = append(part.Or, registry.Filter{RW: &p.RW, RT: &p.RT})
		}
		b.parts = append(b.parts, part)
	}
	return b
}
