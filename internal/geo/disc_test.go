package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestDiscRing(t *testing.T) {
	for _, center := range []orb.Point{{106.1, -2.1}, {0, 0}, {179.999, 60}, {-75, -85}} {
		for _, radius := range []float64{1, 500, 20_000} {
			ring, ok := DiscRing(center, radius, 64)
			if fault := Validate(ring); !ok || fault != nil || len(ring) != 65 || ringTurn(ring) != 1 {
				t.Fatalf("%v, %g m: %v, %v", center, radius, ring, fault)
			}
			for _, p := range ring {
				if d := DistanceMeters(center, p); math.Abs(d-radius) > 1e-6*radius+1e-6 {
					t.Errorf("%v lies %g m from %v, want %g", p, d, center, radius)
				}
			}
			if !Covers(ring, center) {
				t.Errorf("the disc of %g m around %v does not hold its center", radius, center)
			}
		}
	}
	if _, ok := DiscRing(orb.Point{10, 89.9}, 20_000, 64); ok {
		t.Error("a ring around a pole")
	}
}
