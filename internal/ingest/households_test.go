package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

func TestHouseholdWithEverything(t *testing.T) {
	s := draft()
	path := write(t, "h.csv", strings.ReplaceAll(`household_id,Area_Code,rw,rt,longitude,latitude,members,head_sex,head_age,decile,score,expenditure_per_capita_rupiah,
tenure,floor,wall,roof,water,lighting,fuel,sanitation,floor_area_m2,power_va,under_five,school_age,out_of_school,elderly,disabled,pregnant,stunted,
working_age,working,head_working,savings,nine_years_schooling,health_insured,disabled_supported`, "\n", "")+`
" No. 7 ",19.71.04.1006,RW 01,3/A,106.1051234,-2.1351234,5,P,47,3,12.5,650000,owned,Earth,wood,metal,piped,grid,gas,pit,36,450.0,1,2,1,0,1,0,1,3,2,ya,Tidak,TRUE,0,1
`)
	report, err := Households(context.Background(), target(s), path, nil)
	if err != nil || report.Rows != 1 || report.Rejected != 0 || report.RejectedFile != "" || report.Notes != nil {
		t.Fatalf("report %+v, error %v", report, err)
	}
	want := registry.NewHousehold(target(s).Secrets.HouseholdID("id", "No. 7"), "19.71.04.1006")
	want.RW, want.RT, want.Located, want.Point = "RW 01", "3/A", true, geo.PointE7{Lon: 1061051234, Lat: -21351234}
	want.Members, want.HeadSex, want.HeadAge, want.Decile, want.Score, want.Expenditure = 5, registry.SexFemale, 47, 3, 12.5, 650000
	want.Tenure, want.Floor, want.Wall, want.Roof, want.Water = "owned", "earth", "wood", "metal", "piped"
	want.Lighting, want.Fuel, want.Sanitation, want.FloorAreaM2, want.PowerVA = "grid", "gas", "pit", 36, 450
	want.Persons = [registry.PersonKindCount]int{1, 2, 1, 0, 1, 0, 1}
	want.WorkingAge, want.Working, want.HeadWorking, want.Savings = 3, 2, registry.Yes, registry.No
	want.NineYearsSchooling, want.HealthInsured, want.DisabledSupported = registry.Yes, registry.No, registry.Yes
	want.Derive()
	if diff := cmp.Diff([]registry.Household{want}, s.households); diff != "" {
		t.Error(diff)
	}
}

func TestHouseholdOfWhichNothingIsKnown(t *testing.T) {
	for _, empty := range []string{"", "-", "NA", "null", " n/a "} {
		s := draft()
		names := strings.Join(slices.DeleteFunc(householdColumnNames()[9:], func(n string) bool { return n == "coordinates" }), ",") // after the codes and names of areas
		path := write(t, "h.csv", "kk,area_code,"+names+"\n1971040101200001,19.71.04.1006"+strings.Repeat(","+empty, strings.Count(names, ",")+1)+"\n")
		if _, err := Households(context.Background(), target(s), path, nil); err != nil {
			t.Fatal(err)
		}
		want := registry.NewHousehold(target(s).Secrets.HouseholdID("kk", "1971040101200001"), "19.71.04.1006")
		want.Derive()
		if diff := cmp.Diff([]registry.Household{want}, s.households, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%q: %s", empty, diff)
		}
	}
}

// TestBadCell gives one bad row after a good one: the row is rejected with its column and reason, and the value shown
// is the one given here.
func TestBadCell(t *testing.T) {
	for _, test := range []struct{ column, cell, value, reason string }{
		{"kk", "", "", "is missing"},
		{"kk", "197104010120000", "(card number)", "is not a family-card number of 16 digits"},
		{"kk", "1.97104E+15", "(card number)", "is not a family-card number of 16 digits"},
		{"kk", "0000000000000000", "(card number)", "is a placeholder, not a family-card number"},
		{"kk", "1971040101200001", "(card number)", "is given twice, first on line 2"},
		{"household_id", strings.Repeat("x", 65), "(household number)", "is longer than 64 characters"},
		{"id", "abc", "(household id)", "is not a household id of 32 hexadecimal digits"},
		{"area_code", "", "", "is missing"},
		{"area_code", "Asam", "Asam", "is not an area code such as 19.71.03.1004"},
		{"area_code", "19.71.04", "19.71.04", "is not the code of a kelurahan or desa"},
		{"area_code", "19.71.05.1001", "19.71.05.1001", "is not an area of the edition"},
		{"area_code", "1971010099", "1971010099", "is not a BPS code of an area of the edition"},
		{"rw", "Jalan Merdeka nomor 5", "Jalan Merdeka nomor 5", "is longer than 16 characters"},
		{"rw", "1;DROP", "1;DROP", "has characters other than letters, digits, point, dash and slash"},
		{"rt", "1971 0401 0120 0001", "(a number of 16 or more digits)", "looks like an identity number"},
		{"floor", "1971040101200001", "(a number of 16 or more digits)", "looks like an identity number"},
		{"floor", "lava", "lava", "is not one of ceramic, marble, tile, cement, wood, vinyl, bamboo, earth, other"},
		{"longitude", "106.105", "106.105", "is missing although there is"},
		{"members", "-1", "'-1", "is below zero"},
		{"members", "0", "0", "is outside 1 to 200"},
		{"members", "201", "201", "is outside 1 to 200"},
		{"members", "four", "four", "is not a whole number"},
		{"members", "3.5", "3.5", "is not a whole number"},
		{"members", "99999999999999", "99999999999999", "is too large"},
		{"members", "99999999999999999999", "(a number of 16 or more digits)", "is not a whole number"},
		{"under_five", "201", "201", "is outside 0 to the number of members, 200"},
		{"head_sex", "x", "x", "is not male or female (laki-laki, perempuan, L, P, M, F)"},
		{"head_age", "131", "131", "is outside 0 to 130"},
		{"decile", "0", "0", "is outside 1 to 10"},
		{"decile", "11", "11", "is outside 1 to 10"},
		{"score", "inf", "inf", "is not a number"},
		{"score", "1e999", "1e999", "is not a number"},
		{"score", "0x10", "0x10", "is not a number"},
		{"score", "1,234", "1,234", "has a comma that may be decimal or group thousands; write a point or nothing"},
		{"expenditure_per_capita_rupiah", "1000000001", "1000000001", "is outside 0 to 1000000000"},
		{"floor_area_m2", "-1", "'-1", "is outside 0 to 100000"},
		{"power_va", "450 VA", "450 VA", "is not a whole number"},
		{"savings", "maybe", "maybe", "is not yes or no (ya, tidak, true, false, 1, 0)"},
		{"savings", "+1", "'+1", "is not yes or no (ya, tidak, true, false, 1, 0)"},
	} {
		t.Run(test.column+" "+test.cell, func(t *testing.T) {
			header := []string{"kk", "area_code", "longitude", "latitude", "floor"}
			good := []string{"1971040101200001", "19.71.04.1006", "", "", ""}
			bad := []string{"1971040101200002", "19.71.04.1006", "", "", ""}
			switch test.column {
			case "household_id", "id":
				header[0], good[0] = test.column, strings.Repeat("ab", 16)
			}
			if !slices.Contains(header, test.column) {
				header, good, bad = append(header, test.column), append(good, ""), append(bad, "")
			}
			bad[slices.Index(header, test.column)] = test.cell
			column, reason := test.column, test.reason
			if test.column == "longitude" {
				column, reason = "latitude", reason+" a longitude"
				test.value = ""
			}
			quote := func(cells []string) string { return `"` + strings.Join(cells, `","`) + "\"\n" }
			path := write(t, "h.csv", quote(header)+quote(good)+quote(bad))
			s := draft()
			report, err := Households(context.Background(), target(s), path, nil)
			if err != nil || report.Rows != 1 || report.Rejected != 1 || len(s.households) != 1 {
				t.Fatalf("report %+v, error %v", report, err)
			}
			if got, want := rejectedRows(t, report.RejectedFile), [][]string{{"3", column, test.value, reason}}; !cmp.Equal(got, want) {
				t.Error(cmp.Diff(want, got))
			}
			wantReason := []Reason{{Column: column, Reason: strings.TrimSuffix(reason, ", first on line 2"), Count: 1, FirstLine: 3}}
			if diff := cmp.Diff(wantReason, report.Reasons); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadPosition(t *testing.T) {
	const outside = "lies outside every area"
	for _, test := range []struct{ lon, lat, column, reason string }{
		{"-2.135", "106.105", "longitude", "lies outside every area, but would not with longitude and latitude swapped"},
		{"0", "0", "longitude", outside},
		{"106.09", "-2.135", "longitude", outside},
		{"106.105", "-91", "latitude", "is outside -90 to 90"},
		{"181", "-2.1", "longitude", "is outside -180 to 180"},
		{"", "-2.135", "longitude", "is missing although there is a latitude"},
		{"106.105", "x", "latitude", "is not a number"},
		{"106.1", "-2.14", "", ""}, // a corner belongs
	} {
		path := write(t, "h.csv", fmt.Sprintf("id,area_code,longitude,latitude\n%032x,19.71.04.1006,,\n%032x,19.71.04.1006,%s,%s\n", 1, 2, test.lon, test.lat))
		report, err := Households(context.Background(), target(draft()), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		var want []Reason
		if test.reason != "" {
			want = []Reason{{test.column, test.reason, 1, 3}}
		}
		if diff := cmp.Diff(want, report.Reasons, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, %s: %s", test.lon, test.lat, diff)
		}
	}
}

func TestHouseholdsGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/households.csv")
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "households.csv", string(text))
	report, err := Households(context.Background(), target(draft()), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(report.RejectedFile)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/households.csv.rejected.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
	if report.RejectedFile != path+".rejected.csv" || report.Rows != 3 || report.Rejected != 12 {
		t.Errorf("report %+v", report)
	}
	wantNotes := []string{
		"not stored, personal data: nama_kepala_keluarga",
		"ignored columns: catatan",
		"skipped 1 row without any value",
		"1 household of Asam lies in Keramat",
	}
	if diff := cmp.Diff(wantNotes, report.Notes); diff != "" {
		t.Error(diff)
	}
}

func TestAreasOfHouseholds(t *testing.T) {
	path := write(t, "h.csv", `id,area_code,kelurahan,kecamatan
00000000000000000000000000000001,1971010001,,
00000000000000000000000000000002,,Kel. KRAMAT,Kec. Rangkui
00000000000000000000000000000003,,Asam,rangkui
00000000000000000000000000000004,,gajahmada,Rangkui
00000000000000000000000000000005,,Asam,Gabek
00000000000000000000000000000006,,,Rangkui
`)
	s := draft()
	report, err := Households(context.Background(), target(s), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []registry.AreaCode
	for _, h := range s.households {
		got = append(got, h.Area)
	}
	want := []registry.AreaCode{"19.71.04.1006", "19.71.04.1009", "19.71.04.1006", "19.71.04.1010"}
	if !slices.Equal(got, want) {
		t.Errorf("areas %v; want %v", got, want)
	}
	wantReasons := []Reason{{"kelurahan", "is not the name of a kelurahan in the kecamatan given", 1, 6}, {"kelurahan", "is missing", 1, 7}}
	if diff := cmp.Diff(wantReasons, report.Reasons); diff != "" {
		t.Error(diff)
	}
	for _, note := range []string{"read the BPS codes of 1 household as", "placed 2 households without", "placed 1 household by another known spelling"} {
		if !slices.ContainsFunc(report.Notes, func(n string) bool { return strings.HasPrefix(n, note) }) {
			t.Errorf("no note %q in %q", note, report.Notes)
		}
	}
}

func TestAmbiguousName(t *testing.T) {
	s := draft()
	s.areas[3].Name = "Asam"
	path := write(t, "h.csv", "id,kelurahan,kecamatan\n00000000000000000000000000000001,Asam,Rangkui\n00000000000000000000000000000002,Gajah Mada,Rangkui\n")
	report, err := Households(context.Background(), target(s), path, nil)
	want := []Reason{{"kelurahan", "is the name of several kelurahan in the kecamatan given", 1, 2}}
	if err != nil || !cmp.Equal(report.Reasons, want) {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestHouseholdsRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"header alone", "kk,area_code\n", "holds no households"},
		{"no identity", "area_code,members\n19.71.04.1006,3\n", "no column identifies the households"},
		{"no area", "kk,kelurahan\n1971040101200001,Asam\n", "no column says where a household lives"},
		{"half a position", "kk,area_code,longitude\n1971040101200001,19.71.04.1006,106\n", "come together"},
		{"column twice", "kk,area_code,KK\n1971040101200001,19.71.04.1006,1\n", `columns "kk" and "KK" both give kk`},
		{"all rejected", "kk,area_code\n1,19.71.04.1006\n2,19.71.04.1006\n", "all 2 households of h.csv were rejected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := draft()
			report, err := Households(context.Background(), target(s), write(t, "h.csv", test.text), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != registry.CodeBadUserInput {
				t.Errorf("error %v; want BAD_USER_INPUT with %q", err, test.want)
			}
			if s.puts != 0 {
				t.Error("something was stored")
			}
			if (report != nil) != (test.name == "all rejected") {
				t.Errorf("report %+v", report)
			}
			if report != nil && (report.Rejected != 2 || len(rejectedRows(t, report.RejectedFile)) != 2) {
				t.Errorf("report %+v", report)
			}
		})
	}
	s := draft()
	s.areas = s.areas[:2]
	_, err := Households(context.Background(), target(s), write(t, "h.csv", "kk,area_code\n1,19.71.04.1006\n"), nil)
	if err == nil || !strings.Contains(err.Error(), "import its areas first") {
		t.Errorf("error %v", err)
	}
}

func TestUnchangedAndAppend(t *testing.T) {
	s := draft()
	row := func(i int) string { return fmt.Sprintf("%032x,19.71.04.1006\n", i) }
	first := write(t, "first.csv", "id,area_code\n"+row(1))
	second := write(t, "second.csv", "id,area_code\n"+row(1)+row(2))
	run := func(path string, add bool, unchanged bool, households, rejected int) {
		t.Helper()
		target := target(s)
		target.Append = add
		report, err := Households(context.Background(), target, path, nil)
		if err != nil || report.Unchanged != unchanged || len(s.households) != households || int(report.Rejected) != rejected {
			t.Fatalf("%d households, report %+v, error %v", len(s.households), report, err)
		}
	}
	run(first, false, false, 1, 0)
	run(first, false, true, 1, 0)
	run(first, true, true, 1, 0)
	run(second, true, false, 2, 1)
	if got := s.log[len(s.log)-1]; got.Rows != 1 || got.Rejected != 1 || !got.Append || got.File != "second.csv" || !got.At.Equal(testTime) {
		t.Errorf("log entry %+v", got)
	}
	run(second, true, true, 2, 1)
	run(first, false, false, 1, 0) // what was appended goes
	run(first, false, true, 1, 0)
	s.log = append(s.log, registry.Import{Kind: registry.ImportAreas})
	run(first, false, false, 1, 0) // other areas may reject other rows
	m, err := ParseMapping([]byte("values: {floor: {tanah: earth}}"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Households(context.Background(), target(s), first, m)
	if err != nil || report.Unchanged {
		t.Errorf("read with another mapping: report %+v, error %v", report, err)
	}
}

func TestRejectedFile(t *testing.T) {
	good, bad := "id,area_code\n"+fmt.Sprintf("%032x,19.71.04.1006\n", 1), "x,19.71.04.1006\n"
	path := write(t, "h.csv", good+bad)
	if _, err := Households(context.Background(), target(draft()), path, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Households(context.Background(), target(draft()), path, nil); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 1 {
		t.Errorf("files beside the input: %q; want the input alone", left)
	}
	failing := &refusingStore{memoryStore: draft()}
	target := target(nil)
	target.Store = failing
	if err := os.WriteFile(path, []byte(good+bad), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Households(context.Background(), target, path, nil); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/{.,}*"); len(left) > 1 {
		t.Errorf("files left by a failed import: %q", left)
	}
}

func TestRejectedFileElsewhere(t *testing.T) {
	r := newRejects(filepath.Join(t.TempDir(), "no such folder", "h.csv"))
	t.Setenv("TMPDIR", t.TempDir())
	r.add(2, "a", "@b", "c", ", d")
	path, err := r.keep()
	if err != nil || filepath.Dir(path) != os.TempDir() {
		t.Fatalf("path %s, error %v", path, err)
	}
	if got := rejectedRows(t, path); !cmp.Equal(got, [][]string{{"2", "a", "'@b", "c, d"}}) {
		t.Error(got)
	}
}

var errRefused = errors.New("refused")

// refusingStore takes half of the households and then fails.
type refusingStore struct{ *memoryStore }

func (s *refusingStore) PutHouseholds(_ context.Context, _ string, _ *registry.Import, list iter.Seq2[registry.Household, error]) error {
	for range list {
		break
	}
	return errRefused
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := draft()
	_, err := Households(ctx, target(s), write(t, "h.csv", "kk,area_code\n1,2\n"), nil)
	if !errors.Is(err, context.Canceled) || s.puts != 0 {
		t.Errorf("error %v", err)
	}
}

func TestProgress(t *testing.T) {
	path := write(t, "h.csv", "id,area_code\n"+fmt.Sprintf("%032x,19.71.04.1006\n", 1))
	target, last := target(draft()), map[string][2]int64{}
	target.Progress = func(label string, done, total int64) { last[label] = [2]int64{done, total} }
	if _, err := Households(context.Background(), target, path, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]int64{"checking h.csv": {info.Size(), info.Size()}, "reading h.csv": {info.Size(), info.Size()}}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
}

// TestProgressOfAreas: what takes long after the file is read is told, too, and can be stopped.
func TestProgressOfAreas(t *testing.T) {
	path := filepath.Join("..", "..", "geodata", "schematic.geojson")
	var steps []string
	for _, stop := range []string{"", "looking for overlaps"} {
		s := draft()
		target, last := target(s), ""
		ctx, cancel := context.WithCancel(t.Context())
		target.Progress = func(label string, done, total int64) {
			if label != last && stop == "" {
				steps = append(steps, label)
			}
			if last = label; label == stop {
				cancel()
			}
		}
		_, err := Areas(ctx, target, path, AreaOptions{})
		if stop == "" && err != nil || stop != "" && (!errors.Is(err, context.Canceled) || s.puts > 0 || last != stop) {
			t.Errorf("stopped at %q of %q: %v", last, stop, err)
		}
		cancel()
	}
	for _, want := range []string{"checking schematic.geojson", "reading schematic.geojson", "looking for overlaps", "looking for gaps", "joining areas"} {
		if !slices.Contains(steps, want) {
			t.Errorf("%q lacks %q", steps, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		text       string
		coordinate bool
		want       float64
	}{
		{"12", false, 12}, {"-2.5", false, -2.5}, {"2,5", false, 2.5}, {"106,105", true, 106.105}, {"1.5e3", false, 1500},
		{"1,234", false, math.NaN()}, {"1.234,5", false, math.NaN()}, {"1,2,3", true, math.NaN()}, {"", true, math.NaN()}, {"1_0", false, math.NaN()},
	} {
		got, reason := parseNumber(test.text, test.coordinate)
		if bad := math.IsNaN(test.want); (reason != "") != bad || !bad && got != test.want {
			t.Errorf("%q: %g, %q; want %g", test.text, got, reason, test.want)
		}
	}
}
