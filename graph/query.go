// Package graph answers the schema: the root fields here, everything below them in package model. It reaches households
// through views only.
package graph

import (
	"context"

	"kantong/graph/generated"
	"kantong/graph/model"
	"kantong/internal/access"
	"kantong/internal/audit"
	"kantong/internal/changes"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// Resolver is the root of the schema.
type Resolver struct {
	Gate    *disclosure.Gate
	Limits  Limits
	Budgets *disclosure.Budgets // nil: figures are not limited
	Audit   *audit.Log          // nil: nothing is logged, and the log can't be read
	Ledger  registry.Ledger     // nil: as Audit
	Desk    *changes.Desk       // nil: nothing can be changed
}

var _ generated.ResolverRoot = (*Resolver)(nil)

// Query gives the questions.
func (r *Resolver) Query() generated.QueryResolver { return query{r} }

// Mutation gives the changes.
func (r *Resolver) Mutation() generated.MutationResolver { return mutation{r} }

type query struct{ *Resolver }

// view is what the viewer may see of an edition.
func (r *Resolver) view(ctx context.Context, edition *string) (*registry.View, error) {
	name := ""
	if edition != nil {
		name = *edition
	}
	return r.operationOf(ctx).view(ctx, name)
}

func (q query) Edition(ctx context.Context, id *string) (*model.Edition, error) {
	v, err := q.view(ctx, id)
	if err != nil {
		return nil, err
	}
	return model.EditionOf(v), nil
}

func (q query) Editions(ctx context.Context, former *bool, first *int, after *string) (*model.EditionConnection, error) {
	o := q.operationOf(ctx)
	published := o.moment.Editions(o.viewer, former != nil && *former)
	nodes := make([]*model.Edition, len(published))
	for i, p := range published {
		nodes[i] = model.NewEdition(p.State, p.Version, p.Total, p.Located, o.view)
	}
	return model.Editions(nodes, first, after)
}

func (q query) Area(ctx context.Context, code registry.AreaCode, edition *string) (*model.Area, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	if i, ok := v.Areas.Find(code); ok {
		return model.NewArea(v, i), nil
	}
	return nil, nil
}

func (q query) AreaAt(ctx context.Context, point registry.Position, level *registry.AreaLevel, edition *string) (*model.Area, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	if err := v.CheckPosition(point); err != nil {
		return nil, registry.Under("point", err)
	}
	finest := registry.LevelKelurahan
	if level != nil {
		finest = *level
	}
	if i, ok := v.Areas.At(point.Orb(), finest); ok {
		return model.NewArea(v, i), nil
	}
	return nil, nil
}

func (q query) Areas(ctx context.Context, filter *model.AreaFilter, near *registry.Position, first *int, after *string, edition *string) (*model.AreaConnection, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Areas(v, filter, near, first, after)
}

func (q query) Node(ctx context.Context, id string) (model.Node, error) {
	parsed, err := model.ParseID(id)
	if err != nil {
		return nil, err
	}
	switch parsed.Type {
	case "Area":
		if a, err := q.Area(ctx, registry.AreaCode(parsed.Key), &parsed.State); a != nil || err != nil {
			return a, err
		}
	case "Household":
		if h, err := q.Household(ctx, id); h != nil || err != nil {
			return h, err
		}
	}
	return nil, nil
}

func (q query) Household(ctx context.Context, id string) (*model.Household, error) {
	parsed, err := model.ParseID(id)
	if err != nil {
		return nil, err
	}
	key, err := registry.ParseHouseholdID(parsed.Key)
	if err != nil || parsed.Type != "Household" {
		return nil, registry.NotFound("id", "%q is not the id of a household", id)
	}
	v, err := q.view(ctx, &parsed.State)
	if err != nil {
		return nil, err
	}
	return model.HouseholdByID(ctx, v, key)
}

func (q query) Households(ctx context.Context, filter *registry.Filter, near *registry.Position, first *int, after *string, edition *string) (*model.HouseholdConnection, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Households(ctx, v, filter, near, first, after)
}

func (q query) Summary(ctx context.Context, filter *registry.Filter, edition *string) (*model.Summary, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Summarise(ctx, v, filter)
}

func (q query) Summaries(ctx context.Context, filter *registry.Filter, groupBy []*model.GroupBy, edition *string) ([]*model.SummaryGroup, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Summaries(ctx, v, filter, groupBy)
}

func (q query) Programs(ctx context.Context, pillar *registry.Pillar, edition *string) ([]*model.Program, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	return model.Programs(v, func(p *registry.Program) bool { return pillar == nil || p.Pillar == *pillar }), nil
}

func (q query) Program(ctx context.Context, code string, edition *string) (*model.Program, error) {
	v, err := q.view(ctx, edition)
	if err != nil {
		return nil, err
	}
	for _, p := range model.Programs(v, func(p *registry.Program) bool { return p.Code == code }) {
		return p, nil
	}
	return nil, nil
}

func (q query) Viewer(ctx context.Context) (*model.Viewer, error) {
	who := access.ViewerOf(ctx)
	v := &model.Viewer{Who: who, Limits: q.Limits.forClients(), Budgets: q.Budgets, View: q.view}
	if a, ok := access.AllowanceOf(ctx); ok {
		v.Requests = &model.RequestAllowance{PerMinute: a.PerMinute, Left: a.Left, RenewsAt: a.RenewsAt}
	}
	return v, nil
}
