package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func box(west, south, east, north float64) orb.Ring {
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

func TestValidateSaysWhatAndWhere(t *testing.T) {
	for _, c := range []struct {
		g    orb.Geometry
		want string
	}{
		{nil, ""},
		{orb.Point{1, 2}, ""},
		{orb.Point{math.Inf(1), 2}, "a coordinate is not a finite number at +Inf, 2 (position 0)"},
		{orb.LineString{{1, 1}, {1, 1}}, "a line needs at least two different positions at 1, 1 (position 0)"},
		{orb.MultiLineString{{{0, 0}, {1, 1}}, {{3, 3}}}, "a line needs at least two different positions at 3, 3 (line 1 position 0)"},
		{orb.Bound{Min: orb.Point{2, 0}, Max: orb.Point{1, 1}}, "the box ends before it begins at 2, 0"},
		{orb.Polygon{}, ""},
		{orb.Polygon{box(0, 0, 9, 9), box(1, 1, 2, 2)}, ""},
		{orb.Polygon{{}, box(1, 1, 2, 2)}, "a hole has no outer ring around it at 1, 1 (ring 1 position 0)"},
		{orb.Polygon{{{0, 0}, {9, 0}, {9, 9}, {0, 9}}}, ringNotClosed + " at 0, 9 (ring 0 position 3)"},
		{orb.Polygon{{{0, 0}, {9, 0}, {0, 0}}}, ringTooShort + " at 0, 0 (ring 0 position 0)"},
		{orb.Polygon{{{0, 0}, {9, 0}, {9, 0}, {0, 0}}}, "the ring has fewer than three different positions at 0, 0 (ring 0 position 0)"},
		{orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}, "the outer ring crosses itself at 2, 2 (ring 0 position 0)"},
		{orb.Polygon{{{0, 0}, {4, 0}, {2, 0}, {2, 4}, {0, 0}}}, "the outer ring turns back along its own edge at 4, 0 (ring 0 position 1)"},
		{orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}, {0, 0}}}, "the outer ring touches itself at 2, 0 (ring 0 position 0)"},
		{orb.Polygon{box(0, 0, 9, 9), box(8, 8, 10, 10)}, "a hole crosses the outer ring at 9, 8 (ring 0 position 1)"},
		{orb.Polygon{box(0, 0, 9, 9), box(0, 1, 1, 2)}, "a hole shares a stretch of edge with the outer ring at 0, 1 (ring 0 position 3)"},
		{orb.Polygon{box(0, 0, 9, 9), box(1, 1, 3, 3), box(2, 2, 4, 4)}, "two holes cross at 3, 2 (ring 1 position 1)"},
		{orb.Polygon{box(0, 0, 9, 9), box(20, 20, 21, 21)}, "a hole lies outside its outer ring at 20, 20 (ring 1 position 0)"},
		{orb.Polygon{box(0, 0, 9, 9), box(1, 1, 5, 5), box(2, 2, 3, 3)}, "a hole lies inside another hole at 2, 2 (ring 2 position 0)"},
		{orb.Polygon{box(0, 0, 4, 4), {{0, 2}, {2, 1}, {4, 2}, {2, 3}, {0, 2}}}, "rings touch so that they cut the area in pieces at 0, 2 (ring 0 position 3)"},
		{orb.MultiPolygon{{box(0, 0, 2, 2)}, {box(1, 1, 3, 3)}}, "two parts of the area overlap at 2, 1 (polygon 0 ring 0 position 1)"},
		{orb.MultiPolygon{{box(0, 0, 2, 2)}, {box(2, 0, 4, 2)}}, "two parts of the area share a stretch of edge at 2, 0 (polygon 0 ring 0 position 1)"},
		{orb.MultiPolygon{{box(0, 0, 9, 9)}, {box(1, 1, 2, 2)}}, "a part of the area lies inside another part at 1, 1 (polygon 1 ring 0 position 0)"},
		{orb.MultiPolygon{{box(0, 0, 9, 9), box(1, 1, 8, 8)}, {box(2, 2, 3, 3)}}, ""},
		{orb.MultiPolygon{{box(0, 0, 2, 2)}, {box(2, 2, 4, 4)}}, ""},
		{orb.Collection{orb.Point{}, orb.LineString{{5, 5}, {5, 5}}}, "a line needs at least two different positions at 5, 5 (geometry 1 position 0)"},
	} {
		got := ""
		if fault := Validate(c.g); fault != nil {
			got = fault.Error()
		}
		if got != c.want {
			t.Errorf("%v:\n got %q\nwant %q", c.g, got, c.want)
		}
	}
}

func TestValidateLonLat(t *testing.T) {
	for _, c := range []struct {
		g    orb.Geometry
		want string
	}{
		{orb.Polygon{box(-180, -90, 180, 90)}, ""},
		{nil, ""},
		{orb.Point{180.5, 0}, "the longitude is not between -180 and 180 at 180.5, 0 (position 0)"},
		{orb.MultiPolygon{{box(0, 0, 1, 1)}, {box(0, 0, 1, 91)}}, "the latitude is not between -90 and 90 at 1, 91 (polygon 1 ring 0 position 2)"},
		{orb.MultiPoint{{1, 1}, {math.NaN(), 0}}, "a coordinate is not a finite number at NaN, 0 (position 1)"},
	} {
		got := ""
		if fault := ValidateLonLat(c.g); fault != nil {
			got = fault.Error()
		}
		if got != c.want {
			t.Errorf("%v: got %q, want %q", c.g, got, c.want)
		}
	}
}

// TestValidateAgreesWithSimplefeatures draws rings on a small grid, where everything
// touches everything.
func TestValidateAgreesWithSimplefeatures(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	valid, invalid := 0, 0
	for range 20_000 {
		size := 3 + rng.IntN(6)
		corner := func() orb.Point { return orb.Point{float64(rng.IntN(size)), float64(rng.IntN(size))} }
		small := func() orb.Ring {
			r := orb.Ring{corner(), corner(), corner()}
			if rng.IntN(3) == 0 {
				r = append(r, corner())
			}
			return append(r, r[0])
		}
		var g orb.Geometry
		switch rng.IntN(3) {
		case 0:
			g = orb.Polygon{small()}
		case 1: // holes in a box
			polygon := orb.Polygon{box(0, 0, float64(size-1), float64(size-1))}
			for range 1 + rng.IntN(3) {
				polygon = append(polygon, small())
			}
			g = polygon
		case 2:
			g = orb.MultiPolygon{{small()}, {small()}, {box(0, 0, float64(size-1), float64(size-1)), small()}}[rng.IntN(2):]
		}
		other, err := toOverlay(g)
		if err != nil {
			t.Fatal(err)
		}
		want := other.Validate()
		if fault := Validate(g); (fault == nil) != (want == nil) && !(want == nil && holesNest(g)) {
			t.Fatalf("%v: fault %v, simplefeatures says %v", g, fault, want)
		}
		if want == nil {
			valid++
		} else {
			invalid++
		}
	}
	if valid < 1500 || invalid < 1500 {
		t.Errorf("%d valid and %d invalid are not a fair sample", valid, invalid)
	}
}

// holesNest tells of a hole in another, which simplefeatures overlooks when they share
// the first position.
func holesNest(g orb.Geometry) bool {
	polygon, ok := g.(orb.Polygon)
	if !ok {
		return false
	}
	for i, hole := range polygon[1:] {
		for j, other := range polygon[1:] {
			if i != j && Covers(other, LabelPoint(hole)) {
				return true
			}
		}
	}
	return false
}

func TestRewind(t *testing.T) {
	clockwise := func(r orb.Ring) orb.Ring {
		r = r.Clone()
		r.Reverse()
		return r
	}
	outer, hole := box(0, 0, 9, 9), box(1, 1, 2, 2)
	for _, c := range []struct {
		g      orb.Geometry
		turned int
	}{
		{orb.Polygon{outer, clockwise(hole)}, 0},
		{orb.Polygon{clockwise(outer), hole}, 2},
		{orb.MultiPolygon{{outer}, {clockwise(box(20, 20, 21, 21))}}, 1},
		{orb.Collection{orb.Point{1, 1}, orb.Polygon{clockwise(outer)}}, 1},
		{clockwise(outer), 1},
		{orb.Polygon{{{0, 0}, {1, 1}, {2, 2}, {0, 0}}}, 0},
		{orb.Polygon{{}}, 0},
		{nil, 0},
	} {
		before := string(MarshalGeometry(c.g))
		out, turned := Rewind(c.g)
		if turned != c.turned {
			t.Errorf("%v: %d rings turned, want %d", c.g, turned, c.turned)
		}
		if _, again := Rewind(out); again != 0 {
			t.Errorf("%v: turning again turns %d rings", c.g, again)
		}
		if polygon, ok := out.(orb.Polygon); ok && len(polygon[0]) > 0 {
			polygon[0][0] = orb.Point{99, 99}
			if string(MarshalGeometry(c.g)) != before {
				t.Errorf("%v shares memory with its turned copy", c.g)
			}
		}
	}
}

func TestAreaKm2(t *testing.T) {
	// The ellipsoid's surface, 510 065 621.724 km² (WGS 84, NIMA TR8350.2).
	near(t, "the world", AreaKm2(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}), 510_065_621.724, 0.001)
	one := AreaKm2(orb.Polygon{box(106, -3, 107, -2)})
	near(t, "a square degree at 2.5° S", one, 12_298, 5) // 111.2 km by 110.6 km
	near(t, "turned", AreaKm2(orb.Ring{{106, -3}, {106, -2}, {107, -2}, {107, -3}, {106, -3}}), one, 1e-9)
	near(t, "with a hole", AreaKm2(orb.Polygon{box(106, -3, 107, -2), box(106.25, -3, 106.5, -2)}), one*0.75, 1e-6)
	near(t, "two parts", AreaKm2(orb.MultiPolygon{{box(106, -3, 107, -2)}, {box(108, -3, 109, -2)}}), 2*one, 1e-6)
	for _, g := range []orb.Geometry{nil, orb.Point{1, 1}, orb.Polygon{}, orb.Polygon{{}}, orb.LineString{{0, 0}, {1, 1}}} {
		if AreaKm2(g) != 0 {
			t.Errorf("%v has an area", g)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	polygon := star(rand.New(rand.NewPCG(10, 10)), 10_000, orb.Point{106.1, -2.1}, 0.05, 0.02)
	b.ReportAllocs()
	for b.Loop() {
		if fault := Validate(polygon); fault != nil {
			b.Fatal(fault)
		}
	}
}
