package disclosure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// shelf is a disclosure.Source of editions that all hold the same city.
type shelf struct {
	t         *testing.T
	editions  []registry.Edition
	opened    map[string]int
	revised   bool // programmes have another revision
	fail      error
	blocks    []registry.BlockTree
	unmatched []registry.Unmatched
}

func (s *shelf) Unmatched(context.Context, registry.State) ([]registry.Unmatched, error) {
	return s.unmatched, nil
}

func (s *shelf) Editions(context.Context) ([]registry.Edition, error) { return s.editions, nil }
func (s *shelf) Version(_ context.Context, state registry.State) (string, error) {
	if s.revised {
		return state.ID() + "-2", nil
	}
	return state.ID(), nil
}

func (s *shelf) Open(_ context.Context, state registry.State) (*registry.Dataset, registry.Engine, error) {
	s.opened[state.ID()]++
	engine, d := city(s.t)
	d.State = state
	d.Version, _ = s.Version(context.Background(), state)
	return d, engine, s.fail
}

func (s *shelf) Blocks(context.Context) ([]registry.BlockTree, error) { return s.blocks, nil }

func (*shelf) Lineage(context.Context, []registry.Edition) (*registry.Lineage, error) {
	return nil, nil
}

func (s *shelf) AddBlocks(_ context.Context, trees []registry.BlockTree) error {
	s.blocks = append(s.blocks, trees...)
	return nil
}

func rules() disclosure.Rules { return disclosure.Rules{Policy: disclosure.DefaultPolicy()} }

func viewer(r registry.Role) registry.Viewer { return registry.Viewer{Role: r} }

// city is a small one, with an engine that counts it one by one.
func city(t *testing.T) (registry.Engine, *registry.Dataset) {
	t.Helper()
	d, households, enrolments := storetest.City(5, 500)
	return storetest.NewReference(d, households, enrolments), d
}

func newShelf(t *testing.T) *shelf {
	at := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
	return &shelf{t: t, opened: map[string]int{}, editions: []registry.Edition{
		{ID: "2025-q3", PublishedAt: &at, Households: 500, People: 1700, Located: 9, Releases: []registry.Release{{ID: "2025-09", PublishedAt: &at}, {ID: "2025-10", PublishedAt: &at}, {ID: "2025-11"}}},
		{ID: "2025-q2", PublishedAt: &at, Households: 9, People: 30, Releases: []registry.Release{{PublishedAt: &at}}},
		{ID: "draft", Releases: []registry.Release{{}}},
	}}
}

func TestGateFindsStates(t *testing.T) {
	s := newShelf(t)
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	for ask, want := range map[string]string{"": "2025-q3+2025-10", "2025-q3": "2025-q3+2025-10", "2025-q3+2025-09": "2025-q3+2025-09", "2025-q2": "2025-q2"} {
		v, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), ask)
		if err != nil || v.State.ID() != want {
			t.Errorf("%q gives %v, %v", ask, v, err)
		}
	}
	for _, ask := range []string{"draft", "2025-q3+2025-11", "2025-q4", "2025-q2+x"} {
		if _, err := gate.Now().View(t.Context(), viewer(registry.RolePlanner), ask); registry.CodeOf(err) != registry.CodeNotFound {
			t.Errorf("%q: %v", ask, err)
		}
	}
	if s.opened["2025-q3+2025-10"] != 1 {
		t.Errorf("a state was opened more than once: %v", s.opened)
	}
}

func TestGateByRole(t *testing.T) {
	gate, err := disclosure.NewGate(t.Context(), newShelf(t), rules())
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []registry.Role{registry.RolePublic, registry.RolePartner, registry.RolePlanner, registry.RoleAdmin, registry.RoleAuditor} {
		v, err := gate.Now().View(t.Context(), viewer(role), "")
		if err != nil {
			t.Fatal(err)
		}
		_, guarded := v.Engine.(*disclosure.Guard)
		if guarded == role.SeesHouseholds() {
			t.Errorf("%s: guarded %v", role, guarded)
		}
		if suppressed := v.Located.Status == registry.Suppressed; suppressed == role.SeesHouseholds() {
			t.Errorf("%s sees that nine are located: %+v", role, v.Located)
		}
		list := gate.Now().Editions(viewer(role), false)
		if len(list) != 2 || list[0].State.ID() != "2025-q3+2025-10" {
			t.Fatalf("%+v", list)
		}
		all := gate.Now().Editions(viewer(role), true)
		if len(all) != 3 || all[1].State.ID() != "2025-q3+2025-09" || all[2].State.ID() != list[1].State.ID() {
			t.Fatalf("with former states: %+v", all)
		}
		if suppressed := list[1].Total.Status == registry.Suppressed; suppressed == role.SeesHouseholds() {
			t.Errorf("%s sees an edition of nine: %+v", role, list[1].Total)
		}
	}
}

func TestGateWithoutEditions(t *testing.T) {
	gate, err := disclosure.NewGate(t.Context(), &shelf{}, rules())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), ""); registry.CodeOf(err) != registry.CodeNotFound {
		t.Errorf("%v", err)
	}
}

// TestGateTriesAgain after a state could not be opened.
func TestGateTriesAgain(t *testing.T) {
	s := newShelf(t)
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	s.fail = errors.New("the disk is away")
	if _, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), "2025-q2"); !errors.Is(err, s.fail) {
		t.Fatalf("%v", err)
	}
	s.fail = nil
	if _, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), "2025-q2"); err != nil {
		t.Errorf("after the disk is back: %v", err)
	}
}

// TestGateRefresh publishes another state while questions are asked: each is answered from one state, and the new one
// only once it is open.
func TestGateRefresh(t *testing.T) {
	s := newShelf(t)
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	newer := registry.Edition{ID: "2025-q4", PublishedAt: &at, Releases: []registry.Release{{PublishedAt: &at}}}
	former := s.editions
	s.editions = append([]registry.Edition{newer}, former...)
	s.fail = errors.New("the disk is away")
	if err := gate.Refresh(t.Context()); !errors.Is(err, s.fail) {
		t.Fatalf("%v", err)
	}
	if v, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), ""); err != nil || v.State.Edition.ID != "2025-q3" {
		t.Errorf("a state that can't be opened took over: %v, %v", v, err)
	}
	s.fail = nil
	if err := gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	opened := s.opened["2025-q4"]
	if v, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), ""); err != nil || v.State.Edition.ID != "2025-q4" || s.opened["2025-q4"] != opened {
		t.Errorf("the new state was not open when it took over: %v, %v", v, err)
	}
	if v, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), "2025-q3"); err != nil || v.State.Edition.ID != "2025-q3" {
		t.Errorf("the former state is gone: %v, %v", v, err)
	}
	before := s.opened["2025-q3+2025-10"]
	s.revised = true
	if err := gate.Refresh(t.Context()); err != nil || s.opened["2025-q3+2025-10"] != before+1 {
		t.Errorf("redefined programmes: %v, opened %d times", err, s.opened["2025-q3+2025-10"])
	}
}

// TestNewestIsByDay: what is published late about an earlier day is not the newest.
func TestNewestIsByDay(t *testing.T) {
	s := newShelf(t)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s.editions = []registry.Edition{
		{ID: "2024-q4", AsOf: "2024-12-31", PublishedAt: &at, Releases: []registry.Release{{PublishedAt: &at}}}, // published last
		{ID: "2025-q3", AsOf: "2025-09-30", PublishedAt: &at, Releases: []registry.Release{
			{ID: "2025-10", EnrolmentsAsOf: "2025-10-31", PublishedAt: &at}, {ID: "2025-09b", EnrolmentsAsOf: "2025-09-30", PublishedAt: &at}}},
	}
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := gate.Now().View(t.Context(), viewer(registry.RolePublic), ""); err != nil || v.State.ID() != "2025-q3+2025-10" {
		t.Errorf("%v, %v", v.State.ID(), err)
	}
}
