package ingest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// TestRelink joins names to families of a list: by card or NIK, once for several rows of a family, never where numbers belong to
// different families.
func TestRelink(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1 b1", "k2 a2", "k3 a3", "k4 a4")
	source := write(t, "office.csv", "Nomor KK;NIK;Nama Lengkap;Alamat Rumah;nama_kelurahan\n"+
		sixteen("k1")+";"+sixteen("b1")+";@Budi;Jl. A;Asam\n"+
		sixteen("k1")+";"+sixteen("a1")+";Ani;Jl. A;Asam\n"+
		sixteen("k9")+";"+sixteen("a2")+";Citra;\"Jl. B; RT 2\";Asam\n"+
		sixteen("k3")+";"+sixteen("a4")+";Dedi;Jl. C;Asam\n"+
		"0;;Eka;Jl. D;Asam\n"+
		sixteen("k8")+";"+sixteen("x8")+";Fajar;Jl. E;Asam\n")
	list := write(t, "list.csv", "no,id,rt\n1,"+ids[0].String()+",001\n2,Household:2025-q3+2025-10:"+ids[1].String()+",-5\n3,"+ids[2].String()+",=1\n3,"+ids[2].String()+",\n4,"+strings.Repeat("0", 32)+",\n")
	var out bytes.Buffer
	to := target(s)
	to.Edition = ""
	r, err := Relink(t.Context(), to, list, source, nil, nil, &out)
	if err != nil {
		t.Fatal(err)
	}
	want := &Relinked{Edition: "2025-q3", Columns: []string{"Nama Lengkap", "Alamat Rumah"}, Families: 3, Found: 2, Strangers: 1, Several: 1, Ambiguous: 1, Unread: 1}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	wantText := "no,id,rt,Nama Lengkap,Alamat Rumah\n1," + ids[0].String() + ",001,'@Budi,Jl. A\n" +
		"2,Household:2025-q3+2025-10:" + ids[1].String() + ",-5,Citra,Jl. B; RT 2\n3," + ids[2].String() + ",'=1,,\n3," + ids[2].String() + ",,,\n4," + strings.Repeat("0", 32) + ",,,\n"
	if diff := cmp.Diff(wantText, out.String()); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		list, source, edition string
		columns               []string
		want                  string
	}{
		{write(t, "l.csv", "id\nHousehold:a:"+ids[0].String()+"\nHousehold:b:"+ids[1].String()+"\n"), source, "", nil, "list line 3.id: the list names families of edition a and of b"},
		{write(t, "l.csv", "id\nHousehold:a:"+ids[0].String()+"\n"), source, "b", nil, "families of edition a, not of b"},
		{write(t, "l.csv", "id\n"+sixteen("k1")+"\n"), source, "", nil, "list line 2.id: is not the id of a family"},
		{write(t, "l.csv", "id\n"), source, "", nil, "holds no families"},
		{list, write(t, "s.csv", "nama,alamat\nA,B\n"), "", nil, "no column identifies"},
		{list, write(t, "s.csv", "kk,desil\n"+sixteen("k1")+",1\n"), "", nil, "It has kk, desil"},
		{list, source, "", []string{"Telepon"}, `no column "Telepon"`},
	} {
		to.Edition = test.edition
		_, err := Relink(t.Context(), to, test.list, test.source, test.columns, nil, &out)
		if registry.CodeOf(err) != registry.CodeBadUserInput || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "19710401") {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}
