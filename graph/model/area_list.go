package model

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// AreaConnection is a page of areas.
type AreaConnection struct {
	Edges      []AreaEdge
	PageInfo   PageInfo
	TotalCount int
}

// AreaEdge is an area in a list.
type AreaEdge struct {
	Cursor         string
	Node           *Area
	DistanceMeters *float64
}

// Areas pages through the areas that a filter keeps, by code or nearest first.
func Areas(v *registry.View, filter *AreaFilter, near *registry.Position, first *int, after *string) (*AreaConnection, error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	if filter == nil {
		filter = &AreaFilter{}
	}
	positions, err := v.Areas.Select(filter.registry())
	if err != nil {
		return nil, registry.Under("filter", err)
	}
	ranked := make([]registry.Ranked, len(positions))
	for i, p := range positions {
		ranked[i].Area = p
	}
	if near != nil {
		if err := v.CheckPosition(*near); err != nil {
			return nil, registry.Under("near", err)
		}
		ranked = v.Areas.Nearest(positions, near.Orb())
	}
	binding, from := areasBinding(v, filter, near), 0
	if after != nil {
		key, err := registry.DecodeCursor(binding, *after)
		if err != nil {
			return nil, err
		}
		if from = 1 + slices.IndexFunc(ranked, func(r registry.Ranked) bool { return string(areaKey(r)) == string(key) }); from == 0 {
			return nil, registry.StaleCursor()
		}
	}
	page := ranked[min(from, len(ranked)):min(from+size, len(ranked))]
	return areaPage(v, page, binding, near != nil, from+size < len(ranked), len(ranked)), nil
}

func areaPage(v *registry.View, page []registry.Ranked, binding registry.Binding, near, more bool, total int) *AreaConnection {
	positions := make([]int, len(page))
	for i, r := range page {
		positions[i] = r.Area
	}
	level := newAreas(v, positions)
	c := &AreaConnection{Edges: make([]AreaEdge, len(page)), TotalCount: total}
	for i, r := range page {
		c.Edges[i] = AreaEdge{Cursor: registry.EncodeCursor(binding, areaKey(r)), Node: &Area{r.Area, level}}
		if near {
			c.Edges[i].DistanceMeters = meters(r.DistanceMillimeters)
		}
	}
	c.PageInfo = pageInfo(more, len(page), func(i int) string { return c.Edges[i].Cursor })
	return c
}

func areaKey(r registry.Ranked) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(r.Area))
}

func areasBinding(v *registry.View, filter *AreaFilter, near *registry.Position) registry.Binding {
	question := struct {
		Filter AreaFilter
		Shape  string
		Near   *registry.Position
	}{*filter, "", near}
	if filter.Intersects != nil {
		question.Shape, question.Filter.Intersects = string(geo.MarshalGeometry(filter.Intersects)), nil
	}
	text, _ := json.Marshal(question) // plain values: can't fail
	return registry.Bind("areas", v.Version, string(text))
}

// meters turns whole millimetres into metres; nil for no distance.
func meters(millimeters int64) *float64 {
	if millimeters == registry.NoDistance {
		return nil
	}
	m := float64(millimeters) / 1000
	return &m
}

// registry gives the filter as the registry writes it.
func (f *AreaFilter) registry() *registry.AreaFilter {
	out := &registry.AreaFilter{Level: f.Level, Codes: f.Codes, Intersects: f.Intersects, Contains: f.Contains, BBox: f.Bbox}
	if f.Within != nil {
		out.Within = *f.Within
	}
	if f.NameContains != nil {
		out.NameContains = *f.NameContains
	}
	return out
}
