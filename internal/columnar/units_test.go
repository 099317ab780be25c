package columnar

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"kantong/internal/geo"
)

func TestWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	edges := []uint8{0, 1, 127, 128, 129, 199, 200, 201, 254, 255}
	for range 5000 {
		var column [blockRows]uint8
		for i := range column {
			column[i] = uint8(r.Uint32())
			if r.IntN(2) == 0 {
				column[i] = edges[r.IntN(len(edges))]
			}
		}
		low, high := uint8(r.IntN(255)), uint8(r.IntN(255))
		if r.IntN(2) == 0 {
			low, high = edges[r.IntN(len(edges)-1)], edges[r.IntN(len(edges)-1)]
		}
		var want uint64
		for i, v := range column {
			if v >= low && v <= high {
				want |= 1 << i
			}
		}
		if got := within(&column, low, high); got != want {
			t.Fatalf("within(%v, %d, %d) = %064b, want %064b", column, low, high, got, want)
		}
	}
}

func TestBoxIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "unit")
		degrees := geo.FromE7(unit, 0)[0]
		switch rapid.IntRange(0, 3).Draw(t, "nudge") {
		case 1:
			degrees = math.Nextafter(degrees, 200)
		case 2:
			degrees = math.Nextafter(degrees, -200)
		case 3:
			degrees = rapid.Float64Range(-180, 180).Draw(t, "degrees")
		}
		if u := notBelow(degrees); geo.FromE7(u, 0)[0] < degrees || geo.FromE7(u-1, 0)[0] >= degrees {
			t.Fatalf("notBelow(%v) = %d", degrees, u)
		}
		if u := notAbove(degrees); geo.FromE7(u, 0)[0] > degrees || geo.FromE7(u+1, 0)[0] <= degrees {
			t.Fatalf("notAbove(%v) = %d", degrees, u)
		}
	})
}

type number int

func (a number) before(b number) bool { return a > b }

func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "list")
		var heap []number
		for _, n := range list {
			heap = push(heap, number(n))
		}
		if len(heap) > 0 {
			replace(heap, heap[0]/2)
			at := slices.Index(list, slices.Max(list))
			list[at] /= 2
		}
		slices.SortFunc(list, func(a, b int) int { return b - a })
		for _, want := range list {
			if int(heap[0]) != want {
				t.Fatalf("%d comes out, want %d", heap[0], want)
			}
			heap = pop(heap)
		}
	})
}

// TestBoundsOfDistance: a place in a box is never nearer than the box's bound, nor a place farther by more than rounding
// than the distance whose haversine most gives.
func TestBoundsOfDistance(t *testing.T) {
	lon, lat := rapid.Int32Range(-1_800_000_000, 1_800_000_000), rapid.Int32Range(-900_000_000, 900_000_000)
	rapid.Check(t, func(t *rapid.T) {
		from := geo.FromE7(lon.Draw(t, "lon"), lat.Draw(t, "lat"))
		x, y := lon.Draw(t, "x"), lat.Draw(t, "y")
		if rapid.Bool().Draw(t, "near") {
			x, y = geo.ToE7(from)
			x = min(max(x+rapid.Int32Range(-3000, 3000).Draw(t, "dx"), -1_800_000_000), 1_800_000_000)
			y = min(max(y+rapid.Int32Range(-3000, 3000).Draw(t, "dy"), -900_000_000), 900_000_000)
		}
		b := noBox.with(x, y).with(lon.Draw(t, "x2"), lat.Draw(t, "y2"))
		at := geo.FromE7(x, y)
		hav := haversine(from, at)
		o := newOrigin(from)
		if least := o.leastTo(&b); least > hav {
			t.Fatalf("the box %+v is at least %v away from %v, but %v in it is %v away", b, least, from, at, hav)
		}
		if least := o.least(math.Abs(at[1]-from[1]), math.Abs(at[0]-from[0]), math.Cos(at[1]*math.Pi/180)); least > hav {
			t.Fatalf("%v and %v: at least %v, is %v", from, at, least, hav)
		}
		if limit := most(millimeters(from, at)); limit < hav*(1-1e-12) {
			t.Fatalf("%v and %v: at most %v, is %v", from, at, limit, hav)
		}
	})
}

func haversine(a, b orb.Point) float64 {
	sine := math.Sin(geo.DistanceMeters(a, b) / (2 * geo.EarthRadiusMeters))
	return sine * sine
}
