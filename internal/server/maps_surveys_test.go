package server_test

import (
	"errors"
	"sync"
	"testing"

	"kantong/internal/registry"
)

const anyPockets = "radiusMeters=2500&minHouseholds=10"

// TestOneSurveyForAMap: all tiles that are asked for at once, and those that come later, share a survey.
func TestOneSurveyForAMap(t *testing.T) {
	m := newMapServer(t)
	cost := func() int64 { return m.engine.points.Load() + m.engine.calls.Load() }
	list := m.over(12)
	for i, key := range []string{"", "partner", "other partner", "auditor", "planner", "other planner", "admin"} {
		before, paid := cost(), m.spent(key)
		var group sync.WaitGroup
		for _, tile := range list {
			group.Go(func() {
				if resp, text := m.get(t, key, addressOf("pockets", tile)+"?"+anyPockets); resp.StatusCode >= 300 {
					t.Errorf("%q, %+v: %d %s", key, tile, resp.StatusCode, text)
				}
			})
		}
		group.Wait()
		if n := cost() - before; n != 1 && !(n == 0 && i > 0 && key != "planner" && key != "other planner") {
			t.Errorf("%q: %d tiles asked the engine %d times", key, len(list), n)
		}
		if (key == "partner" || key == "other partner") && m.spent(key) == paid {
			t.Errorf("%s paid nothing", key)
		}
		before = cost()
		for _, tile := range m.over(11) {
			m.get(t, key, addressOf("pockets", tile)+"?"+anyPockets)
		}
		if n := cost() - before; n != 0 {
			t.Errorf("%q: tiles of another zoom asked the engine %d times", key, n)
		}
	}
	m.source.version.Add(1)
	if err := m.gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := m.engine.points.Load()
	m.get(t, "planner", addressOf("pockets", list[0])+"?"+anyPockets)
	if n := m.engine.points.Load() - before; n != 1 {
		t.Errorf("after a publication the engine was asked %d times", n)
	}
}

func (m *mapServer) spent(organisation string) (n int) {
	m.books.mu.Lock()
	defer m.books.mu.Unlock()
	for a, cells := range m.books.spent {
		if a.Organisation == organisation {
			n += cells
		}
	}
	return n
}

// TestSurveysAreForWhoAsked: pockets of very few families are shown to whoever said what for, each time, are counted each time,
// and are kept by no client; another purpose, key or filter is another survey.
func TestSurveysAreForWhoAsked(t *testing.T) {
	m := newMapServer(t)
	const path = "/tiles/pockets/9/406/259.mvt?radiusMeters=2500&minHouseholds=2"
	rows := map[int64]bool{}
	for i, c := range []struct {
		key, purpose string
		taken        int64
	}{
		{"planner", "field check", 1}, {"planner", "field check", 0}, {"planner", "another check", 1}, {"other planner", "field check", 1}, {"admin", "field check", 1}, {"planner", "field check", 0},
	} {
		before := m.engine.points.Load()
		resp, text := m.get(t, c.key, path, "Kantong-Purpose", c.purpose)
		if n := m.engine.points.Load() - before; resp.StatusCode != 200 || n != c.taken {
			t.Errorf("%d: %d, the engine was asked %d times, want %d: %.200s", i, resp.StatusCode, n, c.taken, text)
		}
		if resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%d: may be kept: %v", i, resp.Header)
		}
		last := m.books.entries[len(m.books.entries)-1]
		if rows[last.Rows] = true; last.Rows == 0 || last.Purpose != c.purpose || last.Organisation != c.key {
			t.Errorf("%d is written down as %+v", i, last)
		}
		if resp, _ := m.get(t, c.key, path, "If-None-Match", "*"); resp.StatusCode == 200 {
			t.Errorf("%d: shown without a purpose", i)
		}
	}
	if len(rows) != 1 {
		t.Errorf("the same survey counts %v households", rows)
	}
	before := m.engine.points.Load()
	for _, filter := range []string{`{"areas": ["19.71.01"]}`, `{"areas": ["19.71.01"], "headSex": "FEMALE"}`} {
		m.get(t, "scoped", "/tiles/pockets/9/406/259.mvt"+query("filter", filter, "radiusMeters", "2500"))
	}
	if n := m.engine.points.Load() - before; n != 2 {
		t.Errorf("two filters asked the engine %d times", n)
	}
	if resp, _ := m.get(t, "planner", "/tiles/pockets/9/406/259.mvt?"+anyPockets); resp.Header.Get("ETag") == "" || m.books.entries[len(m.books.entries)-1].Rows != 0 {
		t.Errorf("pockets of many count as rows: %v", resp.Header)
	}
}

// TestFailedSurveys are not kept.
func TestFailedSurveys(t *testing.T) {
	m := newMapServer(t)
	engine := &failing{Engine: m.engine.Engine}
	m.engine.Engine = engine
	err := errors.New("a secret of the inside")
	engine.with.Store(&err)
	if resp, text := m.get(t, "planner", "/tiles/pockets/9/406/259.mvt?"+anyPockets); resp.StatusCode != 500 || resp.Header.Get("ETag") != "" {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	engine.with.Store(nil)
	if resp, text := m.get(t, "planner", "/tiles/pockets/9/406/259.mvt?"+anyPockets); resp.StatusCode != 200 {
		t.Errorf("after that: %d %s", resp.StatusCode, text)
	}
}

// TestTooManyHouseholdsInATile are refused through HTTP, and none is counted as shown.
func TestTooManyHouseholdsInATile(t *testing.T) {
	m := newMapServer(t)
	m.engine.Engine = crowded{m.engine.Engine}
	resp, text := m.get(t, "planner", "/tiles/households/11/1627/1036.mvt", "Kantong-Purpose", "a test")
	if code, field := refusal(t, text); resp.StatusCode != 400 || code != string(registry.CodeComplexity) || field != "z" {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	if last := m.books.entries[len(m.books.entries)-1]; last.Outcome != registry.CodeComplexity || last.Rows != 0 {
		t.Errorf("written down as %+v", last)
	}
}
