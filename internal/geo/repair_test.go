package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestRepair(t *testing.T) {
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	for _, c := range []struct {
		name    string
		g, want orb.Geometry
		done    Repairs
	}{
		{"nothing to do", orb.Polygon{square}, orb.Polygon{square}, Repairs{}},
		{"not closed", orb.Polygon{square[:4]}, orb.Polygon{square}, Repairs{Closed: 1}},
		{"equal positions", orb.Polygon{{{0, 0}, {0, 0}, {4, 0}, {4, 4}, {4, 4}, {4, 4}, {0, 4}, {0, 0}, {0, 0}}}, orb.Polygon{square}, Repairs{Repeated: 4}},
		{"clockwise", orb.Polygon{{{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}}}, orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}}, Repairs{Turned: 1}},
		{"all, in parts", orb.MultiPolygon{{square[:4]}, {{{9, 9}, {9, 10}, {9, 10}, {10, 9}}}},
			orb.MultiPolygon{{square}, {{{9, 9}, {10, 9}, {9, 10}, {9, 9}}}}, Repairs{Closed: 2, Repeated: 1, Turned: 1}},
		{"too short to close", orb.Polygon{{{0, 0}, {4, 0}}}, orb.Polygon{{{0, 0}, {4, 0}}}, Repairs{}},
		{"crossing itself", orb.Polygon{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}, orb.Polygon{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}, Repairs{}},
		{"a point", orb.Point{1, 2}, orb.Point{1, 2}, Repairs{}},
		{"nothing", nil, nil, Repairs{}},
		{"an empty ring", orb.Polygon{{}}, orb.Polygon{{}}, Repairs{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := orb.Clone(c.g)
			got, done := Repair(c.g)
			if diff := cmp.Diff(c.want, got); diff != "" || done != c.done {
				t.Errorf("%+v, want %+v; %s", done, c.done, diff)
			}
			if !orb.Equal(before, c.g) && c.g != nil {
				t.Error("the given geometry was changed")
			}
		})
	}
}

// TestRepairKeepsGround: whatever is done to a valid area that Repair undoes, the ground is the same.
func TestRepairKeepsGround(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		whole := star(rng, 5+rng.IntN(40), orb.Point{106, -2}, 0.05, 0.02)
		spoilt := orb.Clone(whole).(orb.Polygon)
		for i, ring := range spoilt {
			var out orb.Ring
			for _, p := range ring[:len(ring)-1] {
				for range 1 + rng.IntN(3)/2 {
					out = append(out, p)
				}
			}
			if rng.IntN(2) == 0 {
				out = append(out, out[0])
			}
			if rng.IntN(2) == 0 {
				out.Reverse()
			}
			spoilt[i] = out
		}
		repaired, _ := Repair(spoilt)
		if fault := Validate(repaired); fault != nil {
			t.Fatal(fault)
		}
		near(t, "area", AreaKm2(repaired), AreaKm2(whole), 1e-9)
	}
}

func TestNest(t *testing.T) {
	ring := func(west, south, side float64) orb.Ring {
		return orb.Ring{{west, south}, {west + side, south}, {west + side, south + side}, {west, south + side}, {west, south}}
	}
	outer, hole, island, pond := ring(0, 0, 10), ring(1, 1, 8), ring(2, 2, 6), ring(3, 3, 4)
	notched := orb.Ring{{0, 0}, {10, 0}, {10, 10}, {5, 5}, {0, 10}, {0, 0}}
	for _, c := range []struct {
		name  string
		rings []orb.Ring
		want  orb.MultiPolygon
	}{
		{"none", nil, nil},
		{"apart", []orb.Ring{outer, ring(20, 0, 5)}, orb.MultiPolygon{{outer}, {ring(20, 0, 5)}}},
		{"hole", []orb.Ring{hole, outer}, orb.MultiPolygon{{outer, hole}}},
		{"island in a hole, with a pond", []orb.Ring{pond, island, hole, outer}, orb.MultiPolygon{{island, pond}, {outer, hole}}},
		{"two holes", []orb.Ring{outer, ring(1, 1, 2), ring(5, 5, 2)}, orb.MultiPolygon{{outer, ring(1, 1, 2), ring(5, 5, 2)}}},
		{"touching from inside", []orb.Ring{outer, {{0, 5}, {2, 4}, {2, 6}, {0, 5}}}, orb.MultiPolygon{{outer, {{0, 5}, {2, 4}, {2, 6}, {0, 5}}}}},
		{"filling a notch", []orb.Ring{notched, {{10, 10}, {5, 5}, {0, 10}, {10, 10}}}, orb.MultiPolygon{{notched}, {{{10, 10}, {5, 5}, {0, 10}, {10, 10}}}}},
		{"twice the same", []orb.Ring{outer, outer}, orb.MultiPolygon{{outer, outer}}},
	} {
		if diff := cmp.Diff(c.want, Nest(c.rings)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestParseFeature(t *testing.T) {
	f, err := ParseFeature([]byte("{\"type\":\"Feature\",\n\"properties\":{\"a\":1},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0,7],[1,0,7],[1,1,7]]]}}"), 12)
	if err != nil || f.Line != 12 || !f.HasHeights || !orb.Equal(f.Geometry, orb.Polygon{{{0, 0}, {1, 0}, {1, 1}}}) {
		t.Errorf("%+v, error %v", f, err)
	}
	for text, want := range map[string]string{
		"\n{\"type\":\"Feature\",\"properties\":{}}":                           "line 13: the Feature has no member geometry (it may be null)",
		`{"type":"Point","coordinates":[1,2]}`:                                 `line 12: the type must be Feature, not "Point"`,
		`{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}`:        `the member "a" is given twice on line 12`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,"2"]}}`: "line 12: a coordinate must be a number",
		`{"type":"Feature","geometry":null,"properties":{}}{}`:                 "something follows the GeoJSON object",
		`{"type":"Feature","geometry":null,"properties":{}`:                    "not GeoJSON: the text ends early",
	} {
		if _, err := ParseFeature([]byte(text), 12); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}
