package model

import (
	"context"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Area is an area of an edition, among the areas of its level in the query.
type Area struct {
	position int
	level    *areas
}

// areas is a level of areas: each once, however often the answer shows it.
type areas struct {
	memo
	view      *registry.View
	positions []int
}

// newAreas makes a level of the areas at these positions.
func newAreas(v *registry.View, positions []int) *areas {
	distinct := slices.Clone(positions)
	slices.Sort(distinct)
	return &areas{view: v, positions: slices.Compact(distinct)}
}

// NewArea makes the node of one area.
func NewArea(v *registry.View, position int) *Area {
	return &Area{position, newAreas(v, []int{position})}
}

func (l *areas) nodes(positions []int) []*Area {
	out := make([]*Area, len(positions))
	for i, p := range positions {
		out[i] = &Area{p, l}
	}
	return out
}

// byCode gives the node of a code; nil for "".
func (l *areas) byCode(code registry.AreaCode) *Area {
	p, ok := l.view.Areas.Find(code)
	if !ok {
		return nil
	}
	return &Area{p, l}
}

func (a *Area) area() *registry.Area { return a.level.view.Areas.Area(a.position) }

func (*Area) IsNode() {}

func (a *Area) ID() string {
	return ID{"Area", a.level.view.State.ID(), string(a.area().Code)}.String()
}
func (a *Area) FeatureID() int            { return int(a.area().Code.FeatureID()) }
func (a *Area) Code() registry.AreaCode   { return a.area().Code }
func (a *Area) Name() string              { return a.area().Name }
func (a *Area) Level() registry.AreaLevel { return a.area().Level() }
func (a *Area) LabelPoint() orb.Geometry  { return a.area().Label }
func (a *Area) AreaKm2() float64          { return a.area().AreaKm2 }

// Bbox is empty without a boundary.
func (a *Area) Bbox() []float64 {
	if len(a.area().Boundary) == 0 {
		return []float64{}
	}
	b := a.area().Boundary.Bound()
	return []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}

// Boundary is as imported, or an outline.
func (a *Area) Boundary(simplifyMeters *float64) (orb.Geometry, error) {
	tolerance := valueOr(simplifyMeters, 0)
	switch {
	case len(a.area().Boundary) == 0:
		return nil, nil
	case tolerance < 0:
		return nil, registry.Invalid("simplifyMeters", "%g is below zero", tolerance)
	}
	return a.level.view.Areas.Outline(a.position, registry.OutlineZoom(tolerance)), nil
}

// related makes one level of what related gives for every area of this level, and returns the nodes for this one.
func (a *Area) related(ctx context.Context, relation func(position int) []int) ([]*Area, error) {
	next, err := once(ctx, &a.level.memo, func() (*areas, error) {
		var all []int
		for _, p := range a.level.positions {
			all = append(all, relation(p)...)
		}
		return newAreas(a.level.view, all), nil
	})
	if err != nil {
		return nil, err
	}
	return next.nodes(relation(a.position)), nil
}

func (a *Area) Parent(ctx context.Context) (*Area, error) {
	parents, err := a.related(ctx, func(p int) []int {
		if parent := a.level.view.Areas.Parent(p); parent >= 0 {
			return []int{parent}
		}
		return nil
	})
	if err != nil || len(parents) == 0 {
		return nil, err
	}
	return parents[0], nil
}

func (a *Area) Children(ctx context.Context) ([]*Area, error) {
	return a.related(ctx, a.level.view.Areas.Children)
}

func (a *Area) Neighbours(ctx context.Context) ([]*Area, error) {
	return a.related(ctx, a.level.view.Areas.Neighbours)
}

func (a *Area) Ancestors(ctx context.Context) ([]*Area, error) {
	return a.related(ctx, a.level.view.Areas.Ancestors)
}

func (a *Area) Indicators(ctx context.Context, codes []string) ([]*AreaIndicator, error) {
	out := []*AreaIndicator{}
	for i := range a.level.view.Indicators {
		ind := &a.level.view.Indicators[i]
		if ind.Area == a.area().Code && (codes == nil || slices.Contains(codes, ind.Code)) {
			out = append(out, &AreaIndicator{ind, a})
		}
	}
	return out, nil
}

// AreaIndicator is a published figure of an area.
type AreaIndicator struct {
	indicator *registry.AreaIndicator
	area      *Area
}

func (i *AreaIndicator) Area() *Area    { return i.area }
func (i *AreaIndicator) Code() string   { return i.indicator.Code }
func (i *AreaIndicator) Year() int      { return i.indicator.Year }
func (i *AreaIndicator) Value() float64 { return i.indicator.Value }
func (i *AreaIndicator) Unit() string   { return i.indicator.Unit }
func (i *AreaIndicator) Source() string { return i.indicator.Source }
