package targeting

import (
	"cmp"
	"slices"

	"kantong/internal/registry"
)

// Territory is areas of one level that are the same ground in two states together, though not one by one, in the smallest
// group of which that can be said. Both lists are by code and have members.
type Territory struct {
	Older, Newer []registry.AreaCode
	Because      []registry.Step // what joins them
}

// TerritoriesOf gives the territories of a level that two states do not have alike, by code: the connected components of what
// was said after the older edition up to the newer. An area of both states is taken for the same ground, unless it is in one of
// them. What is said of kelurahan joins the kecamatan that they are in, too.
func TerritoriesOf(older, newer *registry.View, level registry.AreaLevel) []Territory {
	steps, inOrder := newer.Lineage.Between(older.State.Edition.ID, newer.State.Edition.ID)
	if len(steps) == 0 {
		return nil
	}
	before, after := codesAt(older.Areas, level), codesAt(newer.Areas, level)
	first := older.Areas
	if !inOrder {
		first = newer.Areas
	}
	return territories(before, after, happened(steps, first), level)
}

// happened leaves out what an edition that knows the area but not its predecessor had behind it when it was published: a later
// one may have said it with delay.
func happened(steps []registry.Step, first *registry.Areas) []registry.Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s registry.Step) bool {
		_, has := first.Find(s.Code)
		_, hasBefore := first.Find(s.Predecessor)
		return has && !hasBefore
	})
}

func codesAt(a *registry.Areas, level registry.AreaLevel) (codes []registry.AreaCode) {
	for _, i := range a.Level(level) {
		codes = append(codes, a.Area(i).Code)
	}
	return codes
}

// territories joins codes of a level by steps of that level and below.
func territories(older, newer []registry.AreaCode, steps []registry.Step, level registry.AreaLevel) (out []Territory) {
	parent := map[registry.AreaCode]registry.AreaCode{}
	root := func(code registry.AreaCode) registry.AreaCode {
		for parent[code] != "" {
			code = parent[code]
		}
		return code
	}
	ends := func(s *registry.Step) (code, predecessor registry.AreaCode) {
		return s.Code.At(level), s.Predecessor.At(level)
	}
	for i := range steps {
		code, predecessor := ends(&steps[i])
		if a, b := root(code), root(predecessor); a != b {
			parent[a] = b
		}
	}
	found := map[registry.AreaCode]*Territory{}
	at := func(code registry.AreaCode) *Territory {
		r := root(code)
		if found[r] == nil {
			found[r] = &Territory{}
		}
		return found[r]
	}
	for _, code := range older {
		t := at(code)
		t.Older = append(t.Older, code)
	}
	for _, code := range newer {
		t := at(code)
		t.Newer = append(t.Newer, code)
	}
	for i := range steps {
		if code, predecessor := ends(&steps[i]); code != "" && code != predecessor {
			t := at(code)
			t.Because = append(t.Because, steps[i])
		}
	}
	for _, t := range found {
		if alike := len(t.Older) == 1 && slices.Equal(t.Older, t.Newer); !alike && len(t.Older) > 0 && len(t.Newer) > 0 {
			slices.Sort(t.Older)
			slices.Sort(t.Newer)
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b Territory) int { return cmp.Compare(a.Code(), b.Code()) })
	return out
}

// Code names a territory: the lowest of its areas in the newer state.
func (t *Territory) Code() registry.AreaCode { return t.Newer[0] }

// side is the areas of one state of a pair.
func (t *Territory) side(side int) []registry.AreaCode {
	if side == olderSide {
		return t.Older
	}
	return t.Newer
}

// Has tells whether an area of either state is in the territory.
func (t *Territory) Has(code registry.AreaCode) bool {
	return slices.Contains(t.Older, code) || slices.Contains(t.Newer, code)
}
