package ingest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// TestPointsComeLater gives families of a draft their location by card, NIK and id.
func TestPointsComeLater(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1", "k2 a2", "k3 a3", "k4 a4")
	text := "kk,nik,id,longitude,latitude,nama\n" +
		sixteen("k1") + ",,,106.105,-2.135,Siti\n" +
		"," + sixteen("a2") + ",,\"106,1051\",-2.1351,\n" +
		",," + ids[2].String() + ",106.115,-2.135,\n" + // in another kelurahan: houses stand where they stand
		sixteen("k9") + ",,,106.105,-2.135,\n" + // of nobody
		sixteen("k1") + ",,,106.106,-2.135,\n" +
		sixteen("k2") + "," + sixteen("a3") + ",,106.106,-2.135,\n" +
		sixteen("k4") + ",,,106.105,,\n" +
		sixteen("k4") + ",,,-2.135,106.105,\n"
	path := write(t, "points.csv", text)
	report, err := Points(t.Context(), target(s), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.HouseholdPoint{{Household: ids[0], Point: geo.PointE7{Lon: 1061050000, Lat: -21350000}},
		{Household: ids[1], Point: geo.PointE7{Lon: 1061051000, Lat: -21351000}}, {Household: ids[2], Point: geo.PointE7{Lon: 1061150000, Lat: -21350000}}}
	if diff := cmp.Diff(want, s.points); diff != "" {
		t.Error(diff)
	}
	wantRejects := [][]string{
		{"6", "kk", "(card number)", "is given twice, first on line 2"},
		{"7", "kk", "(card number)", "belongs, with the row's other numbers, to different families of the edition"},
		{"8", "latitude", "", "is missing"},
		{"9", "longitude", "'-2.135", "lies outside every area, but would not with longitude and latitude swapped"},
	}
	if diff := cmp.Diff(wantRejects, rejectedRows(t, report.RejectedFile)); diff != "" {
		t.Error(diff)
	}
	if m := report.Recipients; m.Matched != 3 || m.Ambiguous != 1 || m.Unmatched != 1 || m.Recipients != 0 || len(rejectedRows(t, m.List)) != 1 {
		t.Errorf("%+v", m)
	}
	if im := s.log[len(s.log)-1]; im.Kind != registry.ImportPoints || !im.Append || im.Rows != 3 || im.Rejected != 4 || im.Unmatched != nil {
		t.Errorf("log entry %+v", im)
	}
	if report, err = Points(t.Context(), target(s), path, nil); err != nil || !report.Unchanged {
		t.Errorf("the same again: %+v, %v", report, err)
	}
}

// TestPointsInOneColumn: coordinates in one column, with the latitude first, are read as those of households are.
func TestPointsInOneColumn(t *testing.T) {
	s, ids := listedDraft(t, "k1 a1", "k2 a2")
	report, err := Points(t.Context(), target(s), write(t, "points.csv", "kk,coordinates\n"+sixteen("k2")+",\"-2.135, 106.105\"\n"+sixteen("k1")+",\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.HouseholdPoint{{Household: ids[1], Point: geo.PointE7{Lon: 1061050000, Lat: -21350000}}}
	if diff := cmp.Diff(want, s.points); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"3", "coordinates", "", "is missing"}}, rejectedRows(t, report.RejectedFile)); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(report.Notes, "column coordinates has the latitude first: 1 point was read so") {
		t.Errorf("%q", report.Notes)
	}
}

func TestPointsRefused(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"kk,longitude\n", "longitude and latitude come together"},
		{"kk,area_code\n", "no column says where a family lives"},
		{"longitude,latitude\n", "no column identifies the households"},
		{"kk,longitude,latitude\n", "holds no points"},
		{"kk,longitude,latitude\n" + sixteen("k9") + ",106.105,-2.135\n", "none of the numbers of points.csv"},
	} {
		s, _ := listedDraft(t, "k1 a1")
		before := s.puts
		_, err := Points(t.Context(), target(s), write(t, "points.csv", test.text), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || registry.CodeOf(err) != registry.CodeBadUserInput || s.puts != before {
			t.Errorf("%q: %v", test.text, err)
		}
	}
}
