package pockets

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// BenchmarkFind measures cities of one density, 240 households a km², most of them in quarters, in no order.
// The larger sizes need KANTONG_LARGE to be set.
func BenchmarkFind(b *testing.B) {
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000, 5_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("points=%d", n), func(b *testing.B) {
			points := syntheticCity(n)
			b.ReportAllocs()
			var found []Pocket
			for b.Loop() {
				found = find(b, points, Options{RadiusMeters: 150, MinWeight: 15})
			}
			b.ReportMetric(float64(len(found)), "pockets")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/point")
		})
	}
}

// BenchmarkFlats is a city in which families share positions: 5 000 at each of a few.
func BenchmarkFlats(b *testing.B) {
	points := syntheticCity(24_000)
	for i := range points {
		points[i].At = points[i/5_000].At
	}
	for b.Loop() {
		find(b, points, Options{RadiusMeters: 150, MinWeight: 15})
	}
}

// syntheticCity is n households, one in four scattered, the others in quarters of 20 to 220, in no order.
func syntheticCity(n int) []Point {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	side := math.Sqrt(float64(n)/240) / 111.195 * 1e7 // 1e-7 degrees, at the equator
	points := make([]Point, 0, n)
	for len(points) < n {
		middle := geo.PointE7{Lon: 1_061_000_000 + int32(rng.Float64()*side), Lat: -21_000_000 + int32(rng.Float64()*side)}
		size, spread := 1, 0.0
		if rng.IntN(40) == 0 {
			size, spread = 20+rng.IntN(200), (20+180*rng.Float64())*90
		}
		for range min(size, n-len(points)) {
			at := geo.PointE7{Lon: middle.Lon + int32(rng.NormFloat64()*spread), Lat: middle.Lat + int32(rng.NormFloat64()*spread)}
			points = append(points, Point{ID: randomID(rng), At: at, Households: 1, People: int64(1 + rng.IntN(7))})
		}
	}
	rng.Shuffle(n, func(i, j int) { points[i], points[j] = points[j], points[i] })
	return points
}

func randomID(rng *rand.Rand) (id registry.HouseholdID) {
	binary.BigEndian.PutUint64(id[:8], rng.Uint64())
	binary.BigEndian.PutUint64(id[8:], rng.Uint64())
	return id
}

func find(tb testing.TB, points []Point, o Options) []Pocket {
	tb.Helper()
	found, err := Find(tb.Context(), points, o)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}
