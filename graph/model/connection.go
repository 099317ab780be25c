package model

import (
	"slices"

	"kantong/internal/registry"
)

// PageInfo says where a page stands in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// pageInfo of a page with these cursors.
func pageInfo(more bool, n int, cursor func(int) string) PageInfo {
	p := PageInfo{HasNextPage: more}
	if n > 0 {
		first, last := cursor(0), cursor(n-1)
		p.StartCursor, p.EndCursor = &first, &last
	}
	return p
}

// PageSize reads the argument first.
func PageSize(first *int) (int, error) {
	if first == nil {
		return defaultFirst, nil
	}
	return *first, registry.CheckFirst(*first)
}

const defaultFirst = 50

// EditionConnection is a page of editions.
type EditionConnection struct {
	Edges      []EditionEdge
	PageInfo   PageInfo
	TotalCount int
}

// EditionEdge is an edition in a list.
type EditionEdge struct {
	Cursor string
	Node   *Edition
}

// Editions pages through all editions. A cursor is bound to the list of editions: publishing another makes it stale.
func Editions(all []*Edition, first *int, after *string) (*EditionConnection, error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	names := []string{"editions"}
	for _, e := range all {
		names = append(names, e.State())
	}
	binding, from := registry.Bind(names...), 0
	if after != nil {
		key, err := registry.DecodeCursor(binding, *after)
		if err != nil {
			return nil, err
		}
		if from = 1 + slices.IndexFunc(all, func(e *Edition) bool { return e.ID() == string(key) }); from == 0 {
			return nil, registry.StaleCursor()
		}
	}
	page := all[min(from, len(all)):min(from+size, len(all))]
	c := &EditionConnection{Edges: make([]EditionEdge, len(page)), TotalCount: len(all)}
	for i, e := range page {
		c.Edges[i] = EditionEdge{registry.EncodeCursor(binding, []byte(e.ID())), e}
	}
	c.PageInfo = pageInfo(from+size < len(all), len(page), func(i int) string { return c.Edges[i].Cursor })
	return c, nil
}
