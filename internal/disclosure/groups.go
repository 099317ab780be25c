package disclosure

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// groups says of which nodes each place of the answer is made.
func (g *Guard) groups(p *plan) ([]group, error) {
	q := &p.question
	if p.place < 0 {
		return []group{g.group(q, registry.Key{}, q.areas)}, nil
	}
	d := p.query.By[p.place]
	switch d.Kind {
	case registry.ByHex:
		return g.hexGroups(q, d.EdgeMeters), nil
	case byLeaf:
		return g.leafGroups(q), nil
	}
	var list []group
	for _, i := range g.data.Areas.Level(d.Level) {
		code := g.data.Areas.Area(i).Code
		apart := func(list []registry.AreaCode) bool {
			return !slices.ContainsFunc(list, func(a registry.AreaCode) bool { return a.Within(code) || code.Within(a) })
		}
		if slices.ContainsFunc(q.areas, apart) { // as engines do: areas that every list has a part in
			continue
		}
		list = append(list, g.group(q, registry.Key{Area: code}, append(slices.Clone(q.areas), []registry.AreaCode{code})))
	}
	return list, nil
}

func (g *Guard) group(q *question, key registry.Key, areas [][]registry.AreaCode) group {
	if i, ok := g.data.Areas.Find(key.Area); ok && q.where == nil && q.areas == nil {
		return group{key: key, nodes: []int{i + 1}} // the whole of an area, by far the most frequent
	}
	nodes := g.frame.cover(areas, q.where)
	outside := len(nodes) == 0 && (q.where == nil || len(g.frame.cover(areas, nil)) == 0)
	return group{key: key, nodes: nodes, outside: outside}
}

// hexGroups makes hexagons of whole blocks, by their centers; blocks without a location are a group at the end.
func (g *Guard) hexGroups(q *question, edgeMeters int) []group {
	cells, nowhere := g.frame.hexes(g.data.HexGrid(edgeMeters), g.frame.cover(q.areas, q.where))
	var list []group
	for hex, nodes := range cells {
		list = append(list, group{key: registry.Key{Hex: hex}, nodes: nodes})
	}
	slices.SortFunc(list, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.key.Hex.Q, b.key.Hex.Q), cmp.Compare(a.key.Hex.R, b.key.Hex.R))
	})
	if len(nowhere) > 0 {
		list = append(list, group{key: registry.Key{NoHex: true}, nodes: nowhere})
	}
	return list
}

// counted describes what stands for a region, or for a hexagon.
func (g *Guard) counted(p *plan, group int) *registry.Counted {
	nodes, where := p.groups[group].nodes, p.question.where
	if p.place >= 0 && p.query.By[p.place].Kind == registry.ByHex {
		if where = nil; !p.groups[group].key.NoHex {
			where = &registry.Spatial{CoveredBy: g.data.HexGrid(p.query.By[p.place].EdgeMeters).Polygon(p.groups[group].key.Hex)}
		}
	}
	c := &registry.Counted{Blocks: g.frame.leaves(nodes)}
	c.Geometry = func(ctx context.Context) (orb.MultiPolygon, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return g.frame.shape(nodes)
	}
	c.Coverage = func(ctx context.Context) (float64, error) {
		if err := ctx.Err(); err != nil || where == nil {
			return 0, err
		}
		return g.frame.coverage(nodes, where)
	}
	return c
}
