package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestIntersection(t *testing.T) {
	square := func(x float64) orb.Polygon { return orb.Polygon{box(x, 0, x+2, 2)} }
	for _, c := range []struct {
		name string
		a, b orb.Geometry
		want orb.MultiPolygon
	}{
		{"overlapping", square(0), orb.MultiPolygon{square(1)}, orb.MultiPolygon{{{{1, 0}, {2, 0}, {2, 2}, {1, 2}, {1, 0}}}}},
		{"with a box", square(0), orb.Bound{Min: orb.Point{-9, 1}, Max: orb.Point{9, 9}}, orb.MultiPolygon{{{{0, 1}, {2, 1}, {2, 2}, {0, 2}, {0, 1}}}}},
		{"touching", square(0), square(2), nil},
		{"apart", square(0), square(5), nil},
		{"with nothing", square(0), nil, nil},
		{"with a nil one", orb.MultiPolygon(nil), square(0), nil},
		{"with an empty one", orb.MultiPolygon{}, square(0), nil},
	} {
		got, err := Intersection(c.a, c.b)
		if err != nil || !orb.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	bowtie := orb.Polygon{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}
	for _, wrong := range []orb.Geometry{bowtie, orb.Point{1, 1}} {
		if _, err := Intersection(square(0), wrong); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}
