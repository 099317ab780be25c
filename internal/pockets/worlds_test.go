package pockets

import (
	"math"
	"math/rand/v2"
	"testing"

	"kantong/internal/geo"
)

// world is a kind of place where points may lie.
type world struct {
	name string
	at   func(rng *rand.Rand) geo.PointE7
}

// around is positions within so many 1e-7 degrees of a middle, running on at the antimeridian and stopping at a pole.
func around(lon, lat, spreadLon, spreadLat int64) func(rng *rand.Rand) geo.PointE7 {
	return func(rng *rand.Rand) geo.PointE7 {
		return wrapped(lon+rng.Int64N(2*spreadLon+1)-spreadLon, lat+rng.Int64N(2*spreadLat+1)-spreadLat)
	}
}

func wrapped(lon, lat int64) geo.PointE7 {
	switch {
	case lon > halfTurn:
		lon -= fullTurn
	case lon < -halfTurn:
		lon += fullTurn
	}
	return geo.PointE7{Lon: int32(lon), Lat: int32(min(max(lat, -quarterTurn), quarterTurn))}
}

var worlds = []world{
	{"city", around(1_061_234_567, -21_234_567, 50_000, 50_000)},
	{"across the equator", around(-3, 2, 50_000, 50_000)},
	{"one building", around(1_061_234_567, -21_234_567, 3, 3)},
	{"across the antimeridian", around(halfTurn, -170_000_000, 50_000, 50_000)},
	{"the antimeridian itself", func(rng *rand.Rand) geo.PointE7 {
		return geo.PointE7{Lon: []int32{-halfTurn, halfTurn, halfTurn - 1}[rng.IntN(3)], Lat: int32(rng.IntN(50_000))}
	}},
	{"north pole", around(0, quarterTurn, halfTurn, 50_000)},
	{"south pole, by a hair", around(0, -quarterTurn+40, halfTurn, 40)},
	{"far north", around(halfTurn, 899_000_000, 500_000_000, 900_000)},
	{"globe", around(0, 0, halfTurn, quarterTurn)},
	{"streets", func(rng *rand.Rand) geo.PointE7 { // equal distances and equal positions
		return geo.PointE7{Lon: int32(rng.IntN(7) * 10_000), Lat: int32(rng.IntN(7) * 10_000)}
	}},
}

func (w world) points(rng *rand.Rand, n int) []Point {
	points := make([]Point, n)
	for i := range points {
		points[i] = Point{ID: randomID(rng), At: w.at(rng), Households: int64(rng.IntN(3)), People: int64(rng.IntN(9))}
		clear(points[i].ID[:rng.IntN(17)])
		points[i].ID[15] = byte(i)
	}
	return points
}

// randomOptions often have a radius at which two of the points are neighbours by a hair, or miss by one.
func randomOptions(rng *rand.Rand, points []Point) Options {
	o := Options{MinWeight: 1 + int64(rng.IntN(6)), By: Weight(rng.IntN(2))}
	if o.By == People {
		o.MinWeight *= 4
	}
	for o.RadiusMeters <= 0 {
		o.RadiusMeters = geo.DistanceMeters(points[rng.IntN(len(points))].At.Point(), points[rng.IntN(len(points))].At.Point())
		switch rng.IntN(5) {
		case 0:
			o.RadiusMeters = math.Nextafter(o.RadiusMeters, 0)
		case 1, 2:
			o.RadiusMeters /= 4
		case 3:
			o.RadiusMeters += rng.Float64() * 1e-3
		}
	}
	return o
}

// FuzzFind reads two bytes of options and five for each point: an offset from a middle, and weights.
func FuzzFind(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 0, 9, 0, 1, 0, 1, 9})
	f.Add([]byte{3, 40, 200, 200, 10, 10, 33, 1, 1, 1, 1, 20, 90, 9, 9, 9, 17})
	middles := [...][2]int64{{1_061_234_567, -21_234_567}, {halfTurn, 0}, {0, quarterTurn}, {-halfTurn, -quarterTurn}, {0, 0}, {halfTurn, 600_000_000}}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 7 {
			return
		}
		middle := middles[int(data[0])%len(middles)]
		o := Options{MinWeight: 1 + int64(data[1]&7), By: Weight(data[1] >> 3 & 1)}
		scale := []int64{1, 1000, 27_000, 500_000}[data[1]>>4&3] // up to some 180 degrees
		var points []Point
		for rest := data[2:]; len(rest) >= 5 && len(points) < 40; rest = rest[5:] {
			lon := middle[0] + scale*(int64(rest[0])<<8|int64(rest[1])-1<<15)/10
			lat := middle[1] + scale*(int64(rest[2])<<8|int64(rest[3])-1<<15)/10
			p := Point{At: wrapped(lon, lat), Households: int64(rest[4] & 3), People: int64(rest[4] >> 2)}
			p.ID[0], p.ID[15] = rest[4]*37, byte(len(points))
			points = append(points, p)
		}
		// Any two points may set the radius.
		a, b := points[int(data[0]>>4)%len(points)], points[int(data[len(data)-1])%len(points)]
		if o.RadiusMeters = geo.DistanceMeters(a.At.Point(), b.At.Point()); o.RadiusMeters == 0 {
			o.RadiusMeters = 1
		}
		compareWithBrute(t, points, o)
	})
}
