package registry_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestFaultsOfJSON are told in words that do not speak of Go.
func TestFaultsOfJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"deprivedIn": "UNSAFE_WATER"}`: "square brackets",
		`[]`:                             "its kind is array",
		`{"decile": {"max": "4"}}`:       "decile.max: a string does not belong there",
		`{`:                              "ends too early",
		`{"decil": 3}`:                   `unknown field "decil"`,
		``:                               "ends too early",
	} {
		_, err := registry.ParseFilter([]byte(text))
		if registry.CodeOf(err) != registry.CodeBadUserInput || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestFilterJSONRoundTrip(t *testing.T) {
	d, households, _ := storetest.City(1, 100)
	r := rand.New(rand.NewPCG(1, 0))
	for range 2000 {
		f := storetest.RandomFilter(r, d, households)
		_ = f.Walk(func(_ string, g *registry.Filter) error {
			if g.InState != nil {
				g.InState.Set = nil // no part of the question
			}
			return nil
		})
		text := f.JSON()
		back, err := registry.ParseFilter(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again := back.JSON(); string(again) != string(text) {
			t.Fatalf("%s came back as %s", text, again)
		}
		// Rings are written by the right-hand rule, so a polygon may come back turned round; nothing else changes.
		if !strings.Contains(string(text), "coveredBy") && !reflect.DeepEqual(back, f) {
			t.Fatalf("%s came back as another value: %+v, want %+v", text, back, f)
		}
	}
}

func TestFilterJSONIsCanonical(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                    `{}`,
		` { "or" : [ ] , "areas" : [ ] } `:      `{"areas":[],"or":[]}`,
		`{"not":{},"decile":{"max":4,"min":1}}`: `{"decile":{"min":1,"max":4},"not":{}}`,
		`{"headSex":"FEMALE","deprivedIn":["SOLID_FUEL"]}`:                                                                          `{"deprivedIn":["SOLID_FUEL"],"headSex":"FEMALE"}`,
		`{"score":{"atLeast":9007199254740993,"weights":[9007199254740993,0],"of":["UNSERVED","CROWDED"]},"knownIn":["LOW_POWER"]}`: `{"knownIn":["LOW_POWER"],"score":{"of":["UNSERVED","CROWDED"],"weights":[9007199254740993,0],"atLeast":9007199254740993}}`,
		`{"knownIn":[],"score":null}`:                                                                                 `{"knownIn":[]}`,
		`{"geocoded":false,"rt":"","rw":"01"}`:                                                                        `{"geocoded":false,"rt":"","rw":"01"}`,
		`{"where":{"bbox":{"west":179,"south":-1,"east":-179,"north":1}}}`:                                            `{"where":{"bbox":{"west":179,"south":-1,"east":-179,"north":1}}}`,
		`{"where":{"near":{"point":{"longitude":106.1,"latitude":-2.1},"radiusMeters":250}}}`:                         `{"where":{"near":{"point":{"longitude":106.1,"latitude":-2.1},"radiusMeters":250}}}`,
		`{"where":{"coveredBy":{"coordinates":[[[106,-2],[106,-1],[107,-1],[106.0,-2.0]]],"type":"Polygon","id":7}}}`: `{"where":{"coveredBy":{"type":"Polygon","coordinates":[[[106,-2],[107,-1],[106,-1],[106,-2]]]}}}`,
	} {
		f, err := registry.ParseFilter([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(f.JSON()); got != want {
			t.Errorf("%s came back as %s, want %s", text, got, want)
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	for text, want := range map[string]registry.Code{
		``: registry.CodeBadUserInput, `[]`: registry.CodeBadUserInput, `"decile"`: registry.CodeBadUserInput, `{`: registry.CodeBadUserInput,
		`{} {}`:                     registry.CodeBadUserInput,
		`{"decil":{"min":1}}`:       registry.CodeBadUserInput,
		`{"decile":{"from":1}}`:     registry.CodeBadUserInput,
		`{"decile":{"min":1.5}}`:    registry.CodeBadUserInput,
		`{"decile":4}`:              registry.CodeBadUserInput,
		`{"not":{"nobody":true}}`:   registry.CodeBadUserInput,
		`{"deprivedIn":["HUNGER"]}`: registry.CodeBadUserInput,
		`{"knownIn":["HUNGER"]}`:    registry.CodeBadUserInput,
		`{"score":{}}`:              registry.CodeBadUserInput,
		`{"score":{"of":["CROWDED"],"weights":[0.5],"atLeast":1}}`:        registry.CodeBadUserInput,
		`{"score":{"of":["CROWDED"],"weights":[1],"atLeast":1,"k":0.33}}`: registry.CodeBadUserInput,
		`{"score":{"of":["HUNGER"],"weights":[1],"atLeast":1}}`:           registry.CodeBadUserInput,
		`{"score":{"of":["CROWDED"],"weights":[1],"atLeast":2}}`:          registry.CodeBadUserInput,
		`{"headSex":"female"}`:                registry.CodeBadUserInput,
		`{"areas":["1971"]}`:                  registry.CodeBadUserInput,
		`{"where":{}}`:                        registry.CodeBadUserInput,
		`{"where":{"circle":{}}}`:             registry.CodeBadUserInput,
		`{"where":{"coveredBy":"somewhere"}}`: registry.CodeBadUserInput,
		`{"where":{"coveredBy":{"type":"Point","coordinates":[106,-2]}}}`:                                           registry.CodeInvalidGeometry,
		`{"where":{"coveredBy":{"type":"Polygon","coordinates":[[[106,-2],[107,-1],[107,-2],[106,-1],[106,-2]]]}}}`: registry.CodeInvalidGeometry,
	} {
		if f, err := registry.ParseFilter([]byte(text)); registry.CodeOf(err) != want {
			t.Errorf("%s: filter %s, error %v; want %s", text, f, err, want)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	d, households, _ := storetest.City(1, 20)
	r := rand.New(rand.NewPCG(1, 0))
	for range 40 {
		f.Add(storetest.RandomFilter(r, d, households).JSON())
	}
	f.Add([]byte(`{"where":{"coveredBy":{"type":"Polygon","coordinates":[]}}}`))
	f.Add([]byte(`{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{}}}}}}}}}}`))
	f.Add([]byte(`{"knownIn":["UNSERVED"],"score":{"of":["CROWDED","UNSERVED"],"weights":[333333333333,0],"atLeast":1}}`))
	f.Add([]byte(`{"score":{"of":["CROWDED"],"weights":[9223372036854775807],"atLeast":9223372036854775807}}`))
	f.Add([]byte(`{"score":{"of":["CROWDED","CROWDED"],"weights":[1],"atLeast":0}}`))
	f.Add([]byte(`{"decile":null,"and":null,"headSex":"MALE"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		filter, err := registry.ParseFilter(data)
		if err != nil {
			if registry.CodeOf(err) == registry.CodeInternal {
				t.Fatalf("error %v", err)
			}
			return
		}
		_ = filter.String()
		text := filter.JSON()
		back, err := registry.ParseFilter(text)
		if registry.CodeOf(err) == registry.CodeInvalidGeometry {
			return // a polygon smaller than the 7 decimals that are written
		}
		if err != nil || string(back.JSON()) != string(text) {
			t.Fatalf("%s came back as %s, error %v", text, back.JSON(), err)
		}
	})
}
