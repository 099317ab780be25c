package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestGeoJSONHint(t *testing.T) {
	data, err := os.ReadFile("../../../shared/truth/geojson/geojsonhint.json")
	if err != nil {
		t.Skip("the geojsonhint cases are not beside this checkout:", err)
	}
	var cases struct {
		Valid   []struct{ Name, Text string }
		Invalid []struct {
			Name, Text       string
			Messages, Levels []string
		}
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Valid) != 18 || len(cases.Invalid) != 43 {
		t.Fatalf("%d valid and %d invalid texts, want 18 and 43", len(cases.Valid), len(cases.Invalid))
	}
	for _, c := range cases.Valid {
		if _, err := ParseFeatures([]byte(c.Text)); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	for _, c := range cases.Invalid {
		_, err := ParseFeatures([]byte(c.Text))
		mustRefuse := slices.ContainsFunc(c.Levels, func(level string) bool { return level != "message" })
		if mustRefuse != (err != nil) {
			t.Errorf("%s: error %v, geojsonhint says %q", c.Name, err, c.Messages)
		}
		t.Logf("%s: %v", c.Name, err)
	}
}

func TestParseGeometryTolerates(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       orb.Geometry
	}{
		{"a byte order mark", "\ufeff" + `{"type":"Point","coordinates":[106.1,-2.1]}`, orb.Point{106.1, -2.1}},
		{"type last", `{"coordinates":[1,2],"type":"Point"}`, orb.Point{1, 2}},
		{"height", `{"type":"LineString","coordinates":[[1,2,30],[3,4]]}`, orb.LineString{{1, 2}, {3, 4}}},
		{"space", " {\n\"type\" : \"MultiPoint\" , \"coordinates\" : [ [ 1 , 2e0 ] , [\t-0.5,3E-1] ] } ", orb.MultiPoint{{1, 2}, {-0.5, 0.3}}},
		{"unknown members", `{"type":"Point","coordinates":[1,2],"note":{"type":"x","features":[[]]}}`, orb.Point{1, 2}},
		{"clockwise", `{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}`, orb.Polygon{{{0, 0}, {0, 1}, {1, 1}, {0, 0}}}},
		{"no polygons", `{"type":"MultiPolygon","coordinates":[]}`, orb.MultiPolygon{}},
		{"crs 84", `{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}}`, orb.Point{1, 2}},
		{"EPSG urn", `{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4326"}}}`, orb.Point{1, 2}},
		{"EPSG address", `{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"http://www.opengis.net/def/crs/EPSG/0/4326"}}}`, orb.Point{1, 2}},
		{"EPSG code", `{"type":"Point","coordinates":[1,2],"crs":{"type":"EPSG","properties":{"code":4326}}}`, orb.Point{1, 2}},
		{"a collection", `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[3,4]}]}`, orb.Collection{orb.Point{1, 2}, orb.Point{3, 4}}},
	} {
		got, err := ParseGeometry([]byte(c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, error %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestParseGeometryRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, "not GeoJSON: the text ends early"},
		{`{"type":"Point","coordinates":[1,2]`, "not GeoJSON: the text ends early"},
		{`[1,2]`, "line 1: a GeoJSON object must be an object, not an array"},
		{`{"type":"Point","coordinates":[1,2]} x`, "not JSON on line 1"},
		{`{"type":"Point","coordinates":[1,2]}{}`, "something follows the GeoJSON object"},
		{`{"type":"Point","coordinates":[1,NaN]}`, "not JSON on line 1"},
		{`{"type":"Point","coordinates":[1,1e999]}`, "line 1: a coordinate is too large: 1e999"},
		{`{"type":"Point","coordinates":[]}`, "line 1: a position needs at least two numbers"},
		{`{"type":"Point","coordinates":null}`, "line 1: an array was expected"},
		{`{"type":"Polygon","coordinates":[[]]}`, "line 1: ring 0 has no positions"},
		{`{"type":"MultiPolygon","coordinates":[[]]}`, "line 1: polygon 0 has no rings"},
		{`{"type":"MultiLineString","coordinates":[[]]}`, "line 1: line 0 has no positions"},
		{`{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,"0"]]]}`, "line 1: a coordinate must be a number (ring 0 position 3)"},
		{`{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0]]]}`, ringNotClosed + " at 1, 0 (ring 0 position 3)"},
		{`{"type":"Polygon","coordinates":[[[0,0],[0,1],[0,0]]]}`, ringTooShort + " at 0, 0 (ring 0 position 0)"},
		{`{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}`, `the member "coordinates" is given twice on line 1`},
		{`{"type":"Point","coordinates":[1,2],"x":{"a":1,"a":2}}`, `the member "a" is given twice on line 1`},
		{"{\"type\":\"Point\",\n\"coordinates\":[1,2],\n\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}}", `line 3: the coordinate system is "EPSG:3857"; only WGS 84`},
		{`{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::23835"}}}`, "line 1: the coordinate system is"},
		{`{"type":"Point","coordinates":[1,2],"crs":null}`, "line 1: the member crs does not name WGS 84: null"},
		{`{"type":"Point","coordinates":[1,2],"crs":7}`, "line 1: the member crs does not name WGS 84: 7"},
		{`{"type":"Feature","geometry":null,"properties":null}`, `line 1: the type must be a GeoJSON geometry's, not "Feature"`},
		{`{"type":"Point","coordinates":[1,2],"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "line 1: the member x nests deeper than 64 levels"},
		{`{"type":"Point","coordinates":` + strings.Repeat("[", 100_000), "not JSON on line 1"},
		{strings.Repeat(`{"type":"Feature","geometry":`, 1000), "line 1: a geometry object can't have a member geometry"},
		{`{"type":"Feature","properties":{},"geometry":{"type":"FeatureCollection","features":[{}]}}`, "line 1: the member features has no place here"},
		{"{\"type\":\"\xff\"}", "not JSON on line 1"},
	} {
		g, err := ParseGeometry([]byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.60s: %v, error %v; want %q", c.text, g, err, c.want)
		}
		if g != nil {
			t.Errorf("%.60s: an error comes with the geometry %v", c.text, g)
		}
	}
	var fault *Fault
	if _, err := ParseGeometry([]byte(`{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0]]]}`)); !errors.As(err, &fault) || fault.At != (orb.Point{1, 0}) {
		t.Errorf("an unclosed ring is %#v, want a Fault at 1, 0", err)
	}
}

func TestParseFeatures(t *testing.T) {
	text := `{"type":"FeatureCollection","name":"x","features":[
{"type":"Feature","id":"a","properties":{"code":19710310041234567,"name":"Gabek"},"geometry":{"type":"Point","coordinates":[1,2]}},
{"geometry":null,"properties":null,"id":7,
 "type":"Feature"}]}`
	got, err := ParseFeatures([]byte(text))
	want := []Feature{
		{ID: "a", Properties: map[string]any{"code": json.Number("19710310041234567"), "name": "Gabek"}, Geometry: orb.Point{1, 2}, Line: 2},
		{ID: json.Number("7"), Line: 3},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, error %v; want %v", got, err, want)
	}
	for text, want := range map[string]int{
		`{"type":"FeatureCollection","features":[]}`:                                                     0,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}`:             1,
		`{"type":"Point","coordinates":[1,2]}`:                                                           1,
		`{"features":[{"type":"Feature","geometry":null,"properties":null}],"type":"FeatureCollection"}`: 1,
	} {
		if got, err := ParseFeatures([]byte(text)); err != nil || len(got) != want {
			t.Errorf("%s: %v, error %v", text, got, err)
		}
	}
	if _, err := ParseFeatures([]byte(`{"type":"Feature","properties":{}}`)); err == nil {
		t.Error("a feature without the member geometry is accepted")
	}
}

func TestParseGeometryValue(t *testing.T) {
	want := orb.Polygon{{{0, 0}, {1, 0}, {1, 1.5}, {0, 0}}}
	value := map[string]any{"type": "Polygon", "coordinates": []any{[]any{
		[]any{0, int64(0)}, []any{json.Number("1"), 0.0}, []any{1.0, json.Number("1.5")}, []any{0.0, 0.0}}}}
	if got, err := ParseGeometryValue(value); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, error %v", got, err)
	}
	for _, v := range []any{nil, "x", 7, []any{}, map[string]any{}, map[string]any{"type": "Point", "coordinates": math.NaN()},
		map[string]any{"type": "Point", "coordinates": []any{json.Number("x"), 1}}} {
		if got, err := ParseGeometryValue(v); err == nil {
			t.Errorf("%v is taken for %v", v, got)
		}
	}
	value["coordinates"] = []any{[]any{[]any{0, 0}, []any{1, 0}, []any{1, 1}, []any{0, 1}}}
	var fault *Fault
	if _, err := ParseGeometryValue(value); !errors.As(err, &fault) {
		t.Errorf("an unclosed ring gives %v, want a Fault", err)
	}
}

func TestMarshalGeometry(t *testing.T) {
	for _, c := range []struct {
		g    orb.Geometry
		want string
	}{
		{nil, `null`},
		{orb.Point{106.12345674, -2.1}, `{"type":"Point","coordinates":[106.1234567,-2.1]}`},
		{orb.Point{-0.00000004, 100}, `{"type":"Point","coordinates":[0,100]}`},
		{orb.Point{-0.00000006, 1e-7}, `{"type":"Point","coordinates":[-0.0000001,0.0000001]}`},
		{orb.Point{0.9999999, 9.99999999}, `{"type":"Point","coordinates":[0.9999999,10]}`},
		{orb.Point{math.NaN(), math.Inf(1)}, `{"type":"Point","coordinates":[null,null]}`},
		{orb.Point{1e300, -123456789.25}, `{"type":"Point","coordinates":[1e+300,-1.2345678925e+08]}`},
		{orb.MultiPoint{{1, 2}, {3, 4}}, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`},
		{orb.LineString{{1, 2}, {3, 4}}, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`},
		{orb.MultiLineString{{{1, 2}, {3, 4}}}, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`},
		{orb.Ring{{0, 0}, {0, 1}, {1, 1}, {0, 0}}, `{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1],[0,0]]]}`},
		{orb.Bound{Max: orb.Point{1, 2}}, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,2],[0,2],[0,0]]]}`},
		{orb.MultiPolygon{{box(0, 0, 3, 3), box(1, 1, 2, 2)}, {box(5, 5, 6, 6)}},
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[3,0],[3,3],[0,3],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]],[[[5,5],[6,5],[6,6],[5,6],[5,5]]]]}`},
		{orb.Polygon{}, `{"type":"Polygon","coordinates":[]}`},
		{orb.Collection{orb.Point{1, 2}, orb.Point{3, 4}}, `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[3,4]}]}`},
	} {
		if got := string(MarshalGeometry(c.g)); got != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.g, got, c.want)
		}
	}
	outline := star(rand.New(rand.NewPCG(17, 17)), 1000, orb.Point{106, -2}, 0.1, 0.1)
	buffer := make([]byte, 0, 100_000)
	if n := testing.AllocsPerRun(10, func() { buffer = AppendGeometry(buffer[:0], outline) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParseGeometry(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Point","coordinates":[106.1,-2.1]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]],[[0.1,0.1],[0.2,0.1],[0.2,0.2],[0.1,0.1]]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[4,4],[4,0],[0,4],[0,0]]],[[[0,0],[1e-9,0],[0,1e-9],[0,0]]]]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[]},{"type":"LineString","coordinates":[[1e300,2],[3,-4e-300,7]]}]}`,
		`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]],"crs":{"type":"name","properties":{"name":"EPSG:4326"}},"bbox":[1,2,3,4]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := ParseGeometry(data)
		if err != nil {
			return
		}
		text := MarshalGeometry(g)
		again, err := ParseGeometry(text)
		if err != nil {
			t.Fatalf("%s was written but can't be read: %v", text, err)
		}
		if twice := MarshalGeometry(again); !bytes.Equal(text, twice) {
			t.Fatalf("%s is written anew as %s", text, twice)
		}
		// Nothing else may panic or disagree on what can be read.
		Validate(g)
		ValidateLonLat(g)
		AreaKm2(g)
		LabelPoint(g)
		prepared := Prepare(g)
		var scratch Scratch
		eachRun(g, "", func(run []orb.Point, _ string) {
			for _, p := range run[:min(len(run), 20)] {
				want := Covers(g, p)
				local := prepared.Local(orb.Bound{Min: p, Max: p}, &scratch)
				if prepared.Covers(p) != want || local.Covers(p) != want {
					t.Fatalf("%s: %v is covered %t, %t, %t", text, p, want, prepared.Covers(p), local.Covers(p))
				}
			}
		})
	})
}

func FuzzParseFeatures(f *testing.F) {
	for _, seed := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"properties":{"a":[{}]},"geometry":{"type":"Point","coordinates":[1,2]}}]}`,
		`{"features":[{"geometry":null,"type":"Feature"}],"type":"FeatureCollection"}`,
		`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]},"properties":null}`,
		`{"type":"Feature","features":[],"geometries":[],"geometry":null}`,
		"\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		features, err := ParseFeatures(data)
		if err != nil {
			return
		}
		lines := 1 + bytes.Count(data, []byte("\n"))
		for _, feature := range features {
			if feature.Line < 1 || feature.Line > lines {
				t.Fatalf("line %d of %d", feature.Line, lines)
			}
			if feature.Geometry == nil {
				continue
			}
			if _, err := ParseGeometry(MarshalGeometry(feature.Geometry)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
