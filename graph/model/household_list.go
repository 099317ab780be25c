package model

import (
	"context"
	"fmt"

	"kantong/internal/registry"
)

// HouseholdConnection is a page of households.
type HouseholdConnection struct {
	Edges    []HouseholdEdge
	PageInfo PageInfo
	total    int64
}

// TotalCount was counted because it was chosen.
func (c *HouseholdConnection) TotalCount() int { return int(c.total) }

// HouseholdEdge is a household in a list.
type HouseholdEdge struct {
	Node *Household
	list *householdList
}

// householdList is what the edges of a list share.
type householdList struct {
	binding registry.Binding
	near    bool
}

// Cursor is made when chosen: few ask for those of all rows.
func (e *HouseholdEdge) Cursor() string {
	return registry.EncodeCursor(e.list.binding, e.Node.row.Key().Encode())
}

// DistanceMeters is nil in a list that has no place to be near to.
func (e *HouseholdEdge) DistanceMeters() *float64 {
	if !e.list.near {
		return nil
	}
	return meters(e.Node.row.Order)
}

// Households pages through all households that a filter keeps.
func Households(ctx context.Context, v *registry.View, filter *registry.Filter, near *registry.Position, first *int, after *string) (*HouseholdConnection, error) {
	return onePage(householdPages(ctx, v, householdQuestion{filter: filter, near: near, first: first, after: after}))
}

// Unreached pages through them nearest first, or by need.
func Unreached(ctx context.Context, v *registry.View, filter *registry.Filter, near *registry.Position, first *int, after *string) (*HouseholdConnection, error) {
	return onePage(householdPages(ctx, v, householdQuestion{filter: filter, near: near, byNeed: near == nil, first: first, after: after}))
}

func onePage(pages []*HouseholdConnection, err error) (*HouseholdConnection, error) {
	if err != nil {
		return nil, err
	}
	return pages[0], nil
}

// householdQuestion is which households are listed, and in which order.
type householdQuestion struct {
	parents []registry.AreaCode
	filter  *registry.Filter
	near    *registry.Position
	byNeed  bool
	first   *int
	after   *string
}

// Households pages through an area's households; one engine call serves all areas of the level.
func (a *Area) Households(ctx context.Context, filter *registry.Filter, first *int, after *string) (*HouseholdConnection, error) {
	pages, err := once(ctx, &a.level.memo, func() (map[int]*HouseholdConnection, error) {
		codes := make([]registry.AreaCode, len(a.level.positions))
		for i, p := range a.level.positions {
			codes[i] = a.level.view.Areas.Area(p).Code
		}
		list, err := householdPages(ctx, a.level.view, householdQuestion{parents: codes, filter: filter, first: first, after: after})
		byArea := make(map[int]*HouseholdConnection, len(list))
		for i, page := range list {
			byArea[a.level.positions[i]] = page
		}
		return byArea, err
	})
	return pages[a.position], err
}

func householdPages(ctx context.Context, v *registry.View, h householdQuestion) ([]*HouseholdConnection, error) {
	q := registry.RowsQuery{Filter: registry.Join(h.filter, nil), Parents: h.parents, ByNeed: h.byNeed, Total: chosen(selected(ctx, "HouseholdConnection"), "totalCount")}
	var err error
	if q.First, err = PageSize(h.first); err != nil {
		return nil, err
	}
	if h.near != nil {
		p := h.near.Orb()
		if err := v.CheckPosition(*h.near); err != nil {
			return nil, registry.Under("near", err)
		}
		q.Near = &p
	}
	binding := registry.Bind("households", v.Version, string(q.Filter.JSON()), fmt.Sprint(q.Near, q.ByNeed))
	if h.after != nil {
		key, err := registry.DecodeCursor(binding, *h.after)
		if err != nil {
			return nil, err
		}
		row, err := registry.DecodeRowKey(key)
		if err != nil {
			return nil, err
		}
		q.After = &row
	}
	pages, err := v.Rows(ctx, q)
	if err != nil {
		return nil, underFilter(err)
	}
	level, list := newHouseholdLevel(v), &householdList{binding, h.near != nil}
	out := make([]*HouseholdConnection, len(pages))
	for i, page := range pages {
		out[i] = level.page(page, list)
	}
	return out, nil
}

func (l *householdLevel) page(page registry.RowsPage, list *householdList) *HouseholdConnection {
	c := &HouseholdConnection{Edges: make([]HouseholdEdge, len(page.Rows)), total: page.Total}
	nodes := l.add(page.Rows)
	for i := range nodes {
		c.Edges[i] = HouseholdEdge{&nodes[i], list}
	}
	c.PageInfo = pageInfo(page.More, len(page.Rows), func(i int) string { return c.Edges[i].Cursor() })
	return c
}
