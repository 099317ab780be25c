package server

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"kantong/graph"
	"kantong/internal/export"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

func about(a *asked, t *export.Table) export.About {
	return export.NewAbout(a.view, a.viewer, t.Title, time.Now())
}

func (m *mapDoor) areaTable(values url.Values) (tabled, error) {
	level, err := registry.ParseAreaLevel(strings.ToUpper(cmp.Or(values.Get("level"), "KELURAHAN")))
	if err != nil {
		return tabled{}, err
	}
	return measured(values, func(ctx context.Context, v *registry.View, q tiles.Question) (export.Table, error) {
		return export.Areas(ctx, v, level, registry.AreaCode(values.Get("within")), q)
	})
}

func (m *mapDoor) hexTable(values url.Values) (tabled, error) {
	edge, err := hexEdge(values)
	if err != nil {
		return tabled{}, err
	}
	return measured(values, func(ctx context.Context, v *registry.View, q tiles.Question) (export.Table, error) {
		return export.Hexes(ctx, v, edge, q)
	})
}

// measured is a table of the measures that are asked for.
func measured(values url.Values, table func(context.Context, *registry.View, tiles.Question) (export.Table, error)) (tabled, error) {
	q, err := question(values)
	q = export.OrDefault(q)
	return tabled{func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		t, err := table(ctx, a.view, q)
		list := about(a, &t)
		list.Asked(q.Filter, q.Measures)
		return t, list, err
	}, q.OtherStates()}, err
}

func (m *mapDoor) pocketTable(values url.Values) (tabled, error) {
	q, err := question(values)
	if err != nil {
		return tabled{}, err
	}
	wanted, err := pocketQuestion(values, q.Filter)
	return tabled{func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		found, err := m.survey(ctx, a, wanted)
		if err != nil {
			return export.Table{}, nil, err
		}
		t := export.Pockets(found.Pockets)
		list := about(a, &t)
		list.Asked(q.Filter, nil)
		list.Method(fmt.Sprintf("density clusters (DBSCAN): at least %d households within %g m", wanted.MinHouseholds, wanted.RadiusMeters))
		return t, list, nil
	}, q.OtherStates()}, err
}

func (m *mapDoor) unreachedTable(values url.Values) (tabled, error) {
	program := values.Get("program")
	if program == "" {
		return tabled{}, registry.Invalid("program", "say whom which programme does not reach: program=CODE")
	}
	q, err := question(values)
	return tabled{func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		t, err := export.Unreached(ctx, a.view, program, q.Filter)
		list := about(a, &t)
		list.Asked(q.Filter, nil)
		return t, list, err
	}, q.OtherStates()}, err
}

// priorityTable asks for a ranking as anybody could ask.
func (m *mapDoor) priorityTable(values url.Values) (tabled, error) {
	input, err := export.ParseInput("input", values.Get("input"))
	if err != nil {
		return tabled{}, err
	}
	return tabled{func(ctx context.Context, a *asked) (export.Table, export.About, error) {
		answer := m.exec.Run(ctx, export.PrioritiesQuery, map[string]any{"input": input, "edition": a.view.State.ID()}, false)
		if err := graph.Fault(answer); err != nil {
			return export.Table{}, nil, err
		}
		ranking, err := export.ParseRanking(answer.Data)
		if err != nil {
			return export.Table{}, nil, err
		}
		if ranking.Edition.DataVersion != a.view.Version {
			return export.Table{}, nil, registry.Errorf(registry.CodeUnavailable, "", "something was published just now: ask again")
		}
		t, err := export.Priorities(a.view, ranking)
		list := about(a, &t)
		list.Method(ranking.Method())
		return t, list, err
	}, statesIn(input)}, nil
}

// statesIn are the names of other states that the filters within a variable mention.
func statesIn(value any) (names []string) {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			names = append(names, statesIn(element)...)
		}
	case map[string]any:
		for key, member := range v {
			if in, ok := member.(map[string]any); ok && key == "inState" {
				if name, ok := in["state"].(string); ok {
					names = append(names, name)
				}
			}
			names = append(names, statesIn(member)...)
		}
		slices.Sort(names)
	}
	return slices.Compact(names)
}
