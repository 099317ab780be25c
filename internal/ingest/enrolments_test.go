package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// servedDraft is a draft with two households and two programmes.
func servedDraft() *memoryStore {
	s := draft()
	secrets := target(s).Secrets
	for _, id := range []registry.HouseholdID{secrets.HouseholdID("kk", "1971040101200001"), secrets.HouseholdID("id", "No. 7"), {15: 1}} {
		s.households = append(s.households, registry.NewHousehold(id, "19.71.04.1006"))
	}
	s.programs = []registry.Program{{Code: "PIP"}, {Code: "PKH"}}
	return s
}

func TestEnrolments(t *testing.T) {
	s := servedDraft()
	target := target(s)
	target.Release = "2025-10"
	path := write(t, "e.csv", `KK,program,status,since,until,persons,rupiah,decree
1971040101200001,PKH,,2025-01-01,2025-03-31,2,750000,188.45/123/KEP/2025
1971040101200001,PKH,ended,2024-01-01,,,,
'1971040101200001,PIP,PROPOSED,-,,,,
`)
	report, err := Enrolments(context.Background(), target, path, nil)
	if err != nil || report.Rows != 3 || report.Rejected != 0 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	id := s.households[0].ID
	want := []registry.Enrolment{
		{Household: id, Program: "PKH", Status: registry.EnrolmentActive, Since: "2025-01-01", Until: "2025-03-31", Persons: 2, Rupiah: 750000, Decree: "188.45/123/KEP/2025"},
		{Household: id, Program: "PKH", Status: registry.EnrolmentEnded, Since: "2024-01-01", Persons: -1, Rupiah: -1},
		{Household: id, Program: "PIP", Status: registry.EnrolmentProposed, Persons: -1, Rupiah: -1},
	}
	if diff := cmp.Diff(want, s.enrolments); diff != "" {
		t.Error(diff)
	}
	if im := s.log[0]; im.Release != "2025-10" || im.Kind != registry.ImportEnrolments || im.Rows != 3 {
		t.Errorf("log entry %+v", im)
	}
	if report, err = Enrolments(context.Background(), target, path, nil); err != nil || !report.Unchanged {
		t.Errorf("report %+v, error %v", report, err)
	}
	target.Release = "2025-11"
	if report, err = Enrolments(context.Background(), target, path, nil); err != nil || report.Unchanged {
		t.Errorf("another release: report %+v, error %v", report, err)
	}
	target.Append = true
	path = write(t, "more.csv", "household_id,program,since\nNo. 7,PKH,\n")
	if _, err = Enrolments(context.Background(), target, path, nil); err != nil || len(s.enrolments) != 4 {
		t.Errorf("%d enrolments, error %v", len(s.enrolments), err)
	}
	path = write(t, "again.csv", "id,program,since\n"+id.String()+",PKH,2024-01-01\n"+id.String()+",PKH,2024-01-02\n")
	report, err = Enrolments(context.Background(), target, path, nil)
	if err != nil || !cmp.Equal(report.Reasons, []Reason{{"id", "is already in the draft", 1, 2}}) {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestEnrolmentMapping(t *testing.T) {
	s := servedDraft()
	m, err := ParseMapping([]byte("columns: {bantuan: program, id_keluarga: household_id}\nvalues: {program: {Program Keluarga Harapan: PKH}, status: {Aktif: ACTIVE}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "e.csv", "id_keluarga;bantuan;status\nNo. 7;PROGRAM Keluarga harapan;aktif\n")
	if _, err := Enrolments(context.Background(), target(s), path, m); err != nil || len(s.enrolments) != 1 || s.enrolments[0].Program != "PKH" {
		t.Errorf("enrolments %+v, error %v", s.enrolments, err)
	}
}

func TestBadEnrolment(t *testing.T) {
	for _, test := range []struct{ column, cell, value, reason string }{
		{"kk", "", "", "is missing"},
		{"kk", "1", "(card number)", "is not a family-card number of 16 digits"},
		{"kk", "9999999999999999", "(card number)", "is a placeholder, not a family-card number"},
		{"kk", "1971040101200001", "(card number)", "is given twice, first on line 2"},
		{"program", "", "", "is missing"},
		{"program", "BLT", "BLT", "is no programme of the edition"},
		{"status", "on", "on", "is not one of PROPOSED, ACTIVE, SUSPENDED, ENDED"},
		{"since", "2025-02-30", "2025-02-30", "is not a date such as 2025-10-31"},
		{"since", "01/02/2025", "01/02/2025", "is not a date such as 2025-10-31"},
		{"until", "2024-12-31", "2024-12-31", "is before since"},
		{"until", "x", "x", "is not a date such as 2025-10-31"},
		{"persons", "201", "201", "is more than a household can have members"},
		{"persons", "-1", "'-1", "is below zero"},
		{"rupiah", "1.000.00", "1.000.00", "is not a whole number"},
		{"rupiah", "10000000001", "10000000001", "is more than any benefit"},
		{"decree", "1971040101200001", "(a number of 16 or more digits)", "looks like an identity number"},
		{"decree", strings.Repeat("x", 129), strings.Repeat("x", 80) + "…", "is longer than 128 bytes"},
	} {
		t.Run(test.column+" "+test.cell, func(t *testing.T) {
			row := map[string]string{"kk": "1971040101200001", "program": "PIP", "since": "2025-01-01"}
			if test.column == "kk" {
				row["program"] = "PKH"
			}
			row[test.column] = test.cell
			text := "kk,program,status,since,until,persons,rupiah,decree\n1971040101200001,PKH,,2025-01-01,,,,\n" +
				fmt.Sprintf("%s,%s,%s,%s,%s,%s,%s,%s\n", row["kk"], row["program"], row["status"], row["since"], row["until"], row["persons"], row["rupiah"], row["decree"])
			s := servedDraft()
			report, err := Enrolments(context.Background(), target(s), write(t, "e.csv", text), nil)
			if err != nil || len(s.enrolments) != 1 {
				t.Fatalf("%d enrolments, error %v", len(s.enrolments), err)
			}
			if diff := cmp.Diff([][]string{{"3", test.column, test.value, test.reason}}, rejectedRows(t, report.RejectedFile)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEnrolmentsRefused(t *testing.T) {
	bare, withPrograms := draft(), draft()
	withPrograms.programs = []registry.Program{{Code: "PKH"}}
	for _, test := range []struct {
		name  string
		store *memoryStore
		text  string
		want  string
	}{
		{"no programmes", bare, "kk,program\n", "has no programmes yet"},
		{"no households", withPrograms, "kk,program\n", "has no households yet"},
		{"no programme column", servedDraft(), "kk,status\n", "there is no column program"},
		{"no identity", servedDraft(), "program\n", "no column identifies the households"},
		{"no rows", servedDraft(), "kk,program\n", "holds no enrolments"},
		{"all rejected", servedDraft(), "kk,program\n1971040101200001,X\n", "all 1 enrolments of e.csv were rejected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Enrolments(context.Background(), target(test.store), write(t, "e.csv", test.text), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != registry.CodeBadUserInput || test.store.puts != 0 {
				t.Errorf("%d writes, error %v; want BAD_USER_INPUT with %q", test.store.puts, err, test.want)
			}
		})
	}
}
