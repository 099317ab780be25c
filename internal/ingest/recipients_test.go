package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// listedDraft holds families "card head member…" with their keys, and three programmes.
func listedDraft(t *testing.T, rows ...string) (*memoryStore, []registry.HouseholdID) {
	t.Helper()
	s := draft()
	ids, _ := s.ids(t, false, rows...)
	s.programs = []registry.Program{{Code: "BPNT", Name: "Sembako"}, {Code: "PIP", Name: "Program Indonesia Pintar"}, {Code: "PKH", Name: "Program Keluarga Harapan"}}
	return s, ids
}

// list imports a list of recipients.
func (s *memoryStore) list(t *testing.T, set map[string]string, text string) (*Report, error) {
	t.Helper()
	to := target(s)
	to.Set = set
	return Enrolments(t.Context(), to, write(t, "aid.csv", text), nil)
}

// TestRecipientsAreFoundByAnyNumber lists families by card, NIK and id of a list whose card has changed meanwhile.
func TestRecipientsAreFoundByAnyNumber(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1 b1", "k2 a2 b2", "k3 a3 b3", "k4 a4 b3")
	text := "nomor_kk;NIK;nama;nama_program\n" +
		sixteen("k1") + ";" + sixteen("a1") + ";A;PKH\n" + // both
		sixteen("k9") + ";" + sixteen("b2") + ";B;pkh\n" + // the card changed
		";" + sixteen("a3") + ";C;Program Keluarga Harapan\n" + // no card
		sixteen("k4") + ";" + sixteen("b3") + ";D;PKH\n" + // the NIK is that of two families, the card tells which
		sixteen("k1") + ";" + sixteen("a2") + ";E;PIP\n" + // different families
		";" + sixteen("b3") + ";F;PIP\n" + // of two families
		sixteen("k8") + ";" + sixteen("c8") + ";G;PIP\n" // of none
	report, err := s.list(t, nil, text)
	if err != nil {
		t.Fatal(err)
	}
	var got []registry.HouseholdID
	for _, e := range s.enrolments {
		got = append(got, e.Household)
	}
	if !slices.Equal(got, ids) {
		t.Errorf("families %v, want %v", got, ids)
	}
	want := &RecipientMatches{Matched: 4, Ambiguous: 2, Unmatched: 1, Recipients: 1, List: report.File + ".unmatched.csv"}
	if diff := cmp.Diff(want, report.Recipients); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Reason{{"nomor_kk", "belongs, with the row's other numbers, to different families of the edition", 2, 6}}, report.Reasons); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"8", "nomor_kk", "(card number)", "is no family of the edition (PIP)"}}, rejectedRows(t, report.Recipients.List)); diff != "" {
		t.Error(diff)
	}
	if report, err = s.list(t, nil, "nik,program\n"+sixteen("a1")+",PKH\n"); err != nil || report.Recipients.List != "" {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestUnmatchedRecipientsAreCounted counts them by programme and kelurahan, each once, and only who receives.
func TestUnmatchedRecipientsAreCounted(t *testing.T) {
	s, _ := listedDraft(t, "k1 a1")
	text := "nik,kode_kelurahan,kelurahan,kecamatan,program,status\n" +
		sixteen("a1") + ",19.71.04.1006,,,PKH,aktif\n" +
		sixteen("x1") + ",19.71.04.1006,,,PKH,aktif\n" +
		sixteen("x1") + ",19.71.04.1006,,,PKH,aktif\n" + // again
		sixteen("x1") + ",19.71.04.1006,,,PIP,\n" + // in another programme
		sixteen("x2") + ",,Keramat,Rangkui,PKH,\n" +
		sixteen("x3") + ",,Keramat,,PKH,\n" +
		sixteen("x4") + ",,Keramat,,PKH,nonaktif\n" + // does not receive any more
		sixteen("x5") + ",,Bacang,,PKH,\n" + // not of the edition
		sixteen("x6") + ",,,,PKH,\n"
	report, err := s.list(t, nil, text)
	if err != nil {
		t.Fatal(err)
	}
	secrets := target(s).Secrets
	keys := func(names ...string) (sum registry.RecordKey) {
		for _, n := range names {
			k := secrets.RecordKey(registry.HouseholdID(secrets.Identities().Match(registry.MatchHead, sixteen(n)).Hash))
			sum = registry.RecordKey{sum[0] + k[0], sum[1] + k[1]}
		}
		return sum
	}
	want := []registry.Unmatched{
		{Program: "PIP", Area: "19.71.04.1006", Recipients: 1, Keys: keys("x1")},
		{Program: "PKH", Recipients: 2, Keys: keys("x5", "x6")},
		{Program: "PKH", Area: "19.71.04.1006", Recipients: 1, Keys: keys("x1")},
		{Program: "PKH", Area: "19.71.04.1009", Recipients: 2, Keys: keys("x2", "x3")},
	}
	if diff := cmp.Diff(want, s.unmatched); diff != "" {
		t.Error(diff)
	}
	if m := report.Recipients; m.Matched != 1 || m.Unmatched != 8 || m.Recipients != 6 || report.Rejected != 0 {
		t.Errorf("%+v", report)
	}
}

// TestCountsOfUnmatchedRecipients imports what an export says of a release: families, and counts of who is none.
func TestCountsOfUnmatchedRecipients(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1")
	head := "id,program,status,area_code,unmatched_recipients\n"
	report, err := s.list(t, nil, head+ids[0].String()+",PKH,ACTIVE,,\n,PKH,ACTIVE,19.71.04.1006,41\n,PKH,,19.71.04.1006,1\n,PIP,ACTIVE,,7\n")
	if err != nil || report.Rejected != 0 || report.Recipients.Recipients != 49 || report.Recipients.Unmatched != 0 || len(s.enrolments) != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	for i := range s.unmatched {
		if s.unmatched[i].Keys == (registry.RecordKey{}) {
			t.Errorf("%+v has no keys", s.unmatched[i])
		}
		s.unmatched[i].Keys = registry.RecordKey{}
	}
	if diff := cmp.Diff([]registry.Unmatched{{Program: "PIP", Recipients: 7}, {Program: "PKH", Area: "19.71.04.1006", Recipients: 42}}, s.unmatched); diff != "" {
		t.Error(diff)
	}
	report, err = s.list(t, nil, head+ids[0].String()+",PKH,ACTIVE,,\n"+ids[0].String()+",PKH,ACTIVE,,3\n,PKH,ACTIVE,,0\n,PKH,ACTIVE,,-3\n,PKH,ENDED,,3\n,PKH,ACTIVE,19.71.99.1001,3\n,PKH,ACTIVE,,9999999999\n,PKH,ACTIVE,,\n")
	if err != nil || report.Rejected != 7 || len(s.unmatched) != 0 {
		t.Errorf("%+v, %v, %v", report, err, s.unmatched)
	}
}

// TestMembersOfAFamilyAreFolded lists children of a family, who each get a benefit.
func TestMembersOfAFamilyAreFolded(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1 b1 c1", "k2 a2")
	text := "nik,program,rupiah,persons,status\n" +
		sixteen("b1") + `,PIP,"Rp 450.000,00",,` + "\n" +
		sixteen("a2") + ",PIP,450000,,\n" +
		sixteen("c1") + ",PIP,750.000,,\n" +
		sixteen("c1") + ",PIP,750000,,\n" + // the same child again
		sixteen("a1") + ",PIP,1,,SUSPENDED\n" + // says something else
		sixteen("a1") + ",PKH,,3,\n" +
		sixteen("b1") + ",PKH,,2,\n"
	report, err := s.list(t, map[string]string{"decree": "SK 12/2025", "period": "Oktober 2025"}, text)
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.Enrolment{
		{Household: ids[0], Program: "PIP", Since: "2025-10-01", Until: "2025-10-31", Status: registry.EnrolmentActive, Persons: 2, Rupiah: 1_200_000, Decree: "SK 12/2025"},
		{Household: ids[1], Program: "PIP", Since: "2025-10-01", Until: "2025-10-31", Status: registry.EnrolmentActive, Persons: -1, Rupiah: 450_000, Decree: "SK 12/2025"},
		{Household: ids[0], Program: "PKH", Since: "2025-10-01", Until: "2025-10-31", Status: registry.EnrolmentActive, Persons: 5, Rupiah: -1, Decree: "SK 12/2025"},
	}
	if diff := cmp.Diff(want, s.enrolments); diff != "" {
		t.Error(diff)
	}
	wantReasons := []Reason{{"nik", "is given twice", 1, 5}, {"nik", "says something else about the family's benefit than another of its rows", 1, 6}}
	if diff := cmp.Diff(wantReasons, report.Reasons); diff != "" {
		t.Error(diff)
	}
	if m := report.Recipients; m.Matched != 5 || m.Folded != 2 || report.Rows != 3 {
		t.Errorf("%+v, %+v", report, m)
	}
}

// TestOneDecree imports the list of one decree in the words of an office: what holds for all rows is set.
func TestOneDecree(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1", "k2 a2")
	text := "No. KK;NIK;Nama;Periode;Nominal;Jumlah Jiwa;Status Penerima\n" + sixteen("k1") + ";" + sixteen("a1") + ";Siti;10/2025;600.000;4;Aktif\n"
	report, err := s.list(t, map[string]string{"program": "pkh", "decree": "188.45/12/2025"}, text)
	want := []registry.Enrolment{{Household: ids[0], Program: "PKH", Since: "2025-10-01", Until: "2025-10-31", Status: registry.EnrolmentActive, Persons: 4, Rupiah: 600_000, Decree: "188.45/12/2025"}}
	if diff := cmp.Diff(want, s.enrolments); diff != "" || err != nil {
		t.Errorf("%v, %+v: %s", err, report, diff)
	}
	for _, test := range []struct {
		set  map[string]string
		want string
	}{
		{map[string]string{"program": "BLT"}, `program: "BLT" is no programme of the edition`},
		{map[string]string{"program": "PKH", "since": "1 Oktober"}, "is not a date"},
		{map[string]string{"program": "PKH", "period": "10/2025"}, "the file has it in column Periode"},
		{map[string]string{"program": "PKH", "nik": sixteen("a1")}, "can't be set"},
		{map[string]string{"program": "PKH", "decree": sixteen("a1")}, "looks like an identity number"},
		{nil, "--set program=CODE"},
	} {
		_, err := s.list(t, test.set, text)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), sixteen("a1")) || registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%v: %v, want %q", test.set, err, test.want)
		}
	}
	// The same file with other settings is another import.
	path := write(t, "same.csv", "kk\n"+sixteen("k2")+"\n")
	for program, unchanged := range map[string]bool{"PKH": false, "PIP": false} {
		to := target(s)
		to.Set = map[string]string{"program": program}
		if report, err := Enrolments(t.Context(), to, path, nil); err != nil || report.Unchanged != unchanged {
			t.Errorf("%s: %+v, %v", program, report, err)
		}
	}
}

func TestNobodyOfAListIsKnown(t *testing.T) {
	s, _ := listedDraft(t, "k1 a1")
	before := s.puts
	report, err := s.list(t, nil, "nik,program\n"+sixteen("x1")+",PKH\n"+sixteen("x2")+",PKH\n")
	if registry.CodeOf(err) != registry.CodeBadUserInput || !strings.Contains(err.Error(), "none of the numbers of aid.csv") || s.puts != before {
		t.Errorf("%v, %d writes", err, s.puts-before)
	}
	if report == nil || len(rejectedRows(t, report.Recipients.List)) != 2 {
		t.Errorf("%+v", report)
	}
}

// TestListsWriteNoNumbers looks for numbers in everything that an import leaves beside the list.
func TestListsWriteNoNumbers(t *testing.T) {
	s, _ := listedDraft(t, "k1 a1", "k2 a2")
	report, err := s.list(t, nil, "kk,nik,program\n"+sixteen("k1")+","+sixteen("a2")+",PKH\n"+sixteen("k9")+","+sixteen("x1")+",PKH\n"+sixteen("k2")+",,PKH\n"+sixteen("k2")+",,PKH\n"+sixteen("k2")+",12345678901234567,PKX\n")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(report.File + ".*")
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "19710401") || strings.Contains(string(text), "12345678901234567") {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
}

func TestPeriods(t *testing.T) {
	for value, want := range map[string][2]registry.Date{
		"2025-10": {"2025-10-01", "2025-10-31"}, "10/2025": {"2025-10-01", "2025-10-31"}, "2/2024": {"2024-02-01", "2024-02-29"},
		"Oktober 2025": {"2025-10-01", "2025-10-31"}, "Agt-2025": {"2025-08-01", "2025-08-31"}, "MEI 2025": {"2025-05-01", "2025-05-31"}, "Pebruari 2025": {"2025-02-01", "2025-02-28"},
		"Oktober-Desember 2025": {"2025-10-01", "2025-12-31"}, "Okt s/d Des 2025": {"2025-10-01", "2025-12-31"}, "Triwulan IV 2025": {"2025-10-01", "2025-12-31"},
		"TW 1/2025": {"2025-01-01", "2025-03-31"}, "Q3 2025": {"2025-07-01", "2025-09-30"}, "2025": {"2025-01-01", "2025-12-31"},
	} {
		since, until, reason := parsePeriod(value)
		if since != want[0] || until != want[1] || reason != "" {
			t.Errorf("%s: %s to %s, %s", value, since, until, reason)
		}
	}
	for _, value := range []string{"13/2025", "0/2025", "Foo 2025", "Desember-Oktober 2025", "TW V 2025", "1025", "10/25", "Oktober", "2025-10-31"} {
		if since, until, reason := parsePeriod(value); reason == "" {
			t.Errorf("%s: %s to %s", value, since, until)
		}
	}
}

func TestRupiah(t *testing.T) {
	for value, want := range map[string]int64{"600000": 600_000, "600.000": 600_000, "Rp600.000,-": 600_000, "Rp. 1.200.000,00": 1_200_000, "600000.0": 600_000, "": -1, "0": 0} {
		if n, reason := parseRupiah(value); n != want || reason != "" {
			t.Errorf("%q: %d, %s", value, n, reason)
		}
	}
	for _, value := range []string{"600,000", "6.00.000", "600.0000", "Rp", "x", "-5", "1.2"} {
		if n, reason := parseRupiah(value); reason == "" {
			t.Errorf("%q: %d", value, n)
		}
	}
}
