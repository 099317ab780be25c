package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// programText writes a programme with some members replaced; an empty replacement leaves the member out.
func programText(code string, replace ...string) string {
	members := map[string]string{"code": `"` + code + `"`, "name": `"Keluarga Harapan"`, "pillar": `"PROTECTION"`, "funder": `"Kementerian Sosial"`,
		"funderKind": `"GOVERNMENT"`, "budgetRupiah": "1000000000", "unitCostRupiah": "3000000", "year": "2025",
		"eligibility": `{"decile":{"min":1,"max":4},"or":[{"elderly":{"min":1}},{"areas":["19.71.04"]}]}`, "source": `"Kepmensos"`}
	for i := 0; i < len(replace); i += 2 {
		members[replace[i]] = replace[i+1]
	}
	var out []string
	for _, name := range []string{"code", "name", "pillar", "funder", "funderKind", "budgetRupiah", "unitCostRupiah", "year", "eligibility", "source", "extra"} {
		if members[name] != "" {
			out = append(out, fmt.Sprintf("%q: %s", name, members[name]))
		}
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func importPrograms(t *testing.T, s *memoryStore, add bool, text string) (*Report, error) {
	t.Helper()
	target := target(s)
	target.Append = add
	return Programs(context.Background(), target, write(t, "programs.json", text), nil)
}

func TestPrograms(t *testing.T) {
	s := draft()
	report, err := importPrograms(t, s, false, "[\n"+programText("PKH")+",\n"+programText("CSR-1", "pillar", `"housing"`, "funderKind", `"private"`,
		"budgetRupiah", "null", "unitCostRupiah", "", "eligibility", `{"notEnrolledIn":["PKH"]}`)+"\n]\n")
	if err != nil || report.Rows != 2 || report.Rejected != 0 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	first, second := s.programs[0], s.programs[1]
	if first.Code != "PKH" || first.Pillar != registry.PillarProtection || *first.BudgetRupiah != 1e9 || *first.UnitCostRupiah != 3e6 || first.Year != 2025 ||
		first.Eligibility.String() != "decile 1–4 and (at least 1 elderly or in 19.71.04)" || first.Funder != "Kementerian Sosial" || first.Source != "Kepmensos" {
		t.Errorf("%+v", first)
	}
	if second.Pillar != registry.PillarHousing || second.FunderKind != registry.FunderPrivate || second.BudgetRupiah != nil || second.UnitCostRupiah != nil {
		t.Errorf("%+v", second)
	}
	if report, err = importPrograms(t, s, true, "["+programText("PKH", "year", "2026")+","+programText("CSR-2", "eligibility", `{"enrolledIn":["CSR-1"]}`)+"]"); err != nil {
		t.Fatal(err)
	}
	if want := []Reason{{"code", "is given twice", 1, 1}}; !cmp.Equal(report.Reasons, want) || len(s.programs) != 3 {
		t.Errorf("appended: report %+v", report)
	}
}

func TestBadProgram(t *testing.T) {
	for _, test := range []struct{ name, text, column, reason string }{
		{"code", programText("pkh"), "code", `"pkh" is not a programme code: capitals, digits, - and _, at most 32`},
		{"twice", programText("PKH"), "code", "is given twice"},
		{"no name", programText("A", "name", ""), "name", "a programme needs a name"},
		{"pillar", programText("A", "pillar", `"SPORT"`), "pillar", `"SPORT" is not one of ECONOMY, EDUCATION, HEALTH, HOUSING, PROTECTION`},
		{"funder kind", programText("A", "funderKind", `"x"`), "funderKind", `"X" is not one of GOVERNMENT, CIVIL_SOCIETY, PRIVATE`},
		{"budget", programText("A", "budgetRupiah", "-1"), "budgetRupiah", "must not be negative"},
		{"budget as text", programText("A", "budgetRupiah", `"1"`), "budgetRupiah", "is string, not a whole number"},
		{"unit cost", programText("A", "unitCostRupiah", "0"), "unitCostRupiah", "must be above zero"},
		{"year", programText("A", "year", "25"), "year", "25 is not a year of a programme"},
		{"year with a fraction", programText("A", "year", "2025.5"), "year", "is number 2025.5, not a whole number"},
		{"name as a number", programText("A", "name", "5"), "name", "is number, not text"},
		{"no rule", programText("A", "eligibility", ""), "eligibility", "a programme needs a rule; {} keeps every household"},
		{"rule of null", programText("A", "eligibility", "null"), "eligibility", "a programme needs a rule; {} keeps every household"},
		{"rule with an unknown name", programText("A", "eligibility", `{"desil":1}`), "eligibility", `not a household filter: unknown field "desil"`},
		{"rule out of range", programText("A", "eligibility", `{"decile":{"min":4,"max":1}}`), "eligibility.decile", "min 4 is above max 1"},
		{"rule on a rule", programText("A", "eligibility", `{"eligibleFor":"PKH"}`), "eligibility", "an eligibility rule can't rest on another programme's eligibility"},
		{"unknown area", programText("A", "eligibility", `{"areas":["19.72"]}`), "eligibility.areas[0]", "edition 2025-q3 has no area 19.72"},
		{"unknown programme", programText("A", "eligibility", `{"or":[{"enrolledIn":["B"]}]}`), "eligibility.or[0].enrolledIn", `edition 2025-q3 has no programme "B"`},
		{"unknown member", programText("A", "extra", "1"), "", `unknown field "extra"`},
		{"no object", "7", "", "is number, not an object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report, err := importPrograms(t, draft(), false, "[\n"+programText("PKH")+",\n\n"+test.text+"]")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Reason{{test.column, test.reason, 1, 4}}, report.Reasons); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestProgramNamingARejectedOne: rules that name a rejected programme are rejected with it.
func TestProgramNamingARejectedOne(t *testing.T) {
	s := draft()
	report, err := importPrograms(t, s, false, "["+programText("A", "eligibility", `{"enrolledIn":["B"]}`)+","+
		programText("B", "eligibility", `{"enrolledIn":["C"]}`)+","+programText("D")+"]")
	if err != nil || report.Rejected != 2 || len(s.programs) != 1 || s.programs[0].Code != "D" {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestProgramsRefused(t *testing.T) {
	many := make([]string, registry.MaxPrograms+1)
	for i := range many {
		many[i] = programText(fmt.Sprintf("P%d", i))
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "is not a JSON array"},
		{"object", "{}", "it does not begin with ["},
		{"cut off", "[" + programText("A"), "is not a JSON array"},
		{"broken", "[{]", "is not a JSON array"},
		{"more after it", "[" + programText("A") + "] 1", "something follows its end"},
		{"nothing", "[]", "holds no programmes"},
		{"all rejected", "[" + programText("a") + "]", "all 1 programmes of programs.json were rejected"},
		{"too many", "[" + strings.Join(many, ",") + "]", "the edition would have 65 programmes; at most 64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := draft()
			_, err := importPrograms(t, s, false, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != registry.CodeBadUserInput || s.puts != 0 {
				t.Errorf("%d writes, error %v; want BAD_USER_INPUT with %q", s.puts, err, test.want)
			}
		})
	}
}

// TestProgramsOfTable reads programmes of a workbook, rules as JSON.
func TestProgramsOfTable(t *testing.T) {
	row := func(values ...string) (cells string) {
		for _, v := range values {
			cells += `<c t="str"><v>` + strings.ReplaceAll(v, `"`, "&quot;") + `</v></c>`
		}
		return cells
	}
	header := row("code", "name", "pillar", "funder_kind", "budget_rupiah", "year", "eligibility")
	s := draft()
	report, err := Programs(t.Context(), target(s), sheetFile(t, header,
		row("PKH", "Keluarga Harapan", "PROTECTION", "GOVERNMENT", "1000000000", "2025", `{"decile": {"max": 4}}`),
		row("BSPS", "Rumah Swadaya", "HOUSING", "GOVERNMENT", "much", "2025", `{}`),
		row("CSR", "Air Bersih", "HOUSING", "PRIVATE", "", "", `{"decile":`),
		row("NGO", "Sembako", "PROTECTION", "NGO", "", "", "{}"),
		row("ZAKAT", "Zakat", "PROTECTION", "CIVIL_SOCIETY", "", "", "")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.programs) != 1 || *s.programs[0].BudgetRupiah != 1e9 || s.programs[0].Year != 2025 || s.programs[0].UnitCostRupiah != nil || s.programs[0].Eligibility.String() != "decile at most 4" {
		t.Errorf("%+v", s.programs)
	}
	for _, want := range []Reason{{"budget_rupiah", "is not a whole number", 1, 3}, {"eligibility", "a programme needs a rule; {} keeps every household", 1, 6}, {"funder_kind", `"NGO" is not one of GOVERNMENT, CIVIL_SOCIETY, PRIVATE`, 1, 5}} {
		if !slices.Contains(report.Reasons, want) {
			t.Errorf("no %+v in %+v", want, report.Reasons)
		}
	}
	if report.Rejected != 4 {
		t.Errorf("%+v", report.Reasons)
	}
	for text, want := range map[string]string{sheetFile(t, row("code", "name", "pillar", "funder_kind"), row("A", "B", "HOUSING", "NGO")): "there is no column eligibility",
		sheetFile(t, header, row("A", "B", "HOUSING", "NGO", "", "", "{}")): `there is no sheet "Other"`} {
		if _, err := Programs(t.Context(), target(draft()), text, (*Mapping)(nil).WithSheet(map[bool]string{true: "Other"}[strings.Contains(want, "Other")])); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	if _, err := Programs(t.Context(), target(draft()), write(t, "p.json", "["+programText("PKH")+"]"), (*Mapping)(nil).WithSheet("Other")); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("a sheet of JSON: %v", err)
	}
}
