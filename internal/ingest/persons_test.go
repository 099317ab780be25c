package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// TestFold folds persons, whose families stand mixed in the file, and reads every count from them.
func TestFold(t *testing.T) {
	text := `ID Keluarga,Desa,Kecamatan,Alamat,Desil Kesejahteraan,Nama,NIK,Jenis Kelamin,Hub_dgn_Kpl_Keluarga,Tanggal Lahir,Pekerjaan,Pendidikan
F1,Asam,Rangkui,Jl. A RT 003 RW 01,Desil 1,Budi,1971040101200001,Laki-laki,Kepala Keluarga,1980-09-30,Petani,Tamat SMP/sederajat
F2,Asam,Rangkui,,2,Ani,1971040101200002,Perempuan,Kepala Keluarga,30/09/1950,Tidak/belum bekerja,Tidak/belum sekolah
F1,Asam,Rangkui,Jl. A RT 003 RW 01,Desil 1,Siti,1971040101200003,Perempuan,Istri,1985-10-01,Ibu rumah tangga,Tamat SD/sederajat
F1,Asam,Rangkui,,Desil 1,Adi,1971040101200004,Laki-laki,Anak,2020-10-01,Tidak/belum bekerja,Tidak/belum sekolah
F1,Asam,Rangkui,,Desil 1,Ida,1971040101200005,Perempuan,Anak,2012-01-01,Pelajar/mahasiswa,Masih SD/sederajat
F3,Keramat,Rangkui,,3,X,1971040101200006,Laki-laki,Kepala Keluarga,,Penyanyi,
F2,Asam,Rangkui,,4,Y,1971040101200007,Perempuan,Anak,31-12-1990,Pedagang,Tamat SMA/sederajat
F4,Asam,Rangkui,,4,Z,1971040101200008,Perempuan,Anak,besok,Pedagang,Tamat SMA/sederajat
F4,Asam,Rangkui,,4,Z,1971040101200009,Perempuan,Kepala Keluarga,1990-01-01,Pedagang,Tamat SMA/sederajat
`
	m, err := ReadMapping("p3ke-individu")
	if err != nil {
		t.Fatal(err)
	}
	s := draft()
	report, err := Households(context.Background(), target(s), write(t, "p.csv", text), m)
	if err != nil {
		t.Fatal(err)
	}
	id := func(number string) registry.HouseholdID { return target(s).Secrets.HouseholdID("p3ke", number) }
	one := registry.NewHousehold(id("F1"), "19.71.04.1006")
	one.RT, one.RW, one.Decile, one.Members, one.HeadSex, one.HeadAge, one.HeadWorking = "003", "001", 1, 4, registry.SexMale, 45, registry.Yes
	one.Persons = [registry.PersonKindCount]int{1, 1, 0, 0, registry.UnknownInt, registry.UnknownInt, registry.UnknownInt}
	one.WorkingAge, one.Working, one.NineYearsSchooling = 2, 1, registry.Yes
	two := registry.NewHousehold(id("F2"), "19.71.04.1006")
	two.Decile, two.Members, two.HeadSex, two.HeadAge, two.HeadWorking = 2, 2, registry.SexFemale, 75, registry.No
	two.Persons = [registry.PersonKindCount]int{0, 0, 0, 1, registry.UnknownInt, registry.UnknownInt, 0}
	two.WorkingAge, two.Working, two.NineYearsSchooling = 1, 1, registry.Yes
	three := registry.NewHousehold(id("F3"), "19.71.04.1009") // nothing known of the only member but his sex
	three.Decile, three.Members, three.HeadSex = 3, 1, registry.SexMale
	three.Persons[registry.Pregnant] = 0
	for k := range three.Persons {
		if registry.PersonKind(k) != registry.Pregnant {
			three.Persons[k] = registry.UnknownInt
		}
	}
	want := []registry.Household{one, two, three}
	for i := range want {
		want[i].Derive()
	}
	if diff := cmp.Diff(want, s.households, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })); diff != "" {
		t.Error(diff)
	}
	wantReasons := []Reason{{"Tanggal Lahir", "is not a date such as 2015-10-31 or 31/10/2015 (day first)", 1, 9}, {"", "is of a family with a row that was rejected", 1, 9}}
	if diff := cmp.Diff(wantReasons, report.Reasons); diff != "" {
		t.Error(diff)
	}
	rejected := fmt.Sprint(rejectedRows(t, report.RejectedFile))
	if strings.Contains(rejected, "besok") {
		t.Errorf("a birth date is written: %s", rejected)
	}
	for _, note := range []string{"folded 7 persons into 3 families", "1 row says of their family what an earlier row said otherwise; the earlier one was taken",
		`column Pekerjaan has 1 value to which the mapping gives no meaning of their own ("*")`, "took RT and RW of 2 rows from column Alamat, of which nothing else is kept"} {
		if !strings.Contains(strings.Join(report.Notes, "\n"), note) {
			t.Errorf("no note %q in %q", note, report.Notes)
		}
	}
}

// TestPersonsAreFoundAgain: the next edition finds families of persons by the NIK of any member, and knows the head.
func TestPersonsAreFoundAgain(t *testing.T) {
	m, err := ParseMapping([]byte("rows: persons\ncolumns: {hubungan: person_relation}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := draft()
	ids := func(rows ...string) (ids []registry.HouseholdID, r *Report) {
		t.Helper()
		text := "kk,area_code,nik,hubungan\n"
		for _, row := range rows {
			f := strings.Fields(row)
			text += sixteen(f[0]) + ",19.71.04.1006," + sixteen(f[1]) + "," + map[string]string{"h": "head", "m": "other", "u": ""}[f[2]] + "\n"
		}
		report, err := Households(t.Context(), target(s), write(t, "p.csv", text), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range s.households {
			ids = append(ids, h.ID)
		}
		return ids, report
	}
	first, _ := ids("k1 a1 h", "k2 a2 h", "k1 b1 m", "k2 b2 u", "k3 a3 h", "k3 b3 m", "k3 c3 m")
	kinds := map[registry.MatchKind]int{}
	for _, k := range s.keys {
		kinds[k.Kind]++
	}
	if want := map[registry.MatchKind]int{registry.MatchCard: 3, registry.MatchHead: 3, registry.MatchMember: 4}; !cmp.Equal(kinds, want) {
		t.Errorf("keys %v; want %v", kinds, want)
	}
	s.publish("q1", "2025-06-30")
	// The first got a new card, the second lost its head; of the third's members two moved out, and the head stayed.
	second, report := ids("k8 b1 m", "k2 b2 h", "k8 a1 h", "k9 b3 h", "k9 c3 m", "k7 a3 h")
	if len(second) != 4 || second[0] != first[0] || second[1] != first[1] || second[3] != first[2] || second[2] == first[2] {
		t.Errorf("families %v, then %v", first, second)
	}
	if f := report.Families; f == nil || f.ByNumber != 1 || f.ByOther != 2 || f.New != 1 || f.Split != 1 || f.Left != 0 {
		t.Errorf("%+v", f)
	}
	for _, want := range []string{"folded 6 persons into 4 families", "kept as keyed hashes only, to find families again: kk, nik"} {
		if !strings.Contains(strings.Join(report.Notes, "\n"), want) {
			t.Errorf("no note %q in %q", want, report.Notes)
		}
	}
	to := target(s)
	to.Append = true
	report, err = Households(t.Context(), to, write(t, "more.csv", "kk,area_code,nik,hubungan\n"+sixteen("k7")+",19.71.04.1006,"+sixteen("a3")+",head\n"), m)
	if err == nil || len(report.Reasons) != 1 || report.Reasons[0].Reason != "is already in the draft" {
		t.Errorf("a family that the draft holds: %+v, %v", report, err)
	}
}

// TestFoldCounts tells what one more member makes of a family's counts.
func TestFoldCounts(t *testing.T) {
	const u, no, yes = registry.Unknown, registry.No, registry.Yes
	for _, test := range []struct {
		name    string
		members []person
		kind    registry.PersonKind
		want    int
	}{
		{"a child under five", []person{{ages: ages{4, 4}}, {ages: ages{5, 5}}}, registry.UnderFive, 1},
		{"an age band that may be under five", []person{{ages: ages{0, 6}}, {ages: ages{40, 40}}}, registry.UnderFive, registry.UnknownInt},
		{"an unknown age", []person{{ages: ages{4, 4}}, {}}, registry.UnderFive, registry.UnknownInt},
		{"school age by bands", []person{{ages: ages{7, 12}}, {ages: ages{13, 15}}, {ages: ages{16, 18}}, {ages: ages{19, 21}}}, registry.SchoolAge, 3},
		{"out of school", []person{{ages: ages{10, 10}, inSchool: no}, {ages: ages{40, 40}, inSchool: no}}, registry.OutOfSchool, 1},
		{"in school, of unknown age", []person{{inSchool: yes}}, registry.OutOfSchool, 0},
		{"school unknown", []person{{ages: ages{10, 10}}}, registry.OutOfSchool, registry.UnknownInt},
		{"school unknown of an adult", []person{{ages: ages{30, 30}}}, registry.OutOfSchool, 0},
		{"elderly", []person{{ages: ages{60, maxAge}}, {ages: ages{22, 59}}}, registry.Elderly, 1},
		{"pregnant", []person{{sex: registry.SexFemale, ages: ages{30, 30}, pregnant: yes}, {sex: registry.SexMale}, {ages: ages{70, 70}}}, registry.Pregnant, 1},
		{"nobody asked", []person{{sex: registry.SexFemale, ages: ages{30, 30}}}, registry.Pregnant, registry.UnknownInt},
		{"stunted", []person{{ages: ages{2, 2}, stunted: yes}, {ages: ages{9, 9}, stunted: u}}, registry.Stunted, 1},
		{"disabled of one unknown", []person{{disabled: yes}, {disabled: u}}, registry.Disabled, registry.UnknownInt},
	} {
		var f family
		for i := range test.members {
			f.take(&test.members[i])
		}
		if got := f.counts[test.kind].count(); got != test.want {
			t.Errorf("%s: %d; want %d", test.name, got, test.want)
		}
	}
	var f family
	f.take(&person{ages: ages{40, 40}, nineYears: no, insured: yes})
	f.take(&person{ages: ages{17, 17}, nineYears: yes, insured: yes})
	if f.nineYears.any() != no || not(f.uninsured.any()) != yes {
		t.Errorf("nine years %v, insured %v", f.nineYears.any(), not(f.uninsured.any()))
	}
	f.take(&person{ages: ages{30, 30}, insured: u})
	if f.nineYears.any() != u || not(f.uninsured.any()) != u {
		t.Errorf("nine years %v, insured %v", f.nineYears.any(), not(f.uninsured.any()))
	}
	if size := unsafe.Sizeof(family{}) + 64; size > 800 {
		t.Errorf("a family takes %d bytes; maxFamilies × that must stay below 512 MB", size)
	}
}

// TestDifficulties: a lot of difficulty in one domain is a disability, none is known only when all were answered.
func TestDifficulties(t *testing.T) {
	text := `kk,area_code,a,b,umur
1971040101200001,19.71.04.1006,Sedikit kesulitan,Banyak kesulitan,30
1971040101200002,19.71.04.1006,Tidak,Sedikit,30
1971040101200003,19.71.04.1006,Tidak,,30
1971040101200004,19.71.04.1006,,Banyak,30
`
	m, err := ParseMapping([]byte(`rows: persons
columns: {a: person_difficulty, b: person_difficulty, umur: person_age}
values: {person_difficulty: {Tidak: none, Sedikit: some, Sedikit kesulitan: some, Banyak: severe, Banyak kesulitan: severe}}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := draft()
	if _, err := Households(context.Background(), target(s), write(t, "p.csv", text), m); err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, h := range s.households {
		got = append(got, h.Persons[registry.Disabled])
	}
	if want := []int{1, 0, registry.UnknownInt, 1}; !cmp.Equal(got, want) {
		t.Errorf("disabled %v; want %v", got, want)
	}
}

func TestStatedMembers(t *testing.T) {
	m, err := ParseMapping([]byte("rows: persons\ncolumns: {umur: person_age}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := draft()
	if _, err := Households(context.Background(), target(s), write(t, "p.csv", "kk,area_code,members,umur\n1971040101200001,19.71.04.1006,3,70\n"), m); err != nil {
		t.Fatal(err)
	}
	if h := s.households[0]; h.Members != 3 || h.Persons[registry.Elderly] != registry.UnknownInt {
		t.Errorf("one of three members is in the file: %+v", h)
	}
}

func TestAges(t *testing.T) {
	day := time.Date(2025, 9, 30, 0, 0, 0, 0, time.UTC)
	for born, want := range map[string]int{"2020-10-01": 4, "2020-09-30": 5, "30/09/2020": 5, "1-10-2020": 4, "2025-10-01": -1, "1890-01-01": 135} {
		d, reason := parseBirthDate(born)
		years, ok := ageOn(day, d)
		if reason != "" || years != want || ok != (want >= 0 && want <= 130) {
			t.Errorf("%s: %d, %v, %s; want %d", born, years, ok, reason, want)
		}
	}
}
