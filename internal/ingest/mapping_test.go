package ingest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestMapping(t *testing.T) {
	path := write(t, "mapping.yaml", `# DTSEN
columns:
  Nomor_Kartu_Keluarga: kk
  kode kemendagri: area_code
  jenis_lantai_terluas: floor
  Punya Tabungan: savings
  desil_nasional: decile
values:
  floor: {"1": ceramic, 08: earth, "Tanah ": earth, "Tidak tahu": ""}
  savings:
    Ada: ya
    yes: no
`)
	m, err := ReadMapping(path)
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, "h.csv", `NOMOR_KARTU_KELUARGA,Kode  Kemendagri,JENIS_LANTAI_TERLUAS,punya tabungan,desil_nasional,members
1971040101200001,19.71.04.1006,TANAH,ada,1,3
1971040101200002,19.71.04.1006,1,Yes,2,
1971040101200003,19.71.04.1006,08,,2,
1971040101200004,19.71.04.1006,tidak tahu,,2,
1971040101200005,19.71.04.1006,vinyl,,2,
`)
	s := draft()
	report, err := Households(context.Background(), target(s), file, m)
	if err != nil || report.Rejected != 0 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	var floors []string
	for _, h := range s.households {
		floors = append(floors, h.Floor)
	}
	if want := []string{"earth", "ceramic", "earth", "", "vinyl"}; !slices.Equal(floors, want) {
		t.Errorf("floors %q; want %q", floors, want)
	}
	if s.households[0].Savings != registry.Yes || s.households[1].Savings != registry.No || s.households[0].Decile != 1 || s.households[0].Members != 3 {
		t.Errorf("households %+v", s.households[:2])
	}
}

// TestMappingAsJSON: JSON is YAML.
func TestMappingAsJSON(t *testing.T) {
	m, err := ParseMapping([]byte(`{"columns": {"desil": "decile"}, "values": {"head_sex": {"1": "male"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if m.attribute("Desil") != "decile" || m.valuesOf("head_sex").of("1") != "male" {
		t.Errorf("%+v", m)
	}
}

func TestMappingRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "columns: {}\ncolums: {}\n", `line 2: unknown key "colums"`},
		{"unknown attribute", "columns:\n  a: b\n", `line 2: there is no attribute "b"`},
		{"unknown attribute of values", "values:\n\n  b: {}\n", `line 3: there is no attribute "b"`},
		{"value outside the vocabulary", "values:\n  floor:\n    tanah: soil\n", `line 3: floor: "soil" is not one of ceramic`},
		{"value of another type", "values:\n  members: {banyak: many}\n", `line 2: members: "many" is not a whole number`},
		{"value given twice", "values:\n  floor:\n    Tanah: earth\n    tanah : wood\n", `line 4: value "tanah" of floor is given twice`},
		{"values of an identity", "values:\n  kk: {a: b}\n", "line 2: values of kk can't be translated"},
		{"column given twice", "columns:\n  Desil: decile\n  desil: score\n", `line 3: column "desil" is given twice`},
		{"name", "columns:\n  nama: rw\n", `line 2: column "nama" holds personal data`},
		{"name of the head", "columns:\n  Nama Kepala Keluarga: rw\n", "holds personal data"},
		{"head", "columns: {kepala_keluarga: rw}\n", "holds personal data"},
		{"NIK as household", "columns: {nik: kk}\n", "holds personal data"},
		{"NIK in words", "columns: {nomor_induk_kependudukan: household_id}\n", "holds personal data"},
		{"address", "columns: {ALAMAT: rt}\n", "holds personal data"},
		{"telephone", "columns: {noHp: rt}\n", "holds personal data"},
		{"birthday", "columns: {tanggal_lahir: head_age}\n", "holds personal data"},
		{"card number as RW", "columns: {no_kk: rw}\n", "it can only be kk"},
		{"a list", "columns: [a, b]\n", "columns must be a list of name: value"},
		{"a list as value", "columns: {a: [decile]}\n", `the value of "a" must be plain text`},
		{"text", "columns\n", "the mapping must be a list of name: value"},
		{"nothing", "", "must be one YAML document"},
		{"two documents", "columns: {}\n---\ncolumns: {}\n", "must be one YAML document"},
		{"not YAML", "columns: {a: b\n", "is not YAML"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseMapping([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != registry.CodeBadUserInput {
				t.Errorf("error %v; want BAD_USER_INPUT with %q", err, test.want)
			}
		})
	}
	file := write(t, "h.csv", "id,area_code,desil\n00000000000000000000000000000001,19.71.04.1006,3\n")
	for text, want := range map[string]string{
		"columns:\n  desil_nasional: decile\n": `line 2: the file has no column "desil_nasional"`,
		"columns:\n  desil: decree\n":          "line 2: decree is no attribute of this kind of file",
	} {
		m, err := ParseMapping([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Households(context.Background(), target(draft()), file, m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one with %q", err, want)
		}
	}
}

func TestPersonalColumns(t *testing.T) {
	for name, want := range map[string]bool{
		"nik": true, "NIK": true, "nik_art": true, "no_nik": true, "nama": true, "Name": true, "headName": true, "nama_krt": true,
		"kepala_keluarga": true, "alamat": true, "address": true, "phone": true, "no_hp": true, "telp.": true, "e-mail": true, "email": true,
		"tanggal_lahir": true, "Tanggal Lahir": true, "tgl lahir": true, "birth_date": true, "no_rekening": true,
		"nama_kecamatan": false, "nama_desa_kelurahan": false, "nama_provinsi": false, "Nama Kabupaten/Kota": false,
		"jenis_kelamin_kepala_keluarga": false, "desil_nasional": false, "id_keluarga": false, "teknik": false, "rw": false, "kk": false,
	} {
		if got := isPersonal(name); got != want {
			t.Errorf("isPersonal(%q) is %v", name, got)
		}
	}
	for _, name := range householdColumnNames() {
		if isPersonal(name) && !isKeyAttribute(name) {
			t.Errorf("attribute %s passes for personal data", name)
		}
	}
}

func TestIdentityNumbers(t *testing.T) {
	got := map[string]bool{}
	want := map[string]bool{"1971040101200001": true, "1971 0401 0120 0001": true, "19.71.04.0101200001": true, "x1971040101200001y": true,
		"197104010120000": false, "19710401012000,01": false, "188.45/123/KEP/2025": false, "": false}
	for text := range want {
		got[text] = looksLikeIdentityNumber(text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
