package disclosure

import (
	"context"
	"slices"

	"kantong/internal/registry"
)

// inquiry is what a report asks of each of its places at once, and the tables that it reads from the answers.
type inquiry struct {
	attributes int                  // that its queries combine
	levels     []registry.AreaLevel // nil: every level, and blocks
	queries    []registry.SummaryQuery
	tables     []tableOf
}

// tableOf reads a table's figures of one place, by category, from the place's cells: those of the first query, then of the
// second, and so on.
type tableOf struct {
	name, unit string
	attributes int
	figures    func(exact, shown []registry.Cell) []figure
}

// The units of a Utility.
const (
	unitFamilies = "families"
	unitPeople   = "people"
	unitPoints   = "percentage points"
)

// inquiries lists what a report asks.
func (g *Guard) inquiries() []inquiry {
	area := registry.Dimension{Kind: registry.ByArea} // of the places' level
	decile, sex := registry.Dimension{Kind: registry.ByDecile}, registry.Dimension{Kind: registry.BySex}
	deprived := func(c *registry.Cell) []registry.Tally { return c.Deprived }
	total := func(c *registry.Cell) []registry.Tally { return []registry.Tally{c.Total} }
	list := []inquiry{
		{attributes: 1,
			queries: []registry.SummaryQuery{{By: []registry.Dimension{area},
				Measures: registry.MeasureDeciles | registry.MeasureDeprivations | registry.MeasurePrograms | registry.MeasurePersons}},
			tables: []tableOf{
				{TableFamilies, unitFamilies, 0, counts(total, households)},
				{"people", unitPeople, 0, counts(total, people)},
				{"decile", unitFamilies, 1, counts(func(c *registry.Cell) []registry.Tally { return c.Deciles }, households)},
				{"deprivation", unitFamilies, 1, counts(deprived, households)},
				{"programme enrolment", unitFamilies, 1, counts(func(c *registry.Cell) []registry.Tally { return c.Enrolled }, households)},
				{"persons of a kind", unitPeople, 1, counts(func(c *registry.Cell) []registry.Tally { return c.Persons }, people)},
			}},
		{attributes: 2, levels: []registry.AreaLevel{registry.LevelKelurahan},
			queries: []registry.SummaryQuery{{By: []registry.Dimension{area, decile}, Measures: registry.MeasureDeprivations}},
			tables:  []tableOf{{"decile × deprivation", unitFamilies, 2, counts(deprived, households)}}},
		{attributes: 3, levels: []registry.AreaLevel{registry.LevelKecamatan},
			queries: []registry.SummaryQuery{{By: []registry.Dimension{area, decile, sex}, Measures: registry.MeasureDeprivations}},
			tables:  []tableOf{{"decile × sex of head × deprivation", unitFamilies, 3, counts(deprived, households)}}},
	}
	if reach := g.reachInquiry(area); len(reach.queries) > 0 {
		list = append(list, reach)
	}
	return list
}

// reachInquiry asks how many of whom each programme means are enrolled. Programmes whose rule names places are left out:
// neither role is answered.
func (g *Guard) reachInquiry(area registry.Dimension) inquiry {
	q := inquiry{attributes: 2, tables: []tableOf{{"reach of programmes", unitPoints, 2, shares}}}
	for _, p := range g.data.Programs {
		if g.checkRule(p.Code) != nil {
			continue
		}
		for _, f := range []registry.Filter{{EligibleFor: p.Code, EnrolledIn: []string{p.Code}}, {EligibleFor: p.Code}} {
			q.queries = append(q.queries, registry.SummaryQuery{Filter: f, By: []registry.Dimension{area}})
		}
	}
	return q
}

func households(t registry.Tally) int64 { return t.Households }
func people(t registry.Tally) int64     { return t.People }

// counts reads some tallies of each cell.
func counts(tallies func(*registry.Cell) []registry.Tally, number func(registry.Tally) int64) func(exact, shown []registry.Cell) []figure {
	return func(exact, shown []registry.Cell) (list []figure) {
		for i := range exact {
			of := tallies(&shown[i])
			for k, t := range tallies(&exact[i]) {
				list = append(list, figure{float64(number(t)), float64(number(of[k])), !of[k].Status.HasValue()})
			}
		}
		return list
	}
}

// shares reads cells in pairs, as the first of each in the second, in per cent. A share of nobody is none to show.
func shares(exact, shown []registry.Cell) (list []figure) {
	for i := 0; i < len(exact); i += 2 {
		is, seen := registry.Ratio(exact[i].Total, exact[i+1].Total), registry.Ratio(shown[i].Total, shown[i+1].Total)
		list = append(list, figure{100 * is.Value, 100 * seen.Value, !seen.Status.HasValue() || !is.Status.HasValue()})
	}
	return list
}

// compare adds to the report what an inquiry tells about the places.
func (r *reporter) compare(ctx context.Context, q *inquiry, at *placesOf) error {
	if !r.asks(q, at) {
		return nil
	}
	columns := make([][][][]figure, len(r.guards)) // by guard, table, category, place
	for i := range columns {
		columns[i] = make([][][]figure, len(q.tables))
	}
	for chunk := range slices.Chunk(at.nodes, chunkNodes) {
		if err := r.count(ctx, q, at.level, chunk, columns); err != nil {
			return err
		}
		r.counted += int64(len(chunk))
		r.progress(r.counted, r.total)
	}
	for i, g := range r.guards {
		for k, t := range q.tables {
			if !may(g.role, t.attributes, at) {
				continue
			}
			u := utility(columns[i][k])
			u.Role, u.Level, u.Table, u.Unit, u.Places = g.role.String(), at.name(), t.name, t.unit, len(at.nodes)
			r.report.Tables = append(r.report.Tables, u)
		}
	}
	return nil
}

// asks tells whether an inquiry is about these places, and any role may ask it.
func (r *reporter) asks(q *inquiry, at *placesOf) bool {
	of := q.levels == nil || !at.blocks && slices.Contains(q.levels, at.level)
	return of && slices.ContainsFunc(r.guards, func(g *Guard) bool { return may(g.role, q.attributes, at) })
}

// count asks the engine about some nodes, and each guard for what it would show, into the columns.
func (r *reporter) count(ctx context.Context, q *inquiry, level registry.AreaLevel, nodes []int, columns [][][][]figure) error {
	widest := r.guards[len(r.guards)-1]
	plans := make([]*plan, len(q.queries))
	for i, query := range q.queries {
		query.By = slices.Clone(query.By)
		query.By[0].Level = level
		p, err := widest.plan(ctx, &query)
		if err != nil {
			return err
		}
		p.groups = nil
		for _, n := range nodes {
			p.groups = append(p.groups, group{nodes: []int{n}})
		}
		plans[i] = p
	}
	answers, err := widest.ask(ctx, plans)
	if err != nil {
		return err
	}
	for gi, g := range r.guards {
		protected := make([][]registry.Cell, len(plans))
		for i, p := range plans {
			protected[i], _ = g.protect(p, &answers[i])
		}
		for place, n := range nodes {
			var exact, shown []registry.Cell
			for i, p := range plans {
				exact = append(exact, answers[i].cells[n].parts[0]...) // the conditions have one band each
				shown = append(shown, protected[i][place*p.inner:(place+1)*p.inner]...)
			}
			for k, t := range q.tables {
				for category, f := range t.figures(exact, shown) {
					if category == len(columns[gi][k]) {
						columns[gi][k] = append(columns[gi][k], nil)
					}
					columns[gi][k][category] = append(columns[gi][k][category], f)
				}
			}
		}
	}
	return nil
}
