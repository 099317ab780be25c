package model

import (
	"context"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Coverage asks once for all areas of the level.
func (a *Area) Coverage(ctx context.Context, program string) (*Coverage, error) {
	all, err := once(ctx, &a.level.memo, func() (map[registry.AreaCode]*Coverage, error) {
		return a.level.coverage(ctx, program)
	})
	return all[a.area().Code], err
}

func (l *areas) coverage(ctx context.Context, program string) (map[registry.AreaCode]*Coverage, error) {
	nodes := Programs(l.view, func(p *registry.Program) bool { return p.Code == program })
	if len(nodes) == 0 {
		return nil, registry.NotFound("program", "edition %s has no programme %q", l.view.State.ID(), program)
	}
	var queries []registry.SummaryQuery
	want := coverageParts(ctx, nil)
	_, byLevel := l.queries(nil)
	for _, q := range byLevel {
		queries = append(queries, targeting.Queries([]string{program}, q.Filter, q.By[0], want)...)
	}
	answers, err := l.view.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	out := make(map[registry.AreaCode]*Coverage, len(l.positions))
	for _, list := range targeting.Coverages(answers, want) {
		for _, c := range list {
			out[c.Area] = &Coverage{c, nodes[0], l.byCode(c.Area)}
		}
	}
	return out, nil
}
