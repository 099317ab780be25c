package storetest

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"testing"

	"kantong/internal/registry"
)

// The reference must pass the hand-written cases, and every random question must be one it answers.
func TestReference(t *testing.T) {
	RunEngine(t, func(_ *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine {
		return NewReference(d, households, enrolments)
	})
}

// broken is a reference that gets something wrong: it is built of changed contents, is asked a changed question, or has
// its answers changed.
type broken struct {
	*Reference
	query  func(*registry.Filter)
	cells  func(*registry.SummaryQuery, []registry.Cell) []registry.Cell
	rows   func(*registry.RowsQuery)
	page   func(*registry.RowsPage)
	points func([]registry.WeightedPoint)
	error  func(error) error
}

func (b *broken) ask(ctx context.Context, f *registry.Filter) context.Context {
	if b.query != nil {
		b.query(f)
	}
	if b.error != nil {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (b *broken) fail(err error) error {
	if b.error != nil && err != nil {
		return b.error(err)
	}
	return err
}

func (b *broken) Summarise(ctx context.Context, queries []registry.SummaryQuery) ([][]registry.Cell, error) {
	queries = slices.Clone(queries)
	for i := range queries {
		ctx = b.ask(ctx, &queries[i].Filter)
	}
	answers, err := b.Reference.Summarise(ctx, queries)
	for i := range answers {
		if b.cells != nil {
			answers[i] = b.cells(&queries[i], answers[i])
		}
	}
	return answers, b.fail(err)
}

func (b *broken) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	ctx = b.ask(ctx, &q.Filter)
	if b.rows != nil {
		b.rows(&q)
	}
	pages, err := b.Reference.Rows(ctx, q)
	for i := range pages {
		if b.page != nil {
			b.page(&pages[i])
		}
	}
	return pages, b.fail(err)
}

func (b *broken) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	ctx = b.ask(ctx, &q.Filter)
	points, err := b.Reference.Points(ctx, q)
	if b.points != nil {
		b.points(points)
	}
	return points, b.fail(err)
}

// everyFilter changes the filter and all filters in it, on a copy.
func everyFilter(change func(*registry.Filter)) func(*registry.Filter) {
	return func(f *registry.Filter) {
		copied, err := registry.ParseFilter(f.JSON())
		if err != nil {
			return // a filter that is refused stays as it is
		}
		var sets []*registry.HouseholdSet // which JSON does not hold
		_ = f.Walk(func(_ string, g *registry.Filter) error {
			if g.InState != nil {
				sets = append(sets, g.InState.Set)
			}
			return nil
		})
		_ = copied.Walk(func(_ string, g *registry.Filter) error {
			if g.InState != nil {
				g.InState.Set, sets = sets[0], sets[1:]
			}
			return nil
		})
		_ = copied.Walk(func(_ string, g *registry.Filter) error { change(g); return nil })
		*f = copied
	}
}

// everyScore changes the scores of the filter and of all filters in it, on a copy.
func everyScore(change func(*registry.Score)) func(*registry.Filter) {
	return everyFilter(func(f *registry.Filter) {
		if f.Score != nil {
			change(f.Score)
		}
	})
}

func eachPoint(change func(*registry.WeightedPoint)) func([]registry.WeightedPoint) {
	return func(points []registry.WeightedPoint) {
		for i := range points {
			change(&points[i])
		}
	}
}

func eachHousehold(change func(*registry.Record)) func(*world) {
	return func(w *world) {
		w.households = slices.Clone(w.households)
		for i := range w.households {
			change(&w.households[i])
		}
	}
}

func eachEnrolment(change func(*registry.Enrolment)) func(*world) {
	return func(w *world) {
		w.enrolments = slices.Clone(w.enrolments)
		for i := range w.enrolments {
			change(&w.enrolments[i])
		}
	}
}

// eachPair changes an ACTIVE enrolment and every other one of the household in the programme, all of recorded rupiah.
func eachPair(change func(active, other *registry.Enrolment)) func(*world) {
	return func(w *world) {
		w.enrolments = slices.Clone(w.enrolments)
		for i := range w.enrolments {
			first := slices.IndexFunc(w.enrolments, func(e registry.Enrolment) bool {
				return e.Household == w.enrolments[i].Household && e.Program == w.enrolments[i].Program &&
					e.Status == registry.EnrolmentActive && e.Rupiah != registry.UnknownInt
			})
			if first >= 0 && first != i && w.enrolments[i].Rupiah != registry.UnknownInt {
				change(&w.enrolments[first], &w.enrolments[i])
			}
		}
	}
}

// byNeed puts the rows of a page that is by need in another order.
func byNeed(order func(*registry.Row) int64) func(*registry.RowsPage) {
	return func(p *registry.RowsPage) {
		for i := range p.Rows {
			if p.Rows[i].Order != registry.Need(p.Rows[i].Decile, p.Rows[i].Deprived) {
				return
			}
		}
		slices.SortStableFunc(p.Rows, func(a, b registry.Row) int { return cmp.Compare(order(&a), order(&b)) })
	}
}

func eachCell(change func(*registry.Cell)) func(*registry.SummaryQuery, []registry.Cell) []registry.Cell {
	return func(_ *registry.SummaryQuery, cells []registry.Cell) []registry.Cell {
		for i := range cells {
			change(&cells[i])
		}
		return cells
	}
}

// The suite must catch each of these, on the city by the named check or in the village by the named case.
func TestSuiteCatchesBrokenEngines(t *testing.T) {
	const summaries, benefits = "summaries of random filters", "rupiah of ACTIVE enrolments, a household once"
	for _, c := range []struct {
		name     string
		contents func(*world)
		engine   broken
		caught   []string
	}{
		{name: "an unknown deprivation is a no", caught: []string{summaries, "points", "known not to be deprived", "known in both",
			"a score needs all known, even where what is known reaches it", "not a score keeps the unknown"},
			contents: eachHousehold(func(h *registry.Record) { h.Known = 1<<registry.DeprivationCount - 1 })},
		{name: "an unknown decile is the lowest", caught: []string{summaries, "a decile range leaves out the unranked"},
			contents: eachHousehold(func(h *registry.Record) { h.Decile = max(h.Decile, 1) })},
		{name: "an unknown location is 0,0", caught: []string{summaries, "points", "no region holds the unlocated"},
			contents: eachHousehold(func(h *registry.Record) { h.Located = true })},
		{name: "a suspended enrolment counts", caught: []string{summaries, "details", "only ACTIVE is enrolled"},
			contents: func(w *world) {
				w.enrolments = slices.Clone(w.enrolments)
				for i := range w.enrolments {
					if w.enrolments[i].Status == registry.EnrolmentSuspended {
						w.enrolments[i].Status = registry.EnrolmentActive
					}
				}
			}},
		{name: "a benefit that nobody recorded is none", caught: []string{summaries, benefits},
			contents: eachEnrolment(func(e *registry.Enrolment) { e.Rupiah = max(e.Rupiah, 0) })},
		{name: "benefits of enrolments that are not ACTIVE count", caught: []string{summaries, benefits},
			contents: eachPair(func(active, other *registry.Enrolment) {
				if other.Status != registry.EnrolmentActive {
					active.Rupiah += other.Rupiah
				}
			})},
		{name: "of two benefits of a programme one counts", caught: []string{summaries, benefits},
			contents: eachPair(func(_, other *registry.Enrolment) { other.Rupiah = 0 })},
		{name: "the last household is lost", caught: []string{summaries, "random pages", "ids order as unsigned bytes"},
			contents: func(w *world) { w.households = w.households[:max(0, len(w.households)-1)] }},
		{name: "the western edge of a box does not belong", caught: []string{summaries, "a box may be a point"},
			engine: broken{query: everyFilter(func(f *registry.Filter) {
				if f.Where != nil && f.Where.BBox != nil {
					f.Where.BBox.West = min(180, f.Where.BBox.West+1e-9)
				}
			})}},
		{name: "another state is forgotten", caught: []string{summaries},
			engine: broken{query: everyFilter(func(f *registry.Filter) { f.InState = nil })}},
		{name: "of another state the first household is lost", caught: []string{summaries},
			engine: broken{query: everyFilter(func(f *registry.Filter) {
				if f.InState != nil && f.InState.Set != nil && len(f.InState.Set.IDs()) > 0 {
					f.InState.Set = registry.NewHouseholdSet(f.InState.Set.IDs()[1:])
				}
			})}},
		{name: "an empty list is no condition", caught: []string{summaries, "no area at all"},
			engine: broken{query: everyFilter(func(f *registry.Filter) {
				if len(f.Areas) == 0 {
					f.Areas = nil
				}
			})}},
		{name: "ties are dropped", caught: []string{"every page size", "nearest first, ties by id, unlocated last"},
			engine: broken{page: func(p *registry.RowsPage) {
				p.Rows = slices.CompactFunc(p.Rows, func(a, b registry.Row) bool {
					return a.Order > 0 && a.Order == b.Order
				})
			}}},
		{name: "ids order as signed bytes", caught: []string{"every page size", "ids order as unsigned bytes"},
			engine: broken{page: func(p *registry.RowsPage) {
				slices.SortStableFunc(p.Rows, func(a, b registry.Row) int { return int(int8(a.ID[0])) - int(int8(b.ID[0])) })
			}}},
		{name: "the unranked are the neediest", caught: []string{"random pages", "poorest first, ties by deprivations, unranked last"},
			engine: broken{page: byNeed(func(r *registry.Row) int64 {
				if r.Decile == registry.UnknownInt {
					return -1
				}
				return r.Order
			})}},
		{name: "UNSERVED is no need", caught: []string{"every page size", "random pages"},
			engine: broken{page: byNeed(func(r *registry.Row) int64 { return registry.Need(r.Decile, r.Deprived&^(1<<registry.Unserved)) })}},
		{name: "those with fewest deprivations come first", caught: []string{"every page size", "every page size, by area", "random pages"},
			engine: broken{page: byNeed(func(r *registry.Row) int64 { return 2*registry.Need(r.Decile, 0) - r.Order })}},
		{name: "ties of need are in no order", caught: []string{"every page size", "random pages"},
			engine: broken{page: func(p *registry.RowsPage) {
				slices.SortStableFunc(p.Rows, func(a, b registry.Row) int {
					if a.Order != b.Order || a.Order != registry.Need(a.Decile, a.Deprived) {
						return cmp.Compare(a.Order, b.Order)
					}
					return bytes.Compare(b.ID[:], a.ID[:])
				})
			}}},
		{name: "a list by need starts anew", caught: []string{"every page size", "every page size, by area", "random pages",
			"after a need come those of the same need with a later id"},
			engine: broken{rows: func(q *registry.RowsQuery) {
				if q.ByNeed {
					q.After = nil
				}
			}}},
		{name: "nearest first goes over need", caught: []string{"errors"},
			engine: broken{rows: func(q *registry.RowsQuery) { q.ByNeed = q.ByNeed && q.Near == nil }}},
		{name: "no page has more", caught: []string{"every page size"}, engine: broken{page: func(p *registry.RowsPage) { p.More = false }}},
		{name: "always a total", caught: []string{"every page size"}, engine: broken{page: func(p *registry.RowsPage) { p.Total = max(p.Total, 0) }}},
		{name: "an empty page is nil", caught: []string{"pages of no size and no parent"}, engine: broken{page: func(p *registry.RowsPage) {
			if len(p.Rows) == 0 {
				p.Rows = nil
			}
		}}},
		{name: "empty cells are left out", caught: []string{summaries, "every kelurahan, the empty one too"},
			engine: broken{cells: func(_ *registry.SummaryQuery, cells []registry.Cell) []registry.Cell {
				return slices.DeleteFunc(cells, func(c registry.Cell) bool { return c.Total.Households == 0 })
			}}},
		{name: "keys are not summed", caught: []string{summaries, "keys add up and wrap"},
			engine: broken{cells: eachCell(func(c *registry.Cell) { c.Total.Keys = registry.RecordKey{} })}},
		{name: "a measure nobody asked for", caught: []string{summaries},
			engine: broken{cells: eachCell(func(c *registry.Cell) {
				if c.Persons == nil {
					c.Persons = []registry.Tally{}
				}
			})}},
		{name: "a score is above its cutoff", caught: []string{summaries, "a score at its cutoff"},
			engine: broken{query: everyScore(func(s *registry.Score) { s.AtLeast++ })}},
		{name: "a weight of zero wants nothing known", caught: []string{summaries, "a weight of zero wants it known and counts nothing"},
			engine: broken{query: everyScore(func(s *registry.Score) {
				for i := len(s.Of) - 1; i >= 0; i-- {
					if s.Weights[i] == 0 {
						s.Of, s.Weights = slices.Delete(s.Of, i, i+1), slices.Delete(s.Weights, i, i+1)
					}
				}
			})}},
		{name: "all deprivations weigh the same", caught: []string{summaries, "a score at its cutoff"},
			engine: broken{query: everyScore(func(s *registry.Score) {
				heaviest := slices.Max(s.Weights)
				for i := range s.Weights {
					s.Weights[i] = min(heaviest, math.MaxInt64/registry.DeprivationCount)
				}
			})}},
		{name: "known is deprived too", caught: []string{summaries, "known, deprived or not"},
			engine: broken{query: everyFilter(func(f *registry.Filter) {
				if len(f.KnownIn) > 0 {
					f.DeprivedIn = f.KnownIn
				}
			})}},
		{name: "points lie nowhere", caught: []string{"points"}, engine: broken{points: eachPoint(func(p *registry.WeightedPoint) { p.Area = "" })}},
		{name: "points are never unserved", caught: []string{"points"},
			engine: broken{points: eachPoint(func(p *registry.WeightedPoint) { p.Deprived &^= 1 << registry.Unserved })}},
		{name: "of points all is known", caught: []string{"points"},
			engine: broken{points: eachPoint(func(p *registry.WeightedPoint) { p.Known = 1<<registry.DeprivationCount - 1 })}},
		{name: "errors are swallowed", caught: []string{"errors", "cancelled context"},
			engine: broken{error: func(error) error { return nil }}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range c.caught {
				if err := runCheck(t, name, c.contents, c.engine); err == nil {
					t.Errorf("not caught by %q", name)
				}
			}
		})
	}
}

// runCheck runs the named check on the city, or the named case on the village, against a broken engine.
func runCheck(t *testing.T, name string, contents func(*world), engine broken) error {
	open := func(w world) registry.Engine {
		if contents != nil {
			contents(&w)
		}
		engine.Reference = NewReference(w.dataset, w.households, w.enrolments)
		return &engine
	}
	for _, c := range engineChecks {
		if c.name == name {
			city := worlds()[0]
			return c.check(t.Context(), newSubject(city, open(city)))
		}
	}
	for _, c := range villageCases() {
		if c.name == name {
			return c.check(t.Context(), open(village()))
		}
	}
	t.Fatalf("the suite has no %q", name)
	return nil
}

// A city is worth testing on only if it holds what is easy to get wrong.
func TestCityIsHard(t *testing.T) {
	d, households, enrolments := City(1, 400)
	onEdge, elsewhere, unlocated, twice := 0, 0, 0, 0
	places := map[[2]int32]int{}
	for i := range households {
		h := &households[i]
		if err := h.Check(); err != nil {
			t.Errorf("household %s is impossible: %v", h.ID, err)
		}
		if !h.Located {
			unlocated++
			continue
		}
		places[[2]int32{h.Point.Lon, h.Point.Lat}]++
		at := 0
		for _, k := range d.Areas.Level(registry.LevelKelurahan) {
			if b := d.Areas.Area(k).Boundary; b != nil && inRegion(&registry.Spatial{CoveredBy: b}, &family{Record: *h}) {
				at++
			}
		}
		if at > 1 {
			onEdge++
		}
		if k, ok := d.Areas.At(h.Point.Point(), registry.LevelKelurahan); ok && d.Areas.Area(k).Code != h.Area {
			elsewhere++
		}
	}
	shared := 0
	for _, n := range places {
		if n > 1 {
			shared += n
		}
	}
	statuses := map[registry.EnrolmentStatus]int{}
	pairs, benefits := map[string]int{}, map[string]int{}
	recorded := [2]map[registry.EnrolmentStatus]bool{{}, {}} // statuses without and with rupiah
	benefitTwice := 0
	for _, e := range enrolments {
		statuses[e.Status]++
		if e.Rupiah == registry.UnknownInt {
			recorded[0][e.Status] = true
		} else if recorded[1][e.Status] = true; e.Status == registry.EnrolmentActive {
			if benefits[e.Household.String()+e.Program]++; benefits[e.Household.String()+e.Program] == 2 {
				benefitTwice++
			}
		}
		if pairs[e.Household.String()+e.Program]++; pairs[e.Household.String()+e.Program] == 2 {
			twice++
		}
	}
	t.Logf("%d on a shared edge, %d recorded elsewhere, %d unlocated, %d share a place, %d enrolled twice, %d with two benefits, statuses %v",
		onEdge, elsewhere, unlocated, shared, twice, benefitTwice, statuses)
	if onEdge < 30 || elsewhere < 20 || unlocated < 20 || shared < 60 || twice < 10 || benefitTwice == 0 || len(statuses) != 4 ||
		len(recorded[0]) != 4 || len(recorded[1]) != 4 {
		t.Error("the city has grown easy")
	}
	for i := range d.Programs {
		if err := d.Programs[i].Check(); err != nil {
			t.Error(err)
		}
	}
	if first, last := households[0].ID, households[399].ID; first != (registry.HouseholdID{}) || !bytes.Equal(last[:], bytes.Repeat([]byte{0xff}, 16)) {
		t.Error("the extreme ids are missing")
	}
}
