package model

import "kantong/internal/registry"

// LinkedArea is an area that another was made from, or that was made from it.
type LinkedArea struct {
	Code    registry.AreaCode
	Name    *string
	Decree  *string
	Date    *registry.Date
	Edition string
}

// Predecessors are what the area was made from.
func (a *Area) Predecessors() []LinkedArea {
	v := a.level.view
	out := []LinkedArea{}
	for _, s := range v.Lineage.Predecessors(v.State.Edition.ID, a.area().Code) {
		out = append(out, LinkedArea{s.Predecessor, orNull(s.PredecessorName), orNull(s.Decree), orNull(s.Date), s.Edition})
	}
	return out
}

// Successors are what was made from the area.
func (a *Area) Successors() []LinkedArea {
	v := a.level.view
	out := []LinkedArea{}
	for _, s := range v.Lineage.Successors(v.State.Edition.ID, a.area().Code) {
		out = append(out, LinkedArea{s.Code, orNull(s.Name), orNull(s.Decree), orNull(s.Date), s.Edition})
	}
	return out
}

// orNull is nil for an empty text.
func orNull[T ~string](text T) *T {
	if text == "" {
		return nil
	}
	return &text
}

// Territory is areas of two states that are counted together.
type Territory struct {
	Older, Newer []*Area
	Successions  []Succession
}

// Succession is why.
type Succession struct {
	Code            registry.AreaCode
	Name            *string
	Predecessor     registry.AreaCode
	PredecessorName *string
	Decree          *string
	Date            *registry.Date
	Edition         string
}

func successions(steps []registry.Step) []Succession {
	out := make([]Succession, len(steps))
	for i, s := range steps {
		out[i] = Succession{s.Code, orNull(s.Name), s.Predecessor, orNull(s.PredecessorName), orNull(s.Decree), orNull(s.Date), s.Edition}
	}
	return out
}
