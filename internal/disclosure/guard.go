// Package disclosure stands between viewers and engines. A Gate hands out views; the view of a role that may not see
// households is a Guard, which implements the engine contract with protected numbers only. Whatever is computed from a
// view is therefore protected too.
//
// A Guard counts on fixed cells: nodes of a frozen tree of areas and blocks, with a published band of each attribute. Each
// cell has noise that depends on the households in it and on nothing else (the cell key method of the Australian Bureau
// of Statistics and of the European statistical offices), so asking again, or through another door, tells nothing more.
package disclosure

import (
	"context"

	"kantong/internal/registry"
)

// Guard is the engine as PUBLIC, PARTNER and AUDITOR see it.
type Guard struct {
	engine  registry.Engine
	data    *registry.Dataset
	others  Moment // states that filters may mention
	frame   *frame
	noise   noises
	role    registry.Role
	floor   int64
	account *account // nil where there is no budget
	kept    *kept    // never nil
}

var _ registry.Engine = (*Guard)(nil)

// Summarise counts on fixed cells and shows what is large enough. A question that they can't answer is DISCLOSURE_LIMIT
// and names the nearest one that is answered.
func (g *Guard) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	answers := make([][]registry.Cell, len(queries))
	var plans []*plan
	var at []int // of each plan among the queries
	var spent []uint64
	for i := range queries {
		if known, ok := g.kept.find(&queries[i]); ok {
			answers[i], spent = known.cells, append(spent, known.names...)
			continue
		}
		p, err := g.plan(ctx, &queries[i])
		if err != nil {
			return nil, err
		}
		plans, at = append(plans, p), append(at, i)
	}
	counts, err := g.ask(ctx, plans)
	if err != nil {
		return nil, err
	}
	for k, p := range plans {
		cells, names := g.protect(p, &counts[k])
		g.kept.keep(p.query, keptAnswer{cells, names})
		answers[at[k]], spent = cells, append(spent, names...)
	}
	if g.account != nil {
		if err := g.account.spend(ctx, spent); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// Rows refuses: a household is seen by planners only.
func (g *Guard) Rows(context.Context, registry.RowsQuery) ([]registry.RowsPage, error) {
	return nil, g.refusal()
}

// Details refuses, as Rows does.
func (g *Guard) Details(context.Context, []registry.HouseholdID, registry.DetailParts) ([]registry.Details, error) {
	return nil, g.refusal()
}

func (g *Guard) refusal() error {
	if g.role == registry.RolePublic {
		return registry.Errorf(registry.CodeUnauthenticated, "", "households are shown to planners only: send a planner's key as Authorization: Bearer …")
	}
	return registry.Errorf(registry.CodeForbidden, "", "households are shown to planners only; this key is of role %s", g.role)
}
