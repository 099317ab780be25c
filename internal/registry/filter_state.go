package registry

import (
	"bytes"
	"slices"
)

// InState keeps the households that another state has, matched by their ids, and that Filter keeps there. It is asked of
// that state's own areas, programmes and attributes.
type InState struct {
	State  string `json:"state"`           // an edition, or a state, as questions name them
	Filter Filter `json:"filter,omitzero"` // of that state; without conditions whoever is in it
	// Set are these households. Engines hold one state, so whoever asks one finds them beforehand; it is no part of the question.
	Set *HouseholdSet `json:"-"`
}

// HouseholdSet is a set of households. Nobody changes it, so it can be shared.
type HouseholdSet struct{ ids []HouseholdID }

// NewHouseholdSet takes ids in any order, and the slice with them.
func NewHouseholdSet(ids []HouseholdID) *HouseholdSet {
	rising := func(a, b HouseholdID) int { return bytes.Compare(a[:], b[:]) }
	if !slices.IsSortedFunc(ids, rising) {
		slices.SortFunc(ids, rising)
	}
	return &HouseholdSet{slices.Compact(ids)}
}

// IDs gives them in ascending order, each once.
func (s *HouseholdSet) IDs() []HouseholdID { return s.ids }

// Has tells whether a household is in the set.
func (s *HouseholdSet) Has(id HouseholdID) bool {
	_, ok := slices.BinarySearchFunc(s.ids, id, func(a, b HouseholdID) int { return bytes.Compare(a[:], b[:]) })
	return ok
}

func (in *InState) check() error {
	if in.State == "" {
		return Invalid("state", "name an edition or a state, e.g. 2025-q3")
	}
	return in.Filter.Walk(func(path string, f *Filter) error {
		if f.InState != nil {
			return Under("filter", Under(path, Invalid("inState", "a condition on another state can't rest on a third one: ask for both side by side")))
		}
		return nil
	})
}

// OtherStates gives the names of the states that the filter mentions, each once, in the order they come.
func (f *Filter) OtherStates() (names []string) {
	_ = f.Walk(func(_ string, g *Filter) error {
		if g.InState != nil && !slices.Contains(names, g.InState.State) {
			names = append(names, g.InState.State)
		}
		return nil
	})
	return names
}

// CheckFound tells engines whether the households of all other states were found; it is INTERNAL when they were not.
func (f *Filter) CheckFound() error {
	return f.walk("", false, func(path string, g *Filter) error {
		if g.InState != nil && g.InState.Set == nil {
			return Under(path, Errorf(CodeInternal, "inState", "the households of %s were not found before an engine was asked", g.InState.State))
		}
		return nil
	})
}

// WithSets is the filter with the households of the other states that it mentions, as find gives them; errors of find have
// fields from inState on. A filter that mentions none is given back as it is.
func (f Filter) WithSets(find func(*InState) (*HouseholdSet, error)) (Filter, error) {
	if len(f.OtherStates()) == 0 {
		return f, nil
	}
	err := f.fill("", find)
	return f, err
}

// fill replaces what it changes, so that filters which share a part with f stay as they are.
func (f *Filter) fill(path string, find func(*InState) (*HouseholdSet, error)) error {
	if f.InState != nil {
		in := *f.InState
		var err error
		if in.Set, err = find(&in); err != nil {
			return Under(path, Under("inState", err))
		}
		f.InState = &in
	}
	f.And, f.Or = slices.Clone(f.And), slices.Clone(f.Or)
	for _, list := range []struct {
		name string
		of   []Filter
	}{{"and", f.And}, {"or", f.Or}} {
		for i := range list.of {
			if err := list.of[i].fill(inList(path, list.name, i), find); err != nil {
				return err
			}
		}
	}
	if f.Not != nil {
		not := *f.Not
		f.Not = &not
		return not.fill(inside(path, "not"), find)
	}
	return nil
}
