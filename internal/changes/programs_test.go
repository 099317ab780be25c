package changes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"kantong/internal/registry"
)

// fieldsOf gives the code and field of each error of a joined one.
func fieldsOf(err error) string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Sprintf("not joined: %v", err)
	}
	var all []string
	for _, one := range joined.Unwrap() {
		var e *registry.Error
		if !errors.As(one, &e) {
			return fmt.Sprintf("not for a person: %v", one)
		}
		all = append(all, string(e.Code)+" "+e.Field)
	}
	return strings.Join(all, ", ")
}

// TestFaultsOfAProgram come at once. After mending, the change can be asked for under its id.
func TestFaultsOfAProgram(t *testing.T) {
	below, four, one := int64(-1), 4, 1
	for _, c := range []struct {
		name   string
		change func(*registry.Program)
		want   string
	}{
		{"taken", func(p *registry.Program) { p.Code = "BPNT" }, "CONFLICT program.code"},
		{"everything", func(p *registry.Program) {
			*p = registry.Program{Code: "bpnt", BudgetRupiah: &below, UnitCostRupiah: &below, Eligibility: registry.Filter{Areas: []registry.AreaCode{"19.72"}}}
		}, "BAD_USER_INPUT program.code, BAD_USER_INPUT program.name, BAD_USER_INPUT program.pillar, BAD_USER_INPUT program.funderKind, " +
			"BAD_USER_INPUT program.budgetRupiah, BAD_USER_INPUT program.unitCostRupiah, BAD_USER_INPUT program.year, NOT_FOUND program.eligibility.areas[0]"},
		{"taken and without a name", func(p *registry.Program) { p.Code, p.Name = "BPNT", "" }, "CONFLICT program.code, BAD_USER_INPUT program.name"},
		{"a rule on eligibility", func(p *registry.Program) {
			p.Eligibility = registry.Filter{Or: []registry.Filter{{EligibleFor: "BPNT"}}}
		},
			"BAD_USER_INPUT program.eligibility"},
		{"a rule on a programme that is not there", func(p *registry.Program) {
			p.Eligibility = registry.Filter{Not: &registry.Filter{EnrolledIn: []string{"NONE"}}}
		},
			"NOT_FOUND program.eligibility.not.enrolledIn"},
		{"a rule that is none", func(p *registry.Program) {
			p.Eligibility = registry.Filter{Decile: &registry.IntRange{Min: &four, Max: &one}}
		},
			"BAD_USER_INPUT program.eligibility.decile"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			before := b.state()
			wrong := program("RUMAH")
			c.change(&wrong)
			for range 2 { // the second time it is asked for anew
				_, err := b.CreateProgram(t.Context(), admin, clientID, "2025-q3", wrong)
				b.same("faults", fieldsOf(err), c.want)
			}
			b.same("what is there", b.state(), before)
			b.same("how often the server took it over", b.refreshed, 0)
			revision, err := b.CreateProgram(t.Context(), admin, clientID, "2025-q3", program("RUMAH"))
			b.ok(err)
			b.same("revision", revision, before.Revisions["2025-q3"]+1)
			b.same("programmes", len(b.state().Programs["2025-q3"]), len(before.Programs["2025-q3"])+1)
		})
	}
}

func TestUpdateProgram(t *testing.T) {
	b := newBench(t)
	_, err := b.UpdateProgram(t.Context(), admin, clientID, "2025-q3", program("NONE"))
	b.refused("a code that is not there", err, registry.CodeNotFound, "program.code")
	_, err = b.UpdateProgram(t.Context(), admin, clientID, "2099", program("RTLH"))
	b.refused("an edition that is not there", err, registry.CodeNotFound, "edition")
	wrong := program("RTLH")
	wrong.Name = ""
	_, err = b.UpdateProgram(t.Context(), admin, clientID, "2025-q3", wrong)
	b.same("faults", fieldsOf(err), "BAD_USER_INPUT program.name")

	before := b.state()
	want := program("RTLH")
	want.Eligibility.EnrolledIn = []string{"RTLH"} // a rule may name its own programme
	for i, id := range []string{clientID, "client:0002"} {
		revision, err := b.UpdateProgram(t.Context(), admin, id, "2025-q3", want)
		b.ok(err)
		b.same(fmt.Sprintf("revision of change %d", i), revision, before.Revisions["2025-q3"]+1) // nothing is left to change for the second
	}
	for _, p := range b.state().Programs["2025-q3"] {
		if i := slices.IndexFunc(before.Programs["2025-q3"], func(q registry.Program) bool { return q.Code == p.Code }); p.Code == "RTLH" {
			b.same("the programme", p, want)
		} else {
			b.same("another programme", p, before.Programs["2025-q3"][i])
		}
	}
}

// TestTakenAlike: under another client id it is another change, and the code is taken even by the same programme.
func TestTakenAlike(t *testing.T) {
	b := newBench(t)
	_, err := b.CreateProgram(t.Context(), admin, clientID, "2025-q3", program("RUMAH"))
	b.ok(err)
	_, err = b.CreateProgram(t.Context(), admin, "client:0002", "2025-q3", program("RUMAH"))
	b.same("faults", fieldsOf(err), "CONFLICT program.code")
}

// TestProgramsAreNotLost when several servers add to one edition at the same moment.
func TestProgramsAreNotLost(t *testing.T) {
	b := newBench(t)
	before := b.state()
	desks := []*Desk{b.Desk, b.another()}
	errs := make([]error, 8)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = desks[i%2].CreateProgram(t.Context(), admin, fmt.Sprintf("client:%04d", i), "2025-q3", program(fmt.Sprintf("RUMAH%d", i)))
		})
	}
	wait.Wait()
	b.ok(errors.Join(errs...))
	after := b.state()
	b.same("programmes", len(after.Programs["2025-q3"]), len(before.Programs["2025-q3"])+len(errs))
	b.same("revision", after.Revisions["2025-q3"], before.Revisions["2025-q3"]+int64(len(errs)))
}

func TestMostPrograms(t *testing.T) {
	b := newBench(t)
	room := registry.MaxPrograms - len(b.state().Programs["2025-q4"])
	for i := range room {
		_, err := b.CreateProgram(t.Context(), admin, fmt.Sprintf("client:%04d", i), "2025-q4", program(fmt.Sprintf("RUMAH%d", i)))
		b.ok(err)
	}
	_, err := b.CreateProgram(t.Context(), admin, "client:last", "2025-q4", program("RUMAH"))
	b.same("one too many", fieldsOf(err), "CONFLICT program")
}

// TestRejectedRowsStayOnRecord: a change of programmes is no way round accepting the rows that an import left out.
func TestRejectedRowsStayOnRecord(t *testing.T) {
	b := newBench(t)
	programs, _, err := b.with.Store.Programs(t.Context(), "2025-q4")
	b.ok(err)
	b.ok(b.with.Store.PutPrograms(t.Context(), "2025-q4", registry.Import{Kind: registry.ImportPrograms, File: "programs.json", Rejected: 3}, programs))
	for i := range 2 {
		_, err = b.CreateProgram(t.Context(), admin, fmt.Sprintf("client:%04d", i), "2025-q4", program(fmt.Sprintf("RUMAH%d", i)))
		b.ok(err)
	}
	imports, err := b.with.Store.Imports(t.Context(), "2025-q4")
	b.ok(err)
	b.same("the import", imports[len(imports)-1], registry.Import{Kind: registry.ImportPrograms, File: "GraphQL", Rows: int64(len(programs) + 2), Rejected: 3, At: noon})
	_, err = b.PublishEdition(t.Context(), admin, "client:publish", "2025-q4", "", false)
	b.refused("publishing", err, registry.CodeConflict, "acceptRejected")
	got, err := b.PublishEdition(t.Context(), admin, "client:publish", "2025-q4", "", true)
	b.ok(err)
	b.same("the state", got, "2025-q4+2025-12")
}
