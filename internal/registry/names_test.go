package registry

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// checkNames wants every name to come back as its value, and no other text to be a name.
func checkNames[T interface {
	comparable
	fmt.Stringer
}](t *testing.T, field string, parse func(string) (T, error), values ...T) {
	t.Helper()
	for _, v := range values {
		if got, err := parse(v.String()); err != nil || got != v {
			t.Errorf("%s: %v, error %v", v, got, err)
		}
	}
	for _, text := range []string{"", "INVALID", "x", strings.ToLower(values[0].String()), values[0].String() + " "} {
		if _, err := parse(text); CodeOf(err) != CodeBadUserInput || fieldOf(err) != field {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

func upTo[T ~uint8](from T, n int) (out []T) {
	for i := range n {
		out = append(out, from+T(i))
	}
	return out
}

func TestNames(t *testing.T) {
	checkNames(t, "sex", ParseSex, SexMale, SexFemale)
	checkNames(t, "pillar", ParsePillar, upTo(PillarEconomy, 5)...)
	checkNames(t, "funderKind", ParseFunderKind, upTo(FunderGovernment, 3)...)
	checkNames(t, "status", ParseEnrolmentStatus, upTo(EnrolmentProposed, 4)...)
	checkNames(t, "role", ParseRole, upTo(RolePublic, 5)...)
	checkNames(t, "personKind", ParsePersonKind, upTo(UnderFive, PersonKindCount)...)
	checkNames(t, "deprivation", ParseDeprivation, upTo(HeadNotWorking, DeprivationCount)...)
	for _, beyond := range []fmt.Stringer{Sex(3), Pillar(6), FunderKind(9), EnrolmentStatus(5), Role(5), FigureStatus(4), PersonKind(7), Deprivation(17)} {
		if beyond.String() != "INVALID" {
			t.Errorf("%T beyond the last is %s", beyond, beyond)
		}
	}
}

func TestOnlyPlannersAndAdminsSeeHouseholds(t *testing.T) {
	for r := range Role(8) {
		if want := r == RolePlanner || r == RoleAdmin; r.SeesHouseholds() != want {
			t.Errorf("%s sees households: %v", r, r.SeesHouseholds())
		}
	}
}

func TestDeprivationSet(t *testing.T) {
	s := DeprivationSet(0).With(Unserved).With(HeadNotWorking).With(Unserved)
	if got := fmt.Sprint(s.List()); got != "[HEAD_NOT_WORKING UNSERVED]" {
		t.Errorf("members %s", got)
	}
	if !s.Has(Unserved) || s.Has(EarthFloor) {
		t.Error("a member is missed, or a stranger found")
	}
	if none := DeprivationSet(0).List(); none == nil || len(none) != 0 {
		t.Errorf("members of the empty set: %v", none)
	}
}

func TestHouseholdIDText(t *testing.T) {
	id := HouseholdID{0: 0xff, 15: 0x01}
	if got, err := ParseHouseholdID(id.String()); err != nil || got != id {
		t.Errorf("%s came back as %s, error %v", id, got, err)
	}
	for _, text := range []string{"", "ff", strings.Repeat("f", 31), strings.Repeat("f", 34), strings.Repeat("g", 32)} {
		_, err := ParseHouseholdID(text)
		wantError(t, text, err, CodeBadUserInput, "id")
	}
}

func TestSecrets(t *testing.T) {
	s, other := Secrets{ID: [][]byte{[]byte("a")}, Record: []byte("b")}, Secrets{ID: [][]byte{[]byte("c")}, Record: []byte("d")}
	ids := map[HouseholdID]string{}
	for _, c := range []struct {
		s            Secrets
		kind, number string
	}{{s, "kk", "1"}, {s, "nik", "1"}, {s, "kk", "2"}, {s, "k", "k1"}, {other, "kk", "1"}} {
		id := c.s.HouseholdID(c.kind, c.number)
		if was, twice := ids[id]; twice {
			t.Errorf("%s %s has the id of %s", c.kind, c.number, was)
		}
		ids[id] = c.kind + " " + c.number
		if c.s.HouseholdID(c.kind, c.number) != id {
			t.Error("one number has two ids")
		}
	}
	id := s.HouseholdID("kk", "1")
	again := Secrets{Record: []byte("b")} // the other secret has no part in it
	if s.RecordKey(id) != again.RecordKey(id) || s.RecordKey(id) == other.RecordKey(id) || s.RecordKey(id) == s.RecordKey(HouseholdID{}) {
		t.Error("a record key does not follow from the secret and the household alone")
	}
}

func TestStateNames(t *testing.T) {
	for id, parts := range map[string][2]string{"2025-q3": {"2025-q3", ""}, "2025-q3+2025-10": {"2025-q3", "2025-10"}} {
		if got := StateID(parts[0], parts[1]); got != id {
			t.Errorf("%q is named %q", parts, got)
		}
		if e, r := SplitStateID(id); e != parts[0] || r != parts[1] {
			t.Errorf("%q parts into %q and %q", id, e, r)
		}
	}
	for _, id := range []string{"a", "2025-q3", strings.Repeat("a", 32)} {
		wantError(t, id, CheckEditionID("edition", id), "", "")
	}
	for _, id := range []string{"", "-a", "A", "a+b", "a b", "a/b", "é", "a\n", strings.Repeat("a", 33)} {
		wantError(t, id, CheckEditionID("edition", id), CodeBadUserInput, "edition")
	}
}

func TestProgramCheck(t *testing.T) {
	zero, below := int64(0), int64(-1)
	for field, change := range map[string]func(*Program){
		"":                   func(p *Program) { p.BudgetRupiah = &zero },
		"code":               func(p *Program) { p.Code = "pkh" },
		"name":               func(p *Program) { p.Name = "" },
		"pillar":             func(p *Program) { p.Pillar = 0 },
		"funderKind":         func(p *Program) { p.FunderKind = 0 },
		"year":               func(p *Program) { p.Year = 25 },
		"budgetRupiah":       func(p *Program) { p.BudgetRupiah = &below },
		"unitCostRupiah":     func(p *Program) { p.UnitCostRupiah = &zero },
		"eligibility":        func(p *Program) { p.Eligibility.Or = []Filter{{EligibleFor: "BPNT"}} },
		"eligibility.decile": func(p *Program) { p.Eligibility.Decile = ranged(2, 1) },
	} {
		p := Program{Code: "PKH", Name: "Keluarga Harapan", Pillar: PillarProtection, FunderKind: FunderGovernment, Year: 2025}
		change(&p)
		code := CodeBadUserInput
		if field == "" {
			code = ""
		}
		wantError(t, field, p.Check(), code, field)
	}
}

// TestProgramFaults come all at once, so that a form can show each beside its field.
func TestProgramFaults(t *testing.T) {
	below := int64(-1)
	p := Program{Code: "pkh", BudgetRupiah: &below, UnitCostRupiah: &below, Eligibility: Filter{Decile: ranged(2, 1)}}
	var fields []string
	for _, fault := range p.Faults() {
		fields = append(fields, fieldOf(fault))
	}
	if got, want := strings.Join(fields, " "), "code name pillar funderKind budgetRupiah unitCostRupiah year eligibility.decile"; got != want {
		t.Errorf("faults of %s, want %s", got, want)
	}
	p = Program{Code: "PKH", Name: "x", Pillar: PillarProtection, FunderKind: FunderGovernment, Year: 2025, Eligibility: Filter{Not: &Filter{InState: &InState{State: "2025-q2"}}}}
	wantError(t, "a rule on another state", p.Check(), CodeBadUserInput, "eligibility")
}

func TestParseDate(t *testing.T) {
	for text, ok := range map[string]bool{"2025-10-31": true, "2024-02-29": true, "2025-02-29": false, "2025-10-32": false, "31-10-2025": false, "": false, "2025-1-1": false} {
		if d, err := ParseDate(text); (err == nil) != ok || ok && string(d) != text || !ok && fieldOf(err) != "date" {
			t.Errorf("%q: %q, error %v", text, d, err)
		}
	}
}

func TestUnder(t *testing.T) {
	for _, c := range []struct{ prefix, field, want string }{{"a", "b", "a.b"}, {"a", "[0]", "a[0]"}, {"a", "", "a"}, {"", "b", "b"}, {"", "", ""}} {
		wantError(t, c.prefix+" over "+c.field, Under(c.prefix, Invalid(c.field, "wrong")), CodeBadUserInput, c.want)
	}
	if err := Under("a", io.EOF); err != io.EOF {
		t.Errorf("an error of another kind became %v", err)
	}
	if err := Under("a", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	cause := Errorf(CodeUnavailable, "x", "no answer: %w", io.ErrUnexpectedEOF)
	if err := Under("a", fmt.Errorf("wrapped: %w", cause)); !errors.Is(err, io.ErrUnexpectedEOF) || CodeOf(err) != CodeUnavailable {
		t.Errorf("the cause is lost: %v", err)
	}
	if CodeOf(nil) != "" || CodeOf(io.EOF) != CodeInternal {
		t.Error("codes of what is no Error")
	}
}

// TestRoleHas is the whole table of roles.
func TestRoleHas(t *testing.T) {
	roles := []Role{RolePublic, RolePartner, RolePlanner, RoleAdmin, RoleAuditor, RoleUnknown}
	want := map[Role]string{RolePublic: "10000", RolePartner: "11000", RolePlanner: "11100", RoleAdmin: "11110", RoleAuditor: "10001", RoleUnknown: "00000"}
	for _, r := range roles {
		got := ""
		for _, other := range roles[:5] {
			got += map[bool]string{true: "1", false: "0"}[r.Has(other)]
		}
		if got != want[r] {
			t.Errorf("%s has %s, want %s", r, got, want[r])
		}
	}
}
