package postgis

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// extent is where the households of the state are.
type extent struct {
	west, east float64 // degrees; west above east when nobody has a location
	unlocated  bool    // somebody has none
}

func (e *Engine) readExtent(ctx context.Context) error {
	s := &statement{}
	s.add("SELECT min(h.lon_e7), max(h.lon_e7), count(*) > count(h.lon_e7) FROM ", e.households, " h")
	return e.query(ctx, s, func(r *reader) {
		none := r.values[0] == nil
		west, east := int32(r.int()), int32(r.int())
		e.extent = extent{west: geo.FromE7(west, 0)[0], east: geo.FromE7(east, 0)[0], unlocated: r.bool()}
		if none {
			e.extent.west, e.extent.east = 1, -1
		}
	})
}

// order is how the database orders candidates for the rows nearest to a place: in degrees, where the way across the
// antimeridian is never the shorter one, else by the distance as the database computes it.
type order struct {
	from orb.Point
	flat bool
	// turn is added to longitudes of the place in degrees, to stand on the households' side of the antimeridian.
	turn float64
}

// furthestFlatRadians is up to how far leastBeyond has a bound.
const furthestFlatRadians = 1

// doubtMeters is more than a distance computed here, rounded to millimetres, differs from that of the database. Next to the
// antipode a distance hangs on the last digits of a sine; anywhere else two libraries differ by nanometres.
func doubtMeters(meters float64) float64 {
	const farAwayMeters = 19_000_000
	if meters > farAwayMeters {
		return 1
	}
	return 0.001
}

func (e *Engine) orderFrom(p orb.Point) order {
	o := order{from: p}
	for _, turn := range [3]float64{0, 360, -360} {
		if lon := p[0] + turn; !o.flat && e.extent.west >= lon-180 && e.extent.east <= lon+180 {
			o.flat, o.turn = true, turn
		}
	}
	return o
}

// write writes what rows are ordered by. The index finds the nearest of all quickly, but not those of a kelurahan that may
// be far away: there the few rows of the kelurahan are better sorted, which only an order that the index lacks leads to.
func (o order) write(s *statement, byIndex bool) {
	if !o.flat {
		s.add(meters(s, o.from))
		return
	}
	from := "ST_Point(" + s.bind(o.from[0]+o.turn, "float8") + ", " + s.bind(o.from[1], "float8") + ", 4326)"
	if byIndex {
		s.add("h.geom <-> ", from)
	} else {
		s.add("ST_Distance(h.geom, ", from, ")")
	}
}

// candidates is how many to ask for so that some are mostly found to be the nearest: a degree of longitude is shorter away
// from the equator, so that the order in degrees is ever less that in metres.
func (o order) candidates(want int) int {
	squeeze := math.Max(0.2, math.Cos(o.from[1]*math.Pi/180))
	return int(float64(want)*1.1/(squeeze*squeeze)) + 4
}

// leastMillimetersBeyond is a lower bound of the distance to any place that is not before the last candidate in the order.
func (o order) leastMillimetersBeyond(last orb.Point) int64 {
	var meters float64
	if o.flat {
		meters = o.leastBeyond(math.Hypot(last[0]-o.from[0]-o.turn, last[1]-o.from[1]) * math.Pi / 180)
	} else {
		meters = geo.DistanceMeters(o.from, last)
		meters -= 2 * doubtMeters(meters)
	}
	return int64(math.Floor(meters*1000 - 0.5))
}

// leastBeyond is a lower bound of the distance to places at least so many radians away on the flat map, none of them more
// than half way round the Earth in longitude. Such a place is that far to the north or south; or it is less far, by some
// a, and at least √(d²−a²) to the east or west at a latitude that has at least the cosine of the farthest one. With
// sin x ≥ x·(1 − d²/24) for x ≤ d/2, its haversine is at least cos·cos·(d/2·(1 − d²/24))².
func (o order) leastBeyond(d float64) float64 {
	d *= 1 - 1e-9 // more than rounding
	if d > furthestFlatRadians {
		return 0
	}
	lat := math.Abs(o.from[1]) * math.Pi / 180
	cos := math.Cos(lat) * math.Cos(math.Min(lat+d, math.Pi/2))
	return 2 * geo.EarthRadiusMeters * math.Sqrt(cos) * d / 2 * (1 - d*d/24) * (1 - 1e-9)
}
