package model

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// SummaryGroup is the figures of one group.
type SummaryGroup struct {
	Key     *GroupKey
	Summary *Summary
}

// GroupKey says which group, among the groups of one answer.
type GroupKey struct {
	key    registry.Key
	by     map[registry.DimensionKind]registry.Dimension
	groups *groups
}

// groups is what the keys of one answer share.
type groups struct {
	areas    *areas
	programs []*Program
	grid     geo.HexGrid
}

// DecileKey and SexKey tell a group of the unknown from no grouping at all.
type (
	DecileKey struct{ Value *int }
	SexKey    struct{ Value *registry.Sex }
)

// Hex is a hexagon, or what has no location.
type Hex struct {
	Id               *string
	Geometry, Center orb.Geometry
}

func (k *GroupKey) Area() *Area {
	if _, ok := k.by[registry.ByArea]; !ok {
		return nil
	}
	return k.groups.areas.byCode(k.key.Area)
}

func (k *GroupKey) Decile() *DecileKey {
	if _, ok := k.by[registry.ByDecile]; !ok {
		return nil
	}
	return &DecileKey{decile(k.key.Decile)}
}

func (k *GroupKey) Program() *Program {
	if _, ok := k.by[registry.ByProgram]; !ok {
		return nil
	}
	return k.groups.programs[k.key.Program]
}

func (k *GroupKey) HeadSex() *SexKey {
	if _, ok := k.by[registry.BySex]; !ok {
		return nil
	}
	if k.key.Sex == registry.SexUnknown {
		return &SexKey{}
	}
	return &SexKey{&k.key.Sex}
}

func (k *GroupKey) Deprivation() *registry.Deprivation {
	if _, ok := k.by[registry.ByDeprivation]; !ok {
		return nil
	}
	return &k.key.Deprivation
}

func (k *GroupKey) Hex() *Hex {
	if _, ok := k.by[registry.ByHex]; !ok {
		return nil
	}
	if k.key.NoHex {
		return &Hex{}
	}
	return hexagon(k.groups.grid, k.key.Hex)
}

// Neighbourhood is an RW or RT.
type Neighbourhood struct {
	key    *registry.Key
	groups *groups
}

func (k *GroupKey) Neighbourhood() *Neighbourhood {
	if _, ok := k.by[registry.ByPlace]; !ok {
		return nil
	}
	return &Neighbourhood{&k.key, k.groups}
}

func (n *Neighbourhood) Area() *Area { return n.groups.areas.byCode(n.key.Area) }
func (n *Neighbourhood) Rw() *string { return optional(n.key.Place.RW) }
func (n *Neighbourhood) Rt() *string { return optional(n.key.Place.RT) }

func hexagon(grid geo.HexGrid, cell geo.HexID) *Hex {
	id := geo.FormatHexID(grid.EdgeMeters(), cell)
	return &Hex{&id, grid.Polygon(cell), grid.Center(cell)}
}

func (s HexSize) edgeMeters() int {
	return map[HexSize]int{HexSizeM250: 250, HexSizeM500: 500, HexSizeM1000: 1000}[s]
}

// Summaries splits the households that a filter keeps.
func Summaries(ctx context.Context, v *registry.View, filter *registry.Filter, groupBy []*GroupBy) ([]*SummaryGroup, error) {
	q := registry.SummaryQuery{Filter: registry.Join(filter, nil)}
	g := &groups{areas: &areas{view: v}}
	by := map[registry.DimensionKind]registry.Dimension{}
	for _, split := range groupBy {
		d := split.dimension()
		q.By, by[d.Kind] = append(q.By, d), d
		switch d.Kind {
		case registry.ByHex:
			g.grid = v.HexGrid(d.EdgeMeters)
		case registry.ByProgram:
			g.programs = Programs(v, func(*registry.Program) bool { return true })
		}
	}
	if err := v.CheckBy(q.By); err != nil {
		return nil, registry.Under("groupBy", err)
	}
	for _, f := range selected(ctx, "SummaryGroup") {
		if f.Name == "summary" {
			choose(ctx, &q, graphql.CollectFields(graphql.GetOperationContext(ctx), f.Selections, []string{"Summary"}))
		}
	}
	answers, err := v.Summarise(ctx, []registry.SummaryQuery{q})
	if err != nil {
		return nil, underFilter(err)
	}
	var positions []int
	level, out := &summaries{view: v, queries: []registry.SummaryQuery{q}}, make([]*SummaryGroup, len(answers[0]))
	for i, cell := range answers[0] {
		if p, ok := v.Areas.Find(cell.Key.Area); ok {
			positions = append(positions, p)
		}
		out[i] = &SummaryGroup{&GroupKey{cell.Key, by, g}, &Summary{cell, level}}
	}
	g.areas = newAreas(v, positions)
	return out, nil
}

func (g GroupBy) dimension() registry.Dimension {
	switch {
	case g.Area != nil:
		return registry.AreasOf(*g.Area)
	case g.Neighbourhood != nil:
		return registry.PlacesOf(map[NeighbourhoodUnit]registry.PlaceUnit{NeighbourhoodUnitRw: registry.UnitRW, NeighbourhoodUnitRt: registry.UnitRT}[*g.Neighbourhood])
	case g.Hex != nil:
		return registry.HexesOf(g.Hex.edgeMeters())
	}
	return registry.Dimension{Kind: map[GroupAttribute]registry.DimensionKind{GroupAttributeDecile: registry.ByDecile,
		GroupAttributeProgram: registry.ByProgram, GroupAttributeHeadSex: registry.BySex, GroupAttributeDeprivation: registry.ByDeprivation}[*g.Attribute]}
}
