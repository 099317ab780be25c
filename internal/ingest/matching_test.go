package ingest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// sixteen makes a card or identity number of 16 digits of a letter and a digit: "a1".
func sixteen(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("19710401%03d2000%s", name[0], name[1:])
}

// familyFile writes families as "card head member1 member2" each, "-" for nothing.
func familyFile(t testing.TB, rows []string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("kk,area_code,nik,nik_pasangan,nik_anak,nama\n")
	for i, row := range rows {
		f := append(strings.Fields(strings.ReplaceAll(row, "-", "")), "", "", "", "")
		if strings.HasPrefix(row, "- ") {
			f = slices.Insert(f, 0, "")
		}
		fmt.Fprintf(&b, "%s,19.71.04.1006,%s,%s,%s,Warga %d\n", sixteen(f[0]), sixteen(f[1]), sixteen(f[2]), sixteen(f[3]), i)
	}
	return write(t, "families.csv", b.String())
}

// publish makes what the draft holds the newest published edition, and begins another draft.
func (s *memoryStore) publish(id string, asOf registry.Date) {
	at := testTime.Add(time.Duration(len(s.editions)) * time.Hour)
	s.editions = append([]registry.Edition{{ID: id, AsOf: asOf, PublishedAt: &at}}, s.editions...)
	if s.published == nil {
		s.published = map[string][]registry.HouseholdKey{}
	}
	s.published[id] = s.draftKeys()
	s.households, s.keys, s.log = nil, nil, nil
}

// ids imports families and gives their ids in the order of the file.
func (s *memoryStore) ids(t *testing.T, more bool, rows ...string) ([]registry.HouseholdID, *Report) {
	t.Helper()
	to, before := target(s), len(s.households)
	to.Append = more
	report, err := Households(t.Context(), to, familyFile(t, rows), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !more {
		before = 0
	}
	var ids []registry.HouseholdID
	for _, h := range s.households[before:] {
		ids = append(ids, h.ID)
	}
	return ids, report
}

// TestFamiliesAreFoundAgain publishes a first edition of families and imports the next. want gives for each family of the
// second file which of the first it is, from 0; −1 for a new one.
func TestFamiliesAreFoundAgain(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second []string
		want          []int
		matches       FamilyMatches
	}{
		{"nothing changed", []string{"k1 a1", "k2 a2"}, []string{"k2 a2", "k1 a1"}, []int{1, 0}, FamilyMatches{ByNumber: 2}},
		{"the card changed", []string{"k1 a1 b1", "k2 a2"}, []string{"k9 a1 b1", "k2 a2"}, []int{0, 1}, FamilyMatches{ByNumber: 1, ByOther: 1}},
		{"card and head changed", []string{"k1 a1 b1 c1"}, []string{"k9 b1 c1"}, []int{0}, FamilyMatches{ByOther: 1}},
		{"no number is known", []string{"k1 a1"}, []string{"k9 a9"}, []int{-1}, FamilyMatches{New: 1, Left: 1}},
		{"the card alone is known", []string{"k1 a1"}, []string{"k1 a9"}, []int{0}, FamilyMatches{ByNumber: 1}},
		{"split, one keeps the card", []string{"k1 a1 b1"}, []string{"k9 a1", "k1 b1"}, []int{-1, 0}, FamilyMatches{ByNumber: 1, New: 1, Split: 1}},
		{"split, the head keeps the id", []string{"k1 a1 b1 c1"}, []string{"k8 b1 c1", "k9 a1"}, []int{-1, 0}, FamilyMatches{ByOther: 1, New: 1, Split: 1}},
		{"split without the head, more members keep the id", []string{"k1 a1 b1 c1", "k2 a2 d1"}, []string{"k8 b1 c1", "k9 d1", "k2 a2"},
			[]int{0, -1, 1}, FamilyMatches{ByNumber: 1, ByOther: 1, New: 1, Split: 1}},
		{"split alike", []string{"k1 a1 b1 c1"}, []string{"k8 b1", "k9 c1"}, []int{-1, -1}, FamilyMatches{New: 2, Undecided: 2, Left: 1}},
		{"a daughter marries: both parents' families stay", []string{"k1 a1 b1 c1", "k2 a2 b2 c2"}, []string{"k1 a1 b1", "k2 a2 b2", "k9 c1 c2"},
			[]int{0, 1, -1}, FamilyMatches{ByNumber: 2, New: 1, Split: 1}},
		{"merged", []string{"k1 a1", "k2 a2"}, []string{"k1 a1 a2"}, []int{0}, FamilyMatches{ByNumber: 1, Merged: 1}},
		{"merged under a new card, the more numerous stays", []string{"k1 a1 b1", "k2 a2"}, []string{"k9 a2 a1 b1"}, []int{0}, FamilyMatches{ByOther: 1, Merged: 1}},
		{"merged under a new card, one of each: the present head decides", []string{"k1 a1", "k2 a2"}, []string{"k9 a2 a1"}, []int{1}, FamilyMatches{ByOther: 1, Merged: 1}},
		{"as many members of both, head unknown", []string{"k1 a1 b1", "k2 a2 b2"}, []string{"k9 x9 b1 b2"}, []int{-1}, FamilyMatches{New: 1, Undecided: 1, Left: 2}},
		{"card and members contradict", []string{"k1 a1", "k2 a2"}, []string{"k1 a2", "k8 a1"}, []int{0, -1}, FamilyMatches{ByNumber: 1, New: 1, Split: 1, Merged: 1, Contradicted: 1}},
		{"a number of two families leads nowhere", []string{"k1 a1 b1", "k2 a2 b1"}, []string{"k8 x9 b1"}, []int{-1}, FamilyMatches{New: 1, Left: 2}},
		{"who has only the card", []string{"k1", "k2"}, []string{"k1", "k9"}, []int{0, -1}, FamilyMatches{ByNumber: 1, New: 1, Left: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := draft()
			former, report := s.ids(t, false, test.first...)
			if report.Families != nil {
				t.Errorf("the first edition is compared: %+v", report.Families)
			}
			s.publish("2025-q3", "2025-09-30")
			ids, report := s.ids(t, false, test.second...)
			test.matches.Edition, test.matches.Number = "2025-q3", "kk"
			if diff := cmp.Diff(&test.matches, report.Families); diff != "" {
				t.Errorf("matches (-want +got):\n%s", diff)
			}
			checkIDs(t, former, ids, test.want)
			// Another order of the file changes nothing.
			backwards := slices.Clone(test.second)
			slices.Reverse(backwards)
			s.log = nil
			again, report := s.ids(t, false, backwards...)
			slices.Reverse(again)
			if diff := cmp.Diff(ids, again); diff != "" {
				t.Errorf("ids of the file backwards: %s", diff)
			}
			if diff := cmp.Diff(&test.matches, report.Families); diff != "" {
				t.Errorf("matches of the file backwards (-want +got):\n%s", diff)
			}
		})
	}
}

func checkIDs(t *testing.T, former, ids []registry.HouseholdID, want []int) {
	t.Helper()
	if len(ids) != len(want) {
		t.Fatalf("%d families, want %d", len(ids), len(want))
	}
	seen := map[registry.HouseholdID]bool{}
	for i, id := range ids {
		if got := slices.Index(former, id); got != want[i] {
			t.Errorf("family %d is %d of the first file, want %d", i, got, want[i])
		}
		if seen[id] {
			t.Errorf("family %d has the id of another", i)
		}
		seen[id] = true
	}
}

// TestCardsPassOn follows a card number that goes to another family, over four editions.
func TestCardsPassOn(t *testing.T) {
	s := draft()
	first, _ := s.ids(t, false, "k1 a1")
	s.publish("q1", "2025-03-31")
	second, _ := s.ids(t, false, "k2 a1")
	s.publish("q2", "2025-06-30")
	third, _ := s.ids(t, false, "k1 b1", "k2 a1") // the id that k1 makes is that of the family which has k2 now
	s.publish("q3", "2025-09-30")
	fourth, report := s.ids(t, false, "k2 a1", "k1 b1")
	if second[0] != first[0] || third[1] != first[0] || fourth[0] != first[0] {
		t.Errorf("the family is %v, %v, %v, %v", first[0], second[0], third[1], fourth[0])
	}
	if third[0] == first[0] || fourth[1] != third[0] {
		t.Errorf("the other family is %v, then %v", third[0], fourth[1])
	}
	if report.Families.ByNumber != 2 || report.Families.Edition != "q3" {
		t.Errorf("%+v", report.Families)
	}
}

// TestMoreOfADraft adds a second file to a draft: who is there already is refused, by number; who came out of a family that is
// there is new.
func TestMoreOfADraft(t *testing.T) {
	s := draft()
	former, _ := s.ids(t, false, "k1 a1 b1", "k2 a2")
	s.publish("q1", "2025-03-31")
	begun, _ := s.ids(t, false, "k9 a1")
	more, report := s.ids(t, true, "k2 a2", "k8 b1", "k9 x1")
	if begun[0] != former[0] || more[0] != former[1] || slices.Contains(former, more[1]) || len(more) != 2 {
		t.Errorf("first %v, then %v and %v", former, begun, more)
	}
	if diff := cmp.Diff([]Reason{{"kk", "is already in the draft", 1, 4}}, report.Reasons); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&FamilyMatches{Edition: "q1", Number: "kk", ByNumber: 1, New: 1, Split: 1}, report.Families); diff != "" {
		t.Error(diff)
	}
}

// TestRejectedRowsClaimNothing has a row at fault with the card of a family, and a good one with its head.
func TestRejectedRowsClaimNothing(t *testing.T) {
	s := draft()
	former, _ := s.ids(t, false, "k1 a1")
	s.publish("q1", "2025-03-31")
	path := write(t, "f.csv", "kk,nik,area_code,decile\n"+sixteen("k1")+",,19.71.04.1006,11\n"+sixteen("k9")+","+sixteen("a1")+",19.71.04.1006,1\n")
	report, err := Households(t.Context(), target(s), path, nil)
	if err != nil || report.Rejected != 1 || s.households[0].ID != former[0] {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestOtherNames reads numbers under the names that offices use, and what is no number makes no key.
func TestOtherNames(t *testing.T) {
	s := draft()
	path := write(t, "f.csv", "Nomor Kartu Keluarga;area_code;Nomor Induk Kependudukan;NIK Istri;ID DTKS;id_keluarga_p3ke;household_id;nama\n"+
		sixteen("k1")+";19.71.04.1006;"+sixteen("a1")+";"+sixteen("b1")+";ab-12;P7;No. 7;Siti\n"+
		sixteen("k2")+";19.71.04.1006;0000000000000000;123;000;;;\n"+
		sixteen("k3")+";19.71.04.1006;"+sixteen("b1")+";9999999999999999;AB-13;;;\n")
	report, err := Households(t.Context(), target(s), path, nil)
	if err != nil || report.Rows != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	ids, want := target(s).Secrets.Identities(), map[registry.MatchKey]int{}
	for _, k := range []registry.MatchKey{ids.Match(registry.MatchCard, sixteen("k1")), ids.Match(registry.MatchHead, sixteen("a1")), ids.Match(registry.MatchMember, sixteen("b1")),
		ids.Match(registry.MatchDTKS, "AB-12"), ids.Match(registry.MatchP3KE, "P7"), ids.Match(registry.MatchOwn, "No. 7"),
		ids.Match(registry.MatchCard, sixteen("k2")), ids.Match(registry.MatchCard, sixteen("k3")), ids.Match(registry.MatchHead, sixteen("b1")), ids.Match(registry.MatchDTKS, "AB-13")} {
		want[k]++
	}
	got := map[registry.MatchKey]int{}
	for _, k := range s.keys {
		got[k.MatchKey]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	wantNotes := []string{
		"not stored, personal data: nama",
		"kept as keyed hashes only, to find families again: Nomor Kartu Keluarga, household_id, id_keluarga_p3ke, ID DTKS, Nomor Induk Kependudukan, NIK Istri",
		"1 value of id_dtks is no number of that kind, and no family will be found by it",
		"3 values of nik are no number of that kind, and no family will be found by them",
		"1 number stands in several families of the file: no family can be found by it alone",
	}
	if diff := cmp.Diff(wantNotes, report.Notes); diff != "" {
		t.Error(diff)
	}
}

// TestOtherNumbersIdentify follows families from a file by NIK alone to one by card, to one by DTKS id, past numbers of rows that
// mean nothing.
func TestOtherNumbersIdentify(t *testing.T) {
	s := draft()
	var former []registry.HouseholdID
	for i, text := range []string{
		"nik,household_id_lama,area_code\n" + sixteen("a1") + ",,19.71.04.1006\n" + sixteen("a2") + ",,19.71.04.1006\n",
		"kk,nik,id_dtks,household_id,area_code\n" + sixteen("k1") + "," + sixteen("a1") + ",D1,1,19.71.04.1006\n" + sixteen("k2") + "," + sixteen("a2") + ",D2,2,19.71.04.1006\n",
		"kk,id_dtks,household_id,area_code\n" + sixteen("k8") + ",D1,2,19.71.04.1006\n" + sixteen("k9") + ",D2,1,19.71.04.1006\n",
		"id_dtks,area_code\nD1,19.71.04.1006\nd2,19.71.04.1006\n",
	} {
		report, err := Households(t.Context(), target(s), write(t, "f.csv", text), nil)
		if err != nil || report.Rows != 2 {
			t.Fatalf("file %d: %+v, %v", i, report, err)
		}
		var ids []registry.HouseholdID
		for _, h := range s.households {
			ids = append(ids, h.ID)
		}
		if former != nil && !slices.Equal(ids, former) {
			t.Errorf("file %d: %v, were %v; %+v", i, ids, former, report.Families)
		}
		former = ids
		s.publish(fmt.Sprint("q", i), registry.Date(fmt.Sprintf("2025-%02d-01", i+1)))
	}
}

// TestAnotherEditionMeanwhile imports a file again after an edition was published: it is compared with that one.
func TestAnotherEditionMeanwhile(t *testing.T) {
	s := draft()
	path := familyFile(t, []string{"k1 a1"})
	for _, unchanged := range []bool{false, true} {
		if report, err := Households(t.Context(), target(s), path, nil); err != nil || report.Unchanged != unchanged {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	log := s.log
	s.publish("q1", "2025-03-31")
	s.log = log
	if report, err := Households(t.Context(), target(s), path, nil); err != nil || report.Unchanged || report.Families == nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestWithoutFormerKeys imports beside an edition of an older program: families are the same by card.
func TestWithoutFormerKeys(t *testing.T) {
	s := draft()
	former, _ := s.ids(t, false, "k1 a1")
	s.publish("q1", "2025-03-31")
	s.published["q1"] = nil
	ids, report := s.ids(t, false, "k1 a1")
	if ids[0] != former[0] || report.Families != nil || !slices.ContainsFunc(report.Notes, func(n string) bool { return strings.Contains(n, "no hashes of numbers") }) {
		t.Errorf("%v, %v: %+v", former, ids, report)
	}
}

func TestMatchReportGolden(t *testing.T) {
	var b strings.Builder
	for _, m := range []FamilyMatches{
		{Edition: "2025-q3", Number: "kk", ByNumber: 23_410, ByOther: 312, New: 410, Left: 120},
		{Edition: "2025-q3", Number: "Nomor KK", ByNumber: 1, ByOther: 0, New: 3, Split: 1, Undecided: 1, Left: 2, Merged: 1, Contradicted: 1},
		{Edition: "2025-q3", Number: "kk", ByNumber: 1_000_000, ByOther: 2, New: 3, Split: 2, Undecided: 2, Left: 2, Merged: 2, Contradicted: 2},
	} {
		fmt.Fprintln(&b, strings.Join(m.Lines(), "\n"))
	}
	for _, m := range []RecipientMatches{
		{Matched: 1200},
		{Matched: 1, Ambiguous: 1, Unmatched: 1, Folded: 1, Recipients: 1, List: "aid.csv.unmatched.csv"},
		{Matched: 1200, Ambiguous: 3, Unmatched: 45, Folded: 7, Recipients: 40, List: "aid.csv.unmatched.csv"},
	} {
		fmt.Fprintln(&b, strings.Join(m.Lines(), "\n"))
	}
	const golden = "testdata/matches.txt"
	if os.Getenv("KANTONG_UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}
