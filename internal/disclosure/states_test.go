package disclosure

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// quarters is a Source of two editions of one city: since the older, families came, left and changed.
type quarters struct {
	states   map[string]*quarter
	revision string
	blocks   []registry.BlockTree
}

type quarter struct {
	data       *registry.Dataset
	records    []registry.Record
	enrolments []registry.Enrolment
	rows       atomic.Int64 // how often its engine was asked for rows
}

const older, newer = "2025-q2", "2025-q3"

func newQuarters(households int) *quarters {
	d, records, enrolments := storetest.City(5, households)
	r := rand.New(rand.NewPCG(5, 3))
	s := &quarters{states: map[string]*quarter{older: {}, newer: {}}}
	for id, q := range s.states {
		data := *d
		at := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
		data.State = registry.State{Edition: registry.Edition{ID: id, AsOf: registry.Date(map[string]string{older: "2025-06-30", newer: "2025-09-30"}[id]), PublishedAt: &at}, Release: registry.Release{PublishedAt: &at}}
		q.data = &data
	}
	then, now := s.states[older], s.states[newer]
	now.records, now.enrolments = records, nil
	for i, h := range records {
		switch {
		case i%5 == 0: // came in
			continue
		case i%3 == 0 && h.Decile > 1:
			h.Decile -= r.IntN(2)
		}
		then.records = append(then.records, h)
	}
	gone := then.records[:len(then.records)/6]
	now.records = slices.DeleteFunc(slices.Clone(records), func(h registry.Record) bool {
		return slices.ContainsFunc(gone, func(g registry.Record) bool { return g.ID == h.ID && g.ID[1]%2 == 0 })
	})
	for _, e := range enrolments {
		if e.Household[2]%4 != 0 {
			then.enrolments = append(then.enrolments, e)
		}
		if e.Household[3]%4 != 0 {
			now.enrolments = append(now.enrolments, e)
		}
	}
	return s
}

func (s *quarters) Editions(context.Context) (list []registry.Edition, err error) {
	for _, id := range []string{newer, older} {
		e := s.states[id].data.State.Edition
		e.Releases = []registry.Release{s.states[id].data.State.Release}
		list = append(list, e)
	}
	return append(list, registry.Edition{ID: "draft"}), nil
}

func (s *quarters) Version(_ context.Context, state registry.State) (string, error) {
	return state.ID() + s.revision, nil
}

func (s *quarters) Open(ctx context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	q := s.states[state.Edition.ID]
	d := *q.data
	d.Version, _ = s.Version(ctx, state)
	return &d, countRows{storetest.NewReference(&d, q.records, q.enrolments), &q.rows}, nil
}

func (s *quarters) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return nil, nil
}

type countRows struct {
	registry.Engine
	asked *atomic.Int64
}

func (c countRows) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	c.asked.Add(1)
	return c.Engine.Rows(ctx, q)
}

func (s *quarters) Blocks(context.Context) ([]registry.BlockTree, error) { return s.blocks, nil }

func (*quarters) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (s *quarters) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	s.blocks = append(s.blocks, trees...)
	return nil
}

func (s *quarters) gate(t testing.TB) *Gate {
	t.Helper()
	g, err := NewGate(t.Context(), s, Rules{Policy: DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func in(state string, f registry.Filter) registry.Filter {
	return registry.Filter{InState: &registry.InState{State: state, Filter: f}}
}

func not(f registry.Filter) registry.Filter { return registry.Filter{Not: &f} }

func enrolled(code string) registry.Filter { return registry.Filter{EnrolledIn: []string{code}} }

// kept counts the households of a state that a filter keeps, one by one.
func (s *quarters) kept(state string, f registry.Filter) (n int64) {
	return int64(len(s.ids(state, f)))
}

func (s *quarters) ids(state string, f registry.Filter) (ids map[registry.HouseholdID]bool) {
	q := s.states[state]
	f, _ = f.WithSets(func(in *registry.InState) (*registry.HouseholdSet, error) {
		var list []registry.HouseholdID
		for id := range s.ids(in.State, in.Filter) {
			list = append(list, id)
		}
		return registry.NewHouseholdSet(list), nil
	})
	of := map[registry.HouseholdID][]registry.Enrolment{}
	for _, e := range q.enrolments {
		of[e.Household] = append(of[e.Household], e)
	}
	ids = map[registry.HouseholdID]bool{}
	for _, h := range q.records {
		if storetest.Matches(q.data, f, h, of[h.ID]) {
			ids[h.ID] = true
		}
	}
	return ids
}

// TestAcrossStates compares with counting one by one, through every way that an engine is asked.
func TestAcrossStates(t *testing.T) {
	s := newQuarters(900)
	gate := s.gate(t)
	who := registry.Viewer{Role: registry.RolePlanner, Purpose: "a test"}
	p := s.states[newer].data.Programs[0].Code
	for name, f := range map[string]registry.Filter{
		"came in":          not(in(older, registry.Filter{})),
		"stayed":           in(older, registry.Filter{}),
		"from decile 1":    and(decile(2), in(older, decile(1))),
		"newly enrolled":   and(enrolled(p), not(in(older, enrolled(p)))),
		"either":           {Or: []registry.Filter{in(older, decile(3)), not(in(older, decile(4)))}},
		"the state itself": in(newer, decile(3)),
	} {
		v, err := gate.Now().View(t.Context(), who, newer)
		if err != nil {
			t.Fatal(err)
		}
		want := s.ids(newer, f)
		if len(want) == 0 || len(want) == len(s.states[newer].records) {
			t.Errorf("%s: %d households prove nothing", name, len(want))
		}
		cells, err := v.Summarise(t.Context(), []registry.SummaryQuery{{}, {Filter: f}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := cells[1][0].Total.Households; n != int64(len(want)) {
			t.Errorf("%s: %d are counted, want %d", name, n, len(want))
		}
		pages, err := v.Rows(t.Context(), registry.RowsQuery{Filter: f, First: 10_000})
		if err != nil || len(pages[0].Rows) != len(want) {
			t.Fatalf("%s: %d rows, %v, want %d", name, len(pages[0].Rows), err, len(want))
		}
		for _, row := range pages[0].Rows {
			if !want[row.ID] {
				t.Errorf("%s: %s should not be there", name, row.ID)
			}
		}
		points, err := v.Points(t.Context(), registry.PointsQuery{Filter: f, Unlocated: true})
		if err != nil || len(points) != len(want) {
			t.Errorf("%s: %d points, %v, want %d", name, len(points), err, len(want))
		}
	}
}

// TestSetsAreFoundOnce asks the same of another state again and again, also through the cells of a guard; only other
// programmes there make it another question.
func TestSetsAreFoundOnce(t *testing.T) {
	s := newQuarters(900)
	gate := s.gate(t)
	ask := func() {
		t.Helper()
		for _, role := range []registry.Role{registry.RolePublic, registry.RolePlanner} {
			v, err := gate.Now().View(t.Context(), registry.Viewer{Role: role}, newer)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = v.Summarise(t.Context(), []registry.SummaryQuery{{Filter: in(older, decile(1)), By: []registry.Dimension{byKelurahan}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask()
	asked := s.states[older].rows.Load()
	if ask(); s.states[older].rows.Load() != asked || asked != 2 { // with the decile, and for what that leaves without
		t.Errorf("rows of the other state were read %d times, then %d", asked, s.states[older].rows.Load())
	}
	s.revision = "-2"
	if err := gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ask(); s.states[older].rows.Load() != 2*asked {
		t.Errorf("rows of the other state were read %d times after its programmes changed", s.states[older].rows.Load())
	}
}

// TestGuardAcrossStates compares with the definition: noise of the set, floors of it and of what it leaves.
func TestGuardAcrossStates(t *testing.T) {
	s := newQuarters(2400)
	gate := s.gate(t)
	p := s.states[newer].data.Programs[0].Code
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner} {
		v, err := gate.Now().View(t.Context(), registry.Viewer{Role: role}, newer)
		if err != nil {
			t.Fatal(err)
		}
		guard := v.Engine.(*Guard)
		w := town{guard.data, guard.engine, guard}
		shown, withheld := 0, 0
		// inside is a part of the cell that it must hold something beyond; nil where there is none.
		check := func(name string, area, f registry.Filter, inside *registry.Filter, without ...registry.Filter) {
			t.Helper()
			cell := registry.Join(&f, &area)
			for i := range without {
				without[i] = registry.Join(&without[i], &area)
			}
			got, want := w.ask(t, registry.SummaryQuery{Filter: cell})[0].Total, w.expected(t, cell, area, without...)
			if inside != nil {
				beyond := minus(w.count(t, cell), w.count(t, registry.Join(inside, &area)))
				if h, _ := guard.noise.perturb(beyond, false); h < guard.floor {
					want = registry.Tally{Status: registry.Suppressed}
				}
			}
			got.Keys = registry.RecordKey{}
			if got != want {
				t.Errorf("%s, %s in %v: %+v, want %+v", role, name, area.Areas, got, want)
			}
			if got.Status == registry.Suppressed {
				withheld++
			} else {
				shown++
			}
		}
		var everybody registry.Filter
		for _, i := range w.data.Areas.Level(registry.LevelKelurahan) {
			area := registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(i).Code}}
			check("came in", area, not(in(older, everybody)), nil, everybody)
			check("stayed", area, in(older, everybody), nil, everybody)
			check("was in the programme", area, in(older, enrolled(p)), nil, everybody, in(older, everybody))
		}
		for _, i := range w.data.Areas.Level(registry.LevelKecamatan) {
			area := registry.Filter{Areas: []registry.AreaCode{w.data.Areas.Area(i).Code}}
			for d := 1; d <= 6; d++ {
				check("was in the decile", area, in(older, decile(d)), nil, everybody, in(older, everybody))
				absent := not(in(older, everybody))
				check("rest of the decile", area, not(in(older, decile(d))), &absent, everybody)
				if role == registry.RolePartner {
					check("moved", area, and(decile(2), in(older, decile(d))), nil, decile(2), and(decile(2), in(older, everybody)), in(older, decile(d)))
				}
			}
			if role == registry.RolePartner {
				absent := and(enrolled(p), not(in(older, everybody)))
				check("newly enrolled", area, and(enrolled(p), not(in(older, enrolled(p)))), &absent, enrolled(p), not(in(older, enrolled(p))))
			}
		}
		if shown < 20 || withheld < 5 {
			t.Errorf("%s: %d are shown and %d withheld, which proves little", role, shown, withheld)
		}
		// A range is a sum of cells.
		low, high := 1, 3
		sum := w.ask(t, registry.SummaryQuery{Filter: in(older, registry.Filter{Decile: &registry.IntRange{Min: &low, Max: &high}})})[0].Total
		want := int64(0)
		for d := low; d <= high; d++ {
			h, _ := w.summand(w.count(t, in(older, decile(d))), guard.floor)
			want += h
		}
		if sum.Households != want {
			t.Errorf("%s: the range shows %d, its bands add up to %d", role, sum.Households, want)
		}
	}
}

// TestAcrossStatesIsRefused names what is at fault.
func TestAcrossStatesIsRefused(t *testing.T) {
	s := newQuarters(900)
	gate := s.gate(t)
	p := s.states[newer].data.Programs[0].Code
	kelurahan := s.states[newer].data.Areas.Area(s.states[newer].data.Areas.Level(registry.LevelKelurahan)[0]).Code
	low, high := 1, 3
	rt := "001"
	lists := []struct {
		f     registry.Filter
		by    registry.Dimension
		role  registry.Role
		code  registry.Code
		field string
	}{
		{f: in("2024-q1", registry.Filter{}), code: registry.CodeNotFound, field: "inState.state"},
		{f: in("2024-q1", registry.Filter{}), role: registry.RolePlanner, code: registry.CodeNotFound, field: "inState.state"},
		{f: not(in("draft", registry.Filter{})), code: registry.CodeNotFound, field: "not.inState.state"},
		{f: and(registry.Filter{}, in("draft", registry.Filter{})), role: registry.RolePlanner, code: registry.CodeNotFound, field: "and[1].inState.state"},
		{f: in(older, enrolled("NONE")), code: registry.CodeNotFound, field: "inState.filter.enrolledIn"},
		{f: in(older, enrolled("NONE")), role: registry.RolePlanner, code: registry.CodeNotFound, field: "inState.filter.enrolledIn"},
		{f: in(older, in(newer, registry.Filter{})), role: registry.RolePlanner, code: registry.CodeBadUserInput, field: "inState.filter.inState"},
		{f: in(older, registry.Filter{Areas: []registry.AreaCode{kelurahan}}), role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "inState.filter.areas"},
		{f: in(older, registry.Filter{RT: &rt}), role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "inState.filter.rt"},
		{f: in(older, registry.Filter{Where: &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: 106.1, Latitude: -2.1}, RadiusMeters: 900}}}), role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "inState.filter.where"},
		{f: in(older, registry.Filter{Or: []registry.Filter{{}}}), code: registry.CodeDisclosureLimit, field: "inState.filter.or"},
		{f: not(in(older, registry.Filter{Decile: &registry.IntRange{Min: &low, Max: &high}})), code: registry.CodeDisclosureLimit, field: "not.inState.filter"},
		{f: not(and(in(older, registry.Filter{}))), code: registry.CodeDisclosureLimit, field: "not"},
		{f: and(decile(2), in(older, decile(1))), code: registry.CodeDisclosureLimit, field: "and[1].inState"},
		{f: and(decile(2), in(older, decile(1))), by: byKelurahan, role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "and[1].inState"},
		{f: and(enrolled(p), in(older, decile(1)), in(newer, registry.Filter{})), role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "and[2].inState"},
		{f: in(older, registry.Filter{}), by: registry.HexesOf(500), role: registry.RolePartner, code: registry.CodeDisclosureLimit, field: "inState"},
	}
	for _, c := range lists {
		v, err := gate.Now().View(t.Context(), registry.Viewer{Role: max(c.role, registry.RolePublic)}, newer)
		if err != nil {
			t.Fatal(err)
		}
		q := registry.SummaryQuery{Filter: c.f}
		if c.by.Kind != 0 {
			q.By = []registry.Dimension{c.by}
		}
		_, err = v.Summarise(t.Context(), []registry.SummaryQuery{q})
		var e *registry.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Field != c.field {
			t.Errorf("%s asks %s: %v, want %s at %q", c.role, c.f.JSON(), err, c.code, c.field)
		}
	}
}

// TestScopedAcrossStates: a key that is limited to areas learns nothing of what its families were elsewhere.
func TestScopedAcrossStates(t *testing.T) {
	s := newQuarters(900)
	gate := s.gate(t)
	own := s.states[newer].data.Areas.Area(s.states[newer].data.Areas.Level(registry.LevelKelurahan)[0]).Code
	who := registry.Viewer{Role: registry.RolePlanner, Areas: []registry.AreaCode{own}, Purpose: "a test"}
	v, err := gate.Now().View(t.Context(), who, newer)
	if err != nil {
		t.Fatal(err)
	}
	open, err := gate.Now().View(t.Context(), registry.Viewer{}, newer)
	if err != nil {
		t.Fatal(err)
	}
	here := registry.Filter{Areas: []registry.AreaCode{own}}
	anywhere, both := and(here, in(older, registry.Filter{})), and(here, in(older, here))
	total := func(v *registry.View, f registry.Filter) registry.Tally {
		t.Helper()
		answers, err := v.Summarise(t.Context(), []registry.SummaryQuery{{Filter: f}})
		if err != nil {
			t.Fatal(err)
		}
		return answers[0][0].Total
	}
	if got, want := total(v, anywhere), total(open, anywhere); got != want || got.Status == registry.Exact {
		t.Errorf("whoever was anywhere is %+v, want everybody's figure %+v", got, want)
	}
	if got := total(v, both); got.Status != registry.Exact || got.Households != s.kept(newer, both) || got.Households == 0 {
		t.Errorf("whoever was here is %+v, want %d exactly", got, s.kept(newer, both))
	}
	byArea := registry.SummaryQuery{Filter: in(older, registry.Filter{}), By: []registry.Dimension{byKelurahan}}
	mixed, err := v.Summarise(t.Context(), []registry.SummaryQuery{byArea})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mixed[0] {
		if c.Total.Status == registry.Exact && c.Total.Households > 0 {
			t.Errorf("%s: %+v is exact", c.Key.Area, c.Total)
		}
	}
	for name, ask := range map[string]func(registry.Filter) error{
		"rows": func(f registry.Filter) error {
			_, err := v.Rows(t.Context(), registry.RowsQuery{Filter: f, First: 5})
			return err
		},
		"points": func(f registry.Filter) error {
			_, err := v.Points(t.Context(), registry.PointsQuery{Filter: f})
			return err
		},
	} {
		if err := ask(anywhere); registry.CodeOf(err) != registry.CodeForbidden {
			t.Errorf("%s of whoever was anywhere: %v", name, err)
		}
		if err := ask(both); err != nil {
			t.Errorf("%s of whoever was here: %v", name, err)
		}
	}
}
