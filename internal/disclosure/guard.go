// Package disclosure stands between viewers and engines. A Gate hands out views; the view of a role that may not see
// households is a Guard, which implements the engine contract with protected numbers only. Whatever is computed from a
// view is therefore protected too.
package disclosure

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

// FloorHouseholds is the smallest cell that a guard shows. Smaller cells are SUPPRESSED, those of nobody too, since a
// zero that shows tells as much as a one that doesn't.
const FloorHouseholds = 10

// Guard is the engine as PUBLIC, PARTNER and AUDITOR see it: cells under FloorHouseholds have no value, nothing finer
// than a kelurahan is counted, and there are no rows.
type Guard struct {
	engine   registry.Engine
	programs []registry.Program
	role     registry.Role
}

// NewGuard protects an engine for a role. The programmes are those of its dataset: their rules are filters too.
func NewGuard(e registry.Engine, programs []registry.Program, role registry.Role) *Guard {
	return &Guard{e, programs, role}
}

var _ registry.Engine = (*Guard)(nil)

// Summarise asks the engine and withholds what is too small. A query for anything finer than a kelurahan is
// DISCLOSURE_LIMIT and names the nearest question that is answered.
func (g *Guard) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	for i := range queries {
		if err := g.check(&queries[i]); err != nil {
			return nil, err
		}
	}
	answers, err := g.engine.Summarise(ctx, queries)
	if err != nil {
		return nil, err
	}
	for _, cells := range answers {
		for i := range cells {
			cells[i] = protect(cells[i])
		}
	}
	return answers, nil
}

func (g *Guard) check(q *registry.SummaryQuery) error {
	for _, d := range q.By {
		if d.Kind == registry.ByHex {
			return registry.Errorf(registry.CodeDisclosureLimit, "groupBy.hex",
				"without a planner's key figures are given for whole kelurahan and above: group by {area: KELURAHAN}")
		}
	}
	return g.checkFilter(&q.Filter)
}

func (g *Guard) checkFilter(filter *registry.Filter) error {
	return filter.Walk(func(path string, f *registry.Filter) error {
		for i := range g.programs {
			if p := &g.programs[i]; p.Code == f.EligibleFor && g.checkFilter(&p.Eligibility) != nil {
				return registry.Under(path, registry.Errorf(registry.CodeDisclosureLimit, "eligibleFor",
					"the rule of %s is finer than a kelurahan: it is answered to a planner's key only", p.Code))
			}
		}
		finer := ""
		switch {
		case f.Where != nil:
			finer = "where"
		case f.RT != nil:
			finer = "rt"
		case f.RW != nil:
			finer = "rw"
		default:
			return nil
		}
		return registry.Under(path, registry.Errorf(registry.CodeDisclosureLimit, finer,
			"without a planner's key figures are given for whole kelurahan and above: use areas: [codes] instead"))
	})
}

// Rows refuses: a household is seen by planners only.
func (g *Guard) Rows(context.Context, registry.RowsQuery) ([]registry.RowsPage, error) {
	return nil, g.refusal()
}

// Details refuses, as Rows does.
func (g *Guard) Details(context.Context, []registry.HouseholdID, registry.DetailParts) ([]registry.Details, error) {
	return nil, g.refusal()
}

// Points refuses: the places of households are rows too.
func (g *Guard) Points(context.Context, registry.Filter) ([]registry.WeightedPoint, error) {
	return nil, g.refusal()
}

func (g *Guard) refusal() error {
	if g.role == registry.RolePublic {
		return registry.Errorf(registry.CodeUnauthenticated, "", "households are shown to planners only: send a planner's key as Authorization: Bearer …")
	}
	return registry.Errorf(registry.CodeForbidden, "", "households are shown to planners only; this key is of role %s", g.role)
}

// protect copies a cell with every tally under the floor withheld. Engines may hand out shared slices, so none is
// changed in place.
func protect(c registry.Cell) registry.Cell {
	c.Total = withhold(c.Total)
	c.Located = withhold(c.Located)
	for _, list := range []*[]registry.Tally{&c.Deciles, &c.Deprived, &c.Known, &c.Enrolled, &c.Persons} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = withhold((*list)[i])
		}
	}
	c.Poverty = slices.Clone(c.Poverty)
	for i := range c.Poverty {
		p := &c.Poverty[i]
		if p.Base, p.Poor = withhold(p.Base), withhold(p.Poor); p.Base.Status != registry.Exact || p.Poor.Status != registry.Exact {
			p.Gap, p.GapSquared = 0, registry.Uint128{}
		}
	}
	return c
}

func withhold(t registry.Tally) registry.Tally {
	if t.Households < FloorHouseholds {
		return registry.Tally{Status: registry.Suppressed}
	}
	return registry.Tally{Households: t.Households, People: t.People} // no keys: whatever follows has no use for them
}
