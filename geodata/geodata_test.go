package geodata

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestAreas(t *testing.T) {
	list := Areas()
	byCode := map[registry.AreaCode]Known{}
	perLevel := map[registry.AreaLevel]int{}
	bps := map[string]registry.AreaCode{}
	names := map[string]registry.AreaCode{} // within a parent
	for i, k := range list {
		if i > 0 && list[i-1].Code.Level() == k.Code.Level() && list[i-1].Code >= k.Code {
			t.Errorf("%s comes after %s", k.Code, list[i-1].Code)
		}
		perLevel[k.Code.Level()]++
		byCode[k.Code] = k
		if other, twice := bps[k.BPSCode]; twice {
			t.Errorf("%s and %s share the BPS code %s", k.Code, other, k.BPSCode)
		}
		bps[k.BPSCode] = k.Code
		if k.AreaKm2 <= 0 {
			t.Errorf("%s has the area %g", k.Code, k.AreaKm2)
		}
		for _, name := range append([]string{k.Name}, k.Spellings...) {
			key := string(k.Code.Parent()) + " " + name
			if other, twice := names[key]; twice {
				t.Errorf("%s and %s are both called %s", k.Code, other, name)
			}
			names[key] = k.Code
		}
	}
	want := map[registry.AreaLevel]int{registry.LevelKabupatenKota: 1, registry.LevelKecamatan: 7, registry.LevelKelurahan: 42}
	if diff := cmp.Diff(want, perLevel); diff != "" {
		t.Errorf("areas per level (-want +got):\n%s", diff)
	}
	for _, k := range list {
		kelurahan := k.Code.Level() == registry.LevelKelurahan
		if kelurahan != (k.Point != nil) || kelurahan != (k.PostalCode != "") {
			t.Errorf("%s: a kelurahan, and only it, has a point and a postal code", k.Code)
		}
		if k.Code.Level() == registry.LevelKabupatenKota {
			continue
		}
		parent, ok := byCode[k.Code.Parent()]
		if !ok {
			t.Errorf("%s has no parent", k.Code)
		}
		if !strings.HasPrefix(k.BPSCode, "1971") || kelurahan && !strings.HasPrefix(k.BPSCode, parent.BPSCode) {
			t.Errorf("%s: BPS code %s is not below %s", k.Code, k.BPSCode, parent.BPSCode)
		}
	}
}

func TestIndicators(t *testing.T) {
	names := map[registry.AreaCode]string{"19": "Kepulauan Bangka Belitung"}
	for _, k := range Areas() {
		names[k.Code] = k.Name
	}
	r := csv.NewReader(strings.NewReader(string(statisticsCSV)))
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := Indicators()
	if len(list) != len(records)-1 || len(list) < 30 {
		t.Fatalf("%d indicators of %d lines", len(list), len(records))
	}
	type key struct {
		area registry.AreaCode
		code string
		year int
	}
	seen := map[key]bool{}
	for i, f := range list {
		if name := records[i+1][1]; names[f.Area] != name {
			t.Errorf("line %d: %s is called %q; codes.csv says %q", i+2, f.Area, name, names[f.Area])
		}
		if k := (key{f.Area, f.Code, f.Year}); seen[k] {
			t.Errorf("line %d: %v is given twice", i+2, k)
		} else {
			seen[k] = true
		}
		if f.Source == "" || !strings.HasPrefix(f.URL, "https://") || f.Value <= 0 || f.Year < 2000 {
			t.Errorf("line %d: incomplete: %+v", i+2, f)
		}
	}
	for _, f := range list {
		if f.Area == "19.71" && f.Code == "garis_kemiskinan" && f.Year == 2025 && f.Value == 956990 && f.Unit == "Rp/kapita/bulan" {
			return
		}
	}
	t.Error("the poverty line of 2025 is missing")
}

// The tables were carried over from the collected sources without a change.
func TestTablesAgreeWithTheCollection(t *testing.T) {
	const folder = "../../shared/data/pangkalpinang/"
	statistics, err := os.ReadFile(folder + "statistics.csv")
	if err != nil {
		t.Skip("the collection of sources is not beside this checkout: ", err)
	}
	if diff := cmp.Diff(string(statistics), string(statisticsCSV)); diff != "" {
		t.Errorf("statistics.csv (-collection +here):\n%s", diff)
	}
	codes, err := os.ReadFile(folder + "codes.csv")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := csv.NewReader(strings.NewReader(string(codes))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := csv.NewReader(strings.NewReader(string(codesCSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range theirs[0] {
		column[name] = i
	}
	from := []string{"code", "level", "name", "bps_code", "postal_code", "point_lon_geografis", "point_lat_geografis", "", "area_km2_city_map_attr"}
	for i, record := range theirs[1:] {
		for c, name := range from {
			if name != "" && ours[i+1][c] != record[column[name]] {
				t.Errorf("%s: %s is %q in the collection, %q here", record[0], name, record[column[name]], ours[i+1][c])
			}
		}
	}
}

func TestBrokenTables(t *testing.T) {
	const areas = "code,level,name,bps_code,postal_code,longitude,latitude,spellings,area_km2\n"
	const figures = "area_code,area,indicator,year,value,unit,source,url,note\n"
	parseA := func(s string) error { _, err := parseAreas([]byte(s)); return err }
	parseI := func(s string) error { _, err := parseIndicators([]byte(s)); return err }
	for _, c := range []struct {
		name, text, field string
		parse             func(string) error
	}{
		{"empty", "", "line 1", parseA},
		{"foreign header", "kode,nama\n", "line 1", parseA},
		{"ragged", areas + "19.71,kota\n", "", parseA},
		{"code", areas + "19.7,kota,X,1,,,,,1\n", "line 2.code", parseA},
		{"level", areas + "19.71,kecamatan,X,1,,,,,1\n", "line 2.level", parseA},
		{"name", areas + "19.71,kota,,1,,,,,1\n", "line 2.name", parseA},
		{"area", areas + "19.71,kota,X,1,,,,,\n", "line 2.area_km2", parseA},
		{"longitude", areas + "19.71,kota,X,1,,east,2,,1\n", "line 2.longitude", parseA},
		{"latitude", areas + "19.71,kota,X,1,,106,,,1\n", "line 2.latitude", parseA},
		{"area code", figures + "x,X,p1,2020,1,u,s,,\n", "line 2.area_code", parseI},
		{"year", figures + "19.71,X,p1,now,1,u,s,,\n", "line 2.year", parseI},
		{"value", figures + "19.71,X,p1,2020,\"1,5\",u,s,,\n", "line 2.value", parseI},
		{"no source", figures + "19.71,X,p1,2020,1,u,,,\n", "line 2.source", parseI},
	} {
		err := c.parse(c.text)
		e, ok := err.(*registry.Error)
		if !ok || e.Code != registry.CodeBadUserInput || e.Field != c.field {
			t.Errorf("%s: %v; want an error about %q", c.name, err, c.field)
		}
	}
}
