package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func TestDistanceMeters(t *testing.T) {
	quarter := math.Pi / 2 * EarthRadiusMeters
	for _, c := range []struct {
		a, b orb.Point
		want float64
	}{
		{orb.Point{106.1, -2.1}, orb.Point{106.1, -2.1}, 0},
		{orb.Point{0, 0}, orb.Point{90, 0}, quarter},
		{orb.Point{10, 90}, orb.Point{-70, 0}, quarter},
		{orb.Point{0, 0}, orb.Point{180, 0}, 2 * quarter},
		{orb.Point{179.5, 0}, orb.Point{-179.5, 0}, metersPerDegree},
		// By the arctangent formula, computed elsewhere.
		{orb.Point{106.1, -2.1}, orb.Point{106.2, -2.2}, 15719.82398},
	} {
		near(t, "distance", DistanceMeters(c.a, c.b), c.want, 1e-3)
		if DistanceMeters(c.a, c.b) != DistanceMeters(c.b, c.a) {
			t.Errorf("the distance of %v and %v depends on the direction", c.a, c.b)
		}
	}
}

func randomPoint(rng *rand.Rand) orb.Point {
	p := orb.Point{rng.Float64()*360 - 180, rng.Float64()*180 - 90}
	if rng.IntN(4) == 0 { // corners of the map
		p = orb.Point{float64(rng.IntN(5)-2) * 90, float64(rng.IntN(3)-1) * 90}
	}
	return p
}

func TestMinDistanceIsALowerBoundAndTight(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		size := math.Pow(10, rng.Float64()*9-7) // from centimetres to continents
		corner := randomPoint(rng)
		box := orb.Bound{Min: corner, Max: orb.Point{
			math.Min(180, corner[0]+size*rng.Float64()),
			math.Min(90, corner[1]+size*rng.Float64()),
		}}
		p := randomPoint(rng)
		if rng.IntN(2) == 0 { // near the box
			p = orb.Point{corner[0] + size*(rng.Float64()*6-3), math.Max(-90, math.Min(90, corner[1]+size*(rng.Float64()*6-3)))}
		}
		bound := MinDistanceMeters(p, box)
		if box.Contains(p) && bound != 0 {
			t.Fatalf("%v lies in %v but is %v m away", p, box, bound)
		}
		nearest := math.Inf(1)
		const steps = 24
		for i := 0; i <= steps; i++ {
			for j := 0; j <= steps; j++ {
				q := orb.Point{
					box.Min[0] + (box.Max[0]-box.Min[0])*float64(i)/steps,
					box.Min[1] + (box.Max[1]-box.Min[1])*float64(j)/steps,
				}
				nearest = math.Min(nearest, DistanceMeters(p, q))
			}
		}
		if bound > nearest {
			t.Fatalf("%v to %v: bound %v exceeds a distance %v", p, box, bound, nearest)
		}
		// Some sampled position is within a step's length of the nearest one.
		step := DistanceMeters(box.Min, orb.Point{box.Min[0], box.Max[1]})/steps + metersPerDegree*(box.Max[0]-box.Min[0])/steps
		if nearest-bound > step+nearest*2e-6+1e-6 {
			t.Fatalf("%v to %v: bound %v, but the nearest sampled position is %v away", p, box, bound, nearest)
		}
	}
}

func TestRadiusBoundHoldsTheCircle(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		center := randomPoint(rng)
		radius := math.Pow(10, rng.Float64()*8-1)
		boxes := RadiusBound(center, radius)
		for range 50 {
			p := destination(center, radius*math.Sqrt(rng.Float64()), rng.Float64()*2*math.Pi)
			if rng.IntN(2) == 0 {
				p = destination(center, radius, rng.Float64()*2*math.Pi)
			}
			if DistanceMeters(center, p) > radius {
				continue
			}
			held := false
			for _, b := range boxes {
				if b.Min[0] > b.Max[0] || b.Min[0] < -180 || b.Max[0] > 180 {
					t.Fatalf("box %v", b)
				}
				held = held || b.Contains(p)
			}
			if !held {
				t.Fatalf("%v is within %v m of %v but in none of %v", p, radius, center, boxes)
			}
		}
	}
}

// destination is the position some way from another (the direct problem on the sphere).
func destination(from orb.Point, meters, bearing float64) orb.Point {
	d, lat := meters/EarthRadiusMeters, from[1]*radiansPerDegree
	lat2 := math.Asin(math.Sin(lat)*math.Cos(d) + math.Cos(lat)*math.Sin(d)*math.Cos(bearing))
	lon := math.Atan2(math.Sin(bearing)*math.Sin(d)*math.Cos(lat), math.Cos(d)-math.Sin(lat)*math.Sin(lat2))
	return orb.Point{math.Remainder(from[0]+lon/radiansPerDegree, 360), lat2 / radiansPerDegree}
}

func TestRadiusBoundShapes(t *testing.T) {
	for _, c := range []struct {
		center orb.Point
		radius float64
		boxes  int
	}{
		{orb.Point{106, -2}, 1000, 1},
		{orb.Point{106, -2}, 0, 1},
		{orb.Point{179.999, -2}, 1000, 2},
		{orb.Point{-180, -2}, 1000, 2},
		{orb.Point{20, 89.999}, 1000, 1},
		{orb.Point{106, -2}, 3e7, 1},
		{orb.Point{106, -2}, -1, 0},
		{orb.Point{106, -2}, math.NaN(), 0},
	} {
		if got := RadiusBound(c.center, c.radius); len(got) != c.boxes {
			t.Errorf("%v m around %v: %v, want %d boxes", c.radius, c.center, got, c.boxes)
		}
	}
	if b := RadiusBound(orb.Point{20, 89.999}, 1000)[0]; b.Min[0] != -180 || b.Max[0] != 180 || b.Max[1] != 90 {
		t.Errorf("around the pole: %v", b)
	}
}
