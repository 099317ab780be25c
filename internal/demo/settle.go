package demo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// Limits of an address: RW 001 to 006, RT 001 to 012.
const (
	maxRW    = 6
	halfOfRT = 6 // RT of the first hamlet of an RW; a second one counts on from here
)

const metersPerDegree = geo.EarthRadiusMeters * math.Pi / 180

// shifted is p moved by metres east and north.
func shifted(p orb.Point, east, north float64) orb.Point {
	return orb.Point{p[0] + east/(metersPerDegree*math.Cos(p[1]*math.Pi/180)), p[1] + north/metersPerDegree}
}

// settle places the hamlets of all quarters and gives them their RW.
func settle(quarters []*quarter) {
	center, _ := cityCenter(quarters)
	for _, q := range quarters {
		roll := newDice(q.seed.state, 2)
		for i := range q.hamlets {
			if q.shape != nil {
				q.hamlets[i].center = q.site(center, &roll)
				q.hamlets[i].spreadMeters = min(100*math.Sqrt(q.areaKm2), 260) * roll.between(0.6, 1.4)
			}
		}
		q.numberRW()
	}
}

// site is the nearer to the city's centre of two places anywhere in the quarter: people settle on the near side.
func (q *quarter) site(center orb.Point, roll *dice) orb.Point {
	best, distance := q.middle, math.Inf(1)
	b := q.shape.Bound()
	found := 0
	for tries := 0; found < 2 && tries < 2000; tries++ {
		p := orb.Point{roll.between(b.Min[0], b.Max[0]), roll.between(b.Min[1], b.Max[1])}
		if !q.shape.Covers(p) {
			continue
		}
		found++
		if d := geo.DistanceMeters(p, center); d < distance {
			best, distance = p, d
		}
	}
	return best
}

// numberRW numbers hamlets around the quarter's middle; where there are more than maxRW, neighbours share an RW.
func (q *quarter) numberRW() {
	order := make([]int, len(q.hamlets))
	bearing := make([]float64, len(q.hamlets))
	for i, h := range q.hamlets {
		order[i] = i
		bearing[i] = math.Atan2(h.center[1]-q.middle[1], h.center[0]-q.middle[0])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(bearing[a], bearing[b]) })
	for k, i := range order {
		h := &q.hamlets[i]
		h.rw, h.firstRT = 1+k*min(maxRW, len(order))/len(order), 1
		if k > 0 && q.hamlets[order[k-1]].rw == h.rw {
			h.firstRT += halfOfRT
		}
	}
}

// dwelling is a place in hamlet h scattered around its centre and inside the quarter, on the grid of 1e-7 degrees. Where
// a try falls outside, the next keeps nearer to the centre; the last is the quarter's middle.
func (q *quarter) dwelling(h *hamlet, roll *dice) geo.PointE7 {
	spread := h.spreadMeters
	for range 40 {
		at := gridded(shifted(h.center, spread*roll.normal(), spread*roll.normal()))
		if q.shape.Covers(at.Point()) {
			return at
		}
		spread *= 0.9
	}
	return gridded(q.middle)
}

func gridded(p orb.Point) geo.PointE7 {
	lon, lat := geo.ToE7(p)
	return geo.PointE7{Lon: lon, Lat: lat}
}

// address gives RW and RT of a place: the RW of the nearest hamlet, the RT by the direction from its centre.
func (q *quarter) address(at geo.PointE7) (rw, rt int) {
	p := at.Point()
	flat := math.Cos(p[1] * math.Pi / 180)
	var nearest *hamlet
	best, bearing := math.Inf(1), 0.0
	for i := range q.hamlets {
		h := &q.hamlets[i]
		x, y := (p[0]-h.center[0])*flat, p[1]-h.center[1]
		if d := x*x + y*y; d < best {
			nearest, best, bearing = h, d, math.Atan2(y, x)
		}
	}
	turn := (bearing + math.Pi) / (2 * math.Pi)
	return nearest.rw, nearest.firstRT + min(int(turn*float64(nearest.rts)), nearest.rts-1)
}
