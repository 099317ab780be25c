package ingest

import (
	"archive/zip"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestReadyMappings reads them all. That no two names of a mapping collide, and that every value is one that its attribute
// can take, reading makes sure of.
func TestReadyMappings(t *testing.T) {
	names := ReadyMappings()
	if want := []string{"dtks", "dtsen", "dtsen-individu", "p3ke", "p3ke-individu", "umum"}; !slices.Equal(names, want) {
		t.Errorf("ready mappings %q; want %q", names, want)
	}
	for _, name := range names {
		m, err := ReadMapping(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !m.tolerant() || m.persons != (strings.HasSuffix(name, "-individu") || name == "dtks") {
			t.Errorf("%s: tolerant %v, persons %v", name, m.tolerant(), m.persons)
		}
		if !isKeyAttribute(m.columns["id_keluarga"]) && !isKeyAttribute(m.columns["id_dtks"]) {
			t.Errorf("%s identifies no family", name)
		}
	}
	if _, err := ReadMapping("../mappings/umum"); registry.CodeOf(err) != registry.CodeBadUserInput {
		t.Errorf("a path is no name: %v", err)
	}
}

// golden writes an inspection as text.
func golden(i *Inspection) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q, header %d, persons %v, ready %s, problem %q\n\n", i.Format, i.Sheet, i.HeaderRow, i.Persons, i.Ready, i.Problem)
	b.Write(i.Mapping)
	fmt.Fprintf(&b, "\n%d rows, %d rejected\n", i.Rows, i.Rejected)
	for _, r := range i.Reasons {
		fmt.Fprintf(&b, "%+v\n", r)
	}
	for n := range i.Samples {
		fmt.Fprintf(&b, "%d:", n+1)
		for _, name := range append([]string{"area_code"}, func() (names []string) {
			for _, k := range i.Known {
				names = append(names, k.Attribute)
			}
			return names
		}()...) {
			if v := Shown(&i.Samples[n], name); v != "" {
				fmt.Fprintf(&b, " %s=%s", name, v)
			}
		}
		b.WriteString("\n")
	}
	for _, k := range i.Known {
		fmt.Fprintf(&b, "%s %d\n", k.Attribute, k.Known)
	}
	for _, n := range i.Notes {
		fmt.Fprintln(&b, n)
	}
	return b.String()
}

// TestInspect looks at files as offices export them, and compares with testdata/inspect. The mapping that it writes, read
// again, must make the same households, and no file holds a name or number of a person afterwards.
func TestInspect(t *testing.T) {
	for name, text := range map[string]string{
		"dtsen": "\ufeffDATA DTSEN KOTA PANGKALPINANG;;;;;;;;;;;;;;\n" +
			"nomor_kartu_keluarga;nama_kepala_keluarga;alamat;nama_kecamatan;nama_desa_kelurahan;kelurahan_desa;jumlah_anggota_keluarga;desil_nasional;status_kepemilikan_rumah;jenis_lantai_terluas;sumber_air_minum_utama;daya_terpasang;fasilitas_bab;pembuangan_akhir_tinja;pbi_nas\n" +
			"1971040101200001;Rahasia;Jl. Merdeka RT 003 RW 01;Rangkui;Asam;1971010001;4;1;1;08;2;450 watt;1;1;1\n" +
			"1971040101200002;Rahasia;Jl. Rahasia rt03rw01;Rangkui;Keramatt;19.71.04.1009;4;2;SHM;Keramik;air isi ulang;2;2;Tangki septik;2\n" +
			"1971040101200003;Rahasia;Jl. Rahasia RT.3/RW.1;RANGKUI;Gajah Mada;19.71.04.1010;4;02;5;77;2;2;;;1\n" +
			"19710401012;Rahasia;;RANGKUI;Gajah Mada;19.71.04.1010;4;02;5;8;2;2;;;1\n",
		"p3ke": "No,ID Keluarga P3KE,Provinsi,Kabupaten/Kota,Kecamatan,Desa/Kelurahan,Kode Kemdagri,Desil Kesejahteraan,Alamat,Kepala Keluarga,NIK,Jenis Kelamin,Tanggal Lahir,Pekerjaan,Kepemilikan Rumah,Memiliki Simpanan,Jenis Atap,Jenis Lantai,Sumber Penerangan,Sumber Air Minum,Fasilitas BAB\n" +
			"1,17001,BABEL,PANGKALPINANG,RANGKUI,ASAM,19.71.04.1006,1,JL RAHASIA RT 01 RW 02,RAHASIA,1971040101200001,Laki-laki,1980-01-01,Petani,Milik Sendiri,Ya,Asbes/Seng,Semen,Listrik Pribadi s/d 900 Watt,Sumur Tidak Terlindung,\"Ya, tanpa Septic Tank\"\n" +
			"2,17002,BABEL,PANGKALPINANG,RANGKUI,ASAM,19.71.04.1006,2,,RAHASIA,1971040101200002,Perempuan,1980-01-01,Penyanyi,Kontrak/Sewa,Tidak,Genteng,Tanah,Menumpang,Air Kemasan/Isi Ulang,Lainnya\n",
		"p3ke-individu": "id_keluarga,kecamatan,desa,kode_kemdagri,desil_kesejahteraan,alamat,nama,nik,jenis_kelamin,hub_dgn_kpl_keluarga,pendidikan,pekerjaan,Usia dibawah 7 tahun,Usia 7-12,Usia 22-59,Usia 60 tahun keatas,Resiko Stunting\n" +
			"1,RANGKUI,ASAM,19.71.04.1006,1,,RAHASIA,1971040101200001,Laki-laki,Kepala Keluarga,Tamat SD/sederajat,Petani,Tidak,Tidak,Ya,Tidak,Tidak\n" +
			"1,RANGKUI,ASAM,19.71.04.1006,1,,RAHASIA,1971040101200002,Perempuan,Istri,Tamat SMP/sederajat,Ibu rumah tangga,Tidak,Tidak,Ya,Tidak,Tidak\n" +
			"1,RANGKUI,ASAM,19.71.04.1006,1,,RAHASIA,1971040101200003,Perempuan,Anak,Masih SD/sederajat,Pelajar/mahasiswa,Tidak,Ya,Tidak,Tidak,Ya\n",
		"own": "no_kk|kel|kec|Lantai|koordinat|tabungan|hp\n1971040101200001|Asam|Rangkui|1|-2.135, 106.105|Ya|0812\n1971040101200002|Asam|Rangkui|Tanah|-2.134, 106.104|Tidak|0812\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, name+".csv", text)
			o := InspectOptions{Known: gazette, Areas: draft().areas, AsOf: testTime}
			found, err := Inspect(context.Background(), path, o)
			if err != nil {
				t.Fatal(err)
			}
			got, file := golden(found), filepath.Join("testdata", "inspect", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(strings.ToUpper(got), "RAHASIA") || looksLikeIdentityNumber(got) || strings.Contains(got, "0812") {
				t.Error("the inspection tells of a person")
			}
			if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 1 {
				t.Errorf("files beside the input: %q", left)
			}
			m, err := ParseMapping(found.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			s := draft()
			report, err := Households(context.Background(), target(s), path, m)
			if err != nil || report.Rows != found.Rows || report.Rejected != found.Rejected {
				t.Fatalf("the mapping imports %+v, %v", report, err)
			}
			again, err := Inspect(context.Background(), path, InspectOptions{Mapping: m, Known: gazette, Areas: draft().areas, AsOf: testTime})
			if err != nil || again.Rows != found.Rows || again.Problem != "" {
				t.Errorf("looked at through its own mapping: %+v, %v", again, err)
			}
		})
	}
}

// sheetFile writes a workbook of one sheet; each cell is XML.
func sheetFile(t *testing.T, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keluarga.csv") // the name does not count
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   "<worksheet><sheetData><row>" + strings.Join(rows, "</row><row>") + "</row></sheetData></worksheet>",
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWorkbookOfHouseholds: a card number that a spreadsheet rounded is rejected; another number is left out, and said so.
func TestWorkbookOfHouseholds(t *testing.T) {
	text := func(values ...string) (cells string) {
		for _, v := range values {
			cells += `<c t="str"><v>` + v + `</v></c>`
		}
		return cells
	}
	path := sheetFile(t, text("kk", "area_code", "nik", "members"),
		text("1971040101200001", "19.71.04.1006")+`<c><v>1.9710401012E+15</v></c><c><f>2+2</f><v>4</v></c>`,
		`<c><v>1.9710401012E+15</v></c>`+text("19.71.04.1006"),
		text("1971040101200003", "19.71.04.1006", "")+`<c><f>A1</f></c>`)
	s := draft()
	report, err := Households(context.Background(), target(s), path, nil)
	if err != nil || len(s.households) != 1 || s.households[0].Members != 4 {
		t.Fatalf("%+v, %v", report, err)
	}
	want := [][]string{{"3", "kk", "(card number)", "is a number of 16 or more digits, of which spreadsheets keep 15; make the column text and enter it anew"},
		{"4", "members", "", "is a formula without a computed value; open the file in a spreadsheet and save it"}}
	if diff := cmp.Diff(want, rejectedRows(t, report.RejectedFile)); diff != "" {
		t.Error(diff)
	}
	notes := strings.Join(report.Notes, "\n")
	if !strings.Contains(notes, "column members has 1 formulas") || !strings.Contains(notes, "read Data of the workbook") ||
		!strings.Contains(notes, "1 value of column nik can't be trusted, numbers that a spreadsheet rounded as a rule: no family will be found by it") {
		t.Error(notes)
	}
	if len(s.keys) != 1 || s.keys[0].Kind != registry.MatchCard {
		t.Errorf("keys %v", s.keys)
	}
}

// TestInspectRoundedNumbers: card numbers that a spreadsheet rounded are alike, and don't make persons of families.
func TestInspectRoundedNumbers(t *testing.T) {
	path := sheetFile(t, `<c t="str"><v>no_kk</v></c><c t="str"><v>kode_wilayah</v></c><c t="str"><v>jenis_kelamin</v></c>`,
		`<c><v>1.9710401012E+15</v></c><c t="str"><v>19.71.04.1006</v></c>`, `<c><v>1.9710401012E+15</v></c><c t="str"><v>19.71.04.1006</v></c>`)
	found, err := Inspect(context.Background(), path, InspectOptions{Known: gazette, AsOf: testTime})
	if err != nil || found.Persons || found.Rejected != 2 || !strings.Contains(found.Reasons[0].Reason, "spreadsheets keep 15") {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestHostileFilesStoreNothing: what can't be read ends in an error with a code, and nothing is stored.
func TestHostileFilesStoreNothing(t *testing.T) {
	for name, path := range map[string]string{
		"truncated":     write(t, "h.xlsx", "PK\x03\x04abc"),
		"NUL bytes":     write(t, "h.csv", strings.Repeat("\x00", 1<<20)),
		"10 MB cell":    sheetFile(t, `<c t="str"><v>kk</v></c><c t="str"><v>area_code</v></c>`, `<c t="str"><v>`+strings.Repeat("x", 10<<20)+`</v></c>`),
		"late damage":   sheetFile(t, `<c t="str"><v>id</v></c><c t="str"><v>area_code</v></c>`, `<c t="str"><v>00000000000000000000000000000001</v></c><c t="str"><v>19.71.04.1006</v></c>`, `<c t="str"><v>`),
		"many columns":  write(t, "h.csv", strings.Repeat("a,", 100_000)+"\n"),
		"sqlite":        write(t, "h.gpkg", "SQLite format 3\x00"+strings.Repeat("x", 5000)),
		"wrong lengths": write(t, "h.csv", "kk,area_code\n"+strings.Repeat(",", 500_000)+"\n"),
	} {
		s := draft()
		_, err := Households(context.Background(), target(s), path, nil)
		if registry.CodeOf(err) != registry.CodeBadUserInput || s.puts != 0 {
			t.Errorf("%s: %v, %d writes", name, err, s.puts)
		}
		found, err := Inspect(context.Background(), path, InspectOptions{Known: gazette, AsOf: testTime})
		if (err == nil && found.Problem == "") || err != nil && registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Errorf("%s inspected: %+v, %v", name, found, err)
		}
	}
}

// TestTablesOfEnrolments: enrolments and figures come from workbooks, too.
func TestTablesOfEnrolments(t *testing.T) {
	path := sheetFile(t, `<c t="str"><v>id</v></c><c t="str"><v>program</v></c>`, `<c t="str"><v>00000000000000000000000000000001</v></c><c t="str"><v>PKH</v></c>`)
	s := draft()
	s.programs = []registry.Program{{Code: "PKH"}}
	s.households = []registry.Household{registry.NewHousehold(registry.HouseholdID{15: 1}, "19.71.04.1006")}
	if report, err := Enrolments(context.Background(), target(s), path, (*Mapping)(nil).WithSheet("Data")); err != nil || len(s.enrolments) != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := Enrolments(context.Background(), target(s), path, (*Mapping)(nil).WithSheet("Lain")); err == nil || !strings.Contains(err.Error(), "Lain") {
		t.Errorf("another sheet: %v", err)
	}
}

// FuzzMapping: whatever the text, a mapping is read or refused with a code.
func FuzzMapping(f *testing.F) {
	for _, name := range ReadyMappings() {
		text, _ := readyMappings.ReadFile("mappings/" + name + ".yaml")
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ParseMapping([]byte(text)); err != nil && registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Fatal(err)
		}
	})
}

// FuzzInspect: whatever the file, the mapping proposed for it can be read.
func FuzzInspect(f *testing.F) {
	f.Add("no_kk;kelurahan;kecamatan;jenis_lantai\n1971040101200001;Asam;Rangkui;Tanah\n")
	f.Add("id,\"a: #b\",lantai\n1,\"x\ny\",\"- {a\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Inspect(context.Background(), write(t, "h.csv", text), InspectOptions{Known: gazette, AsOf: testTime})
		if err != nil && registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Fatal(err)
		}
		if err != nil && strings.HasPrefix(err.Error(), "mapping") {
			t.Fatalf("the proposed mapping: %v", err)
		}
	})
}
