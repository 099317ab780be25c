package pockets

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/peterstace/simplefeatures/geom"

	"kantong/internal/geo"
)

func TestHull(t *testing.T) {
	at := func(pairs ...int32) (list []geo.PointE7) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, geo.PointE7{Lon: pairs[i], Lat: pairs[i+1]})
		}
		return list
	}
	const half, quarter = halfTurn, quarterTurn
	for _, c := range []struct {
		name      string
		positions []geo.PointE7
		want      orb.Polygon
	}{
		{"one position", at(5, 5, 5, 5), nil},
		{"two positions", at(5, 5, 9, 9), nil},
		{"one street", at(0, 0, 300_000_000, 300_000_000, 100_000_000, 100_000_000, 1, 1), nil},
		{"one meridian", at(0, 3, 0, 9, 0, 5), nil},
		{"corners alone, from the south", at(10, 10, 0, 0, 10, 0, 0, 10, 5, 5, 5, 0, 10, 3), orb.Polygon{{{0, 0}, {1e-6, 0}, {1e-6, 1e-6}, {0, 1e-6}, {0, 0}}}},
		{"on over the antimeridian", at(-half+10, 0, half-10, 0, half, 10, -half, 10),
			orb.Polygon{{{179.999999, 0}, {180.000001, 0}, {180, 1e-6}, {179.999999, 0}}}},
		{"half of the globe", at(-half/2, 0, half/2, 0, 0, quarter), orb.Polygon{{{-90, 0}, {90, 0}, {0, 90}, {-90, 0}}}},
		{"around a pole", at(0, quarter-9, 1_200_000_000, quarter-9, -1_200_000_000, quarter-9), nil},
	} {
		if got := hull(c.positions); !orb.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestHullIsThatOfALibrary compares with simplefeatures on small whole numbers, where its floats are exact too.
func TestHullIsThatOfALibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(72, 72))
	flat := 0
	for range 2000 {
		width, height := 1+rng.IntN(9), 1+rng.IntN(9)
		positions := make([]geo.PointE7, 1+rng.IntN(12))
		var points orb.MultiPoint
		for i := range positions {
			lon, lat := rng.IntN(width)-2, rng.IntN(height)-2
			positions[i] = geo.PointE7{Lon: int32(lon * e7), Lat: int32(lat * e7)}
			points = append(points, orb.Point{float64(lon), float64(lat)})
		}
		bytes, err := wkb.Marshal(points)
		if err != nil {
			t.Fatal(err)
		}
		g, err := geom.UnmarshalWKB(bytes)
		if err != nil {
			t.Fatal(err)
		}
		want, got := g.ConvexHull(), hull(positions)
		if want.Dimension() < 2 {
			if flat++; got != nil {
				t.Fatalf("%v: %v, want none", positions, got)
			}
			continue
		}
		if bytes, err = wkb.Marshal(got); err != nil {
			t.Fatal(err)
		}
		if g, err = geom.UnmarshalWKB(bytes); err != nil || !geom.ExactEquals(g, want, geom.IgnoreOrder) || got[0].Orientation() != orb.CCW {
			t.Fatalf("%v: %v, %v, want %s", positions, got, err, want.AsText())
		}
	}
	if flat < 100 || flat > 1000 {
		t.Errorf("%d of 2000 were flat", flat)
	}
}

func TestCenter(t *testing.T) {
	block := func(id byte, households int64, lon, lat int32) Point {
		p := household(id, lon, lat)
		p.Households = households
		return p
	}
	for _, c := range []struct {
		name   string
		points []Point
		want   orb.Point
	}{
		{"exactly where one is", []Point{block(1, 1, 1_061_234_567, -21_234_567)}, orb.Point{106.1234567, -2.1234567}},
		{"by households", []Point{block(1, 3, 0, 0), block(2, 1, 4000, 0)}, orb.Point{0.0001, 0}},
		{"the smallest id of nobody", []Point{block(3, 0, 0, 0), block(2, 0, 4000, 0)}, orb.Point{0.0004, 0}},
		{"across the antimeridian", []Point{block(1, 1, halfTurn-10, 0), block(2, 1, -halfTurn+30, 0)}, orb.Point{-179.999999, 0}},
		{"around a pole", []Point{block(1, 1, 0, quarterTurn-10), block(2, 1, halfTurn, quarterTurn-30)}, orb.Point{180, 89.999999}},
	} {
		found := find(t, c.points, Options{RadiusMeters: 100, MinWeight: 1, By: People})
		if len(found) != 1 || found[0].Center != c.want {
			t.Errorf("%s: %+v, want the center %v", c.name, found, c.want)
		}
	}
}
