package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kantong/graph"
	"kantong/internal/audit"
	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// paper is a ledger of the audit log and of budgets alone, in memory.
type paper struct {
	registry.Ledger
	entries []registry.AuditEntry
	spent   map[registry.Account][]uint64
	torn    error // what appending fails with
}

func (p *paper) AppendAudit(_ context.Context, entries []registry.AuditEntry) ([]registry.AuditEntry, error) {
	if p.torn != nil {
		return nil, p.torn
	}
	for _, e := range entries {
		e.Sequence = int64(len(p.entries)) + 1
		p.entries = append(p.entries, e)
	}
	return p.entries, nil
}

func (p *paper) Spend(_ context.Context, a registry.Account, cells []uint64) error {
	p.spent[a] = append(p.spent[a], cells...)
	return nil
}

func (p *paper) Spent(_ context.Context, a registry.Account, after int64) ([]uint64, int64, error) {
	return p.spent[a][after:], int64(len(p.spent[a])), nil
}

// TestEveryKeyedAnswerIsLogged with who, why, what and how much, and with no figure.
func TestEveryKeyedAnswerIsLogged(t *testing.T) {
	f := newFixture(t)
	log := &paper{}
	f.resolver.Audit = audit.NewLog(log)
	planner := registry.Viewer{Role: registry.RolePlanner, Organisation: "Bapperida", KeyID: "k-1", Purpose: "field check"}
	f.askAs(t, registry.Viewer{}, `{ summary { households { value } } }`, nil)
	f.askAs(t, planner, `query Visit { a: households(first: 3) { edges { node { id members enrolments { decree } } } } b: households(first: 2) { edges { cursor } } }`, nil)
	f.askAs(t, planner, `{ summary(filter: {decile: {min: 5, max: 4}}) { households { value } } }`, nil)
	f.askAs(t, registry.Viewer{Role: registry.RolePartner, Organisation: "Yayasan", KeyID: "k-2"}, `{ households { totalCount } }`, nil)
	f.askAs(t, planner, `{ households { nosuch } }`, nil)
	if len(log.entries) != 4 {
		t.Fatalf("%d entries: %+v", len(log.entries), log.entries)
	}
	if e := log.entries[3]; e.KeyID != "k-1" || e.Outcome != registry.CodeBadUserInput || len(e.SHA256) != 64 {
		t.Errorf("a request that is no question: %+v", e)
	}
	visit, wrong, refused := log.entries[0], log.entries[1], log.entries[2]
	if visit.KeyID != "k-1" || visit.Role != registry.RolePlanner || visit.Organisation != "Bapperida" || visit.Purpose != "field check" || visit.Action != "query" ||
		visit.Operation != "Visit" || len(visit.SHA256) != 64 || !slices.Equal(visit.Fields, []string{"households"}) || !slices.Equal(visit.States, []string{"city-7+2025-10"}) ||
		visit.Rows != 3 || visit.Outcome != "" || visit.RequestID != "test" || time.Since(visit.At) > time.Minute {
		t.Errorf("%+v", visit)
	}
	if wrong.Outcome != registry.CodeBadUserInput || wrong.Rows != 0 {
		t.Errorf("%+v", wrong)
	}
	if refused.Outcome != registry.CodeForbidden || refused.KeyID != "k-2" {
		t.Errorf("%+v", refused)
	}
	log.torn = registry.Errorf(registry.CodeUnavailable, "", "the disk is full")
	if a, text, _ := f.askAs(t, planner, `{ households(first: 3) { edges { node { id } } } }`, nil); a.code() != "UNAVAILABLE" || strings.Contains(text, "edges") {
		t.Errorf("without a log: %s", text)
	}
}

// TestRowsNeedAPurpose through every field that shows households.
func TestRowsNeedAPurpose(t *testing.T) {
	f := newFixture(t)
	a, _, _ := f.ask(t, registry.RolePlanner, `{ households(first: 1, filter: {geocoded: true}) { edges { node { id location } } } }`, nil)
	var found struct {
		Households struct {
			Edges []struct {
				Node struct {
					ID       string
					Location struct{ Coordinates [2]float64 }
				}
			}
		}
	}
	unmarshal(t, a.Data, &found)
	id, at := found.Households.Edges[0].Node.ID, found.Households.Edges[0].Node.Location.Coordinates
	one := fmt.Sprintf(`{ summary(filter: {where: {near: {point: {longitude: %v, latitude: %v}, radiusMeters: 1}}}) { deciles { households { value } } } }`, at[0], at[1])
	few := `{ summaries(filter: {decile: {max: 1}}, groupBy: [{neighbourhood: RT}]) { key { neighbourhood { rt } } summary { households { value } } } }`
	for _, purpose := range []string{"", "  ", "x", strings.Repeat("x", 201)} {
		for _, query := range []string{`{ households { totalCount } }`, `{ household(id: "` + id + `") { id } }`, `{ node(id: "` + id + `") { id } }`,
			`{ areas(first: 1) { edges { node { households { totalCount } } } } }`, one, few} {
			a, text, _ := f.askAs(t, registry.Viewer{Role: registry.RoleAdmin, Purpose: purpose}, query, nil)
			if a.code() != "BAD_USER_INPUT" || a.field() != "Kantong-Purpose" {
				t.Errorf("%q, %s: %s", purpose, query, text)
			}
		}
		if a, text, _ := f.askAs(t, registry.Viewer{Role: registry.RolePlanner, Purpose: purpose}, `{ summary { households { value } } }`, nil); len(a.Errors) > 0 {
			t.Errorf("a figure needs a purpose: %s", text)
		}
	}
}

// TestCitations asks for one in each role, asks it again, and changes it.
func TestCitations(t *testing.T) {
	f := newFixture(t)
	f.cite = true
	exec := graph.NewExecutor(f.resolver, quiet())
	for _, viewer := range []registry.Viewer{{}, {Role: registry.RolePartner, Organisation: "Yayasan"}, {Role: registry.RolePlanner, Purpose: "field check"}, lurah} {
		a, text, _ := f.askAs(t, viewer, `query($n: Int) { summary(filter: {decile: {max: $n}}) { households { value status } } areas(filter: {level: KELURAHAN}) { edges { node { summary { people { value } } } } } }`, map[string]any{"n": 3})
		note, _ := a.Extensions["kantong"].(map[string]any)
		citation, _ := note["citation"].(string)
		c, err := graph.ParseCitation(citation)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if found, err := exec.Verify(t.Context(), c); err != nil || !found.Same {
			t.Errorf("%s: %+v, %v", viewer.Role, found, err)
		}
		changed := *c
		changed.Variables = map[string]any{"n": json.Number("4")}
		if found, err := exec.Verify(t.Context(), &changed); err != nil || found.Same || found.Reason == "" {
			t.Errorf("%s, another question: %+v, %v", viewer.Role, found, err)
		}
		for reason, change := range map[string]func(*graph.Citation){
			"redefined":    func(c *graph.Citation) { c.Versions = map[string]string{"city-7+2025-10": "older"} },
			"other states": func(c *graph.Citation) { c.Versions = map[string]string{} },
			"never":        func(c *graph.Citation) { c.SHA256 = strings.Repeat("0", 64) },
			"protected":    func(c *graph.Citation) { c.Method = "another" },
		} {
			changed = *c
			change(&changed)
			if found, err := exec.Verify(t.Context(), &changed); err != nil || found.Same || !strings.Contains(found.Reason, reason) {
				t.Errorf("%s, %s: %+v, %v", viewer.Role, reason, found, err)
			}
		}
	}
	for query, why := range map[string]string{`{ viewer { role } }`: "what is left changes", `{ area(code: "1") { name } }`: "an error"} {
		_, text, _ := f.ask(t, registry.RolePlanner, query, nil)
		if strings.Contains(text, "citation") && why != "" {
			t.Errorf("%s has a citation (%s): %s", query, why, text)
		}
	}
	for _, text := range []string{"", "kantong-citation-1.", "kantong-citation-1.!!", "kantong-citation-1.AAAA", "kantong-citation-2.AAAA"} {
		if _, err := graph.ParseCitation(text); registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestBudget spends what a partner has, through several doors: the same figures cost once, and the end names the day of
// the next.
func TestBudget(t *testing.T) {
	f := newFixture(t)
	log := &paper{spent: map[registry.Account][]uint64{}}
	now := time.Date(2025, 11, 20, 8, 0, 0, 0, time.UTC)
	budgets := disclosure.NewBudgets(log, 100, func() time.Time { return now })
	gate, err := disclosure.NewGate(t.Context(), f, disclosure.Rules{Policy: disclosure.DefaultPolicy(), Budgets: budgets})
	if err != nil {
		t.Fatal(err)
	}
	f.resolver.Gate, f.resolver.Budgets = gate, budgets
	partner := registry.Viewer{Role: registry.RolePartner, Organisation: "Yayasan", KeyID: "k-2"}
	left := func() int {
		t.Helper()
		a, text, _ := f.askAs(t, partner, `{ viewer { figures { perMonth left renewsAt } } }`, nil)
		var v struct {
			Viewer struct {
				Figures struct {
					PerMonth, Left int
					RenewsAt       string
				}
			}
		}
		unmarshal(t, a.Data, &v)
		if v.Viewer.Figures.PerMonth != 100 || !strings.HasPrefix(v.Viewer.Figures.RenewsAt, now.AddDate(0, 1, 0).Format("2006-01")+"-01T00:00:00") {
			t.Fatal(text)
		}
		return v.Viewer.Figures.Left
	}
	f.askAs(t, partner, `{ summaries(groupBy: [{attribute: DECILE}]) { summary { households { value } } } }`, nil)
	after := left()
	if after < 100-11 || after >= 100 {
		t.Errorf("%d left after eleven figures", after)
	}
	f.askAs(t, partner, `{ a: summary { deciles { households { value } } } b: summary(filter: {decile: {max: 4}}) { households { value } } }`, nil)
	if now := left(); now != after-1 { // the total was new
		t.Errorf("%d left, %d before: figures that were shown already cost again", now, after)
	}
	a, text, _ := f.askAs(t, partner, `{ summaries(groupBy: [{area: KELURAHAN}, {attribute: DECILE}]) { summary { households { value } } } }`, nil)
	if a.code() != "DISCLOSURE_LIMIT" || !strings.Contains(a.Errors[0].Message, "2025-12-01") {
		t.Errorf("over the budget: %s", text)
	}
	if now := left(); now != after-1 {
		t.Errorf("a refused question cost %d", after-1-now)
	}
	if a, text, _ := f.askAs(t, partner, `{ summary { deciles { households { value } } } }`, nil); len(a.Errors) > 0 {
		t.Errorf("what was shown already is refused: %s", text)
	}
	other := partner
	other.Organisation = "Yayasan lain"
	if a, text, _ := f.askAs(t, other, `{ summary { deprivations { households { value } } } }`, nil); len(a.Errors) > 0 {
		t.Errorf("another organisation: %s", text)
	}
	now = now.AddDate(0, 1, 0)
	if left() != 100 {
		t.Error("a new month begins without a full budget")
	}
}
