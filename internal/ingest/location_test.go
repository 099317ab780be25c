package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestRTRW(t *testing.T) {
	for address, want := range map[string][2]string{
		"Jl. Merdeka No. 5 RT 003 RW 01": {"003", "001"}, "RT.3/RW.1": {"003", "001"}, "rt03rw01": {"003", "001"}, "Gg. Mawar RT/RW 003/001, Asam": {"003", "001"},
		"RT/RW : 3/1": {"003", "001"}, "R.T. 12 R.W. 4": {"012", "004"}, "RT 003/001": {"003", "001"}, "003/001": {"003", "001"}, "RW 04 RT 02": {"002", "004"},
		"RT.05": {"005", ""}, "Jl. Sumart 5": {"", ""}, "Jl. Merdeka 5": {"", ""}, "Perum Arta 12 RW 3": {"", "003"}, "RT 000 RW 000": {"", ""}, "": {"", ""},
		"RT 1 RW 2 (dahulu RT 3)": {"", "002"}, "RT 1971040101200001": {"", ""}, "Jl. Part 3 RT-7/RW-2": {"007", "002"}, "RT 003, RW 001": {"003", "001"},
	} {
		if rt, rw := rtRW(address); rt != want[0] || rw != want[1] {
			t.Errorf("%q: RT %q, RW %q; want %q", address, rt, rw, want)
		}
	}
}

// FuzzRTRW: whatever the address, what is taken of it is two short numbers.
func FuzzRTRW(f *testing.F) {
	f.Add("Jl. Merdeka RT 003 RW 01")
	f.Add("rt/rw:1/2")
	f.Fuzz(func(t *testing.T, address string) {
		for label := range strings.SplitSeq(strings.Join(func() []string { a, b := rtRW(address); return []string{a, b} }(), " "), " ") {
			if label != "" && (len(label) != 3 || !isDigits(label)) {
				t.Fatalf("%q gives %q", address, label)
			}
		}
	})
}

// TestAddressIsNotKept: an address is neither stored nor written among the rejected rows.
func TestAddressIsNotKept(t *testing.T) {
	m, err := ParseMapping([]byte("columns: {alamat: rt_rw}"))
	if err != nil {
		t.Fatal(err)
	}
	s := draft()
	report, err := Households(context.Background(), target(s), write(t, "h.csv", `id,area_code,rt,alamat
00000000000000000000000000000001,19.71.04.1006,,Jalan Rahasia 5 RT 3 RW 1
00000000000000000000000000000002,19.71.04.1006,9,Jalan Rahasia 5 RT 3 RW 1
x,19.71.04.1006,9,Jalan Rahasia
`), m)
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%+v %+v %v", s.households, report, rejectedRows(t, report.RejectedFile)); strings.Contains(all, "Rahasia") {
		t.Errorf("the address is kept: %s", all)
	}
	if a, b := s.households[0], s.households[1]; a.RT != "003" || a.RW != "001" || b.RT != "9" || b.RW != "001" {
		t.Errorf("%+v", s.households)
	}
}

func TestSwappedAndTextCoordinates(t *testing.T) {
	file := func(header, row string, n int, more string) string {
		text := "id,area_code," + header + "\n"
		for i := range n {
			text += fmt.Sprintf("%032x,19.71.04.1006,%s\n", i+1, row)
		}
		return text + more
	}
	odd := fmt.Sprintf("%032x,19.71.04.1006,", 999)
	for _, test := range []struct {
		name, text       string
		located, rejects int
		note             string
	}{
		{"as named", file("longitude,latitude", "106.105,-2.135", 12, ""), 12, 0, ""},
		{"all swapped", file("longitude,latitude", "-2.135,106.105", 12, ""), 12, 0, "12 points lie in the areas only the other way round"},
		{"swapped with an odd one", file("longitude,latitude", "-2.135,106.105", 12, odd+"0,0\n"), 12, 1, "12 points"},
		{"one swapped", file("longitude,latitude", "106.105,-2.135", 12, odd+"-2.135,106.105\n"), 12, 1, ""},
		{"few swapped", file("longitude,latitude", "-2.135,106.105", 9, odd+",\n"), 0, 9, ""},
		{"text, longitude first", file("coordinates", `"106.105, -2.135"`, 2, ""), 2, 0, ""},
		{"text, latitude first", file("coordinates", `"-2.135,106.105"`, 2, ""), 2, 0, "column coordinates has the latitude first: 2 points"},
		{"text with decimal commas", file("coordinates", `"-2,135; 106,105"`, 2, ""), 2, 0, "latitude first"},
		{"well-known text", file("coordinates", `POINT(106.105 -2.135)`, 2, ""), 2, 0, ""},
		{"text that is none", file("coordinates", `106.105`, 1, odd+"\"106.105, -2.135\"\n"), 1, 1, ""},
	} {
		s := draft()
		report, err := Households(context.Background(), target(s), write(t, "h.csv", test.text), nil)
		located := 0
		for _, h := range s.households {
			if h.Located && h.Point.Lon == 1061050000 && h.Point.Lat == -21350000 {
				located++
			}
		}
		if err != nil || located != test.located || int(report.Rejected) != test.rejects {
			t.Errorf("%s: %d located; report %+v, error %v", test.name, located, report, err)
			continue
		}
		notes := strings.Join(report.Notes, "\n")
		if !strings.Contains(notes, test.note) || test.note == "" && strings.Contains(notes, "point") {
			t.Errorf("%s: notes %q", test.name, notes)
		}
	}
}

func TestNamesByLikeness(t *testing.T) {
	path := write(t, "h.csv", `id,area_code,kelurahan,kecamatan
00000000000000000000000000000001,,Keramatt,Rangkui
00000000000000000000000000000002,,Gajah Madda,Ranggkui
00000000000000000000000000000003,,Asem,Rangkui
00000000000000000000000000000004,1971041006,,
00000000000000000000000000000005,,Keramatt,Rangkui
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
	if diff := cmp.Diff([]registry.AreaCode{"19.71.04.1009", "19.71.04.1010", "19.71.04.1006", "19.71.04.1009"}, got); diff != "" {
		t.Error(diff)
	}
	want := []Reason{{"kelurahan", "is not the name of a kelurahan in the kecamatan given", 1, 4}} // too short to tell
	if diff := cmp.Diff(want, report.Reasons); diff != "" {
		t.Error(diff)
	}
	notes := strings.Join(report.Notes, "\n")
	for _, note := range []string{`took "Keramatt" for Keramat, in 2 households; check it`, `took "Gajah Madda" for Gajah Mada, in 1 household; check it`, "read Kemendagri codes without dots of 1 household"} {
		if !strings.Contains(notes, note) {
			t.Errorf("no note %q in %q", note, report.Notes)
		}
	}
	s = draft()
	s.areas[3].Name, s.areas[4].Name = "Bukit Merapin", "Bukit Merapon"
	report, err = Households(context.Background(), target(s), write(t, "h.csv", "id,kelurahan,kecamatan\n00000000000000000000000000000001,Bukit Merapen,Rangkui\n00000000000000000000000000000002,Asam,Rangkui\n"), nil)
	if err != nil || len(report.Reasons) != 1 || report.Reasons[0].Reason != "is almost the name of several kelurahan in the kecamatan given" {
		t.Errorf("equally near: %+v, %v", report, err)
	}
}
