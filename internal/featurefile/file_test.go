package featurefile_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"kantong/internal/featurefile"
	"kantong/internal/featurefile/filetest"
	"kantong/internal/registry"
)

// read gives what a file holds, one line a feature, and its notes.
func read(name string, data []byte, opts featurefile.Options) (lines, notes []string, err error) {
	file, err := featurefile.Open(context.Background(), name, bytes.NewReader(data), int64(len(data)), opts)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	for f, err := range file.Features() {
		if err != nil {
			return lines, nil, err
		}
		lines = append(lines, fmt.Sprintf("%s %d %v %v%s", file.Places, f.Place, f.Properties, f.Geometry, f.Fault))
	}
	return lines, file.Notes(), nil
}

// clockwise is a square in the way of the format.
func clockwise(west, south, side float64) orb.Ring {
	return orb.Ring{{west, south}, {west, south + side}, {west + side, south + side}, {west + side, south}, {west, south}}
}

func reversed(r orb.Ring) orb.Ring {
	r = r.Clone()
	r.Reverse()
	return r
}

func TestShapefile(t *testing.T) {
	shapes := []filetest.Shape{
		{Rings: []orb.Ring{clockwise(106, -2, 4), reversed(clockwise(107, -1, 1)), clockwise(120, 0, 1)}, Row: []string{"19.71", "Kota"}},
		{Rings: []orb.Ring{clockwise(100, 0, 1)}, Row: []string{"deleted"}, Deleted: true},
		{Row: []string{"19.72"}},
	}
	lines, notes, err := read("a.zip", filetest.Zip(filetest.Shapefile("folder/Batas", filetest.WGS84, "UTF-8", []string{"KODE", "NAMA"}, shapes)), featurefile.Options{})
	want := []string{
		"record 1 map[KODE:19.71 NAMA:Kota] [[[[106 -2] [110 -2] [110 2] [106 2] [106 -2]] [[107 -1] [107 0] [108 0] [108 -1] [107 -1]]] [[[120 0] [121 0] [121 1] [120 1] [120 0]]]]",
		"record 3 map[KODE:19.72] <nil>",
	}
	if diff := cmp.Diff(want, lines); diff != "" || notes != nil || err != nil {
		t.Errorf("%s; notes %q, error %v", diff, notes, err)
	}
}

func TestShapefileEncodings(t *testing.T) {
	for _, c := range []struct{ cpg, text, want, note string }{
		{"UTF-8", "Piñeda", "Piñeda", ""},
		{"", "Piñeda", "Piñeda", ""},
		{"", "Pi\xf1eda", "Piñeda", "a.cpg is missing; texts were read as Windows-1252"},
		{"ISO 88591\n", "Pi\xf1eda", "Piñeda", ""},
		{"1252", "Pi\xf1eda", "Piñeda", ""},
		{"UTF-8", "Pi\xf1eda", "!row 1: NAMA: the text is not UTF-8, which a.cpg says it is", ""},
		{"EUC-KR", "x", `!texts in the encoding "EUC-KR"`, ""},
	} {
		data := filetest.Zip(filetest.Shapefile("a", filetest.WGS84, c.cpg, []string{"NAMA"}, []filetest.Shape{{Rings: []orb.Ring{clockwise(106, -2, 1)}, Row: []string{c.text}}}))
		lines, notes, err := read("a.zip", data, featurefile.Options{})
		if wrong, isError := strings.CutPrefix(c.want, "!"); isError {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%q: error %v", c.cpg, err)
			}
			continue
		}
		if err != nil || len(lines) != 1 || !strings.Contains(lines[0], "NAMA:"+c.want+"]") || strings.Join(notes, "") != c.note {
			t.Errorf("%q %q: %q, notes %q, error %v", c.cpg, c.text, lines, notes, err)
		}
	}
}

// TestSystems: what a file says of its reference system, and what follows.
func TestSystems(t *testing.T) {
	degrees, metres := []orb.Ring{clockwise(106, -2, 1)}, []orb.Ring{clockwise(622000, 9765000, 1000)}
	shape := func(prj string, rings []orb.Ring) []byte {
		return filetest.Zip(filetest.Shapefile("a", prj, "UTF-8", []string{"KODE"}, []filetest.Shape{{Rings: rings, Row: []string{"1"}}}))
	}
	geoJSON := func(crs string) []byte {
		return []byte(`{"type":"FeatureCollection",` + crs + `"features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[622000,9765000],[623000,9765000],[623000,9766000],[622000,9765000]]]}}]}`)
	}
	const named = `"crs":{"type":"name","properties":{"name":"EPSG:%s"}},`
	for _, c := range []struct {
		name      string
		data      []byte
		want, err string
	}{
		{"degrees", shape(filetest.WGS84, degrees), "", ""},
		{"UTM", shape(filetest.UTM48S, metres), "reprojected from WGS 1984 UTM Zone 48S", ""},
		{"no .prj, degrees", shape("", degrees), "a.prj is missing; positions were taken for degrees on WGS 84", ""},
		{"no .prj, metres", shape("", metres), "", "can't be placed on the map: a.prj is missing, and 622000, 9765000 are no degrees"},
		{"UTM that is degrees", shape(filetest.UTM48S, degrees), "", "says that its positions are in WGS 1984 UTM Zone 48S, but 106, -2 is no position there"},
		{"an unknown datum", shape(strings.ReplaceAll(filetest.UTM48S, "D_WGS_1984", "D_Batavia"), metres), "", "GDAL turns others into degrees: ogr2ogr -t_srs EPSG:4326 areas.gpkg /vsizip/f.zip"},
		{"no definition", shape("nonsense", metres), "", "not well-known text"},
		{"GeoJSON in UTM", geoJSON(fmt.Sprintf(named, "32748")), "reprojected from WGS 84 / UTM zone 48S", ""},
		{"GeoJSON of an unknown system", geoJSON(fmt.Sprintf(named, "4238")), "", `the coordinate system "EPSG:4238" is not known`},
		{"GeoJSON with a strange crs", geoJSON(`"crs":null,`), "", "names no coordinate system"},
		{"GeoJSON with a late crs", append(bytes.TrimSuffix(geoJSON(""), []byte("}")), `,"crs":{"type":"name","properties":{"name":"EPSG:32748"}}}`...), "", "stands behind the features"},
		{"GeoJSON without", geoJSON(""), "", ""}, // the feature's fault
	} {
		_, notes, err := read("f.zip", c.data, featurefile.Options{})
		if strings.Join(notes, "") != c.want || (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || registry.CodeOf(err) == registry.CodeInternal) {
			t.Errorf("%s: notes %q, error %v", c.name, notes, err)
		}
	}
}

func TestArchives(t *testing.T) {
	shape := filetest.Shapefile("x/adm4", filetest.WGS84, "UTF-8", []string{"KODE"}, []filetest.Shape{{Rings: []orb.Ring{clockwise(106, -2, 1)}, Row: []string{"1"}}})
	with := func(more map[string][]byte) []byte {
		all := map[string][]byte{}
		for name, data := range shape {
			all[name] = data
		}
		for name, data := range more {
			all[name] = data
		}
		return filetest.Zip(all)
	}
	two := map[string][]byte{"y/adm3.SHP": shape["x/adm4.shp"], "y/adm3.DBF": shape["x/adm4.dbf"], "y/adm3.PRJ": shape["x/adm4.prj"]}
	for _, c := range []struct {
		name, layer string
		data        []byte
		err         string
	}{
		{"one", "", with(nil), ""},
		{"beside other files", "", with(map[string][]byte{"README.txt": nil, "__MACOSX/x/._adm4.shp": nil, "x/adm4.shx": nil, "meta.xml": nil}), ""},
		{"two layers", "", with(two), "layer: f.zip holds several layers; choose one: adm3, adm4"},
		{"the second of two", "adm3", with(two), ""},
		{"two of one name", "x/adm4", with(map[string][]byte{"y/adm4.shp": shape["x/adm4.shp"], "y/adm4.dbf": shape["x/adm4.dbf"]}), ""},
		{"none of that name", "adm2", with(two), `has no layer "adm2"`},
		{"GeoJSON inside", "", filetest.Zip(map[string][]byte{"a.geojson": []byte("\ufeff {\"type\":\"FeatureCollection\",\"features\":[]}")}), ""},
		{"a GeoPackage inside", "", filetest.Zip(map[string][]byte{"a.gpkg": nil}), "take it out of the archive"},
		{"nothing", "", filetest.Zip(map[string][]byte{"a.txt": nil}), "holds no layer of boundaries"},
		{"no rows", "", filetest.Zip(map[string][]byte{"a.shp": shape["x/adm4.shp"]}), "holds a.shp without a.dbf"},
	} {
		_, _, err := read("f.zip", c.data, featurefile.Options{Layer: c.layer})
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		}
	}
}

// TestLines: features of GeoJSON begin on the lines they are said to begin on, however large they are.
func TestLines(t *testing.T) {
	feature := func(fill string) string {
		return `{"type":"Feature","properties":{},"x":[` + fill + `0],"geometry":null}`
	}
	long := strings.Repeat("0,\n", 100_000)
	lines, _, err := read("a.json", []byte("\n{\"type\":\"FeatureCollection\",\n\"features\":[\n\n"+feature("")+",\n"+feature(long)+",\n\n"+feature("\n")+"]}\n"), featurefile.Options{})
	want := []string{"line 5 map[] <nil>", "line 6 map[] <nil>", "line 100008 map[] <nil>"}
	if diff := cmp.Diff(want, lines); diff != "" || err != nil {
		t.Errorf("%s, error %v", diff, err)
	}
	_, _, err = read("a.json", []byte("{\"type\":\"FeatureCollection\",\n\"features\":[\n"+feature("")+",\n{\"type\":\"Feature\",\n\"geometry\":7}]}"), featurefile.Options{})
	if err == nil || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("error %v", err)
	}
}

func TestSingleObjects(t *testing.T) {
	for text, want := range map[string]string{
		`{"type":"Feature","properties":{"a":"b","n":12,"o":{}},"geometry":null}`: "line 1 map[a:b n:12] <nil>",
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`:            "line 1 map[] [[[0 0] [1 0] [1 1] [0 0]]]",
		`{"type":"FeatureCollection"}`:                                            "!has no member features",
		`{"type":"Topology","features":[]}`:                                       "!must be FeatureCollection",
		`{"features":[],"type":"FeatureCollection","features":[]}`:                "!given twice",
		`{"features":[],"type":"FeatureCollection"} x`:                            "!not JSON",
		`{"features":[],"type":"FeatureCollection","geometry":null}`:              "!can't have a member geometry",
		`{"features":{},"type":"FeatureCollection"}`:                              "!must be an array",
		`{"features":[],`: "!ends early",
	} {
		lines, _, err := read("a.json", []byte(text), featurefile.Options{})
		if wrong, isError := strings.CutPrefix(want, "!"); isError {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s: error %v", text, err)
			}
		} else if err != nil || len(lines) != 1 || lines[0] != want {
			t.Errorf("%s: %q, error %v", text, lines, err)
		}
	}
}
